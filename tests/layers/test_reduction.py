"""Reduction and Tile."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(17)


@pytest.mark.parametrize("shape, axis", [((2, 3, 4), 0), ((2, 3, 4), 1), ((1, 3), -1), ((5,), 0)])
@pytest.mark.parametrize("operation", ["SUM", "ASUM", "SUMSQ", "MEAN"])
@pytest.mark.parametrize("coeff", [1, -2.5])
def test_reduction(operation: str, shape: tuple[int, ...], axis: int, coeff: float) -> None:
    x = RNG.normal(size=shape)
    settings = f"reduction_param {{ operation: {operation} axis: {axis} coeff: {coeff} }}"
    over = tuple(range(axis % len(shape), len(shape)))
    expected = {
        "SUM": x.sum(axis=over),
        "ASUM": np.abs(x).sum(axis=over),
        "SUMSQ": (x * x).sum(axis=over),
        "MEAN": x.mean(axis=over),
    }[operation]
    y = top_of("Reduction", settings, x, dtype=np.float64)
    assert y.shape == expected.shape
    np.testing.assert_allclose(y, coeff * expected)
    check_layer("Reduction", settings, x)


def test_asum_has_gradient_zero_at_zero() -> None:
    settings = "reduction_param { operation: ASUM }"
    assert bottom_gradients("Reduction", settings, [[-1, 0, 2]], 3)[0].tolist() == [-3, 0, 3]


def test_as_a_loss() -> None:
    net = layer_net("Reduction", "loss_weight: 2", [1.0, 2.0])
    net.forward()
    net.backward()
    assert net.loss == 6
    assert net.blobs["x"].diff.tolist() == [2, 2]


def test_reduction_out_of_range_or_in_place_is_refused() -> None:
    with pytest.raises(cp.LayerError, match=r"reduction_param.axis 1 is out of range"):
        layer_net("Reduction", "reduction_param { axis: 1 }", np.zeros(3))
    with pytest.raises(cp.LayerError, match="in place"):
        layer_net("Reduction", "", np.zeros(3), in_place=True)


@pytest.mark.parametrize(
    "settings, repeats",
    [
        ("tiles: 3", (1, 3, 1)),
        ("axis: 0 tiles: 2", (2, 1, 1)),
        ("axis: -1 tiles: 4", (1, 1, 4)),
        ("tiles: 1", (1, 1, 1)),
    ],
)
def test_tile(settings: str, repeats: tuple[int, ...]) -> None:
    x = RNG.normal(size=(2, 1, 3))
    settings = f"tile_param {{ {settings} }}"
    y = top_of("Tile", settings, x, dtype=np.float64)
    assert np.array_equal(y, np.tile(x, repeats))
    check_layer("Tile", settings, x)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("", r"tile_param.tiles is missing"),
        ("tiles: 0", r"tile_param.tiles is 0. Expected: at least 1"),
        ("tiles: 2 axis: 2", r"tile_param.axis 2 is out of range"),
    ],
)
def test_bad_tiles_are_refused(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Tile", f"tile_param {{ {settings} }}", np.zeros((2, 3)))
