"""Maxima, averages and draws over windows of planes, and their gradients.

Pooling, spatial pyramids and normalization within channels share this. Planes are (M, 1, H, W), M
being images times channels. A window that reaches over the image sees only what is inside.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import Any

import numpy as np

from caffe_proto import threads
from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.steps import Step, run
from caffe_proto.layers.windows import Index, Windows, add_up, scratch

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
        self._share(lambda planes: self.maximum_steps(x[planes], y[planes]), len(x))

    def maximum_steps(self, x: Array, y: Array) -> Iterator[Step]:
        """The steps of :meth:`maximum`."""
        yield from self._reduce(np.fmax, x, y, LOWEST)
        yield partial(_raise_to_lowest, y)

    def choices(self, windows: Shape) -> Array:
        """Room for what :meth:`choose` finds of so many windows: (planes, 1, ``*counts``)."""
        return np.empty(windows, np.uint8 if self._finds_by_taps else np.intp)

    def choose(self, x: Array, y: Array, chosen: Array) -> None:
        """Find which value each maximum ``y`` is, the first of equals, for the gradient."""

        def steps(planes: slice) -> Iterator[Step]:
            return self.choose_steps(x[planes], y[planes], chosen[planes])

        self._share(steps, len(x))

    def choose_steps(self, x: Array, y: Array, chosen: Array) -> Iterator[Step]:
        """The steps of :meth:`choose`."""
        if not self._finds_by_taps:
            yield partial(self._find_places, x, y, chosen)
            return
        # How many taps pass before the maximum is met says which tap it is.
        waiting, differs = (scratch(name, y.shape, bool) for name in ("waiting", "differs"))
        taps = [piece for _, piece in self._taps]
        if taps and waiting[taps[0][0]].shape == y.shape:
            _, pixels = taps.pop(0)
            yield partial(np.not_equal, x[pixels], y, waiting)
            yield partial(np.copyto, chosen, waiting.view(np.uint8))
        else:
            yield partial(waiting.fill, True)
            yield partial(chosen.fill, 0)
        # Where it was not met before, it is at the last tap.
        for within, pixels in taps[:-1]:
            here = waiting[within]
            yield partial(np.not_equal, x[pixels], y[within], differs[within])
            yield partial(np.logical_and, here, differs[within], here)
            yield add_up(chosen, waiting.view(np.uint8))
        yield partial(_mark_lost, y, chosen, len(self._taps))

    def places(self, chosen: Array) -> Array:
        """The flat index within its plane of each value that was chosen; -1 where none was."""
        if not self._finds_by_taps:
            return chosen
        places: Array = self._tap_offsets[chosen] + self._origins
        places[chosen == len(self._taps)] = -1
        return places

    def maximum_gradient(self, dy: Array, chosen: Array, dx: Array) -> None:
        """Hand each window's gradient to the pixel that was chosen."""

        def steps(planes: slice) -> Iterator[Step]:
            return self.maximum_gradient_steps(dy[planes], chosen[planes], dx[planes])

        self._share(steps, len(dy))

    def maximum_gradient_steps(self, dy: Array, chosen: Array, dx: Array) -> Iterator[Step]:
        """The steps of :meth:`maximum_gradient`."""
        in_general = partial(self._hand_back, dy, chosen, dx)
        if not self._finds_by_taps or len(self._apart) > FEW_CLASSES:
            yield in_general
            return
        places, target = scratch("places", dy.shape, np.intp), dx.reshape(-1)
        steps: list[Step] = [
            partial(np.take, self._tap_offsets, chosen, None, places, "clip"),
            add_up(places, self._origins_among(len(dy))),
            partial(target.fill, 0),
        ]
        if len(self._apart) == 1:
            # Each pixel is in one window at most: there is nothing to add up.
            steps.append(partial(_assign, target, places, dy))
        else:
            # No two windows of a class see the same pixel, so each is added to once.
            steps += [partial(_add_at, target, places[w], dy[w]) for w in self._apart]

        def hand_back() -> None:
            if chosen.max(initial=0) < len(self._taps):
                run(steps)
            else:
                in_general()

        yield hand_back

    def _hand_back(self, dy: Array, chosen: Array, dx: Array) -> None:
        """The same where windows may have no maximum, or many of them meet."""
        places = self.places(chosen)
        found = places >= 0
        has_all = bool(found.all())
        pixels = math.prod(self.image)
        places = places + np.arange(0, len(places) * pixels, pixels)[:, None, None, None]
        target = dx.reshape(-1)
        if len(self._apart) > FEW_CLASSES:
            where, given = (places, dy) if has_all else (places[found], dy[found])
            target[...] = np.bincount(where.reshape(-1), given.reshape(-1), minlength=len(target))
            return
        target[...] = 0
        for windows in self._apart:
            where, given = places[windows], dy[windows]
            if not has_all:
                where, given = where[found[windows]], given[found[windows]]
            _add_at(target, where, given)

    @property
    def _finds_by_taps(self) -> bool:
        return not self.is_global and len(self._taps) <= MANY_TAPS

    def _find_places(self, x: Array, y: Array, places: Array) -> None:
        """The flat index within its plane of the first value that equals the window's maximum."""
        if not self.is_global:
            places[...] = self._places_by_axes(x, y)
            return
        hit = (x == y).reshape(len(x), math.prod(self.image))
        found = hit.any(axis=1).reshape(y.shape) & (y > LOWEST)
        places[...] = np.where(found, hit.argmax(axis=1).reshape(y.shape), -1)

    def _places_by_axes(self, x: Array, y: Array) -> Array:
        """The same for large windows: first the row that holds the maximum, then where in it.

        That is kernel_h + 2 kernel_w steps a window instead of kernel_h x kernel_w.
        """
        (height, width), (tall, wide) = self.image, self._axes
        of_rows = scratch("rows", (*x.shape[:3], self.counts[1]), x.dtype)
        pieces = self._pieces[1]
        run(_accumulate(np.fmax, x.swapaxes(2, 3), pieces, of_rows.swapaxes(2, 3), LOWEST))
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
        self._share(lambda planes: self.average_steps(x[planes], y[planes]), len(x))

    def average_steps(self, x: Array, y: Array) -> Iterator[Step]:
        """The steps of :meth:`average`."""
        yield from self._reduce(np.add, x, y, 0)
        yield partial(_divide, y, self.sizes.astype(y.dtype), y)

    def average_gradient(self, dy: Array, dx: Array) -> None:
        """Share each window's gradient out among its pixels."""
        self._share(lambda planes: self.average_gradient_steps(dy[planes], dx[planes]), len(dy))

    def average_gradient_steps(self, dy: Array, dx: Array) -> Iterator[Step]:
        """The steps of :meth:`average_gradient`."""
        rows, columns = self._pieces
        given = scratch("given", dy.shape, dy.dtype)
        yield partial(_divide, dy, self.sizes.astype(dy.dtype), given)
        wide = scratch("rows", (len(dy), 1, self.counts[0], self.image[1]), dy.dtype)
        yield partial(wide.fill, 0)
        for within, pixels in columns:
            yield add_up(wide[..., pixels], given[..., within])
        yield partial(dx.fill, 0)
        for within, pixels in rows:
            yield add_up(dx[:, :, pixels], wide[:, :, within])

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

    def _share(self, steps: Callable[[slice], Iterator[Step]], planes: int) -> None:
        """Do the steps for all planes, in several threads."""
        threads.share(lambda part: run(steps(part)), self._blocks(planes))

    def _reduce(self, ufunc: Any, x: Array, y: Array, empty: float) -> Iterator[Step]:
        """``ufunc`` over the rows of each window, and then over its columns.

        That is kernel_h + kernel_w steps a window instead of kernel_h x kernel_w.
        """
        if self.is_global:
            values, totals = x.reshape(len(x), math.prod(self.image)), y.reshape(len(y))
            yield partial(ufunc.reduce, values, 1, None, totals)
            return
        rows, columns = self._pieces
        wide = scratch("rows", (len(x), 1, self.counts[0], self.image[1]), x.dtype)
        yield from _accumulate(ufunc, x, rows, wide, empty)
        yield from _accumulate(ufunc, wide.swapaxes(2, 3), columns, y.swapaxes(2, 3), empty)


