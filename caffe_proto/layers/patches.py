"""What windows see of images, one row a window, channels innermost.

The other layout, columns, is in :mod:`caffe_proto.layers.windows`. Where images have many channels
and few pixels, pieces of a row are longer than pieces of a column, and long pieces copy faster.
Everything works for any number of spatial axes; shapes are written for two.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided

from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.steps import Step, run
from caffe_proto.layers.windows import Index, Windows, add_up, scratch

__all__ = ["add_patches", "add_patches_steps", "patches", "patches_steps"]

_ALL = slice(None)


def patches(x: Array, windows: Windows, rows: Array) -> None:
    """Copy the windows' contents out of images, zeros where a window lies in the padding.

    ``x`` (N, C, H, W) → ``rows`` (N, windows_h, windows_w, kernel_h, kernel_w, C).
    """
    run(patches_steps(x, windows, rows))


def patches_steps(x: Array, windows: Windows, rows: Array) -> Iterator[Step]:
    """The steps of :func:`patches`."""
    pixels, inside, seen = _padded(x, windows, rows)
    for axis, place in enumerate(inside[1:], 1):
        # Only the frame is cleared: what it surrounds is written next.
        along = pixels.swapaxes(0, axis)
        for border in (along[: place.start], along[place.stop :]):
            if border.size:
                yield partial(border.fill, 0)
    yield partial(np.copyto, pixels[inside], np.moveaxis(x[seen], 1, -1))
    image, *axes, channel = pixels.strides
    taps, steps = windows.strides(axes)
    seen_by_all = as_strided(pixels, rows.shape, (image, *steps, *taps, channel), writeable=False)
    yield partial(np.copyto, rows, seen_by_all)


def add_patches(rows: Array, windows: Windows, x: Array) -> None:
    """Add the windows' contents back to where :func:`patches` takes them from."""
    run(add_patches_steps(rows, windows, x))


def add_patches_steps(rows: Array, windows: Windows, x: Array) -> Iterator[Step]:
    """The steps of :func:`add_patches`."""
    pixels, inside, seen = _padded(x, windows, rows)
    spatial = x.ndim - 2
    counts, (*others, last) = rows.shape[1 : 1 + spatial], windows.kernel
    # First all rows of the kernel, each as one long piece, and then its columns.
    wide = scratch("wide", (*pixels.shape[:spatial], counts[-1], last, x.shape[1]), x.dtype)
    yield partial(wide.fill, 0)
    for tap in itertools.product(*map(range, others)):
        yield add_up(wide[_places(windows, tap, counts)], rows[(_ALL,) * (1 + spatial) + tap])
    yield partial(pixels.fill, 0)
    for column in range(last):
        target = pixels[..., _place(windows, -1, column, counts[-1]), :]
        yield add_up(target, wide[..., column, :])
    yield add_up(x[seen], np.moveaxis(pixels[inside], -1, 1))


def _padded(x: Array, windows: Windows, rows: Array) -> tuple[Array, Index, Index]:
    """Room (N, H, W, C) for all that the windows see, and where the image is in it and in ``x``."""
    spans, inside, seen = windows.frame(x.shape[2:], rows.shape[1 : x.ndim - 1])
    pixels = scratch("pixels", (len(x), *spans, x.shape[1]), x.dtype)
    return pixels, (_ALL, *inside), (_ALL, _ALL, *seen)


def _places(windows: Windows, tap: Shape, counts: Sequence[int]) -> Index:
    """The index of the pixels (N, H, ...) that the windows see at ``tap``."""
    return (_ALL, *(_place(windows, axis, t, counts[axis]) for axis, t in enumerate(tap)))


def _place(windows: Windows, axis: int, tap: int, count: int) -> slice:
    """The pixels along one axis of the padded image that ``count`` windows see at ``tap``."""
    stride, first = windows.stride[axis], windows.dilation[axis] * tap
    return slice(first, first + stride * (count - 1) + 1, stride)
