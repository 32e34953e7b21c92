"""Convolution as matrix products: pixels times weights, for blocks of rows that fit the cache."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels.base import (
    Binding,
    Call,
    Epilogue,
    Kernel,
    Phase,
    flat,
    per_lane,
    run_calls,
    spans,
)
from caffe_proto.engines.threads import Task

__all__ = [
    "Block",
    "ConvKernel",
    "Geometry",
    "OutputConv",
    "Patch",
    "PixelConv",
    "Weights",
    "WindowConv",
    "block_patch",
    "group_columns",
    "make_blocks",
    "patch_room",
    "windows_of",
    "windows_per_block",
]


#: Below so many channels a row is short.
SHORT = 256
#: Elements of a block that stay in a core's cache.
CACHED = 1 << 18


@dataclass(frozen=True)
class Geometry:
    """Sizes of a convolution, everything a pair (vertical, horizontal) where there are two."""

    images: int
    channels: int
    outputs: int
    groups: int
    image: tuple[int, int]
    result: tuple[int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    pad: tuple[int, int]
    dilation: tuple[int, int]

    @classmethod
    def of(cls, op: Op) -> Geometry:
        """The sizes of a convolution operation."""
        n, c, h, w = op.inputs[0].shape
        o = op.output.shape[1]
        # What is pooled on the way is not the output's size.
        ho, wo = op.facts.get("result", op.output.shape[2:])
        layer: Any = op.layer
        windows = layer.windows
        return cls(
            n, c, o, layer.group, (h, w), (ho, wo),
            windows.kernel, windows.stride, windows.pad, windows.dilation,
        )  # fmt: skip

    @property
    def extent(self) -> tuple[int, int]:
        """What a dilated kernel spans."""
        (kh, kw), (dh, dw) = self.kernel, self.dilation
        return dh * (kh - 1) + 1, dw * (kw - 1) + 1

    @property
    def is_pointwise(self) -> bool:
        """Each pixel by itself, every pixel."""
        return self.kernel == self.stride == (1, 1) and self.pad == (0, 0)

    @property
    def pixels(self) -> int:
        """Windows of all images."""
        return self.images * self.result[0] * self.result[1]

    @property
    def depth(self) -> int:
        """Elements of one window of one group."""
        return self.kernel[0] * self.kernel[1] * self.channels // self.groups

    @property
    def macs(self) -> int:
        """Multiply-adds."""
        return self.pixels * self.depth * self.outputs

    @property
    def padded_width(self) -> int:
        """How many pixels of a row the windows look at, padding included."""
        return (self.result[1] - 1) * self.stride[1] + self.extent[1]

    def padded_rows(self, rows: int) -> int:
        """How many image rows that many rows of windows look at."""
        return (rows - 1) * self.stride[0] + self.extent[0]


class Weights:
    """The filters of a convolution with what follows folded in, in the orders that kernels want."""

    def __init__(self, op: Op) -> None:
        self.op = op
        layer: Any = op.layer
        self.geometry = Geometry.of(op)
        self._filters: Array = layer.params[0].data
        bias = layer.params[1].data if len(layer.params) > 1 else None
        if bias is not None and op.scale is not None:
            bias = bias * op.scale
        if op.shift is not None:
            bias = op.shift if bias is None else bias + op.shift
        self.bias: Array | None = bias
        self.epilogue = Epilogue(self.geometry.outputs, bias, op.activation)

    @cached_property
    def rows(self) -> Array:
        """(O, C / groups, kernel_h, kernel_w), the scale folded in; the net's own without one."""
        if self.op.scale is None:
            return self._filters
        scale = self.op.scale.astype(np.float32).reshape(-1, 1, 1, 1)
        scaled: Array = np.multiply(self._filters, scale)
        return scaled

    @cached_property
    def matrix(self) -> Array:
        """(groups, kernel_h kernel_w C / groups, O / groups), to multiply windows by."""
        g = self.geometry
        grouped = self.rows.reshape(g.groups, g.outputs // g.groups, -1, *g.kernel)
        if g.kernel == (1, 1):
            # A view: BLAS reads a transposed matrix as fast.
            transposed: Array = grouped[..., 0, 0].swapaxes(1, 2)
            return transposed
        ordered = np.empty((g.groups, *g.kernel, *grouped.shape[2:0:-1]), np.float32)
        for outputs in spans(grouped.shape[1], -(-grouped.shape[1] // 16)):
            # A cache line of outputs at a time: the innermost axis goes all the way out.
            ordered[..., outputs] = grouped[:, outputs].transpose(0, 3, 4, 2, 1)
        return ordered.reshape(g.groups, g.depth, g.outputs // g.groups)

    def release(self) -> None:
        """Let go of all orders; the kernel that was made holds the one that it uses."""
        for name in ("rows", "matrix", "taps"):
            self.__dict__.pop(name, None)

    @cached_property
    def taps(self) -> Array:
        """(kernel_h, kernel_w, C), for one filter a channel."""
        return np.ascontiguousarray(self.rows[:, 0].transpose(1, 2, 0))


@dataclass(frozen=True)
class Block:
    """Some images' windows, or some rows of windows of one image."""

    images: slice
    rows: slice

    @property
    def count(self) -> int:
        """How many images."""
        return int(self.images.stop - self.images.start)

    @property
    def height(self) -> int:
        """How many rows of windows."""
        return int(self.rows.stop - self.rows.start)


def make_blocks(g: Geometry, windows: int, at_least: int) -> list[Block]:
    """Blocks of about ``windows`` windows, ``at_least`` as many as that where it can be."""
    height, width = g.result
    plane = height * width
    pieces = max(at_least, -(-g.pixels // max(windows, 1)))
    # So many blocks that lanes share them evenly.
    pieces = -(-pieces // at_least) * at_least
    if pieces <= g.images and plane <= windows:
        return [Block(images, slice(0, height)) for images in spans(g.images, pieces)]
    per_image = min(height, -(-pieces // g.images))
    return [
        Block(slice(n, n + 1), rows) for n in range(g.images) for rows in spans(height, per_image)
    ]


class Patch:
    """A rectangle of some images that may reach over their edges, zeros there.

    Where it does not reach over an edge ``array`` is a view of the images.
    """

    def __init__(
        self, x: Array, images: slice, rows: tuple[int, int], columns: tuple[int, int], room: Array
    ) -> None:
        part = x[images]
        (top, h, bottom), (left, w, right) = (
            _inside(*rows, x.shape[1]),
            _inside(*columns, x.shape[2]),
        )
        source = part[:, h, w]
        self._copy: tuple[Array, Array] | None = None
        self._borders: list[Array] = []
        if not (top or bottom or left or right):
            self.array = source
            return
        shape = (len(part), rows[1], columns[1], x.shape[3])
        array = self.array = room[: math.prod(shape)].reshape(shape)
        self._copy = array[:, top : rows[1] - bottom, left : columns[1] - right], source
        middle = array[:, top : rows[1] - bottom]
        borders = [array[:, :top], array[:, rows[1] - bottom :]]
        borders += [middle[:, :, :left], middle[:, :, columns[1] - right :]]
        self._borders = [border for border in borders if border.size]

    def fill(self) -> None:
        """Copy the pixels; in between the memory is another layer's."""
        if self._copy is not None:
            for border in self._borders:
                border.fill(0)
            np.copyto(*self._copy)


def _inside(first: int, count: int, size: int) -> tuple[int, slice, int]:
    """How many of ``count`` places from ``first`` on are before, inside, and behind ``size``."""
    begin, end = min(max(first, 0), size), min(max(first + count, 0), size)
    before = min(count, max(0, -first))
    return before, slice(begin, end), count - before - (end - begin)


def block_patch(g: Geometry, x: Array, block: Block, room: Array) -> Patch:
    """What a block's windows look at."""
    first = block.rows.start * g.stride[0] - g.pad[0]
    rows, columns = (first, g.padded_rows(block.height)), (-g.pad[1], g.padded_width)
    return Patch(x, block.images, rows, columns, room)


def patch_room(g: Geometry, blocks: list[Block]) -> int:
    """How many elements the largest of the blocks' patches needs."""
    seen = g.padded_rows(g.result[0]), g.padded_width
    # A window may reach over the edge without padding: Caffe rounds the number of windows up to 1.
    if not any(g.pad) and seen[0] <= g.image[0] and seen[1] <= g.image[1]:
        return 0
    return max(b.count * g.padded_rows(b.height) for b in blocks) * g.padded_width * g.channels


def windows_of(g: Geometry, patch: Array, block: Block) -> Array:
    """A view of each window: (images, rows, columns, kernel_h, kernel_w, C)."""
    sn, sh, sw, sc = patch.strides
    shape = (block.count, block.height, g.result[1], *g.kernel, patch.shape[3])
    (th, tw), (dh, dw) = g.stride, g.dilation
    return as_strided(patch, shape, (sn, th * sh, tw * sw, dh * sh, dw * sw, sc))


class ConvKernel(Kernel):
    """What convolution kernels share: sizes, weights, the last steps."""

    def __init__(self, op: Op, threads: int, weights: Weights) -> None:
        super().__init__(op, threads)
        self.weights = weights
        self.geometry = weights.geometry

    def macs(self) -> int:
        return self.geometry.macs

    def finish(
        self, memory: Binding, y: Array, rows: slice, columns: slice, room: Array
    ) -> list[Call]:
        """The epilogue for some pixels, and some channels, of the output ``y`` (pixels, O)."""
        op = self.op
        other = None
        if op.residual is not None:
            other = flat(memory.inputs[op.residual])[rows, columns]
        epilogue = self.weights.epilogue.columns(columns)
        return epilogue.calls(y[rows, columns], other=other, room=room)


class PixelConv(ConvKernel):
    """1 x 1, stride 1: the pixels themselves times the weights, by blocks of pixels or outputs."""

    def __init__(
        self, op: Op, threads: int, weights: Weights, pieces: int | None = None, by: str = "pixels"
    ) -> None:
        super().__init__(op, threads, weights)
        g = self.geometry
        self.by = by
        self.matrix = weights.matrix[0]
        if pieces is None:
            pieces = -(-g.pixels // pixels_per_block(g))
            pieces = max(1, -(-pieces // threads)) * threads
        self.parts = spans(g.pixels if by == "pixels" else g.outputs, pieces)
        self.variant = f"gemm {by}/{len(self.parts)}"
        part = max(p.stop - p.start for p in self.parts)
        size = part * (g.outputs if by == "pixels" else g.pixels)
        self.lane = [(size,), (size if weights.epilogue.needs_room else 0,)]

    def bind(self, memory: Binding) -> list[Phase]:
        x, y, w = flat(memory.inputs[0]), flat(memory.outputs[0]), self.matrix
        return [[self._task(memory, x, w, y, part) for part in self.parts]]

    def _task(self, memory: Binding, x: Array, w: Array, y: Array, part: slice) -> Task:
        everything = slice(0, None)
        rows, columns = (part, everything) if self.by == "pixels" else (everything, part)
        seen, used, out = x[rows], w[:, columns], y[rows, columns]
        epilogue = self.weights.epilogue.columns(columns)
        other = None
        if self.op.residual is not None:
            other = flat(memory.inputs[self.op.residual])[rows, columns]
        # Short rows with gaps between them are slow to add to: that is done beside, and copied.
        beside = out.strides[0] != out.shape[1] * out.itemsize and out.shape[1] < SHORT
        lanes: list[tuple[Array, list[Call]]] = []
        for one, two in memory.lanes:
            target = one[: out.size].reshape(out.shape) if beside else out
            calls = epilogue.calls(target, out if beside else None, other, two)
            lanes.append((target, calls))

        def task(lane: int) -> None:
            target, calls = lanes[lane]
            np.matmul(seen, used, out=target)
            run_calls(calls)

        return task


def pixels_per_block(g: Geometry) -> int:
    """How many pixels to treat at once: what goes in and out should stay in a core's cache."""
    fits = CACHED // 2 // (g.channels + g.outputs)
    return max(fits, min(768, 2 * CACHED // (g.channels + g.outputs)), 1)


class WindowConv(ConvKernel):
    """Any kernel: windows copied side by side (im2col) a block of rows at a time, times weights."""

    def __init__(self, op: Op, threads: int, weights: Weights, windows: int | None = None) -> None:
        super().__init__(op, threads, weights)
        g = self.geometry
        self.matrices = weights.matrix
        self.blocks = make_blocks(g, windows or windows_per_block(g), threads)
        largest = max(b.count * b.height for b in self.blocks) * g.result[1]
        self.variant = f"im2col {largest}x{g.depth}"
        room = largest * g.outputs if weights.epilogue.needs_room else 0
        self.lane = [
            (patch_room(g, self.blocks),),
            (largest * g.depth * g.groups,),
            (room,),
        ]

    def bind(self, memory: Binding) -> list[Phase]:
        return [[self._task(memory, block) for block in self.blocks]]

    def _task(self, memory: Binding, block: Block) -> Task:
        return per_lane([self._in_lane(memory, block, lane) for lane in memory.lanes])

    def _in_lane(self, memory: Binding, block: Block, lane: Any) -> Callable[[], None]:
        g = self.geometry
        patch = block_patch(g, memory.inputs[0], block, lane[0])
        count = block.count * block.height * g.result[1]
        y = flat(memory.outputs[0])
        begin = (block.images.start * g.result[0] + block.rows.start) * g.result[1]
        rows = slice(begin, begin + count)
        calls = self.finish(memory, y, rows, slice(None), lane[2])
        target, windows, columns, out = group_columns(g, patch.array, block, lane[1], y[rows])
        matrices = self.matrices

        def run() -> None:
            patch.fill()
            np.copyto(target, windows)
            np.matmul(columns, matrices, out=out)
            run_calls(calls)

        return run


def group_columns(
    g: Geometry, patch: Array, block: Block, room: Array, y: Array
) -> tuple[Array, Array, Array, Array]:
    """What a block copies and multiplies.

    The place of the columns, the windows to copy there (of the same shape), and for the product
    the columns as (groups, pixels, depth) and ``y`` (pixels, O) as (groups, pixels, O / groups);
    without the axis of the groups if there is one only.
    """
    windows = windows_of(g, patch, block)
    count = block.count * block.height * g.result[1]
    columns = room[: count * g.depth * g.groups]
    if g.groups == 1:
        return columns.reshape(windows.shape), windows, columns.reshape(1, count, g.depth), y[None]
    # (images, rows, columns, kernel_h, kernel_w, groups, C / groups), the groups to the front
    split = (*windows.shape[:5], g.groups, g.channels // g.groups)
    strides = (*windows.strides[:5], windows.strides[5] * split[6], windows.strides[5])
    grouped = as_strided(windows, split, strides).transpose(5, 0, 1, 2, 3, 4, 6)
    each = g.outputs // g.groups
    outs = as_strided(y, (g.groups, count, each), (each * y.strides[1], *y.strides))
    matrices = columns.reshape(g.groups, count, g.depth)
    return columns.reshape(grouped.shape), grouped, matrices, outs


def windows_per_block(g: Geometry) -> int:
    """How many windows to treat at once.

    Columns and outputs should stay in a core's cache; but with few windows a product spends its
    time on packing weights.
    """
    fits = CACHED // (g.depth * g.groups + g.outputs)
    return max(fits, min(768, 2 * CACHED // (g.depth * g.groups)), 1)


class OutputConv(ConvKernel):
    """All windows side by side first, then each lane multiplies by its own outputs' weights.

    For few windows and many outputs: no lane reads another's weights.
    """

    def __init__(self, op: Op, threads: int, weights: Weights) -> None:
        super().__init__(op, threads, weights)
        g = self.geometry
        self.matrix = weights.matrix[0]
        self.blocks = make_blocks(g, -(-g.pixels // threads), threads)
        self.parts = spans(g.outputs, threads)
        self.shared = [(g.pixels, g.depth)]
        part = max(p.stop - p.start for p in self.parts)
        room = part * g.pixels if weights.epilogue.needs_room else 0
        self.lane = [(patch_room(g, self.blocks),), (room,)]
        self.variant = f"im2col, outputs/{len(self.parts)}"

    def bind(self, memory: Binding) -> list[Phase]:
        g, columns, y = self.geometry, memory.shared[0], flat(memory.outputs[0])
        copies: Phase = []
        begin = 0
        for block in self.blocks:
            end = begin + block.count * block.height * g.result[1]
            copies.append(self._copy_task(memory, block, columns[begin:end]))
            begin = end
        products: Phase = [self._product_task(memory, columns, y, part) for part in self.parts]
        return [copies, products]

    def _copy_task(self, memory: Binding, block: Block, columns: Array) -> Task:
        g = self.geometry
        lanes = []
        for lane in memory.lanes:
            patch = block_patch(g, memory.inputs[0], block, lane[0])
            windows = windows_of(g, patch.array, block)
            lanes.append((patch, columns.reshape(windows.shape), windows))

        def task(lane: int) -> None:
            patch, target, windows = lanes[lane]
            patch.fill()
            np.copyto(target, windows)

        return task

    def _product_task(self, memory: Binding, columns: Array, y: Array, part: slice) -> Task:
        lanes = [self.finish(memory, y, slice(None), part, lane[1]) for lane in memory.lanes]
        w, out = self.matrix[:, part], y[:, part]

        def task(lane: int) -> None:
            np.matmul(columns, w, out=out)
            run_calls(lanes[lane])

        return task
