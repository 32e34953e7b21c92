from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients
from tests.layers.losses import loss_net, loss_of, loss_text

RNG = np.random.default_rng(31)


@pytest.mark.parametrize("shape", [(1, 4), (3, 2, 1, 5), (2,)])
def test_sum_of_absolute_differences_per_example(shape: tuple[int, ...]) -> None:
    a, b = RNG.normal(size=(2, *shape))
    expected = np.abs(a - b).sum() / shape[0]
    np.testing.assert_allclose(loss_of("L1Loss", a, b), expected, rtol=1e-5)


def test_gradients() -> None:
    a, b = RNG.normal(size=(2, 3, 2, 2))
    check_gradients(loss_text("L1Loss"), {"x": a, "label": b})


def test_no_gradient_where_both_are_equal() -> None:
    net = loss_net("L1Loss", [[1.0, 2.0]], [[1.0, 5.0]])
    net.forward()
    net.backward()
    assert net.blobs["x"].diff.tolist() == [[0, -1]]
    assert net.blobs["label"].diff.tolist() == [[0, 1]]


def test_an_empty_batch_gives_nan() -> None:
    net = loss_net("L1Loss", np.zeros((0, 2)), np.zeros((0, 2)))
    assert np.isnan(net.forward()["loss"])
    net.backward()


def test_only_the_number_of_values_an_example_must_agree() -> None:
    a = RNG.normal(size=(2, 6))
    b = RNG.normal(size=(2, 3, 2))
    net = loss_net("L1Loss", a, b)
    net.forward()
    net.backward()
    np.testing.assert_allclose(net.blobs["label"].diff, -np.sign(a.reshape(b.shape) - b) / 2)


@pytest.mark.parametrize(
    "a, b, settings, words",
    [
        ((2, 3), (2, 4), "", "3 and 4 values an example"),
        ((2, 3), (3, 3), "", "differ along axis 0"),
        ((2, 3), (2, 3), "l1_loss_param { l2_per_location: true }", "FlowNet2"),
    ],
)
def test_what_does_not_fit(
    a: tuple[int, ...], b: tuple[int, ...], settings: str, words: str
) -> None:
    with pytest.raises(cp.LayerError, match=words):
        loss_net("L1Loss", np.zeros(a), np.zeros(b), settings=settings)
