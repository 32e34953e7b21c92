"""What the parser knows of each message: a table of its fields and how each is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from caffe_proto.prototxt.values import (
    BadValue,
    EnumReader,
    read_bool,
    read_bytes,
    read_double,
    read_string,
    shown,
    signed_reader,
    unsigned_reader,
)

__all__ = ["Field", "MessageTable", "is_repeated", "table_of"]

_READERS: dict[int, Callable[[str], Any]] = {
    FieldDescriptor.TYPE_INT32: signed_reader(32),
    FieldDescriptor.TYPE_SINT32: signed_reader(32),
    FieldDescriptor.TYPE_SFIXED32: signed_reader(32),
    FieldDescriptor.TYPE_INT64: signed_reader(64),
    FieldDescriptor.TYPE_SINT64: signed_reader(64),
    FieldDescriptor.TYPE_SFIXED64: signed_reader(64),
    FieldDescriptor.TYPE_UINT32: unsigned_reader(32),
    FieldDescriptor.TYPE_FIXED32: unsigned_reader(32),
    FieldDescriptor.TYPE_UINT64: unsigned_reader(64),
    FieldDescriptor.TYPE_FIXED64: unsigned_reader(64),
    FieldDescriptor.TYPE_FLOAT: read_double,
    FieldDescriptor.TYPE_DOUBLE: read_double,
    FieldDescriptor.TYPE_BOOL: read_bool,
    FieldDescriptor.TYPE_STRING: read_string,
    FieldDescriptor.TYPE_BYTES: read_bytes,
}


def _refuse_value(text: str) -> None:
    raise BadValue(f'this field is a block: expected "{{", found {shown(text)}')


_REMEMBERED = 5000
"""Spellings of numbers, bools and enums that one field type remembers at most."""


def is_repeated(descriptor: Any) -> bool:
    """Whether the field is repeated, on every release of protobuf."""
    # `label` is deprecated since protobuf 6.31, `is_repeated` new there
    found = getattr(descriptor, "is_repeated", None)
    return descriptor.label == FieldDescriptor.LABEL_REPEATED if found is None else bool(found)


class Field:
    """One field as the parser uses it: its reader, and the spellings already read."""

    __slots__ = ("_remember", "descriptor", "is_message", "is_string", "known", "name", "number",
                 "read", "repeated")  # fmt: skip

    def __init__(self, descriptor: FieldDescriptor, known: dict[str, Any]) -> None:
        self.descriptor: Any = descriptor
        self.name = descriptor.name
        self.number = descriptor.number
        self.repeated = is_repeated(descriptor)
        self.is_message = descriptor.message_type is not None
        self.is_string = descriptor.type == FieldDescriptor.TYPE_STRING
        self.known = known
        text = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
        self._remember = descriptor.type not in text
        if descriptor.enum_type is not None:
            enum = descriptor.enum_type
            reader: Callable[[str], Any] = EnumReader(
                enum.name, {v.name: v.number for v in enum.values}
            )
        elif self.is_message:
            reader = _refuse_value
        else:
            reader = _READERS[descriptor.type]
        self.read = reader

    def value(self, text: str) -> Any:
        """The value that ``text`` stands for; raises ``BadValue``."""
        value = self.read(text)
        if self._remember and len(self.known) < _REMEMBERED and len(text) < 32:
            self.known[text] = value
        return value


class MessageTable(dict[str, Field]):
    """The fields of one message type, by name."""

    def __init__(self, descriptor: Descriptor) -> None:
        super().__init__()
        self.descriptor = descriptor
        self.name: str = descriptor.full_name.removeprefix(descriptor.file.package + ".")
        for field in descriptor.fields:
            known = _known.setdefault(field.enum_type or field.type, {})
            self[field.name] = Field(field, known)


# the spellings read so far, by enum or by type of scalar
_known: dict[Any, dict[str, Any]] = {}
_tables: dict[Any, MessageTable] = {}


def table_of(descriptor: Any) -> MessageTable:
    """The table of a message type, made when it is first asked for."""
    table = _tables.get(descriptor)
    if table is None:
        table = _tables[descriptor] = MessageTable(descriptor)
    return table
