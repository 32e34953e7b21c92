"""ContrastiveLoss."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients
from tests.layers.losses import loss_net, loss_of, loss_text

RNG = np.random.default_rng(8)
KIND = "ContrastiveLoss"


def test_gradient_of_the_legacy_version() -> None:
    a, b = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 3))
    settings = "loss_weight: 3 contrastive_loss_param { legacy_version: true margin: 8 }"
    inputs = {"x": a, "label": b, "third": [1, 0, 0, 1, 0]}
    check_gradients(loss_text(KIND, 3, settings), inputs)


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (4, 2, 1, 1), (3,)])
def test_gradient(shape: tuple[int, ...]) -> None:
    a, b = RNG.normal(size=shape), RNG.normal(size=shape) + 1
    same = np.arange(shape[0]) % 2
    settings = "contrastive_loss_param { margin: 6 }"
    # The gradient divides by d + 1e-4 instead of d.
    check_gradients(loss_text(KIND, 3, settings), {"x": a, "label": b, "third": same}, rtol=2e-3)


def test_same_pairs_are_pulled_and_others_pushed_up_to_the_margin() -> None:
    a, b = [[3.0], [0.5], [2.0]], [[0.0], [0.0], [0.0]]
    assert loss_of(KIND, a, b, [1, 0, 0]) == pytest.approx((9 + 0.25 + 0) / 6)
    settings = "contrastive_loss_param { legacy_version: true }"
    assert loss_of(KIND, a, b, [1, 0, 0], settings=settings) == pytest.approx((9 + 0.75) / 6)


def test_equal_examples_of_different_kinds_give_no_nan() -> None:
    net = loss_net(KIND, [[1.0, 2.0]], [[1.0, 2.0]], [0])
    assert float(net.forward()["loss"]) == 0.5
    assert net.backward()["x"].tolist() == [[0, 0]]


def test_labels_are_cut_to_whole_numbers() -> None:
    a, b = [[0.5]], [[0.0]]
    assert loss_of(KIND, a, b, [0.9]) == loss_of(KIND, a, b, [0])
    assert loss_of(KIND, a, b, [-3]) == loss_of(KIND, a, b, [1])


@pytest.mark.parametrize(
    "a, b, same, words",
    [
        ((2, 3), (2, 4), (2,), "differ along axis 1"),
        ((2, 3, 2), (2, 3, 2), (2,), r'bottom 0 \("x"\) has the shape .*one vector an example'),
        ((2, 3), (2, 3), (2, 2), r'bottom 2 \("third"\).*one label a pair'),
        ((2, 3), (2, 3), (1,), r"Expected: \(2\) or \(2, 1, 1, 1\)"),
        ((2, 3), (3, 3), (2,), "differ along axis 0"),
        ((2, 3, 1, 1, 1), (2, 3), (2,), "at most 4 axes"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    a: tuple[int, ...], b: tuple[int, ...], same: tuple[int, ...], words: str
) -> None:
    with pytest.raises(cp.LayerError, match=words):
        loss_net(KIND, np.zeros(a), np.zeros(b), np.zeros(same))


def test_a_label_that_is_no_number_is_refused() -> None:
    with pytest.raises(cp.LayerError, match=r"label nan at \(n\) = \(1\)"):
        loss_of(KIND, [[0.0], [0.0]], [[0.0], [0.0]], [0, np.nan])


def test_two_bottoms_are_too_few() -> None:
    with pytest.raises(cp.LayerError, match="exactly 3 bottom"):
        loss_net(KIND, np.zeros((2, 3)), np.zeros((2, 3)))


def test_a_batch_without_pairs_gives_nan_as_in_caffe() -> None:
    assert np.isnan(loss_of(KIND, np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0)))
