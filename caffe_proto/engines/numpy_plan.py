"""The NumPy engine: a net compiled into steps on planned memory, for one shape of the inputs."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from caffe_proto.blob import Array, Blob, Shape
from caffe_proto.engines.graph import Value, build_graph
from caffe_proto.engines.kernels.base import Binding, Phase
from caffe_proto.engines.kernels.joins import reorder_tasks
from caffe_proto.engines.kernels.reference import Reference, ShapeChanged
from caffe_proto.engines.lowering import Program, lower
from caffe_proto.engines.passes import simplify
from caffe_proto.engines.planner import ALIGN, Memory, plan_memory
from caffe_proto.engines.threads import available_threads, run_tasks, single_blas_thread
from caffe_proto.errors import BuildError, did_you_mean

if TYPE_CHECKING:
    from caffe_proto.net.net import Net

__all__ = ["CompiledNet", "StepInfo"]

#: Plans for so many different shapes of the inputs are kept.
KEPT_PLANS = 4


@dataclass(frozen=True)
class StepInfo:
    """What one step of a plan does."""

    #: The layers it stands for, and their types, in order.
    layers: tuple[str, ...]
    types: tuple[str, ...]
    #: How it is done.
    variant: str
    shapes: tuple[Shape, ...]
    #: Multiply-adds of the definition; a variant may need fewer.
    macs: int

    @property
    def name(self) -> str:
        """The layers' names, joined."""
        return " + ".join(self.layers)


class _Plan:
    """Steps and memory for one set of input shapes; runs in any number of threads at once."""

    def __init__(self, program: Program, memory: Memory, threads: int) -> None:
        self.program = program
        self.memory = memory
        self.threads = threads
        self._idle: list[_Context] = []
        self._lock = threading.Lock()

    def run(
        self, inputs: Mapping[str, Array], timings: list[float] | None = None
    ) -> dict[str, Array]:
        with self._lock:
            context = self._idle.pop() if self._idle else None
        context = context or _Context(self)
        try:
            with single_blas_thread():
                context.feed(inputs)
                if timings is None:
                    context.run()
                else:
                    context.run_timed(timings)
                return context.outputs()
        finally:
            with self._lock:
                self._idle.append(context)


class _Context:
    """The memory of one run, and the steps bound to it."""

    def __init__(self, plan: _Plan) -> None:
        program, memory, threads = plan.program, plan.memory, plan.threads
        self.plan = plan
        dtype = memory.dtype
        self.memory = _aligned(memory.total, dtype)
        rooms = max((sum(map(_room, step.kernel.lane)) for step in program.steps), default=0)
        lanes = [_aligned(rooms, dtype) for _ in range(threads)]
        self.blobs: dict[Value, Blob] = {}
        self.work: list[list[tuple[Phase, int]]] = []
        for i, step in enumerate(program.steps):
            kernel = step.kernel
            binding = Binding(
                [memory.array(value, self.memory) for value in step.op.inputs],
                [memory.array(value, self.memory) for value in step.op.outputs],
                memory.rooms(i, self.memory, kernel.shared),
                [_cut(lane, kernel.lane) for lane in lanes[: kernel.lanes]],
            )
            if isinstance(kernel, Reference):
                phases = kernel.bind_blobs(binding, self.blobs)
            else:
                phases = kernel.bind(binding)
            self.work.append([(phase, kernel.lanes) for phase in phases if phase])
        graph = program.graph
        self.inputs = {
            name: (memory.array(value, self.memory), value.channels_last)
            for name, value in graph.inputs.items()
        }

    def feed(self, inputs: Mapping[str, Array]) -> None:
        for name, (target, last) in self.inputs.items():
            source = inputs[name]
            if last:
                run_tasks(reorder_tasks(source, target, True, self.plan.threads), self.plan.threads)
            else:
                np.copyto(target, source, casting="same_kind")

    def run(self) -> None:
        for phases in self.work:
            for phase, lanes in phases:
                if len(phase) == 1:
                    phase[0](0)
                else:
                    run_tasks(phase, lanes)

    def run_timed(self, timings: list[float]) -> None:
        for phases in self.work:
            begin = time.perf_counter()
            for phase, lanes in phases:
                run_tasks(phase, lanes)
            timings.append(time.perf_counter() - begin)

    def outputs(self) -> dict[str, Array]:
        result = {}
        for name, value in self.plan.program.graph.outputs.items():
            if value.dynamic:
                result[name] = self.blobs[value].data.copy()
                continue
            array = self.plan.memory.array(value, self.memory)
            if value.channels_last:
                array = array.transpose(0, 3, 1, 2)
            result[name] = np.array(array, order="C")
        return result


