"""Hypothesis strategies: random messages of the schema, and texts with something changed."""

from __future__ import annotations

import struct
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import strategies as st

from caffe_proto.prototxt.fields import is_repeated

_BITS = {
    FieldDescriptor.CPPTYPE_INT32: (-(1 << 31), (1 << 31) - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, (1 << 32) - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, (1 << 64) - 1),
}


def _float32(number: float) -> float:
    return struct.unpack("<f", struct.pack("<f", number))[0]


def scalars(field: Any) -> st.SearchStrategy[Any]:
    """Values that a scalar field takes."""
    cpp = field.cpp_type
    if cpp in _BITS:
        low, high = _BITS[cpp]
        return st.integers(low, high) | st.integers(max(low, -3), 70) | st.sampled_from([low, high])
    if cpp == FieldDescriptor.CPPTYPE_BOOL:
        return st.booleans()
    if cpp == FieldDescriptor.CPPTYPE_ENUM:
        return st.sampled_from([value.number for value in field.enum_type.values])
    if cpp == FieldDescriptor.CPPTYPE_FLOAT:
        return st.floats(width=32, allow_nan=False) | st.sampled_from(
            [_float32(x) for x in (0.1, 1e-5, 3.4028234e38, 1e-45, 123456789.0)]
        )
    if cpp == FieldDescriptor.CPPTYPE_DOUBLE:
        return st.floats(allow_nan=False)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=12)
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@st.composite
def messages(draw: st.DrawFn, descriptor: Any, depth: int = 3, most: int = 4) -> Any:
    """A message with some of its fields set, and in them some of theirs."""
    message = message_factory.GetMessageClass(descriptor)()
    fill(draw, message, depth, most)
    return message


def fill(draw: st.DrawFn, message: Any, depth: int, most: int) -> None:
    """Set some fields of ``message``."""
    fields = list(message.DESCRIPTOR.fields)
    if not fields:
        return
    chosen = draw(st.lists(st.sampled_from(fields), max_size=most, unique_by=lambda f: f.name))
    required = [f for f in fields if getattr(f, "is_required", False)]
    for field in {f.name: f for f in [*chosen, *required]}.values():
        if field.message_type is not None:
            if depth == 0 and field not in required:
                continue
            count = draw(st.integers(1, 2)) if is_repeated(field) else 1
            for _ in range(count):
                child = getattr(message, field.name)
                child = child.add() if is_repeated(field) else child
                child.SetInParent()
                fill(draw, child, depth - 1, most)
        elif is_repeated(field):
            getattr(message, field.name).extend(draw(st.lists(scalars(field), max_size=3)))
        else:
            setattr(message, field.name, draw(scalars(field)))


PIECES = [
    "{", "}", "<", ">", "[", "]", ":", ",", ";", '"', "'", "\\", "-", "+", ".", "#", "\n", " ",
    "0", "1", "09", "0x1F", "017", "1e3", "1.5", "2f", "inf", "nan", "true", "T", "1.", ".5",
    '"a"', "'b'", '"\\n"', '"\\x41"', '"\\q"', "name", "layer", "layer {", "name: ", "input_dim: ",
    "phase: TEST", "nosuch: 1", "[1, 2]", "type: \"ReLU\"", "\r\n", "\t", "\f", "/", "=", "\0", "é",
]  # fmt: skip


@st.composite
def changed(draw: st.DrawFn, text: str) -> str:
    """``text`` with up to three pieces put in, taken out or doubled."""
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        end = draw(st.integers(at, min(len(text), at + 6)))
        how = draw(st.sampled_from(["put", "take", "double", "replace"]))
        piece = draw(st.sampled_from(PIECES))
        if how == "put":
            text = text[:at] + piece + text[at:]
        elif how == "take":
            text = text[:at] + text[end:]
        elif how == "double":
            text = text[:end] + text[at:end] + text[end:]
        else:
            text = text[:at] + piece + text[end:]
    return text
