"""Weights in and out: ``.caffemodel``, HDF5, ``.npz``, ``.safetensors``, ``.binaryproto``.

Reading maps the file: a :class:`WeightsFile` lists layers and blobs at once, and values are views
of the file until somebody writes to them. Every length is checked before it is used.
"""

from __future__ import annotations

from caffe_proto.weights.binaryproto import read_binaryproto, write_binaryproto
from caffe_proto.weights.caffemodel import read_caffemodel
from caffe_proto.weights.hdf5 import save_hdf5
from caffe_proto.weights.load import LoadReport, load_into
from caffe_proto.weights.model import BlobView, LayerWeights, WeightsFile
from caffe_proto.weights.npz import save_npz
from caffe_proto.weights.read import load_weights
from caffe_proto.weights.safetensors import save_safetensors
from caffe_proto.weights.save import save_weights
from caffe_proto.weights.writer import save_caffemodel

__all__ = [
    "BlobView",
    "LayerWeights",
    "LoadReport",
    "WeightsFile",
    "load_into",
    "load_weights",
    "read_binaryproto",
    "read_caffemodel",
    "save_caffemodel",
    "save_hdf5",
    "save_npz",
    "save_safetensors",
    "save_weights",
    "write_binaryproto",
]
