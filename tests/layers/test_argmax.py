"""ArgMax."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import Array, bottom_gradients, layer_net, top_of

RNG = np.random.default_rng(18)


def _largest(row: Array, k: int) -> list[int]:
    """By the definition: pairs of value and index, the largest first."""
    return [i for _, i in sorted(((v, i) for i, v in enumerate(row)), reverse=True)[:k]]


@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("shape", [(3, 5), (1, 5, 2, 1), (2, 5, 1)])
def test_over_everything_behind_the_batch(shape: tuple[int, ...], k: int) -> None:
    # Few different values, so that many are equal.
    x = RNG.integers(0, 3, size=shape).astype(np.float32)
    y = top_of("ArgMax", f"argmax_param {{ top_k: {k} out_max_val: true }}", x)
    assert y.shape == (shape[0], 2, k, *[1] * (len(shape) - 3))
    for row, found in zip(x.reshape(shape[0], -1), y, strict=True):
        expected = _largest(row, k)
        assert found[0].ravel().tolist() == expected
        assert found[1].ravel().tolist() == row[expected].tolist()


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_along_an_axis(axis: int, k: int) -> None:
    x = RNG.integers(0, 3, size=(3, 4, 5)).astype(np.float32)
    settings = f"argmax_param {{ top_k: {k} axis: {axis} %s }}"
    index = top_of("ArgMax", settings % "", x).astype(int)
    value = top_of("ArgMax", settings % "out_max_val: true", x)
    expected = np.apply_along_axis(_largest, axis, x, k)
    assert np.array_equal(index, expected)
    assert np.array_equal(value, np.take_along_axis(x, expected, axis))


def test_one_axis_gives_three() -> None:
    assert top_of("ArgMax", "", [1, 5, 2]).shape == (3, 1, 1)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("top_k: 0", r"top_k is 0"),
        ("top_k: 13", r"top_k 13 is more than the 12 values .*at most 12"),
        ("top_k: 4 axis: 1", r"top_k 4 is more than the 3 values"),
        ("axis: 3", r"argmax_param.axis 3 is out of range"),
    ],
)
def test_bad_settings_are_refused(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("ArgMax", f"argmax_param {{ {settings} }}", np.zeros((2, 3, 4)))


def test_it_has_no_gradient() -> None:
    with pytest.raises(cp.LayerError, match="has no gradient"):
        bottom_gradients("ArgMax", "", [[[1.0, 2.0]]], [[[1.0]]])
