"""Reorg."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import Array, check_layer, layer_net, top_of

RNG = np.random.default_rng(24)


def _darknet(x: Array, s: int, reverse: bool) -> Array:
    """Darknet's loops, index by index."""
    n, c, h, w = x.shape
    shallow = c // (s * s)
    out = np.empty(x.size)
    flat = x.ravel()
    for b in range(n):
        for k in range(c):
            for j in range(h):
                for i in range(w):
                    here = i + w * (j + h * (k + c * b))
                    block, channel = divmod(k, shallow)
                    row, column = j * s + block // s, i * s + block % s
                    there = column + w * s * (row + h * s * (channel + shallow * b))
                    if reverse:
                        out[there] = flat[here]
                    else:
                        out[here] = flat[there]
    if reverse:
        return out.reshape(n, shallow, h * s, w * s)
    return out.reshape(n, c * s * s, h // s, w // s)


@pytest.mark.parametrize(
    "shape, stride, reverse",
    [
        ((2, 4, 4, 2), 2, False),
        ((1, 9, 3, 6), 3, False),
        ((1, 2, 1, 3), 1, False),
        ((2, 8, 1, 3), 2, True),
        ((1, 9, 2, 1), 3, True),
    ],
)
def test_darknets_index_arithmetic(shape: tuple[int, ...], stride: int, reverse: bool) -> None:
    x = RNG.normal(size=shape)
    settings = f"reorg_param {{ stride: {stride} reverse: {str(reverse).lower()} }}"
    y = top_of("Reorg", settings, x, dtype=np.float64)
    assert np.array_equal(y, _darknet(x, stride, reverse))
    check_layer("Reorg", settings, x)


@pytest.mark.parametrize(
    "shape, settings, words",
    [
        ((1, 4, 4, 4), "", r"reorg_param.stride is missing"),
        ((1, 3, 4, 4), "stride: 2", r"stride 2 does not fit 3 channels. Expected: a multiple of 4"),
        ((1, 4, 3, 4), "stride: 2", r"stride 2 does not divide 3 x 4"),
        ((4, 4, 4), "stride: 2", r"Expected: 4 axes"),
    ],
)
def test_what_does_not_fit_is_refused(shape: tuple[int, ...], settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Reorg", f"reorg_param {{ {settings} }}", np.zeros(shape))
