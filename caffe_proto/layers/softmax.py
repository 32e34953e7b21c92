"""Probabilities from scores."""

from __future__ import annotations

from collections.abc import Sequence

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.softmax_function import softmax, softmax_gradient


@register_layer("Softmax")
class Softmax(Layer):
    """Softmax: ``y = exp(x - max x) / sum exp(x - max x)`` along one axis.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place.
    Settings: ``softmax_param`` (axis 1; engine is accepted and changes nothing).
    """

    def setup(self, bottom: Shape) -> None:
        self.canonical_axis(self.param.softmax_param.axis, len(bottom), "softmax_param.axis")

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        axis = self.param.softmax_param.axis
        self.axis = self.canonical_axis(axis, len(bottom), "softmax_param.axis")
        return [bottom]

    def is_by_image(self) -> bool:
        return self.axis > 0

    def forward(self, x: Array) -> Array:
        return softmax(x, self.axis, out=self.top())

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if not self.propagate_down[0]:
            return None
        return softmax_gradient(dy, y, self.axis, out=self.bottom_diff())
