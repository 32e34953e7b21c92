"""Standard normal values by the ziggurat method, as Boost draws them in single precision.

The area under the density ``f(x) = exp(-x*x/2)``, ``x >= 0``, is cut into 128 layers of equal area:
127 horizontal strips and, at the bottom, a strip with the tail beyond ``x[1]``. A 32-bit draw
picks layer and sign with its low 8 bits and a point across the layer with its upper 24. Nearly
always the point lies in the part of the strip that is wholly below the curve, and the draw has
become a value. Otherwise it is in the wedge at the strip's end, where a second draw decides, or
in the tail, which is drawn from exponential values (a ziggurat of 256 layers of their own).

Sources: Marsaglia and Tsang, "The Ziggurat Method for Generating Random Variables", Journal of
Statistical Software 5(8), 2000; the order of draws and of roundings is that of Boost 1.74
(``normal_distribution<float>`` over ``mt19937``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["fill_normal"]

F32 = npt.NDArray[np.float32]
U32 = npt.NDArray[np.uint32]

CHUNK = 1 << 14
"""Draws handled at a time: few enough for the working arrays to stay in the processor's cache."""

# Where the tails begin. With these, layers of equal area close exactly at x = 0, f(0) = 1.
NORMAL_TAIL = 3.4426198558966521214
EXPONENTIAL_TAIL = 7.6971174701310497140

# From here on float32(u) is 2**32, the uniform value would be 1, and Boost draws again.
UNIFORM_REDRAW = 2**32 - 128

_REJECTED, _ACCEPTED, _ONE_BY_ONE = 0, 1, 2


def layers(
    tail: float,
    area: float,
    f: Callable[[float], float],
    inverse: Callable[[float], float],
    count: int,
) -> tuple[list[float], list[float]]:
    """Edges ``x[i]`` and heights ``y[i] = f(x[i])`` of ``count`` layers of equal ``area``.

    Both lists have ``count + 1`` entries: ``x`` falls from the bottom layer's nominal width to 0,
    ``y`` rises from 0 to 1.
    """
    x = [area / f(tail), tail]
    while len(x) < count:
        x.append(inverse(area / x[-1] + f(x[-1])))
    x.append(0.0)
    return x, [0.0, *(f(edge) for edge in x[1:])]


def normal_layers() -> tuple[list[float], list[float]]:
    """Edges and heights of the 128 layers below ``exp(-x*x/2)``."""
    density = math.exp(-NORMAL_TAIL * NORMAL_TAIL / 2)
    beyond = math.sqrt(math.pi / 2) * math.erfc(NORMAL_TAIL / math.sqrt(2))
    return layers(
        NORMAL_TAIL,
        NORMAL_TAIL * density + beyond,
        lambda x: math.exp(-x * x / 2),
        lambda y: math.sqrt(-2 * math.log(y)),
        128,
    )


def exponential_layers() -> tuple[list[float], list[float]]:
    """Edges and heights of the 256 layers below ``exp(-x)``."""
    area = (EXPONENTIAL_TAIL + 1) * math.exp(-EXPONENTIAL_TAIL)
    return layers(EXPONENTIAL_TAIL, area, lambda x: math.exp(-x), lambda y: -math.log(y), 256)


class Layers(NamedTuple):
    """What the sampling needs of each layer, rounded to float32 as Boost rounds it."""

    x: F32
    y: F32
    width: F32
    """``x[i] - x[i + 1]``"""
    height: F32
    """``y[i + 1] - y[i]``"""


class NormalTables(NamedTuple):
    """The normal layers, and what the low 8 bits of a draw stand for."""

    layers: Layers
    signed_step: F32
    """(256,) by which the upper 24 bits are multiplied to give the signed x."""
    first_slow: U32
    """(256,) the first draw with these low bits that is not surely below the curve."""
    concave: npt.NDArray[np.bool_]
    """(128,) layers where the curve bends downwards (x < 1)."""


def _rounded(x: list[float], y: list[float]) -> Layers:
    # The differences are taken in double precision and rounded once.
    wide, high = np.array(x), np.array(y)
    return Layers(
        wide.astype(np.float32),
        high.astype(np.float32),
        (wide[:-1] - wide[1:]).astype(np.float32),
        (high[1:] - high[:-1]).astype(np.float32),
    )


