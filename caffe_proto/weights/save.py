"""Saving a net's weights in the format that the file name asks for."""

from __future__ import annotations

import os
from typing import Any

from caffe_proto.errors import WeightsError
from caffe_proto.weights.hdf5 import save_hdf5
from caffe_proto.weights.npz import save_npz
from caffe_proto.weights.safetensors import save_safetensors
from caffe_proto.weights.writer import save_caffemodel

__all__ = ["FORMATS", "save_weights"]

#: Suffix and format, in the order in which errors list them.
FORMATS = {
    ".caffemodel": "Caffe's binary format",
    ".caffemodel.h5": "Caffe's HDF5",
    ".h5": "Caffe's HDF5",
    ".hdf5": "Caffe's HDF5",
    ".npz": "NumPy arrays named layer/0",
    ".safetensors": "safetensors named layer/0",
}


def save_weights(net_or_layers: Any, path: str | os.PathLike[str], *, diffs: bool = False) -> None:
    """Save the weights of a net, of layers or of a weights file; the suffix names the format.

    Formats: ``.caffemodel``, ``.caffemodel.h5`` (or ``.h5``), ``.npz``, ``.safetensors``;
    ``diffs`` adds the gradients in the first two. The file is written beside its target and
    renamed. Raises :class:`WeightsError` for another suffix, or where ``path`` cannot be
    written.
    """
    name = os.fspath(path).lower()
    if name.endswith(".caffemodel"):
        save_caffemodel(net_or_layers, path, diffs=diffs)
        return
    if name.endswith((".h5", ".hdf5")):
        save_hdf5(net_or_layers, path, diffs=diffs)
        return
    if name.endswith((".npz", ".safetensors")):
        if diffs:
            raise WeightsError(f"{os.fspath(path)}: only .caffemodel and .h5 files hold gradients")
        (save_npz if name.endswith(".npz") else save_safetensors)(net_or_layers, path)
        return
    known = ", ".join(f"{suffix} ({what})" for suffix, what in FORMATS.items())
    raise WeightsError(f"{os.fspath(path)}: no format has this suffix. Formats: {known}")
