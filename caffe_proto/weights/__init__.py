"""Weights in and out: ``.caffemodel``, ``.h5``, ``.npz``, ``.safetensors``, ``.binaryproto``."""

from __future__ import annotations

from caffe_proto.weights.caffemodel import read_caffemodel
from caffe_proto.weights.model import BlobView, LayerWeights, WeightsFile

__all__ = [
    "BlobView",
    "LayerWeights",
    "WeightsFile",
    "read_caffemodel",
]
