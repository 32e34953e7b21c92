"""``.npz``: NumPy's zip of arrays, named ``layer/0``, ``layer/1``.

Arrays that are stored uncompressed (as ``numpy.savez`` does) are views of the mapped file;
compressed ones are unpacked when they are asked for, and only as far as their size is credible.
Nothing is ever unpickled.
"""

from __future__ import annotations

import io
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import WeightsError
from caffe_proto.files import replacing
from caffe_proto.weights.model import WeightsFile
from caffe_proto.weights.named import check_inflation, layers_of
from caffe_proto.weights.outgoing import named_arrays
from caffe_proto.weights.source import DeferredValues, FileValues, Source, Values
from caffe_proto.weights.window import Window

__all__ = ["parse_npz", "save_npz"]

Array = npt.NDArray[Any]

_ALIGNMENT = 64
_MAX_NPY_HEADER = 1 << 16
_CHUNK = 1 << 24


def parse_npz(source: Source) -> WeightsFile:
    """The weights in an ``.npz`` whose arrays are named ``layer/0``, ``layer/1``.

    Raises :class:`WeightsError` for any other zip, for arrays of objects, and where sizes do
    not agree.
    """
    return WeightsFile("", layers_of(source.name, _arrays(source)), "npz", source)


def _arrays(source: Source) -> Iterator[tuple[str, tuple[int, ...], Values]]:
    inflated = 0
    for entry in _entries(source):
        name = entry.filename
        where = f'{source.name}: "{name}"'
        start = _content_start(source, entry, where)
        if entry.flag_bits & 1:
            raise WeightsError(f"{where} is encrypted")
        if entry.compress_type == zipfile.ZIP_STORED:
            if entry.compress_size != entry.file_size:
                raise WeightsError(f"{where} is stored, yet of two sizes; the archive is damaged")
            head = bytes(source.bytes[start : start + min(entry.file_size, _MAX_NPY_HEADER)])
        elif entry.compress_type == zipfile.ZIP_DEFLATED:
            inflated += entry.file_size
            check_inflation(source.name, name, inflated, source.size)
            head = _inflate_head(source, start, entry, where)
        else:
            raise WeightsError(f"{where} is compressed with method {entry.compress_type}")
        shape, dtype, fortran, begin = _npy_header(head, where)
        count = math.prod(shape)
        if begin + count * dtype.itemsize != entry.file_size:
            raise WeightsError(
                f"{where} has {entry.file_size - begin} bytes of values; its shape {shape} of "
                f"{dtype} takes {count * dtype.itemsize}"
            )
        values: Values
        if entry.compress_type == zipfile.ZIP_STORED:
            at = start + begin
            values = FileValues(source, dtype, [(at, count, dtype.itemsize)] if count else [], at)
        else:
            values = _Deflated(source, start, entry, begin, dtype, count).values(where)
        if fortran and len(shape) > 1:
            values = _reordered(values, shape)
        yield name.removesuffix(".npy"), shape, values


def _entries(source: Source) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BufferedReader(Window(source.bytes))) as archive:
            entries = archive.infolist()
    except Exception as error:  # zipfile raises nearly anything for a damaged directory
        raise WeightsError(f"{source.name}: the zip archive cannot be read: {error}") from None
    names = [entry.filename for entry in entries]
    if any(name.endswith("data.pkl") for name in names):
        raise WeightsError(
            f"{source.name}: this is a PyTorch checkpoint (a zip with a pickle), which can run "
            "code when it is loaded and is never opened here; save the arrays as .npz or "
            ".safetensors"
        )
    if not names or not all(name.endswith(".npy") for name in names):
        found = ", ".join(f'"{name:.60}"' for name in names[:3]) or "nothing"
        raise WeightsError(
            f"{source.name}: expected an .npz, a zip of .npy arrays; this zip holds {found}"
        )
    if len(set(names)) != len(names):
        raise WeightsError(f"{source.name}: an array is there twice")
    return entries


def _content_start(source: Source, entry: zipfile.ZipInfo, where: str) -> int:
    """Where an entry's bytes begin; they are known to be within the file then."""
    at = entry.header_offset
    if not 0 <= at <= source.size - 30 or bytes(source.bytes[at : at + 4]) != b"PK\x03\x04":
        raise WeightsError(f"{where}: at byte {at}: the archive has no such entry")
    name_length, extra_length = struct.unpack("<HH", source.bytes[at + 26 : at + 30])
    start = at + 30 + name_length + extra_length
    if entry.compress_size < 0 or start + entry.compress_size > source.size:
        raise WeightsError(
            f"{where}: at byte {start}: {entry.compress_size} bytes were expected; "
            f"{max(source.size - start, 0)} are left"
        )
    return int(start)


