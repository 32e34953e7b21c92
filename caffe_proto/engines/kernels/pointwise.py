"""Affine maps, rectifiers and sums, element by element in blocks that stay in the cache."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels.base import (
    PIECE,
    Binding,
    Call,
    Epilogue,
    Kernel,
    Phase,
    flat,
    run_calls,
    spans,
)
from caffe_proto.engines.threads import Task
from caffe_proto.layers.eltwise import MAX, PROD, SUM

__all__ = ["AffineMap", "Combine", "Rectify", "UnitLength", "is_unit_length"]


class _Pointwise(Kernel):
    """Work on rows of (rows, channels), whatever axes there are."""

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        shape = op.output.shape
        self.channels = shape[1] if len(shape) in (2, 4) else math.prod(shape[1:])
        self.rows = math.prod(shape) // max(self.channels, 1)
        at_once = max(1, PIECE // max(self.channels, 1))
        self.parts = spans(self.rows, max(threads, -(-self.rows // at_once)))
        most = max(part.stop - part.start for part in self.parts)
        self.lane = [(most * self.channels,)]

    def bind(self, memory: Binding) -> list[Phase]:
        inputs = [self._matrix(x) for x in memory.inputs]
        y = self._matrix(memory.outputs[0])
        tasks = []
        for part in self.parts:
            rows = [x[part] for x in inputs]
            lanes = [self.calls(rows, y[part], lane[0]) for lane in memory.lanes]
            tasks.append(_task(lanes))
        return [tasks]

    def _matrix(self, x: Array) -> Array:
        return flat(x) if x.ndim == 4 else x.reshape(self.rows, self.channels)

    def calls(self, xs: list[Array], y: Array, room: Array) -> list[Call]:
        """The steps for some rows."""
        raise NotImplementedError


def _task(lanes: list[list[Call]]) -> Task:
    def task(lane: int) -> None:
        run_calls(lanes[lane])

    return task


class AffineMap(_Pointwise):
    """``scale * x + shift``, one of each a channel, and perhaps a rectifier."""

    variant = "in blocks"

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        self.scale = None if op.scale is None else op.scale.astype(np.float32)
        self.epilogue = Epilogue(self.channels, op.shift, op.activation)
        self.wide = Epilogue(self.channels, op.scale, None).shift

    def macs(self) -> int:
        return self.elements()

    def calls(self, xs: list[Array], y: Array, room: Array) -> list[Call]:
        x = xs[0]
        begin: list[Call]
        if self.wide is None:
            begin = [] if x is y else [(np.positive, (x,), y)]
        else:
            begin = _wide_product(x, y, self.wide, self.epilogue.repeats)
        return begin + self.epilogue.calls(y, room=room)


def _wide_product(x: Array, y: Array, factors: Array, repeats: int) -> list[Call]:
    rows, channels = x.shape
    dense = channels * x.itemsize
    if x.strides[0] != dense or y.strides[0] != dense:
        return [(np.multiply, (x, factors[:channels]), y)]
    whole = rows // repeats * repeats * channels
    a, b = x.reshape(-1), y.reshape(-1)
    calls: list[Call] = []
    if whole:
        shape = (-1, repeats * channels)
        calls.append((np.multiply, (a[:whole].reshape(shape), factors), b[:whole].reshape(shape)))
    if whole < a.size:
        calls.append((np.multiply, (a[whole:], factors[: a.size - whole]), b[whole:]))
    return calls


class Rectify(_Pointwise):
    """A rectifier that nothing before it could apply."""

    variant = "in blocks"

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        self.epilogue = Epilogue(self.channels, None, op.activation)

    def calls(self, xs: list[Array], y: Array, room: Array) -> list[Call]:
        if not self.epilogue.needs_room:
            return [(np.maximum, (xs[0], self.epilogue.zeros[: self.channels]), y)]  # type: ignore[index]
        return [(np.positive, (xs[0],), y), *self.epilogue.calls(y, room=room)]


class Combine(_Pointwise):
    """Sum, product or maximum of several values, and perhaps a rectifier."""

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        layer: Any = op.layer
        self.operation = layer.operation
        self.coefficients = list(layer.coeffs)
        self.variant = {SUM: "sum", PROD: "product", MAX: "maximum"}[self.operation]
        self.epilogue = Epilogue(self.channels, None, op.activation)

    def calls(self, xs: list[Array], y: Array, room: Array) -> list[Call]:
        calls: list[Call] = []
        if self.operation == SUM and any(c != 1 for c in self.coefficients):
            spare = room[: y.size].reshape(y.shape)
            # The first is written last: y may be its memory, or another's.
            calls.append((np.multiply, (xs[0], np.float32(self.coefficients[0])), y))
            for x, c in zip(xs[1:], self.coefficients[1:], strict=True):
                calls.append((np.multiply, (x, np.float32(c)), spare))
                calls.append((np.add, (y, spare), y))
        else:
            function = {SUM: np.add, PROD: np.multiply, MAX: np.maximum}[self.operation]
            calls.append((function, (xs[0], xs[1]), y))
            for x in xs[2:]:
                calls.append((function, (y, x), y))
        return calls + self.epilogue.calls(y, room=room)


class UnitLength(_Pointwise):
    """``scale * x / sqrt(sum of x² + eps)``, the sum over a pixel's channels."""

    variant = "in blocks"

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        layer: Any = op.layer
        self.eps = np.float32(layer.param.norm_param.eps)
        scale = layer.params[0].data.reshape(-1)
        self.scale = np.broadcast_to(scale, (self.channels,)).astype(np.float32)
        self.wide = Epilogue(self.channels, self.scale, None)

    def macs(self) -> int:
        return 2 * self.elements()

    def calls(self, xs: list[Array], y: Array, room: Array) -> list[Call]:
        assert self.wide.shift is not None
        factor = room[: len(y)]
        calls: list[Call] = [
            (_inverse_length, (xs[0], np.asarray(self.eps)), factor),
            (np.multiply, (xs[0], factor[:, None]), y),
        ]
        return calls + _wide_product(y, y, self.wide.shift, self.wide.repeats)


def _inverse_length(x: Array, eps: Array, out: Array) -> None:
    np.einsum("pc,pc->p", x, x, out=out)
    out += eps
    np.sqrt(out, out=out)
    np.divide(np.float32(1), out, out=out)


def is_unit_length(op: Op) -> bool:
    """Whether it is SSD's Normalize over channels alone."""
    layer: Any = op.layer
    return (
        len(op.outputs) == 1
        and len(op.output.shape) == 4
        and layer.scaled
        and not layer.param.norm_param.across_spatial
    )
