"""The softmax that several layers share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from caffe_proto.layers.softmax_function import softmax, softmax_gradient


@given(
    arrays(np.float64, array_shapes(min_dims=2, max_dims=3), elements=st.floats(-1e3, 1e3)),
    st.sampled_from([0, 1, -1]),
)
def test_rows_are_probabilities_in_the_order_of_the_scores(x: np.ndarray, axis: int) -> None:
    y = softmax(x, axis)
    assert np.allclose(y.sum(axis), 1)
    assert (y >= 0).all()
    assert np.allclose(
        np.take_along_axis(y, x.argmax(axis, keepdims=True), axis), y.max(axis, keepdims=True)
    )


@given(arrays(np.float64, (2, 4), elements=st.floats(-5, 5)), st.floats(-100, 100))
def test_a_common_shift_changes_nothing(x: np.ndarray, shift: float) -> None:
    assert np.allclose(softmax(x + shift, 1), softmax(x, 1), atol=1e-9)


def test_it_may_overwrite_its_input() -> None:
    x = np.array([[0.0, 1.0, 2.0]])
    expected = softmax(x, 1)
    assert softmax(x, 1, out=x) is x
    assert np.array_equal(x, expected)


def test_far_scores_underflow_to_zero() -> None:
    y = softmax(np.array([[0, 200]], np.float32), 1)
    assert y.dtype == np.float32
    assert y.tolist() == [[0, 1]]


def test_nothing_gives_nothing() -> None:
    assert softmax(np.zeros((0, 3)), 1).shape == (0, 3)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_gradient_is_that_of_the_jacobian(axis: int) -> None:
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
    v = rng.normal(size=x.shape)
    rise = np.sum(dy * (softmax(x + 1e-6 * v, axis) - softmax(x - 1e-6 * v, axis))) / 2e-6
    assert np.sum(softmax_gradient(dy, softmax(x, axis), axis) * v) == pytest.approx(rise, rel=1e-6)
