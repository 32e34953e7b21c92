"""What a kernel is: prepared once for an operation and its shapes, bound to memory for each plan.

Images are kept with the channels innermost, (N, H, W, C). Then a pixel's channels, a kernel row's
pixels and a whole row of an image are each one run of memory, which is what NumPy copies and adds
fast, and the images of a batch are one matrix with a row a pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from caffe_proto.blob import Array, Shape
from caffe_proto.engines.graph import Activation, Op
from caffe_proto.engines.threads import Task

__all__ = ["Binding", "Epilogue", "Kernel", "Phase", "flat", "per_lane", "spans"]

#: Tasks that may run at the same time; the next phase begins when all are done.
Phase = list[Task]
#: A ufunc with its arrays: two (or one) to read and one to write.
Call = tuple[Callable[..., Any], tuple[Array, ...], Array]

#: Elements of a piece that one task treats: it stays in a core's cache.
PIECE = 1 << 16


class Binding:
    """The memory that a kernel is bound to."""

    def __init__(
        self,
        inputs: Sequence[Array],
        outputs: Sequence[Array],
        shared: Sequence[Array],
        lanes: Sequence[Sequence[Array]],
    ) -> None:
        self.inputs = inputs
        self.outputs = outputs
        #: Working memory of the step.
        self.shared = shared
        #: Working memory of each lane.
        self.lanes = lanes


class Kernel:
    """One way to compute an operation for given shapes. Holds no memory of a run."""

    #: What ``caffe-proto time`` calls it.
    variant = ""

    def __init__(self, op: Op, threads: int) -> None:
        self.op = op
        self.threads = threads
        #: Shapes of the working memory of the step, and of each lane.
        self.shared: list[Shape] = []
        self.lane: list[Shape] = []

    @property
    def lanes(self) -> int:
        """How many lanes it makes use of."""
        return self.threads if self.macs() + self.elements() > SMALL else 1

    def elements(self) -> int:
        """How many values it writes."""
        return sum(int(np.prod(value.shape)) for value in self.op.outputs)

    def macs(self) -> int:
        """Multiply-adds of the definition, whatever this variant spends."""
        return 0

    def bind(self, memory: Binding) -> list[Phase]:
        """The tasks that compute the outputs from the inputs in this memory."""
        raise NotImplementedError


#: Below this much work (values written and multiply-adds) a second thread costs more than it does.
SMALL = 40_000


def per_lane(calls: Sequence[Callable[[], None]]) -> Task:
    """The task that makes, in the lane it runs in, the call prepared for that lane's memory."""

    def task(lane: int) -> None:
        calls[lane]()

    return task


def spans(count: int, pieces: int) -> list[slice]:
    """``range(count)`` cut into at most ``pieces`` nearly equal parts, the larger ones first.

    Lanes that take them one by one then end at about the same time.
    """
    pieces = max(1, min(pieces, count))
    least, more = divmod(count, pieces)
    bounds = [i * least + min(i, more) for i in range(pieces + 1)]
    return [slice(a, b) for a, b in pairwise(bounds)]


def flat(image: Array) -> Array:
    """(N, H, W, C) as a matrix with a row a pixel, without a copy."""
    n, h, w, c = image.shape
    step = image.strides[2]
    return np.lib.stride_tricks.as_strided(image, (n * h * w, c), (step, image.strides[3]))


class Epilogue:
    """What follows a matrix product, done while its result is still in the cache.

    Adds another value, adds one number a channel, rectifies.
    """

    #: Rows are put side by side up to this length: NumPy's inner loop wants more than a few.
    WIDTH = 2048

    def __init__(self, channels: int, shift: Array | None, activation: Activation | None) -> None:
        self.channels = channels
        self._given = shift, activation
        self.repeats = max(1, self.WIDTH // channels)
        self.shift = self._wide(shift)
        self.zeros: Array | None = None
        self.slope: Array | None = None
        self.bounded = True
        if activation is not None:
            slope = np.asarray(activation.slope, np.float32)
            if not slope.any():
                self.zeros = self._wide(np.zeros(channels, np.float32))
            else:
                self.slope = self._wide(np.broadcast_to(slope, (channels,)))
                # Then y = max(x, slope * x), whatever the sign.
                self.bounded = bool((slope <= 1).all())
                self.zeros = self._wide(np.zeros(channels, np.float32))

    def _wide(self, row: Array | None) -> Array | None:
        return None if row is None else np.tile(row.astype(np.float32, copy=False), self.repeats)

    def columns(self, columns: slice) -> Epilogue:
        """The same for some of the channels."""
        begin, end, _ = columns.indices(self.channels)
        if (begin, end) == (0, self.channels):
            return self
        shift, activation = self._given
        if activation is not None and not isinstance(activation.slope, float):
            activation = Activation(activation.slope[columns])
        return Epilogue(end - begin, None if shift is None else shift[columns], activation)

    @cached_property
    def only_shift(self) -> Epilogue:
        """The addition alone."""
        return Epilogue(self.channels, self._given[0], None)

    @cached_property
    def only_activation(self) -> Epilogue:
        """The rectifier alone."""
        return Epilogue(self.channels, None, self._given[1])

    @property
    def needs_room(self) -> bool:
        """Whether ``calls`` needs ``room``."""
        return self.slope is not None

    def calls(
        self,
        y: Array,
        out: Array | None = None,
        other: Array | None = None,
        room: Array | None = None,
    ) -> list[Call]:
        """The steps from ``y`` (rows, channels) to ``out`` (``y`` itself by default).

        ``room`` is working memory of as many elements as ``y``.
        """
        steps: list[Call] = []
        # The last step may as well write where the result belongs.
        rectifies_last = out is not None and self.zeros is not None and self.slope is None
        if other is not None:
            steps.append((np.add, (y, other), y))
        for part, row in self._parts(y):
            if self.shift is not None:
                steps.append((np.add, (part, self.shift[row]), part))
            if self.slope is not None:
                assert room is not None
                assert self.zeros is not None
                product = room.reshape(-1)[: part.size].reshape(part.shape)
                if self.bounded:
                    steps.append((np.multiply, (part, self.slope[row]), product))
                    steps.append((np.maximum, (part, product), part))
                else:
                    steps.append((np.minimum, (part, self.zeros[row]), product))
                    steps.append((np.multiply, (product, self.slope[row]), product))
                    steps.append((np.maximum, (part, self.zeros[row]), part))
                    steps.append((np.add, (part, product), part))
            elif self.zeros is not None and not rectifies_last:
                steps.append((np.maximum, (part, self.zeros[row]), part))
        if out is not None:
            if rectifies_last:
                assert self.zeros is not None
                steps.append((np.maximum, (y, self.zeros[: self.channels]), out))
            else:
                steps.append((np.positive, (y,), out))
        return steps

    def _parts(self, y: Array) -> list[tuple[Array, slice]]:
        """``y`` as wide rows, and the piece of the wide constants that fits them."""
        rows, channels = y.shape
        if y.strides[0] != channels * y.itemsize:
            return [(y, slice(0, channels))]
        line = y.reshape(-1)
        whole = rows // self.repeats * self.repeats * channels
        parts = []
        if whole:
            wide = line[:whole].reshape(-1, self.repeats * channels)
            parts.append((wide, slice(None)))
        if whole < line.size:
            parts.append((line[whole:], slice(0, line.size - whole)))
        return parts


def run_calls(calls: Sequence[Call]) -> None:
    """Do the calls in order."""
    for function, arrays, out in calls:
        function(*arrays, out=out)
