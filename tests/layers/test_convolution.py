"""Convolution."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import caffe_proto as cp
from caffe_proto import threads
from caffe_proto.layers import correlation
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(21)
SETTINGS = [
    ((2, 3, 6, 5), "num_output: 2 kernel_size: 3"),
    (
        (1, 2, 7, 4),
        "num_output: 3 kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 1 pad_h: 0 pad_w: 1",
    ),
    ((2, 4, 5, 6), "num_output: 6 kernel_size: 3 group: 2 pad: 1 bias_term: false"),
    ((2, 3, 6, 6), "num_output: 3 kernel_size: 3 group: 3 pad: 1 stride: 2"),
    ((1, 3, 5, 4), "num_output: 6 kernel_size: 2 group: 3"),
    ((1, 2, 9, 8), "num_output: 2 kernel_size: 3 dilation: 2 pad: 1 stride: 3"),
    ((1, 2, 9, 8), "num_output: 2 kernel_size: 2 dilation: 3 dilation: 1 pad: 0 pad: 2"),
    ((3, 2, 7, 6), "num_output: 4 kernel_size: 1"),
    ((3, 2, 7, 6), "num_output: 4 kernel_size: 1 stride: 2"),
    ((1, 2, 4, 3), "num_output: 2 kernel_size: 1 pad: 1"),
    ((1, 2, 7, 7), "num_output: 2 kernel_size: 2 stride: 4"),
    ((2, 1, 1, 1), "num_output: 2 kernel_size: 1"),
    ((2, 2, 5), "num_output: 3 kernel_size: 3 pad: 1"),
    (
        (1, 2, 4, 3, 5),
        "num_output: 2 kernel_size: 2 kernel_size: 1 kernel_size: 3 pad: 0 pad: 0 pad: 1",
    ),
    ((2, 3, 2, 4, 5), "num_output: 2 kernel_size: 3 axis: 2 pad: 1"),
    ((2, 3, 4, 5), "num_output: 2 kernel_size: 2 axis: -3"),
    ((3, 4), "num_output: 2 kernel_size: 5"),
    ((3, 4), "num_output: 2"),
    ((5, 4, 3), "num_output: 2 kernel_size: 2 axis: 0"),
    # Many channels and few pixels: laid out as patches, and the gradient as a correlation.
    ((3, 16, 5, 4), "num_output: 2 kernel_size: 3 pad: 1"),
    ((3, 32, 4, 5), "num_output: 4 kernel_size: 3 pad: 1 group: 2"),
    ((3, 16, 5, 4), "num_output: 2 kernel_h: 2 kernel_w: 3 stride: 2 bias_term: false"),
    ((2, 32, 6, 5), "num_output: 2 kernel_size: 2 dilation: 2 pad: 3 group: 2"),
    # The kernel is larger than the image, but by less than a stride: one window still.
    ((1, 2, 2, 2), "num_output: 2 kernel_size: 3 stride: 2"),
    # All taps read the same pixel.
    ((1, 2, 3, 3), "num_output: 2 kernel_size: 2 dilation: 0"),
]


def convolved(
    x: npt.NDArray[Any], w: npt.NDArray[Any], b: npt.NDArray[Any] | None, **settings: Any
) -> npt.NDArray[Any]:
    """The definition, value by value, for 2 spatial axes."""
    group, (kh, kw) = settings.get("group", 1), w.shape[2:]
    (sh, sw), (ph, pw) = settings["stride"], settings["pad"]
    dh, dw = settings["dilation"]
    n, c, height, width = x.shape
    rows = (height + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    columns = (width + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    y = np.zeros((n, len(w), rows, columns))
    per_group = c // group
    for o, i, j in itertools.product(range(len(w)), range(rows), range(columns)):
        first = o // (len(w) // group) * per_group
        for k, u, v in itertools.product(range(per_group), range(kh), range(kw)):
            row, column = i * sh - ph + u * dh, j * sw - pw + v * dw
            if 0 <= row < height and 0 <= column < width:
                y[:, o, i, j] += x[:, first + k, row, column] * w[o, k, u, v]
        if b is not None:
            y[:, o, i, j] += b[o]
    return y


@pytest.mark.parametrize("group", [1, 2, 4])
@pytest.mark.parametrize(
    "stride, pad, dilation", [((1, 1), (1, 2), (1, 1)), ((2, 3), (0, 2), (2, 1))]
)
@pytest.mark.parametrize("kernel", [(3, 2), (1, 1), (1, 3), (2, 1)])
def test_forward_is_the_definition(
    kernel: tuple[int, int], stride: Any, pad: Any, dilation: Any, group: int
) -> None:
    x = RNG.normal(size=(2, 4, 7, 6)).astype(np.float32)
    text = (
        f"convolution_param {{ num_output: 4 group: {group} kernel_size: {list(kernel)} "
        f"stride: {list(stride)} pad: {list(pad)} dilation: {list(dilation)} "
        'weight_filler { type: "gaussian" std: 1 } bias_filler { type: "uniform" } }'
    )
    net = layer_net("Convolution", text, x)
    net.forward()
    w, b = (p.data for p in net.params["op"])
    expected = convolved(x, w, b, group=group, stride=stride, pad=pad, dilation=dilation)
    np.testing.assert_allclose(net.blobs["y"].data, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape, settings", SETTINGS)
def test_gradients(shape: tuple[int, ...], settings: str) -> None:
    check_layer("Convolution", f"convolution_param {{ {settings} }}", RNG.normal(size=shape))


@pytest.mark.parametrize("limit", [1, 50, 400])
@pytest.mark.parametrize("shape, settings", SETTINGS)
def test_blocks_change_nothing(
    shape: tuple[int, ...], settings: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = RNG.normal(size=shape)
    text = f'convolution_param {{ {settings} weight_filler {{ type: "xavier" }} }}'
    results = []
    for size in (1 << 20, limit):
        monkeypatch.setattr(correlation, "BLOCK", size)
        net = layer_net("Convolution", text, x, seed=3, dtype=np.float64)
        net.forward()
        net.blobs["y"].diff[...] = np.cos(np.arange(net.blobs["y"].count)).reshape(
            net.blobs["y"].shape
        )
        net.backward()
        results.append(
            [net.blobs["y"].data, net.blobs["x"].diff, *(p.diff for p in net.params["op"])]
        )
    for whole, in_blocks in zip(*results, strict=True):
        np.testing.assert_allclose(in_blocks, whole, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_any_number_of_threads_gives_the_same(lanes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x = RNG.normal(size=(5, 20, 9, 8)).astype(np.float32)
    text = 'convolution_param { num_output: 30 kernel_size: 3 weight_filler { type: "xavier" } }'
    results = []
    for number in (1, lanes):
        monkeypatch.setattr(threads, "available_threads", lambda number=number: number)
        net = layer_net("Convolution", text, x, seed=3)
        net.forward()
        net.blobs["y"].diff[...] = np.cos(net.blobs["y"].data)
        net.backward()
        results.append(
            [net.blobs["y"].data, net.blobs["x"].diff, *(p.diff for p in net.params["op"])]
        )
    for alone, together in zip(*results, strict=True):
        np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-4)


def test_bottoms_share_the_filters_and_add_to_their_gradient() -> None:
    x, x1 = RNG.normal(size=(2, 1, 2, 4, 4))
    settings = "convolution_param { num_output: 3 kernel_size: 2 }"
    check_layer("Convolution", settings, x, x1, tops=2)
    net = layer_net("Convolution", settings, x, x1, tops=2)
    assert [p.shape for p in net.params["op"]] == [(3, 2, 2, 2), (3,)]


def test_gradients_add_up_until_they_are_cleared() -> None:
    net = layer_net(
        "Convolution", "convolution_param { num_output: 1 kernel_size: 2 }", np.ones((1, 1, 3, 3))
    )
    net.forward()
    for _ in range(2):
        net.blobs["y"].diff[...] = 1
        net.backward()
    assert net.params["op"][0].diff.tolist() == [[[[8, 8], [8, 8]]]]
    assert net.params["op"][1].diff.tolist() == [8]


def test_engine_and_force_nd_im2col_change_nothing() -> None:
    x = RNG.normal(size=(1, 2, 4, 4))
    own = 'num_output: 2 kernel_size: 3 weight_filler { type: "xavier" }'
    plain = top_of("Convolution", f"convolution_param {{ {own} }}", x, seed=1)
    for extra in ("force_nd_im2col: true", "engine: CUDNN"):
        other = top_of("Convolution", f"convolution_param {{ {own} {extra} }}", x, seed=1)
        assert np.array_equal(other, plain)


def test_another_batch_size_and_image_size_after_building() -> None:
    settings = (
        'convolution_param { num_output: 2 kernel_size: 3 pad: 1 weight_filler { type: "xavier" } }'
    )
    x = RNG.normal(size=(3, 2, 6, 7))
    net = layer_net("Convolution", settings, x[:1, :, :4, :4], seed=5)
    net.forward()
    net.reshape(x=x.shape)
    net.forward(x=x)
    assert np.array_equal(net.blobs["y"].data, top_of("Convolution", settings, x, seed=5))


def test_an_empty_batch_gives_an_empty_top() -> None:
    y = top_of(
        "Convolution", "convolution_param { num_output: 2 kernel_size: 3 }", np.ones((0, 1, 5, 5))
    )
    assert y.shape == (0, 2, 3, 3)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("kernel_size: 3", "num_output must be positive"),
        ("num_output: 2", "kernel_size is given 0 time"),
        ("num_output: 2 kernel_size: 0", "kernel_size must be positive"),
        ("num_output: 2 kernel_h: 3", "kernel_h and kernel_w, both are needed"),
        ("num_output: 2 kernel_size: 3 kernel_h: 3 kernel_w: 3", "both kernel_size"),
        ("num_output: 2 kernel_size: [3, 3, 3]", "kernel_size is given 3 time"),
        ("num_output: 2 kernel_size: 3 stride: 0", "stride must be positive"),
        ("num_output: 2 kernel_size: 3 stride_h: 2", "stride_h and stride_w, both are needed"),
        ("num_output: 2 kernel_size: 3 stride: 1 stride_h: 1", "both stride"),
        ("num_output: 2 kernel_size: 3 pad: 1 pad_w: 1", "both pad"),
        ("num_output: 2 kernel_size: 3 pad: [1, 1, 1]", "pad is given 3 time"),
        ("num_output: 2 kernel_size: 3 dilation: [1, 1, 1]", "dilation is given 3 time"),
        ("num_output: 2 kernel_size: 3 pad: 4000000000", "pad .* too large"),
        ("num_output: 2 kernel_size: 3 dilation: 4000000000", "dilation .* too large"),
        ("num_output: 3 kernel_size: 3 group: 2", "group 2 does not divide the num_output"),
        ("num_output: 3 kernel_size: 3 group: 3", "group 3 does not divide the input channels"),
        ("num_output: 2 kernel_size: 3 group: 0", "group must be positive"),
        ("num_output: 2 kernel_size: 7", r"leaves nothing of an input of \(5, 6\)"),
        ("num_output: 2 kernel_size: 3 dilation: 3", "dilation .* leaves nothing"),
        ("num_output: 2 kernel_size: 3 axis: 4", "axis 4 is out of range"),
    ],
)
def test_refuses(settings: str, words: str) -> None:
    with pytest.raises(cp.BuildError, match=words) as caught:
        layer_net("Convolution", f"convolution_param {{ {settings} }}", np.ones((1, 4, 5, 6)))
    assert 'layer "op" (Convolution)' in str(caught.value)


def test_refuses_kernel_h_for_other_than_two_spatial_axes() -> None:
    settings = "convolution_param { num_output: 1 kernel_h: 2 kernel_w: 2 }"
    with pytest.raises(cp.BuildError, match="kernel_h and kernel_w are for 2 spatial axes"):
        layer_net("Convolution", settings, np.ones((1, 1, 5, 5, 5)))


def test_refuses_bottoms_of_different_shapes() -> None:
    settings = "convolution_param { num_output: 1 kernel_size: 1 }"
    with pytest.raises(cp.BuildError, match="all bottoms must have the same shape"):
        layer_net("Convolution", settings, np.ones((1, 1, 5, 5)), np.ones((1, 1, 5, 4)), tops=2)


def test_refuses_other_channels_and_axes_than_the_filters_are_for() -> None:
    net = layer_net(
        "Convolution", "convolution_param { num_output: 1 kernel_size: 1 }", np.ones((1, 2, 3, 3))
    )
    with pytest.raises(cp.BuildError, match="filters are for 2 channels"):
        net.reshape(x=(1, 3, 3, 3))
    with pytest.raises(cp.BuildError, match="number of axes may not change"):
        net.reshape(x=(1, 2, 3, 3, 3))
