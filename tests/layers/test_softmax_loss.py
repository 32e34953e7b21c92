"""SoftmaxWithLoss."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients
from tests.layers.losses import loss_net, loss_of, loss_text

RNG = np.random.default_rng(3)


@pytest.mark.parametrize(
    "scores, labels, settings",
    [
        ((1, 4), (1,), ""),
        ((3, 1), (3, 1, 1), ""),
        ((2, 4, 3, 1), (2, 3, 1), "loss_param { ignore_label: 2 }"),
        ((2, 3, 5), (2, 3), "softmax_param { axis: -1 } loss_weight: 0.5"),
        ((4, 8), (4, 1, 2), "softmax_param { axis: 0 } loss_param { normalization: NONE }"),
        ((2, 4, 2, 3), (2, 1, 2, 3), "loss_param { normalization: FULL ignore_label: 1 }"),
        ((2, 4, 2, 3), (2, 6), "loss_param { normalization: BATCH_SIZE ignore_label: 1 }"),
        (
            (2, 3, 2),
            (2, 2),
            "loss_param { weight_by_label_freqs: true class_weighting: [0.5, 2, 3] }",
        ),
    ],
)
def test_gradient(scores: tuple[int, ...], labels: tuple[int, ...], settings: str) -> None:
    axis = 0 if "axis: 0" in settings else -1 if "axis: -1" in settings else 1
    label = RNG.integers(0, scores[axis], labels)
    if "ignore" in settings:
        label.flat[0] = 2 if "label: 2" in settings else 1
    x = RNG.normal(size=scores)
    check_gradients(loss_text("SoftmaxWithLoss", settings=settings), {"x": x, "label": label})


def test_the_second_top_is_the_softmax() -> None:
    x = RNG.normal(size=(2, 3, 4))
    net = loss_net("SoftmaxWithLoss", x, np.zeros((2, 4)), tops=2)
    second = net.forward()["second"]
    assert np.allclose(second, np.exp(x) / np.exp(x).sum(1, keepdims=True), rtol=1e-5)
    assert net.loss == pytest.approx(-np.log(second[:, 0]).mean(), rel=1e-5)
    assert np.allclose(net.backward()["x"], (second - np.eye(3)[None, :, :1]) / 8, atol=1e-6)


def test_class_weights_scale_the_loss_of_their_class() -> None:
    x = RNG.normal(size=(2, 2))
    each = [loss_of("SoftmaxWithLoss", x[i : i + 1], [i]) for i in range(2)]
    settings = "loss_param { weight_by_label_freqs: true class_weighting: 0.5 class_weighting: 4 }"
    weighted = loss_of("SoftmaxWithLoss", x, [0, 1], settings=settings)
    assert weighted == pytest.approx((0.5 * each[0] + 4 * each[1]) / 2, rel=1e-5)


def test_large_scores_do_not_overflow() -> None:
    assert loss_of("SoftmaxWithLoss", [[1e4, 0]], [0]) == 0
    assert loss_of("SoftmaxWithLoss", [[1e4, 0]], [1]) == pytest.approx(87.3365, rel=1e-5)


@pytest.mark.parametrize(
    "type_name, scores",
    [
        ("SoftmaxWithLoss", [[1e4, 0]]),
        ("MultinomialLogisticLoss", [[1, 0]]),
        ("InfogainLoss", [[1e4, 0]]),
    ],
)
def test_no_loss_at_all_is_zero_without_a_sign(type_name: str, scores: list[list[float]]) -> None:
    third = [np.eye(2)[None, None]] if type_name == "InfogainLoss" else []
    assert not np.signbit(loss_of(type_name, scores, [0], *third))


def test_scores_that_do_not_count_may_be_no_numbers() -> None:
    settings = "loss_param { ignore_label: 7 }"
    x = [[np.nan, 0], [0, 0]]
    assert loss_of("SoftmaxWithLoss", x, [7, 1], settings=settings) == pytest.approx(np.log(2))


def test_the_batch_may_change_between_passes() -> None:
    net = loss_net("SoftmaxWithLoss", RNG.normal(size=(4, 3)), [0, 1, 2, 0])
    net.forward()
    net.reshape(x=(2, 3, 2), label=(2, 2))
    net.forward(x=np.zeros((2, 3, 2)), label=np.ones((2, 2)))
    assert net.loss == pytest.approx(np.log(3), rel=1e-6)
    assert net.backward()["x"].shape == (2, 3, 2)


@pytest.mark.parametrize(
    "scores, labels, settings, words",
    [
        ((2, 3), (2, 2), "", r"4 labels. Expected: 2, one a position"),
        ((2, 3, 4), (2, 3), "", r"6 labels. Expected: 8.*class axis 1"),
        ((2, 3), (2,), "softmax_param { axis: 2 }", r"softmax_param.axis 2 is out of range"),
        (
            (2, 3),
            (2,),
            "loss_param { weight_by_label_freqs: true class_weighting: 1 }",
            r"class_weighting has 1 values. Expected: 3",
        ),
        ((2, 3), (2,), "loss_weight: 1 loss_weight: 2", r"loss_weight is given 2 time"),
    ],
)
def test_bad_settings_are_named(
    scores: tuple[int, ...], labels: tuple[int, ...], settings: str, words: str
) -> None:
    with pytest.raises(cp.LayerError, match=words):
        loss_net("SoftmaxWithLoss", np.zeros(scores), np.zeros(labels), settings=settings)


def test_one_bottom_is_too_few() -> None:
    with pytest.raises(cp.LayerError, match=r"exactly 2 bottom blob\(s\). Received: 1"):
        loss_net("SoftmaxWithLoss", np.zeros((2, 3)))


@pytest.mark.parametrize(
    "settings, name",
    [
        ("loss_param { label_smoothing: 0.1 }", "loss_param.label_smoothing"),
        ("softmax_param { hard_ratio: 0.5 }", "softmax_param.hard_ratio"),
        ("softmax_param { class_weight: 2 }", "softmax_param.class_weight"),
        ("softmax_param { hard_mining_label: 0 }", "softmax_param.hard_mining_label"),
        ('softmax_param { normalize_type: "L2" }', "softmax_param.normalize_type"),
    ],
)
def test_settings_of_forks_build_but_do_not_run(settings: str, name: str) -> None:
    net = loss_net("SoftmaxWithLoss", np.zeros((2, 3)), [0, 1], settings=settings)
    with pytest.raises(cp.LayerError, match=name):
        net.forward()
