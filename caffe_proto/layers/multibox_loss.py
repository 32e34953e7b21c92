"""SSD's loss: match priors to ground truth, mine hard negatives, localisation and confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from caffe_proto.layers import boxes as box_math
from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.box_matching import UNMATCHED, hardest, match
from caffe_proto.layers.detection_output import (
    check_predictions,
    check_priors,
    split_predictions,
)
from caffe_proto.layers.loss import Normalization
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.smooth_l1_loss import smooth_l1, smooth_l1_slope
from caffe_proto.layers.softmax_function import softmax

__all__ = ["MultiBoxLoss"]

L2, SMOOTH_L1 = 0, 1
SOFTMAX, LOGISTIC = 0, 1
PER_PREDICTION = 1
NO_MINING, MAX_NEGATIVE, HARD_EXAMPLE = 0, 1, 2
SHARED = -1


@dataclass
class _Truth:
    """The ground truth of one image."""

    boxes: Array
    labels: Array


@dataclass
class _Batch:
    """What one forward pass reads, and the places of what it finds."""

    codes: Array  # (N, L, P, 4)
    scores: Array  # (N, P, num_classes)
    priors: Array  # (P, 4)
    variances: Array  # (P, 4)
    truth: dict[int, _Truth]
    overlaps: list[dict[int, Array]] = field(default_factory=list)

    @property
    def images(self) -> int:
        return len(self.codes)


@register_layer("MultiBoxLoss")
class MultiBoxLoss(Layer):
    """SSD's loss: ``(confidence loss + loc_weight * localisation loss) / normalizer``.

    Bottoms: locations ``(N, P * L * 4)``, confidences ``(N, P * num_classes)``, priors
    ``(1, 2, P * 4)``, ground truth ``(1, 1, boxes, 8)`` (image, label, instance, xmin, ymin, xmax,
    ymax, difficult; rows of image -1 do not count) → top ``()``. ``P`` priors; ``L`` is 1, or
    num_classes without share_location. No parameters; locations and confidences get a gradient.

    Priors are matched with ground truth boxes (match_type BIPARTITE: one prior a box;
    PER_PREDICTION: also all that overlap by overlap_threshold; on the predicted boxes without
    use_prior_for_matching). Matched priors carry a localisation loss (loc_loss_type SMOOTH_L1 or
    L2) between code and prediction. The confidence loss (conf_loss_type SOFTMAX or LOGISTIC) is
    taken over the matched priors and the mined ones: mining_type MAX_NEGATIVE takes, for each
    matched prior, the neg_pos_ratio hardest of those that overlap less than neg_overlap;
    HARD_EXAMPLE the sample_size hardest of all (after NMS by nms_param); NONE takes every prior.
    The normalizer is loss_param's: VALID (the default) counts the matches.

    Settings: ``multibox_loss_param`` (loc_loss_type SMOOTH_L1, conf_loss_type SOFTMAX, loc_weight
    1, num_classes, share_location true, match_type PER_PREDICTION, overlap_threshold 0.5,
    use_prior_for_matching true, background_label_id 0, use_difficult_gt true, neg_pos_ratio 3,
    neg_overlap 0.5, code_type CORNER, encode_variance_in_target false, map_object_to_agnostic
    false, ignore_cross_boundary_bbox false, bp_inside false, mining_type MAX_NEGATIVE, nms_param,
    sample_size 64, use_prior_for_nms false), ``loss_param``.

    Liu et al., "SSD: Single Shot MultiBox Detector", 2016, section 2.2. As in the original: while
    mining an image without ground truth counts for nothing; matches are kept until ``backward``,
    so a further ``forward`` without one uses them again (:meth:`forget_matches` drops them);
    ``nms_param`` without ``top_k`` selects nothing; LOGISTIC without mining puts the targets of
    image n at n * P values, not n * P * num_classes.
    """

    num_bottoms = 4
    is_loss = True
    auto_tops = True

    def setup(self, *bottoms: Shape) -> None:
        p = self.param.multibox_loss_param
        if not p.HasField("num_classes") or p.num_classes < 1:
            raise self.error(f"needs num_classes of at least 1. Received: {p.num_classes}")
        self.num_classes = int(p.num_classes)
        self.share_location = bool(p.share_location)
        self.background = int(p.background_label_id)
        self.mining = int(p.mining_type)
        self.code_type = int(p.code_type)
        self.in_target = bool(p.encode_variance_in_target)
        self.p = p
        self._check_settings()
        wanted = list(self.param.propagate_down) or [True, True, False, False]
        self.counts_loc, self.counts_conf = wanted[0], wanted[1]
        self.normalization = Normalization(self, self.param.loss_param)
        self.forget_matches()

    def _check_settings(self) -> None:
        p = self.p
        if p.HasField("do_neg_mining") and p.do_neg_mining != (self.mining != NO_MINING):
            raise self.error(
                "do_neg_mining and mining_type contradict each other. "
                "Expected: mining_type alone (NONE, MAX_NEGATIVE or HARD_EXAMPLE)"
            )
        if self.mining != NO_MINING and not self.share_location:
            raise self.error(
                "mining needs one box for all classes. "
                "Expected: share_location: true, or mining_type: NONE"
            )
        if p.ignore_difficult_gt:
            raise self.error(
                "ignore_difficult_gt is a setting of NVIDIA's fork that is not computed here. "
                "Expected: use_difficult_gt: false, or none of both"
            )
        if self.mining == HARD_EXAMPLE and p.sample_size <= 0:
            raise self.error(f"sample_size must be above 0. Received: {p.sample_size}")
        if self.background >= self.num_classes and p.conf_loss_type == SOFTMAX:
            # LOGISTIC knows negatives without a class of their own.
            raise self.error(
                f"background_label_id {self.background} is no class. "
                f"Expected: below num_classes, {self.num_classes}"
            )
        if p.map_object_to_agnostic and self.num_classes != 2:
            raise self.error(
                "map_object_to_agnostic needs num_classes 2: background and object. "
                f"Received: {self.num_classes}"
            )

    def infer_shapes(self, loc: Shape, conf: Shape, prior: Shape, truth: Shape) -> Sequence[Shape]:
        check_predictions(self, loc, conf, prior, self.num_classes, self.share_location)
        if len(truth) != 4 or truth[3] != 8:
            raise self.error(f"ground truth must have the shape (1, 1, n, 8). Received: {truth}")
        return [()]

    def forget_matches(self) -> None:
        """Drop the matches of the last forward pass, as ``backward`` does."""
        #: A mapping for each image: label of the location (-1: shared) → matches (P,).
        self._matches: list[dict[int, Array]] = []
        self._negatives: list[Array] = []

    def forward(self, loc: Array, conf: Array, prior: Array, truth: Array) -> Array:
        codes, scores, priors, variances = split_predictions(
            loc, conf, prior, self.num_classes, self.share_location
        )
        batch = _Batch(codes, scores.transpose(0, 2, 1), priors, variances, self._read_truth(truth))
        self._match(batch)
        if self.mining != NO_MINING:
            self._mine(batch)
        self._find_positives(batch)
        loc_loss = self._forward_loc(batch)
        conf_loss = self._forward_conf(batch)
        self._divisor = loc.dtype.type(
            self.normalization.divisor(
                batch.images * len(priors), batch.images, len(self._positive_image)
            )
        )
        loss = loc.dtype.type(0)
        if self.counts_loc:
            loss += loc.dtype.type(self.p.loc_weight) * loc_loss / self._divisor
        if self.counts_conf:
            loss += conf_loss / self._divisor
        return np.asarray(loss)

    def backward(
        self, dy: Array, x: list[Array], y: Array
    ) -> tuple[Array | None, Array | None, None, None]:
        if self.propagate_down[2] or self.propagate_down[3]:
            raise self.error(
                "has no gradient for priors and ground truth. Expected: propagate_down: true, "
                "true, false, false in the layer, and no force_backward"
            )
        scale = dy / self._divisor
        loc = conf = None
        if self.propagate_down[0]:
            loc = self._backward_loc(x[0], scale)
        if self.propagate_down[1]:
            conf = self._backward_conf(x[1], scale)
        self.forget_matches()
        return loc, conf, None, None

    # -- ground truth and matches ----------------------------------------------------------

    def _read_truth(self, truth: Array) -> dict[int, _Truth]:
        rows = truth.reshape(-1, 8)
        rows = rows[np.trunc(rows[:, 0]) != -1]
        labels = rows[:, 1].astype(np.intp)
        wrong = np.flatnonzero(labels == self.background)
        if len(wrong):
            raise self.error(
                f"ground truth row {wrong[0]} has the background's label {self.background}"
            )
        if not self.p.map_object_to_agnostic or self.mining != NO_MINING:
            wrong = np.flatnonzero((labels < 0) | (labels >= self.num_classes))
            if len(wrong):
                raise self.error(
                    f"ground truth row {wrong[0]} has the label {labels[wrong[0]]}. "
                    f"Expected: 0 to {self.num_classes - 1}"
                )
        if not self.p.use_difficult_gt:
            easy = rows[:, 7] == 0
            rows, labels = rows[easy], labels[easy]
        images = rows[:, 0].astype(np.intp)
        return {
            int(n): _Truth(rows[images == n, 3:7], labels[images == n]) for n in np.unique(images)
        }

    def _match(self, batch: _Batch) -> None:
        found: list[dict[int, Array]] = []
        for n in range(batch.images):
            indices, overlaps = self._match_image(batch, n)
            found.append(indices)
            batch.overlaps.append(overlaps)
        if len(self._matches) < batch.images:
            # Matches of an earlier forward without a backward stay at the front, and in use.
            self._matches += found

    def _match_image(self, batch: _Batch, n: int) -> tuple[dict[int, Array], dict[int, Array]]:
        indices: dict[int, Array] = {}
        overlaps: dict[int, Array] = {}
        truth = batch.truth.get(n)
        if truth is None:
            return indices, overlaps
        if self.p.use_prior_for_matching:
            index, overlap = self._match_boxes(batch.priors, truth.boxes)
            if self.share_location:
                return {SHARED: index}, {SHARED: overlap}
            for label in self._location_labels():
                own = (index >= 0) & (truth.labels[np.maximum(index, 0)] == label)
                indices[label] = np.where(own, index, UNMATCHED)
                overlaps[label] = overlap
            return indices, overlaps
        for label in self._location_labels():
            predicted = self._decode(batch, n, label)
            of_label = (
                np.arange(len(truth.labels))
                if label == SHARED
                else np.flatnonzero(truth.labels == label)
            )
            index, overlap = self._match_boxes(predicted, truth.boxes[of_label])
            matched = index >= 0
            index[matched] = of_label[index[matched]]
            indices[label], overlaps[label] = index, overlap
        return indices, overlaps

    def _match_boxes(self, boxes: Array, truth: Array) -> tuple[Array, Array]:
        return match(
            boxes,
            truth,
            self.p.overlap_threshold,
            per_prediction=self.p.match_type == PER_PREDICTION,
            inside_only=self.p.ignore_cross_boundary_bbox,
        )

    def _location_labels(self) -> list[int]:
        if self.share_location:
            return [SHARED]
        return [c for c in range(self.num_classes) if c != self.background]

    def _decode(self, batch: _Batch, n: int, label: int) -> Array:
        if self.code_type != box_math.CORNER:
            check_priors(self, batch.priors)
        return box_math.decode(
            batch.codes[n, max(label, 0)],
            batch.priors,
            batch.variances,
            self.code_type,
            variance_in_target=self.in_target,
        )

    # -- mining ----------------------------------------------------------------------------

    def _mine(self, batch: _Batch) -> None:
        negatives = [self._mine_image(batch, n) for n in range(batch.images)]
        if len(self._negatives) < batch.images:
            self._negatives += negatives

    def _mine_image(self, batch: _Batch, n: int) -> Array:
        if SHARED not in self._matches[n]:
            return np.zeros(0, np.intp)
        index = self._matches[n][SHARED]
        truth = self._truth_of(batch, n, index)
        matched = index >= 0
        labels = np.full(len(index), self.background)
        labels[matched] = truth.labels[index[matched]]
        loss = self._conf_losses(batch.scores[n], labels)
        if self.mining == HARD_EXAMPLE:
            loss[matched] += self._loc_losses(batch, n, np.flatnonzero(matched), index, truth)
            eligible = np.ones(len(index), bool)
            count = int(self.p.sample_size)
        else:
            overlap = batch.overlaps[n][SHARED]
            eligible = (index == UNMATCHED) & (overlap < overlap.dtype.type(self.p.neg_overlap))
            count = max(int(np.float32(matched.sum()) * np.float32(self.p.neg_pos_ratio)), 0)
        boxes, threshold, top_k = None, 0.0, -1
        if self.p.HasField("nms_param") and self.p.nms_param.nms_threshold > 0:
            boxes = batch.priors if self.p.use_prior_for_nms else self._decode(batch, n, SHARED)
            # top_k is 0 where it is not given, and then nothing is selected.
            threshold, top_k = self.p.nms_param.nms_threshold, self.p.nms_param.top_k
        selected = hardest(loss, eligible, count, boxes, threshold, top_k)
        chosen = np.zeros(len(index), bool)
        chosen[selected] = True
        negatives = np.flatnonzero(chosen & (index == UNMATCHED))
        if self.mining == HARD_EXAMPLE:
            index[matched & ~chosen] = UNMATCHED
        return negatives

    def _truth_of(self, batch: _Batch, n: int, index: Array) -> _Truth:
        truth = batch.truth.get(n) or _Truth(np.zeros((0, 4), batch.priors.dtype), np.zeros(0, int))
        if index.max(initial=UNMATCHED) >= len(truth.labels):
            raise self.error(
                f"still has the matches of an earlier forward pass, and image {n} has other "
                "ground truth now. Expected: a backward between two forward passes, or "
                "layer.forget_matches()"
            )
        return truth

    def _conf_losses(self, scores: Array, labels: Array) -> Array:
        """The confidence loss of each prior: scores ``(P, K)``, labels ``(P,)`` → ``(P,)``."""
        if self.p.conf_loss_type == SOFTMAX:
            return _log_loss(softmax(scores, axis=1)[np.arange(len(labels)), labels])
        target = (labels[:, None] == np.arange(self.num_classes)).astype(scores.dtype)
        return np.asarray(_cross_entropy(scores, target).sum(axis=1))

    def _loc_losses(
        self, batch: _Batch, n: int, priors: Array, index: Array, truth: _Truth
    ) -> Array:
        """The localisation loss of the matched ``priors`` of an image."""
        predicted, target = self._loc_pair(
            batch.codes[n, 0, priors],
            truth.boxes[index[priors]],
            batch.priors[priors],
            batch.variances[priors],
        )
        difference = predicted - target
        if self.p.loc_loss_type == SMOOTH_L1:
            return np.asarray(smooth_l1(difference).sum(axis=1))
        return np.asarray(0.5 * (difference * difference).sum(axis=1))

    # -- localisation ----------------------------------------------------------------------

    def _find_positives(self, batch: _Batch) -> None:
        """Image, location group, prior and ground truth of every match, one array each."""
        none = np.zeros(0, np.intp)
        found: list[list[Array]] = [[none], [none], [none], [none]]
        for n in range(batch.images):
            for label, index in self._matches[n].items():
                self._truth_of(batch, n, index)
                priors = np.flatnonzero(index >= 0)
                place = (np.full(len(priors), n), np.full(len(priors), max(label, 0)))
                for column, values in zip(found, (*place, priors, index[priors]), strict=True):
                    column.append(values)
        columns = [np.concatenate(column) for column in found]
        self._positive_image, self._positive_group, self._positive_prior, matched = columns
        boxes = [
            batch.truth[n].boxes[matched[self._positive_image == n]]
            for n in np.unique(self._positive_image).tolist()
        ]
        labels = [
            batch.truth[n].labels[matched[self._positive_image == n]]
            for n in np.unique(self._positive_image).tolist()
        ]
        self._positive_box = box_math.rows(boxes, 4, batch.priors.dtype)
        self._positive_label = np.concatenate([none, *labels])
        if self.p.map_object_to_agnostic:
            self._positive_label[:] = self.background + 1

    def _forward_loc(self, batch: _Batch) -> Array:
        predicted, target = self._loc_pair(
            batch.codes[self._positive_image, self._positive_group, self._positive_prior],
            self._positive_box,
            batch.priors[self._positive_prior],
            batch.variances[self._positive_prior],
        )
        self._difference = predicted - target
        if self.p.loc_loss_type == SMOOTH_L1:
            return np.asarray(smooth_l1(self._difference).sum())
        return np.asarray(np.vdot(self._difference, self._difference) / 2)

    def _loc_pair(
        self, codes: Array, truth: Array, priors: Array, variances: Array
    ) -> tuple[Array, Array]:
        """Predicted and wanted codes ``(n, 4)``, as the localisation loss compares them."""
        if not (variances > 0).all():
            raise self.error("a prior's variance is not above 0. Expected: positive variances")
        target = box_math.encode(
            truth, priors, variances, self.code_type, variance_in_target=self.in_target
        )
        if self.p.bp_inside:
            matched = priors
            if not self.p.use_prior_for_matching:
                matched = box_math.decode(
                    codes, priors, variances, self.code_type, variance_in_target=self.in_target
                )
            # A coordinate outside of the image gets no gradient.
            codes = np.where((matched < 0) | (matched > 1), target, codes)
        if self.in_target:
            codes, target = codes / variances, target / variances
        return codes, target

    def _backward_loc(self, loc: Array, scale: Array) -> Array:
        slope = self._difference
        if self.p.loc_loss_type == SMOOTH_L1:
            slope = smooth_l1_slope(slope)
        gradient = self.bottom_diff(0)
        gradient[...] = 0
        groups = 1 if self.share_location else self.num_classes
        # With the variance in the target the fork leaves its factor out of the gradient.
        gradient.reshape(len(loc), -1, groups, 4)[
            self._positive_image, self._positive_prior, self._positive_group
        ] = slope * (slope.dtype.type(self.p.loc_weight) * scale)
        return gradient

    # -- confidence ------------------------------------------------------------------------

    def _forward_conf(self, batch: _Batch) -> Array:
        if self.mining == NO_MINING:
            scores = batch.scores.reshape(-1, self.num_classes)
            labels, target = self._all_targets(batch)
        else:
            negatives = self._negatives[: batch.images]
            image = np.repeat(np.arange(batch.images), [len(p) for p in negatives])
            self._conf_image = np.concatenate([self._positive_image, image])
            self._conf_prior = np.concatenate([self._positive_prior, *negatives])
            scores = batch.scores[self._conf_image, self._conf_prior]
            labels = np.full(len(scores), self.background)
            labels[: len(self._positive_label)] = self._positive_label
            # Caffe fills the targets with the background's number, then sets the labels to 1.
            target = np.full(scores.shape, self.background, scores.dtype)
            target[labels[:, None] == np.arange(self.num_classes)] = 1
        if self.p.conf_loss_type == SOFTMAX:
            rows = np.arange(len(labels))
            chance = softmax(scores, axis=1)
            loss = _log_loss(chance[rows, labels]).sum()
            chance[rows, labels] -= 1
            self._conf_slope = chance
        else:
            loss = _cross_entropy(scores, target).sum()
            self._conf_slope = _sigmoid(scores) - target
        return np.asarray(loss)

    def _all_targets(self, batch: _Batch) -> tuple[Array, Array]:
        """Labels ``(N * P,)`` and 0-1 targets ``(N * P, K)`` where every prior counts."""
        priors = len(batch.priors)
        place = self._positive_image * priors + self._positive_prior
        labels = np.full(batch.images * priors, self.background)
        labels[place] = self._positive_label
        target = np.full(
            (batch.images * priors, self.num_classes), self.background, batch.scores.dtype
        )
        # The fork steps by num_priors from image to image, not by num_priors * num_classes.
        flat = (
            self._positive_image * priors
            + self._positive_prior * self.num_classes
            + self._positive_label
        )
        target.reshape(-1)[flat] = 1
        return labels, target

    def _backward_conf(self, conf: Array, scale: Array) -> Array:
        slope = self._conf_slope * scale
        if self.mining == NO_MINING:
            return slope.reshape(conf.shape)
        gradient = self.bottom_diff(1)
        gradient[...] = 0
        gradient.reshape(len(conf), -1, self.num_classes)[self._conf_image, self._conf_prior] = (
            slope
        )
        return gradient


def _log_loss(chance: Array) -> Array:
    return np.asarray(-np.log(np.maximum(chance, np.finfo(np.float32).tiny)))


def _sigmoid(x: Array) -> Array:
    # By way of tanh nothing overflows.
    half = x.dtype.type(0.5)
    return np.asarray(half * np.tanh(half * x) + half)


def _cross_entropy(x: Array, target: Array) -> Array:
    """``-t log s - (1 - t) log(1 - s)`` with ``s = sigmoid(x)``, without overflow."""
    positive = (x >= 0).astype(x.dtype)
    return np.asarray(np.log1p(np.exp(-np.abs(x))) - x * (target - positive))
