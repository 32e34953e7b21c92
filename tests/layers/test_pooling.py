"""Pooling."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import caffe_proto as cp
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(24)
FLT_MAX = float(np.finfo(np.float32).max)
SETTINGS = [
    ((2, 3, 6, 6), "kernel_size: 2 stride: 2"),
    ((1, 2, 6, 7), "kernel_size: 3 stride: 2"),
    ((1, 2, 7, 5), "kernel_size: 3 stride: 2 pad: 1"),
    ((1, 1, 5, 8), "kernel_h: 3 kernel_w: 2 stride_h: 1 stride_w: 3 pad_h: 2 pad_w: 0"),
    ((2, 2, 7, 7), "kernel_size: 2 stride: 3"),
    ((2, 2, 4, 3), "global_pooling: true"),
    ((1, 3, 1, 1), "kernel_size: 1"),
    ((1, 1, 2, 3), "kernel_size: 5 stride: 4"),
    ((1, 1, 3, 3), "kernel_size: 4 stride: 2 pad: 3"),
    ((1, 2, 6, 5), "kernel_size: 3 stride: 2 round_mode: FLOOR"),
    ((1, 2, 6, 5), "kernel_size: 2 stride: 3 pad: 1 ceil_mode: false"),
    ((1, 1, 5, 6), "kernel_size: 3 stride: 1 pad: 1"),
]


def pooled(
    x: npt.NDArray[Any], pool: str, k: Any, s: Any, p: Any, up: bool = True
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The definition, window by window: values and indices."""
    rounded = math.ceil if up else math.floor
    n, c, *image = x.shape
    counts = []
    for axis in range(2):
        count = rounded((image[axis] + 2 * p[axis] - k[axis]) / s[axis]) + 1
        if any(p) and (count - 1) * s[axis] >= image[axis] + p[axis]:
            count -= 1
        counts.append(count)
    y = np.zeros((n, c, *counts))
    index = np.full(y.shape, -1.0)
    for b, d, i, j in itertools.product(range(n), range(c), *map(range, counts)):
        begin = [i * s[0] - p[0], j * s[1] - p[1]]
        end = [min(begin[a] + k[a], image[a] + p[a]) for a in range(2)]
        size = (end[0] - begin[0]) * (end[1] - begin[1])
        rows, columns = (range(max(begin[a], 0), min(end[a], image[a])) for a in range(2))
        if pool == "AVE":
            total = sum(x[b, d, u, v] for u in rows for v in columns)
            y[b, d, i, j] = total / size if size else np.nan
            continue
        y[b, d, i, j] = -FLT_MAX
        for u, v in itertools.product(rows, columns):
            if x[b, d, u, v] > y[b, d, i, j]:
                y[b, d, i, j], index[b, d, i, j] = x[b, d, u, v], u * image[1] + v
    return y, index


@pytest.mark.parametrize("pool", ["MAX", "AVE"])
@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize(
    "image, k, s, p",
    [
        ((7, 6), (3, 2), (2, 2), (0, 0)),
        ((7, 6), (3, 3), (1, 2), (1, 1)),
        ((5, 8), (2, 3), (3, 1), (1, 2)),
        ((4, 5), (1, 1), (2, 3), (0, 0)),
        ((6, 6), (2, 2), (4, 5), (0, 1)),
        ((9, 4), (5, 4), (2, 3), (4, 0)),
    ],
)
def test_forward_is_the_definition(pool: str, up: bool, image: Any, k: Any, s: Any, p: Any) -> None:
    # Few different values, so that there are ties.
    x = RNG.integers(-4, 4, size=(2, 3, *image)).astype(np.float32)
    settings = (
        f"pooling_param {{ pool: {pool} kernel_h: {k[0]} kernel_w: {k[1]} stride_h: {s[0]} "
        f"stride_w: {s[1]} pad_h: {p[0]} pad_w: {p[1]} round_mode: {'CEIL' if up else 'FLOOR'} }}"
    )
    net = layer_net("Pooling", settings, x, tops=2 if pool == "MAX" else 1)
    net.forward()
    with np.errstate(all="ignore"):
        y, index = pooled(x, pool, k, s, p, up)
    np.testing.assert_allclose(net.blobs["y"].data, y, rtol=1e-6)
    if pool == "MAX":
        assert np.array_equal(net.blobs["y1"].data, index)


@pytest.mark.parametrize("pool", ["MAX", "AVE"])
@pytest.mark.parametrize("shape, settings", SETTINGS)
def test_gradients(shape: tuple[int, ...], settings: str, pool: str) -> None:
    values = RNG.permutation(math.prod(shape)).reshape(shape) / 10
    check_layer("Pooling", f"pooling_param {{ pool: {pool} {settings} }}", values)


