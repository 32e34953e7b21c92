"""Average precision of detections, as SSD's solver computes it (``bbox_util.cpp``, ComputeAP)."""

from __future__ import annotations

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.errors import SolverError

__all__ = ["DetectionScores", "average_precision", "check_version"]

_VERSIONS = ("Integral", "MaxIntegral", "11point")
_EPSILON = 1e-6


def check_version(version: str) -> None:
    """Raise :class:`SolverError` for an unknown ``ap_version``."""
    if version not in _VERSIONS:
        raise SolverError(f'ap_version is "{version}". Expected: one of {", ".join(_VERSIONS)}')


class DetectionScores:
    """What a DetectionEvaluate layer found, gathered over batches.

    Rows are ``(item, label, score, true positive, false positive)``; with an item of -1 they give
    in the third place how many boxes of the label there are.
    """

    def __init__(self) -> None:
        self.positives: dict[int, int] = {}
        self._rows: list[Array] = []

    def add(self, rows: Array) -> None:
        """Take in the rows ``(n, 5)`` of a batch."""
        counts = rows[:, 0].astype(np.int64) == -1
        for _, label, count, _, _ in rows[counts]:
            self.positives[int(label)] = self.positives.get(int(label), 0) + int(count)
        found = rows[~counts]
        # Neither true nor false: it matched a difficult box, which does not count.
        self._rows.append(found[(found[:, 3] != 0) | (found[:, 4] != 0)])

    def average_precisions(self, version: str) -> dict[int, float]:
        """The average precision of every label that has detections."""
        rows = np.concatenate(self._rows) if self._rows else np.zeros((0, 5), np.float32)
        labels = rows[:, 1].astype(np.int64)
        result = {}
        for label in sorted(self.positives):
            mine = rows[labels == label]
            if len(mine):
                order = np.argsort(-mine[:, 2], kind="stable")
                hits = mine[order, 3] != 0
                result[label] = average_precision(hits, self.positives[label], version)
        return result

    def mean_average_precision(self, version: str) -> float:
        """The mean over all labels; one without detections counts as zero."""
        found = self.average_precisions(version)
        return sum(found.values()) / len(self.positives) if self.positives else 0.0


def average_precision(hits: Array, positives: int, version: str = "Integral") -> float:
    """The area under precision over recall, of detections in descending order of their scores.

    ``hits`` (n,) tells the true positives, ``positives`` is how many boxes there are. Versions:
    "Integral" (as it is), "MaxIntegral" (PASCAL VOC 2012: precision made monotonous) and
    "11point" (VOC 2007: the mean at recalls 0, 0.1, ... 1).
    """
    if not len(hits) or not positives:
        return 0.0
    true = np.cumsum(hits, dtype=np.int64)
    precision = (true / np.arange(1, len(hits) + 1)).astype(np.float32)
    recall = (true / positives).astype(np.float32)
    if version == "11point":
        return _eleven_points(precision, recall)
    steps = np.diff(recall, prepend=np.float32(0))
    steps[steps <= _EPSILON] = 0
    if version == "MaxIntegral":
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        # A step has the height of where it begins, not of where it ends, as in SSD.
        precision = np.concatenate([envelope[:1], envelope[:-1]])
    return float(np.sum(precision * steps))


def _eleven_points(precision: Array, recall: Array) -> float:
    best = [0.0] * 11
    end = len(recall)
    for point in range(10, -1, -1):
        # SSD compares float32 recalls with double tenths: 0.9 is less than 0.9.
        begin = min(int(np.searchsorted(recall.astype(np.float64), point / 10)), end)
        best[point] = max(best[point], float(precision[begin:end].max(initial=0.0)))
        if begin > 0:
            # Only now is what was found carried on: SSD's loop forgets it otherwise.
            end = begin
            if point:
                best[point - 1] = best[point]
    return sum(best) / 11
