"""Local response normalization across channels, with the channels innermost."""

from __future__ import annotations

from typing import Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels.base import Binding, Call, Kernel, Phase, flat, run_calls, spans
from caffe_proto.engines.threads import Task

__all__ = ["AcrossChannels"]

# Elements of the working arrays of a block; there are two.
BLOCK = 1 << 15


class AcrossChannels(Kernel):
    """``x * (k + alpha * sum of neighbours' squares) ** -beta``.

    Squares are laid out with zeros between the pixels, as many as a window reaches over, so that
    the sum over a window is the sum of shifted copies of one long row.
    """

    variant = "shifted sums"

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        layer: Any = op.layer
        self.size, self.beta = int(layer.size), float(layer.beta)
        self.alpha, self.k = np.float32(layer.alpha), np.float32(layer.k)
        n, c, h, w = op.inputs[0].shape
        pixels, self.pitch = n * h * w, c + self.size - 1
        pieces = max(threads, -(-pixels * self.pitch // BLOCK))
        self.parts = spans(pixels, pieces)
        largest = max(part.stop - part.start for part in self.parts) * self.pitch
        self.lane = [(largest,), (largest,)]

    def macs(self) -> int:
        return self.elements() * self.size

    def bind(self, memory: Binding) -> list[Phase]:
        return [[self._task(memory, part) for part in self.parts]]

    def _task(self, memory: Binding, part: slice) -> Task:
        lanes = [self._calls(memory, part, *lane) for lane in memory.lanes]

        def task(lane: int) -> None:
            run_calls(lanes[lane])

        return task

    def _calls(self, memory: Binding, part: slice, one: Array, two: Array) -> list[Call]:
        x, y = flat(memory.inputs[0])[part], flat(memory.outputs[0])[part]
        rows, channels = x.shape
        half, count = self.size // 2, rows * self.pitch
        squares = one[:count].reshape(rows, self.pitch)
        # The sum over a window stands where the window begins: half a window before its centre.
        long, short = one[:count], count - self.size + 1
        sums = two[:short]
        calls: list[Call] = [
            (_zero, (), squares[:, :half]),
            (_zero, (), squares[:, half + channels :]),
            (np.multiply, (x, x), squares[:, half : half + channels]),
        ]
        if self.size > 1:
            calls.append((np.add, (long[:short], long[1 : 1 + short]), sums))
        else:
            calls.append((np.positive, (long,), sums))
        for shift in range(2, self.size):
            calls.append((np.add, (sums, long[shift : shift + short]), sums))
        calls.append((np.multiply, (sums, self.alpha), sums))
        calls.append((np.add, (sums, self.k), sums))
        power = one[:short]
        if self.beta == 0.75:
            # s ** 0.75 by two square roots, a fraction of a general power's cost.
            calls.append((np.sqrt, (sums,), power))
            calls.append((np.multiply, (power, sums), power))
            calls.append((np.sqrt, (power,), power))
        elif self.beta == 0.5:
            calls.append((np.sqrt, (sums,), power))
        elif self.beta == 1:
            power = sums
        else:
            calls.append((np.power, (sums, np.float32(self.beta)), power))
        whole = (one if power is not sums else two)[:count].reshape(rows, self.pitch)
        calls.append((np.divide, (x, whole[:, :channels]), y))
        return calls


def _zero(out: Array) -> None:
    out.fill(0)


def suits(op: Op) -> bool:
    """Whether it is across channels."""
    layer: Any = op.layer
    return bool(layer.is_across) and min(op.output.shape) > 0
