"""HDF5 files as a source of batches, and as a place for blobs to be written to."""

from __future__ import annotations

import math
from collections.abc import MutableSequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from caffe_proto.blob import Array
from caffe_proto.data.hdf5 import append_datasets, count_rows, read_datasets, read_file_list
from caffe_proto.data.libc_random import LibcRandom
from caffe_proto.layers.base import Layer, Shape
from caffe_proto.layers.data_base import DataLayer, DataLayerError
from caffe_proto.layers.registry import register_layer
from caffe_proto.stream import RandomStream

#: The C library's stream that a solver's nets shuffle with together, as one Caffe process does.
_libc: WeakKeyDictionary[RandomStream, LibcRandom] = WeakKeyDictionary()


@register_layer("HDF5Data")
class HDF5Data(DataLayer):
    """Rows of HDF5 files: each top is the data set of its name, ``batch_size`` rows at a time.

    No bottoms; one or more tops (batch_size, ...), as the data sets (rows, ...) of the first file.
    No parameters. Settings: ``hdf5_data_param`` (source: a text file that lists HDF5 files;
    batch_size; shuffle false: shuffle files and the rows within a file).

    All numbers become float32. After the last row of a file comes the next file, after the last
    file the first; a batch may span files. No ``transform_param``. Shuffling follows the C
    library's ``rand()``, which ``random_seed`` does not reach: it is the same in every run.
    """

    def setup(self) -> None:
        if self.param.HasField("transform_param"):
            raise self.error("does not transform data. Expected: no transform_param")
        settings = self.param.hdf5_data_param
        self._batch_size = self.checked_batch_size(
            settings.batch_size, "hdf5_data_param.batch_size"
        )
        source = self.find(settings.source, "hdf5_data_param.source")
        with self.faults_named():
            names = read_file_list(source)
        # Every file is looked for now, so that none is missed hours later.
        self._files = [self.find(name, f"HDF5 file of the list {source}") for name in names]
        self._order = list(range(len(self._files)))
        self._shuffle_order(self._order)
        self._offset = 0
        self._load(0)
        for blob, array in zip(self.top_blobs, self._arrays, strict=True):
            blob.reshape(self._batch_size, *array.shape[1:])

    def record_count(self) -> int:
        """How many rows the files have together."""
        with self.faults_named():
            return sum(count_rows(path, self.tops[0]) for path in self._files)

    def _load(self, position: int) -> None:
        path = self._files[self._order[position]]
        with self.faults_named():
            arrays = read_datasets(path, self.tops, self.context.dtype)
        if self._offset:
            for i, (name, blob) in enumerate(zip(self.tops, self.top_blobs, strict=True)):
                found, expected = arrays[i].shape[1:], blob.shape[1:]
                if math.prod(found) != math.prod(expected):
                    raise self.error(
                        f'HDF5 file {path}: a row of "{name}" has the shape {found}. '
                        f"Expected: {expected}, as in the first file"
                    )
                # Only the number of values counts: a row keeps the shape of the first file's.
                arrays[i] = arrays[i].reshape(arrays[i].shape[0], *expected)
        self._arrays = arrays
        self._position = position
        self._row = 0
        self._rows = list(range(arrays[0].shape[0]))
        self._shuffle_order(self._rows)

    def _shuffle_order(self, order: MutableSequence[int]) -> None:
        if self.param.hdf5_data_param.shuffle:
            stream = self.context.stream
            _libc.setdefault(stream, LibcRandom()).shuffle(order)

    def _advance(self, rows: int) -> None:
        self._offset += rows
        self._row += rows
        if self._row < len(self._rows):
            return
        if len(self._files) > 1:
            following = (self._position + 1) % len(self._files)
            if following == 0:
                self._shuffle_order(self._order)
            self._load(following)
        self._row = 0
        # Caffe shuffles the rows of a file that it has just loaded, and shuffled, once more.
        self._shuffle_order(self._rows)

    def forward(self) -> None:
        rank, solvers = self.solver_share()
        filled = 0
        while filled < self._batch_size:
            if solvers > 1:
                while self._offset % solvers != rank:
                    self._advance(1)
                count = 1
            else:
                count = min(self._batch_size - filled, len(self._rows) - self._row)
            rows: Any = slice(self._row, self._row + count)
            if self.param.hdf5_data_param.shuffle:
                rows = self._rows[rows]
            for blob, array in zip(self.top_blobs, self._arrays, strict=True):
                blob.data[filled : filled + count] = array[rows]
            filled += count
            self._advance(count)


@register_layer("HDF5Output")
class HDF5Output(Layer):
    """Writes two bottoms into an HDF5 file, as its data sets ``data`` and ``label``.

    Two bottoms (N, ...) of at most 4 axes, stored with 4 (missing ones are 1); no tops, no
    parameters. Settings: ``hdf5_output_param`` (file_name).

    Rows of every forward pass are appended; the first one of a net starts the file anew. (Caffe
    fails at the second pass.)
    """

    num_bottoms = 2
    num_tops = 0

    def setup(self, *bottoms: Shape) -> None:
        name = self.param.hdf5_output_param.file_name
        if not name:
            raise self.error("hdf5_output_param.file_name is not given. Expected: a file to write")
        self._path = Path(name)
        if not self._path.absolute().parent.is_dir():
            raise self.error(
                f'hdf5_output_param.file_name "{name}": the folder '
                f"{self._path.absolute().parent} is missing"
            )
        if self._path.is_dir():
            raise self.error(f'hdf5_output_param.file_name "{name}" is a folder. Expected: a file')
        self._begin = True

    def error(self, message: str) -> DataLayerError:
        """An error that names this layer and is a :class:`DataError` too."""
        return DataLayerError(self.name, self.param.type or self.type, message)

    def infer_shapes(self, data: Shape, label: Shape) -> list[Shape]:
        for name, shape in zip(self.bottoms, (data, label), strict=True):
            if not 1 <= len(shape) <= 4:
                raise self.error(
                    f'bottom "{name}" has the shape {shape}. Expected: 1 to 4 axes, rows first'
                )
        if data[0] != label[0]:
            raise self.error(
                f"bottoms have {data[0]} and {label[0]} rows. Expected: the same batch size"
            )
        return []

    def forward(self, data: Array, label: Array) -> None:
        arrays = {"data": _four_axes(data), "label": _four_axes(label)}
        with DataLayer.faults_named(self):  # type: ignore[arg-type]
            append_datasets(self._path, arrays, begin=self._begin)
        self._begin = False

    def backward(self, dy: Any, x: Any, y: Any) -> None:
        return None


def _four_axes(array: Array) -> Array:
    return array.reshape(*array.shape, *[1] * (4 - array.ndim))
