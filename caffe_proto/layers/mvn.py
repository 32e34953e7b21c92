"""Mean-variance normalization."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer

MAX_AXES = 4


@register_layer("MVN")
class MVN(Layer):
    """Mean-variance normalization: ``y = (x - mean) / (sqrt(variance) + eps)``, image by image.

    Bottom ``(N, C, H, W)`` or fewer axes → top with 4 axes always, missing ones being 1. Mean and
    variance are taken over each channel, or over the whole image with ``across_channels``. Without
    ``normalize_variance`` only the mean is subtracted. No parameters. May run in place (where
    Caffe's own gradient goes wrong, as it writes over what it still has to read; here it is right).

    Settings: ``mvn_param`` (normalize_variance true, across_channels false, eps 1e-9: it is added
    to the standard deviation, not to the variance).
    """

    def setup(self, bottom: Shape) -> None:
        param = self.param.mvn_param
        self.normalizes = bool(param.normalize_variance)
        self.across = bool(param.across_channels)
        self.eps = float(param.eps)

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        if len(bottom) > MAX_AXES:
            raise self.error(f"takes at most {MAX_AXES} axes (N, C, H, W). Received: {bottom}")
        return [(*bottom, *(1,) * (MAX_AXES - len(bottom)))]

    def forward(self, x: Array) -> Array:
        y = self.top()
        rows = self._rows(x)
        out = rows - _mean(rows)
        if self.normalizes:
            self.deviation = np.sqrt(_mean(out * out)) + x.dtype.type(self.eps)
            out /= self.deviation
        y[...] = out.reshape(y.shape)
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array:
        # dx = (dy - mean(dy) - y mean(dy y)) / (deviation + eps), as if eps were not there in y.
        dx = self.bottom_diff()
        given = self._rows(dy)
        out = given - _mean(given)
        if self.normalizes:
            rows = self._rows(y)
            out -= rows * _mean(given * rows)
            out /= self.deviation
        dx[...] = out.reshape(dx.shape)
        return dx

    def _rows(self, x: Array) -> Array:
        """One row for all that is normalized together."""
        axes = (*x.shape, *(1,) * (MAX_AXES - x.ndim))
        rows = math.prod(axes[: 1 if self.across else 2])
        return x.reshape(rows, math.prod(axes) // max(rows, 1))


def _mean(rows: Array) -> Array:
    mean: Array = rows.mean(axis=1, keepdims=True)
    return mean
