"""The random stream that Caffe's fillers, Dropout and data layers draw from, bit for bit."""

from __future__ import annotations

from caffe_proto.rng.generator import CaffeRandom

__all__ = ["CaffeRandom"]
