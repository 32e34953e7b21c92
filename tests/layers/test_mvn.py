"""MVN."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(28)


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 2, 1, 6), (3, 1, 2, 2)])
@pytest.mark.parametrize("settings", ["", "across_channels: true", "normalize_variance: false"])
def test_gradients(shape: tuple[int, ...], settings: str) -> None:
    check_layer("MVN", f"mvn_param {{ {settings} }}", RNG.normal(size=shape))


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 5)])
def test_fewer_axes_are_made_four(shape: tuple[int, ...]) -> None:
    x = RNG.normal(size=shape)
    y = top_of("MVN", "mvn_param { across_channels: true }", x, dtype=np.float64)
    assert y.shape == (*shape, *(1,) * (4 - len(shape)))
    np.testing.assert_allclose(y.mean(axis=(1, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=(1, 2, 3)), 1)
    check_layer("MVN", "mvn_param { across_channels: true }", x)


def test_eps_is_added_to_the_standard_deviation() -> None:
    x = np.array([[[[1.0, 3.0]]]])
    assert top_of("MVN", "mvn_param { eps: 1 }", x).ravel().tolist() == [-0.5, 0.5]


def test_in_place_gives_the_same() -> None:
    x, dy = RNG.normal(size=(2, 3, 4, 5)), RNG.normal(size=(2, 3, 4, 5))
    assert np.array_equal(top_of("MVN", "", x, in_place=True), top_of("MVN", "", x))
    apart, within = (bottom_gradients("MVN", "", [x], dy, in_place=i)[0] for i in (False, True))
    assert np.array_equal(within, apart)


def test_five_axes_are_refused() -> None:
    with pytest.raises(cp.BuildError, match="at most 4 axes"):
        layer_net("MVN", "", np.ones((1, 1, 1, 2, 2)))
