"""Arrays of HDF5 files, as the HDF5Data layer reads and the HDF5Output layer writes them."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto.blob import MAX_COUNT, Array
from caffe_proto.errors import DataError, did_you_mean
from caffe_proto.files import require_space
from caffe_proto.hdf5_file import require_h5py, reserve, store, writing

__all__ = ["append_datasets", "count_rows", "read_datasets", "read_file_list"]


def read_file_list(path: Path) -> list[str]:
    """The file names in a list, parted by white space as Caffe reads them.

    Raises :class:`DataError` for a list that is empty or cannot be read.
    """
    try:
        names = path.read_text(encoding="utf-8", errors="surrogateescape").split()
    except OSError as fault:
        raise DataError(f"list of HDF5 files {path}: {fault.strerror or fault}") from None
    if not names:
        raise DataError(f"list of HDF5 files {path} is empty. Expected: at least one file name")
    return names


def read_datasets(
    path: Path, names: Sequence[str], dtype: npt.DTypeLike = np.float32
) -> list[Array]:
    """The data sets ``names`` of a file, converted to ``dtype``; all have as many rows.

    Raises :class:`DataError` for a file that is no HDF5 file or cut short, for a data set that is
    missing, holds something other than numbers or has no axes, and for unequal or no rows.
    """
    h5py = require_h5py()
    try:
        with h5py.File(path, "r") as file:
            arrays = [_read(h5py, file, path, name, np.dtype(dtype)) for name in names]
    except DataError:
        raise
    except OSError as fault:
        raise DataError(f"HDF5 file {path} cannot be read: {fault}") from None
    except (RuntimeError, ValueError, KeyError) as fault:
        # h5py has no error of its own for what a damaged file makes the library say.
        raise DataError(f"HDF5 file {path} is damaged: {fault}") from None
    rows = {name: array.shape[0] for name, array in zip(names, arrays, strict=True)}
    if len(set(rows.values())) > 1:
        found = ", ".join(f'"{name}" {count}' for name, count in rows.items())
        raise DataError(
            f"HDF5 file {path}: data sets of one file have one number of rows. Received: {found}"
        )
    if not all(rows.values()):
        raise DataError(f"HDF5 file {path} has no rows. Expected: at least one")
    return arrays


def count_rows(path: Path, name: str) -> int:
    """The number of rows of the data set ``name``.

    Raises :class:`DataError` where there is none.
    """
    try:
        with require_h5py().File(path, "r") as file:
            return int(file[name].shape[0])
    except (OSError, RuntimeError, KeyError, IndexError, AttributeError) as fault:
        raise DataError(f'HDF5 file {path}: no rows of a data set "{name}": {fault}') from None


def _read(h5py: Any, file: Any, path: Path, name: str, dtype: np.dtype[Any]) -> Array:
    dataset = file.get(name)
    if not isinstance(dataset, h5py.Dataset):
        found = "a group" if dataset is not None else "nothing"
        hint = did_you_mean(name, list(file)) or "."
        known = [key for key in file if isinstance(file.get(key, getlink=True), h5py.HardLink)]
        raise DataError(
            f'HDF5 file {path}: expected a data set "{name}" (the name of a top). Received: '
            f"{found}{hint} Data sets: {', '.join(known[:20]) or 'none'}"
        )
    if dataset.dtype.kind not in "fiu":
        # Truth values are an enumeration in HDF5, which Caffe does not read either.
        hint = "; truth values stored as uint8" if dataset.dtype.kind == "b" else ""
        raise DataError(
            f'HDF5 file {path}: data set "{name}" holds {dataset.dtype}. Expected: numbers{hint}'
        )
    if not dataset.shape:
        raise DataError(f'HDF5 file {path}: data set "{name}" has no axes. Expected: rows')
    if dataset.size > MAX_COUNT:
        raise DataError(
            f'HDF5 file {path}: data set "{name}" has {dataset.size} values. '
            f"Expected: at most {MAX_COUNT}, what a blob can hold; part it into several files"
        )
    # Compressed as well as zlib can, a file is a thousandth of what it holds: more is made up.
    stored = path.stat().st_size
    if dataset.size * dataset.dtype.itemsize > 1100 * stored + (1 << 24):
        raise DataError(
            f'HDF5 file {path}: data set "{name}" claims {dataset.size} values in a file of '
            f"{stored} bytes"
        )
    array = np.empty(dataset.shape, dtype)
    if array.size:
        # The library converts while reading, as it does for Caffe.
        dataset.read_direct(array)
    return array


def append_datasets(path: Path, arrays: dict[str, Array], *, begin: bool) -> None:
    """Append rows to the data sets of a file that ``begin`` starts anew.

    A new file is written beside ``path`` and renamed. Where rows cannot be appended, those that
    were there stay. Raises :class:`DataError` where the file cannot be written or the disk has no
    room for it.
    """
    require_h5py()
    room = sum(array.nbytes + 4 * math.prod(_chunks(array.shape)) for array in arrays.values())
    require_space(path, room, DataError)
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part") if begin else path
    try:
        with writing(beside, "x" if begin else "r+") as file:
            if begin:
                for name, array in arrays.items():
                    rows = (None, *array.shape[1:])
                    store(file, name, array, maxshape=rows, chunks=_chunks(array.shape))
            else:
                _append(file, arrays)
        if begin:
            os.replace(beside, path)
    except (OSError, RuntimeError, ValueError, KeyError) as fault:
        reason = getattr(fault, "strerror", None) or fault
        raise DataError(f"HDF5 file {path} cannot be written: {reason}") from None
    finally:
        if begin:
            beside.unlink(missing_ok=True)


def _append(file: Any, arrays: dict[str, Array]) -> None:
    before = {name: file[name].shape[0] for name in arrays}
    reserve(file, sum(_growth(file[name], array.shape[0]) for name, array in arrays.items()))
    try:
        for name, array in arrays.items():
            dataset = file[name]
            dataset.resize(before[name] + array.shape[0], axis=0)
            dataset[before[name] :] = array
            # What fails as a dataset is closed is told to nobody.
            dataset.flush()
    except BaseException:
        # All data sets of a file have one number of rows, or no layer reads it.
        for name, rows in before.items():
            with contextlib.suppress(Exception):
                file[name].resize(rows, axis=0)
        raise


def _growth(dataset: Any, rows: int) -> int:
    """The bytes by which the file grows, or somewhat more, when ``dataset`` gets ``rows`` rows."""
    if dataset.chunks is None:
        raise ValueError(f'the data set "{dataset.name}" cannot grow')
    before, height = int(dataset.shape[0]), int(dataset.chunks[0])
    chunks = math.ceil((before + rows) / height) - math.ceil(before / height)
    whole = math.prod(map(int, dataset.chunks)) * int(dataset.dtype.itemsize)
    # An index of chunks takes some hundred bytes a chunk, in blocks of a few KiB.
    return chunks * (whole + 1024) + (1 << 15)


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Whole rows: what one pass brings, but at least 64 KiB and at most 256 MiB."""
    row = max(math.prod(shape[1:]), 1)
    rows = min(max(shape[0], (1 << 14) // row), (1 << 26) // row)
    return (max(rows, 1), *(max(n, 1) for n in shape[1:]))
