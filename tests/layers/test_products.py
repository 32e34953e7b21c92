"""MatMul and Axpy."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(25)


@pytest.mark.parametrize(
    "a, b",
    [
        ((2, 3), (3, 4)),
        ((1, 1), (1, 2)),
        ((2, 3, 4), (2, 4, 1)),
        ((2, 1, 3, 2), (2, 1, 2, 5)),
    ],
)
def test_matmul(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    x, y = RNG.normal(size=a), RNG.normal(size=b)
    np.testing.assert_allclose(top_of("MatMul", "", x, y, dtype=np.float64), x @ y)
    check_layer("MatMul", "", x, y)


@pytest.mark.parametrize(
    "a, b", [((2, 3), (2, 3)), ((3,), (3,)), ((2, 2, 3), (3, 4)), ((2, 2, 3), (1, 3, 4))]
)
def test_matrices_that_do_not_fit_are_refused(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    with pytest.raises(cp.LayerError, match=r"Expected: \(..., M, K\) and \(..., K, N\)"):
        layer_net("MatMul", "", np.zeros(a), np.zeros(b))


@pytest.mark.parametrize(
    "factor, shape",
    [
        ((2, 3, 1, 1), (2, 3, 4, 5)),
        ((2, 3), (2, 3, 1, 5)),
        ((1, 2), (1, 2)),
        ((2, 3, 1), (2, 3, 4)),
    ],
)
def test_axpy(factor: tuple[int, ...], shape: tuple[int, ...]) -> None:
    a, x, y = RNG.normal(size=factor), RNG.normal(size=shape), RNG.normal(size=shape)
    expected = a.reshape(*shape[:2], *[1] * (len(shape) - 2)) * x + y
    np.testing.assert_allclose(top_of("Axpy", "", a, x, y, dtype=np.float64), expected)
    check_layer("Axpy", "", a, x, y)


@pytest.mark.parametrize(
    "a, x, y, words",
    [
        ((2, 3), (2, 3, 4), (2, 3, 5), r"\(2, 3, 4\) and \(2, 3, 5\). Expected: the same"),
        ((2, 4), (2, 3, 4), (2, 3, 4), r"bottom 0 has the shape \(2, 4\)"),
        ((2, 3, 4), (2, 3, 4), (2, 3, 4), r"bottom 0 has the shape \(2, 3, 4\)"),
    ],
)
def test_axpy_refuses_what_does_not_fit(
    a: tuple[int, ...], x: tuple[int, ...], y: tuple[int, ...], words: str
) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Axpy", "", np.zeros(a), np.zeros(x), np.zeros(y))
