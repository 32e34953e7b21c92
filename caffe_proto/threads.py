"""A small pool of threads for NumPy work, and one thread at a time for BLAS below it.

NumPy lets go of the interpreter lock in copies, ufuncs and matrix products, so two threads that
each do their own blocks of a layer keep two cores busy. BLAS has threads of its own, which wait for
the next product by spinning, in the way of everybody else: while work is shared here they are
reduced to one per caller.
"""

from __future__ import annotations

import contextvars
import itertools
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = [
    "Task",
    "at_once",
    "available_threads",
    "blocks",
    "matmul",
    "parts",
    "run_tasks",
    "share",
    "single_blas_thread",
]

P = TypeVar("P")

#: A piece of work; it is told the number of the lane (0, 1, ...) that it runs in.
Task = Callable[[int], None]

# Multiply-adds of a product that BLAS itself would not share out, and of one for which it takes
# longer to wake another thread than to do it alone.
TINY_PRODUCT, SMALL_PRODUCT = 1 << 18, 1 << 22


class _Job:
    """Tasks that several threads take one by one until none is left."""

    __slots__ = ("_done", "_failure", "_finished", "_lanes", "_next", "_tasks")

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks
        # next() on a count is one bytecode in C: no other thread sees the same number.
        self._next = itertools.count()
        self._finished = itertools.count(1)
        self._lanes = itertools.count()
        self._done = threading.Lock()
        self._done.acquire()
        self._failure: BaseException | None = None

    def work(self) -> None:
        tasks, count = self._tasks, len(self._tasks)
        index = next(self._next)
        if index >= count:
            return
        lane = next(self._lanes)
        while index < count:
            try:
                if self._failure is None:
                    tasks[index](lane)
            except BaseException as failure:
                self._failure = failure
            if next(self._finished) == count:
                self._done.release()
            index = next(self._next)

    def finish(self) -> None:
        try:
            self._done.acquire()
        except BaseException as interrupt:
            # The other threads write into memory that the caller is about to have back.
            self._failure = interrupt
            self._done.acquire()
        if self._failure is not None:
            raise self._failure


class _Workers:
    """Threads that wait for jobs; made when first needed, gone with the process."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._count = 0
        self._lock = threading.Lock()

    def help(self, job: _Job, helpers: int) -> None:
        if self._count < helpers:
            self._start(helpers)
        for _ in range(helpers):
            self._queue.put(job)

    def _start(self, helpers: int) -> None:
        with self._lock:
            while self._count < helpers:
                self._count += 1
                name = f"caffe-proto-{self._count}"
                threading.Thread(target=_serve, args=(self._queue,), name=name, daemon=True).start()


def _serve(jobs: queue.SimpleQueue[_Job]) -> None:
    while True:
        job = jobs.get()
        job.work()
        # Not kept until the next one comes: a job holds on to a plan's memory.
        del job


_workers = _Workers()


def _forget_workers() -> None:
    # A forked child has no threads but the one that forked.
    global _workers
    _workers = _Workers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)


def run_tasks(tasks: Sequence[Task], lanes: int) -> None:
    """Do all ``tasks`` in up to ``lanes`` threads, the caller being one; returns when all are done.

    No two tasks are in the same lane at the same time. Raises what the first failing task raised.
    """
    helpers = min(lanes, len(tasks)) - 1
    if helpers < 1:
        for task in tasks:
            task(0)
        return
    job = _Job(tasks)
    _workers.help(job, helpers)
    job.work()
    job.finish()


# -- BLAS ------------------------------------------------------------------------------------


class _Blas:
    """The BLAS libraries of this process, with their numbers of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._libraries: list[Any] | None = None
        self._users = 0
        self._before: list[int] = []

    def libraries(self) -> list[Any]:
        if self._libraries is None:
            try:
                from threadpoolctl import (  # type: ignore[import-untyped, unused-ignore]
                    ThreadpoolController,
                )
            except ImportError:
                self._libraries = []
            else:
                found = ThreadpoolController().select(user_api="blas")
                self._libraries = list(found.lib_controllers)
        return self._libraries

    @contextmanager
    def single(self) -> Iterator[None]:
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._before = [library.get_num_threads() for library in self.libraries()]
                for library in self.libraries():
                    library.set_num_threads(1)
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    for library, threads in zip(self.libraries(), self._before, strict=True):
                        library.set_num_threads(threads)

    def threads(self) -> int | None:
        """How many threads BLAS may use when no plan runs; None where that cannot be told."""
        with self._lock:
            if self._users:
                counts = self._before
            else:
                counts = [library.get_num_threads() for library in self.libraries()]
        return max(counts, default=None)


