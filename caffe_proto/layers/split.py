"""Layers that only hand blobs on: copies of one blob, and a place for blobs that nobody reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Alias, Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("Split")
class Split(Layer):
    """Copies: every top reads as the bottom; backward adds the tops' gradients up.

    Bottom ``(any shape)`` → one or more tops, the same shape. No parameters. The tops use the
    bottom's memory for their values and memory of their own for their gradients. A net puts these
    layers in by itself wherever several layers read one blob.
    """

    num_tops = (1, None)

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        return [bottom] * len(self.top_blobs)

    def aliases(self) -> Sequence[Alias]:
        return [Alias(top, 0, diff=False) for top in range(len(self.top_blobs))]

    def is_by_image(self) -> bool:
        return True

    def forward(self, x: Array) -> None:
        return None

    def backward(self, dys: list[Array], x: Array, ys: list[Array]) -> Array | None:
        if not self.propagate_down[0]:
            return None
        dx = self.bottom_diff()
        if len(dys) == 1:
            np.copyto(dx, dys[0])
            return dx
        np.add(dys[0], dys[1], out=dx)
        for dy in dys[2:]:
            dx += dy
        return dx


@register_layer("Silence")
class Silence(Layer):
    """Reads blobs so that they are not outputs of the net; their gradients are zero.

    One or more bottoms ``(any shape)``, no top. No parameters.
    """

    num_bottoms = (1, None)
    num_tops = 0

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        return []

    def forward(self, *xs: Array) -> None:
        return None

    def backward(self, dys: list[Array], xs: list[Array], ys: list[Array]) -> None:
        for blob, wanted in zip(self.bottom_blobs, self.propagate_down, strict=True):
            if wanted:
                blob.diff[...] = 0