class CompiledNet:
    """What ``net.compile()`` gives: called with the inputs it returns the outputs, fast.

    Weights are the net's as they were when this was made; :meth:`refresh` takes its present ones.
    Calls from several threads at once are fine: each has memory of its own.
    """

    def __init__(self, net: Net, *, threads: int | None = None, tune: bool = True) -> None:
        if threads is not None and threads < 1:
            raise BuildError(f"threads must be at least 1. Received: {threads}")
        self._net = net
        self.threads = threads or available_threads()
        self._tune = tune
        self._plans: OrderedDict[tuple[Shape, ...], _Plan] = OrderedDict()
        self._dynamic: set[str] = set()
        self._lock = threading.RLock()
        self._shapes = net.input_shapes()
        self._plan(self._shapes)

    # -- running -----------------------------------------------------------------------------

    def __call__(self, **inputs: npt.ArrayLike) -> dict[str, Array]:
        """Run the net: arrays in by input name, copies of the outputs by name.

        Other shapes than before are compiled for on the way. An input that is not given has the
        values that the net's blob holds. Raises :class:`BuildError` for a name that is no input
        and :class:`~caffe_proto.errors.LayerError` for a shape that a layer refuses.
        """
        return self._run(inputs, None)

    def _run(
        self, inputs: Mapping[str, npt.ArrayLike], timings: list[float] | None
    ) -> dict[str, Array]:
        arrays = self._arrays(inputs)
        while True:
            plan = self._plan({name: array.shape for name, array in arrays.items()})
            try:
                return plan.run(arrays, timings)
            except ShapeChanged as change:
                with self._lock:
                    self._dynamic.update(change.op.names)
                    self._plans.clear()

    def _arrays(self, inputs: Mapping[str, npt.ArrayLike]) -> dict[str, Array]:
        net = self._net
        for name in inputs:
            if name not in net.inputs:
                raise BuildError(
                    f'"{name}" is not an input of the net{did_you_mean(name, net.inputs)} '
                    f"Its inputs: {', '.join(net.inputs) or 'none'}"
                )
        return {
            name: np.asarray(inputs[name]) if name in inputs else net.blobs[name].data
            for name in net.inputs
        }

    def reshape(self, **shapes: Sequence[int]) -> None:
        """Compile for these shapes of the inputs now instead of at the first call with them."""
        wanted = dict(self._shapes)
        for name, shape in shapes.items():
            if name not in wanted:
                raise BuildError(f'"{name}" is not an input of the net{did_you_mean(name, wanted)}')
            wanted[name] = tuple(int(n) for n in shape)
        self._plan(wanted)
        # What was refused is not compiled for the next time.
        self._shapes = wanted

    def refresh(self) -> None:
        """Take the weights that the net has now."""
        with self._lock:
            self._plans.clear()
        self._plan(self._shapes)

    def _plan(self, shapes: Mapping[str, Shape]) -> _Plan:
        key = tuple(shapes.values())
        plan = self._plans.get(key)
        if plan is not None:
            return plan
        with self._lock:
            plan = self._plans.get(key)
            if plan is None:
                plan = self._compile(shapes)
                self._plans[key] = plan
                while len(self._plans) > KEPT_PLANS:
                    self._plans.popitem(last=False)
            self._latest = plan
        return plan

    def _compile(self, shapes: Mapping[str, Shape]) -> _Plan:
        net = self._net
        dtype = np.dtype(net.blob_list[0].dtype if net.blob_list else np.float32)
        graph = build_graph(net, shapes, self._dynamic)
        native = dtype == np.float32
        if native:
            simplify(graph)
        program = lower(graph, self.threads, self._tune, native=native)
        return _Plan(program, plan_memory(program, dtype), self.threads)

    # -- facts -------------------------------------------------------------------------------

    @property
    def steps(self) -> list[StepInfo]:
        """The steps of the plan that was made last."""
        return [
            StepInfo(
                tuple(step.op.names),
                tuple(step.op.types),
                step.kernel.variant,
                tuple(value.shape for value in step.op.outputs),
                step.kernel.macs(),
            )
            for step in self._latest.program.steps
        ]

    @property
    def memory(self) -> int:
        """Bytes of blobs and working memory that one run of the plan made last needs."""
        plan = self._latest
        lanes = max(
            (sum(map(_room, s.kernel.lane)) * s.kernel.lanes for s in plan.program.steps),
            default=0,
        )
        return (plan.memory.total + lanes) * plan.memory.dtype.itemsize

    def profile(self, iterations: int = 10, **inputs: npt.ArrayLike) -> list[float]:
        """Seconds of each step: the least of ``iterations`` runs."""
        best: list[float] = []
        for _ in range(max(iterations, 1)):
            timings: list[float] = []
            self._run(inputs, timings)
            best = timings if not best else [min(a, b) for a, b in zip(best, timings, strict=True)]
        return best

    def __repr__(self) -> str:
        return (
            f"<compiled net {self._net.name!r}: {len(self._latest.program.steps)} steps, "
            f"{self.threads} thread(s)>"
        )


def _room(shape: Shape) -> int:
    return -(-math.prod(shape) // ALIGN) * ALIGN


def _cut(memory: Array, shapes: Sequence[Shape]) -> list[Array]:
    """Arrays of these shapes, one after the other."""
    arrays, begin = [], 0
    for shape in shapes:
        arrays.append(memory[begin : begin + math.prod(shape)].reshape(shape))
        begin += _room(shape)
    return arrays


def _aligned(count: int, dtype: np.dtype[Any]) -> Array:
    """Memory that begins at a cache line."""
    raw = np.empty(count + ALIGN, dtype)
    skip = -raw.ctypes.data // raw.itemsize % ALIGN
    return raw[skip : skip + count]
