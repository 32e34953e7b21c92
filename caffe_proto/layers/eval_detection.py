"""YOLOv2's detections against ground truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers import boxes as box_math
from caffe_proto.layers.activations import sigmoid
from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.region_loss import check_truth, decode, overlap, read_truth
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.softmax_function import softmax

__all__ = ["EvalDetection"]

OBJ, PROB = 0, 1

# Scores below this are no detections, as in Darknet.
_LEAST_SCORE = 0.005


@register_layer("EvalDetection")
class EvalDetection(Layer):
    """Which of YOLOv2's detections are right: what average precision is computed from.

    Bottoms: predictions ``(N, num_object * (5 + num_class), side, side)`` and ground truth, both
    as RegionLoss takes them; a third is not looked at → top
    ``(N, num_class + side * side * num_object * 4)``: for each image the number of true boxes of
    each class, then for each detection class, score, 1 if it is true, 1 if it is false; zeros
    fill the rest. Detections are sorted by class, then by falling score. No parameters, no
    gradient.

    A box has the class of its largest softmax; its score is, by score_type, the objectness (OBJ),
    that largest value (PROB) or their product (MULTIPLY). Boxes that overlap a better one, of
    whatever class, by nms or more are dropped, as are scores below 0.005. A detection is true if
    the true box of its class that it overlaps most was not found before and overlaps by
    threshold, false if it was found before or its class does not occur; one that overlaps less is
    neither, as in the fork.

    Settings: ``eval_detection_param`` (side 7, num_class 20, num_object 2, threshold 0.5, nms -1:
    below 0 there are no detections at all, score_type MULTIPLY, biases: widths and heights of the
    anchors in cells; sqrt and constriant change nothing, as in the fork).

    Redmon and Farhadi, "YOLO9000", CVPR 2017, in the form of choasup's caffe-yolo9000 and Intel's.
    """

    num_bottoms = (2, 3)

    def setup(self, *bottoms: Shape) -> None:
        p = self.param.eval_detection_param
        self.p = p
        if len(p.biases) < 2 * p.num_object:
            raise self.error(
                f"eval_detection_param.biases has {len(p.biases)} values. Expected: "
                f"{2 * p.num_object}, a width and a height for each of num_object {p.num_object}"
            )

    def infer_shapes(self, predictions: Shape, truth: Shape, *others: Shape) -> Sequence[Shape]:
        p = self.p
        wanted = (p.num_object * (5 + p.num_class), p.side, p.side)
        if predictions[1:] != wanted:
            raise self.error(f"predictions have the shape {predictions}. Expected: (N, *{wanted})")
        check_truth(self, truth, predictions[0])
        return [(predictions[0], p.num_class + p.side * p.side * p.num_object * 4)]

    def forward(self, x: Array, truth: Array, *others: Array) -> Array:
        p = self.p
        raw = x.reshape(len(x), p.num_object, -1, *x.shape[2:]).transpose(0, 3, 4, 1, 2)
        anchors = np.array(p.biases[: 2 * p.num_object], x.dtype).reshape(-1, 2)
        boxes = decode(raw, anchors).reshape(len(x), -1, 4)
        chance = softmax(np.ascontiguousarray(raw[..., 5:]), axis=4)
        best = chance.max(axis=4)
        if p.score_type == OBJ:
            best = sigmoid(raw[..., 4])
        elif p.score_type != PROB:
            best = best * sigmoid(raw[..., 4])
        labels = chance.argmax(axis=4).reshape(len(x), -1)
        scores = best.reshape(len(x), -1)
        y = self.top()
        y[...] = 0
        for n, (true_labels, true) in enumerate(read_truth(self, truth, len(x), p.num_class)):
            y[n, : p.num_class] = np.bincount(true_labels, minlength=p.num_class)
            kept = self._kept(boxes[n], scores[n])
            kept = kept[np.argsort(labels[n, kept], kind="stable")]
            rows = y[n, p.num_class : p.num_class + 4 * len(kept)].reshape(-1, 4)
            rows[:, 0], rows[:, 1] = labels[n, kept], scores[n, kept]
            for label in np.unique(labels[n, kept]):
                mine = rows[:, 0] == label
                rows[mine, 2:] = self._judge(boxes[n, kept[mine]], true[true_labels == label])
        return y

    def _kept(self, boxes: Array, scores: Array) -> Array:
        """Indices of the detections of an image, best first."""
        if self.p.nms < 0:
            return np.zeros(0, np.intp)
        half = boxes[:, 2:] / 2
        corners = np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)
        kept = box_math.nms(corners, scores, self.p.nms, drop_equal=True)
        enough = scores[kept] >= scores.dtype.type(_LEAST_SCORE)
        return np.asarray(kept[enough])

    def _judge(self, boxes: Array, true: Array) -> Array:
        """True and false ``(n, 2)`` for detections ``(n, 4)`` of one class, best first."""
        judged = np.zeros((len(boxes), 2), boxes.dtype)
        if not len(true):
            judged[:, 1] = 1
            return judged
        shares = overlap(boxes, true)
        seen: set[int] = set()
        for i, nearest in enumerate(shares.argmax(axis=1).tolist()):
            if shares[i, nearest] >= boxes.dtype.type(self.p.threshold):
                judged[i, int(nearest in seen)] = 1
                seen.add(nearest)
        return judged
