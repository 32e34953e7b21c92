"""What the layers that read data sets have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, TypeVar

from caffe_proto.blob import Array
from caffe_proto.data.paths import find_path
from caffe_proto.data.prefetch import Prefetcher
from caffe_proto.data.ssd import SsdTransformer, asks_for_ssd
from caffe_proto.data.transformer import Transformer, read_mean, refuse_unknown
from caffe_proto.errors import CaffeProtoError, DataError, LayerError
from caffe_proto.layers.base import TEST, Arity, Layer, Shape
from caffe_proto.rng import CaffeRandom

__all__ = ["DataLayer", "DataLayerError", "PrefetchingLayer", "Produce"]

T = TypeVar("T", bound=Transformer)

#: Makes a batch: one array a top.
Produce = Callable[[], list[Array]]


class DataLayerError(LayerError, DataError):
    """A fault in a data set, or in the settings of the layer that reads it."""


class DataLayer(Layer):
    """Base of the layers that read a data set: no bottoms, tops that ``setup`` shapes."""

    num_bottoms: ClassVar[Arity] = 0
    num_tops: ClassVar[Arity] = (1, None)

    def infer_shapes(self) -> Sequence[Shape]:
        return [blob.shape for blob in self.top_blobs]

    def record_count(self) -> int | None:
        """How many records (images, rows) the data set has; None where that means nothing."""
        return None

    def error(self, message: str) -> DataLayerError:
        """An error that names this layer and is a :class:`DataError` too."""
        return DataLayerError(self.name, self.param.type or self.type, message)

    @contextmanager
    def faults_named(self) -> Iterator[None]:
        """What is raised as a plain :class:`DataError` within names this layer."""
        try:
            yield
        except LayerError:
            raise
        except DataError as fault:
            raise self.error(str(fault)) from fault.__cause__

    def find(self, name: str, setting: str) -> Path:
        """The path that ``setting`` names: from the working directory or beside the prototxt."""
        try:
            return find_path(name, self.context.directory, setting)
        except DataError as fault:
            hint = "(an Input layer in its place needs no data)" if self.top_blobs else ""
            raise self.error(f"{fault} {hint}".rstrip()) from None

    def make_transformer(self) -> Transformer:
        """The transformer for ``transform_param``, its mean file read."""
        ssd = asks_for_ssd(self.param.transform_param)
        return self.transformer_of(SsdTransformer if ssd else Transformer)

    def transformer_of(self, kind: type[T]) -> T:
        """A transformer of a kind for ``transform_param``, its mean file read."""
        settings = self.param.transform_param
        mean = None
        if settings.HasField("mean_file") and not settings.mean_value:
            mean = read_mean(self.find(settings.mean_file, "transform_param.mean_file"))
        with self.faults_named():
            refuse_unknown(settings)
            return kind(settings, self.phase, mean)

    def checked_batch_size(self, size: int, setting: str) -> int:
        """``size``, if it is at least 1."""
        if size < 1:
            raise self.error(f"{setting} is {size}. Expected: at least 1")
        return size

    def solver_share(self) -> tuple[int, int]:
        """Rank and count: record i is for this solver where ``i % count == rank``."""
        if self.phase == TEST:
            return 0, 1
        return self.context.solver_rank, self.context.solver_count


class PrefetchingLayer(DataLayer):
    """Base of the layers whose batches are read and transformed in a background thread.

    The random numbers that they take, in this order: the transformer's seed, what the layer draws
    itself (``prepare``), the transformer's seed once more (this one counts), the thread's seed.
    """

    num_tops: ClassVar[Arity] = (1, 2)

    def setup(self) -> None:
        with self.faults_named():
            self.transformer = self.make_transformer()
            self.transformer.seed(self.rng)
            produce = self.prepare()
            self.transformer.seed(self.rng)
            self.transformer.thread_random = CaffeRandom(self.rng.next())
        self._prefetcher = Prefetcher(produce, self.prefetch_depth(), f"prefetch {self.name}")

    def prepare(self) -> Produce:
        """Open the source, shape the tops; the function that makes a batch comes back.

        That function must not refer to the layer, or the layer would never be freed.
        """
        raise NotImplementedError

    def prefetch_depth(self) -> int:
        """How many batches are made ahead."""
        # Caffe reads this field for all types, and all have it where data_param is absent.
        depth = int(self.param.data_param.prefetch)
        if depth < 1:
            raise self.error(f"data_param.prefetch is {depth}. Expected: at least 1")
        return depth

    def forward(self) -> list[Array]:
        with self.faults_named():
            try:
                return self._prefetcher.next()
            except (CaffeProtoError, MemoryError):
                raise
            except Exception as fault:
                # What a library says of an odd picture: it comes from the data, too.
                reason = f"{type(fault).__name__}: {fault}"
                raise self.error(f"a batch could not be made: {reason}") from fault