@pytest.mark.parametrize("images", [6, 7, 13])
def test_many_planes_are_done_in_blocks(images: int) -> None:
    x = RNG.normal(size=(images, 1, 260, 300)).astype(np.float32)
    net = layer_net("Pooling", "pooling_param { kernel_size: 2 stride: 2 }", x, tops=2)
    net.forward()
    tiles = (
        x.reshape(images, 1, 130, 2, 150, 2)
        .transpose(0, 1, 2, 4, 3, 5)
        .reshape(images, 1, 130, 150, 4)
    )
    assert np.array_equal(net.blobs["y"].data, tiles.max(axis=4))
    net.blobs["y"].diff[...] = 1
    net.backward()
    is_largest = (tiles == tiles.max(axis=4, keepdims=True)).reshape(images, 1, 130, 150, 2, 2)
    expected = is_largest.transpose(0, 1, 2, 4, 3, 5).reshape(x.shape)
    assert np.array_equal(net.blobs["x"].diff, expected)


@pytest.mark.parametrize("stride", ["stride: 12", "stride_h: 3 stride_w: 13", "stride: 40"])
@pytest.mark.parametrize("size", ["kernel_size: 12", "kernel_h: 25 kernel_w: 7 pad_h: 3 pad_w: 2"])
def test_large_windows_give_the_first_of_equal_values(size: str, stride: str) -> None:
    # Few different values, so that nearly every window has its maximum several times.
    x = RNG.integers(-3, 1, size=(2, 3, 29, 41)).astype(np.float32)
    x[0, 1] = np.nan
    net = layer_net("Pooling", f"pooling_param {{ {size} {stride} }}", x, tops=2)
    net.forward()
    y, mask = net.blobs["y"], net.blobs["y1"].data.astype(int)
    windows = net.layer("op").windows
    dy = RNG.integers(1, 9, size=y.shape)
    expected = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*y.shape):
        ends = [
            (max(at * s - p, 0), at * s - p + k)
            for at, k, s, p in zip((i, j), windows.kernel, windows.stride, windows.pad, strict=True)
        ]
        (top, bottom), (left, right) = ends
        seen = x[n, c, top:bottom, left:right]
        if np.isnan(seen).any() or not seen.size:
            assert mask[n, c, i, j] == -1
            continue
        row, column = np.unravel_index(seen.argmax(), seen.shape)
        assert mask[n, c, i, j] == (top + row) * 41 + left + column
        expected[n, c, top + row, left + column] += dy[n, c, i, j]
    y.diff[...] = dy
    net.backward()
    assert np.array_equal(net.blobs["x"].diff, expected)


@pytest.mark.parametrize("kernel", ["kernel_size: 2", "global_pooling: true"])
def test_the_first_of_equal_values_gets_the_gradient(kernel: str) -> None:
    dx = bottom_gradients("Pooling", f"pooling_param {{ {kernel} }}", [np.ones((1, 1, 2, 2))], 3.0)
    assert dx[0].ravel().tolist() == [3, 0, 0, 0]


@pytest.mark.parametrize("kernel", ["kernel_size: 2", "global_pooling: true"])
@pytest.mark.parametrize("value", [-np.inf, np.nan, -FLT_MAX])
def test_what_does_not_exceed_the_lowest_value_never_wins(value: float, kernel: str) -> None:
    net = layer_net(
        "Pooling", f"pooling_param {{ {kernel} }}", np.full((1, 1, 2, 2), value), tops=2
    )
    net.forward()
    assert net.blobs["y"].data.item() == -FLT_MAX
    assert net.blobs["y1"].data.item() == -1
    net.blobs["y"].diff[...] = 1
    net.backward()
    assert not net.blobs["x"].diff.any()


def test_an_empty_window_gets_no_gradient_back() -> None:
    settings = "pooling_param { kernel_size: 1 stride: 2 }"
    dx = bottom_gradients("Pooling", settings, [np.ones((1, 1, 4, 4))], np.ones((1, 1, 3, 3)))
    assert dx[0].sum() == 4


def test_a_layer_that_overwrites_the_top_does_not_hide_the_maxima() -> None:
    text = """
        force_backward: true
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [1, 1, 2, 2] } } }
        layer { name: "pool" type: "Pooling" bottom: "x" top: "y" pooling_param { kernel_size: 2 } }
        layer { name: "times" type: "Scale" bottom: "y" top: "y"
          scale_param { filler { value: 5 } } }
    """
    net = cp.build_net(text)
    net.forward(x=np.array([1, 4, 2, 3.0]).reshape(1, 1, 2, 2))
    net.blobs["y"].diff[...] = 1
    net.backward()
    assert net.blobs["x"].diff.ravel().tolist() == [0, 5, 0, 0]


def test_ceil_mode_wins_over_round_mode() -> None:
    x = np.ones((1, 1, 6, 6))
    settings = "kernel_size: 3 stride: 2 round_mode: {} ceil_mode: {}"
    for mode, ceil, size in (("CEIL", "false", 2), ("FLOOR", "true", 3)):
        y = top_of("Pooling", f"pooling_param {{ {settings.format(mode, ceil)} }}", x)
        assert y.shape == (1, 1, size, size)


