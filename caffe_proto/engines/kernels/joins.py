"""Moves: blobs joined along an axis, and from one order of axes to the other."""

from __future__ import annotations

import math

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels.base import PIECE, Binding, Kernel, Phase, spans
from caffe_proto.engines.threads import Task

__all__ = ["Join", "Reorder"]


def _copy(target: Array, source: Array) -> Task:
    def task(lane: int) -> None:
        np.copyto(target, source)

    return task


class Join(Kernel):
    """Copies its inputs, but those that were computed in their place, into the output."""

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        self.axis: int = op.facts["axis"]
        #: Inputs that are to be copied; the others are there already.
        self.copied: list[int] = op.facts["copied"]
        self.variant = f"{len(self.copied)} of {len(op.inputs)} copied"

    def elements(self) -> int:
        return sum(math.prod(self.op.inputs[i].shape) for i in self.copied)

    def bind(self, memory: Binding) -> list[Phase]:
        y, tasks, begin = memory.outputs[0], [], 0
        axis = self.axis
        for i, x in enumerate(memory.inputs):
            end = begin + x.shape[axis]
            if i in self.copied:
                target = y[(slice(None),) * axis + (slice(begin, end),)]
                along = 0 if axis else min(1, x.ndim - 1)
                pieces = max(1, min(self.threads, x.size // PIECE))
                for part in spans(x.shape[along], pieces):
                    place = (slice(None),) * along + (part,)
                    tasks.append(_copy(target[place], x[place]))
            begin = end
        return [tasks]


class Reorder(Kernel):
    """(N, C, H, W) to (N, H, W, C), or back."""

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        self.to_last: bool = op.output.channels_last
        self.variant = "channels last" if self.to_last else "channels first"

    def bind(self, memory: Binding) -> list[Phase]:
        return [reorder_tasks(memory.inputs[0], memory.outputs[0], self.to_last, self.threads)]


def reorder_tasks(source: Array, target: Array, to_last: bool, threads: int) -> list[Task]:
    """Tasks that copy ``source`` into ``target``, one of which has its channels last."""
    moved = source.transpose(0, 2, 3, 1) if to_last else source.transpose(0, 3, 1, 2)
    if moved.size < PIECE:
        return [_copy(target, moved)]
    tasks = []
    axis = 1
    pieces = max(threads, moved.size // len(moved) // PIECE)
    for n in range(len(moved)):
        for part in spans(moved.shape[axis], pieces):
            tasks.append(_copy(target[n, part], moved[n, part]))
    return tasks
