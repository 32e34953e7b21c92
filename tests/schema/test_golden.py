"""Messages as text and as bytes, as BVLC Caffe 1.0 reads and writes them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from google.protobuf.internal import api_implementation
from google.protobuf.message import DecodeError

from caffe_proto.schema import caffe_pb2

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "schema"
MESSAGES: list[dict[str, Any]] = json.loads((GOLDEN / "messages.json").read_text())
WIRE: list[dict[str, Any]] = json.loads((GOLDEN / "wire.json").read_text())

# protobuf's C++ parser takes these for the end of the message, and Caffe reads what came before;
# protobuf for Python refuses them
REFUSED_BY_PYTHON = {"field number zero", "stray end group"}


@pytest.mark.parametrize("case", MESSAGES, ids=lambda c: c["type"])
def test_text_and_bytes_are_the_same_message(case: dict[str, Any]) -> None:
    message_class = getattr(caffe_pb2, case["type"])
    wire = base64.b64decode(case["bytes"])
    from_text = text_format.Parse(case["text"], message_class())
    from_bytes = message_class.FromString(wire)
    assert from_text == from_bytes
    assert from_text.SerializeToString() == wire
    assert not from_bytes.ByteSize() or from_bytes.ListFields()  # nothing landed in unknown fields


@pytest.mark.parametrize(
    "case", [c for c in WIRE if not c["what"].startswith("invalid utf8")], ids=lambda c: c["what"]
)
def test_wire_format(case: dict[str, Any]) -> None:
    message_class = getattr(caffe_pb2, case["type"])
    wire = base64.b64decode(case["bytes"])
    if case.get("error") or case["what"] in REFUSED_BY_PYTHON:
        with pytest.raises(DecodeError):
            message_class.FromString(wire)
        return
    message = message_class.FromString(wire)
    message.DiscardUnknownFields()
    assert message == text_format.Parse(case["text"], message_class())


@pytest.mark.skipif(
    api_implementation.Type() == "python", reason="protobuf in pure Python refuses such strings"
)
def test_a_string_that_is_not_utf8_keeps_its_bytes() -> None:
    (case,) = (c for c in WIRE if c["what"].startswith("invalid utf8"))
    message = caffe_pb2.NetParameter.FromString(base64.b64decode(case["bytes"]))
    assert text_format.MessageToString(message) == case["text"]