def test_stochastic_draws_in_training_in_proportion_to_the_value() -> None:
    x = np.broadcast_to(np.array([[1.0, 0], [0, 3]]), (100, 20, 2, 2))
    net = layer_net(
        "Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 }", x, phase="TRAIN"
    )
    net.forward()
    y = net.blobs["y"].data
    assert set(y.ravel().tolist()) == {1, 3}
    assert np.mean(y == 3) == pytest.approx(0.75, abs=0.04)
    net.blobs["y"].diff[...] = 1
    net.backward()
    assert np.array_equal(net.blobs["x"].diff[:, :, 1, 1], y[:, :, 0, 0] == 3)
    assert net.blobs["x"].diff.sum() == y.size


def test_stochastic_gives_the_expectation_in_test() -> None:
    settings = "pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 }"
    x = np.array([[1.0, 2, 0, 0], [3, 4, 0, 0]]).reshape(1, 1, 2, 4)
    assert top_of("Pooling", settings, x).ravel().tolist() == [3, 0]
    net = layer_net("Pooling", settings, x)
    net.forward()
    with pytest.raises(cp.BuildError, match="gradient in TRAIN only"):
        net.backward()


def test_global_pooling_follows_the_image() -> None:
    net = layer_net(
        "Pooling", "pooling_param { pool: AVE global_pooling: true }", np.ones((1, 2, 3, 4))
    )
    net.reshape(x=(2, 2, 5, 1))
    net.forward(x=np.arange(20.0).reshape(2, 2, 5, 1))
    assert net.blobs["y"].data.ravel().tolist() == [2, 7, 12, 17]


def test_kernel_size_beside_one_half_counts() -> None:
    settings = "pooling_param { kernel_size: 2 kernel_h: 3 }"
    assert top_of("Pooling", settings, np.ones((1, 1, 4, 4))).shape == (1, 1, 3, 3)


def test_an_empty_batch_gives_an_empty_top() -> None:
    for settings in ("kernel_size: 2", "global_pooling: true", "pool: AVE kernel_size: 2"):
        y = top_of("Pooling", f"pooling_param {{ {settings} }}", np.ones((0, 1, 2, 2)))
        assert y.shape == (0, 1, 1, 1)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("", "needs kernel_size"),
        ("kernel_size: 0", "kernel must be positive"),
        ("kernel_h: 2", "gives kernel_h alone"),
        ("kernel_size: 2 kernel_h: 2 kernel_w: 2", "both kernel_size"),
        ("kernel_size: 2 pad_h: 1", "gives pad_h alone"),
        ("kernel_size: 2 pad: 1 pad_h: 1", "both pad"),
        ("kernel_size: 2 stride_w: 1", "gives stride_w alone"),
        ("kernel_size: 2 stride: 2 stride_h: 1 stride_w: 1", "both stride"),
        ("kernel_size: 2 stride: 0", "stride must be positive"),
        ("kernel_size: 2 pad: 2", "pad must be smaller than the kernel"),
        ("kernel_size: 2 pad: 1 pool: STOCHASTIC", "only MAX and AVE can be padded"),
        ("global_pooling: true kernel_size: 2", "takes no kernel size"),
        ("global_pooling: true pad: 1", "needs pad 0 and stride 1"),
        ("global_pooling: true stride: 2", "needs pad 0 and stride 1"),
        ("kernel_size: 9", r"leave nothing of an image of \(4, 5\)"),
        ("kernel_size: 2000000 pad: 1999999 stride: 2000000", "too large"),
        ("kernel_size: 2 pool: RCM", "pool RCM is not known"),
    ],
)
def test_refuses(settings: str, words: str) -> None:
    with pytest.raises(cp.BuildError, match=words) as caught:
        layer_net("Pooling", f"pooling_param {{ {settings} }}", np.ones((1, 2, 4, 5)))
    assert 'layer "op" (Pooling)' in str(caught.value)


def test_refuses_other_than_four_axes() -> None:
    with pytest.raises(cp.BuildError, match="4 axes"):
        layer_net("Pooling", "pooling_param { kernel_size: 2 }", np.ones((1, 4, 5)))


def test_refuses_a_mask_of_averages() -> None:
    with pytest.raises(cp.BuildError, match="only MAX has a second top"):
        layer_net(
            "Pooling", "pooling_param { pool: AVE kernel_size: 2 }", np.ones((1, 1, 4, 4)), tops=2
        )


@pytest.mark.parametrize(
    "settings",
    ["kernel_size: 2 stride: 2", "kernel_size: 3 stride: 2 pad: 1", "kernel_size: 11 pad: 5"],
)
def test_the_gradient_goes_to_what_was_the_maximum_in_forward(settings: str) -> None:
    x = RNG.permutation(192).reshape(1, 3, 8, 8)
    net = layer_net("Pooling", f"pooling_param {{ {settings} }}", x)
    net.forward()
    layer = net.layer("op")
    top, bottom = layer.top_blobs[0], layer.bottom_blobs[0]
    top.diff[...] = RNG.normal(size=top.shape)
    net.backward()
    expected = bottom.diff.copy()
    # As Caffe, which keeps the places: what is written into the blobs since does not count.
    bottom.data[...] = -1
    top.data[...] = 7
    net.backward()
    np.testing.assert_array_equal(bottom.diff, expected)
    assert np.count_nonzero(expected)
