"""Other axes for the same values."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from caffe_proto.layers.base import Alias, Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


class _Renamed(Layer):
    """A top that is the bottom's memory, gradients too, under another shape."""

    def aliases(self) -> Sequence[Alias]:
        return [Alias(0, 0)]

    def forward(self, x: Array) -> None:
        return None

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        return None


@register_layer("Flatten")
class Flatten(_Renamed):
    """Makes one axis of several: ``(N, C, H, W)`` → ``(N, C * H * W)`` by default.

    The top shares the bottom's memory, gradients too. No parameters. Settings: ``flatten_param``
    (axis 1, end_axis -1: the first and the last axis that become one; negative ones count from
    the back; an end_axis right before axis puts in an axis of size 1).
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        settings = self.param.flatten_param
        begin = self.canonical_axis(settings.axis, len(bottom), "flatten_param.axis")
        last = self.canonical_axis(settings.end_axis, len(bottom), "flatten_param.end_axis")
        if begin > last + 1:
            raise self.error(
                f"flatten_param.axis {settings.axis} comes after flatten_param.end_axis "
                f"{settings.end_axis} in a bottom of shape {bottom}. Expected: axis <= end_axis"
            )
        return [(*bottom[:begin], prod(bottom[begin : last + 1]), *bottom[last + 1 :])]
