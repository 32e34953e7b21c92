"""From a simplified graph to steps: orders of axes, views, joined blobs, a kernel for each."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from caffe_proto.engines.graph import Activation, Graph, Op, Value
from caffe_proto.engines.kernels import joins, lrn, pointwise, pooling, products
from caffe_proto.engines.kernels.base import Kernel
from caffe_proto.engines.kernels.reference import Reference
from caffe_proto.engines.passes import CONVOLUTIONS, fold_pooling, is_plain
from caffe_proto.engines.threads import Task, run_tasks, single_blas_thread
from caffe_proto.engines.tuning import ConvolutionChoice, takes_pooling

__all__ = ["IN_PLACE", "Part", "Program", "Step", "lower"]

Maker = Callable[[], Kernel]

#: Types that treat each element by itself: their layers work in any order of axes.
ANY_ORDER = frozenset(
    {
        "AbsVal",
        "BNLL",
        "Clip",
        "ELU",
        "Exp",
        "Log",
        "Power",
        "ReLU6",
        "Sigmoid",
        "Swish",
        "TanH",
        "Threshold",
    }
)
#: Steps that may write over their first input.
IN_PLACE = (
    pointwise.AffineMap,
    pointwise.Combine,
    pointwise.Rectify,
    products.SoftmaxRows,
)


@dataclass(frozen=True)
class Part:
    """A value that is a piece of another one's memory."""

    whole: Value
    #: Where it begins: a channel of a joined blob, nothing for another shape of the same.
    channel: int = 0


@dataclass
class Step:
    """An operation with the kernel that does it."""

    op: Op
    kernel: Kernel


@dataclass
class Program:
    """Steps in order, and which values share memory."""

    graph: Graph
    steps: list[Step] = field(default_factory=list)
    parts: dict[Value, Part] = field(default_factory=dict)

    def root(self, value: Value) -> Value:
        """The value whose memory holds this one."""
        while value in self.parts:
            value = self.parts[value].whole
        return value


def lower(graph: Graph, threads: int, tune: bool, *, native: bool) -> Program:
    """Decide how each operation is done; ``native`` is false for nets that are not float32."""
    return _Lowering(graph, threads, tune, native).run()


