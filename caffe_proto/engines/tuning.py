"""Which variant of a convolution is fastest here: a quick trial, remembered by shape.

How fast a matrix product of a certain shape is, and how large the caches are, differs from machine
to machine more than any rule of thumb foresees.
"""

from __future__ import annotations

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
from caffe_proto.engines.threads import run_tasks, single_blas_thread

__all__ = ["choose_convolution", "forget"]

Maker = Callable[[], Kernel]

#: What a variant has to win by, for a trial is short and other processes disturb it.
MARGIN = 0.97
#: Seconds after which a candidate is not tried again.
ENOUGH = 0.02
REPEATS = 5

_known: dict[tuple[Any, ...], int] = {}
_lock = threading.Lock()


def forget() -> None:
    """Try everything anew from now on."""
    _known.clear()


def choose_convolution(op: Op, threads: int, tune: bool = True) -> Kernel:
    """The fastest kernel for a convolution; without ``tune`` the one that usually is."""
    weights = Weights(op)
    makers = _candidates(op, threads, weights)
    if len(makers) == 1 or not tune:
        return makers[0]()
    activation = op.activation is not None
    key = (weights.geometry, op.residual is not None, activation, threads)
    best = _known.get(key)
    if best is not None and best < len(makers):
        return makers[best]()
    with _lock:
        kernels = [make() for make in makers]
        best = _fastest(op, kernels)
        _known[key] = best
    return kernels[best]


def _candidates(op: Op, threads: int, weights: Weights) -> list[Maker]:
    """Makers of the kernels that may be the fastest, the safest guess first."""
    g = weights.geometry
    if depthwise.suits(g):
        return [lambda: depthwise.Depthwise(op, threads, weights)]
    makers: list[Maker] = []
    if g.is_pointwise and g.groups == 1:
        for pieces in _pieces(g, threads):
            makers.append(lambda n=pieces: PixelConv(op, threads, weights, n, "pixels"))  # type: ignore[misc]
        if threads > 1 and g.pixels < 1024 and g.outputs >= 32 * threads:
            makers.append(lambda: PixelConv(op, threads, weights, threads, "outputs"))
        return makers
    if winograd.suits(g):
        makers += _winograd(op, threads, weights)
    limits = sorted({_window_limit(g, limit, threads) for limit in (1 << 17, 1 << 19, 1 << 21)})
    for limit in limits:
        makers.append(lambda n=limit: WindowConv(op, threads, weights, n))  # type: ignore[misc]
    if threads > 1 and g.groups == 1 and g.pixels < 1024 and g.outputs >= 32 * threads:
        makers.append(lambda: OutputConv(op, threads, weights))
    return makers


def _pieces(g: Geometry, threads: int) -> list[int]:
    """Into how many blocks of pixels a 1 x 1 convolution may be cut."""
    whole = g.pixels * (g.channels + g.outputs)
    pieces = {threads}
    for elements in (1 << 17, 1 << 19):
        n = -(-whole // elements)
        n = -(-n // threads) * threads
        if g.pixels // n >= 64:
            pieces.add(n)
    return sorted(pieces)


def _window_limit(g: Geometry, limit: int, threads: int) -> int:
    """A limit of elements of a block, lowered to what the whole layer gives each thread."""
    return min(limit, -(-g.pixels // threads) * g.depth * g.groups)


def _winograd(op: Op, threads: int, weights: Weights) -> list[Maker]:
    g = weights.geometry
    filters: list[Array] = []

    def transformed() -> Array:
        if not filters:
            filters.append(winograd.transformed_filters(weights))
        return filters[0]

    def make(tiles: int, in_step: bool) -> Maker:
        return lambda: winograd.Winograd(op, threads, weights, transformed(), tiles, in_step)

    tiles = g.images * -(-g.result[0] // 4) * -(-g.result[1] // 4)
    makers = []
    for elements in (1 << 18, 1 << 20):
        # Elements of the working arrays of a block.
        count = elements // (36 * max(g.channels, g.outputs))
        if count >= 16 and count * threads <= 4 * tiles:
            makers.append(make(count, False))
    if tiles * 36 * (g.channels + g.outputs) <= 1 << 23:
        makers.append(make(max(4, min(64, -(-tiles // threads))), True))
    return makers


# -- trials ------------------------------------------------------------------------------------


def _fastest(op: Op, kernels: list[Kernel]) -> int:
    works = [_trial(op, kernel) for kernel in kernels]
    best = [float("inf")] * len(works)
    spent = [0.0] * len(works)
    with single_blas_thread():
        for repeat in range(REPEATS):
            for i, work in enumerate(works):
                if repeat > 1 and (spent[i] > ENOUGH or best[i] > 1.5 * min(best)):
                    continue
                begin = time.perf_counter()
                work()
                took = time.perf_counter() - begin
                spent[i] += took
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
