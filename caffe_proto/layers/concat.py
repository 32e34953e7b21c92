"""Blobs joined along an axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Alias, Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("Concat")
class Concat(Layer):
    """Joins its bottoms along one axis, in their order.

    One or more bottoms, alike in all axes but that one → top ``(N, C1 + C2 + ..., H, W)`` for the
    default axis. No parameters. Of a single bottom the top shares the memory, gradients too.
    Settings: ``concat_param`` (axis 1, may be negative; or concat_dim 1, the older name, which
    may not).
    """

    num_bottoms = (1, None)

    def setup(self, *bottoms: Shape) -> None:
        settings = self.param.concat_param
        if len(bottoms) > 1:
            self.refuse_in_place()
        if settings.HasField("axis") and settings.HasField("concat_dim"):
            raise self.error(
                f"concat_param has both axis ({settings.axis}) and concat_dim "
                f"({settings.concat_dim}). Expected: one of them (axis is the newer name)"
            )

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        self.axis = self._axis(len(bottoms[0]))
        first = bottoms[0]
        for i, shape in enumerate(bottoms[1:], 1):
            fits = len(shape) == len(first) and all(
                n == m
                for axis, (n, m) in enumerate(zip(shape, first, strict=True))
                if axis != self.axis
            )
            if not fits:
                raise self.error(
                    f'bottom {i} "{self.bottoms[i]}" has the shape {shape}. '
                    f"Expected: {first}, as bottom 0, except in axis {self.axis}"
                )
        top = list(first)
        top[self.axis] = sum(shape[self.axis] for shape in bottoms)
        return [tuple(top)]

    def _axis(self, ndim: int) -> int:
        settings = self.param.concat_param
        if not settings.HasField("concat_dim"):
            return self.canonical_axis(settings.axis, ndim, "concat_param.axis")
        if settings.concat_dim >= ndim:
            raise self.error(
                f"concat_param.concat_dim {settings.concat_dim} is out of range for a bottom of "
                f"{ndim} axes. Expected: 0 to {ndim - 1}"
            )
        return settings.concat_dim

    def aliases(self) -> Sequence[Alias]:
        return [Alias(0, 0)] if len(self.bottom_blobs) == 1 else []

    def is_by_image(self) -> bool:
        return self.axis > 0

    def forward(self, *xs: Array) -> Array | None:
        if len(xs) == 1:
            return None
        return np.concatenate(xs, axis=self.axis, out=self.top())

    def backward(self, dy: Array, xs: list[Array], y: Array) -> None:
        if len(xs) == 1:
            return
        begin = 0
        for i, x in enumerate(xs):
            end = begin + x.shape[self.axis]
            if self.propagate_down[i]:
                part = (slice(None),) * self.axis + (slice(begin, end),)
                np.copyto(self.bottom_diff(i), dy[part])
            begin = end