def _accumulate(
    ufunc: Any, x: Array, pieces: list[Piece], y: Array, empty: float
) -> Iterator[Step]:
    """``ufunc`` over the windows of the rows of ``x``."""
    everywhere = slice(0, y.shape[2])
    begin = [x[:, :, pixels] for within, pixels in pieces[:2] if within == everywhere]
    if len(begin) == 2:
        yield partial(ufunc, begin[0], begin[1], y)
    else:
        yield partial(np.copyto, y, begin[0] if begin else empty)
    for within, pixels in pieces[len(begin) :]:
        target = y[:, :, within]
        yield partial(ufunc, target, x[:, :, pixels], target)


def _have_maxima(y: Array) -> bool:
    """Whether there is a largest value in each window, which NaN and -inf are not."""
    return bool(y.min(initial=np.inf) > LOWEST)


def _raise_to_lowest(y: Array) -> None:
    if not _have_maxima(y):
        np.fmax(y, y.dtype.type(LOWEST), out=y)


def _mark_lost(y: Array, chosen: Array, mark: int) -> None:
    if not _have_maxima(y):
        chosen[~(y > LOWEST)] = mark


def _assign(target: Array, places: Array, values: Array) -> None:
    target[places.reshape(-1)] = values.reshape(-1)


def _add_at(target: Array, places: Array, values: Array) -> None:
    target[places.reshape(-1)] += values.reshape(-1)


def _divide(values: Array, sizes: Array, out: Array) -> None:
    with np.errstate(invalid="ignore", divide="ignore"):
        np.divide(values, sizes, out=out)
