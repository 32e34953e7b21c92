"""Work put down as a list of calls, to be done once or again and again over the same memory.

A layer that runs repeatedly over the same arrays spends a good part of its time in finding out how
to cut them, and while it does no other thread can run. So what is to be computed is written as a
generator of :data:`Step`: calls of NumPy with views and results already in place. To compute it
once, do the steps as they come; to compute it often, keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

__all__ = ["Step", "Steps", "run"]

#: A call without arguments; what it returns does not matter.
Step = Callable[[], object]
Steps = Iterable[Step]


def run(steps: Steps) -> None:
    """Do all steps, each before the next one is asked for."""
    for step in steps:
        step()
