"""Work shared by threads."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import numpy as np
import pytest

from caffe_proto import threads

RNG = np.random.default_rng(36)


@pytest.fixture(params=[1, 2, 3])
def lanes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    number: int = request.param
    monkeypatch.setattr(threads, "available_threads", lambda: number)
    return number


def test_every_piece_is_done_once(lanes: int) -> None:
    done: list[int] = []
    threads.share(done.append, range(50))
    assert sorted(done) == list(range(50))


def test_two_threads_work_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "available_threads", lambda: 2)
    both = threading.Barrier(2, timeout=30)
    threads.share(lambda piece: both.wait(), range(2))


def test_a_failure_reaches_the_caller(lanes: int) -> None:
    def work(piece: int) -> None:
        if piece == 3:
            raise ValueError("the fourth piece")

    with pytest.raises(ValueError, match="the fourth piece"):
        threads.share(work, range(5))


def test_parts_are_one_a_thread_and_cover_everything(lanes: int) -> None:
    parts = threads.parts(10)
    assert len(parts) == lanes
    assert [i for part in parts for i in range(10)[part]] == list(range(10))


def test_parts_are_not_smaller_than_asked_for(lanes: int) -> None:
    assert threads.parts(10, at_least=6) == [slice(0, 10)]
    assert threads.parts(0) == [slice(0, 0)]


@pytest.mark.parametrize(
    "a, b", [((300, 70), (70, 40)), ((30, 70), (70, 400)), ((2, 1, 90, 50), (3, 50, 200))]
)
def test_products_are_those_of_numpy(a: Any, b: Any, lanes: int) -> None:
    left, right = (RNG.normal(size=shape).astype(np.float32) for shape in (a, b))
    expected = left @ right
    out = np.full_like(expected, np.nan)
    assert threads.matmul(left, right, out) is out
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-4)


def test_steps_may_share_work_themselves(lanes: int) -> None:
    done: list[int] = []
    steps = [
        lambda first=first: threads.share(done.append, range(first, first + 9)) for first in (0, 9)
    ]
    threads.at_once(steps)
    assert sorted(done) == list(range(18))


def test_a_product_may_be_written_over_a_factor(lanes: int) -> None:
    a, b = RNG.normal(size=(2, 200, 200)).astype(np.float32)
    expected = a @ b
    threads.matmul(a, b, a)
    np.testing.assert_allclose(a, expected, rtol=1e-4, atol=1e-4)


def test_settings_for_errors_hold_in_all_threads(lanes: int) -> None:
    seen: list[str] = []
    with np.errstate(over="raise"):
        threads.share(lambda _: seen.append(np.geterr()["over"]), range(8))
    assert seen == ["raise"] * 8


def test_equal_blocks_for_each_thread(lanes: int) -> None:
    assert threads.blocks(10, 10) == [slice(0, 10)]
    blocks = threads.blocks(24, 7)
    assert len(blocks) % lanes == 0
    assert max(b.stop - b.start for b in blocks) <= 7
    assert [i for b in blocks for i in range(24)[b]] == list(range(24))


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many threads as if BLAS had three, which is restored for work that is done alone."""
    monkeypatch.setattr(threads._blas, "threads", lambda: 3)


def test_work_that_is_done_alone_is_not_shared_again(three: None) -> None:
    seen: list[tuple[int, list[slice]]] = []
    inner: set[tuple[int, int]] = set()

    def work(piece: int) -> None:
        seen.append((threads.available_threads(), threads.parts(10)))
        here = threading.get_ident()
        threads.share(lambda _: inner.add((here, threading.get_ident())), range(5))
        a = np.ones((300, 300), np.float32)
        assert threads.matmul(a, a, np.empty_like(a))[0, 0] == 300
        threads.share(lambda _: seen.append((threads.available_threads(), [])), [0], alone=True)
        # Still alone after what was inside.
        assert threads.available_threads() == 1

    threads.share(work, range(6), alone=True)
    assert {number for number, _ in seen} == {1}
    assert all(outer == own for outer, own in inner)
    assert threads.available_threads() == 3


def test_nobody_stays_alone_after_a_failure(three: None) -> None:
    def work(piece: int) -> None:
        raise ValueError(f"piece {piece}")

    for _ in range(5):
        with pytest.raises(ValueError, match="piece"):
            threads.share(work, range(3), alone=True)
    seen: list[int] = []
    threads.share(lambda piece: seen.append(threads.available_threads()), range(9))
    assert seen == [3] * 9


def test_what_is_alone_in_one_thread_is_not_in_another(three: None) -> None:
    elsewhere: list[int] = []

    def work(piece: int) -> None:
        other = threading.Thread(target=lambda: elsewhere.append(threads.available_threads()))
        other.start()
        other.join()

    threads.share(work, range(3), alone=True)
    assert elsewhere == [3] * 3


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals to a thread are POSIX")
@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(), reason="only it gets signals"
)
def test_an_interrupted_caller_waits_for_the_other_threads(three: None) -> None:
    caller, begun = threading.get_ident(), threading.Event()
    ended: list[float] = []

    def work(piece: int) -> None:
        if threading.get_ident() == caller:
            begun.wait(30)
            return
        begun.set()
        time.sleep(0.1)
        signal.pthread_kill(caller, signal.SIGINT)
        time.sleep(0.3)
        ended.append(time.monotonic())

    with pytest.raises(KeyboardInterrupt):
        threads.share(work, range(2))
    assert ended
    assert ended[0] <= time.monotonic()
    assert threads._blas._users == 0
