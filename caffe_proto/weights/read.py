"""Weights from a file of any format, told by its content."""

from __future__ import annotations

import os
from collections.abc import Callable

from caffe_proto.weights.caffemodel import parse_caffemodel
from caffe_proto.weights.hdf5 import parse_hdf5
from caffe_proto.weights.model import WeightsFile
from caffe_proto.weights.npz import parse_npz
from caffe_proto.weights.safetensors import parse_safetensors
from caffe_proto.weights.sniff import kind_of
from caffe_proto.weights.source import Source
from caffe_proto.weights.text import parse_text

__all__ = ["load_weights"]

_READERS: dict[str, Callable[[Source], WeightsFile]] = {
    "caffemodel": parse_caffemodel,
    "hdf5": parse_hdf5,
    "npz": parse_npz,
    "safetensors": parse_safetensors,
    "prototxt": parse_text,
}


def load_weights(
    path_or_bytes: str | os.PathLike[str] | bytes | bytearray | memoryview,
) -> WeightsFile:
    """The weights in a file of any format; its content decides, not its name.

    Formats: ``.caffemodel``, Caffe's HDF5, ``.npz`` and ``.safetensors`` with arrays named
    ``layer/0``, and prototxt with blobs. Values stay in the file until they are used.
    Raises :class:`WeightsError`, saying what the file is, for anything else.
    """
    source = Source(path_or_bytes)
    return _READERS[kind_of(source)](source)
