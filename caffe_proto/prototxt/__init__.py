"""Prototxt, Caffe's text format: text into messages and back.

``parse`` and ``parse_file`` read, ``to_prototxt`` prints; ``format_prototxt`` tidies a text and
keeps its comments.
"""

from __future__ import annotations

from caffe_proto.prototxt.parser import PrototxtWarning, parse, parse_file

__all__ = ["PrototxtWarning", "parse", "parse_file"]
