"""The arithmetic of windows that slide over an image."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest

from caffe_proto.layers.windows import Windows, col2im, im2col, scratch

RNG = np.random.default_rng(33)
WINDOWS = [
    Windows((3, 2), (1, 2), (1, 0), (1, 1)),
    Windows((2, 3), (3, 1), (0, 4), (2, 1)),
    Windows((1, 4), (2, 2), (3, 1), (1, 1)),
    Windows((3, 1), (1, 1), (0, 0), (3, 1)),
    Windows((2, 2), (1, 1), (5, 5), (0, 1)),
]


def test_as_many_windows_as_fit_come_from_an_image_of_their_size() -> None:
    windows = Windows((3, 5), (2, 3), (1, 0), (2, 1))
    assert windows.extent == (5, 5)
    assert windows.sliding((9, 12)) == (4, 3)
    assert windows.covered((4, 3)) == (9, 11)


def test_a_kernel_too_large_by_less_than_a_stride_gives_one_window() -> None:
    assert Windows((4,), (3,), (0,), (1,)).sliding((2,)) == (1,)
    assert Windows((5,), (3,), (0,), (1,)).sliding((2,)) == (0,)


@pytest.mark.parametrize("windows", WINDOWS)
def test_columns_hold_what_each_window_sees(windows: Windows) -> None:
    x = RNG.normal(size=(2, 3, 8, 7))
    counts = windows.sliding((8, 7))
    cols = np.full((3, *windows.kernel, 2, *counts), np.nan)
    im2col(x, windows, cols)
    for tap, place in itertools.product(windows.taps(), np.ndindex(counts)):
        settings = zip(place, windows.stride, windows.pad, tap, windows.dilation, strict=True)
        i, j = (o * s - p + t * d for o, s, p, t, d in settings)
        seen = x[:, :, i, j] if 0 <= i < 8 and 0 <= j < 7 else np.zeros((2, 3))
        at = (slice(None), *tap, slice(None), *place)
        assert np.array_equal(cols[at], seen.T)


@pytest.mark.parametrize("windows", WINDOWS)
def test_adding_columns_back_is_the_transpose(windows: Windows) -> None:
    x, back = RNG.normal(size=(2, 3, 8, 7)), np.zeros((2, 3, 8, 7))
    cols = np.empty((3, *windows.kernel, 2, *windows.sliding((8, 7))))
    im2col(x, windows, cols)
    other = RNG.normal(size=cols.shape)
    col2im(other, windows, back)
    assert np.sum(cols * other) == pytest.approx(np.sum(x * back))


@pytest.mark.parametrize("windows", WINDOWS)
def test_some_rows_of_windows_see_the_same_as_all(windows: Windows) -> None:
    x = RNG.normal(size=(1, 2, 8, 7))
    counts = windows.sliding((8, 7))
    cols = np.empty((2, *windows.kernel, 1, *counts))
    im2col(x, windows, cols)
    for first in range(counts[0]):
        part = np.empty((2, *windows.kernel, 1, 1, counts[1]))
        own, seen = windows.rows(first, 1, (8, 7))
        im2col(x[:, :, seen], own, part)
        assert np.array_equal(part, cols[:, :, :, :, first : first + 1])


def test_memory_is_used_again_within_a_thread_and_never_shared_between_two() -> None:
    here = scratch("test", (3, 4), np.float32)
    assert np.shares_memory(here, scratch("test", (2, 2), np.float32))
    assert not np.shares_memory(here, scratch("test", (3, 4), np.float64))
    assert not np.shares_memory(here, scratch("another", (3, 4), np.float32))
    elsewhere = []
    thread = threading.Thread(target=lambda: elsewhere.append(scratch("test", (3, 4), np.float32)))
    thread.start()
    thread.join()
    assert not np.shares_memory(here, elsewhere[0])
