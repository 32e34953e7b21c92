"""Cutting a blob to the size of another."""

from __future__ import annotations

from collections.abc import Sequence

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("Crop")
class Crop(Layer):
    """Crop: ``y = a[..., offset : offset + size, ...]`` with the sizes of a second blob.

    Bottoms: a ``(N, C, H, W)``, and a reference with as many axes, whose values do not matter →
    top: a cut to the reference's sizes from ``axis`` on. No parameters. Only a has a gradient.

    Settings: ``crop_param`` (axis 2, offset: none for 0, one for all axes from ``axis`` on, or one
    for each of them). Long et al., "Fully convolutional networks for semantic segmentation", 2015.
    """

    num_bottoms = 2

    def setup(self, bottom: Shape, reference: Shape) -> None:
        self.axis = self.canonical_axis(self.param.crop_param.axis, len(bottom))
        offsets = [int(offset) for offset in self.param.crop_param.offset] or [0]
        cut = len(bottom) - self.axis
        if len(offsets) not in (1, cut):
            raise self.error(
                f"offset is given {len(offsets)} times. Expected: once, or once for each of the "
                f"{cut} axes from axis {self.axis} on"
            )
        self.offsets = offsets * cut if len(offsets) == 1 else offsets

    def infer_shapes(self, bottom: Shape, reference: Shape) -> Sequence[Shape]:
        if len(reference) < len(bottom) or len(bottom) != self.axis + len(self.offsets):
            raise self.error(
                f"both bottoms need {self.axis + len(self.offsets)} axes. "
                f"Received: {bottom} and {reference}"
            )
        sizes = reference[self.axis : len(bottom)]
        slices = [slice(None)] * self.axis
        for axis, (size, offset) in enumerate(zip(sizes, self.offsets, strict=True), self.axis):
            if offset + size > bottom[axis]:
                raise self.error(
                    f"cannot cut {size} from {bottom[axis]} on axis {axis} at offset {offset}. "
                    f"Received: bottoms of {bottom} and {reference}"
                )
            slices.append(slice(offset, offset + size))
        self.slices = tuple(slices)
        return [(*bottom[: self.axis], *sizes)]

    def forward(self, x: Array, reference: Array) -> Array:
        return x[self.slices]

    def backward(self, dy: Array, xs: Sequence[Array], y: Array) -> tuple[Array | None, None]:
        if not self.propagate_down[0]:
            return None, None
        dx = self.bottom_diff()
        dx[...] = 0
        dx[self.slices] = dy
        # Caffe leaves the reference's gradient as it is.
        return dx, None
