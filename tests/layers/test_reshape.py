"""Flatten and Reshape."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients
from tests.layers.single import check_layer, layer_net

SHAPE = (2, 3, 4, 5)


@pytest.mark.parametrize(
    "settings, expected",
    [
        ("", (2, 60)),
        ("axis: 2", (2, 3, 20)),
        ("axis: -2", (2, 3, 20)),
        ("axis: 0", (120,)),
        ("axis: 1 end_axis: 2", (2, 12, 5)),
        ("axis: 0 end_axis: -2", (24, 5)),
        ("axis: 2 end_axis: 2", SHAPE),
        ("axis: 2 end_axis: 1", (2, 3, 1, 4, 5)),
    ],
)
def test_flatten(settings: str, expected: tuple[int, ...]) -> None:
    net = layer_net("Flatten", f"flatten_param {{ {settings} }}", np.zeros(SHAPE))
    assert net.blobs["y"].shape == expected


@pytest.mark.parametrize(
    "settings, expected",
    [
        ("shape { dim: 0 dim: -1 }", (2, 60)),
        ("shape { dim: 0 dim: 0 dim: 20 }", (2, 3, 20)),
        ("shape { dim: 6 dim: -1 dim: 0 }", (6, 5, 4)),
        ("shape { dim: -1 }", (120,)),
        ("shape { dim: 12 } axis: 1 num_axes: 2", (2, 12, 5)),
        ("shape { dim: 1 } axis: 1 num_axes: 0", (2, 1, 3, 4, 5)),
        ("shape { dim: 1 } axis: -1 num_axes: 0", (2, 3, 4, 5, 1)),
        ("shape { dim: 0 dim: 2 dim: -1 } axis: 1", (2, 3, 2, 10)),
        # Counted from behind the last axis: -2 is the place of the last one.
        ("shape { dim: 5 dim: -1 } axis: -2", (2, 3, 4, 5, 1)),
        ("axis: 4", SHAPE),
    ],
)
def test_reshape(settings: str, expected: tuple[int, ...]) -> None:
    net = layer_net("Reshape", f"reshape_param {{ {settings} }}", np.zeros(SHAPE))
    assert net.blobs["y"].shape == expected


def test_an_empty_shape_makes_a_single_number() -> None:
    assert layer_net("Reshape", "", np.zeros((1, 1))).blobs["y"].shape == ()


@pytest.mark.parametrize(
    "type_name, settings",
    [("Flatten", ""), ("Reshape", "reshape_param { shape { dim: 3 dim: -1 } }")],
)
def test_top_and_bottom_share_values_and_gradients(type_name: str, settings: str) -> None:
    net = layer_net(type_name, settings, np.arange(6.0).reshape(1, 2, 3))
    net.forward()
    assert net.blobs["y"].data.ravel().tolist() == [0, 1, 2, 3, 4, 5]
    net.blobs["y"].diff[...] = 3
    net.backward()
    assert net.blobs["x"].diff.tolist() == [[[3] * 3] * 2]
    assert np.shares_memory(net.blobs["x"].data, net.blobs["y"].data)


def test_sharing_outlives_a_larger_shape() -> None:
    net = layer_net("Flatten", "", np.zeros((1, 2, 3)))
    net.reshape(x=(7, 5, 3))
    net.forward(x=np.ones((7, 5, 3)))
    assert net.blobs["y"].shape == (7, 15)
    assert net.blobs["y"].data.all()


def test_gradients_behind_a_split_add_up() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 2))
    text = (
        'layer { name: "f" type: "Flatten" bottom: "x" top: "flat" }'
        'layer { name: "t" type: "TanH" bottom: "flat" top: "t" }'
        'layer { name: "s" type: "Sigmoid" bottom: "flat" top: "s" }'
    )
    check_gradients(text, {"x": x})
    check_layer("Flatten", "", x)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("axis: 4", r"flatten_param.axis 4 is out of range"),
        ("end_axis: 4", r"flatten_param.end_axis 4 is out of range"),
        ("axis: 3 end_axis: 1", r"flatten_param.axis 3 comes after flatten_param.end_axis 1"),
    ],
)
def test_bad_settings_of_flatten_are_refused(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Flatten", f"flatten_param {{ {settings} }}", np.zeros(SHAPE))


@pytest.mark.parametrize(
    "settings, words",
    [
        ("shape { dim: -1 dim: -1 }", r"has several dims of -1"),
        ("shape { dim: -2 }", r"has a dim below -1"),
        ("shape { dim: 7 dim: -1 }", r"leaves no size for the -1.*120 values"),
        ("shape { dim: 3 dim: 3 }", r"makes \(3, 3\) .*Expected: 120 values. Received: 9"),
        ("shape { dim: 0 dim: 0 dim: 0 dim: 0 dim: 0 }", r"has a 0 at position 4"),
        ("shape { dim: 1 } axis: 5", r"reshape_param.axis 5 is out of range.*Expected: -5 to 4"),
        ("shape { dim: 1 } axis: -6", r"reshape_param.axis -6 is out of range"),
        ("shape { dim: 1 } num_axes: -2", r"num_axes is -2"),
        ("shape { dim: 1 } axis: 3 num_axes: 2", r"num_axes 2 from axis 3 .*Expected: at most 1"),
        ("shape { dim: -1 } pixelshuffler: 2", r"pixelshuffler is 2"),
    ],
)
def test_bad_settings_of_reshape_are_refused(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Reshape", f"reshape_param {{ {settings} }}", np.zeros(SHAPE))


@pytest.mark.parametrize("type_name", ["Flatten", "Reshape"])
def test_in_place_is_refused(type_name: str) -> None:
    with pytest.raises(cp.LayerError, match="in place"):
        layer_net(type_name, "", np.zeros(SHAPE), in_place=True)
