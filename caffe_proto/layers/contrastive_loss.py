"""ContrastiveLoss: pulls pairs of the same kind together and others apart."""

from __future__ import annotations

import math

import numpy as np

from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.loss import LossLayer, legacy_axis
from caffe_proto.layers.registry import register_layer


@register_layer("ContrastiveLoss")
class ContrastiveLoss(LossLayer):
    """Distances of pairs: ``loss = sum (s d^2 + (1 - s) max(margin - d, 0)^2) / (2 N)``.

    ``d = |a - b|`` for an example; s is 1 for a pair of the same kind (any label but 0) and 0 for
    another. Bottoms ``a``, ``b``: ``(N, C)`` or ``(N, C, 1, 1)``; ``s``: ``(N)`` or
    ``(N, 1, 1, 1)`` → top ``()``. No parameters. The label takes no gradient.
    Settings: ``contrastive_loss_param`` (margin 1, legacy_version false; true gives
    ``max(margin - d^2, 0)`` for pairs of other kinds).
    Hadsell, Chopra, LeCun, "Dimensionality reduction by learning an invariant mapping", 2006,
    equation 4.

    The gradient (not legacy) divides by d + 1e-4, so that equal examples give 0, not NaN.
    """

    num_bottoms = 3

    def setup(self, a: Shape, b: Shape, same: Shape) -> None:
        settings = self.param.contrastive_loss_param
        self.margin = float(settings.margin)
        self.legacy = bool(settings.legacy_version)

    def check_shapes(self, a: Shape, b: Shape, same: Shape) -> None:
        self.check_legacy_axes(a, b, same)
        for i, shape in enumerate((a, b)):
            if legacy_axis(shape, 2) != 1 or legacy_axis(shape, 3) != 1:
                raise self.error(
                    f'bottom {i} ("{self.bottoms[i]}") has the shape {shape}. '
                    "Expected: (N, C) or (N, C, 1, 1), one vector an example"
                )
        if legacy_axis(a, 1) != legacy_axis(b, 1):
            raise self.error(
                f'bottoms "{self.bottoms[0]}" {a} and "{self.bottoms[1]}" {b} differ along '
                "axis 1. Expected: vectors of one length"
            )
        if any(legacy_axis(same, axis) != 1 for axis in (1, 2, 3)) or math.prod(same) < a[0]:
            raise self.error(
                f'bottom 2 ("{self.bottoms[2]}") has the shape {same}. '
                f"Expected: ({a[0]}) or ({a[0]}, 1, 1, 1), one label a pair"
            )

    def allow_force_backward(self, bottom: int) -> bool:
        return bottom != 2

    def forward(self, a: Array, b: Array, same: Array) -> Array:
        n, real = a.shape[0], a.dtype.type
        labels = same.reshape(-1)[:n]
        if not np.isfinite(labels).all():
            at = int(np.argmin(np.isfinite(labels)))
            raise self.error(
                f'label {labels[at]:g} at (n) = ({at}) of bottom "{self.bottoms[2]}" is no '
                "number. Expected: 0 for a pair of different kinds, 1 for one of the same"
            )
        # Cut to whole numbers, as in Caffe: 0.5 is a pair of different kinds.
        self._same = np.trunc(labels) != 0
        length = legacy_axis(a.shape, 1)
        self._difference = a.reshape(n, length) - b.reshape(n, length)
        squared = np.einsum("nc,nc->n", self._difference, self._difference)
        if self.legacy:
            self._apart = real(self.margin) - squared
            apart = np.maximum(self._apart, 0)
        else:
            self._distance = np.sqrt(squared)
            self._apart = real(self.margin) - self._distance
            apart = np.maximum(self._apart, 0) ** 2
        total = np.where(self._same, squared, apart).sum()
        with np.errstate(invalid="ignore"):  # An empty batch gives NaN, as in Caffe.
            loss: Array = total / real(n) / real(2)
        return loss

    def backward(self, dy: Array, x: list[Array], y: Array) -> list[Array | None]:
        self.refuse_label_gradient(2)
        gradients: list[Array | None] = [None, None, None]
        if not self._difference.size:
            return gradients
        real = self._difference.dtype.type
        factor = np.ones_like(self._apart)
        if not self.legacy:
            factor = self._apart / (self._distance + real(1e-4))
        factor = np.where(self._same, real(1), np.where(self._apart > 0, -factor, real(0)))
        for i, sign in ((0, 1), (1, -1)):
            if self.propagate_down[i]:
                scale = real(sign * float(dy) / x[i].shape[0])
                gradients[i] = self.bottom_diff(i)
                np.multiply(
                    self._difference,
                    (scale * factor)[:, None],
                    out=self.bottom_diff(i).reshape(self._difference.shape),
                )
        return gradients
