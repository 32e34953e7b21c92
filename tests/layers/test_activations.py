"""ReLU, ReLU6, PReLU, CReLU, ELU, Sigmoid, TanH, Swish, BNLL, Clip."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(11)
CURVES = [
    ("ReLU", ""),
    ("ReLU", "relu_param { negative_slope: 0.1 }"),
    ("ReLU", "relu_param { negative_slope: -0.5 }"),
    ("ReLU", "relu_param { negative_slope: 1.5 }"),
    ("ReLU6", ""),
    ("ReLU6", "relu6_param { negative_slope: 0.2 }"),
    ("PReLU", ""),
    ("PReLU", "prelu_param { channel_shared: true }"),
    ("CReLU", ""),
    ("ELU", ""),
    ("ELU", "elu_param { alpha: 0.3 }"),
    ("Sigmoid", ""),
    ("TanH", ""),
    ("Swish", ""),
    ("Swish", "swish_param { beta: -1.7 }"),
    ("BNLL", ""),
    ("Clip", "clip_param { min: -0.5 max: 1.2 }"),
]


@pytest.mark.parametrize("shape", [(1, 3), (2, 1, 5), (2, 3, 1, 4)])
@pytest.mark.parametrize("type_name, settings", CURVES)
def test_gradient(type_name: str, settings: str, shape: tuple[int, ...]) -> None:
    check_layer(type_name, settings, RNG.normal(size=shape) * 3)


@pytest.mark.parametrize("type_name", ["ReLU", "ReLU6", "ELU", "Sigmoid", "TanH", "Swish", "BNLL"])
def test_one_axis_will_do(type_name: str) -> None:
    check_layer(type_name, "", RNG.normal(size=5))


def test_bnll_keeps_its_digits_far_from_zero() -> None:
    x = np.linspace(-80, 120, 401, dtype=np.float32)
    expected = np.logaddexp(0, x.astype(np.float64))
    np.testing.assert_allclose(top_of("BNLL", "", x), expected, rtol=3e-7)


@pytest.mark.parametrize("type_name, settings", [c for c in CURVES if "PReLU" != c[0] != "CReLU"])
def test_a_single_number_will_do(type_name: str, settings: str) -> None:
    check_layer(type_name, settings, np.array(0.7))


IN_PLACE = [c for c in CURVES if c[0] not in ("CReLU", "BNLL", "Clip") and "-0.5" not in c[1]]


@pytest.mark.parametrize("type_name, settings", IN_PLACE)
def test_in_place_gives_the_same(type_name: str, settings: str) -> None:
    x, dy = RNG.normal(size=(2, 3, 4)) * 3, RNG.normal(size=(2, 3, 4))
    apart = top_of(type_name, settings, x)
    assert np.array_equal(top_of(type_name, settings, x, in_place=True), apart)
    beside = bottom_gradients(type_name, settings, [x], dy)
    within = bottom_gradients(type_name, settings, [x], dy, in_place=True)
    np.testing.assert_allclose(within[0], beside[0], rtol=1e-5, atol=1e-6)


def test_prelu_in_place_gives_the_same_slope_gradient() -> None:
    x, dy = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 3, 4))
    slopes = []
    for in_place in (False, True):
        net = layer_net("PReLU", "", x, in_place=in_place)
        net.forward()
        net.layer("op").top_blobs[0].diff[...] = dy
        net.backward()
        slopes.append(net.params["op"][0].diff.copy())
    assert slopes[0].any()
    assert np.array_equal(slopes[0], slopes[1])


@pytest.mark.parametrize(
    "type_name, settings, expected",
    [
        ("ReLU", "", 0),
        ("ReLU", "relu_param { negative_slope: 0.25 }", 0.25),
        ("ReLU6", "relu6_param { negative_slope: 0.25 }", 0.25),
        ("PReLU", "prelu_param { filler { value: 0.75 } }", 0.75),
        ("ELU", "elu_param { alpha: 3 }", 3),
    ],
)
def test_the_gradient_at_zero_is_the_slope_below(
    type_name: str, settings: str, expected: float
) -> None:
    assert bottom_gradients(type_name, settings, [[[0.0]]], [[1.0]])[0] == expected


def test_clip_passes_the_gradient_at_both_bounds() -> None:
    x = [-2, -1, 0, 2, 2.5]
    dx = bottom_gradients("Clip", "clip_param { min: -1 max: 2 }", [x], np.ones(5))
    assert dx[0].tolist() == [0, 1, 1, 1, 0]


def test_relu6_passes_nothing_at_six() -> None:
    assert bottom_gradients("ReLU6", "", [[5, 6, 7]], np.ones(3))[0].tolist() == [1, 0, 0]


def test_clip_with_crossed_bounds_gives_the_lower() -> None:
    assert top_of("Clip", "clip_param { min: 2 max: 1 }", [0, 5]).tolist() == [2, 2]


def test_sigmoid_and_bnll_keep_their_heads_far_out() -> None:
    x = np.array([-1e4, -100, 100, 1e4])
    with np.errstate(all="raise", under="ignore"):
        assert top_of("Sigmoid", "", x).tolist() == pytest.approx([0, 0, 1, 1])
        assert top_of("BNLL", "", x).tolist() == pytest.approx([0, 0, 100, 1e4])
        dx = bottom_gradients("BNLL", "", [x], np.ones(4))[0]
        assert dx.tolist() == pytest.approx([0, 0, 1, 1])


def test_crelu_doubles_the_channels() -> None:
    x = np.array([[[1, -2]], [[-3, 4]]], np.float32)
    assert top_of("CReLU", "", x).tolist() == [[[1, 0], [0, 2]], [[0, 4], [3, 0]]]


def test_prelu_begins_with_a_quarter() -> None:
    net = layer_net("PReLU", "", np.zeros((2, 3)))
    assert net.params["op"][0].data.tolist() == [0.25] * 3


def test_float64_stays_float64() -> None:
    x = RNG.normal(size=(2, 3))
    for type_name, settings in CURVES:
        y = top_of(type_name, settings, x, dtype=np.float64)
        assert y.dtype == np.float64


def test_an_empty_batch_passes() -> None:
    for type_name, settings in CURVES:
        assert top_of(type_name, settings, np.zeros((0, 3, 2))).size == 0


def test_prelu_refuses_five_axes() -> None:
    with pytest.raises(cp.LayerError, match=r'"op" \(PReLU\).*5 axes.*Expected: 2 to 4'):
        layer_net("PReLU", "", np.zeros((1, 2, 1, 1, 1)))


def test_prelu_refuses_one_axis() -> None:
    with pytest.raises(cp.LayerError, match=r"1 axes.*Expected: 2 to 4"):
        layer_net("PReLU", "", np.zeros(4))


def test_prelu_refuses_other_channels_later() -> None:
    net = layer_net("PReLU", "", np.zeros((1, 2, 3)))
    with pytest.raises(cp.LayerError, match=r"2 slopes for 4 channels"):
        net.reshape(x=(1, 4, 3))


@pytest.mark.parametrize("given, missing", [("min: 0", "max"), ("max: 0", "min"), ("", "min")])
def test_clip_names_the_missing_bound(given: str, missing: str) -> None:
    with pytest.raises(cp.LayerError, match=rf"clip_param.{missing} is missing"):
        layer_net("Clip", f"clip_param {{ {given} }}", [1.0])


def test_crelu_refuses_one_axis_and_in_place() -> None:
    with pytest.raises(cp.LayerError, match="at least 2 axes"):
        layer_net("CReLU", "", [1.0])
    with pytest.raises(cp.LayerError, match="in place"):
        layer_net("CReLU", "", [[1.0]], in_place=True)
