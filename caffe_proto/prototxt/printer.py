"""Messages into text: :func:`to_prototxt`."""

from __future__ import annotations

import math
import re
import struct
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from caffe_proto.errors import ParseError
from caffe_proto.prototxt import extras
from caffe_proto.prototxt.fields import is_repeated

__all__ = ["format_float", "quote", "to_prototxt"]

_PLAIN = re.compile(r"[ !#-&(-\[\]-~]*\Z")
# the escapes that Caffe prints; any other byte out of place is three octal digits
_ESCAPES = {10: "\\n", 13: "\\r", 9: "\\t", 92: "\\\\", 34: '\\"', 39: "\\'"}


_SMALLEST_NORMAL = 2.0**-126


def to_prototxt(message: Message) -> str:
    """A message in protobuf's text format, as Caffe prints and reads it.

    Fields come in the order of their numbers, two spaces a level; a float is the shortest
    number that reads back as the same float32. Unknown fields that ``parse(unknown="keep")``
    kept follow at the end of their message. ``parse`` and protobuf's own text format read the
    text back as an equal message.
    """
    lines: list[str] = []
    _print(message, "", lines)
    return "\n".join(lines) + "\n" if lines else ""


def _print(message: Message, indent: str, lines: list[str]) -> None:
    # Caffe's schema does not recurse, so neither can this go deep
    for field, value in message.ListFields():
        values = value if is_repeated(field) else (value,)
        if field.message_type is not None:
            for child in values:
                lines.append(f"{indent}{field.name} {{")
                _print(child, indent + "  ", lines)
                lines.append(indent + "}")
            continue
        for item in values:
            lines.append(f"{indent}{field.name}: {_scalar(field, item)}")
    for text in extras.kept(message):
        lines.extend(indent + line if line else "" for line in _tidy(text))


def _tidy(text: str) -> list[str]:
    from caffe_proto.prototxt.format import format_prototxt

    try:
        return format_prototxt(text).splitlines()
    except ParseError:
        # not kept by this package: some binary file has this field number for its own ends
        return []


def _scalar(field: Any, value: Any) -> str:
    cpp = field.cpp_type
    if cpp == FieldDescriptor.CPPTYPE_STRING:
        return quote(value)
    if cpp == FieldDescriptor.CPPTYPE_BOOL:
        return "true" if value else "false"
    if cpp == FieldDescriptor.CPPTYPE_ENUM:
        named = field.enum_type.values_by_number.get(value)
        return named.name if named is not None else str(value)
    if cpp == FieldDescriptor.CPPTYPE_FLOAT:
        return format_float(value)
    if cpp == FieldDescriptor.CPPTYPE_DOUBLE:
        return _without_point(repr(value))
    return str(value)


def format_float(value: float) -> str:
    """The shortest decimal number that reads back as the same float32: ``0.1``, ``1e-05``."""
    if not math.isfinite(value):
        return _without_point(repr(value))
    wanted = struct.pack("<f", value)
    # fewer than six digits are never shorter with %g, save for a subnormal number
    for digits in range(1 if abs(value) < _SMALLEST_NORMAL else 6, 9):
        text = f"{value:.{digits}g}"
        try:
            if struct.pack("<f", float(text)) == wanted:
                return text
        except OverflowError:  # rounded up beyond the largest float32
            continue
    return f"{value:.9g}"


def _without_point(text: str) -> str:
    return text.removesuffix(".0")


def quote(value: str | bytes) -> str:
    """A string in double quotes, in ASCII: every byte beyond that as an octal escape."""
    if isinstance(value, str):
        if _PLAIN.match(value):
            return f'"{value}"'
        value = value.encode("utf-8", "surrogatepass")
    out = [
        _ESCAPES[byte] if byte in _ESCAPES else chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
        for byte in value
    ]
    return f'"{"".join(out)}"'
