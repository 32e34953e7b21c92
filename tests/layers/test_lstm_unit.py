"""LSTMUnit."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients, declare_inputs

RNG = np.random.default_rng(11)
NET = (
    'layer { name: "op" type: "LSTMUnit" bottom: "c" bottom: "g" bottom: "cont" '
    'top: "c1" top: "h1" }'
)


def inputs(n: int, d: int, cont: list[float]) -> dict[str, np.ndarray]:
    return {
        "c": RNG.normal(size=(1, n, d)),
        "g": RNG.normal(size=(1, n, 4 * d)),
        "cont": np.array([cont]),
    }


@pytest.mark.parametrize("n, d, cont", [(1, 1, [1]), (3, 2, [1, 0, 1]), (2, 5, [0, 0])])
def test_gradient(n: int, d: int, cont: list[float]) -> None:
    check_gradients(NET, inputs(n, d, cont))


def test_the_formula_holds() -> None:
    given = inputs(2, 3, [1, 0])
    net = cp.build_net(declare_inputs(NET, given), dtype=np.float64)
    out = net.forward(**given)
    i, f, o, g = np.split(given["g"], 4, axis=2)
    i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
    c = f * given["cont"][..., None] * given["c"] + i * np.tanh(g)
    assert np.allclose(out["c1"], c, rtol=1e-13)
    assert np.allclose(out["h1"], o * np.tanh(c), rtol=1e-13)


def test_large_gates_neither_overflow_nor_warn() -> None:
    given = {"c": np.ones((1, 1, 1)), "g": np.full((1, 1, 4), -1e4), "cont": [[1]]}
    net = cp.build_net(declare_inputs(NET, given))
    with np.errstate(all="raise", under="ignore"):
        assert net.forward(**given)["c1"] == 0


@pytest.mark.parametrize(
    "c, g, cont, words",
    [
        ((2, 3, 4), (1, 3, 16), (1, 3), r'bottom 0 \("c"\) has the shape \(2, 3, 4\)'),
        ((3, 4), (1, 3, 16), (1, 3), r'bottom 0 \("c"\)'),
        ((1, 3, 4), (1, 2, 16), (1, 3), r'bottom 1 \("g"\)'),
        ((1, 3, 4), (1, 3, 12), (1, 3), r"Expected: \(1, 3, 16\), four gates"),
        ((1, 3, 4), (1, 3, 16), (1, 3, 1), r'bottom 2 \("cont"\)'),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    c: tuple[int, ...], g: tuple[int, ...], cont: tuple[int, ...], words: str
) -> None:
    shapes = {"c": np.zeros(c), "g": np.zeros(g), "cont": np.zeros(cont)}
    with pytest.raises(cp.LayerError, match=words):
        cp.build_net(declare_inputs(NET, shapes))
