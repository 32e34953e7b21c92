"""What is printed reads back equal, for random messages of every type of the schema."""

from __future__ import annotations

import pytest
from google.protobuf import text_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caffe_proto.prototxt import format_prototxt, parse, to_prototxt
from caffe_proto.schema import caffe_pb2

from .strategies import messages

TYPES = sorted(caffe_pb2.DESCRIPTOR.message_types_by_name)
quiet = settings(
    max_examples=6,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)


@pytest.mark.parametrize("name", TYPES)
@quiet
@given(data=st.data())
def test_printed_messages_read_back_equal(name: str, data: st.DataObject) -> None:
    message = data.draw(messages(caffe_pb2.DESCRIPTOR.message_types_by_name[name]))
    text = to_prototxt(message)
    assert parse(text, name, upgrade=False) == message
    assert text_format.Parse(text, type(message)()) == message


@settings(quiet, max_examples=40)
@given(messages(caffe_pb2.NetParameter.DESCRIPTOR, most=8))
def test_what_protobuf_prints_reads_equal(message: caffe_pb2.NetParameter) -> None:
    for options in (
        {},
        {"as_utf8": True},
        {"as_one_line": True},
        {"use_short_repeated_primitives": True},
        {"pointy_brackets": True},
    ):
        text = text_format.MessageToString(message, **options)
        assert parse(text, upgrade=False) == message


@settings(quiet, max_examples=40)
@given(messages(caffe_pb2.NetParameter.DESCRIPTOR, most=8), st.booleans())
def test_formatting_changes_no_content_and_settles_at_once(
    message: caffe_pb2.NetParameter, one_line: bool
) -> None:
    text = text_format.MessageToString(
        message, as_one_line=one_line, use_short_repeated_primitives=True
    )
    tidy = format_prototxt(text)
    assert parse(tidy, upgrade=False) == message
    assert format_prototxt(tidy) == tidy
