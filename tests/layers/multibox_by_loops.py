"""SSD's loss box by box, prior by prior, as the fork's definition goes: slow, and independent.

For the tests of MultiBoxLoss; everything is float64 and lists of numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from caffe_proto.blob import Array

Box = list[float]
#: label of the location (-1: shared) → for each prior the true box, -1 none, -2 ignored
Matches = dict[int, list[int]]


@dataclass
class Settings:
    """The settings under their names in ``multibox_loss_param``; ``nms`` and ``top_k`` apart."""

    num_classes: int = 3
    share_location: bool = True
    code_type: str = "CORNER"
    encode_variance_in_target: bool = False
    match_type: str = "PER_PREDICTION"
    overlap_threshold: float = 0.5
    use_prior_for_matching: bool = True
    background_label_id: int = 0
    use_difficult_gt: bool = True
    ignore_cross_boundary_bbox: bool = False
    bp_inside: bool = False
    map_object_to_agnostic: bool = False
    loc_loss_type: str = "SMOOTH_L1"
    conf_loss_type: str = "SOFTMAX"
    mining_type: str = "MAX_NEGATIVE"
    neg_pos_ratio: float = 3.0
    neg_overlap: float = 0.5
    sample_size: int = 64
    use_prior_for_nms: bool = False
    loc_weight: float = 1.0
    nms: float | None = None
    top_k: int = 100
    normalization: str = "VALID"

    def text(self) -> str:
        """The settings of the layer as a prototxt has them."""
        lines = []
        for name, value in vars(self).items():
            if name not in ("nms", "top_k", "normalization"):
                lines.append(f"{name}: {str(value).lower() if value in (True, False) else value}")
        if self.nms is not None:
            lines.append(f"nms_param {{ nms_threshold: {self.nms} top_k: {self.top_k} }}")
        loss = f"loss_param {{ normalization: {self.normalization} }}"
        return f"multibox_loss_param {{ {' '.join(lines)} }} {loss}"


def _area(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def _overlap(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (_area(a) + _area(b) - width * height)


def _parts(box: Box) -> list[float]:
    """Centre x and y, width, height."""
    return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]]


class ByLoops:
    """The loss and its gradients for ``loc``, ``conf``, priors, variances and rows of truth."""

    def __init__(
        self, s: Settings, loc: Array, conf: Array, priors: Array, variances: Array, truth: Array
    ) -> None:
        self.s = s
        self.images, self.count = len(loc), len(priors)
        groups = 1 if s.share_location else s.num_classes
        self.loc = loc.reshape(self.images, self.count, groups, 4)
        self.conf = conf.reshape(self.images, self.count, s.num_classes)
        self.priors: list[Box] = priors.tolist()
        self.variances: list[Box] = variances.tolist()
        self.truth: dict[int, list[tuple[int, Box]]] = {}
        for row in truth.tolist():
            if row[0] != -1 and (s.use_difficult_gt or not row[7]):
                self.truth.setdefault(int(row[0]), []).append((int(row[1]), row[3:7]))

    def encode(self, p: int, box: Box) -> Box:
        prior, variance = self.priors[p], self.variances[p]
        (_, _, width, height), (x, y, w, h) = _parts(prior), _parts(box)
        code = [box[k] - prior[k] for k in range(4)]
        if self.s.code_type == "CORNER_SIZE":
            code = [code[k] / (height if k % 2 else width) for k in range(4)]
        if self.s.code_type == "CENTER_SIZE":
            px, py = _parts(prior)[:2]
            sizes = [float(np.log(w / width)), float(np.log(h / height))]
            code = [(x - px) / width, (y - py) / height, *sizes]
        if self.s.encode_variance_in_target:
            return code
        return [code[k] / variance[k] for k in range(4)]

    def decode(self, p: int, code: Box) -> Box:
        prior, variance = self.priors[p], self.variances[p]
        if not self.s.encode_variance_in_target:
            code = [code[k] * variance[k] for k in range(4)]
        x, y, width, height = _parts(prior)
        if self.s.code_type == "CORNER":
            return [prior[k] + code[k] for k in range(4)]
        if self.s.code_type == "CORNER_SIZE":
            return [prior[k] + code[k] * (height if k % 2 else width) for k in range(4)]
        x, y = x + code[0] * width, y + code[1] * height
        w, h = float(np.exp(code[2])) * width, float(np.exp(code[3])) * height
        return [x - w / 2, y - h / 2, x + w / 2, y + h / 2]

    def match(self, n: int, boxes: list[Box], label: int) -> tuple[list[int], list[float]]:
        """For each box a true one, and the overlap: first the best pairs, then what is near."""
        index, best = [-1] * len(boxes), [0.0] * len(boxes)
        true = [g for g, (c, _) in enumerate(self.truth[n]) if label in (-1, c)]
        if not true:
            return index, best
        table: dict[tuple[int, int], float] = {}
        for i, box in enumerate(boxes):
            if self.s.ignore_cross_boundary_bbox and any(v < 0 or v > 1 for v in box):
                index[i] = -2
                continue
            for g in true:
                share = _overlap(box, self.truth[n][g][1])
                if share > 1e-6:
                    table[i, g] = share
                    best[i] = max(best[i], share)
        free = set(true)
        while pairs := [at for at in table if index[at[0]] == -1 and at[1] in free]:
            i, g = max(pairs, key=lambda at: table[at])
            index[i], best[i] = g, table[i, g]
            free.remove(g)
        if self.s.match_type == "PER_PREDICTION":
            for i in range(len(boxes)):
                near = [g for g in true if table.get((i, g), -1) >= self.s.overlap_threshold]
                if index[i] == -1 and near:
                    index[i] = max(near, key=lambda g: table[i, g])
        return index, best

    def match_image(self, n: int) -> tuple[Matches, dict[int, list[float]]]:
        found: Matches = {}
        best: dict[int, list[float]] = {}
        if n not in self.truth:
            return found, best
        s = self.s
        classes = [c for c in range(s.num_classes) if c != s.background_label_id]
        labels = [-1] if s.share_location else classes
        if s.use_prior_for_matching:
            index, shares = self.match(n, self.priors, -1)
            for label in labels:
                own = [g if g > -1 and label in (-1, self.truth[n][g][0]) else -1 for g in index]
                found[label], best[label] = (index if label == -1 else own), shares
            return found, best
        for label in labels:
            codes = self.loc[n, :, max(label, 0)].tolist()
            boxes = [self.decode(p, code) for p, code in enumerate(codes)]
            found[label], best[label] = self.match(n, boxes, label)
        return found, best

    def difference(self, n: int, label: int, p: int, g: int) -> Array:
        """Predicted code less the wanted one."""
        wanted = self.encode(p, self.truth[n][g][1])
        code = self.loc[n, p, max(label, 0)].tolist()
        if self.s.bp_inside:
            box = self.priors[p] if self.s.use_prior_for_matching else self.decode(p, code)
            code = [w if v < 0 or v > 1 else c for v, c, w in zip(box, code, wanted, strict=True)]
        off = np.array(code) - np.array(wanted)
        return off / self.variances[p] if self.s.encode_variance_in_target else off

    def loc_loss(self, off: Array) -> float:
        if self.s.loc_loss_type == "L2":
            return float(0.5 * (off * off).sum())
        return float(sum(0.5 * d * d if abs(d) < 1 else abs(d) - 0.5 for d in off))

    def conf_loss(self, n: int, p: int, target: Array) -> tuple[float, Array]:
        """The loss of one prior's scores, and its gradient; ``target`` a value a class."""
        x = self.conf[n, p]
        if self.s.conf_loss_type == "SOFTMAX":
            chance = np.exp(x - x.max())
            chance /= chance.sum()
            return float(-np.log(chance[target == 1][0])), chance - (target == 1)
        return float((np.log1p(np.exp(x)) - x * target).sum()), 1 / (1 + np.exp(-x)) - target

    def one_hot(self, label: int, fill: float = 0.0) -> Array:
        target = np.full(self.s.num_classes, fill)
        if self.s.conf_loss_type == "SOFTMAX":
            target[:] = 0
        target[label] = 1
        return target

    def mine(self, n: int, found: Matches, best: dict[int, list[float]]) -> list[int]:
        """The negatives of an image; with HARD_EXAMPLE ``found`` loses what is not selected."""
        s = self.s
        hard = s.mining_type == "HARD_EXAMPLE"
        negatives: list[int] = []
        for label, index in found.items():
            losses = []
            for p, g in enumerate(index):
                true = self.truth[n][g][0] if g > -1 else s.background_label_id
                loss = self.conf_loss(n, p, self.one_hot(true))[0]
                if hard and g > -1:
                    loss += self.loc_loss(self.difference(n, label, p, g))
                losses.append(loss)
            order = [
                p
                for p, g in enumerate(index)
                if hard or (g == -1 and best[label][p] < s.neg_overlap)
            ]
            order.sort(key=lambda p: -losses[p])
            count = s.sample_size if hard else int(sum(g > -1 for g in index) * s.neg_pos_ratio)
            if s.nms is not None:
                codes = self.loc[n, :, 0].tolist()
                order = self.suppress(
                    order,
                    (lambda p: self.priors[p])
                    if s.use_prior_for_nms
                    else (lambda p, codes=codes: self.decode(p, codes[p])),
                )
            chosen = set(order[:count])
            negatives += [p for p, g in enumerate(index) if g == -1 and p in chosen]
            if hard:
                index[:] = [-1 if g > -1 and p not in chosen else g for p, g in enumerate(index)]
        return negatives

    def suppress(self, order: list[int], box: Callable[[int], Box]) -> list[int]:
        assert self.s.nms is not None
        left = [p for p in order[: self.s.top_k] if _area(box(p)) >= 1e-5]
        kept: list[int] = []
        while left:
            first = left.pop(0)
            kept.append(first)
            left = [p for p in left if _overlap(box(first), box(p)) <= self.s.nms]
        return kept

    def compute(self) -> tuple[float, Array, Array]:
        """The loss, and the gradients of ``loc`` and ``conf``."""
        s = self.s
        loc_grad, conf_grad = np.zeros(self.loc.shape), np.zeros(self.conf.shape)
        loc_loss = conf_loss = 0.0
        matches = 0
        targets: dict[tuple[int, int], Array] = {}
        fill = float(s.background_label_id)
        if s.mining_type == "NONE":
            # One flat array; from image to image the fork steps by the number of priors alone.
            flat = np.full(self.images * self.count * s.num_classes, fill)
            if s.conf_loss_type == "SOFTMAX":
                flat = np.tile(self.one_hot(s.background_label_id), self.images * self.count)
        for n in range(self.images):
            found, best = self.match_image(n)
            negatives = [] if s.mining_type == "NONE" else self.mine(n, found, best)
            for label, index in found.items():
                for p, g in enumerate(index):
                    if g < 0:
                        continue
                    matches += 1
                    off = self.difference(n, label, p, g)
                    loc_loss += self.loc_loss(off)
                    slope = off if s.loc_loss_type == "L2" else np.clip(off, -1, 1)
                    loc_grad[n, p, max(label, 0)] = slope
                    agnostic = s.background_label_id + 1
                    true = agnostic if s.map_object_to_agnostic else self.truth[n][g][0]
                    if s.mining_type != "NONE":
                        targets[n, p] = self.one_hot(true, fill)
                    elif s.conf_loss_type == "SOFTMAX":
                        at = (n * self.count + p) * s.num_classes
                        flat[at : at + s.num_classes] = self.one_hot(true)
                    else:
                        flat[n * self.count + p * s.num_classes + true] = 1
            for p in negatives:
                targets[n, p] = self.one_hot(s.background_label_id, fill)
        if s.mining_type == "NONE":
            rows = flat.reshape(self.images, self.count, s.num_classes)
            targets = {(n, p): rows[n, p] for n, p in np.ndindex(self.images, self.count)}
        for (n, p), target in targets.items():
            loss, conf_grad[n, p] = self.conf_loss(n, p, target)
            conf_loss += loss
        full = self.images * self.count
        divisor = {"VALID": matches, "FULL": full, "BATCH_SIZE": self.images, "NONE": 1}
        scale = 1 / max(divisor[s.normalization], 1)
        loss = (s.loc_weight * loc_loss + conf_loss) * scale
        return loss, loc_grad * s.loc_weight * scale, conf_grad * scale
