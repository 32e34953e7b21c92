"""Values moved to other places: axes exchanged, channels shuffled, an axis turned round."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from caffe_proto.layers.base import Alias, Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("Permute")
class Permute(Layer):
    """Exchanges axes: axis i of the top is axis ``order[i]`` of the bottom.

    Bottom ``(any shape)`` → top, its axes in the new order. No parameters. Where nothing moves
    the top shares the bottom's memory, gradients too, and may be the bottom.
    Settings: ``permute_param`` (order, each axis at most once; axes that it leaves out follow in
    their order). From the SSD fork: Liu et al., SSD, ECCV 2016.
    """

    def setup(self, bottom: Shape) -> None:
        order = [int(axis) for axis in self.param.permute_param.order]
        for axis in order:
            if axis >= len(bottom):
                raise self.error(
                    f"permute_param.order has axis {axis}, but the bottom's shape is {bottom}. "
                    f"Expected: 0 to {len(bottom) - 1}"
                )
        if len(set(order)) != len(order):
            raise self.error(f"permute_param.order is {order}. Expected: each axis at most once")
        self.order = [*order, *(axis for axis in range(len(bottom)) if axis not in order)]
        if self._moves:
            self.refuse_in_place()

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        if len(bottom) != len(self.order):
            raise self.error(
                f"the bottom has the shape {bottom}. Expected: {len(self.order)} axes, as when "
                "the net was built"
            )
        return [tuple(bottom[axis] for axis in self.order)]

    @property
    def _moves(self) -> bool:
        return self.order != sorted(self.order)

    def aliases(self) -> Sequence[Alias]:
        return [] if self._moves or self.in_place else [Alias(0, 0)]

    def forward(self, x: Array) -> Array | None:
        if not self._moves:
            return None
        y = self.top()
        np.copyto(y, x.transpose(self.order))
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        if self._moves and self.propagate_down[0]:
            np.copyto(self.bottom_diff(), dy.transpose(np.argsort(self.order)))


@register_layer("ShuffleChannel")
class ShuffleChannel(Layer):
    """Shuffles channels between groups: channel ``g * (C / group) + i`` goes to ``i * group + g``.

    Bottom ``(N, C, ...)`` → top, the same shape. No parameters. Not in place.
    Settings: ``shuffle_channel_param`` (group 1, a divisor of C).
    Zhang et al., ShuffleNet, CVPR 2018, section 3.1.
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        group = self.param.shuffle_channel_param.group
        if len(bottom) < 2:
            raise self.error(
                f"the bottom has the shape {bottom}. Expected: at least 2 axes, (N, C)"
            )
        if group < 1 or bottom[1] % group:
            raise self.error(
                f"shuffle_channel_param.group is {group}. "
                f"Expected: a divisor of the {bottom[1]} channels"
            )
        self.grouped = (bottom[0], group, bottom[1] // group, prod(bottom[2:]))
        self.shuffled = (bottom[0], bottom[1] // group, group, prod(bottom[2:]))
        return [bottom]

    def forward(self, x: Array) -> Array:
        y = self.top()
        np.copyto(y.reshape(self.shuffled), x.reshape(self.grouped).swapaxes(1, 2))
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        if self.propagate_down[0]:
            dx = self.bottom_diff().reshape(self.grouped)
            np.copyto(dx, dy.reshape(self.shuffled).swapaxes(1, 2))


@register_layer("Reverse")
class Reverse(Layer):
    """Turns one axis round: ``y[i] = x[n - 1 - i]``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. Not in place.
    Settings: ``reverse_param`` (axis 0, may be negative).
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        axis = self.param.reverse_param.axis
        self.axis = self.canonical_axis(axis, len(bottom), "reverse_param.axis")
        return [bottom]

    def forward(self, x: Array) -> Array:
        y = self.top()
        np.copyto(y, np.flip(x, self.axis))
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        if self.propagate_down[0]:
            np.copyto(self.bottom_diff(), np.flip(dy, self.axis))
