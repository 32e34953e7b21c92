"""What windows see of images, one row a window."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from caffe_proto.layers.patches import add_patches, patches
from caffe_proto.layers.windows import Windows, col2im, im2col

RNG = np.random.default_rng(35)
WINDOWS = [
    Windows(kernel, stride, pad, dilation)
    for kernel, stride, pad, dilation in itertools.product(
        [(3, 2), (1, 4), (3, 1)], [(1, 1), (2, 3)], [(0, 0), (1, 2), (5, 4)], [(1, 1), (0, 2)]
    )
]


@pytest.mark.parametrize("windows", WINDOWS)
def test_patches_are_columns_in_another_order(windows: Windows) -> None:
    x = RNG.normal(size=(2, 3, 8, 7))
    counts = windows.sliding(x.shape[2:])
    cols = np.empty((3, *windows.kernel, 2, *counts))
    im2col(x, windows, cols)
    rows = np.full((2, *counts, *windows.kernel, 3), np.nan)
    patches(x, windows, rows)
    assert np.array_equal(rows, cols.transpose(3, 4, 5, 1, 2, 0))


@pytest.mark.parametrize("windows", WINDOWS)
def test_patches_are_added_to_where_they_come_from(windows: Windows) -> None:
    counts = windows.sliding((8, 7))
    cols = RNG.normal(size=(3, *windows.kernel, 2, *counts))
    x = RNG.normal(size=(2, 3, 8, 7))
    expected = x.copy()
    col2im(cols, windows, expected)
    add_patches(np.ascontiguousarray(cols.transpose(3, 4, 5, 1, 2, 0)), windows, x)
    np.testing.assert_allclose(x, expected)


@pytest.mark.parametrize("image, kernel", [((9,), (4,)), ((4, 5, 3), (2, 1, 3))])
def test_images_may_have_other_than_two_axes(
    image: tuple[int, ...], kernel: tuple[int, ...]
) -> None:
    axes = len(image)
    windows = Windows(kernel, (2,) * axes, (1,) * axes, (1,) * axes)
    x, counts = RNG.normal(size=(2, 3, *image)), windows.sliding(image)
    cols = np.empty((3, *kernel, 2, *counts))
    im2col(x, windows, cols)
    rows = np.empty((2, *counts, *kernel, 3))
    patches(x, windows, rows)
    channel_and_taps = range(axes + 1)
    in_order = np.moveaxis(cols, channel_and_taps, [-1, *range(-axes - 1, -1)])
    assert np.array_equal(rows, in_order)
