"""A convolution and the maximum pooling after it in one: what is pooled never leaves the cache."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels.base import Binding, Phase, flat, per_lane, run_calls, spans
from caffe_proto.engines.kernels.convolution import (
    Block,
    ConvKernel,
    Weights,
    block_patch,
    group_columns,
    patch_room,
    windows_per_block,
)
from caffe_proto.engines.kernels.pooling import pool_calls
from caffe_proto.engines.threads import Task
from caffe_proto.layers.pools import LOWEST
from caffe_proto.layers.windows import Windows

__all__ = ["PooledConv"]


class PooledConv(ConvKernel):
    """Blocks of rows of pooled values; rows of the convolution between two blocks are done twice.

    Bias and rectifier come after the pooling, where there are fewer values: both grow with the
    value, so that the largest stays the largest.
    """

    def __init__(self, op: Op, threads: int, weights: Weights) -> None:
        super().__init__(op, threads, weights)
        g = self.geometry
        self.matrices = weights.matrix
        self.pooling: Windows = op.facts["pooling"]
        self.blocks = self._blocks(windows_per_block(g))
        inner = [self._inner(block) for block in self.blocks]
        most = max(b.count * b.height for b in inner) * g.result[1]
        wide = max(b.count * b.height for b in self.blocks) * g.result[1] * g.outputs
        pooled = max(b.count * b.height for b in self.blocks) * op.output.shape[3] * g.outputs
        room = pooled if weights.epilogue.needs_room else 0
        self.lane = [
            (patch_room(g, inner),),
            (most * g.depth * g.groups,),
            (most * g.outputs,),
            (wide,),
            (room,),
        ]
        self.variant = f"im2col {most}x{g.depth}, pooled"

    def _blocks(self, windows: int) -> list[Block]:
        g = self.geometry
        rows = self.op.output.shape[2]
        plane = g.result[0] * g.result[1]
        if plane <= windows and g.images >= self.threads:
            pieces = max(self.threads, -(-g.images * plane // windows))
            return [Block(images, slice(0, rows)) for images in spans(g.images, pieces)]
        # So many that the rows done twice are few.
        tall = max(self.pooling.kernel[0] * 2, windows // g.result[1])
        pieces = max(self.threads, round(g.result[0] / tall))
        pieces = -(-pieces // self.threads) * self.threads
        return [
            Block(slice(n, n + 1), part) for n in range(g.images) for part in spans(rows, pieces)
        ]

    def _inner(self, block: Block) -> Block:
        """The rows of the convolution that the pooled rows see."""
        stride, pad, kernel = (
            pair[0] for pair in (self.pooling.stride, self.pooling.pad, self.pooling.kernel)
        )
        first = max(0, block.rows.start * stride - pad)
        last = min(self.geometry.result[0], (block.rows.stop - 1) * stride - pad + kernel)
        return Block(block.images, slice(first, last))

    def bind(self, memory: Binding) -> list[Phase]:
        return [[self._task(memory, block) for block in self.blocks]]

    def _task(self, memory: Binding, block: Block) -> Task:
        return per_lane([self._in_lane(memory, block, lane) for lane in memory.lanes])

    def _in_lane(self, memory: Binding, block: Block, lane: Sequence[Array]) -> Callable[[], None]:
        g, inner = self.geometry, self._inner(block)
        shape = (block.count, inner.height, g.result[1], g.outputs)
        values = lane[2][: math.prod(shape)].reshape(shape)
        patch = block_patch(g, memory.inputs[0], inner, lane[0])
        target, windows, columns, out = group_columns(g, patch.array, inner, lane[1], flat(values))
        wide_shape = (block.count, block.height, g.result[1], g.outputs)
        wide = lane[3][: math.prod(wide_shape)].reshape(wide_shape)
        y = memory.outputs[0][block.images, block.rows]
        calls: list[Any] = pool_calls(
            np.fmax, LOWEST, self.pooling, block.rows, (values, inner.rows.start), wide, y
        )
        calls += self.weights.epilogue.calls(flat(y), room=lane[4])
        matrices = self.matrices

        def run() -> None:
            patch.fill()
            np.copyto(target, windows)
            np.matmul(columns, matrices, out=out)
            run_calls(calls)

        return run
