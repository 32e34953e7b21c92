"""SoftmaxWithLoss: cross entropy of scores against class labels."""

from __future__ import annotations

import numpy as np

from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.loss import ClassAxis, LossLayer, Normalization, check_labels
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.softmax_function import softmax

# Caffe's floor for a probability, in double precision too: the smallest normal float32.
FLT_MIN = float(np.finfo(np.float32).tiny)


@register_layer("SoftmaxWithLoss")
class SoftmaxWithLoss(LossLayer):
    """Cross entropy of a softmax: ``loss = -sum log softmax(x)[label] / normalizer``.

    Bottoms: scores ``(N, C, H, W)`` (any shape with a class axis), labels ``(N, H, W)`` or any
    shape of as many values, whole numbers 0 to C - 1 → top ``()``; a second top, the scores'
    shape, gives the softmax. No parameters. The label takes no gradient.
    Settings: ``softmax_param`` (axis 1), ``loss_param`` (ignore_label none: labels that do not
    count; normalization VALID: divide by the counted labels, FULL: by all, BATCH_SIZE: by the
    positions before the class axis, NONE: by 1, PRE_FIXED: by pre_fixed_normalizer; normalize:
    the old switch, true for VALID, false for BATCH_SIZE). ``weight_by_label_freqs`` with one
    ``class_weighting`` a class weighs the classes, as SegNet does.

    Probabilities below 1.18e-38 count as that; the normalizer is at least 1. Fractions of labels
    are cut off. (Caffe refuses a second top; here it works.)
    """

    num_tops = (1, 2)

    def setup(self, scores: Shape, labels: Shape) -> None:
        loss = self.param.loss_param
        self.normalization = Normalization(self, loss)
        self.weights: list[float] | None = None
        if loss.weight_by_label_freqs:
            self.weights = list(loss.class_weighting)

    def check_shapes(self, scores: Shape, labels: Shape) -> None:
        self.classes = ClassAxis(
            self, scores, labels, self.param.softmax_param.axis, "softmax_param.axis"
        )
        if self.weights is not None and len(self.weights) != self.classes.classes:
            raise self.error(
                f"loss_param.class_weighting has {len(self.weights)} values. "
                f"Expected: {self.classes.classes}, one a class"
            )

    def _refuse_unknown_settings(self) -> None:
        """Raise for settings of forks that have no definition here; shapes do not need them."""
        softmax_param, loss = self.param.softmax_param, self.param.loss_param
        for setting, given in (
            ("loss_param.label_smoothing", loss.label_smoothing != 0),
            ("softmax_param.hard_ratio", softmax_param.hard_ratio != 1),
            ("softmax_param.class_weight", bool(softmax_param.class_weight)),
            ("softmax_param.hard_mining_label", softmax_param.HasField("hard_mining_label")),
            ("softmax_param.cutting_point", softmax_param.HasField("cutting_point")),
            ("softmax_param.normalize_type", softmax_param.normalize_type != "Softmax"),
        ):
            if given:
                raise self.error(
                    f"{setting} is a setting of a fork that changes the loss, and is not computed "
                    "here. Expected: the net without it"
                )

    def forward(self, scores: Array, labels: Array) -> list[Array | float | None]:
        self._refuse_unknown_settings()
        at = self.classes
        whole, self._valid = check_labels(self, labels, at.classes, self.normalization.ignore)
        self._labels = whole.reshape(at.outer, at.inner)
        self._prob = softmax(scores, at.axis, out=self._probabilities(scores))
        chosen = at.split(self._prob)[at.index(self._labels)]
        losses = np.log(np.maximum(chosen, chosen.dtype.type(FLT_MIN)))
        if self.weights is not None:
            self._weight = np.asarray(self.weights, scores.dtype)[self._labels]
            losses *= self._weight
        if self._valid is not None:
            self._valid = self._valid.reshape(at.outer, at.inner)
            # Not a product: a score may be NaN where its label does not count.
            losses = np.where(self._valid, losses, 0)
        counted = losses.size if self._valid is None else int(self._valid.sum())
        self._divisor = self.normalization.divisor(at.outer * at.inner, at.outer, counted)
        # Subtracted from 0 as in Caffe: no loss at all is 0 then, not -0.
        loss = (0 - losses.sum()) / scores.dtype.type(self._divisor)
        return [loss] if len(self.top_blobs) == 1 else [loss, self._prob]

    def _probabilities(self, scores: Array) -> Array:
        # The second top is the softmax itself, not a copy, as Caffe means it to be.
        if len(self.top_blobs) == 2:
            return self.top(1)
        kept = getattr(self, "_prob", None)
        return kept if kept is not None and kept.shape == scores.shape else np.empty_like(scores)

    def backward(self, dy: list[Array], x: list[Array], y: list[Array]) -> list[Array | None]:
        self.refuse_label_gradient()
        if not self.propagate_down[0]:
            return [None, None]
        at = self.classes
        scale = self._prob.dtype.type(float(dy[0]) / self._divisor)
        dx = np.multiply(self._prob, scale, out=self.bottom_diff(0))
        inner = at.split(dx)
        index = at.index(self._labels)
        # p - 1 before scaling: near certainty the difference keeps its digits.
        inner[index] = (at.split(self._prob)[index] - 1) * scale
        if self.weights is not None:
            inner *= self._weight[:, None, :]
        if self._valid is not None:
            np.copyto(inner, 0, where=~self._valid[:, None, :])
        return [dx, None]
