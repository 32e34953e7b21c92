"""MultinomialLogisticLoss."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients
from tests.layers.losses import loss_net, loss_of, loss_text

KIND = "MultinomialLogisticLoss"


@pytest.mark.parametrize("shape, labels", [((1, 2), (1,)), ((3, 2, 1, 2), (3, 1, 1, 1))])
def test_gradient(shape: tuple[int, ...], labels: tuple[int, ...]) -> None:
    rng = np.random.default_rng(7)
    label = rng.integers(0, np.prod(shape[1:]), size=labels)
    inputs = {"x": rng.uniform(0.1, 1, size=shape), "label": label}
    check_gradients(loss_text(KIND, settings="loss_weight: 0.4"), inputs)


def test_mean_of_logarithms() -> None:
    expected = -(np.log(0.25) + np.log(0.5)) / 2
    assert loss_of(KIND, [[0.25, 0.75], [0.5, 0.5]], [0, 1]) == pytest.approx(expected, rel=1e-6)


def test_probabilities_are_cut_at_1e_20() -> None:
    net = loss_net(KIND, [[0.0, 1.0]], [0])
    assert float(net.forward()["loss"]) == pytest.approx(-np.log(1e-20), rel=1e-6)
    assert net.backward()["x"][0] == pytest.approx([-1e20, 0])


def test_labels_of_more_than_one_value_an_example_are_refused() -> None:
    with pytest.raises(cp.LayerError, match=r"\(N, 1, 1, 1\), one label an example"):
        loss_net(KIND, np.ones((2, 3)), np.zeros((2, 2)))