class _Lowering:
    def __init__(self, graph: Graph, threads: int, tune: bool, native: bool) -> None:
        self.graph = graph
        self.threads = threads
        self.tune = tune
        self.native = native
        self.program = Program(graph)
        self.converted: dict[tuple[Value, bool], Value] = {}
        #: Operations in their new order, with what makes their kernels.
        self.ops: list[tuple[Op, Maker]] = []
        #: Values that are read by what cannot skip over gaps.
        self.dense: set[Value] = set()

    def run(self) -> Program:
        if self.native:
            fold_pooling(self.graph, takes_pooling)
            self._feed_channels_last()
        for op in self.graph.ops:
            self._place(op)
        self._join_in_place()
        self._make_kernels()
        return self.program

    def _make_kernels(self) -> None:
        """Trials one after the other, undisturbed; then all else that is to be prepared."""
        for _, make in self.ops:
            if isinstance(make, ConvolutionChoice):
                make.try_out()
        kernels: list[Kernel | None] = [None] * len(self.ops)

        def task(place: int, make: Maker) -> Task:
            def run(lane: int) -> None:
                kernels[place] = make()

            return run

        with single_blas_thread():
            run_tasks([task(i, make) for i, (_, make) in enumerate(self.ops)], self.threads)
        for (op, _), kernel in zip(self.ops, kernels, strict=True):
            assert kernel is not None
            self.program.steps.append(Step(op, kernel))

    # -- orders of axes ----------------------------------------------------------------------

    def _feed_channels_last(self) -> None:
        """Inputs that only image kernels read come in with the channels last."""
        readers = self.graph.consumers()
        for value in self.graph.inputs.values():
            reads = readers.get(value, [])
            if len(value.shape) == 4 and reads and all(self._wants_last(op) for op in reads):
                value.channels_last = True

    def _wants_last(self, op: Op) -> bool:
        if any(v.dynamic for v in (*op.inputs, *op.outputs)):
            return False
        if op.kind in CONVOLUTIONS:
            return is_plain(op)
        if op.kind == "Pooling":
            return pooling.suits(op)
        if op.kind == "LRN":
            return lrn.suits(op)
        return op.kind in ("Affine", "ReLU", "PReLU") and len(op.output.shape) == 4

    def _as(self, value: Value, last: bool) -> Value:
        """``value`` in the wanted order of axes."""
        last = last and len(value.shape) == 4
        if value.channels_last == last or value.dynamic:
            return value
        known = self.converted.get((value, last))
        if known is not None:
            return known
        copy = Value(value.name, value.shape, channels_last=last)
        self.converted[value, last] = copy
        if value.constant is not None:
            axes = (0, 2, 3, 1) if last else (0, 3, 1, 2)
            copy.constant = np.ascontiguousarray(value.constant.transpose(axes))
            return copy
        _, c, h, w = value.shape
        op = Op("Reorder", [value], [copy], names=[value.name], types=["Reorder"])
        copy.producer = op
        if (c == 1 or h * w == 1) and not self._is_cut(value):
            self._view(copy, value)
        else:
            self._step(op, lambda: joins.Reorder(op, self.threads))
        return copy

    def _is_cut(self, value: Value) -> bool:
        """Whether the value is some of the channels of another, so that there are gaps."""
        while value in self.program.parts:
            whole = self.program.parts[value].whole
            if whole.shape[1:2] != value.shape[1:2] and whole.channels_last:
                return True
            value = whole
        return False

    def _dense(self, op: Op) -> None:
        """Let ``op`` read and write values without gaps only."""
        for i, value in enumerate(op.inputs):
            if self._is_cut(value):
                copy = Value(value.name, value.shape, channels_last=value.channels_last)
                op.inputs[i] = copy
                self._copy(value, copy)
        self.dense.update(op.inputs)
        self.dense.update(op.outputs)

    def _copy(self, value: Value, copy: Value) -> None:
        op = Op("Copy", [value], [copy], names=[value.name], types=["Copy"])
        op.facts.update(axis=0, copied=[0])
        copy.producer = op
        self._step(op, lambda: joins.Join(op, self.threads))

    def _view(self, value: Value, whole: Value, channel: int = 0) -> None:
        self.program.parts[value] = Part(whole, channel)
        if not value.channels_last or not whole.channels_last:
            self.dense.add(whole)
            self.dense.add(value)

    def _step(self, op: Op, make: Maker) -> None:
        self.ops.append((op, make))

    def _take(self, op: Op, last: bool, *, out_last: bool | None = None) -> None:
        """Give ``op`` its inputs, and say how its outputs are kept."""
        op.inputs = [self._as(value, last) for value in op.inputs]
        out_last = last if out_last is None else out_last
        for value in op.outputs:
            value.channels_last = out_last and len(value.shape) == 4

    # -- one operation -----------------------------------------------------------------------

    def _place(self, op: Op) -> None:
        dynamic = any(v.dynamic for v in (*op.inputs, *op.outputs))
        empty = any(0 in v.shape for v in (*op.inputs, *op.outputs))
        if self.native and not dynamic and not empty:
            handler = getattr(self, f"_place_{_family(op)}", None)
            if handler is not None and handler(op):
                return
        self._place_reference(op)

    def _place_reference(self, op: Op) -> None:
        last = (
            self.native
            and op.kind in ANY_ORDER
            and len(op.inputs) == len(op.outputs) == 1
            and op.inputs[0].channels_last
        )
        self._take(op, last)
        self._dense(op)
        self._step(op, lambda: Reference(op, self.threads))

    def _place_convolution(self, op: Op) -> bool:
        if not is_plain(op) or len(op.inputs) != 1 + (op.residual is not None):
            return False
        self._take(op, True)
        self._step(op, ConvolutionChoice(op, self.threads, self.tune))
        return True

    def _place_innerproduct(self, op: Op) -> bool:
        self._take(op, False)
        self._dense(op)
        self._step(op, lambda: products.Inner(op, self.threads))
        return True

    def _place_pooling(self, op: Op) -> bool:
        if not pooling.suits(op):
            return False
        self._take(op, True)
        self._step(op, lambda: pooling.make(op, self.threads))
        return True

    def _place_lrn(self, op: Op) -> bool:
        if not lrn.suits(op):
            return False
        self._take(op, True)
        self._step(op, lambda: lrn.AcrossChannels(op, self.threads))
        return True

    def _place_softmax(self, op: Op) -> bool:
        layer: Any = op.layer
        shape = op.output.shape
        if len(shape) == 4 and layer.axis == 1:
            last, width = True, shape[1]
        elif layer.axis == len(shape) - 1:
            last, width = False, shape[-1]
        else:
            return False
        op.facts["width"] = width
        self._take(op, last)
        self._dense(op)
        self._step(op, lambda: products.SoftmaxRows(op, self.threads))
        return True

    def _place_affine(self, op: Op) -> bool:
        self._take(op, True)
        self._step(op, lambda: pointwise.AffineMap(op, self.threads))
        return True

    def _place_relu(self, op: Op) -> bool:
        layer: Any = op.layer
        return self._place_rectifier(op, Activation(float(layer.slope)))

    def _place_prelu(self, op: Op) -> bool:
        layer: Any = op.layer
        slopes = layer.params[0].data.reshape(-1)
        if slopes.size == 1:
            return self._place_rectifier(op, Activation(float(slopes[0])))
        if len(op.output.shape) not in (2, 4):
            return False
        return self._place_rectifier(op, Activation(slopes))

    def _place_rectifier(self, op: Op, activation: Activation) -> bool:
        op.activation = activation
        self._take(op, True)
        self._step(op, lambda: pointwise.Rectify(op, self.threads))
        return True

    def _place_normalize(self, op: Op) -> bool:
        if not pointwise.is_unit_length(op):
            return False
        self._take(op, True)
        self._step(op, lambda: pointwise.UnitLength(op, self.threads))
        return True

    def _place_eltwise(self, op: Op) -> bool:
        self._take(op, True)
        self._step(op, lambda: pointwise.Combine(op, self.threads))
        return True

    def _place_concat(self, op: Op) -> bool:
        layer: Any = op.layer
        axis = layer.axis
        last = len(op.output.shape) == 4
        self._take(op, last)
        op.facts["axis"] = {0: 0, 1: 3, 2: 1, 3: 2}[axis] if last else axis
        op.facts["copied"] = list(range(len(op.inputs)))
        self._step(op, lambda: joins.Join(op, self.threads))
        return True

    def _place_slice(self, op: Op) -> bool:
        layer: Any = op.layer
        if layer.axis != 1 or len(op.output.shape) != 4:
            return False
        self._take(op, True)
        for value, begin in zip(op.outputs, layer.bounds, strict=False):
            self._view(value, op.inputs[0], begin)
        return True

    def _place_reshape(self, op: Op) -> bool:
        if len(op.outputs) != 1 or math.prod(op.output.shape) != math.prod(op.inputs[0].shape):
            return False
        self._take(op, False)
        if op.inputs[0].constant is not None:
            op.output.constant = op.inputs[0].constant.reshape(op.output.shape)
        else:
            self._view(op.output, op.inputs[0])
        return True

    def _place_permute(self, op: Op) -> bool:
        layer: Any = op.layer
        source = op.inputs[0]
        if list(layer.order) != [0, 2, 3, 1] or not source.channels_last or self._is_cut(source):
            return False
        # (N, C, H, W) kept as (N, H, W, C) is the permuted blob as it stands.
        self._take(op, True, out_last=False)
        self._view(op.output, op.inputs[0])
        return True

    # -- joined blobs ------------------------------------------------------------------------

    def _join_in_place(self) -> None:
        """Let what is joined along the channels be computed where it will stand."""
        parts = self.program.parts
        kept = []
        for op, make in self.ops:
            if op.kind == "Concat" and op.output.channels_last and op.facts["axis"] == 3:
                begin, copied = 0, []
                for i, value in enumerate(op.inputs):
                    if self._can_be_part(op, value):
                        parts[value] = Part(op.output, begin)
                    else:
                        copied.append(i)
                    begin += value.shape[1]
                op.facts["copied"] = copied
                if not copied:
                    continue
            kept.append((op, make))
        self.ops = kept

    def _can_be_part(self, op: Op, value: Value) -> bool:
        return (
            value.producer is not None
            and value.channels_last
            and value.constant is None
            and value not in self.program.parts
            and value not in self.dense
            and value not in self.graph.inputs.values()
            and op.inputs.count(value) == 1
        )


def _family(op: Op) -> str:
    if op.kind in CONVOLUTIONS:
        return "convolution"
    if op.kind == "Flatten":
        return "reshape"
    return op.kind.lower()
