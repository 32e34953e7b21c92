"""Permute, ShuffleChannel, Reverse."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(23)


@pytest.mark.parametrize(
    "shape, order, full",
    [
        ((2, 3, 1, 4), [0, 2, 3, 1], [0, 2, 3, 1]),
        ((2, 3, 4), [2], [2, 0, 1]),
        ((2, 3, 4), [1, 0], [1, 0, 2]),
        ((2, 3), [], [0, 1]),
        ((1, 2, 3, 1, 2), [4, 2, 0], [4, 2, 0, 1, 3]),
    ],
)
def test_permute(shape: tuple[int, ...], order: list[int], full: list[int]) -> None:
    x = RNG.normal(size=shape)
    settings = "permute_param { " + " ".join(f"order: {axis}" for axis in order) + " }"
    y = top_of("Permute", settings, x, dtype=np.float64)
    assert np.array_equal(y, x.transpose(full))
    check_layer("Permute", settings, x)


def test_an_idle_permute_shares_the_bottom() -> None:
    net = layer_net("Permute", "permute_param { order: 0 order: 1 }", np.zeros((2, 3)))
    assert np.shares_memory(net.blobs["x"].data, net.blobs["y"].data)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("order: 3", r"order has axis 3, .*\(2, 3, 4\). Expected: 0 to 2"),
        ("order: 1 order: 1", r"order is \[1, 1\]. Expected: each axis at most once"),
    ],
)
def test_a_bad_order_is_refused(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Permute", f"permute_param {{ {settings} }}", np.zeros((2, 3, 4)))


def test_another_number_of_axes_is_refused_later() -> None:
    net = layer_net("Permute", "permute_param { order: 1 }", np.zeros((2, 3)))
    with pytest.raises(cp.LayerError, match="Expected: 2 axes"):
        net.reshape(x=(2, 3, 4))


@pytest.mark.parametrize(
    "shape, group", [((1, 6, 2, 1), 3), ((2, 6), 2), ((2, 4, 3), 4), ((1, 5), 1)]
)
def test_shuffle_channel(shape: tuple[int, ...], group: int) -> None:
    x = RNG.normal(size=shape)
    settings = f"shuffle_channel_param {{ group: {group} }}"
    y = top_of("ShuffleChannel", settings, x, dtype=np.float64)
    size = shape[1] // group
    for g in range(group):
        for i in range(size):
            assert np.array_equal(y[:, i * group + g], x[:, g * size + i])
    check_layer("ShuffleChannel", settings, x)


@pytest.mark.parametrize("group", [0, 4])
def test_a_group_that_does_not_divide_is_refused(group: int) -> None:
    words = rf"group is {group}. Expected: a divisor of the 6 channels"
    with pytest.raises(cp.LayerError, match=words):
        layer_net("ShuffleChannel", f"shuffle_channel_param {{ group: {group} }}", np.zeros((1, 6)))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_reverse(axis: int) -> None:
    x = RNG.normal(size=(2, 3, 1, 4))
    settings = f"reverse_param {{ axis: {axis} }}"
    y = top_of("Reverse", settings, x, dtype=np.float64)
    assert np.array_equal(y, np.flip(x, axis))
    check_layer("Reverse", settings, x)


def test_reverse_of_an_axis_out_of_range_is_refused() -> None:
    with pytest.raises(cp.LayerError, match=r"reverse_param.axis 2 is out of range"):
        layer_net("Reverse", "reverse_param { axis: 2 }", np.zeros((2, 3)))


@pytest.mark.parametrize("type_name", ["Permute", "ShuffleChannel", "Reverse"])
def test_in_place_is_refused(type_name: str) -> None:
    settings = "permute_param { order: 1 }" if type_name == "Permute" else ""
    with pytest.raises(cp.LayerError, match="in place"):
        layer_net(type_name, settings, np.zeros((2, 3)), in_place=True)


def test_an_idle_permute_may_run_in_place() -> None:
    x, dy = np.arange(12.0).reshape(2, 2, 3)
    net = layer_net("Permute", "permute_param { order: 0 }", x, in_place=True)
    net.forward()
    top = net.layer("op").top_blobs[0]
    np.testing.assert_array_equal(top.data, x)
    top.diff[...] = dy
    net.backward()
    np.testing.assert_array_equal(net.blobs["x"].diff, dy)