@lru_cache(maxsize=1)
def _normal_tables() -> NormalTables:
    x, y = normal_layers()
    table = _rounded(x, y)
    step = table.x[:-1] * np.float32(2.0**-24)
    signed = np.stack([-step, step], axis=1).ravel()  # an odd draw is positive
    first = []
    for layer in range(128):
        # x grows with the 24 bits: halve the range until the first that reaches the next edge.
        # Boost compares the float32 x with the edge in double precision.
        low, high = 0, 1 << 24
        while low < high:
            middle = (low + high) // 2
            if float(np.float32(middle) * step[layer]) < x[layer + 1]:
                low = middle + 1
            else:
                high = middle
        first.append(low << 8)
    return NormalTables(
        table, signed, np.repeat(np.array(first, np.uint32), 2), np.array(x[:-1]) < 1
    )


@lru_cache(maxsize=1)
def _exponential_tables() -> Layers:
    return _rounded(*exponential_layers())


def _exp(x: F32) -> F32:
    # Single precision exp of the C library is as good as exactly rounded; numpy's is not.
    return np.exp(x.astype(np.float64)).astype(np.float32)


def _below_curve(tables: NormalTables, layer: npt.NDArray[np.intp], x: F32, second: U32) -> F32:
    """Whether the points of wedges, ``x >= 0`` across and ``second`` up, lie below the curve.

    The chord and the tangent at the layer's lower edge bound the curve; only between them is it
    evaluated. Which of them is the upper bound depends on the curve's bend.
    """
    table = tables.layers
    edge, low = table.x[layer], table.y[layer]
    up = second.astype(np.float32) * np.float32(2.0**-32)
    y = low + up * table.height[layer]
    inwards = edge - x
    over_chord = table.width[layer] * up - inwards
    over_tangent = y - (low + inwards * low * edge)
    concave = tables.concave[layer]
    over_upper = np.where(concave, over_tangent, over_chord)
    over_lower = np.where(concave, over_chord, over_tangent)
    below = (over_upper < 0) & ((over_lower < 0) | (y < _exp(-(x * x / np.float32(2)))))
    return below  # type: ignore[no-any-return]


class _Draws:
    """Draws taken one by one from an array; running out raises ``IndexError``."""

    def __init__(self, draws: U32, at: int) -> None:
        self.draws = draws
        self.at = at

    def next(self) -> np.uint32:
        value: np.uint32 = self.draws[self.at]
        self.at += 1
        return value

    def uniform(self) -> U32:
        """The next draw, shape ``(1,)``, that gives a uniform value below 1."""
        while (value := self.next()) >= UNIFORM_REDRAW:
            pass
        return np.array([value], np.uint32)


def _exponential(draws: _Draws) -> np.float32:
    """One value of the standard exponential distribution."""
    table = _exponential_tables()
    shift: np.float32 = np.float32(0)
    value: np.float32
    while True:
        draw = int(draws.next())
        layer = draw & 255
        x: np.float32 = np.float32(draw >> 8) * np.float32(2.0**-24) * table.x[layer]
        value = shift + x
        if x < table.x[layer + 1]:
            return value
        if layer == 0:
            # The tail of an exponential looks like the whole of it.
            shift += table.x[1]
            continue
        up = np.float32(draws.uniform()[0]) * np.float32(2.0**-32)
        y = table.y[layer] + up * table.height[layer]
        over_chord = table.width[layer] * up - (table.x[layer] - x)
        inner = table.y[layer + 1]
        over_tangent = y - (inner + (table.x[layer + 1] - x) * inner)
        if over_chord < 0 and (over_tangent <= 0 or y < np.float32(math.exp(-float(x)))):
            return value


