"""What a message carries besides its fields: unknown fields that were kept, and raw strings.

A kept field is stored as its text, in a protobuf unknown field of its message. So it stays with
the message when that is copied, merged or serialized, and no side table can lose it. Other
readers skip it, as they skip every field number that they do not know.
"""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

__all__ = ["EXTRAS_NUMBER", "attach", "kept", "put_raw"]

EXTRAS_NUMBER = 536_870_911
"""Field number of a kept text: the highest that there is, which no Caffe fork uses."""

_LENGTH_DELIMITED = 2


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def put_raw(message: Message, number: int, data: bytes) -> None:
    """Add bytes to a string field as they are, which need not be UTF-8.

    Python's setters insist on UTF-8; Caffe and the wire format do not.
    """
    tag = _varint(number << 3 | _LENGTH_DELIMITED)
    message.MergeFromString(tag + _varint(len(data)) + data)


def attach(message: Message, text: str) -> None:
    """Keep the text of an unknown field with ``message``."""
    put_raw(message, EXTRAS_NUMBER, text.encode("utf-8", "surrogatepass"))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        # no text that was kept: the printer leaves it out
        return "\0"


def kept(message: Message) -> list[str]:
    """The texts of the unknown fields kept with ``message``, in their order."""
    unknown: Any = UnknownFieldSet(message)
    return [
        _decoded(field.data)
        for field in unknown
        if field.field_number == EXTRAS_NUMBER and field.wire_type == _LENGTH_DELIMITED
    ]
