"""Many values into one, and one into many: sums over trailing axes, and tiles."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer

SUM, ASUM, SUMSQ, MEAN = 1, 2, 3, 4


@register_layer("Reduction")
class Reduction(Layer):
    """``y = coeff * sum x``, ``sum |x|``, ``sum x^2`` or ``mean x`` over all axes from ``axis`` on.

    Bottom ``(any shape)`` → top, the axes before ``axis``: ``()`` for the default. No parameters.
    Not in place. Settings: ``reduction_param`` (operation SUM, or ASUM, SUMSQ, MEAN; axis 0, may
    be negative; coeff 1).
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()
        self.operation = self.param.reduction_param.operation

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        settings = self.param.reduction_param
        axis = self.canonical_axis(settings.axis, len(bottom), "reduction_param.axis")
        self.folded = (prod(bottom[:axis]), prod(bottom[axis:]))
        self.coeff = float(settings.coeff)
        if self.operation == MEAN:
            # The mean of no values is NaN, in Caffe as 0 * inf.
            self.coeff = self.coeff / self.folded[1] if self.folded[1] else float("nan")
        return [bottom[:axis]]

    def forward(self, x: Array) -> Array:
        y = self.top()
        total = y.reshape(-1)
        rows = x.reshape(self.folded)
        if self.operation == ASUM:
            np.abs(rows).sum(axis=1, out=total)
        elif self.operation == SUMSQ:
            np.matmul(rows[:, None, :], rows[:, :, None], out=total.reshape(-1, 1, 1))
        else:
            rows.sum(axis=1, out=total)
        if self.coeff != 1:
            total *= y.dtype.type(self.coeff)
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        if not self.propagate_down[0]:
            return
        rows, dx = x.reshape(self.folded), self.bottom_diff().reshape(self.folded)
        factor = dy.reshape(-1, 1) * dy.dtype.type(self.coeff)
        if self.operation == ASUM:
            np.sign(rows, out=dx)
            dx *= factor
        elif self.operation == SUMSQ:
            np.multiply(rows, 2 * factor, out=dx)
        else:
            dx[...] = factor


@register_layer("Tile")
class Tile(Layer):
    """Repeats its bottom ``tiles`` times along one axis.

    Bottom ``(N, C, H, W)`` → top ``(N, C * tiles, H, W)`` for the default axis. No parameters.
    Settings: ``tile_param`` (axis 1, may be negative; tiles, required).
    """

    def setup(self, bottom: Shape) -> None:
        settings = self.param.tile_param
        self.refuse_in_place()
        if not settings.HasField("tiles"):
            raise self.error("tile_param.tiles is missing. Expected: how many times to repeat")
        if settings.tiles < 1:
            raise self.error(f"tile_param.tiles is {settings.tiles}. Expected: at least 1")
        self.tiles = settings.tiles

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        axis = self.canonical_axis(self.param.tile_param.axis, len(bottom), "tile_param.axis")
        self.folded = (prod(bottom[:axis]), prod(bottom[axis:]))
        return [(*bottom[:axis], bottom[axis] * self.tiles, *bottom[axis + 1 :])]

    def forward(self, x: Array) -> Array:
        y = self.top()
        outer, inner = self.folded
        tiles = y.reshape(outer, self.tiles, inner)
        tiles[...] = x.reshape(outer, 1, inner)
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        if self.propagate_down[0]:
            outer, inner = self.folded
            tiles = dy.reshape(outer, self.tiles, inner)
            tiles.sum(axis=1, out=self.bottom_diff().reshape(outer, inner))
