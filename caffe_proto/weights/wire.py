"""Protobuf's wire format: fields of a message in a buffer, and headers of messages to write.

A reader steps over one message field by field and knows where each begins and how long it is
before anything of it is used, so nothing is allocated for what is not there. It is written
against the encoding guide, https://protobuf.dev/programming-guides/encoding/.

All offsets count bytes from the start of the buffer.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from caffe_proto.errors import WeightsError

__all__ = [
    "FIXED32",
    "FIXED64",
    "LENGTH",
    "MAX_GROUP_DEPTH",
    "VARINT",
    "Field",
    "WireError",
    "WireReader",
    "encode_bytes",
    "encode_fixed32",
    "encode_header",
    "encode_tag",
    "encode_uint",
    "encode_varint",
    "int32",
    "int64",
    "read_varint",
]

VARINT, FIXED64, LENGTH, START_GROUP, END_GROUP, FIXED32 = range(6)

_KINDS = {
    VARINT: "varint",
    FIXED64: "64-bit",
    LENGTH: "length-delimited",
    START_GROUP: "group",
    END_GROUP: "end of group",
    FIXED32: "32-bit",
}

#: Groups inside groups that a reader follows; protobuf's own limit.
MAX_GROUP_DEPTH = 100


class WireError(WeightsError):
    """Bytes that are no message; ``offset`` is where, ``problem`` what was found there."""

    def __init__(self, offset: int, problem: str, place: str = "") -> None:
        self.offset = offset
        self.problem = problem
        self.place = place
        where = f"{place}: " if place else ""
        super().__init__(f"{where}at byte {offset}: {problem}")

    def within(self, place: str) -> WireError:
        """The same error, with the file or the layer in front."""
        return WireError(self.offset, self.problem, f"{place}: {self.place}".rstrip(": "))


class Field(NamedTuple):
    """One field: its tag begins at ``offset``, its content is ``[start, end)``.

    ``value`` is the number of a varint field, else 0.
    """

    number: int
    kind: int
    offset: int
    start: int
    end: int
    value: int

    @property
    def size(self) -> int:
        """Bytes of content, without tag and length."""
        return self.end - self.start


def read_varint(buffer: memoryview, position: int, end: int) -> tuple[int, int]:
    """An unsigned varint at ``position`` and the offset behind it; it must end before ``end``."""
    result = 0
    shift = 0
    start = position
    while True:
        if position >= end:
            raise WireError(start, "a varint is cut off by the end of what contains it")
        byte = buffer[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            # Protobuf drops what does not fit 64 bits.
            return result & 0xFFFFFFFFFFFFFFFF, position
        shift += 7
        if shift >= 70:
            raise WireError(start, "a varint has more than 10 bytes")


class WireReader(Iterator[Field]):
    """The fields of the message in ``buffer[start:end]``, one at a time.

    ``position`` may be moved forward by who reads, to skip what it has taken itself.
    Raises :class:`WireError` for anything that is not a field or does not fit.
    """

    __slots__ = ("buffer", "end", "position")

    def __init__(self, buffer: memoryview, start: int, end: int) -> None:
        self.buffer = buffer
        self.position = start
        self.end = end

    def __next__(self) -> Field:
        if self.position >= self.end:
            raise StopIteration
        field = self._field()
        if field.kind == END_GROUP:
            raise WireError(field.offset, f"a group {field.number} ends that never began")
        if field.kind == START_GROUP:
            self._skip_group(field)
            field = field._replace(end=self.position)
        return field

    def _field(self) -> Field:
        buffer, end = self.buffer, self.end
        offset = self.position
        tag, start = read_varint(buffer, offset, end)
        number, kind = tag >> 3, tag & 7
        if number == 0 or tag > 0xFFFFFFFF:
            raise WireError(offset, f"{number} is not a field number; these are no message bytes")
        value = 0
        if kind == LENGTH:
            length, start = read_varint(buffer, start, end)
            stop = start + length
            if stop > end:
                raise WireError(
                    offset,
                    f"field {number} claims {length} bytes, but only {end - start} are left",
                )
        elif kind == VARINT:
            value, stop = read_varint(buffer, start, end)
        elif kind in (FIXED32, FIXED64):
            stop = start + (4 if kind == FIXED32 else 8)
            if stop > end:
                raise WireError(
                    offset, f"field {number} ({_KINDS[kind]}) is cut off: {end - start} bytes left"
                )
        elif kind in _KINDS:
            stop = start
        else:
            raise WireError(offset, f"field {number} has the wire type {kind}, which is none")
        self.position = stop
        return Field(number, kind, offset, start, stop, value)

    def _skip_group(self, first: Field) -> None:
        open_groups = [first]
        while open_groups:
            if self.position >= self.end:
                last = open_groups[-1]
                raise WireError(last.offset, f"group {last.number} never ends")
            field = self._field()
            if field.kind == START_GROUP:
                if len(open_groups) >= MAX_GROUP_DEPTH:
                    raise WireError(
                        field.offset, f"groups are nested more than {MAX_GROUP_DEPTH} deep"
                    )
                open_groups.append(field)
            elif field.kind == END_GROUP:
                begun = open_groups.pop()
                if begun.number != field.number:
                    raise WireError(
                        field.offset, f"group {begun.number} is ended as group {field.number}"
                    )


def int32(value: int) -> int:
    """A varint as the signed 32-bit number that a field of type int32 makes of it."""
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value >= 1 << 31 else value


def int64(value: int) -> int:
    """A varint as the signed 64-bit number that a field of type int64 makes of it."""
    return value - (1 << 64) if value >= 1 << 63 else value


def encode_varint(value: int) -> bytes:
    """``value`` (negative ones as 64-bit two's complement) in its shortest encoding."""
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode_tag(number: int, kind: int) -> bytes:
    """The tag of field ``number`` with the wire type ``kind``."""
    return encode_varint(number << 3 | kind)


def encode_header(number: int, length: int) -> bytes:
    """Tag and length of a length-delimited field; ``length`` bytes of content must follow."""
    return encode_tag(number, LENGTH) + encode_varint(length)


def encode_bytes(number: int, content: bytes) -> bytes:
    """A whole length-delimited field: a string, bytes, a message or packed numbers."""
    return encode_header(number, len(content)) + content


def encode_uint(number: int, value: int) -> bytes:
    """A whole varint field: an int32, int64, uint32, bool or enum."""
    return encode_tag(number, VARINT) + encode_varint(value)


def encode_fixed32(number: int, value: float) -> bytes:
    """A whole float field."""
    return encode_tag(number, FIXED32) + struct.pack("<f", value)
