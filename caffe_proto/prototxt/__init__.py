"""Prototxt, Caffe's text format: text into messages and back.

``parse`` and ``parse_file`` read, ``to_prototxt`` prints; ``format_prototxt`` tidies a text and
keeps its comments.
"""

from __future__ import annotations

from caffe_proto.prototxt.format import format_prototxt
from caffe_proto.prototxt.parser import PrototxtWarning, parse, parse_file
from caffe_proto.prototxt.printer import to_prototxt

__all__ = ["PrototxtWarning", "format_prototxt", "parse", "parse_file", "to_prototxt"]
