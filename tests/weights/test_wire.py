"""Protobuf's wire format: fields and their places, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caffe_proto.schema import LayerParameter, NetParameter, SolverState
from caffe_proto.weights.wire import (
    LENGTH,
    MAX_GROUP_DEPTH,
    VARINT,
    WireError,
    WireReader,
    encode_bytes,
    encode_fixed32,
    encode_uint,
    encode_varint,
    int32,
    int64,
    read_varint,
)


def fields(content: bytes) -> list[tuple[int, int, int]]:
    return [(f.number, f.kind, f.value) for f in WireReader(memoryview(content), 0, len(content))]


def test_fields_tell_where_their_content_is() -> None:
    content = encode_uint(5, 300) + encode_bytes(100, b"abc")
    first, second = WireReader(memoryview(content), 0, len(content))
    assert (first.number, first.kind, first.value, first.offset) == (5, VARINT, 300, 0)
    assert (second.number, second.kind) == (100, LENGTH)
    assert content[second.start : second.end] == b"abc"
    assert second.size == 3


@given(st.integers(0, 2**64 - 1))
def test_a_varint_comes_back(value: int) -> None:
    content = encode_varint(value)
    assert read_varint(memoryview(content), 0, len(content)) == (value, len(content))


def test_an_overlong_varint_is_read() -> None:
    assert read_varint(memoryview(b"\x83\x80\x00"), 0, 3) == (3, 3)


def test_negative_numbers_take_ten_bytes() -> None:
    assert len(encode_varint(-1)) == 10
    assert int64(read_varint(memoryview(encode_varint(-7)), 0, 10)[0]) == -7
    assert int32(0xFFFFFFFF) == -1


@given(st.text(), st.integers(0, 2**31 - 1), st.lists(st.text(), max_size=3))
def test_what_is_written_protobuf_reads(name: str, iteration: int, bottoms: list[str]) -> None:
    layer = encode_bytes(1, name.encode()) + b"".join(encode_bytes(3, b.encode()) for b in bottoms)
    assert LayerParameter.FromString(layer) == LayerParameter(name=name, bottom=bottoms)
    assert SolverState.FromString(encode_uint(1, iteration)).iter == iteration
    assert LayerParameter.FromString(encode_fixed32(5, 0.5)).loss_weight == [0.5]


def test_unknown_groups_are_stepped_over() -> None:
    # group 99 { group 98 { varint } } and then the net's name
    content = b"\x9b\x06\x93\x06\x08\x01\x94\x06\x9c\x06" + encode_bytes(1, b"n")
    assert [number for number, _, _ in fields(content)] == [99, 1]
    assert NetParameter.FromString(content).name == "n"


@pytest.mark.parametrize(
    "content, words",
    [
        (b"\x08\x80", "byte 1: a varint is cut off"),
        (b"\x08" + b"\xff" * 10 + b"\x01", "byte 1: a varint has more than 10 bytes"),
        (b"\x0a\x05ab", "byte 0: field 1 claims 5 bytes, but only 2 are left"),
        (b"\x0d\x00\x00", r"byte 0: field 1 \(32-bit\) is cut off: 2 bytes left"),
        (b"\x09\x00", r"byte 0: field 1 \(64-bit\) is cut off"),
        (b"\x0f", "byte 0: field 1 has the wire type 7"),
        (b"\x00\x01", "byte 0: 0 is not a field number"),
        (b"\xff\xff\xff\xff\xff\x01", "not a field number"),
        (b"\x0c", "byte 0: a group 1 ends that never began"),
        (b"\x0b\x14", "byte 1: group 1 is ended as group 2"),
        (b"\x0b\x08\x01", "byte 0: group 1 never ends"),
        (b"\x0b" * (MAX_GROUP_DEPTH + 1), "nested more than 100 deep"),
    ],
)
def test_what_is_no_message_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(WireError, match=words):
        fields(content)


def test_a_million_open_groups_are_refused_at_once() -> None:
    with pytest.raises(WireError, match="nested more than 100 deep"):
        fields(b"\x0b" * 1_000_000)
