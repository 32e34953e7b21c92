"""HingeLoss: margins of one class against all others."""

from __future__ import annotations

import math

import numpy as np

from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.loss import LossLayer, check_labels
from caffe_proto.layers.registry import register_layer

L1, L2 = 1, 2


@register_layer("HingeLoss")
class HingeLoss(LossLayer):
    """One against all: ``loss = sum max(0, 1 - d x)^p / N``, d is 1 at the label and -1 elsewhere.

    Bottoms: scores ``(N, ...)`` with K values an example, labels ``(N, ...)``: whole numbers 0 to
    K - 1, of which the first N are read; at most 4 axes → top ``()``. No parameters. The label
    takes no gradient.
    Settings: ``hinge_loss_param`` (norm L1: p = 1; L2: p = 2).

    Forward leaves its margins in the gradient of the scores, as in Caffe.
    """

    def setup(self, scores: Shape, labels: Shape) -> None:
        self.norm = int(self.param.hinge_loss_param.norm)
        if self.norm not in (L1, L2):
            raise self.error(f"hinge_loss_param.norm is {self.norm}. Expected: L1 (1) or L2 (2)")

    def check_shapes(self, scores: Shape, labels: Shape) -> None:
        self.check_legacy_axes(scores)
        self.check_rows(scores)
        if math.prod(labels) < scores[0]:
            raise self.error(
                f'bottom "{self.bottoms[1]}" of shape {labels} has {math.prod(labels)} labels. '
                f"Expected: {scores[0]}, one an example"
            )

    def forward(self, x: Array, labels: Array) -> Array:
        n = x.shape[0]
        # Caffe reads the first N labels, however many there are.
        first = labels if labels.size == n else labels.reshape(-1)[:n]
        whole, _ = check_labels(self, first, math.prod(x.shape[1:]))
        self._at = (np.arange(n), whole.reshape(-1))
        margins = self.bottom_diff(0)
        np.copyto(margins, x)
        flat = margins.reshape(n, -1)
        flat[self._at] *= -1
        flat += 1
        np.maximum(flat, 0, out=flat)
        # A copy, since others may use the gradient's memory before backward.
        self._margins = flat.copy()
        total = flat.sum() if self.norm == L1 else np.vdot(flat, flat)
        loss: Array = total / x.dtype.type(n)
        return loss

    def backward(self, dy: Array, x: list[Array], y: Array) -> list[Array | None]:
        self.refuse_label_gradient()
        if not self.propagate_down[0]:
            return [None, None]
        scale = float(dy) / x[0].shape[0]
        dx = self.bottom_diff(0)
        flat = dx.reshape(self._margins.shape)
        if self.norm == L1:
            np.multiply(self._margins > 0, x[0].dtype.type(scale), out=flat)
        else:
            np.multiply(self._margins, x[0].dtype.type(2 * scale), out=flat)
        flat[self._at] *= -1
        return [dx, None]
