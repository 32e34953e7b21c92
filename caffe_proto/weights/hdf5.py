"""``.caffemodel.h5``: Caffe's weights in HDF5, both ways.

The layout is that of Caffe's ``Net::ToHDF5``: a group ``/data/<layer>`` for every layer, in it a
dataset a parameter, named by its index; with gradients the same under ``/diff``. A parameter that
layers share is under ``/data`` once, at the layer that owns it.

Caffe aborts on a layer name with a slash. Here ``inception/1x1`` becomes a group in a group,
which is what such a path means in HDF5, and is read back as the one name.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import WeightsError
from caffe_proto.files import replacing, require_space
from caffe_proto.hdf5_file import require_h5py, store, writing
from caffe_proto.weights.blobproto import MAX_AXES, MAX_OBJECTS
from caffe_proto.weights.model import BlobView, LayerWeights, WeightsFile
from caffe_proto.weights.named import check_inflation
from caffe_proto.weights.outgoing import OutLayer, outgoing
from caffe_proto.weights.source import DeferredValues, FileValues, Source, Values
from caffe_proto.weights.window import Window

__all__ = ["parse_hdf5", "save_hdf5"]

Array = npt.NDArray[Any]

_MAX_DEPTH = 32
# Deflate, the strongest of HDF5's usual filters, shrinks by 1032 times at most.
_MOST_SHRUNK = 1032


# -- reading -------------------------------------------------------------------------------


def parse_hdf5(source: Source) -> WeightsFile:
    """The weights in an HDF5 file of Caffe's layout, values as views of the mapped file.

    Links to other places or files are refused. Raises :class:`WeightsError` for a file that is
    damaged or laid out otherwise.
    """
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.h5 = require_h5py()
        self.objects = 0
        self.inflated = 0
        self.seen: set[Any] = set()

    def read(self) -> WeightsFile:
        try:
            # Through the map: HDF5 would lock the file, and must not open another in its place.
            file = self.h5.File(io.BufferedReader(Window(self.source.bytes)), "r")
            data = self._group(file, "data")
            if data is None:
                raise WeightsError(
                    f'{self.source.name}: the HDF5 file has no group "data"; expected the layout '
                    "of Caffe's .caffemodel.h5, /data/<layer>/<index>"
                )
            layers = dict(self._layers(data, "", 0))
            diff = self._group(file, "diff")
            for name, layer in self._layers(diff, "", 0) if diff is not None else ():
                self._add_diffs(layers.get(name), layer)
        except WeightsError:
            raise
        except Exception as error:  # h5py raises nearly anything for a damaged file
            raise WeightsError(f"{self.source.name}: the HDF5 file is damaged: {error}") from None
        return WeightsFile("", list(layers.values()), "hdf5", self.source)

    def _group(self, file: Any, name: str) -> Any:
        if name not in file:
            return None
        group = self._member(file, name, f"/{name}")
        if not isinstance(group, self.h5.Group):
            raise WeightsError(f'{self.source.name}: "/{name}" is no group')
        return group

    def _member(self, group: Any, name: str, path: str) -> Any:
        self.objects += 1
        if self.objects > MAX_OBJECTS:
            raise WeightsError(f"{self.source.name}: more than {MAX_OBJECTS} groups and datasets")
        if not isinstance(group.get(name, getlink=True), self.h5.HardLink):
            raise WeightsError(
                f'{self.source.name}: "{path}" is a link to another place or file, '
                "which is not followed"
            )
        return group[name]

    def _layers(self, group: Any, prefix: str, depth: int) -> Iterator[tuple[str, LayerWeights]]:
        """The layers in ``group``, by name: groups with datasets, or with nothing in them."""
        if depth > _MAX_DEPTH:
            raise WeightsError(f'{self.source.name}: groups in "{prefix}" are nested too deep')
        for key in sorted(group, key=lambda text: text.encode("utf-8", "surrogateescape")):
            name = prefix + key
            path = f"{group.name}/{key}"
            member = self._member(group, key, path)
            if not isinstance(member, self.h5.Group):
                if depth == 0:
                    raise WeightsError(
                        f'{self.source.name}: "{path}" is a dataset; expected a group a layer'
                    )
                continue
            where = self.h5.h5o.get_info(member.id)
            if (where.fileno, where.addr) in self.seen:
                raise WeightsError(f'{self.source.name}: the group "{path}" is there twice')
            self.seen.add((where.fileno, where.addr))
            layer = LayerWeights(name, "", list(self._blobs(member, path)))
            inner = list(self._layers(member, name + "/", depth + 1))
            if layer.blobs or not inner:
                yield name, layer
            yield from inner

    def _blobs(self, group: Any, path: str) -> Iterator[BlobView]:
        found = {}
        for key in group:
            dataset = self._member(group, key, f"{path}/{key}")
            if isinstance(dataset, self.h5.Group):
                continue
            if not (key.isascii() and key.isdigit()) or len(key) > 6 or str(int(key)) != key:
                raise WeightsError(
                    f'{self.source.name}: "{path}/{key}" should be named by a parameter\'s index'
                )
            found[int(key)] = dataset
        for index in sorted(found):
            values = self._values(found[index], f"{path}/{index}")
            yield BlobView(tuple(found[index].shape), values, index=index)

    def _values(self, dataset: Any, path: str) -> Values:
        source, h5 = self.source, self.h5
        where = f'{source.name}: "{path}"'
        if not isinstance(dataset, h5.Dataset) or dataset.shape is None:
            raise WeightsError(f"{where} holds no array")
        dtype = dataset.dtype
        if dtype.kind not in "fiu" or dtype.itemsize > 8:
            raise WeightsError(f"{where} holds {dtype}; expected numbers")
        if len(dataset.shape) > MAX_AXES:
            raise WeightsError(f"{where} has {len(dataset.shape)} axes; at most {MAX_AXES}")
        if dataset.is_virtual or dataset.external:
            raise WeightsError(f"{where} keeps its values in another file, which is not opened")
        count = math.prod(dataset.shape)
        nbytes = count * dtype.itemsize
        stored = dataset.id.get_storage_size()
        layout = dataset.id.get_create_plist().get_layout()
        if layout == h5.h5d.CONTIGUOUS:
            return self._contiguous(dataset, where, dtype, count, stored)
        if layout == h5.h5d.COMPACT and stored != nbytes:
            raise WeightsError(f"{where} has {stored} bytes of values; {nbytes} were expected")
        if nbytes > stored * _MOST_SHRUNK:
            raise WeightsError(f"{where} claims {nbytes} bytes, but only {stored} are stored")
        self.inflated += nbytes
        check_inflation(source.name, path, self.inflated, source.size)

        def load() -> Array:
            try:
                return np.asarray(dataset[()])
            except Exception as error:  # as above
                raise WeightsError(f"{where} cannot be read: {error}") from None

        return DeferredValues(load, dtype, count, 0, stored)

    def _contiguous(
        self, dataset: Any, where: str, dtype: np.dtype[Any], count: int, stored: int
    ) -> Values:
        nbytes = count * dtype.itemsize
        if not nbytes:
            return FileValues(self.source, dtype, [])
        at = dataset.id.get_offset()
        if at is None:
            raise WeightsError(f"{where} claims {nbytes} bytes of values; none were ever written")
        if stored != nbytes or at < 0 or at + nbytes > self.source.size:
            raise WeightsError(
                f"{where}: at byte {at}: {nbytes} bytes of values were expected; "
                f"{min(stored, max(self.source.size - at, 0))} are there"
            )
        return FileValues(self.source, dtype, [(at, count, dtype.itemsize)])

    def _add_diffs(self, layer: LayerWeights | None, diffs: LayerWeights) -> None:
        if layer is None:
            return
        by_index = {blob.index: blob for blob in layer.blobs}
        for diff in diffs.blobs:
            # A layer that shares a parameter has its gradient here, but not the values.
            blob = by_index.get(diff.index)
            if blob is None:
                continue
            if blob.shape != diff.shape:
                raise WeightsError(
                    f'{self.source.name}: blob {diff.index} of layer "{layer.name}" has the '
                    f"shape {blob.shape} under /data and {diff.shape} under /diff"
                )
            blob.diff_values = diff.values


# -- writing -------------------------------------------------------------------------------


def save_hdf5(net_or_layers: Any, path: str | os.PathLike[str], *, diffs: bool = False) -> None:
    """Write the weights in Caffe's HDF5 layout, gradients under ``/diff`` if ``diffs``.

    A layer name with a slash makes nested groups, which Caffe itself neither writes nor finds.
    Raises :class:`WeightsError` where two layers have one name or a name is no HDF5 path, and
    :class:`MissingDependencyError` without h5py.
    """
    require_h5py()
    layers = list(outgoing(net_or_layers))
    _check_names(layers)
    values = sum(math.prod(blob.shape) for layer in layers for blob in layer.blobs)
    require_space(path, 4 * values * (2 if diffs else 1), WeightsError)
    with replacing(path, WeightsError) as beside, writing(beside) as file:
        data = file.create_group("data")
        diff = file.create_group("diff") if diffs else None
        for layer in layers:
            group = data.require_group(layer.name)
            diff_group = diff.require_group(layer.name) if diff is not None else None
            for index, blob in enumerate(layer.blobs):
                if blob.is_owner:
                    store(group, str(index), np.asarray(blob.data(), "<f4"))
                if diff_group is not None:
                    # Gradients are written wherever they are, shared or not.
                    store(diff_group, str(index), np.asarray(blob.diff(), "<f4"))


def _check_names(layers: list[OutLayer]) -> None:
    datasets = {f"{layer.name}/{i}" for layer in layers for i in range(len(layer.blobs))}
    seen: set[str] = set()
    for layer in layers:
        parts = layer.name.split("/")
        if any(part in ("", ".", "..") for part in parts) or "\0" in layer.name:
            raise WeightsError(
                f'the layer name "{layer.name}" cannot be a path in an HDF5 file; '
                "save a .caffemodel, or rename the layer"
            )
        if layer.name in seen:
            raise WeightsError(
                f'two layers are called "{layer.name}"; HDF5 files tell layers apart by name. '
                "Save a .caffemodel, or rename one"
            )
        seen.add(layer.name)
        for end in range(1, len(parts) + 1):
            if "/".join(parts[:end]) in datasets:
                raise WeightsError(
                    f'the layer name "{layer.name}" would be taken for a parameter of another '
                    "layer in an HDF5 file; save a .caffemodel, or rename the layer"
                )
