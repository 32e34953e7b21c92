"""Detections of YOLO."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers import boxes as box_math
from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer

__all__ = ["Yolov3DetectionOutput"]


@register_layer("Yolov3DetectionOutput")
class Yolov3DetectionOutput(Layer):
    """Detections of YOLOv3: boxes decoded from maps of several scales, suppressed together.

    Bottoms: mask_group_num maps ``(N, num_box * (5 + num_classes), H, W)``, for each box x, y,
    width, height, objectness and the classes' scores, as the convolution leaves them → top
    ``(1, 1, detections, 7)``, a row each: 0, label, score, xmin, ymin, xmax, ymax (fractions of
    the image, not clipped), in falling order of the score. Nothing found: one row per image with
    -1 after the image's number. No parameters, no gradient.

    At cell (i, j) of an H x W map with the anchor (a, b) a box has the centre
    ``((i + s(x)) / W, (j + s(y)) / H)``, s the sigmoid, and the size
    ``(a e^width / (W * anchors_scale), b e^height / (H * anchors_scale))``; a class' score is
    ``s(objectness) * s(class)``.
    Settings: ``yolov3_detection_output_param`` (num_classes 20, num_box 3, confidence_threshold
    0.01, nms_threshold 0.45, biases: widths and heights of the anchors in pixels, anchors_scale:
    pixels a cell, one a map, mask: which anchors the boxes of each map have, mask_group_num 2:
    the number of maps).

    Redmon and Farhadi, "YOLOv3: An Incremental Improvement", 2018, section 2.1. As in the fork:
    boxes of other classes and images count in the suppression, equality with nms_threshold drops
    a box, the label is the class plus 1 and the image number is 0.
    """

    num_bottoms = (1, None)

    def setup(self, *bottoms: Shape) -> None:
        p = self.param.yolov3_detection_output_param
        if not p.HasField("num_classes"):
            raise self.error("needs num_classes. Received: none")
        if p.gaussian_box:
            raise self.error("gaussian_box is not supported. Expected: false")
        if p.mask_group_num != len(bottoms):
            raise self.error(f"mask_group_num is {p.mask_group_num} for {len(bottoms)} bottoms")
        self.num_classes, self.num_box = int(p.num_classes), int(p.num_box)
        self.threshold = float(p.confidence_threshold)
        self.nms_threshold = float(p.nms_threshold)
        self.scales = [int(n) for n in p.anchors_scale]
        if len(self.scales) < len(bottoms):
            raise self.error(f"has {len(self.scales)} anchors_scale for {len(bottoms)} maps")
        known = np.array(p.biases, np.float32)[: len(p.biases) // 2 * 2].reshape(-1, 2)
        each = len(p.mask) // len(bottoms)
        if each < self.num_box:
            raise self.error(
                f"mask has {len(p.mask)} values. "
                f"Expected: num_box a map, {self.num_box * len(bottoms)}"
            )
        if max(p.mask) >= len(known):
            raise self.error(f"mask names anchor {max(p.mask)}, but biases has {len(known)}")
        #: Widths and heights (num_box, 2) of the anchors of each map.
        self.anchors = [
            known[np.array(p.mask[i * each : i * each + self.num_box], np.intp)]
            for i in range(len(bottoms))
        ]

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        channels = self.num_box * (5 + self.num_classes)
        for i, shape in enumerate(bottoms):
            if len(shape) != 4 or shape[1] != channels:
                raise self.error(
                    f"bottom {i} has the shape {shape}. Expected: (N, {channels}, H, W) for "
                    f"{self.num_box} boxes of 5 + {self.num_classes} values"
                )
        return [(1, 1, 1, 7)]

    def forward(self, *maps: Array) -> Array:
        rows = np.concatenate([self._candidates(i, x) for i, x in enumerate(maps)])
        rows = rows[box_math.top_scores(rows[:, 2])]
        top = rows[box_math.nms(rows[:, 3:], threshold=self.nms_threshold, drop_equal=True)]
        if not len(top):
            top = np.full((len(maps[0]), 7), -1, maps[0].dtype)
            top[:, 0] = np.arange(len(top))
        return top[None, None]

    def _candidates(self, number: int, x: Array) -> Array:
        """Rows ``(n, 7)`` of all boxes of a map whose score is above the threshold."""
        images, _, height, width = x.shape
        dtype = x.dtype.type
        # (N, H, W, box, value), the order in which the fork goes through them
        values = x.reshape(images, self.num_box, -1, height, width).transpose(0, 3, 4, 1, 2)
        score = _sigmoid(values[..., 5:]) * _sigmoid(values[..., 4:5])
        found = np.nonzero(score > dtype(self.threshold))
        _, row, column, box, label = found
        chosen = values[found[:4]]
        cell = np.stack([column, row], axis=1).astype(x.dtype)
        size = np.array([width, height], x.dtype)
        centre = (cell + _sigmoid(chosen[:, :2])) / size
        with np.errstate(over="ignore"):
            side = np.exp(chosen[:, 2:4]) * self.anchors[number][box].astype(x.dtype)
        half = side / (size * dtype(self.scales[number])) / 2
        rows = np.zeros((len(label), 7), x.dtype)
        rows[:, 1] = label + 1
        rows[:, 2] = score[found]
        rows[:, 3:5] = centre - half
        rows[:, 5:7] = centre + half
        return rows


def _sigmoid(x: Array) -> Array:
    # By way of tanh nothing overflows.
    half = x.dtype.type(0.5)
    return np.asarray(half * np.tanh(half * x) + half)
