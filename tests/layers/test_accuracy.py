"""Accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.losses import loss_net

SCORES = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.9, 0.1, 0.0]])


def accuracy(scores: Any, labels: Any, settings: str = "", tops: int = 1) -> Any:
    net = loss_net("Accuracy", scores, labels, settings=settings, tops=tops)
    out = net.forward()
    return [float(out["loss"]), out["second"].tolist()] if tops == 2 else float(out["loss"])


def test_share_of_the_best_scores() -> None:
    assert accuracy(SCORES, [1, 0, 1, 2]) == 0.5


def test_top_k_takes_the_k_best() -> None:
    assert accuracy(SCORES, [1, 1, 1, 2], "accuracy_param { top_k: 2 }") == 0.75
    assert accuracy(SCORES, [1, 1, 1, 2], "accuracy_param { top_k: 3 }") == 1


def test_lowest_scores_may_be_the_best() -> None:
    assert accuracy(-SCORES, [1, 0, 1, 2], "accuracy_param { min_is_better: true }") == 0.5


def test_ties_count_against_the_true_class() -> None:
    assert accuracy([[1.0, 1.0, 0.0]], [0]) == 0
    assert accuracy([[1.0, 1.0, 0.0]], [0], "accuracy_param { top_k: 2 }") == 1


def test_share_of_each_class() -> None:
    assert accuracy(SCORES, [1, 0, 1, 0], tops=2) == [0.75, [1, 0.5, 0]]


def test_ignored_labels_do_not_count() -> None:
    assert accuracy(SCORES, [1, 255, 255, 2], "accuracy_param { ignore_label: 255 }") == 0.5


def test_a_position_is_an_example_of_its_own() -> None:
    maps = np.stack([SCORES[:2].T, SCORES[2:].T])
    assert accuracy(maps, [[1, 1], [2, 2]]) == 0.5


def test_the_last_axis_may_hold_the_classes() -> None:
    scores = SCORES.reshape(2, 2, 3)
    assert accuracy(scores, [[1, 1], [2, 2]], "accuracy_param { axis: -1 }") == 0.5


def test_a_score_that_is_no_number_is_never_better() -> None:
    assert accuracy([[np.nan, 0.1]], [1]) == 1


@pytest.mark.parametrize(
    "scores, labels, settings, words",
    [
        ((2, 3), (2,), "accuracy_param { top_k: 4 }", "top_k is 4. Expected: at most 3"),
        ((2, 3), (2,), "accuracy_param { axis: 2 }", "accuracy_param.axis 2 is out of range"),
        ((2, 3), (3,), "", "3 labels. Expected: 2"),
        ((0, 3), (0,), "", "no labels"),
    ],
)
def test_bad_settings_are_named(
    scores: tuple[int, ...], labels: tuple[int, ...], settings: str, words: str
) -> None:
    with pytest.raises(cp.LayerError, match=words):
        loss_net("Accuracy", np.zeros(scores), np.zeros(labels), settings=settings)


def test_a_label_out_of_range_is_named() -> None:
    with pytest.raises(cp.LayerError, match=r"label 5 at \(n\) = \(2\)"):
        accuracy(SCORES, [0, 1, 5, 0])


def test_it_has_no_gradient() -> None:
    net = loss_net("Accuracy", SCORES, [0, 0, 0, 0])
    net.forward()
    with pytest.raises(cp.LayerError, match="no gradient"):
        net.backward()
