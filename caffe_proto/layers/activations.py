"""Nonlinearities: each element by itself, with a slope, a bound or a curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("ReLU")
class ReLU(Layer):
    """Rectifier: ``y = max(x, 0) + negative_slope * min(x, 0)``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place.
    Settings: ``relu_param`` (negative_slope 0; engine is accepted and changes nothing).
    Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, ICML 2010.
    """

    def setup(self, bottom: Shape) -> None:
        self.slope = float(self.param.relu_param.negative_slope)

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        return [bottom]

    def forward(self, x: Array) -> Array:
        y = self.top()
        if not self.slope:
            return np.maximum(x, 0, out=y)
        slope = x.dtype.type(self.slope)
        if 0 < slope <= 1:
            np.maximum(x, slope * x, out=y)
            return y
        below = np.minimum(x, 0)
        below *= slope
        np.maximum(x, 0, out=y)
        y += below
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        # At exactly 0 the gradient is the slope's. In place, x is already y: the sign is the same.
        if not self.propagate_down[0]:
            return None
        dx = self.bottom_diff()
        if not self.slope:
            return np.multiply(dy, x > 0, out=dx)
        slope = np.where(x > 0, x.dtype.type(1), x.dtype.type(self.slope))
        np.multiply(dy, slope, out=dx)
        return dx
