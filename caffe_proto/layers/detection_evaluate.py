"""Detections against ground truth: what average precision is computed from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from caffe_proto.layers import boxes as box_math
from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.detection_files import read_name_sizes, to_pixels
from caffe_proto.layers.registry import register_layer

__all__ = ["DetectionEvaluate"]

# A file that asks for more rows than this is a mistake, or an attack.
MAX_CLASSES = 1_000_000


@register_layer("DetectionEvaluate")
class DetectionEvaluate(Layer):
    """Which detections are right: the rows that average precision is computed from.

    Bottoms: detections ``(1, 1, n, 7)`` (image, label, score, box), ground truth ``(1, 1, m, 8)``
    (image, label, instance, box, difficult; boxes are fractions of the image) → top
    ``(1, 1, num_classes - 1 + n, 5)``. First a row for each class but the background:
    -1, label, number of its boxes, -1, -1. Then a row for each detection: image, label, score,
    1 if it is a true positive, 1 if it is a false one. Detections with label -1 are left out. A
    detection counts as true if the ground truth box of its label that it overlaps most was not
    found before and overlaps by overlap_threshold. No parameters, no gradient.
    Settings: ``detection_evaluate_param`` (num_classes; background_label_id 0; overlap_threshold
    0.5; evaluate_difficult_gt true; name_size_file: lines "name height width" of the images, then
    overlaps are counted in pixels; resize_param: how the inputs were made from the images).

    As in SSD: where an image or a label has no ground truth its rows keep their order, elsewhere
    they are sorted by score; without evaluate_difficult_gt a detection of a difficult box is
    neither true nor false; the ground truth ends at the first image -1.
    """

    num_bottoms = 2

    def setup(self, detections: Shape, truth: Shape) -> None:
        p = self.param.detection_evaluate_param
        if not p.HasField("num_classes"):
            raise self.error("needs num_classes. Received: none")
        self.num_classes = int(p.num_classes)
        if self.num_classes > MAX_CLASSES:
            raise self.error(
                f"num_classes {self.num_classes} is too large. Expected: at most {MAX_CLASSES}"
            )
        self.background = int(p.background_label_id)
        self.threshold = float(p.overlap_threshold)
        self.difficult_counts = bool(p.evaluate_difficult_gt)
        if not -1 <= self.background < self.num_classes:
            raise self.error(
                f"background_label_id {self.background} is no class. "
                f"Expected: 0 to {self.num_classes - 1}, or -1 for none"
            )
        if self.threshold <= 0:
            raise self.error(f"overlap_threshold must be above 0. Received: {self.threshold:g}")
        self.resize = p.resize_param if p.HasField("resize_param") else None
        self.sizes: list[tuple[int, int]] = []
        if p.name_size_file:
            path = Path(p.name_size_file)
            if not path.exists() and self.context.directory is not None:
                path = self.context.directory / path
            _, self.sizes = read_name_sizes(path, self.error)
        self.labels = [c for c in range(self.num_classes) if c != self.background]
        self._image = 0

    def infer_shapes(self, detections: Shape, truth: Shape) -> Sequence[Shape]:
        for name, shape, width in (("detections", detections, 7), ("ground truth", truth, 8)):
            if len(shape) != 4 or shape[:2] != (1, 1) or shape[3] != width:
                raise self.error(
                    f"{name} must have the shape (1, 1, n, {width}). Received: {shape}"
                )
        return [(1, 1, len(self.labels) + detections[2], 5)]

    def forward(self, detections: Array, truth: Array) -> Array:
        detections = detections.reshape(-1, 7)
        truth = self._ground_truth(truth.reshape(-1, 8))
        wanted = detections[detections[:, 1] != -1]
        top = np.zeros((len(self.labels) + len(wanted), 5), detections.dtype)
        counted = truth if self.difficult_counts else truth[truth[:, 7] == 0]
        top[:, [0, 3, 4]] = -1
        top[: len(self.labels), 1] = self.labels
        top[: len(self.labels), 2] = [np.sum(counted[:, 1] == c) for c in self.labels]
        top[len(self.labels) :] = 0
        rows = self._judge_all(detections[detections[:, 0] != -1], truth)
        top[len(self.labels) : len(self.labels) + len(rows)] = rows
        return top[None, None]

    def _ground_truth(self, truth: Array) -> Array:
        ends = np.flatnonzero(truth[:, 0] == -1)
        truth = truth[: ends[0]] if len(ends) else truth
        self._check_no_background(truth[:, 1], "ground truth")
        return truth

    def _check_no_background(self, labels: Array, what: str) -> None:
        found = np.flatnonzero(labels == self.background)
        if len(found):
            raise self.error(
                f"row {found[0]} of the {what} has the background's label {self.background}. "
                "Expected: another label"
            )

    def _judge_all(self, detections: Array, truth: Array) -> Array:
        self._check_no_background(detections[:, 1], "detections")
        groups: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for i, (image, label) in enumerate(detections[:, :2].tolist()):
            groups[int(image)][int(label)].append(i)
        found = [np.zeros((0, 5), detections.dtype)]
        for image in sorted(groups):
            in_image = truth[truth[:, 0] == image]
            for label in sorted(groups[image]):
                if label == -1:
                    continue
                rows = detections[groups[image][label]]
                found.append(self._judge(rows, in_image[in_image[:, 1] == label]))
            if self.sizes:
                self._image = (self._image + 1) % len(self.sizes)
        return np.concatenate(found)

    def _judge(self, rows: Array, truth: Array) -> Array:
        """Rows ``(n, 5)`` for detections ``(n, 7)`` of one image and label."""
        if not len(truth):
            false = np.zeros((len(rows), 5), rows.dtype)
            false[:, :3] = rows[:, :3]
            false[:, 4] = 1
            return false
        rows = rows[np.argsort(-rows[:, 2], kind="stable")]
        overlap = self._overlap(rows[:, 3:7], truth[:, 3:7])
        nearest = overlap.argmax(axis=1)
        hit = overlap[np.arange(len(rows)), nearest] >= rows.dtype.type(self.threshold)
        first = np.zeros(len(rows), bool)
        first[np.unique(np.where(hit, nearest, -1), return_index=True)[1]] = True
        judged = np.zeros((len(rows), 5), rows.dtype)
        judged[:, :3] = rows[:, :3]
        judged[:, 3] = hit & first
        judged[:, 4] = ~(hit & first)
        if not self.difficult_counts:
            judged[hit & (truth[nearest, 7] != 0), 3:] = 0
        return judged

    def _overlap(self, rows: Array, truth: Array) -> Array:
        if not self.sizes:
            return box_math.iou(rows, truth)
        size = self.sizes[self._image]
        found, found_area = to_pixels(rows, size, self.resize)
        real, real_area = to_pixels(truth, size, self.resize)
        overlap = box_math.iou(found, real, ends_included=True, area_a=found_area, area_b=real_area)
        # SSD takes "no intersection" for the box (0, 0, 0, 0), which in pixels has an area of 1.
        apart = ((found[:, None, :2] > real[:, 2:]) | (found[:, None, 2:] < real[:, :2])).any(
            axis=2
        )
        return np.where(apart, 1 / (found_area[:, None] + real_area - 1), overlap)
