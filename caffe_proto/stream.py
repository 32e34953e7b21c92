"""The random stream that a net draws from, with fills put off until somebody looks.

Filling VGG-16 draws 138 million numbers that trained weights overwrite at once. So a fill only
queues here; it runs, in Caffe's order, when its parameter is read or when something later in the
stream needs the generator. A net that is only looked at, or whose weights come from a file, never
draws, and one that does gets the very numbers that Caffe draws.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import RLock

from caffe_proto.blob import Array, Storage
from caffe_proto.rng import CaffeRandom

__all__ = ["RandomStream"]

Fill = Callable[[CaffeRandom], Array]


class RandomStream:
    """Caffe's random stream for one net, or for a solver's nets together."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = CaffeRandom.fresh() if seed is None else CaffeRandom(seed)
        self._queue: deque[tuple[Fill, Storage | None]] = deque()
        self._lock = RLock()

    @property
    def seed(self) -> int:
        """The seed that the stream was last started from."""
        return self._random.seed

    @property
    def random(self) -> CaffeRandom:
        """The generator, every queued fill done."""
        self.flush()
        return self._random

    def reseed(self, seed: int) -> None:
        """Start the stream anew; fills queued before still get the old stream's numbers."""
        with self._lock:
            if any(storage is not None and storage.pending for _, storage in self._queue):
                self.flush()
            self._queue.clear()
            self._random.reseed(seed)

    def defer(self, fill: Fill, storage: Storage) -> None:
        """Queue ``fill``, whose values go into ``storage`` when it is first read."""
        with self._lock:
            self._queue.append((fill, storage))
            storage.pending = lambda: self._run(storage)

    def flush(self) -> None:
        """Run every queued fill."""
        with self._lock:
            self._run(None)

    def _run(self, until: Storage | None) -> None:
        with self._lock:
            while self._queue:
                fill, storage = self._queue.popleft()
                values = fill(self._random)
                # Storage that took other values meanwhile keeps them: the draws alone count.
                if storage is not None and (storage.pending or storage is until):
                    storage.adopt(values)
                if storage is until and until is not None:
                    return
