"""Batches made in a background thread while the net computes on earlier ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition, Thread, current_thread
from typing import Generic, TypeVar
from weakref import finalize

__all__ = ["Prefetcher"]

T = TypeVar("T")


class _Shared(Generic[T]):
    """What the thread and its consumer share; it must not refer to the consumer."""

    def __init__(self, produce: Callable[[], T], depth: int) -> None:
        self.produce = produce
        self.depth = depth
        self.changed = Condition()
        self.ready: deque[T] = deque()
        self.fault: BaseException | None = None
        self.stopped = False

    def run(self) -> None:
        while True:
            with self.changed:
                while len(self.ready) >= self.depth and not self.stopped:
                    self.changed.wait()
                if self.stopped:
                    return
            try:
                item = self.produce()
            except BaseException as fault:
                with self.changed:
                    self.fault = fault
                    self.changed.notify_all()
                return
            with self.changed:
                self.ready.append(item)
                self.changed.notify_all()


class Prefetcher(Generic[T]):
    """Calls ``produce`` in a thread, at most ``depth`` results ahead, one call after the other.

    The thread starts with the first :meth:`next` and ends when the prefetcher is stopped or no
    longer referred to; ``produce`` must therefore not refer to whoever holds the prefetcher.
    """

    def __init__(self, produce: Callable[[], T], depth: int, name: str = "prefetch") -> None:
        self._shared = _Shared(produce, depth)
        self._name = name
        self._thread: Thread | None = None
        self._finalizer: finalize[..., Prefetcher[T]] | None = None

    def start(self) -> None:
        """Start the thread, if it does not run yet."""
        if self._thread is None:
            self._thread = Thread(target=self._shared.run, name=self._name, daemon=True)
            self._finalizer = finalize(self, _stop, self._shared, self._thread)
            self._thread.start()

    def next(self) -> T:
        """The next result, in order; waits for it.

        Raises what ``produce`` raised, once the results before it are used up.
        """
        self.start()
        shared = self._shared
        with shared.changed:
            while not shared.ready and shared.fault is None and not shared.stopped:
                shared.changed.wait()
            if shared.ready:
                item = shared.ready.popleft()
                shared.changed.notify_all()
                return item
            if shared.fault is not None:
                raise shared.fault
        raise RuntimeError("the prefetcher was stopped")

    def stop(self) -> None:
        """End the thread; what is ready is dropped."""
        if self._finalizer is not None:
            self._finalizer()


def _stop(shared: _Shared[T], thread: Thread) -> None:
    with shared.changed:
        shared.stopped = True
        shared.ready.clear()
        shared.changed.notify_all()
    # Called by the garbage collector, possibly in that very thread.
    if thread is not current_thread():
        thread.join(timeout=5)
