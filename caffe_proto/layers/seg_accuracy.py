"""SegAccuracy: how well a map of classes fits the true one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.loss import legacy_axis
from caffe_proto.layers.registry import register_layer

__all__ = ["SegAccuracy"]


@register_layer("SegAccuracy")
class SegAccuracy(Layer):
    """Segmentation measured: accuracy of pixels, mean recall, mean Jaccard index of the classes.

    Bottoms: scores ``(N, C, H, W)``, labels ``(N, 1, H, W)`` (0 to C - 1) → top ``(1, 1, 1, 3)``:
    the share of pixels whose best score is that of their label; of each class that occurs the
    share of its pixels that are found, averaged; of each class its pixels that are found over
    those that are its own or taken for it, averaged over all C classes, where one that neither
    occurs nor is found counts as 1. Of equal scores the first counts. With C = 1 there are two
    classes, and a score above 0.5 means the second. No parameters, no gradient.
    Settings: ``seg_accuracy_param`` (ignore_label: labels that do not count, any number; reset
    true: count anew at each forward; metric is accepted and changes nothing, as in the forks).

    From DeepLab's and PSPNet's forks: Chen et al., DeepLab, ICLR 2015.
    """

    num_bottoms = 2

    def setup(self, scores: Shape, labels: Shape) -> None:
        settings = self.param.seg_accuracy_param
        self.ignored = list(settings.ignore_label)
        self.counts_anew = bool(settings.reset)
        self.classes = max(legacy_axis(scores, 1), 2)
        self._confusion = np.zeros((self.classes, self.classes), np.int64)

    def infer_shapes(self, scores: Shape, labels: Shape) -> Sequence[Shape]:
        if not 1 <= len(scores) <= 4 or max(legacy_axis(scores, 1), 2) != self.classes:
            raise self.error(
                f"the scores have the shape {scores}. Expected: (N, {self.classes}, H, W)"
            )
        expected = (scores[0], 1, legacy_axis(scores, 2), legacy_axis(scores, 3))
        if len(labels) > 4 or tuple(legacy_axis(labels, i) for i in range(4)) != expected:
            raise self.error(f"the labels have the shape {labels}. Expected: {expected}")
        return [(1, 1, 1, 3)]

    def forward(self, scores: Array, labels: Array) -> Array:
        if self.counts_anew:
            self._confusion[...] = 0
        found = self._best(scores).ravel()
        label = self._counted(labels)
        counts = label >= 0
        pairs = label[counts] * self.classes + found[counts]
        size = self.classes * self.classes
        self._confusion += np.bincount(pairs, minlength=size).reshape(self._confusion.shape)
        return self._measure(scores.dtype)

    def _best(self, scores: Array) -> Array:
        classes = legacy_axis(scores.shape, 1)
        scores = scores.reshape(len(scores), classes, scores.size // max(len(scores) * classes, 1))
        if scores.shape[1] == 1:
            return np.asarray(scores > 0.5).astype(np.int64)
        return np.asarray(scores.argmax(axis=1))

    def _counted(self, labels: Array) -> Array:
        """The labels ``(n,)`` as whole numbers, -1 where they do not count."""
        whole = np.trunc(labels)
        ignored = np.isin(whole, self.ignored)
        wrong = ~ignored & ~((whole >= 0) & (whole < self.classes))
        if wrong.any():
            place = tuple(int(n) for n in np.argwhere(wrong)[0])
            raise self.error(
                f"label {labels[place]:g} at {place} is no class ({int(wrong.sum())} of "
                f"{labels.size} labels are wrong). Expected: 0 to {self.classes - 1}, or one of "
                f"seg_accuracy_param.ignore_label {self.ignored}"
            )
        return np.where(ignored, -1, whole).astype(np.int64).ravel()

    def _measure(self, dtype: np.dtype[Any]) -> Array:
        right = np.diag(self._confusion)
        true, found = self._confusion.sum(axis=1), self._confusion.sum(axis=0)
        total = int(true.sum())
        occurs = true > 0
        accuracy = right.sum() / total if total else 0.0
        recall = (right[occurs] / true[occurs]).mean() if total else 0.0
        union = true + found - right
        jaccard = np.where(union == right, 1.0, right / np.maximum(union, 1)).mean()
        return np.array([accuracy, recall, jaccard], dtype).reshape(1, 1, 1, 3)
