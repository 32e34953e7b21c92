"""Larger images: each pixel repeated, or put back where a maximum was taken from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("Upsample")
class Upsample(Layer):
    """Enlarges images. Two forks give the name different meanings; the bottoms' number decides.

    SegNet's, two bottoms: ``(N, C, H, W)`` and the mask that a MAX Pooling layer gives as its
    second top, of the same shape → top ``(N, C, H', W')``, each value at the place in its plane
    that the mask names, 0 elsewhere. Where a place is named several times the last value stays,
    and all get the gradient. Settings: ``upsample_param`` (upsample_h and upsample_w, the size
    itself; or scale 2; or scale_h and scale_w; with pad_out_h, pad_out_w one less than twice the
    size). Badrinarayanan et al., SegNet, 2015.

    YOLO's, one bottom: ``(..., H, W)`` → top ``(..., H scale, W scale)``, each pixel repeated.
    Settings: ``upsample_param`` (scale; without it 1, or scale_h and scale_w).

    No parameters.
    """

    num_bottoms = (1, 2)

    def setup(self, bottom: Shape, mask: Shape | None = None) -> None:
        self.refuse_in_place()
        settings = self.param.upsample_param
        by_axis = settings.HasField("scale_h"), settings.HasField("scale_w")
        self.sized = settings.HasField("upsample_h") and settings.HasField("upsample_w")
        if mask is None and (settings.HasField("upsample_h") or settings.HasField("upsample_w")):
            raise self.error(
                "upsample_param.upsample_h and upsample_w need a mask to unpool by. "
                "Expected: a second bottom, or scale"
            )
        if self.sized:
            return
        if any(by_axis) and (not all(by_axis) or settings.HasField("scale")):
            raise self.error(
                "upsample_param gives the scale twice or by half. "
                "Expected: upsample_h and upsample_w, or scale, or scale_h and scale_w"
            )
        if all(by_axis):
            self.scales = (int(settings.scale_h), int(settings.scale_w))
        else:
            # The forks' defaults differ: 2 in SegNet's, 1 in YOLO's.
            given = mask is not None or settings.HasField("scale")
            self.scales = (int(settings.scale),) * 2 if given else (1, 1)
        least = 1 if mask is None else 2
        if min(self.scales) < least:
            raise self.error(
                f"upsample_param has the scale {self.scales[0]} x {self.scales[1]}. "
                f"Expected: at least {least}"
            )
        for name, scale in zip(("pad_out_h", "pad_out_w"), self.scales, strict=True):
            if mask is not None and getattr(settings, name) and scale != 2:
                raise self.error(
                    f"upsample_param.{name} is for a scale of 2, where one odd size is meant. "
                    f"Received: a scale of {scale}"
                )

    def infer_shapes(self, bottom: Shape, mask: Shape | None = None) -> Sequence[Shape]:
        settings = self.param.upsample_param
        if mask is None:
            if len(bottom) < 2:
                raise self.error(
                    f"the bottom has the shape {bottom}. Expected: at least 2 axes, (..., H, W)"
                )
            *outer, h, w = bottom
            return [(*outer, h * self.scales[0], w * self.scales[1])]
        if len(bottom) != 4 or mask != bottom:
            raise self.error(
                f"the bottoms have the shapes {bottom} and {mask}. "
                "Expected: 4 axes, (N, C, H, W), and a mask of the same shape"
            )
        if self.sized:
            size = (int(settings.upsample_h), int(settings.upsample_w))
            if min(size) < 2:
                raise self.error(
                    f"upsample_param has the size {size[0]} x {size[1]}. Expected: at least 2 x 2"
                )
        else:
            size = (
                bottom[2] * self.scales[0] - settings.pad_out_h,
                bottom[3] * self.scales[1] - settings.pad_out_w,
            )
        self.flat = (bottom[0] * bottom[1], size[0] * size[1])
        return [(*bottom[:2], *size)]

    def forward(self, x: Array, mask: Array | None = None) -> Array:
        y = self.top()
        if mask is None:
            wide = x.repeat(self.scales[1], axis=-1)
            y.reshape(*x.shape[:-1], self.scales[0], y.shape[-1])[...] = wide[..., None, :]
            return y
        self._index = self._places(mask)
        y[...] = 0
        np.put_along_axis(y.reshape(self.flat), self._index, x.reshape(self._index.shape), axis=1)
        return y

    def _places(self, mask: Array) -> Array:
        """The mask as indices into a plane, ``(N * C, H * W)``."""
        planes, size = self.flat
        index = mask.reshape(planes, mask.shape[2] * mask.shape[3]).astype(np.intp)
        if index.size and not 0 <= index.min() <= index.max() < size:
            wrong = int(np.flatnonzero((index < 0) | (index >= size))[0])
            place = tuple(int(n) for n in np.unravel_index(wrong, mask.shape))
            raise self.error(
                f"the mask at {place} names place {index.flat[wrong]} of a plane of "
                f"{self.top().shape[2]} x {self.top().shape[3]}. Expected: 0 to {size - 1}: "
                "the size that the Pooling layer of the mask had (upsample_h, upsample_w)"
            )
        return index

    def backward(self, dy: Array, xs: list[Array], y: Array) -> None:
        # The mask takes no gradient, whoever asks for one.
        if not self.propagate_down[0]:
            return
        dx = self.bottom_diff()
        if len(xs) == 1:
            rows = dy.reshape(*dx.shape[:-1], self.scales[0], dy.shape[-1])
            wide = rows[..., 0, :].copy()
            for i in range(1, self.scales[0]):
                wide += rows[..., i, :]
            np.copyto(dx, wide[..., :: self.scales[1]])
            for j in range(1, self.scales[1]):
                dx += wide[..., j :: self.scales[1]]
            return
        dx[...] = np.take_along_axis(dy.reshape(self.flat), self._index, axis=1).reshape(dx.shape)
