"""``caffe.proto``: the messages of a Caffe file."""

from __future__ import annotations

# Scripts say google.protobuf.text_format without importing it: pycaffe has done so before.
import google.protobuf.text_format  # noqa: F401

from caffe_proto.pycaffe.proto import caffe_pb2

__all__ = ["caffe_pb2"]
