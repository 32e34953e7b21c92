"""MultinomialLogisticLoss: cross entropy of probabilities against class labels."""

from __future__ import annotations

import math

import numpy as np

from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.loss import LossLayer, check_labels, legacy_axis
from caffe_proto.layers.registry import register_layer

# Caffe's floor for a probability.
FLOOR = 1e-20


@register_layer("MultinomialLogisticLoss")
class MultinomialLogisticLoss(LossLayer):
    """Cross entropy of given probabilities: ``loss = -sum log p[label] / N``.

    Bottoms: probabilities ``(N, ...)`` with K values an example, at most 4 axes; labels ``(N)``
    (or ``(N, 1, 1, 1)``), whole numbers 0 to K - 1 → top ``()``. No parameters, no settings. The
    label takes no gradient.

    Probabilities below 1e-20 count as that. After a softmax, SoftmaxWithLoss is more exact.
    """

    def check_shapes(self, probabilities: Shape, labels: Shape) -> None:
        self.check_legacy_axes(probabilities, labels)
        self.check_rows(probabilities)
        if any(legacy_axis(labels, axis) != 1 for axis in (1, 2, 3)):
            raise self.error(
                f'bottom "{self.bottoms[1]}" has the shape {labels}. '
                "Expected: (N) or (N, 1, 1, 1), one label an example"
            )

    def forward(self, p: Array, labels: Array) -> Array:
        n = p.shape[0]
        whole, _ = check_labels(self, labels, math.prod(p.shape[1:]))
        self._at = (np.arange(n), whole.reshape(-1))
        self._chosen = np.maximum(p.reshape(n, -1)[self._at], p.dtype.type(FLOOR))
        loss: Array = (0 - np.log(self._chosen).sum()) / p.dtype.type(n)
        return loss

    def backward(self, dy: Array, x: list[Array], y: Array) -> list[Array | None]:
        self.refuse_label_gradient()
        if not self.propagate_down[0]:
            return [None, None]
        n = x[0].shape[0]
        dp = self.bottom_diff(0)
        dp[...] = 0
        dp.reshape(n, -1)[self._at] = x[0].dtype.type(-float(dy) / n) / self._chosen
        return [dp, None]
