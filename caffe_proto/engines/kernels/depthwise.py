"""Depthwise convolution: one filter a channel, so products and sums instead of a matrix product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from caffe_proto.blob import Shape
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels.base import Binding, Phase, flat, per_lane, run_calls
from caffe_proto.engines.kernels.convolution import (
    Block,
    ConvKernel,
    Geometry,
    Weights,
    block_patch,
    make_blocks,
    patch_room,
    windows_of,
)
from caffe_proto.engines.threads import Task

__all__ = ["Depthwise", "suits"]

# Elements of the outputs of one block.
BLOCK = 1 << 15


class Depthwise(ConvKernel):
    """``y[h, w, c] = sum of x[h + i, w + j, c] * w[i, j, c]``: one pass over the block a tap.

    With stride 1 a row of pixels and its channels are one run of memory, so that NumPy's inner
    loop is long however few the channels are.
    """

    def __init__(self, op: Op, threads: int, weights: Weights) -> None:
        super().__init__(op, threads, weights)
        g = self.geometry
        self.blocks = make_blocks(g, max(1, BLOCK // g.channels), threads)
        self.by_rows = g.stride[1] == 1 and g.channels < 512
        self.variant = "taps, whole rows" if self.by_rows else "taps"
        self.taps = weights.taps
        if self.by_rows:
            self.taps = np.tile(self.taps, (1, 1, g.result[1]))
        largest = max(b.count * b.height for b in self.blocks) * g.result[1] * g.outputs
        # Room for the patch, also where it needs no padding but is part of a joined blob.
        patch = max(patch_room(g, self.blocks), 1)
        room = largest if weights.epilogue.needs_room else 0
        self.lane = [(patch,), (largest,), (room,)]

    def bind(self, memory: Binding) -> list[Phase]:
        return [[self._task(memory, block) for block in self.blocks]]

    def _task(self, memory: Binding, block: Block) -> Task:
        return per_lane([self._in_lane(memory, block, lane) for lane in memory.lanes])

    def _in_lane(self, memory: Binding, block: Block, lane: Any) -> Callable[[], None]:
        g = self.geometry
        patch = block_patch(g, memory.inputs[0], block, lane[0])
        count = block.count * block.height * g.result[1]
        begin = (block.images.start * g.result[0] + block.rows.start) * g.result[1]
        rows = slice(begin, begin + count)
        y = flat(memory.outputs[0])
        out = y[rows]
        dense = out.strides[0] == g.outputs * out.itemsize
        if not dense:
            out = lane[1][: count * g.outputs].reshape(count, g.outputs)
        taps = self.taps
        shape: Shape = (block.count, block.height, g.result[1], g.channels)
        sn, sh, sw, sc = patch.array.strides
        if self.by_rows and sw == g.channels * sc:
            windows = as_strided(
                patch.array,
                (block.count, block.height, g.result[1] * g.channels, *g.kernel),
                (sn, sh * g.stride[0], sc, sh * g.dilation[0], sw * g.dilation[1]),
            )
            formula, shape = "nhxij,ijx->nhx", (*shape[:2], g.result[1] * g.channels)
        else:
            windows = windows_of(g, patch.array, block)
            formula = "nhwijc,ijc->nhwc"
            taps = taps[:, :, : g.channels]
        target = out.reshape(shape)
        epilogue = self.weights.epilogue
        other = None
        if self.op.residual is not None:
            other = flat(memory.inputs[self.op.residual])[rows]
        calls = epilogue.calls(out, None if dense else y[rows], other, lane[2])

        def run() -> None:
            patch.fill()
            np.einsum(formula, windows, taps, out=target)
            run_calls(calls)

        return run


def suits(g: Geometry) -> bool:
    """Whether each channel has one filter of its own."""
    return g.groups == g.channels == g.outputs and g.groups > 1
