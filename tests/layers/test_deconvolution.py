"""Deconvolution."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.layers import correlation
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(22)
SETTINGS = [
    ((2, 3, 4, 3), "num_output: 2 kernel_size: 3"),
    ((1, 2, 3, 4), "num_output: 3 kernel_size: 4 stride: 2 pad: 1"),
    ((1, 4, 3, 3), "num_output: 2 kernel_size: 3 group: 2 stride: 2 pad: 1 bias_term: false"),
    ((2, 3, 3, 2), "num_output: 3 kernel_size: 4 group: 3 stride: 2"),
    ((1, 2, 3, 2), "num_output: 6 kernel_size: 2 group: 2"),
    (
        (1, 2, 3, 3),
        "num_output: 2 kernel_h: 1 kernel_w: 3 stride_h: 2 stride_w: 1 pad_h: 0 pad_w: 1",
    ),
    ((1, 2, 3, 3), "num_output: 2 kernel_size: 2 stride: 3"),
    ((1, 2, 4, 4), "num_output: 2 kernel_size: 3 dilation: 2 pad: 2"),
    ((3, 2, 4, 4), "num_output: 5 kernel_size: 1"),
    ((1, 1, 1, 1), "num_output: 2 kernel_size: 3"),
    ((2, 2, 4), "num_output: 1 kernel_size: 3 stride: 2"),
    ((1, 2, 2, 3, 2), "num_output: 2 kernel_size: 2 stride: 2"),
    ((2, 3, 2, 3, 3), "num_output: 2 kernel_size: 2 axis: 2"),
    ((3, 4), "num_output: 2"),
]


@pytest.mark.parametrize("shape, settings", SETTINGS)
def test_gradients(shape: tuple[int, ...], settings: str) -> None:
    check_layer("Deconvolution", f"convolution_param {{ {settings} }}", RNG.normal(size=shape))


@pytest.mark.parametrize("type_name", ["Deconvolution", "Convolution"])
@pytest.mark.parametrize("kernel", ["kernel_size: 3 pad: 1", "kernel_size: 1"])
def test_in_place_gives_the_same(type_name: str, kernel: str) -> None:
    settings = (
        f'convolution_param {{ num_output: 32 {kernel} weight_filler {{ type: "gaussian" }} }}'
    )
    # So large that it is not computed in one piece.
    x, dy = RNG.normal(size=(2, 1, 32, 120, 130))
    apart, within = (
        top_of(type_name, settings, x, in_place=in_place, seed=1) for in_place in (False, True)
    )
    np.testing.assert_allclose(within, apart, atol=1e-4)
    apart, within = (
        bottom_gradients(type_name, settings, [x], dy, in_place=in_place, seed=1)[0]
        for in_place in (False, True)
    )
    np.testing.assert_allclose(within, apart, atol=1e-4)


@pytest.mark.parametrize("shape, settings", SETTINGS)
def test_forward_is_the_input_gradient_of_the_convolution(
    shape: tuple[int, ...], settings: str
) -> None:
    x = RNG.normal(size=shape)
    net = layer_net("Deconvolution", f"convolution_param {{ {settings} }}", x, dtype=np.float64)
    for parameter in net.params["op"]:
        parameter.data = RNG.normal(size=parameter.shape)
    net.forward()
    w, *bias = (p.data for p in net.params["op"])
    y = net.blobs["y"].data
    axis = 2 if "axis" in settings else 1
    back = settings.replace(f"num_output: {y.shape[axis]} ", f"num_output: {x.shape[axis]} ", 1)
    if len(shape) == 2:
        back = f"num_output: {x.shape[1]}"
    text = f"convolution_param {{ {back.replace('bias_term: false', '')} bias_term: false }}"
    forward = layer_net("Convolution", text, np.zeros(y.shape), dtype=np.float64)
    forward.params["op"][0].data = w
    forward.forward()
    forward.blobs["y"].diff[...] = x
    forward.backward()
    expected = forward.blobs["x"].diff
    if bias:
        expected = expected + bias[0].reshape(-1, *(1,) * (y.ndim - axis - 1))
    np.testing.assert_allclose(y, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape, settings", SETTINGS)
def test_blocks_change_nothing(
    shape: tuple[int, ...], settings: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = RNG.normal(size=shape)
    text = f'convolution_param {{ {settings} weight_filler {{ type: "xavier" }} }}'
    whole = top_of("Deconvolution", text, x, seed=3, dtype=np.float64)
    gradient = bottom_gradients("Deconvolution", text, [x], np.sin(whole), seed=3, dtype=np.float64)
    monkeypatch.setattr(correlation, "BLOCK", 10)
    np.testing.assert_allclose(top_of("Deconvolution", text, x, seed=3, dtype=np.float64), whole)
    again = bottom_gradients("Deconvolution", text, [x], np.sin(whole), seed=3, dtype=np.float64)
    np.testing.assert_allclose(again[0], gradient[0])


def test_bilinear_filler_doubles_an_image_smoothly() -> None:
    settings = (
        "convolution_param { num_output: 1 kernel_size: 4 stride: 2 pad: 1 bias_term: false "
        'weight_filler { type: "bilinear" } }'
    )
    y = top_of("Deconvolution", settings, np.arange(4.0).reshape(1, 1, 1, 4).repeat(3, 2))
    np.testing.assert_allclose(y[0, 0, 2, 1:-1], np.arange(6) * 0.5 + 0.25)


def test_filters_have_the_input_channels_first() -> None:
    settings = "convolution_param { num_output: 6 group: 2 kernel_size: 3 }"
    net = layer_net("Deconvolution", settings, np.ones((1, 4, 2, 2)))
    assert [p.shape for p in net.params["op"]] == [(4, 3, 3, 3), (6,)]


@pytest.mark.parametrize(
    "settings, words",
    [
        ("num_output: 2 kernel_size: 1 pad: 3", "leaves nothing"),
        ("num_output: 3 kernel_size: 1 group: 2", "group 2 does not divide the num_output"),
        ("kernel_size: 2", "num_output must be positive"),
    ],
)
def test_refuses(settings: str, words: str) -> None:
    with pytest.raises(cp.BuildError, match=words) as caught:
        layer_net("Deconvolution", f"convolution_param {{ {settings} }}", np.ones((1, 4, 5, 6)))
    assert 'layer "op" (Deconvolution)' in str(caught.value)


def test_two_bottoms_share_the_filters() -> None:
    x, x1 = RNG.normal(size=(2, 1, 2, 3, 3))
    check_layer(
        "Deconvolution",
        "convolution_param { num_output: 1 kernel_size: 2 stride: 2 }",
        x,
        x1,
        tops=2,
    )
