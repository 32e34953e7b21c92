"""SigmoidCrossEntropyLoss: a yes or no for every element, against targets between 0 and 1."""

from __future__ import annotations

import math

import numpy as np

from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.loss import BATCH_SIZE, LossLayer, Normalization
from caffe_proto.layers.registry import register_layer


@register_layer("SigmoidCrossEntropyLoss")
class SigmoidCrossEntropyLoss(LossLayer):
    """Cross entropy of sigmoids: ``loss = -sum (t log s + (1 - t) log(1 - s)) / normalizer``.

    ``s = 1 / (1 + exp(-x))``, the sum runs over all elements. Bottoms: scores ``x`` (any shape),
    targets ``t`` (as many values, same batch) → top ``()``. No parameters. The target takes no
    gradient.
    Settings: ``loss_param`` (normalization BATCH_SIZE: divide by the length of axis 0, VALID: by
    the elements that count, FULL: by all, NONE: by 1, PRE_FIXED: by pre_fixed_normalizer;
    normalize: the old switch, true for VALID, false for BATCH_SIZE; ignore_label none).

    Targets are cut to whole numbers before they are compared with ignore_label, so with
    ``ignore_label: 0`` a target of 0.7 is ignored too. The normalizer is at least 1.
    """

    def setup(self, scores: Shape, targets: Shape) -> None:
        self.normalization = Normalization(self, self.param.loss_param, default=BATCH_SIZE)

    def check_shapes(self, scores: Shape, targets: Shape) -> None:
        if math.prod(scores) != math.prod(targets):
            raise self.error(
                f'bottom "{self.bottoms[1]}" of shape {targets} has {math.prod(targets)} values. '
                f'Expected: {math.prod(scores)}, one target a score of "{self.bottoms[0]}" {scores}'
            )

    def forward(self, x: Array, target: Array) -> Array:
        t = target.reshape(x.shape)
        ignore = self.normalization.ignore
        if not np.isfinite(t).all():
            raise self.error(
                f'bottom "{self.bottoms[1]}" has a target that is NaN or infinite. '
                "Expected: numbers from 0 to 1"
            )
        self._valid = None if ignore is None else np.trunc(t) != ignore
        # -t log s - (1 - t) log(1 - s), written so that exp never overflows.
        losses = np.abs(x)
        np.negative(losses, out=losses)
        np.exp(losses, out=losses)
        losses += 1
        np.log(losses, out=losses)
        losses -= x * (t - (x >= 0))
        counted = t.size
        if self._valid is not None:
            counted = int(np.count_nonzero(self._valid))
            losses *= self._valid
        self._divisor = self.normalization.divisor(x.size, x.shape[0], counted)
        total = losses.sum()
        self._is_finite = bool(np.isfinite(total))
        if self._valid is not None and not self._is_finite:
            # Scores that do not count may be NaN, which a product does not take away.
            total = np.where(self._valid, losses, 0).sum()
        loss: Array = total / x.dtype.type(self._divisor)
        return loss

    def backward(self, dy: Array, x: list[Array], y: Array) -> list[Array | None]:
        self.refuse_label_gradient()
        if not self.propagate_down[0]:
            return [None, None]
        scores, half = x[0], x[0].dtype.type(0.5)
        dx = np.multiply(scores, half, out=self.bottom_diff(0))
        np.tanh(dx, out=dx)
        dx *= half
        dx += half
        dx -= x[1].reshape(scores.shape)
        dx *= scores.dtype.type(float(dy) / self._divisor)
        if self._valid is not None:
            # A product is many times faster than a mask, but NaN needs the mask.
            if self._is_finite:
                dx *= self._valid
            else:
                np.copyto(dx, 0, where=~self._valid)
        return [dx, None]
