"""Correlation."""

from __future__ import annotations

import math

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import Array, bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(29)


def _correlation(
    a: Array, b: Array, kernel: int, reach: int, pad: int, s1: int, s2: int, subtract: bool
) -> Array:
    """The definition, patch by patch."""
    n, _, h, w = a.shape
    around = ((0, 0), (0, 0), (pad, pad), (pad, pad))
    a, b = np.pad(a, around), np.pad(b, around)
    border = reach + (kernel - 1) // 2
    height = math.ceil((h + 2 * pad - 2 * border) / s1)
    width = math.ceil((w + 2 * pad - 2 * border) / s1)
    steps = range(-(reach // s2), reach // s2 + 1)
    out = np.empty((n, len(steps) ** 2, height, width))
    for d, (p, o) in enumerate((p * s2, o * s2) for p in steps for o in steps):
        for i in range(height):
            for j in range(width):
                y, x = i * s1 + reach, j * s1 + reach
                one = a[:, :, y : y + kernel, x : x + kernel]
                two = b[:, :, y + p : y + p + kernel, x + o : x + o + kernel]
                both = np.abs(one - two) if subtract else one * two
                out[:, d, i, j] = both.mean(axis=(1, 2, 3))
    return out


@pytest.mark.parametrize("subtract", [False, True])
@pytest.mark.parametrize(
    "shape, kernel, reach, pad, s1, s2",
    [
        ((2, 3, 4, 5), 1, 2, 2, 1, 1),
        ((1, 2, 6, 5), 3, 1, 1, 1, 1),
        ((1, 1, 7, 8), 3, 2, 3, 2, 2),
        ((1, 2, 5, 6), 1, 3, 2, 3, 2),
        ((2, 1, 3, 4), 3, 0, 0, 1, 1),
    ],
)
def test_values_and_gradient(
    shape: tuple[int, ...], kernel: int, reach: int, pad: int, s1: int, s2: int, subtract: bool
) -> None:
    a, b = RNG.normal(size=shape), RNG.normal(size=shape)
    kind = "SUBTRACT" if subtract else "MULTIPLY"
    settings = (
        f"correlation_param {{ kernel_size: {kernel} max_displacement: {reach} pad: {pad} "
        f"stride_1: {s1} stride_2: {s2} correlation_type: {kind} }}"
    )
    y = top_of("Correlation", settings, a, b, dtype=np.float64)
    np.testing.assert_allclose(y, _correlation(a, b, kernel, reach, pad, s1, s2, subtract))
    check_layer("Correlation", settings, a, b)


def test_only_the_wanted_gradient_is_computed() -> None:
    settings = "correlation_param { kernel_size: 1 max_displacement: 0 } propagate_down: true"
    a, b = np.full((1, 1, 2, 2), 2.0), np.full((1, 1, 2, 2), 3.0)
    da, db = bottom_gradients("Correlation", settings + " propagate_down: true", [a, b], 1)
    assert da.tolist() == b.tolist()
    assert db.tolist() == a.tolist()


@pytest.mark.parametrize(
    "settings, words",
    [
        ("max_displacement: 1", r"kernel_size is missing"),
        ("kernel_size: 1", r"max_displacement is missing"),
        ("kernel_size: 2 max_displacement: 1", r"kernel_size is 2. Expected: an odd number"),
        ("kernel_size: 1 max_displacement: 1 stride_1: 0", r"stride_1 is 0"),
        ("kernel_size: 1 max_displacement: 1 stride_2: 0", r"stride_2 is 0"),
        ("kernel_size: 3 max_displacement: 2 pad: 1", r"4 x 4 .*are too small.*more than 6"),
    ],
)
def test_bad_settings_are_refused(settings: str, words: str) -> None:
    image = np.zeros((1, 1, 4, 4))
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Correlation", f"correlation_param {{ {settings} }}", image, image)


def test_images_of_other_sizes_are_refused() -> None:
    settings = "correlation_param { kernel_size: 1 max_displacement: 0 }"
    with pytest.raises(cp.LayerError, match=r"\(1, 1, 2, 2\) and \(1, 1, 2, 3\)"):
        layer_net("Correlation", settings, np.zeros((1, 1, 2, 2)), np.zeros((1, 1, 2, 3)))


def test_a_large_displacement_is_refused_at_once() -> None:
    settings = "correlation_param { kernel_size: 1 max_displacement: 4000000000 }"
    with pytest.raises(cp.LayerError, match="too small"):
        layer_net("Correlation", settings, np.zeros((1, 1, 2, 2)), np.zeros((1, 1, 2, 2)))
