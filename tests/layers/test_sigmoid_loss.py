"""SigmoidCrossEntropyLoss."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients
from tests.layers.losses import loss_net, loss_of, loss_text

KIND = "SigmoidCrossEntropyLoss"
RNG = np.random.default_rng(4)


@pytest.mark.parametrize("shape", [(1, 1), (3,), (2, 3, 1, 2)])
@pytest.mark.parametrize(
    "settings",
    [
        "",
        "loss_weight: 2 loss_param { normalization: VALID ignore_label: 1 }",
        "loss_param { normalization: FULL ignore_label: 0 }",
        "loss_param { normalization: NONE }",
        "loss_param { normalize: true }",
    ],
)
def test_gradient(shape: tuple[int, ...], settings: str) -> None:
    inputs = {"x": RNG.normal(size=shape), "label": RNG.uniform(0, 1, size=shape).round(1)}
    check_gradients(loss_text(KIND, settings=settings), inputs)


def test_the_formula_holds_for_soft_targets() -> None:
    x, t = RNG.normal(size=(4, 3)), RNG.uniform(size=(4, 3))
    s = 1 / (1 + np.exp(-x))
    expected = -(t * np.log(s) + (1 - t) * np.log(1 - s)).sum() / 4
    assert loss_of(KIND, x, t, dtype=np.float64) == pytest.approx(expected, rel=1e-12)


def test_large_scores_neither_overflow_nor_warn() -> None:
    with np.errstate(all="raise", under="ignore"):
        assert loss_of(KIND, [[1e4, -1e4]], [[1, 0]]) == 0
        assert loss_of(KIND, [[1e4, -1e4]], [[0, 1]]) == 2e4


def test_the_batch_is_the_length_of_axis_0() -> None:
    x = np.zeros((2, 3, 5))
    assert loss_of(KIND, x, x) == pytest.approx(np.log(2) * 15, rel=1e-6)


def test_other_shapes_of_the_same_count_are_taken() -> None:
    x, t = RNG.normal(size=(2, 6)), RNG.integers(0, 2, size=(2, 6))
    assert loss_of(KIND, x, t.reshape(2, 3, 2)) == loss_of(KIND, x, t)


def test_a_score_that_does_not_count_may_be_no_number() -> None:
    net = loss_net(KIND, [[np.nan, 0]], [[1, 0]], settings="loss_param { ignore_label: 1 }")
    net.forward()
    assert net.loss == pytest.approx(np.log(2), rel=1e-6)
    net.layer("loss").propagate_down = [True, False]
    net.layer("loss").run_backward()
    assert net.blobs["x"].diff.tolist() == [[0, 0.5]]


def test_targets_of_another_count_are_refused() -> None:
    with pytest.raises(cp.LayerError, match=r'"label" of shape \(2, 1\) has 2 .*Expected: 6'):
        loss_net(KIND, np.zeros((2, 3)), np.zeros((2, 1)))


def test_a_target_that_is_no_number_is_refused() -> None:
    with pytest.raises(cp.LayerError, match="NaN or infinite"):
        loss_of(KIND, [[0.0]], [[np.nan]])
