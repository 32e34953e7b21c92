"""caffe_proto: every Caffe model, alive on today's Python."""

__version__ = "0.1.0"
