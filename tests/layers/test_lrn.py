"""LRN."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(25)
SHAPES = [(2, 5, 3, 4), (1, 1, 2, 3), (1, 9, 1, 1), (2, 2, 5, 1)]
SETTINGS = [
    "",
    "local_size: 3 alpha: 0.5 beta: 0.5 k: 2",
    "local_size: 1",
    "local_size: 9 beta: 1.3",
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("region", ["ACROSS_CHANNELS", "WITHIN_CHANNEL"])
def test_gradients(shape: tuple[int, ...], settings: str, region: str) -> None:
    check_layer("LRN", f"lrn_param {{ norm_region: {region} {settings} }}", RNG.normal(size=shape))


@pytest.mark.parametrize("region", ["ACROSS_CHANNELS", "WITHIN_CHANNEL"])
def test_in_place_gives_the_same(region: str) -> None:
    settings = f"lrn_param {{ norm_region: {region} local_size: 3 }}"
    x, dy = RNG.normal(size=(2, 2, 5, 3, 4))
    apart, within = (top_of("LRN", settings, x, in_place=i) for i in (False, True))
    assert np.array_equal(within, apart)
    apart, within = (bottom_gradients("LRN", settings, [x], dy, in_place=i)[0] for i in (0, 1))
    assert np.array_equal(within, apart)


@pytest.mark.parametrize("size", [1, 3, 5, 7, 9, 11, 13, 4001])
@pytest.mark.parametrize("channels", [1, 2, 6, 12])
def test_across_channels_is_the_definition(size: int, channels: int) -> None:
    x = RNG.normal(size=(2, channels, 3, 2))
    settings = f"lrn_param {{ local_size: {size} alpha: 2 beta: 0.75 k: 1.5 }}"
    expected = np.empty_like(x)
    for c in range(channels):
        near = x[:, max(0, c - size // 2) : c + size // 2 + 1]
        expected[:, c] = x[:, c] / (1.5 + 2 / size * (near**2).sum(axis=1)) ** 0.75
    np.testing.assert_allclose(top_of("LRN", settings, x, dtype=np.float64), expected)


def test_within_channel_divides_by_the_whole_window_and_ignores_k() -> None:
    x = RNG.normal(size=(1, 2, 4, 5))
    expected = np.empty_like(x)
    for i in range(4):
        for j in range(5):
            near = x[:, :, max(0, i - 1) : i + 2, max(0, j - 1) : j + 2]
            scale = 1 + 0.7 / 9 * (near**2).sum(axis=(2, 3))
            expected[:, :, i, j] = x[:, :, i, j] * scale**-0.6
    settings = "local_size: 3 alpha: 0.7 beta: 0.6 k: 9 norm_region: WITHIN_CHANNEL"
    y = top_of("LRN", f"lrn_param {{ {settings} }}", x, dtype=np.float64)
    np.testing.assert_allclose(y, expected)


def test_an_even_local_size_is_refused() -> None:
    with pytest.raises(cp.BuildError, match=r"local_size must be odd. Received: 4"):
        layer_net("LRN", "lrn_param { local_size: 4 }", np.ones((1, 2, 3, 3)))


def test_a_window_beyond_all_measure_is_refused() -> None:
    with pytest.raises(cp.BuildError, match="local_size 4294967295 is too large"):
        layer_net("LRN", "lrn_param { local_size: 4294967295 }", np.ones((1, 2, 3, 3)))


def test_large_values_do_not_overflow() -> None:
    y = top_of("LRN", "lrn_param { local_size: 1 }", np.full((1, 1, 1, 1), 1e18))
    assert y.item() == pytest.approx(1e-9, rel=1e-4)


def test_other_than_four_axes_are_refused() -> None:
    with pytest.raises(cp.BuildError, match="4 axes"):
        layer_net("LRN", "", np.ones((1, 2, 3)))
