"""Nets: the builder (state rules, splits, sharing, shapes) and what it makes."""

from caffe_proto.net.net import Net
from caffe_proto.net.source import build_net, read_net

__all__ = ["Net", "build_net", "read_net"]
