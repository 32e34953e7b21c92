"""Pooling by strided slices: rows of windows first, then columns."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels.base import PIECE, Binding, Call, Kernel, Phase, run_calls, spans
from caffe_proto.engines.threads import Task
from caffe_proto.layers.pooling import AVE, MAX
from caffe_proto.layers.pools import LOWEST
from caffe_proto.layers.windows import Windows

__all__ = ["GlobalAverage", "Pool", "make", "pool_calls", "suits"]


class Pool(Kernel):
    """Maximum or average over windows, a block of rows of windows at a time."""

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        layer: Any = op.layer
        self.pooler = layer.pooler
        self.windows = layer.pooler.windows
        self.is_maximum = layer.pool == MAX
        self.variant = "max" if self.is_maximum else "average"
        n, c, _, w = op.inputs[0].shape
        rows = op.output.shape[2]
        # What a row of windows reads and writes on the way.
        line = w * c * (self.windows.stride[0] + 1)
        per_block = max(1, PIECE // line)
        if per_block >= rows:
            images = max(1, per_block // rows)
            pieces = max(-(-n // images), min(threads, n))
            blocks = [(part, slice(0, rows)) for part in spans(n, pieces)]
            if n < threads:
                blocks = [(slice(i, i + 1), p) for i in range(n) for p in spans(rows, threads)]
        else:
            pieces = max(threads, -(-rows // per_block))
            blocks = [(slice(i, i + 1), p) for i in range(n) for p in spans(rows, pieces)]
        self.blocks = blocks
        largest = max((i.stop - i.start) * (r.stop - r.start) for i, r in blocks)
        self.lane = [(largest * w * c,)]
        self.sizes: Array | None = None
        if not self.is_maximum:
            self.sizes = layer.pooler.sizes.astype(np.float32)[None, :, :, None]

    def macs(self) -> int:
        return self.op.inputs[0].shape[0] * math.prod(self.op.inputs[0].shape[1:])

    def bind(self, memory: Binding) -> list[Phase]:
        return [[self._task(memory, images, rows) for images, rows in self.blocks]]

    def _task(self, memory: Binding, images: slice, rows: slice) -> Task:
        lanes = [self._calls(memory, images, rows, lane[0]) for lane in memory.lanes]

        def task(lane: int) -> None:
            run_calls(lanes[lane])

        return task

    def _calls(self, memory: Binding, images: slice, rows: slice, room: Array) -> list[Call]:
        x, y = memory.inputs[0][images], memory.outputs[0][images, rows]
        shape = (x.shape[0], rows.stop - rows.start, x.shape[2], x.shape[3])
        wide = room[: math.prod(shape)].reshape(shape)
        calls = pool_calls(
            np.fmax if self.is_maximum else np.add,
            LOWEST if self.is_maximum else 0.0,
            self.windows,
            rows,
            (x, 0),
            wide,
            y,
        )
        if self.sizes is not None:
            calls.append((_divide, (y, self.sizes[:, rows]), y))
        if self.is_maximum:
            # NaN and -inf never exceed what Caffe's running maximum begins with.
            calls.append((np.fmax, (y, np.full((), LOWEST, y.dtype)), y))
        return calls


def pool_calls(
    function: Callable[..., Any],
    empty: float,
    windows: Windows,
    rows: slice,
    seen: tuple[Array, int],
    wide: Array,
    y: Array,
) -> list[Call]:
    """The steps that reduce some rows of windows by ``function``, ``empty`` where nothing is seen.

    ``seen`` are rows of the images (N, rows, W, C) and the number of the first; ``wide`` is room
    for (N, rows of windows, W, C); ``y`` gets the result (N, rows of windows, columns, C).
    """
    x, first = seen
    calls = _along(function, empty, x, wide, _Axis(windows, 0, rows, first))
    columns = _Axis(windows, 1, slice(0, y.shape[2]), 0)
    return calls + _along(function, empty, wide.swapaxes(1, 2), y.swapaxes(1, 2), columns)


@dataclass(frozen=True)
class _Axis:
    """Windows ``part`` along one axis, over pixels that begin with number ``first``."""

    windows: Windows
    number: int
    part: slice
    first: int

    def meets(self, pixels: int) -> list[tuple[slice, slice]]:
        """For each tap: which of the windows see a pixel there, and which pixels these are."""
        count = self.part.stop - self.part.start
        stride, pad = self.windows.stride[self.number], self.windows.pad[self.number]
        pieces = []
        for tap in range(self.windows.kernel[self.number]):
            start = tap - pad + stride * self.part.start - self.first
            low = max(0, -(start // stride))
            high = min(count, (pixels - 1 - start) // stride + 1)
            if high > low:
                begin = start + stride * low
                end = begin + stride * (high - low - 1) + 1
                pieces.append((slice(low, high), slice(begin, end, stride)))
        return pieces


def _along(
    function: Callable[..., Any], empty: float, x: Array, y: Array, axis: _Axis
) -> list[Call]:
    """Reduce windows along axis 1 of ``x`` into ``y``."""
    everything = slice(0, y.shape[1])
    pieces = axis.meets(x.shape[1])
    full = [seen for within, seen in pieces if within == everything]
    others = [piece for piece in pieces if piece[0] != everything]
    calls: list[Call] = []
    if len(full) > 1:
        calls.append((function, (x[:, full[0]], x[:, full[1]]), y))
    elif full:
        calls.append((np.positive, (x[:, full[0]],), y))
    else:
        calls.append((_fill, (np.asarray(empty, y.dtype),), y))
    for within, seen in [*((everything, seen) for seen in full[2:]), *others]:
        target = y[:, within]
        calls.append((function, (target, x[:, seen]), target))
    return calls


def _fill(value: Any, out: Array) -> None:
    out[...] = value


def _divide(y: Array, sizes: Array, out: Array) -> None:
    with np.errstate(invalid="ignore", divide="ignore"):
        np.divide(y, sizes, out=out)


class GlobalAverage(Kernel):
    """The mean over each whole image, as a product with a row of ones."""

    variant = "average of all"

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        layer: Any = op.layer
        n, _, h, w = op.inputs[0].shape
        size = float(layer.pooler.sizes[0, 0])
        self.ones = np.full((1, h * w), 1 / size, np.float32)
        self.parts = spans(n, threads)

    def macs(self) -> int:
        return math.prod(self.op.inputs[0].shape)

    def bind(self, memory: Binding) -> list[Phase]:
        x, y = memory.inputs[0], memory.outputs[0]
        n, h, w, c = x.shape
        pixels = np.lib.stride_tricks.as_strided(
            x, (n, h * w, c), (x.strides[0], x.strides[2], x.strides[3])
        )
        outs = y[:, 0]

        def make(part: slice) -> Task:
            seen, out = pixels[part], outs[part]

            def task(lane: int) -> None:
                np.matmul(self.ones, seen, out=out)

            return task

        return [[make(part) for part in self.parts]]


def suits(op: Op) -> bool:
    """Whether it is plain MAX or AVE pooling."""
    layer: Any = op.layer
    return len(op.outputs) == 1 and layer.pool in (MAX, AVE) and min(op.inputs[0].shape) > 0


def make(op: Op, threads: int) -> Kernel:
    """The kernel for a pooling operation."""
    layer: Any = op.layer
    if layer.pooler.is_global and layer.pool == AVE:
        return GlobalAverage(op, threads)
    return Pool(op, threads)
