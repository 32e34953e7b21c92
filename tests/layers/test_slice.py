"""Slice."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net

RNG = np.random.default_rng(16)


@pytest.mark.parametrize(
    "settings, shape, sizes",
    [
        ("", (2, 6), [2, 2, 2]),
        ("slice_point: 1 slice_point: 4", (2, 6), [1, 3, 2]),
        ("axis: 0 slice_point: 2", (3, 1, 2), [2, 1]),
        ("axis: -1", (1, 2, 4), [2, 2]),
        ("slice_dim: 2", (1, 2, 3, 1), [1, 1, 1]),
        ("", (2, 3), [3]),
        # An empty last piece passes in Caffe.
        ("slice_point: 3", (1, 3), [3, 0]),
    ],
)
def test_cuts_and_joins_gradients(settings: str, shape: tuple[int, ...], sizes: list[int]) -> None:
    x = RNG.normal(size=shape)
    axis = {"axis: 0 slice_point: 2": 0, "axis: -1": -1, "slice_dim: 2": 2}.get(settings, 1)
    settings = f"slice_param {{ {settings} }}"
    net = layer_net("Slice", settings, x, tops=len(sizes), dtype=np.float64)
    net.forward()
    pieces = [net.blobs[name].data for name in ("y", "y1", "y2")[: len(sizes)]]
    assert [piece.shape[axis] for piece in pieces] == sizes
    assert np.array_equal(np.concatenate(pieces, axis=axis), x)
    check_layer("Slice", settings, x, tops=len(sizes))


def test_a_single_top_is_the_bottom() -> None:
    net = layer_net("Slice", "", np.ones((2, 3)))
    net.blobs["y"].data[0, 0] = 7
    net.blobs["y"].diff[0, 0] = 8
    assert net.blobs["x"].data[0, 0] == 7
    assert net.blobs["x"].diff[0, 0] == 8


@pytest.mark.parametrize(
    "settings, tops, words",
    [
        ("", 2, r"axis 1 of size 5 does not divide into 2 equal tops"),
        ("slice_point: 1", 3, r"slice_point is given 1 time\(s\) for 3 tops. Expected: 2"),
        ("slice_point: 3 slice_point: 3", 3, r"slice_point is \[3, 3\]. Expected: ascending"),
        ("slice_point: 0", 2, r"slice_point is \[0\]. Expected: ascending points above 0"),
        ("slice_point: 6", 2, r"slice_point is \[6\].*below 5, the size of axis 1"),
        ("axis: 2", 2, r"slice_param.axis 2 is out of range"),
        ("slice_dim: 2", 2, r"slice_param.slice_dim 2 is out of range"),
        ("axis: 1 slice_dim: 1", 2, r"both axis \(1\) and slice_dim \(1\)"),
    ],
)
def test_bad_settings_are_refused(settings: str, tops: int, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Slice", f"slice_param {{ {settings} }}", np.zeros((2, 5)), tops=tops)
