"""Reading ahead in a thread: order, depth, errors, and an end."""

from __future__ import annotations

import gc
import itertools
import threading
import time
from collections.abc import Callable

import pytest

from caffe_proto.data.prefetch import Prefetcher


def _wait(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


def test_results_come_in_order() -> None:
    counter = itertools.count()
    ahead = Prefetcher(lambda: next(counter), 3)
    assert [ahead.next() for _ in range(20)] == list(range(20))


def test_no_more_is_made_ahead_than_asked_for() -> None:
    made: list[int] = []
    ahead = Prefetcher(lambda: made.append(0), 3)
    ahead.next()
    assert _wait(lambda: len(made) == 4)
    time.sleep(0.05)
    assert len(made) == 4


def test_making_overlaps_with_what_the_consumer_does() -> None:
    started = threading.Event()

    def slow() -> int:
        started.set()
        return 1

    ahead = Prefetcher(slow, 1)
    ahead.next()
    started.clear()
    assert started.wait(5), "the next result is begun while nobody waits for it"


def test_an_error_reaches_the_consumer_after_the_results_before_it() -> None:
    values = iter([1, 2])

    def produce() -> int:
        try:
            return next(values)
        except StopIteration:
            raise ValueError("no more") from None

    ahead = Prefetcher(produce, 4)
    assert [ahead.next(), ahead.next()] == [1, 2]
    for _ in range(2):
        with pytest.raises(ValueError, match="no more"):
            ahead.next()


def test_the_thread_ends_when_nobody_holds_the_prefetcher() -> None:
    ahead = Prefetcher(lambda: 0, 2, "held by nobody")
    ahead.next()
    names = lambda: [thread.name for thread in threading.enumerate()]  # noqa: E731
    assert "held by nobody" in names()
    del ahead
    gc.collect()
    assert _wait(lambda: "held by nobody" not in names())


def test_a_stopped_prefetcher_says_so() -> None:
    ahead = Prefetcher(lambda: 0, 2)
    ahead.next()
    ahead.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        ahead.next()
