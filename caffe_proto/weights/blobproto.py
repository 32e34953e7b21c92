"""``BlobProto`` messages: the shape and where the numbers lie, read without a copy; and written.

Caffe writes ``data`` packed and ``shape``; files from before 2014 have ``data`` unpacked and the
four axes ``num``, ``channels``, ``height``, ``width``; a net of doubles writes ``double_data``;
NVIDIA's Caffe writes ``raw_data`` of the type ``raw_data_type``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from caffe_proto.weights.model import BlobView, shape_text
from caffe_proto.weights.source import FileValues, Piece, Source
from caffe_proto.weights.wire import (
    FIXED32,
    FIXED64,
    LENGTH,
    VARINT,
    Field,
    WireError,
    WireReader,
    encode_bytes,
    encode_header,
    encode_uint,
    encode_varint,
    int32,
    int64,
    read_varint,
)

__all__ = ["MAX_AXES", "Budget", "blob_size", "read_blob", "write_blob"]

Array = npt.NDArray[Any]

#: Caffe's limit on the axes of a blob.
MAX_AXES = 32

#: Layers, blobs and pieces of data in one file, all together. Caffe's largest nets have some ten
#: thousand; without a limit a file of empty messages would take a hundred times its size.
MAX_OBJECTS = 200_000

_FLOAT: np.dtype[Any] = np.dtype("<f4")
_DOUBLE: np.dtype[Any] = np.dtype("<f8")

# field number -> (dtype, wire type of one number that is not packed)
_NUMBERS: dict[int, tuple[np.dtype[Any], int]] = {
    5: (_FLOAT, FIXED32),
    6: (_FLOAT, FIXED32),
    8: (_DOUBLE, FIXED64),
    9: (_DOUBLE, FIXED64),
}
_DATA, _DIFF, _DOUBLE_DATA, _DOUBLE_DIFF = 5, 6, 8, 9
_SHAPE = 7
_RAW_DATA_TYPE, _RAW_DIFF_TYPE, _RAW_DATA, _RAW_DIFF = 10, 11, 12, 13

# field number -> wire type, of the fields of which the last one counts
_SINGLE = {
    **dict.fromkeys((1, 2, 3, 4, _RAW_DATA_TYPE, _RAW_DIFF_TYPE), VARINT),
    **dict.fromkeys((_RAW_DATA, _RAW_DIFF), LENGTH),
}

# enum Type of NVIDIA's Caffe
_RAW_TYPES: dict[int, np.dtype[Any]] = {
    0: np.dtype("<f8"),
    1: np.dtype("<f4"),
    2: np.dtype("<f2"),
    3: np.dtype("<i4"),
    4: np.dtype("<u4"),
    5: np.dtype("u1"),
}


class Budget:
    """Counts the objects that a file makes a reader hold; too many are an error."""

    __slots__ = ("left",)

    def __init__(self, objects: int = MAX_OBJECTS) -> None:
        self.left = objects

    def spend(self, offset: int) -> None:
        """Count one more object, found at ``offset``."""
        self.left -= 1
        if self.left < 0:
            raise WireError(
                offset,
                f"more than {MAX_OBJECTS} layers, blobs and pieces of data; no net has that many",
            )


def read_blob(
    source: Source, start: int, end: int, index: int = 0, budget: Budget | None = None
) -> BlobView:
    """The ``BlobProto`` in bytes ``[start, end)`` of ``source``.

    Raises :class:`WireError` where the bytes are no message, the axes are no shape, or the
    numbers are more or fewer than the shape holds.
    """
    budget = budget or Budget()
    reader = WireReader(source.bytes, start, end)
    pieces: dict[int, list[Piece]] = {}
    last: dict[int, Field] = {}
    axes: list[int] = []
    for field in reader:
        number, kind = field.number, field.kind
        if number in _NUMBERS:
            piece = _piece(source, reader, field)
            if piece is not None:
                budget.spend(field.offset)
                pieces.setdefault(number, []).append(piece)
        elif number == _SHAPE and kind == LENGTH:
            axes.extend(_axes(source.bytes, field, MAX_AXES - len(axes)))
        elif kind == _SINGLE.get(number):
            last[number] = field
    legacy = any(number in last for number in (1, 2, 3, 4))
    if legacy:
        # As in Caffe, any of the four old fields overrules `shape`; a missing one is 0.
        axes = [int32(last[n].value) if n in last else 0 for n in (1, 2, 3, 4)]
    for axis in axes:
        if axis < 0:
            raise WireError(start, f"blob {index} has an axis of {axis}; none can be negative")
    shape = tuple(axes)
    data = _values(source, start, pieces, last, (_RAW_DATA, _RAW_DATA_TYPE, _DOUBLE_DATA, _DATA))
    diff = _values(source, start, pieces, last, (_RAW_DIFF, _RAW_DIFF_TYPE, _DOUBLE_DIFF, _DIFF))
    _check_count(data, shape, start, index, "values")
    if diff.count or _RAW_DIFF in last:
        _check_count(diff, shape, start, index, "diffs")
    return BlobView(shape, data, diff if diff.count else None, legacy, index)


def _check_count(
    values: FileValues, shape: tuple[int, ...], start: int, index: int, what: str
) -> None:
    expected = math.prod(shape)
    if values.count == expected:
        return
    offset = values.offset if values.count else start
    raise WireError(
        offset,
        f"blob {index} has the shape {shape_text(shape)}, so {expected} {what} were expected; "
        f"found {values.count}",
    )


def _values(
    source: Source,
    start: int,
    pieces: dict[int, list[Piece]],
    last: dict[int, Field],
    numbers: tuple[int, int, int, int],
) -> FileValues:
    """What Caffe would take: raw bytes if there are any, else doubles, else floats."""
    raw, raw_type, double, single = numbers
    if raw in last:
        field = last[raw]
        code = last[raw_type].value if raw_type in last else None
        dtype = _RAW_TYPES.get(code) if code is not None else None
        if dtype is None:
            found = "no type" if code is None else f"the type {code}"
            raise WireError(field.offset, f"raw data of {found}; expected one of 0 to 5")
        if field.size % dtype.itemsize:
            raise WireError(
                field.offset, f"{field.size} bytes of raw data are no whole number of {dtype}"
            )
        piece = (field.start, field.size // dtype.itemsize, dtype.itemsize)
        return FileValues(source, dtype, [piece] if field.size else [], start)
    if pieces.get(double):
        return FileValues(source, _DOUBLE, pieces[double], start)
    return FileValues(source, _FLOAT, pieces.get(single, []), start)


def _piece(source: Source, reader: WireReader, field: Field) -> Piece | None:
    """The numbers that begin with ``field``: a packed field, or a run of fields of one number."""
    dtype, kind = _NUMBERS[field.number]
    item = dtype.itemsize
    if field.kind == LENGTH:
        if field.size % item:
            raise WireError(
                field.offset,
                f"field {field.number} has {field.size} bytes, no whole number of {dtype}",
            )
        return (field.start, field.size // item, item) if field.size else None
    if field.kind != kind:
        # Protobuf takes a field of the wrong wire type for an unknown one.
        return None
    stride = 1 + item
    if field.end - field.offset != stride:
        return (field.start, 1, item)
    count = _run_length(source.data, field.offset, reader.end, stride)
    reader.position = field.offset + count * stride
    return (field.start, count, stride if count > 1 else item)


def _run_length(data: Array, offset: int, end: int, stride: int) -> int:
    """How many whole fields with the one-byte tag at ``offset`` follow each other."""
    most = (end - offset) // stride
    tag = data[offset]
    count, window = 1, 16
    while count < most:
        here = min(window, most - count)
        first = offset + count * stride
        differ = data[first : first + here * stride : stride] != tag
        if differ.any():
            return count + int(differ.argmax())
        count += here
        window = min(window * 8, 1 << 22)
    return count


def _axes(buffer: memoryview, field: Field, room: int) -> list[int]:
    """The ``dim`` numbers of a ``BlobShape``, packed or not."""
    axes: list[int] = []
    for dim in WireReader(buffer, field.start, field.end):
        if dim.number != 1:
            continue
        for value in _varints(buffer, dim):
            if len(axes) >= room:
                raise WireError(dim.offset, f"a shape has more than {MAX_AXES} axes")
            axes.append(int64(value))
    return axes


def _varints(buffer: memoryview, field: Field) -> Iterator[int]:
    if field.kind == VARINT:
        yield field.value
    elif field.kind == LENGTH:
        position = field.start
        while position < field.end:
            value, position = read_varint(buffer, position, field.end)
            yield value


# -- writing -------------------------------------------------------------------------------


def _shape_field(shape: tuple[int, ...]) -> bytes:
    # A blob without axes gets no shape message at all, as in Caffe.
    if not shape:
        return b""
    return encode_bytes(_SHAPE, encode_bytes(1, b"".join(encode_varint(n) for n in shape)))


def _legacy_fields(shape: tuple[int, ...]) -> bytes:
    return b"".join(encode_uint(1 + i, n) for i, n in enumerate(shape))


def blob_size(shape: tuple[int, ...], *, diff: bool = False, legacy: bool = False) -> int:
    """How many bytes :func:`write_blob` writes for a blob of that shape."""
    nbytes = 4 * math.prod(shape)
    head = len(_legacy_fields(shape)) if legacy else len(_shape_field(shape))
    packed = len(encode_header(_DATA, nbytes)) + nbytes if nbytes else 0
    return head + packed * (2 if diff else 1)


def write_blob(
    stream: BinaryIO, values: Array, diff: Array | None = None, *, legacy: bool = False
) -> None:
    """Write ``values`` (and ``diff``, of the same shape) as one float ``BlobProto``, without tag.

    Field by field in the order of Caffe's own files. ``legacy`` writes four axes as num,
    channels, height and width.
    """
    if legacy:
        stream.write(_legacy_fields(values.shape))
    for number, array in ((_DATA, values), (_DIFF, diff)):
        if array is not None and array.size:
            stream.write(encode_header(number, 4 * array.size))
            with np.errstate(over="ignore"):
                flat = np.ascontiguousarray(array, _FLOAT).reshape(-1)
            stream.write(flat.view(np.uint8).data)
    if not legacy:
        stream.write(_shape_field(values.shape))
