"""YOLOv2's loss."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.activations import sigmoid
from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.softmax_function import softmax

__all__ = ["RegionLoss", "check_truth", "decode", "overlap", "read_truth"]

# So many images long the boxes that no truth claims are drawn to their anchors, a little.
_WARM_UP, _WARM_UP_SCALE = 12800, 0.01


@register_layer("RegionLoss")
class RegionLoss(Layer):
    """YOLOv2's loss: the sum of the squares of what each prediction is off, as its gradient has it.

    Bottoms: predictions ``(N, num * (5 + num_class), side, side)``, for each anchor x, y, width,
    height, objectness and the classes' scores, as the convolution leaves them; ground truth,
    either ``(N, boxes * 5)`` (class from 0, x and y of the centre, width, height; up to the first
    x of 0), or AnnotatedData's ``(1, 1, boxes, 8)`` (image, class from 1, instance, xmin, ymin,
    xmax, ymax, difficult; image -1 does not count), both in fractions of the image → top ``()``.
    No parameters. The gradient of the predictions is the deltas below divided by N; it is no
    derivative of the loss, which is the sum of their squares.

    At cell (i, j) and the anchor (a, b) the box has the centre
    ``((i + s(x)) / side, (j + s(y)) / side)``, s the sigmoid, and the size
    ``(a e^width / side, b e^height / side)``; o is s(objectness), p the softmax of the scores.
    Each objectness has the delta ``noobject_scale o² (1 - o)``, 0 where the box overlaps a true
    one by more than thresh. A true box claims, in the cell of its centre, the anchor that fits
    its size best (with bias_match; else the predicted size). There, with t the value that gives
    the true box: ``coord_scale (s(x) - t) s(x) (1 - s(x))`` for x and y, ``coord_scale (w - t)``
    for width and height; ``-object_scale (1 - o)² o``; ``class_scale (p - 1 or 0)``. A later box
    takes an anchor from an earlier one. While the first 12800 images are seen, the boxes of all
    anchors are drawn to the anchors themselves in the same way, by 0.01.

    Settings: ``region_loss_param`` (side 13, num_class 20, coords 4, num 5, biases: widths and
    heights of the anchors in cells, bias_match 1, thresh 0.2, object_scale 1, noobject_scale 0.5,
    class_scale 1, coord_scale 5; softmax, rescore, jitter, absolute and random change nothing, as
    in the fork; softmax_tree and class_map are refused).

    Redmon and Farhadi, "YOLO9000", CVPR 2017, in the form of choasup's caffe-yolo9000; other forks
    of this name rescale the deltas.
    """

    num_bottoms = 2
    is_loss = True
    auto_tops = True

    def setup(self, *bottoms: Shape) -> None:
        p = self.param.region_loss_param
        self.p = p
        for name in ("softmax_tree", "class_map"):
            if getattr(p, name):
                raise self.error(f"region_loss_param.{name} is not supported. Expected: none")
        if p.coords != 4:
            raise self.error(f"region_loss_param.coords is {p.coords}. Expected: 4")
        if len(p.biases) < 2 * p.num:
            raise self.error(
                f"region_loss_param.biases has {len(p.biases)} values. "
                f"Expected: {2 * p.num}, a width and a height for each of num {p.num} anchors"
            )
        if min(p.biases, default=0) <= 0:
            raise self.error("region_loss_param.biases must be above 0")
        self._passes = 0

    def allow_force_backward(self, bottom: int) -> bool:
        return bottom != 1

    def infer_shapes(self, predictions: Shape, truth: Shape) -> Sequence[Shape]:
        p = self.p
        wanted = (p.num * (5 + p.num_class), p.side, p.side)
        if predictions[1:] != wanted:
            raise self.error(f"predictions have the shape {predictions}. Expected: (N, *{wanted})")
        check_truth(self, truth, predictions[0])
        return [()]

    def forward(self, x: Array, truth: Array) -> Array:
        # (N, A, 5 + K, S, S) as (N, row, column, anchor, value)
        raw = x.reshape(len(x), self.p.num, -1, *x.shape[2:]).transpose(0, 3, 4, 1, 2)
        anchors = np.array(self.p.biases[: 2 * self.p.num], x.dtype).reshape(-1, 2)
        delta = np.zeros(raw.shape, x.dtype)
        place, chance = sigmoid(raw[..., :2]), sigmoid(raw[..., 4])
        boxes = decode(raw, anchors)
        delta[..., 4] = chance * chance * (1 - chance) * x.dtype.type(self.p.noobject_scale)
        if self._passes < _WARM_UP // max(len(x), 1):
            delta[..., :2] = (place - x.dtype.type(0.5)) * place * (1 - place)
            delta[..., 2:4] = raw[..., 2:4]
            delta[..., :4] *= x.dtype.type(_WARM_UP_SCALE)
        self._passes += 1
        for n, (labels, true) in enumerate(read_truth(self, truth, len(x), self.p.num_class)):
            if len(true):
                best = overlap(boxes[n].reshape(-1, 4), true).max(axis=1)
                near = best.reshape(boxes.shape[1:4]) > x.dtype.type(self.p.thresh)
                delta[n, near, 4] = 0
            for label, box in zip(labels, true, strict=True):
                self._claim(delta[n], raw[n], place[n], chance[n], boxes[n], anchors, label, box)
        self._delta = np.ascontiguousarray(delta.transpose(0, 3, 4, 1, 2)).reshape(x.shape)
        return np.asarray(np.vdot(self._delta, self._delta))

    def _claim(
        self,
        delta: Array,
        raw: Array,
        place: Array,
        chance: Array,
        boxes: Array,
        anchors: Array,
        label: int,
        box: Array,
    ) -> None:
        """Write the deltas of the anchor that the true ``box`` of an image claims."""
        p, real = self.p, raw.dtype.type
        column, row = (int(v) for v in box[:2] * real(p.side))
        if not (0 <= column < p.side and 0 <= row < p.side):
            raise self.error(
                f"a true box has its centre at ({box[0]:g}, {box[1]:g}). "
                "Expected: inside of the image, fractions from 0 to below 1"
            )
        fitting = anchors / real(p.side) if p.bias_match else boxes[row, column, :, 2:]
        centred = np.concatenate([np.zeros_like(fitting), fitting], axis=1)
        same = np.concatenate([np.zeros(2, box.dtype), box[2:]])[None]
        at = row, column, int(overlap(centred, same)[:, 0].argmax())
        s = place[at]
        wanted = box[:2] * real(p.side) - np.array([column, row], box.dtype)
        delta[at][:2] = real(p.coord_scale) * (s - wanted) * s * (1 - s)
        wanted = np.log(box[2:] * real(p.side) / anchors[at[2]])
        delta[at][2:4] = real(p.coord_scale) * (raw[at][2:4] - wanted)
        o = chance[at]
        delta[at][4] = -real(p.object_scale) * (1 - o) * o * (1 - o)
        off = softmax(raw[at][5:][None], axis=1)[0]
        off[label] -= 1
        delta[at][5:] = real(p.class_scale) * off

    def backward(self, dy: Array, x: list[Array], y: Array) -> tuple[Array | None, Array | None]:
        if self.propagate_down[1]:
            raise self.error("has no gradient for the ground truth, but is asked for one")
        if not self.propagate_down[0]:
            return None, None
        return self._delta * (dy / self._delta.dtype.type(len(self._delta))), None


def _is_annotated(shape: Shape) -> bool:
    """Whether ground truth is written as AnnotatedData writes it."""
    return len(shape) == 4 and shape[:2] == (1, 1) and shape[3] == 8


def check_truth(layer: Layer, truth: Shape, images: int) -> None:
    """Check the shape of YOLOv2's ground truth for so many images; raises the layer's error."""
    rows = int(np.prod(truth[1:], dtype=np.int64))
    if not _is_annotated(truth) and (truth[:1] != (images,) or rows % 5):
        raise layer.error(
            f"ground truth has the shape {truth}. "
            f"Expected: ({images}, boxes * 5), or (1, 1, boxes, 8)"
        )


def read_truth(
    layer: Layer, truth: Array, images: int, num_class: int
) -> list[tuple[Array, Array]]:
    """For each image the classes ``(T,)`` and boxes ``(T, 4)``: centre, then size.

    ``truth`` is as RegionLoss takes it. Raises the layer's error for a class that is none of
    ``num_class``, or a box without a size.
    """
    if _is_annotated(truth.shape):
        rows = truth.reshape(-1, 8)
        corners = rows[:, 3:7]
        centre, size = (corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]
        found = [
            (rows[mine, 1].astype(np.intp) - 1, np.concatenate([centre, size], axis=1)[mine])
            for mine in (np.trunc(rows[:, 0]) == n for n in range(images))
        ]
    else:
        found = []
        for rows in truth.reshape(images, -1, 5):
            ends = np.flatnonzero((rows[:, 1] == 0) | (rows[:, 3] == 0))
            rows = rows[: ends[0]] if len(ends) else rows
            found.append((rows[:, 0].astype(np.intp), rows[:, 1:]))
    for n, (labels, boxes) in enumerate(found):
        wrong = np.flatnonzero((labels < 0) | (labels >= num_class))
        if len(wrong):
            raise layer.error(
                f"true box {wrong[0]} of image {n} has the class {labels[wrong[0]]}, from 0. "
                f"Expected: 0 to {num_class - 1}"
            )
        if not (boxes[:, 2:] > 0).all():
            raise layer.error(f"a true box of image {n} has no size. Expected: above 0")
    return found


def decode(raw: Array, anchors: Array) -> Array:
    """Boxes ``(N, S, S, A, 4)``, centre and size, of predictions ``(N, S, S, A, 4 or more)``.

    ``anchors (A, 2)`` are widths and heights in cells.
    """
    side = raw.dtype.type(raw.shape[2])
    row, column = np.indices(raw.shape[1:3])
    cell = np.stack([column, row], axis=-1)[:, :, None].astype(raw.dtype)
    with np.errstate(over="ignore"):
        size = np.exp(raw[..., 2:4]) * anchors / side
    return np.concatenate([(cell + sigmoid(raw[..., :2])) / side, size], axis=-1)


def overlap(a: Array, b: Array) -> Array:
    """Overlap ``(A, B)``, intersection over union, of boxes given as centre and size."""
    low = np.maximum((a[:, :2] - a[:, 2:] / 2)[:, None], b[:, :2] - b[:, 2:] / 2)
    high = np.minimum((a[:, :2] + a[:, 2:] / 2)[:, None], b[:, :2] + b[:, 2:] / 2)
    shared = np.asarray(np.maximum(high - low, 0).prod(axis=2))
    union = (a[:, 2] * a[:, 3])[:, None] + b[:, 2] * b[:, 3] - shared
    share: Array = np.divide(shared, union, out=np.zeros_like(shared), where=shared > 0)
    return share
