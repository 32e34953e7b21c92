"""EuclideanLoss."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients
from tests.layers.losses import loss_net, loss_of, loss_text

RNG = np.random.default_rng(5)


@pytest.mark.parametrize(
    "a, b", [((1, 1), (1, 1)), ((3,), (3,)), ((2, 3, 1, 4), (2, 12)), ((3, 2), (3, 1, 2, 1))]
)
def test_gradient(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    inputs = {"x": RNG.normal(size=a), "label": RNG.normal(size=b)}
    check_gradients(loss_text("EuclideanLoss", settings="loss_weight: 0.7"), inputs)


def test_half_the_squares_an_example() -> None:
    assert loss_of("EuclideanLoss", [[1, 2], [3, 4]], [[1, 0], [0, 4]]) == (4 + 9) / 4


def test_a_blob_against_itself_has_no_gradient() -> None:
    text = (
        'force_backward: true layer { name: "in" type: "Input" top: "x" '
        "input_param { shape { dim: 2 dim: 3 } } }"
        'layer { name: "loss" type: "EuclideanLoss" bottom: "x" bottom: "x" top: "loss" }'
    )
    net = cp.build_net(text)
    assert float(net.forward(x=RNG.normal(size=(2, 3)))["loss"]) == 0
    assert not net.backward()["x"].any()


def test_different_counts_are_refused() -> None:
    with pytest.raises(cp.LayerError, match=r"have 3 and 2 values an example"):
        loss_net("EuclideanLoss", np.zeros((2, 3)), np.zeros((2, 2)))
