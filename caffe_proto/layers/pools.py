"""Maxima, averages and draws over windows of planes, and their gradients.

Pooling, spatial pyramids and normalization within channels share this. Planes are (M, 1, H, W), M
being images times channels. A window that reaches over the image sees only what is inside.
"""

from __future__ import annotations

import itertools
import math
from functools import cached_property
from typing import Any

import numpy as np

from caffe_proto import threads
from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.windows import Index, Windows, scratch

__all__ = ["Pool"]

# What Caffe's running maximum begins with: -inf and NaN never exceed it.
LOWEST = -float(np.finfo(np.float32).max)
# Elements of a block of planes: a fraction of a megabyte, so that it stays in the cache.
BLOCK = 1 << 19
# From here on the maxima of windows are looked for by rows and columns, not tap by tap.
MANY_TAPS = 100
# With more classes of windows that do not meet, adding up class by class is no longer faster.
FEW_CLASSES = 9

Piece = tuple[slice, slice]


class Pool:
    """Windows over planes of one size: ``image`` (H, W) → ``counts`` (windows_h, windows_w)."""

    def __init__(self, windows: Windows, image: Shape, counts: Shape) -> None:
        self.windows = windows
        self.image = image
        self.counts = counts
        self._many_origins: Array | None = None
        #: A single window that sees the whole image.
        self.is_global = counts == (1, 1) and all(
            p + n <= k for p, n, k in zip(windows.pad, image, windows.kernel, strict=True)
        )

    # -- maxima ------------------------------------------------------------------------------

    def maximum(self, x: Array, y: Array) -> None:
        """The largest value in each window; -FLT_MAX where there is none."""

        def one(planes: slice) -> None:
            self._reduce(np.fmax, x[planes], y[planes], LOWEST)
            np.fmax(y[planes], y.dtype.type(LOWEST), out=y[planes])

        threads.share(one, self._blocks(len(x)))

    def maximum_index(self, x: Array, y: Array, mask: Array) -> None:
        """Where in its plane each maximum ``y`` stands, the first of equals; -1 where nowhere."""

        def one(planes: slice) -> None:
            mask[planes] = self._places(x[planes], y[planes])

        threads.share(one, self._blocks(len(x)))

    def maximum_gradient(self, dy: Array, x: Array, y: Array, dx: Array) -> None:
        """Hand each window's gradient to the pixel that was its maximum ``y``."""

        def one(planes: slice) -> None:
            (places, lost), given = self._places_among_all(x[planes], y[planes]), dy[planes]
            target = dx[planes].reshape(-1)
            target[...] = 0
            if lost is None and len(self._apart) == 1:
                # Each pixel is in one window at most: there is nothing to add up.
                target[places.reshape(-1)] = given.reshape(-1)
                return
            if len(self._apart) > FEW_CLASSES:
                if lost is not None:
                    places, given = places[~lost], given[~lost]
                target += np.bincount(places.reshape(-1), given.reshape(-1), minlength=len(target))
                return
            for windows in self._apart:
                where, values = places[windows], given[windows]
                if lost is not None:
                    where, values = where[~lost[windows]], values[~lost[windows]]
                # No two of these see the same pixel, so each is added to once.
                target[where.reshape(-1)] += values.reshape(-1)

        threads.share(one, self._blocks(len(x)))

    def _places(self, x: Array, y: Array) -> Array:
        """The flat index within its plane of the first value that equals the window's maximum."""
        if self.is_global:
            hit = (x == y).reshape(len(x), math.prod(self.image))
            places = hit.argmax(axis=1).reshape(y.shape)
            found = hit.any(axis=1).reshape(y.shape)
            return np.where(found & (y > LOWEST), places, -1)
        if len(self._taps) > MANY_TAPS:
            return self._places_by_axes(x, y)
        places = self._places_by_taps(x, y, self._origins)
        found = y > LOWEST
        if not found.all():
            places[~found] = -1
        return places

    def _places_among_all(self, x: Array, y: Array) -> tuple[Array, Array | None]:
        """The same as indices into all planes, and which windows have none (None: all have)."""
        is_plain = not self.is_global and len(self._taps) <= MANY_TAPS
        has_all = y.min(initial=np.inf) > LOWEST
        if is_plain and has_all:
            return self._places_by_taps(x, y, self._origins_among(len(x))), None
        places = self._places(x, y)
        lost = None if has_all else places < 0
        pixels = math.prod(self.image)
        places += np.arange(0, len(places) * pixels, pixels)[:, None, None, None]
        return places, lost

    def _places_by_taps(self, x: Array, y: Array, origins: Array) -> Array:
        """Tap by tap: the origin of each window and how far behind it the maximum lies."""
        # How many taps pass before the maximum is met says which tap it is.
        waiting = scratch("waiting", y.shape, bool)
        passed = scratch("passed", y.shape, np.min_scalar_type(len(self._taps)))
        waiting[...], passed[...] = True, 0
        # Where it was not met before, it is at the last tap.
        for _, (within, pixels) in self._taps[:-1]:
            waiting[within] &= x[pixels] != y[within]
            passed += waiting.view(np.uint8)
        places = scratch("places", y.shape, np.intp)
        np.take(self._tap_offsets, passed, out=places, mode="clip")
        places += origins
        return places

    def _places_by_axes(self, x: Array, y: Array) -> Array:
        """The same for large windows: first the row that holds the maximum, then where in it.

        That is kernel_h + 2 kernel_w steps a window instead of kernel_h x kernel_w.
        """
        (height, width), (tall, wide) = self.image, self._axes
        of_rows = scratch("rows", (*x.shape[:3], self.counts[1]), x.dtype)
        pieces = self._pieces[1]
        _accumulate(np.fmax, x.swapaxes(2, 3), pieces, of_rows.swapaxes(2, 3), LOWEST)
        waiting, places = y > LOWEST, np.full(y.shape, -1, np.intp)
        for _, within, pixels in tall:
            hit = waiting[:, :, within] & (of_rows[:, :, pixels] == y[:, :, within])
            rows = np.arange(height)[pixels, None]
            np.copyto(places[:, :, within], rows, where=hit)
            waiting[:, :, within] &= ~hit
        found = places >= 0
        # The flat index of each row's first pixel in its plane, and in all planes.
        begins = np.where(found, places * width, 0)
        among_all = begins + np.arange(len(x))[:, None, None, None] * (height * width)
        values = x.reshape(-1)
        for _, within, pixels in wide:
            columns = np.arange(width)[pixels]
            hit = found[..., within] & (values[among_all[..., within] + columns] == y[..., within])
            np.copyto(places[..., within], begins[..., within] + columns, where=hit)
            found[..., within] &= ~hit
        return places

    @cached_property
    def _apart(self) -> list[Index]:
        """Classes of windows of which no two see the same pixel, every so many along each axis."""
        settings = zip(self.windows.kernel, self.windows.stride, strict=True)
        rows, columns = (range(-(-k // s)) for k, s in settings)
        everything = slice(None)
        return [
            (everything, everything, slice(i, None, len(rows)), slice(j, None, len(columns)))
            for i, j in itertools.product(rows, columns)
        ]

    @cached_property
    def _tap_offsets(self) -> Array:
        """How far each tap lies behind its window's origin in a flat plane; 0 for none."""
        kernel_width, width = self.windows.kernel[1], self.image[1]
        taps = [number for number, _ in self._taps]
        return np.array([t // kernel_width * width + t % kernel_width for t in taps] + [0], np.intp)

    @cached_property
    def _origins(self) -> Array:
        """The flat index in a plane of each window's first pixel, (windows_h, windows_w)."""
        rows, columns = (
            np.arange(o) * s - p
            for o, s, p in zip(self.counts, self.windows.stride, self.windows.pad, strict=True)
        )
        return rows[:, None] * self.image[1] + columns

    def _origins_among(self, planes: int) -> Array:
        """The same counted through so many planes, (planes, 1, windows_h, windows_w)."""
        # Threads may write here at the same time: each goes on with what it has read or made.
        many = self._many_origins
        if many is None or len(many) < planes:
            begins = np.arange(planes)[:, None, None, None] * math.prod(self.image)
            self._many_origins = many = begins + self._origins
        return many[:planes]

    # -- averages ----------------------------------------------------------------------------

    def average(self, x: Array, y: Array) -> None:
        """The sum over each window, divided by the window's size."""
        sizes = self.sizes.astype(y.dtype)

        def one(planes: slice) -> None:
            self._reduce(np.add, x[planes], y[planes], 0)
            with np.errstate(invalid="ignore", divide="ignore"):
                np.divide(y[planes], sizes, out=y[planes])

        threads.share(one, self._blocks(len(x)))

    def average_gradient(self, dy: Array, dx: Array) -> None:
        """Share each window's gradient out among its pixels."""
        sizes = self.sizes.astype(dy.dtype)
        rows, columns = self._pieces

        def one(planes: slice) -> None:
            with np.errstate(invalid="ignore", divide="ignore"):
                given = dy[planes] / sizes
            wide = scratch("rows", (len(given), 1, self.counts[0], self.image[1]), dy.dtype)
            wide[...] = 0
            for within, pixels in columns:
                wide[..., pixels] += given[..., within]
            target = dx[planes]
            target[...] = 0
            for within, pixels in rows:
                target[:, :, pixels] += wide[:, :, within]

        threads.share(one, self._blocks(len(dy)))

    @cached_property
    def sizes(self) -> Array:
        """How much each window's sum is divided by, (windows_h, windows_w)."""
        lengths = []
        settings = zip(self.image, self.counts, strict=True)
        for axis, (n, o) in enumerate(settings):
            w = self.windows
            begins = np.arange(o) * w.stride[axis] - w.pad[axis]
            # Padding counts, on both sides, but not what lies beyond it. A window that begins
            # outside has size 0 or less; Caffe divides by that too.
            lengths.append(np.minimum(begins + w.kernel[axis], n + w.pad[axis]) - begins)
        return np.outer(*lengths)

    # -- draws -------------------------------------------------------------------------------

    def draw(self, x: Array, uniform: Array, y: Array) -> Array:
        """One value of each window, likely in proportion to its size; returns the taps taken.

        The value is the first at which the running sum reaches ``uniform`` times the sum; -1 and
        0 where none does.
        """
        threshold, total = np.zeros_like(y), np.zeros_like(y)
        for _, (within, pixels) in self._taps:
            threshold[within] += x[pixels]
        threshold *= uniform
        y[...] = 0
        chosen = np.full(y.shape, -1, np.int32)
        for number, (within, pixels) in self._taps:
            total[within] += x[pixels]
            hit = (total[within] >= threshold[within]) & (chosen[within] < 0)
            np.copyto(y[within], x[pixels], where=hit)
            np.copyto(chosen[within], number, where=hit)
        return chosen

    def expect(self, x: Array, y: Array) -> None:
        """The mean of what :meth:`draw` draws: ``sum x² / sum x``, or 0 if the sum is not > 0."""
        # Caffe's sum begins with the smallest normal number, so that zeros give 0 and not 0/0.
        total = np.full_like(y, np.finfo(np.float32).tiny)
        y[...] = 0
        for _, (within, pixels) in self._taps:
            seen = x[pixels]
            total[within] += seen
            y[within] += seen * seen
        np.divide(y, total, out=y, where=total > 0)
        y[~(total > 0)] = 0

    def draw_gradient(self, dy: Array, chosen: Array, dx: Array) -> None:
        """Hand each window's gradient to the pixel that was drawn."""
        dx[...] = 0
        for number, (within, pixels) in self._taps:
            target = dx[pixels]
            target += dy[within] * (chosen[within] == number)

    # -- windows -----------------------------------------------------------------------------

    @cached_property
    def _axes(self) -> list[list[tuple[int, slice, slice]]]:
        """For rows and columns: taps that see the image, the windows that do, and the pixels."""
        axes = []
        settings = zip(self.image, self.counts, self.windows.kernel, strict=True)
        for axis, (n, o, k) in enumerate(settings):
            meets = ((tap, *self.windows.meet(axis, tap, n, o)) for tap in range(k))
            axes.append([meet for meet in meets if meet[1].stop > meet[1].start])
        return axes

    @cached_property
    def _taps(self) -> list[tuple[int, tuple[Index, Index]]]:
        """Each tap's number, the windows that see a pixel there, and these pixels."""
        everything, width = slice(None), self.windows.kernel[1]
        return [
            (
                i * width + j,
                ((everything, everything, *within), (everything, everything, *pixels)),
            )
            for (i, *row), (j, *column) in itertools.product(*self._axes)
            for within, pixels in [zip(row, column, strict=True)]
        ]

    @cached_property
    def _pieces(self) -> tuple[list[Piece], list[Piece]]:
        """For rows, then columns: windows and pixels of each tap, one that all see coming first."""
        rows, columns = (
            sorted(((w, p) for _, w, p in axis), key=lambda piece: piece[0].start - piece[0].stop)
            for axis in self._axes
        )
        return rows, columns

    def _blocks(self, planes: int) -> list[slice]:
        return threads.blocks(planes, BLOCK // max(math.prod(self.image), 1))

    def _reduce(self, ufunc: Any, x: Array, y: Array, empty: float) -> None:
        """``ufunc`` over the rows of each window, and then over its columns.

        That is kernel_h + kernel_w steps a window instead of kernel_h x kernel_w.
        """
        if self.is_global:
            ufunc.reduce(x.reshape(len(x), math.prod(self.image)), axis=1, out=y.reshape(len(y)))
            return
        rows, columns = self._pieces
        wide = scratch("rows", (len(x), 1, self.counts[0], self.image[1]), x.dtype)
        _accumulate(ufunc, x, rows, wide, empty)
        _accumulate(ufunc, x=wide.swapaxes(2, 3), pieces=columns, y=y.swapaxes(2, 3), empty=empty)


def _accumulate(ufunc: Any, x: Array, pieces: list[Piece], y: Array, empty: float) -> None:
    """``ufunc`` over the windows of the rows of ``x``."""
    todo = iter(pieces)
    count = y.shape[2]
    if pieces and pieces[0][0] == slice(0, count):
        y[...] = x[:, :, next(todo)[1]]
    else:
        y[...] = empty
    for within, pixels in todo:
        target = y[:, :, within]
        ufunc(target, x[:, :, pixels], out=target)
