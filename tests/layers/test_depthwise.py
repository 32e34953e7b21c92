"""DepthwiseConvolution and ConvolutionDepthwise."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(31)
TYPES = ["DepthwiseConvolution", "ConvolutionDepthwise"]


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize(
    "shape, settings",
    [
        ((2, 3, 5, 6), "kernel_size: 3 pad: 1"),
        ((1, 2, 7, 5), "kernel_size: 3 stride: 2 pad: 1 bias_term: false"),
        ((1, 2, 8, 7), "kernel_size: 2 dilation: 2"),
        ((2, 3, 4, 4), "kernel_size: 1"),
        ((1, 1, 3, 3), "kernel_size: 3"),
    ],
)
def test_gradients(type_name: str, shape: tuple[int, ...], settings: str) -> None:
    text = f"convolution_param {{ num_output: {shape[1]} {settings} }}"
    check_layer(type_name, text, RNG.normal(size=shape))


@pytest.mark.parametrize("type_name", TYPES)
def test_is_a_convolution_with_a_group_a_channel(type_name: str) -> None:
    x = RNG.normal(size=(2, 4, 6, 5))
    own = 'num_output: 4 kernel_size: 3 stride: 2 pad: 1 weight_filler { type: "xavier" }'
    expected = top_of("Convolution", f"convolution_param {{ {own} group: 4 }}", x, seed=2)
    for group in ("", "group: 4"):
        y = top_of(type_name, f"convolution_param {{ {own} {group} }}", x, seed=2)
        assert np.array_equal(y, expected)


@pytest.mark.parametrize("type_name", TYPES)
def test_num_output_may_be_left_out(type_name: str) -> None:
    net = layer_net(type_name, "convolution_param { kernel_size: 3 }", np.ones((1, 5, 4, 4)))
    assert net.params["op"][0].shape == (5, 1, 3, 3)
    assert net.blobs["y"].shape == (1, 5, 2, 2)


def test_several_outputs_a_channel() -> None:
    settings = "convolution_param { num_output: 6 kernel_size: 3 }"
    net = layer_net("DepthwiseConvolution", settings, np.ones((1, 3, 4, 4)))
    assert net.params["op"][0].shape == (6, 1, 3, 3)


def test_outputs_that_the_channels_do_not_divide_are_refused() -> None:
    settings = "convolution_param { num_output: 4 kernel_size: 3 }"
    with pytest.raises(cp.BuildError, match="group 3 does not divide the num_output"):
        layer_net("DepthwiseConvolution", settings, np.ones((1, 3, 4, 4)))
