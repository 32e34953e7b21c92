"""``.binaryproto``: a single blob in a file, as Caffe stores mean images."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import WeightsError
from caffe_proto.files import replacing
from caffe_proto.weights.blobproto import read_blob, write_blob
from caffe_proto.weights.sniff import refuse_foreign
from caffe_proto.weights.source import Source
from caffe_proto.weights.wire import LENGTH, WireError, WireReader

__all__ = ["read_binaryproto", "write_binaryproto"]

Array = npt.NDArray[Any]


def read_binaryproto(
    path_or_bytes: str | os.PathLike[str] | bytes | bytearray | memoryview,
) -> Array:
    """The blob in a ``.binaryproto`` file, float32, in the shape that the file gives it.

    A mean file of ``compute_image_mean`` has the shape (1, C, H, W), channels in BGR order.
    Raises :class:`WeightsError` where the file is something else.
    """
    source = Source(path_or_bytes)
    refuse_foreign(source)
    try:
        if any(f.number == 100 and f.kind == LENGTH for f in _fields(source)):
            raise WeightsError(
                f"{source.name}: expected a single blob (a mean file); this is a whole net, "
                "a .caffemodel. Read it with read_caffemodel"
            )
        return read_blob(source, 0, source.size).read()
    except WireError as error:
        raise error.within(source.name) from None


def _fields(source: Source) -> WireReader:
    return WireReader(source.bytes, 0, source.size)


def write_binaryproto(path: str | os.PathLike[str], array: npt.ArrayLike) -> None:
    """Write ``array`` (any shape, as float32) as a single blob.

    Four axes are written as num, channels, height and width, as ``compute_image_mean`` does;
    a mean that Caffe's data layers shall read has the shape (1, C, H, W), channels in BGR order.
    """
    values = np.asarray(array, np.float32)
    with replacing(path, WeightsError) as beside, open(beside, "xb") as stream:
        write_blob(stream, values, legacy=values.ndim == 4)
