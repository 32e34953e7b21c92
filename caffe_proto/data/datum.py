"""Datums: the records of databases, and the arrays in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError

from caffe_proto.data.images import as_planes, decode_image
from caffe_proto.errors import DataError
from caffe_proto.schema import caffe_pb2

if TYPE_CHECKING:
    from caffe_proto.data.images import Image

__all__ = ["datum_array", "decode_datum", "parse_datum", "record_name"]


def record_name(key: bytes) -> str:
    """A record in words, for errors."""
    return f'record "{key.decode(errors="backslashreplace")}"'


def parse_datum(key: bytes, value: bytes) -> caffe_pb2.Datum:
    """The Datum in a record.

    Raises :class:`DataError` naming the record where it is something else.
    """
    try:
        return caffe_pb2.Datum.FromString(value)
    except DecodeError:
        raise DataError(f"{record_name(key)} is no Datum ({len(value)} bytes)") from None


def decode_datum(datum: caffe_pb2.Datum, color: bool | None, what: str) -> Image:
    """The picture of an encoded Datum, ``(H, W, C)`` or ``(H, W)``; see ``decode_image``."""
    return decode_image(datum.data, color, what)


def datum_array(datum: caffe_pb2.Datum, what: str, color: bool | None = None) -> npt.NDArray[Any]:
    """What a Datum holds, ``(C, H, W)``: uint8, or float32 for ``float_data``.

    An encoded one is decoded, to ``color`` or gray if said so. ``what`` names it in errors. Raises
    :class:`DataError` for sizes that are not positive or ask for more data than there is.
    """
    if datum.encoded:
        return as_planes(decode_datum(datum, color, what))
    data = datum.data  # once: every look copies the bytes
    shape = (datum.channels, datum.height, datum.width)
    if min(shape) < 1:
        raise DataError(
            f"{what} has the size {shape} (channels, height, width). Expected: positive numbers"
            + ("; an encoded picture needs encoded: true" if data else "")
        )
    count = shape[0] * shape[1] * shape[2]
    values: npt.NDArray[Any]
    if data:
        values = np.frombuffer(data, np.uint8)
    else:
        values = np.array(datum.float_data, np.float32)
    # Caffe reads what it needs, and goes on reading where there is less.
    if values.size < count:
        kind = "bytes" if data else "values"
        raise DataError(
            f"{what} has {values.size} {kind}. "
            f"Expected: {count} for {shape} (channels, height, width)"
        )
    return values[:count].reshape(shape)
