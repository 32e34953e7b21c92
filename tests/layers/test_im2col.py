"""Im2col."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(23)
SETTINGS = [
    ((2, 3, 5, 4), "kernel_size: 3"),
    ((1, 2, 6, 5), "kernel_h: 2 kernel_w: 3 stride_h: 3 stride_w: 1 pad_h: 1 pad_w: 2"),
    ((1, 2, 7, 6), "kernel_size: 2 dilation: 3 pad: 1"),
    ((2, 1, 4, 3), "kernel_size: 1"),
    ((2, 2, 5), "kernel_size: 3 pad: 1 stride: 2"),
    ((1, 1, 3, 4, 3), "kernel_size: 2 pad: 1"),
    ((2, 3, 2, 4, 4), "kernel_size: 3 axis: 2"),
    ((2, 3, 4), "kernel_size: 2 axis: 0"),
    ((1, 1, 2, 2), "kernel_size: 3 stride: 2"),
    ((1, 1, 3, 3), "kernel_size: 1 pad: 2 stride: 3"),
]


@pytest.mark.parametrize("shape, settings", SETTINGS)
def test_gradients(shape: tuple[int, ...], settings: str) -> None:
    check_layer("Im2col", f"convolution_param {{ {settings} }}", RNG.normal(size=shape))


def test_channels_are_taps_of_channels() -> None:
    x = RNG.normal(size=(2, 3, 5, 6)).astype(np.float32)
    y = top_of(
        "Im2col", "convolution_param { kernel_size: 2 kernel_size: 3 stride: 1 stride: 2 }", x
    )
    assert y.shape == (2, 18, 4, 2)
    for c in range(3):
        for i in range(2):
            for j in range(3):
                assert np.array_equal(y[:, (c * 2 + i) * 3 + j], x[:, c, i : i + 4, j : j + 3 : 2])


def test_padding_is_zero_even_where_memory_is_used_again() -> None:
    # The first net leaves its columns in the memory that the second one writes into.
    top_of("Im2col", "convolution_param { kernel_size: 3 }", np.full((1, 4, 9, 9), 7.0))
    y = top_of("Im2col", "convolution_param { kernel_size: 3 pad: 2 }", np.ones((1, 1, 3, 3)))
    assert sorted(set(y.ravel().tolist())) == [0, 1]
    assert y.sum() == 81


@pytest.mark.parametrize(
    "settings, words",
    [
        ("axis: 3 kernel_size: 1", "needs a spatial axis"),
        ("", "kernel_size is given 0 time"),
        ("kernel_size: 0", "kernel_size must be positive"),
        ("kernel_size: 9", "leaves nothing"),
        ("kernel_size: 2 stride: 0", "stride must be positive"),
        ("kernel_size: 2 axis: -5", "axis -5 is out of range"),
    ],
)
def test_refuses(settings: str, words: str) -> None:
    with pytest.raises(cp.BuildError, match=words) as caught:
        layer_net("Im2col", f"convolution_param {{ {settings} }}", np.ones((1, 4, 5, 6)))
    assert 'layer "op" (Im2col)' in str(caught.value)


def test_refuses_another_number_of_axes() -> None:
    net = layer_net("Im2col", "convolution_param { kernel_size: 2 }", np.ones((1, 4, 5, 6)))
    with pytest.raises(cp.BuildError, match="number of axes may not change"):
        net.reshape(x=(1, 4, 5))
