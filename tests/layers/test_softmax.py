"""Softmax."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(21)


@pytest.mark.parametrize(
    "shape, axis", [((2, 3), 1), ((1, 4, 2, 1), 1), ((3, 1), 0), ((2, 3, 4), -1)]
)
def test_values_and_gradient(shape: tuple[int, ...], axis: int) -> None:
    x = RNG.normal(size=shape)
    settings = f"softmax_param {{ axis: {axis} }}"
    expected = np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)
    np.testing.assert_allclose(top_of("Softmax", settings, x), expected, rtol=1e-5)
    check_layer("Softmax", settings, x)


def test_in_place_gives_the_same() -> None:
    x, dy = RNG.normal(size=(2, 3)), RNG.normal(size=(2, 3))
    assert np.array_equal(top_of("Softmax", "", x, in_place=True), top_of("Softmax", "", x))
    within = bottom_gradients("Softmax", "", [x], dy, in_place=True)
    assert np.array_equal(within, bottom_gradients("Softmax", "", [x], dy))


def test_large_scores_do_not_overflow() -> None:
    with np.errstate(all="raise", under="ignore"):
        assert top_of("Softmax", "", [[1e4, -1e4, 1e4]]).tolist() == [[0.5, 0, 0.5]]


def test_an_axis_out_of_range_is_refused() -> None:
    with pytest.raises(cp.LayerError, match=r"softmax_param.axis 1 is out of range"):
        layer_net("Softmax", "", np.zeros(3))
