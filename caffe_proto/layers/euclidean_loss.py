"""EuclideanLoss: half the mean squared distance between two blobs."""

from __future__ import annotations

import numpy as np

from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.loss import LossLayer
from caffe_proto.layers.registry import register_layer


@register_layer("EuclideanLoss")
class EuclideanLoss(LossLayer):
    """Half the squared distance, per example: ``loss = sum (a - b)^2 / (2 N)``.

    Bottoms ``a``, ``b``: ``(N, ...)`` with as many values an example each, at most 4 axes → top
    ``()``. No parameters, no settings. Both bottoms take a gradient.
    """

    def check_shapes(self, a: Shape, b: Shape) -> None:
        self.check_pairs(a, b)

    def allow_force_backward(self, bottom: int) -> bool:
        return True

    def forward(self, a: Array, b: Array) -> Array:
        self._difference = a - b.reshape(a.shape)
        total = np.vdot(self._difference, self._difference)
        with np.errstate(invalid="ignore"):  # An empty batch gives NaN, as in Caffe.
            loss: Array = total / a.dtype.type(a.shape[0]) / a.dtype.type(2)
        return loss

    def backward(self, dy: Array, x: list[Array], y: Array) -> list[Array | None]:
        gradients: list[Array | None] = [None, None]
        for i, sign in ((0, 1), (1, -1)):
            if self.propagate_down[i] and x[i].size:
                scale = x[i].dtype.type(sign * float(dy) / x[i].shape[0])
                out = self.bottom_diff(i)
                np.multiply(self._difference, scale, out=out.reshape(self._difference.shape))
                gradients[i] = out
        return gradients
