"""HingeLoss."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients
from tests.layers.losses import loss_net, loss_of, loss_text

RNG = np.random.default_rng(6)


@pytest.mark.parametrize("norm", ["L1", "L2"])
@pytest.mark.parametrize("shape", [(1, 3), (4, 1), (3, 2, 1, 2)])
def test_gradient(norm: str, shape: tuple[int, ...]) -> None:
    # Scores that stay away from the kinks at -1 and 1.
    x = RNG.uniform(-0.9, 0.9, size=shape) + 2 * RNG.integers(-1, 2, size=shape)
    labels = RNG.integers(0, np.prod(shape[1:]), size=shape[0])
    settings = f"loss_weight: 2 hinge_loss_param {{ norm: {norm} }}"
    check_gradients(loss_text("HingeLoss", settings=settings), {"x": x, "label": labels})


def test_margins_of_one_class_against_all() -> None:
    scores = [[0.5, -2.0, 0.0]]
    assert loss_of("HingeLoss", scores, [0]) == pytest.approx(0.5 + 0 + 1)
    settings = "hinge_loss_param { norm: L2 }"
    assert loss_of("HingeLoss", scores, [0], settings=settings) == pytest.approx(0.25 + 1)


def test_forward_leaves_its_margins_in_the_gradient() -> None:
    net = loss_net("HingeLoss", [[0.5, -2.0, 0.0]], [0])
    net.forward()
    assert net.blobs["x"].diff.tolist() == [[0.5, 0, 1]]


def test_backward_gives_the_same_twice() -> None:
    net = loss_net("HingeLoss", [[0.5, -2.0, 0.0]], [0])
    net.forward()
    assert net.backward()["x"].tolist() == net.backward()["x"].tolist() == [[-1, 0, 1]]


def test_the_first_labels_are_read_where_there_are_more() -> None:
    scores = RNG.normal(size=(2, 3))
    assert loss_of("HingeLoss", scores, [[0, 2], [9, 9]]) == loss_of("HingeLoss", scores, [0, 2])


def test_an_unknown_norm_is_refused() -> None:
    with pytest.raises(cp.CaffeProtoError, match="norm"):
        loss_net("HingeLoss", [[0.0]], [0], settings="hinge_loss_param { norm: 3 }")