_blas = _Blas()


def single_blas_thread() -> Any:
    """A context in which BLAS uses the calling thread only, in the whole process.

    Contexts may overlap in several threads; the last one to end restores what was before. Does
    nothing where threadpoolctl is not installed.
    """
    return _blas.single()


def available_threads() -> int:
    """How many threads share work by default: as many as BLAS would (``OMP_NUM_THREADS``, ...).

    Without threadpoolctl BLAS keeps its own threads, and none are added to them. Work that is
    done ``alone`` (see :func:`share`) has one thread.
    """
    if _is_alone():
        return 1
    return _blas.threads() or 1


_here = threading.local()


def _is_alone() -> bool:
    return getattr(_here, "alone", False)


# -- work in several threads -----------------------------------------------------------------


def share(work: Callable[[P], None], pieces: Sequence[P], *, alone: bool = False) -> None:
    """Call ``work`` for each piece, in as many threads as are available; ends when all are done.

    BLAS uses one thread in each meanwhile, also where there is a single piece: a product that it
    shared out would leave its threads spinning. What a call shares itself is taken over by threads
    that are free, or with ``alone`` stays in the call's own thread. Raises what the first failing
    call raised.
    """
    lanes = available_threads()
    if lanes == 1:
        for piece in pieces:
            work(piece)
        return
    do = _alone(work) if alone else work

    def task(piece: P) -> Task:
        # NumPy's errstate, for one, holds in all threads.
        context = contextvars.copy_context()
        return lambda lane: context.run(do, piece)

    with single_blas_thread():
        run_tasks([task(piece) for piece in pieces], lanes)


def _alone(work: Callable[[P], None]) -> Callable[[P], None]:
    def do(piece: P) -> None:
        _here.alone = True
        try:
            work(piece)
        finally:
            _here.alone = False

    return do


def at_once(steps: Sequence[Callable[[], object]]) -> None:
    """Call all ``steps``, which may share work themselves, the longest one first."""

    def one(step: Callable[[], object]) -> None:
        step()

    share(one, steps)


def parts(count: int, at_least: int = 1) -> list[slice]:
    """``range(count)`` in as many equal parts as there are threads, of ``at_least`` so many."""
    number = max(1, min(available_threads(), count // max(at_least, 1)))
    return _cut(count, number)


def blocks(count: int, at_most: int) -> list[slice]:
    """``range(count)`` in equal parts of ``at_most`` so many, the same number for each thread."""
    number = -(-count // max(at_most, 1))
    if number > 1:
        number = min(count, -(-number // available_threads()) * available_threads())
    return _cut(count, number)


def _cut(count: int, number: int) -> list[slice]:
    """``range(count)`` in nearly equal parts, the larger first: so all threads end together."""
    least, more = divmod(count, number) if number else (0, 0)
    ends = [i * least + min(i, more) for i in range(number + 1)]
    return [slice(begin, end) for begin, end in itertools.pairwise(ends)]


def matmul(a: npt.NDArray[Any], b: npt.NDArray[Any], out: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """``np.matmul(a, b, out=out)``, for two axes or more, shared by threads where it is large."""
    *_, rows, columns = out.shape
    work = out.size * a.shape[-1]
    # NumPy sees to a result that is written over a factor, but not part by part.
    if (
        work <= TINY_PRODUCT
        or _is_alone()
        or np.may_share_memory(out, a)
        or np.may_share_memory(out, b)
    ):
        return np.matmul(a, b, out=out)
    if work <= SMALL_PRODUCT:
        with single_blas_thread():
            return np.matmul(a, b, out=out)

    def by_rows(part: slice) -> None:
        np.matmul(a[..., part, :], b, out=out[..., part, :])

    def by_columns(part: slice) -> None:
        np.matmul(a, b[..., part], out=out[..., part])

    if rows > columns:
        share(by_rows, parts(rows))
    else:
        share(by_columns, parts(columns))
    return out
