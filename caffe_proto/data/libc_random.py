"""The C library's ``rand()``, with which Caffe's HDF5Data shuffles."""

from __future__ import annotations

from collections.abc import MutableSequence
from typing import Any

__all__ = ["LibcRandom"]


class LibcRandom:
    """glibc's ``rand()`` as ``srand(seed)`` starts it (1: a process that never called it).

    An additive feedback generator, ``r[i] = r[i-3] + r[i-31]`` modulo 2**32, of which the upper 31
    bits are given out; its first 31 numbers come from ``16807 * x modulo 2**31 - 1``, and 310 more
    are thrown away (glibc manual, "ISO C Random Number Functions", TYPE_3).
    """

    def __init__(self, seed: int = 1) -> None:
        value = seed or 1
        state = [value]
        for _ in range(30):
            value = 16807 * value % 0x7FFFFFFF
            state.append(value)
        self._state = state
        # A ring of 31: slot i holds r[i + 31 k]. r[31] .. r[33] repeat r[0] .. r[2], so the
        # feedback begins with the fourth slot.
        self._at = 3
        for _ in range(310):
            self.next()

    def next(self) -> int:
        """One draw, 0 to 2**31 - 1."""
        state, at = self._state, self._at
        state[at] = (state[at] + state[at - 3]) & 0xFFFFFFFF
        self._at = (at + 1) % 31
        return state[at] >> 1

    def shuffle(self, items: MutableSequence[Any]) -> None:
        """Shuffle in place as libstdc++'s ``std::random_shuffle`` does."""
        for i in range(1, len(items)):
            j = self.next() % (i + 1)
            if i != j:
                items[i], items[j] = items[j], items[i]
