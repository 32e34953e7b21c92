"""Concat."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(15)


@pytest.mark.parametrize(
    "settings, shapes",
    [
        ("", [(2, 3), (2, 1), (2, 4)]),
        ("", [(1, 2, 3, 1), (1, 5, 3, 1)]),
        ("axis: 0", [(1, 2), (3, 2)]),
        ("axis: -1", [(1, 2, 3), (1, 2, 1)]),
        ("concat_dim: 0", [(1,), (4,)]),
        ("concat_dim: 2", [(2, 2, 1), (2, 2, 3)]),
        ("", [(2, 3)]),
        ("", [(2, 0), (2, 3)]),
    ],
)
def test_joins_and_takes_gradients_apart(settings: str, shapes: list[tuple[int, ...]]) -> None:
    inputs = [RNG.normal(size=shape) for shape in shapes]
    axis = {"axis: 0": 0, "axis: -1": -1, "concat_dim: 0": 0, "concat_dim: 2": 2}.get(settings, 1)
    settings = f"concat_param {{ {settings} }}"
    y = top_of("Concat", settings, *inputs, dtype=np.float64)
    assert np.array_equal(y, np.concatenate(inputs, axis=axis))
    check_layer("Concat", settings, *inputs)


def test_the_top_of_a_single_bottom_is_the_bottom() -> None:
    net = layer_net("Concat", "", np.ones((2, 3)))
    net.blobs["y"].data[0, 0] = 7
    net.blobs["y"].diff[0, 0] = 8
    assert net.blobs["x"].data[0, 0] == 7
    assert net.blobs["x"].diff[0, 0] == 8


@pytest.mark.parametrize(
    "settings, words",
    [
        ("axis: 2", r"concat_param.axis 2 is out of range"),
        ("axis: -3", r"concat_param.axis -3 is out of range"),
        ("concat_dim: 2", r"concat_param.concat_dim 2 is out of range.*Expected: 0 to 1"),
        ("axis: 1 concat_dim: 1", r"both axis \(1\) and concat_dim \(1\)"),
        ("axis: 0", r'bottom 1 "x1" has the shape \(2, 4\). Expected: \(2, 3\), as bottom 0'),
    ],
)
def test_bad_settings_are_refused(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Concat", f"concat_param {{ {settings} }}", np.zeros((2, 3)), np.zeros((2, 4)))


def test_other_numbers_of_axes_are_refused() -> None:
    with pytest.raises(cp.LayerError, match=r"has the shape \(2, 3, 1\)"):
        layer_net("Concat", "", np.zeros((2, 3)), np.zeros((2, 3, 1)))


def test_several_bottoms_in_place_are_refused() -> None:
    with pytest.raises(cp.LayerError, match="in place"):
        layer_net("Concat", "", np.zeros((2, 3)), np.zeros((2, 3)), in_place=True)
