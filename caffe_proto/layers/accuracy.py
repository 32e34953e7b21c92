"""Accuracy: how often the true class is among the best scores."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.loss import ClassAxis, check_labels
from caffe_proto.layers.registry import register_layer


@register_layer("Accuracy")
class Accuracy(Layer):
    """Share of positions whose true class is among the ``top_k`` best scores.

    Bottoms: scores ``(N, C, H, W)`` (any shape with a class axis), labels (one a position, 0 to
    C - 1) → top ``()``; a second top ``(C)`` gives the share for each class, 0 for one that no
    label names. No parameters, no gradient.
    Settings: ``accuracy_param`` (top_k 1, axis 1, ignore_label none, min_is_better false: the
    lowest scores are the best).

    Ties count against the true class. Where no label counts the accuracy is 0.
    """

    num_bottoms = 2
    num_tops = (1, 2)

    def setup(self, scores: Shape, labels: Shape) -> None:
        settings = self.param.accuracy_param
        self.top_k = int(settings.top_k)
        self.ignore = int(settings.ignore_label) if settings.HasField("ignore_label") else None
        self.lowest = bool(settings.min_is_better)

    def infer_shapes(self, scores: Shape, labels: Shape) -> Sequence[Shape]:
        axis = self.param.accuracy_param.axis
        self.classes = ClassAxis(self, scores, labels, axis, "accuracy_param.axis")
        if self.top_k > self.classes.classes:
            raise self.error(
                f"accuracy_param.top_k is {self.top_k}. "
                f"Expected: at most {self.classes.classes}, the number of classes"
            )
        if not math.prod(labels):
            raise self.error(f'bottom "{self.bottoms[1]}" of shape {labels} has no labels')
        return [(), (self.classes.classes,)][: len(self.top_blobs)]

    def forward(self, scores: Array, labels: Array) -> list[Array]:
        at = self.classes
        whole, valid = check_labels(self, labels, at.classes, self.ignore)
        label = whole.reshape(at.outer, at.inner)
        split = at.split(scores)
        true = split[at.index(label)][:, None, :]
        # The true class is as good as itself: one is taken off.
        better = np.count_nonzero(split <= true if self.lowest else split >= true, axis=1) - 1
        right = better < self.top_k
        if valid is not None:
            label, right = label[valid.reshape(label.shape)], right[valid.reshape(label.shape)]
        real = scores.dtype.type
        share = real(np.count_nonzero(right)) / real(right.size) if right.size else real(0)
        tops = [np.asarray(share)]
        if len(self.top_blobs) == 2:
            total = np.bincount(label.ravel(), minlength=at.classes)
            hits = np.bincount(label[right].ravel(), minlength=at.classes)
            tops.append(hits.astype(real) / np.maximum(total, 1).astype(real))
        return tops
