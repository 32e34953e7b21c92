"""Found by processes that a script starts under ``caffe-proto python``: ``caffe`` is the drop-in.

Its folder is on their path only; see :mod:`caffe_proto.pycaffe.standin`.
"""

import sys

import caffe_proto.pycaffe

# This module is entered as "caffe" at the moment; the drop-in takes its place.
sys.modules.pop("caffe", None)
caffe_proto.pycaffe.install()
