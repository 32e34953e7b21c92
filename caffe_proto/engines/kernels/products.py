"""Inner products and softmax."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels.base import (
    PIECE,
    Binding,
    Epilogue,
    Kernel,
    Phase,
    run_calls,
    spans,
)
from caffe_proto.engines.threads import Task

__all__ = ["Inner", "SoftmaxRows"]


class Inner(Kernel):
    """``x W^T + b`` with the outputs shared out: each lane reads its own rows of the weights."""

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        layer: Any = op.layer
        weights: Array = layer.params[0].data
        #: (inputs, outputs), a view of the net's weights unless something is folded in.
        self.matrix = weights if layer.transposed else weights.T
        bias = layer.params[1].data if len(layer.params) > 1 else None
        if op.scale is not None:
            scale = op.scale.astype(np.float32)
            # Made row by row of the stored order, so that the product is as fast.
            self.matrix = weights * scale if layer.transposed else (weights * scale[:, None]).T
            bias = None if bias is None else bias * scale
        if op.shift is not None:
            bias = op.shift if bias is None else bias + op.shift
        self.inputs, self.outputs = self.matrix.shape
        self.rows = math.prod(op.output.shape) // self.outputs
        self.bias = bias
        self.epilogue = Epilogue(self.outputs, bias, op.activation)
        # A vector reads all weights once, as fast as memory is: not equally fast for all lanes.
        self.is_vector = self.rows == 1 and not layer.transposed
        pieces = threads if self.macs() > 1 << 16 else 1
        if self.is_vector and threads > 1:
            pieces = max(pieces, self.macs() // VECTOR_PIECE // threads * threads)
        self.parts = spans(self.outputs, min(pieces, self.outputs))
        self.variant = "gemv" if self.rows == 1 else "gemm outputs"
        self.variant += f"/{len(self.parts)}"
        most = max(part.stop - part.start for part in self.parts)
        self.lane = [(most * self.rows,)]

    def macs(self) -> int:
        return int(self.rows * self.inputs * self.outputs)

    def bind(self, memory: Binding) -> list[Phase]:
        x = memory.inputs[0].reshape(self.rows, self.inputs)
        y = memory.outputs[0].reshape(self.rows, self.outputs)
        return [[self._task(memory, x, y, part) for part in self.parts]]

    def _task(self, memory: Binding, x: Array, y: Array, part: slice) -> Task:
        w, out = self.matrix[:, part], y[:, part]
        epilogue = self.epilogue.columns(part)
        lanes = [epilogue.calls(out, room=lane[0]) for lane in memory.lanes]
        product = partial(np.matmul, x, w, out=out)
        if self.is_vector:
            # np.matmul takes a matrix product for few outputs, which reads far slower.
            product = partial(np.dot, w.T, x[0], out=out[0])

        def task(lane: int) -> None:
            product()
            run_calls(lanes[lane])

        return task


#: Weights of a piece where there is one row: enough pieces for all lanes to end together.
VECTOR_PIECE = 1 << 22

#: Below so many classes a row is too short for NumPy to reduce it fast.
FEW = 16


class SoftmaxRows(Kernel):
    """Softmax along the innermost axis."""

    variant = "rows"

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        shape = op.output.shape
        self.width: int = op.facts["width"]
        self.rows = math.prod(shape) // self.width
        at_once = max(1, PIECE // self.width)
        self.parts = spans(self.rows, max(threads, -(-self.rows // at_once)))
        most = max(part.stop - part.start for part in self.parts)
        self.lane = [(most, 1)]

    def macs(self) -> int:
        return self.elements() * 4

    def bind(self, memory: Binding) -> list[Phase]:
        x = memory.inputs[0].reshape(self.rows, self.width)
        y = memory.outputs[0].reshape(self.rows, self.width)
        return [[self._task(memory, x[part], y[part]) for part in self.parts]]

    def _task(self, memory: Binding, x: Array, y: Array) -> Task:
        rooms = [lane[0][: len(x)] for lane in memory.lanes]
        if self.width <= FEW:
            return _by_columns(x, y, [room[:, 0] for room in rooms])

        def task(lane: int) -> None:
            room = rooms[lane]
            np.maximum.reduce(x, axis=1, keepdims=True, out=room)
            np.subtract(x, room, out=y)
            np.exp(y, out=y)
            np.add.reduce(y, axis=1, keepdims=True, out=room)
            np.divide(y, room, out=y)

        return task


def _by_columns(x: Array, y: Array, rooms: list[Array]) -> Task:
    """Softmax of rows of a few values: one step a column for all rows."""

    def task(lane: int) -> None:
        room = rooms[lane]
        np.copyto(room, x[:, 0])
        for column in x.T[1:]:
            np.maximum(room, column, out=room)
        for values, column in zip(y.T, x.T, strict=True):
            np.subtract(column, room, out=values)
        np.exp(y, out=y)
        np.copyto(room, y[:, 0])
        for column in y.T[1:]:
            np.add(room, column, out=room)
        for values in y.T:
            np.divide(values, room, out=values)

    return task
