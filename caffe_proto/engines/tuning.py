"""Which variant of a convolution is fastest here: a quick trial, remembered by shape.

How fast a matrix product of a certain shape is, and how large the caches are, differs from machine
to machine more than any rule of thumb foresees.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels import depthwise, winograd
from caffe_proto.engines.kernels.base import Binding, Kernel
from caffe_proto.engines.kernels.convolution import (
    Geometry,
    OutputConv,
    PixelConv,
    Weights,
    WindowConv,
)
from caffe_proto.engines.kernels.pooled import PooledConv
from caffe_proto.engines.threads import run_tasks, single_blas_thread
from caffe_proto.layers.windows import Windows

__all__ = ["ConvolutionChoice", "forget", "takes_pooling"]

Maker = Callable[[], Kernel]

#: Elements of one of the two working arrays of a block.
WINOGRAD_BLOCK = 1 << 18
#: Below this many windows, lanes may be better off with outputs of their own than with windows.
FEW_PIXELS = 128
#: An expected gain that needs no trial.
CERTAIN = 1.2
#: Multiply-adds of a value above which it had better be written and read than computed twice.
MOST_TWICE = 512
#: What a variant has to win by, for a trial is short and other processes disturb it.
MARGIN = 0.97
#: Trials of a variant, the first of which only warms up.
REPEATS = 3

#: Ways to do a 3 x 3 convolution by Winograd, and what a tile's transforms cost a channel, by tile.
_SCHEMES = (winograd.F4, winograd.F2)
_MOVED = {4: 1000, 2: 250}

_known: dict[tuple[Any, ...], int] = {}
_lock = threading.Lock()


def forget() -> None:
    """Try everything anew from now on."""
    _known.clear()


class ConvolutionChoice:
    """The kernel for a convolution: the fastest in a trial, or without one the likeliest."""

    def __init__(self, op: Op, threads: int, tune: bool) -> None:
        self._op = op
        weights = self._weights = Weights(op)
        self._makers = _candidates(op, threads, weights)
        activation = None if op.activation is None else type(op.activation.slope)
        self._key = (weights.geometry, op.residual is not None, activation, threads)
        self._tune = tune and len(self._makers) > 1
        self._kernel: Kernel | None = None

    def try_out(self) -> None:
        """Hold the trial, if there is a choice and its outcome is not known yet."""
        if self._tune and self._key not in _known:
            with _lock:
                kernels = [make() for make in self._makers]
                best = _known[self._key] = _fastest(self._op, kernels)
            self._kernel = kernels[best]

    def __call__(self) -> Kernel:
        """The kernel; makes it, if no trial has."""
        if self._kernel is None:
            best = _known.get(self._key, 0) if self._tune else 0
            self._kernel = self._makers[best]()
        self._weights.release()
        return self._kernel


def _candidates(op: Op, threads: int, weights: Weights) -> list[Maker]:
    """Makers of the kernels that may be the fastest, the likeliest first."""
    g = weights.geometry
    if depthwise.suits(g):
        return [lambda: depthwise.Depthwise(op, threads, weights)]
    shares_outputs = threads > 1 and g.pixels < FEW_PIXELS and g.outputs >= 32 * threads
    if g.is_pointwise and g.groups == 1:
        makers: list[Maker] = [lambda: PixelConv(op, threads, weights)]
        if shares_outputs:
            makers.append(lambda: PixelConv(op, threads, weights, threads, "outputs"))
        return makers
    if "pooling" in op.facts:
        if winograd.suits(g) and _winograd_gain(g) > CERTAIN:
            return [_winograd(op, threads, weights)]
        return [lambda: PooledConv(op, threads, weights)]
    makers = [lambda: WindowConv(op, threads, weights)]
    if shares_outputs and g.groups == 1:
        makers.append(lambda: OutputConv(op, threads, weights))
    if winograd.suits(g):
        gain = _winograd_gain(g)
        if gain > CERTAIN:
            return [_winograd(op, threads, weights)]
        if gain > 1 / CERTAIN:
            makers.insert(0, _winograd(op, threads, weights))
    return makers


def takes_pooling(op: Op, windows: Windows) -> bool:
    """Whether a convolution will be done in a way that can pool what it is about to write."""
    g = Geometry.of(op)
    if depthwise.suits(g) or g.is_pointwise:
        return False
    overlaps = any(k > s for k, s in zip(windows.kernel, windows.stride, strict=True))
    if overlaps and g.depth > MOST_TWICE:
        return False
    if not winograd.suits(g) or _winograd_gain(g) < 1 / CERTAIN:
        return True
    # Tiles hold whole 2 x 2 windows.
    halves = windows.kernel == windows.stride == (2, 2) and not any(windows.pad)
    return halves and _winograd_gain(g) > CERTAIN and not any(n % 2 for n in g.result)


def _winograd_gain(g: Geometry) -> float:
    """How many times faster than with columns Winograd should be."""
    return g.pixels * (9 * _pairs(g) + 30 * g.channels) / min(_spent(g, s) for s in _SCHEMES)


def _spent(g: Geometry, scheme: winograd.Scheme) -> float:
    """The multiply-adds of a scheme; what is moved on the way counts as so many as take as long."""
    tiles = g.images * math.prod(scheme.tiles(g))
    pairs, points = _pairs(g), scheme.points
    spent = tiles * (points * pairs + _MOVED[scheme.tile] * (1.7 * g.channels + g.outputs))
    # With few tiles a product spends its time on reading filters.
    return spent + 20 * points * pairs


def _pairs(g: Geometry) -> int:
    return g.channels * g.outputs // g.groups


def _winograd(op: Op, threads: int, weights: Weights) -> Maker:
    g = weights.geometry
    chosen = min(_SCHEMES, key=lambda scheme: _spent(g, scheme))
    tiles, points = g.images * math.prod(chosen.tiles(g)), chosen.points
    held = tiles * points * (g.channels + g.outputs)
    # Many weights are better read once for all tiles, if these fit the cache meanwhile.
    in_step = g.channels * g.outputs >= 1 << 15 and held <= 1 << 23
    count = max(16, WINOGRAD_BLOCK // (points * max(g.channels, g.outputs)))
    if in_step or count * threads > tiles:
        count = -(-tiles // threads)
    if in_step:
        count = min(count, 64)
    return lambda: winograd.Winograd(op, threads, weights, chosen, count, in_step)


# -- trials ------------------------------------------------------------------------------------


def _fastest(op: Op, kernels: list[Kernel]) -> int:
    works = [_trial(op, kernel) for kernel in kernels]
    best = [float("inf")] * len(works)
    with single_blas_thread():
        for repeat in range(REPEATS):
            for i, work in enumerate(works):
                begin = time.perf_counter()
                work()
                took = time.perf_counter() - begin
                if repeat:
                    best[i] = min(best[i], took)
    winner = 0
    for i, took in enumerate(best):
        if took < MARGIN * best[winner]:
            winner = i
    return winner


def _trial(op: Op, kernel: Kernel) -> Callable[[], None]:
    """A run of ``kernel`` on made-up values."""

    def image(shape: tuple[int, ...]) -> Array:
        n, c, h, w = shape
        # Any ordinary numbers do; zeros or leftovers may be slower or faster to multiply.
        return np.full((n, h, w, c), 0.5, np.float32)

    memory = Binding(
        [image(value.shape) for value in op.inputs],
        [image(op.output.shape)],
        [np.zeros(shape, np.float32) for shape in kernel.shared],
        [[np.zeros(shape, np.float32) for shape in kernel.lane] for _ in range(kernel.lanes)],
    )
    phases, lanes = kernel.bind(memory), kernel.lanes

    def work() -> None:
        for phase in phases:
            run_tasks(phase, lanes)

    return work