def _npy_header(head: bytes, where: str) -> tuple[tuple[int, ...], np.dtype[Any], bool, int]:
    """Shape, type, whether the first axis runs fastest, and the length of the header."""
    stream = io.BytesIO(head)
    try:
        version = np.lib.format.read_magic(stream)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, dtype = read(stream)
    except Exception as error:  # a header is Python text: nearly anything can be wrong with it
        raise WeightsError(f"{where} is no .npy array: {error}") from None
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        raise WeightsError(f"{where} holds {dtype}; expected numbers")
    if not all(type(n) is int and n >= 0 for n in shape):
        raise WeightsError(f"{where} has the shape {shape}")
    return shape, dtype, bool(fortran), stream.tell()


def _inflate_head(source: Source, start: int, entry: zipfile.ZipInfo, where: str) -> bytes:
    compressed = source.bytes[start : start + min(entry.compress_size, _MAX_NPY_HEADER)]
    try:
        return zlib.decompressobj(-15).decompress(compressed, _MAX_NPY_HEADER)
    except zlib.error as error:
        raise WeightsError(f"{where} cannot be decompressed: {error}") from None


class _Deflated:
    """An entry that is compressed; unpacked into one array of the size that it claims."""

    def __init__(
        self,
        source: Source,
        start: int,
        entry: zipfile.ZipInfo,
        skip: int,
        dtype: np.dtype[Any],
        count: int,
    ) -> None:
        self.source, self.start, self.skip = source, start, skip
        self.compressed, self.size, self.crc = entry.compress_size, entry.file_size, entry.CRC
        self.dtype, self.count = dtype, count

    def values(self, where: str) -> DeferredValues:
        """The numbers, unpacked when they are read."""
        return DeferredValues(
            lambda: self._load(where), self.dtype, self.count, self.start, self.compressed
        )

    def _load(self, where: str) -> Array:
        out = np.empty(self.size, np.uint8)
        target = out.data
        unpack = zlib.decompressobj(-15)
        pending: bytes | memoryview = b""
        taken = done = 0
        try:
            while done < self.size and not unpack.eof:
                if not pending and taken < self.compressed:
                    here = min(_CHUNK, self.compressed - taken)
                    at = self.start + taken
                    pending = self.source.bytes[at : at + here]
                    taken += here
                part = unpack.decompress(pending, min(_CHUNK, self.size - done))
                pending = unpack.unconsumed_tail
                if not part and not pending and taken == self.compressed:
                    break
                target[done : done + len(part)] = part
                done += len(part)
        except zlib.error as error:
            raise WeightsError(f"{where} cannot be decompressed: {error}") from None
        if done != self.size or zlib.crc32(target) != self.crc:
            raise WeightsError(f"{where} is damaged: its size or checksum is not as promised")
        return out[self.skip :].view(self.dtype)


def _reordered(values: Values, shape: tuple[int, ...]) -> DeferredValues:
    def load() -> Array:
        return np.ascontiguousarray(values.read().reshape(shape, order="F"))

    return DeferredValues(load, values.dtype, values.count, values.offset, values.nbytes)


def save_npz(net_or_layers: Any, path: str | os.PathLike[str]) -> None:
    """Write every parameter as float32 under ``layer/index``, uncompressed and aligned.

    ``numpy.load`` opens it. Raises :class:`WeightsError` where two layers have one name.
    """
    blobs = list(named_arrays(net_or_layers, "npz"))
    with (
        replacing(path, WeightsError) as beside,
        zipfile.ZipFile(beside, "x", allowZip64=True) as archive,
    ):
        for name, blob in blobs:
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.extra = _padding(archive, entry)
            with archive.open(entry, "w", force_zip64=True) as stream:
                np.lib.format.write_array(
                    stream, np.asarray(blob.data(), "<f4"), version=(1, 0), allow_pickle=False
                )


def _padding(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """An extra field that makes the array's bytes begin at an aligned place."""
    assert archive.fp is not None
    zip64_field, own_field = 20, 4
    before = archive.fp.tell() + 30 + len(entry.filename.encode()) + zip64_field + own_field
    count = -before % _ALIGNMENT
    return struct.pack("<HH", 0xD935, count) + bytes(count)
