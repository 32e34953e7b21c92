"""Pooling by strided slices: rows of windows first, then columns."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels.base import PIECE, Binding, Call, Kernel, Phase, run_calls, spans
from caffe_proto.engines.threads import Task
from caffe_proto.layers.pooling import AVE, MAX
from caffe_proto.layers.pools import LOWEST

__all__ = ["GlobalAverage", "Pool", "suits"]


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
        function = np.fmax if self.is_maximum else np.add
        empty = LOWEST if self.is_maximum else 0.0
        calls = self._along(function, x, wide, 0, rows, empty)
        calls += self._along(
            function,
            wide.swapaxes(1, 2),
            y.swapaxes(1, 2),
            1,
            slice(0, y.shape[2]),
            empty,
        )
        if self.sizes is not None:
            calls.append((_divide, (y, self.sizes[:, rows]), y))
        return calls

    def _along(
        self,
        function: Callable[..., Any],
        x: Array,
        y: Array,
        axis: int,
        part: slice,
        empty: float,
    ) -> list[Call]:
        """Reduce the windows in ``part`` along axis 1 of ``x`` into ``y``."""
        count, pixels = part.stop - part.start, x.shape[1]
        pieces = []
        for tap in range(self.windows.kernel[axis]):
            within, seen = self._meet(axis, tap, pixels, part)
            if within.stop > within.start:
                pieces.append((within, seen))
        everywhere = [piece for piece in pieces if piece[0] == slice(0, count)]
        partly = [piece for piece in pieces if piece[0] != slice(0, count)]
        calls: list[Call] = []
        if len(everywhere) > 1:
            first, second, *others = everywhere
            calls.append((function, (x[:, first[1]], x[:, second[1]]), y))
        elif everywhere:
            calls.append((np.positive, (x[:, everywhere[0][1]],), y))
            others = []
        else:
            calls.append((_fill, (np.asarray(empty, y.dtype),), y))
            others = []
        for within, seen in [*others, *partly]:
            target = y[:, within]
            calls.append((function, (target, x[:, seen]), target))
        return calls

    def _meet(self, axis: int, tap: int, pixels: int, part: slice) -> tuple[slice, slice]:
        """Which of the windows in ``part`` see a pixel at ``tap``, and which pixels these are."""
        stride, count = self.windows.stride[axis], part.stop - part.start
        start = tap - self.windows.pad[axis] + stride * part.start
        low = max(0, -(start // stride))
        high = max(low, min(count, (pixels - 1 - start) // stride + 1))
        begin = start + stride * low
        return slice(low, high), slice(begin, begin + stride * (high - low - 1) + 1, stride)


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
