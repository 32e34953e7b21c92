"""Scale and Bias."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(13)
SHAPES = [
    ((2, 3, 4, 5), ""),
    ((2, 3, 4, 5), "axis: 0 num_axes: 2"),
    ((2, 3, 4, 5), "axis: 2 num_axes: 2"),
    ((2, 3, 4, 5), "axis: -3 num_axes: -1"),
    ((2, 3, 1, 5), "axis: 0 num_axes: -1"),
    ((2, 3, 4), "num_axes: 0"),
    ((1, 3, 70), ""),
    ((1, 1, 3), ""),
    ((4, 1), ""),
    ((3,), "axis: 0"),
]


@pytest.mark.parametrize("shape, settings", SHAPES)
@pytest.mark.parametrize("bias", ["", "bias_term: true"])
def test_gradient_of_scale(shape: tuple[int, ...], settings: str, bias: str) -> None:
    check_layer("Scale", f"scale_param {{ {settings} {bias} }}", RNG.normal(size=shape))


@pytest.mark.parametrize("shape, settings", SHAPES)
def test_gradient_of_bias(shape: tuple[int, ...], settings: str) -> None:
    check_layer("Bias", f"bias_param {{ {settings} }}", RNG.normal(size=shape))


@pytest.mark.parametrize(
    "small, axis", [((3,), 1), ((2, 3), 0), ((2, 3, 4), 0), ((), 1), ((4,), -1), ((3, 4), 1)]
)
def test_gradient_with_a_second_bottom(small: tuple[int, ...], axis: int) -> None:
    x, s = RNG.normal(size=(2, 3, 4)), RNG.normal(size=small)
    check_layer("Scale", f"scale_param {{ axis: {axis} bias_term: true }}", x, s)
    check_layer("Bias", f"bias_param {{ axis: {axis} }}", x, s)


def test_in_place_gives_the_same() -> None:
    x, dy = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 3, 4))
    results = []
    for in_place in (False, True):
        text = "scale_param { filler { value: 3 } bias_term: true bias_filler { value: 1 } }"
        net = layer_net("Scale", text, x, in_place=in_place)
        net.forward()
        top = net.layer("op").top_blobs[0]
        y = top.data.copy()
        top.diff[...] = dy
        net.backward()
        results.append([y, net.blobs["x"].diff.copy(), *(p.diff.copy() for p in net.params["op"])])
    for apart, within in zip(*results, strict=True):
        assert np.array_equal(apart, within)


def _accumulated(x: npt.ArrayLike, settings: str) -> tuple[bool, bool]:
    """Whether the diffs of scale and bias add up over two backward passes."""
    net = layer_net("Scale", f"scale_param {{ {settings} bias_term: true }}", x)
    once = []
    for _ in range(2):
        net.forward()
        net.layer("op").top_blobs[0].diff[...] = 1
        net.backward()
        once.append([p.diff.copy() for p in net.params["op"]])
    scale, bias = (np.allclose(2 * a, b) for a, b in zip(*once, strict=True))
    return scale, bias


@pytest.mark.parametrize(
    "shape, settings, adds",
    [
        ((2, 3, 4), "", True),
        ((2, 3), "", True),
        ((2, 3, 4), "num_axes: 0", True),
        ((1, 1, 4), "", True),
        # As large as the bottom.
        ((2, 3, 4), "axis: 0 num_axes: -1", False),
        ((1, 3), "", False),
        # Nothing in front, several values a factor.
        ((2, 3, 4), "axis: 0", False),
        ((2, 3, 4), "axis: 0 num_axes: 2", False),
        ((1, 3, 4), "", False),
    ],
)
def test_scale_diffs_add_up_only_where_caffe_s_do(
    shape: tuple[int, ...], settings: str, adds: bool
) -> None:
    assert _accumulated(RNG.uniform(1, 2, size=shape), settings) == (adds, True)


def test_fillers_default_to_the_identity() -> None:
    x = RNG.normal(size=(2, 3)).astype(np.float32)
    assert np.array_equal(top_of("Scale", "scale_param { bias_term: true }", x), x)
    assert np.array_equal(top_of("Bias", "", x), x)


def test_a_scale_is_kept_within_its_bounds() -> None:
    text = "scale_param { filler { value: 5 } min_value: 0 max_value: 2 }"
    net = layer_net("Scale", text, [[1.0, 1.0]])
    net.params["op"][0].data[1] = -1
    assert net.forward()["y"].tolist() == [[2, 0]]
    assert net.params["op"][0].data.tolist() == [2, 0]


@pytest.mark.parametrize("type_name, field", [("Scale", "scale_param"), ("Bias", "bias_param")])
@pytest.mark.parametrize(
    "settings, words",
    [
        ("axis: 3", r"axis 3 is out of range.*Expected: -3 to 2"),
        ("axis: -4", r"axis -4 is out of range"),
        ("num_axes: 3", r"num_axes 3 from axis 1 on goes beyond .*Expected: at most 2"),
        ("num_axes: -2", r"num_axes is -2. Expected: 0 or more, or -1"),
    ],
)
def test_axes_out_of_range_are_refused(
    type_name: str, field: str, settings: str, words: str
) -> None:
    with pytest.raises(cp.LayerError, match=field + "." + words):
        layer_net(type_name, f"{field} {{ {settings} }}", np.zeros((2, 3, 4)))


@pytest.mark.parametrize("type_name", ["Scale", "Bias"])
def test_a_second_bottom_that_does_not_fit_is_refused(type_name: str) -> None:
    words = r"shape \(4,\) does not fit the bottom's shape \(2, 3\) .*Expected: \(3,\)"
    with pytest.raises(cp.LayerError, match=words):
        layer_net(type_name, "", np.zeros((2, 3)), np.zeros(4))


def test_a_parameter_that_no_longer_fits_is_refused() -> None:
    net = layer_net("Scale", "", np.zeros((2, 3)))
    with pytest.raises(cp.LayerError, match="does not fit"):
        net.reshape(x=(2, 4))
