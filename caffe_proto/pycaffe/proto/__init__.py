"""``caffe.proto``: the messages of a Caffe file."""

from __future__ import annotations

from caffe_proto.pycaffe.proto import caffe_pb2

__all__ = ["caffe_pb2"]
