"""Average precision, against SSD's loops written out."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.solver.detection import DetectionScores, average_precision, check_version

f32 = np.float32
VERSIONS = ["Integral", "MaxIntegral", "11point"]


def curve(hits: np.ndarray, positives: int) -> tuple[list[np.float32], list[np.float32]]:
    true = np.cumsum(hits)
    precision = [f32(true[i] / (i + 1)) for i in range(len(hits))]
    return precision, [f32(t / positives) for t in true]


def integral(hits: np.ndarray, positives: int) -> float:
    precision, recall = curve(hits, positives)
    area, before = 0.0, f32(0)
    for p, r in zip(precision, recall, strict=True):
        if abs(r - before) > 1e-6:
            area += float(p * abs(r - before))
        before = r
    return area


def max_integral(hits: np.ndarray, positives: int) -> float:
    precision, recall = curve(hits, positives)
    area, at, height = 0.0, recall[-1], precision[-1]
    for p, r in reversed(list(zip(precision[:-1], recall[:-1], strict=True))):
        height = max(p, height)
        if abs(at - r) > 1e-6:
            area += float(height * abs(at - r))
        at = r
    return area + float(at * height)


def eleven_points(hits: np.ndarray, positives: int) -> float:
    precision, recall = curve(hits, positives)
    best, start = [0.0] * 11, len(hits) - 1
    for j in range(10, -1, -1):
        for i in range(start, -1, -1):
            if float(recall[i]) < j / 10:
                start = i
                if j > 0:
                    best[j - 1] = best[j]
                break
            best[j] = max(best[j], float(precision[i]))
    return sum(best) / 11


LOOPS = dict(zip(VERSIONS, (integral, max_integral, eleven_points), strict=True))


@pytest.mark.parametrize("version", VERSIONS)
def test_average_precision_is_that_of_ssds_loops(version: str) -> None:
    random = np.random.RandomState(4)
    for _ in range(300):
        hits = random.rand(random.randint(1, 30)) < random.rand()
        positives = int(hits.sum()) + random.randint(0, 4)
        if positives:
            expected = LOOPS[version](hits, positives)
            assert average_precision(hits, positives, version) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_found_or_nothing_there_is_zero(version: str) -> None:
    assert average_precision(np.zeros(0, bool), 3, version) == 0
    assert average_precision(np.zeros(4, bool), 0, version) == 0
    assert DetectionScores().mean_average_precision(version) == 0


def test_labels_are_told_apart_and_difficult_boxes_left_out() -> None:
    scores = DetectionScores()
    # item, label, score, true positive, false positive; -1 counts the boxes of a label
    scores.add(np.array([[-1, 1, 2, -1, -1], [0, 1, 0.9, 1, 0], [0, 1, 0.8, 0, 0]], f32))
    scores.add(np.array([[-1, 2, 1, -1, -1], [-1, 1, 1, -1, -1], [1, 1, 0.5, 1, 0]], f32))
    assert scores.positives == {1: 3, 2: 1}
    assert scores.average_precisions("Integral") == {1: pytest.approx(2 / 3)}
    # A label without detections counts as zero.
    assert scores.mean_average_precision("Integral") == pytest.approx(1 / 3)


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(cp.SolverError, match="11point"):
        check_version("12point")