def _slow_candidate(tables: NormalTables, draws: _Draws) -> np.float32 | None:
    """The value of one candidate outside the sure part of its layer; None if it is rejected."""
    draw = int(draws.next())
    layer = (draw & 255) >> 1
    sign = np.float32(1 if draw & 1 else -1)
    value: np.float32
    if layer == 0:
        tail: np.float32 = tables.layers.x[1]
        while True:
            beyond = _exponential(draws) / tail
            y = _exponential(draws)
            if np.float32(2) * y > beyond * beyond:
                value = (beyond + tail) * sign
                return value
    x = np.float32(draw >> 8) * np.float32(2.0**-24) * tables.layers.x[layer]
    below = _below_curve(tables, np.array([layer]), np.array([x], np.float32), draws.uniform())
    value = x * sign
    return value if below[0] else None


class _Workspace:
    """Arrays for ``size`` draws that are reused: fresh memory costs more than the sums."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.low_bits = np.empty(size, np.intp)
        self.upper_bits = np.empty(size, np.uint32)
        self.first_slow = np.empty(size, np.uint32)
        self.is_slow = np.empty(size, np.bool_)
        self.steps = np.empty(size, np.float32)
        self.values = np.empty(size, np.float32)
        self.keep = np.empty(size, np.bool_)


def _convert(draws: U32, work: _Workspace) -> tuple[F32, int]:
    """The values that ``draws`` become, in ``work`` or a copy, and how many draws they took.

    Draws are left over only where the last candidate needs more than there are.
    """
    tables = _normal_tables()
    count = draws.size
    low_bits, values = work.low_bits[:count], work.values[:count]
    upper, steps = work.upper_bits[:count], work.steps[:count]
    first, is_slow = work.first_slow[:count], work.is_slow[:count]
    np.bitwise_and(draws, 255, out=low_bits)
    np.right_shift(draws, 8, out=upper)
    np.copyto(values, upper.view(np.int32), casting="unsafe")
    tables.signed_step.take(low_bits, out=steps, mode="wrap")
    np.multiply(values, steps, out=values)
    tables.first_slow.take(low_bits, out=first, mode="wrap")
    slow = np.flatnonzero(np.greater_equal(draws, first, out=is_slow))
    if slow.size == 0:
        return values, count

    # Decide every slow position as if it were a candidate. Most are, the rest are second draws of
    # the position before: only the walk from left to right tells.
    layer = low_bits[slow] >> 1
    second = draws.take(slow + 1, mode="clip")
    below = _below_curve(tables, layer, np.abs(values[slow]), second)
    verdicts = np.where((layer == 0) | (second >= UNIFORM_REDRAW), _ONE_BY_ONE, below)
    end, last = count, count - 1
    used_up: list[int] = []
    free = 0
    for at, verdict in zip(slow.tolist(), verdicts.tolist(), strict=True):
        if at < free:
            continue
        if verdict != _ONE_BY_ONE and at < last:
            free = at + 2
            used_up.append(at + 1)
            if verdict == _REJECTED:
                used_up.append(at)
            continue
        rest = _Draws(draws, at)
        try:
            value = _slow_candidate(tables, rest)
        except IndexError:
            end = at
            break
        free = rest.at
        if value is None:
            used_up.append(at)
        else:
            values[at] = value
        used_up.extend(range(at + 1, free))
    keep = work.keep[:count]
    keep.fill(True)
    keep[used_up] = False
    return values[:end][keep[:end]], end


def fill_normal(raw: Callable[[int], U32], out: F32, mean: np.float32, std: np.float32) -> None:
    """Fill ``out``, one-dimensional, with normal values made of the draws of ``raw``.

    ``raw(n)`` gives the next ``n`` 32-bit draws. Never more are taken than Boost takes: each value
    still missing needs at least one draw more, so asking for that many cannot be too much.
    """
    work = _Workspace(min(out.size, CHUNK) + 64)
    done = 0
    left = np.empty(0, np.uint32)
    while done < out.size:
        draws = raw(min(out.size - done, CHUNK))
        if left.size:
            draws = np.concatenate((left, draws))
            if draws.size > work.size:
                work = _Workspace(draws.size)
        values, used = _convert(draws, work)
        part = out[done : done + values.size]
        np.multiply(values, std, out=part)
        np.add(part, mean, out=part)
        done += values.size
        left = draws[used:]
