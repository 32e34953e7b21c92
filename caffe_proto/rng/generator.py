"""Caffe's random number generator: MT19937 and the distributions that Caffe draws from it."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator, MutableSequence
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto.rng.ziggurat import CHUNK, fill_normal

__all__ = ["CaffeRandom"]

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
Shape = int | tuple[int, ...]

_FLT_MAX = float(np.finfo(np.float32).max)


class CaffeRandom:
    """The stream of random numbers that BVLC Caffe draws from for ``random_seed: seed``.

    A 32-bit Mersenne twister (MT19937; Matsumoto and Nishimura 1998) with Boost's distributions in
    float32. Every method takes the draws that Caffe takes, in Caffe's order, so calls may be mixed
    and one call for n values equals two calls for k and n - k. Nothing is computed before the first
    draw.

    ``seed`` is taken modulo 2**32, as Caffe's cast to ``unsigned int`` does; a solver with a
    negative ``random_seed`` sets none, which is :meth:`fresh`.

        >>> rng = CaffeRandom(1701)
        >>> rng.uniform(2, -1, 1)
        array([-0.82113355,  0.03747821], dtype=float32)
    """

    def __init__(self, seed: int) -> None:
        self._seed = operator.index(seed) & 0xFFFFFFFF
        self._bits: np.random.MT19937 | None = None
        self._legacy: np.random.RandomState | None = None

    @classmethod
    def fresh(cls) -> CaffeRandom:
        """A stream from a seed that the operating system picks; ``seed`` tells which."""
        return cls(int.from_bytes(os.urandom(4), "little"))

    def __repr__(self) -> str:
        return f"CaffeRandom(seed={self._seed})"

    @property
    def seed(self) -> int:
        """The seed last set, 0 to 2**32 - 1."""
        return self._seed

    def reseed(self, seed: int) -> None:
        """Start anew from ``seed``."""
        self._seed = operator.index(seed) & 0xFFFFFFFF
        self._bits = self._legacy = None

    def get_state(self) -> dict[str, Any]:
        """The place in the stream, to give to :meth:`set_state`."""
        state: dict[str, Any] = {"seed": self._seed}
        if self._bits is not None:
            twister: dict[str, Any] = dict(self._bits.state["state"])
            state["key"], state["pos"] = np.array(twister["key"]), int(twister["pos"])
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from where :meth:`get_state` was called, on this or on another stream."""
        self.reseed(state["seed"])
        if "key" in state:
            bits = self._generator()[0]
            key, pos = np.array(state["key"], np.uint32), int(state["pos"])
            bits.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": pos}}

    def copy(self) -> CaffeRandom:
        """A stream of its own that goes on from the same place."""
        other = CaffeRandom(self._seed)
        other.set_state(self.get_state())
        return other

    # Pickled and deeply copied by its state: numpy's two objects would lose hold of one another.
    def __getstate__(self) -> dict[str, Any]:
        return self.get_state()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.set_state(state)

    def _generator(self) -> tuple[np.random.MT19937, np.random.RandomState]:
        if self._bits is None or self._legacy is None:
            self._bits = np.random.MT19937(0)
            self._legacy = np.random.RandomState(self._bits)
            self._legacy.seed(self._seed)
        return self._bits, self._legacy

    # ------------------------------------------------------------------ integers

    def next(self) -> int:
        """One draw, 0 to 2**32 - 1 (Caffe's ``caffe_rng_rand``)."""
        return int(self._generator()[0].random_raw())

    def raw(self, count: int) -> U32:
        """``count`` draws, uint32 of shape ``(count,)``."""
        return self._generator()[1].randint(0, 1 << 32, size=count, dtype=np.uint32)

    def below(self, n: int) -> int:
        """One draw modulo ``n``, as the data layers pick an offset, a mirror image or a window."""
        if n < 1:
            raise ValueError(f"below(n) needs n >= 1, found {n}")
        return self.next() % n

    def uniform_int(self, low: int, high: int) -> int:
        """A whole number, ``low`` to ``high`` inclusive, as ``boost::uniform_int`` draws it.

        The 2**32 draws are parted in equal buckets; draws beyond the last bucket are repeated.
        Without a choice (``low == high``) nothing is drawn.
        """
        span = high - low
        if not 0 <= span < 1 << 32:
            raise ValueError(
                f"uniform_int(low, high) needs low <= high < low + 2**32, found {low} and {high}"
            )
        if span == 0:
            return low
        bucket = (1 << 32) // (span + 1)
        while (value := self.next() // bucket) > span:
            pass
        return low + value

    def permutation(self, count: int) -> npt.NDArray[np.int64]:
        """The order in which :meth:`shuffle` leaves ``range(count)``, shape ``(count,)``."""
        order = list(range(count))
        self.shuffle(order)
        return np.array(order, np.int64)

    def shuffle(self, items: MutableSequence[Any] | npt.NDArray[Any]) -> None:
        """Shuffle ``items`` in place as ``caffe::shuffle`` does (an array: along its first axis).

        Fisher and Yates from the end: the last item changes places with one drawn by
        :meth:`uniform_int` from all of them, then the last but one, and so on.
        """
        count = len(items)
        if isinstance(items, np.ndarray):
            items[...] = items[self.permutation(count)]
            return
        for at, other in zip(range(count - 1, 0, -1), self._partners(count), strict=True):
            items[at], items[other] = items[other], items[at]

    def _partners(self, count: int) -> Iterator[int]:
        """``uniform_int(0, i)`` for i = count - 1 down to 1."""
        top = count - 1
        while top > 0:
            spans = np.arange(top, max(top - CHUNK, 0), -1, dtype=np.int64)
            draws = self.raw(spans.size).astype(np.int64)
            while spans.size:
                chosen = draws // ((1 << 32) // (spans + 1))
                repeated = np.flatnonzero(chosen > spans)
                good = int(repeated[0]) if repeated.size else spans.size
                yield from chosen[:good].tolist()
                top -= good
                spans = spans[good:]
                if spans.size:
                    # A draw beyond the last bucket is lost: all that follow move up by one.
                    draws = np.append(draws[good + 1 :], np.int64(self.next()))

    # ------------------------------------------------------------------ distributions

    def bernoulli(self, shape: Shape, p: float) -> U8:
        """1 with probability ``p``, else 0; uint8 of ``shape``.

        One draw an element, ``float32(draw) <= float32(p) * 2**32``; p = 0 draws nothing, as in
        Boost. Raises ``ValueError`` for p outside 0 to 1.
        """
        chance = np.float32(p)
        if not 0 <= chance <= 1:
            raise ValueError(f"a Bernoulli probability lies between 0 and 1, found {p:g}")
        out = np.zeros(shape, np.uint8)
        if chance == 0:
            return out
        # The largest draw whose float32 is not above the bound, so that integers are compared.
        bound = chance * np.float32(2.0**32)
        above = np.nextafter(bound, np.float32(np.inf))
        largest = min(int((float(bound) + float(above)) / 2), 2**32 - 1)
        if np.float32(largest) > bound:
            largest -= 1
        flat = out.reshape(-1).view(np.bool_)
        for start in range(0, flat.size, CHUNK):
            part = flat[start : start + CHUNK]
            np.less_equal(self.raw(part.size), np.uint32(largest), out=part)
        return out

    def uniform(self, shape: Shape, low: float, high: float) -> F32:
        """Values of ``low`` to ``high``, both included; float32 of ``shape``.

        Caffe's ``caffe_rng_uniform``: the upper end is the float32 next above ``high``, a value is
        ``float32(draw) / 2**32 * (end - low) + low``, rounded to float32 at each step, and drawn
        again where that reaches the end. So ``low == high`` takes a varying number of draws.

        Raises ``ValueError`` unless both are finite and ``low <= high`` (Caffe aborts or hangs).
        """
        a, b = np.float32(low), np.float32(high)
        if not (isfinite(a) and isfinite(b) and a <= b):
            raise ValueError(f"uniform values need finite min <= max, found {low:g} and {high:g}")
        end = np.nextafter(b, np.float32(_FLT_MAX))
        if a == end:
            raise ValueError(f"uniform values: nothing lies between {low:g} and {high:g}")
        half = np.float32(0.5)
        if end * half - a * half > np.float32(_FLT_MAX) * half:
            # Boost halves a range that float32 cannot hold, and doubles what it draws.
            out = self._uniform(shape, a * half, end * half)
            out *= np.float32(2)
            return out
        return self._uniform(shape, a, end)

    def _uniform(self, shape: Shape, low: np.float32, end: np.float32) -> F32:
        out = np.empty(shape, np.float32)
        flat = out.reshape(-1)
        span = np.float32(end - low)
        step = np.float32(span * np.float32(2.0**-32))
        # Scaling by 2**-32 is exact and can be done beforehand, unless it leaves the normal range.
        exact = step >= np.finfo(np.float32).tiny
        done = 0
        while done < flat.size:
            draws = self.raw(min(flat.size - done, CHUNK))
            part = flat[done : done + draws.size]
            np.copyto(part, draws, casting="unsafe")
            if exact:
                part *= step
            else:
                part *= np.float32(2.0**-32)
                part *= span
            part += low
            if part.max() < end:
                done += part.size
            else:
                good = part[part < end]
                part[: good.size] = good
                done += good.size
        return out

    def gaussian(self, shape: Shape, mean: float, std: float) -> F32:
        """Normal values of ``mean`` and standard deviation ``std``; float32 of ``shape``.

        Boost's ziggurat in float32 (:mod:`caffe_proto.rng.ziggurat`), then ``x * std + mean``. No
        second value is kept back. Raises ``ValueError`` unless ``std > 0`` (Caffe aborts).
        """
        scale, shift = np.float32(std), np.float32(mean)
        if not scale > 0:
            raise ValueError(f"normal values need std > 0, found {std:g}")
        out = np.empty(shape, np.float32)
        with np.errstate(over="ignore", invalid="ignore"):
            fill_normal(self.raw, out.reshape(-1), shift, scale)
        return out
