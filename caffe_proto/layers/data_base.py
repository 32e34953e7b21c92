"""What the layers that read data sets have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from caffe_proto.data.paths import find_path
from caffe_proto.errors import DataError, LayerError
from caffe_proto.layers.base import TEST, Layer, Shape

__all__ = ["DataLayer", "DataLayerError"]


class DataLayerError(LayerError, DataError):
    """A fault in a data set, or in the settings of the layer that reads it."""


class DataLayer(Layer):
    """Base of the layers that read a data set: no bottoms, tops that ``setup`` shapes."""

    num_bottoms = 0
    num_tops = (1, None)

    def infer_shapes(self) -> Sequence[Shape]:
        return [blob.shape for blob in self.top_blobs]

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
            raise self.error(str(fault)) from None

    def checked_batch_size(self, size: int, setting: str) -> int:
        """``size``, if it is at least 1."""
        if size < 1:
            raise self.error(f"{setting} is {size}. Expected: at least 1")
        return size

    def keeps(self, offset: int) -> bool:
        """Whether record ``offset`` is for this solver, where several share a data set."""
        size = self.context.solver_count
        return self.phase == TEST or offset % size == self.context.solver_rank
