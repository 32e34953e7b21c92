"""Messages into text, in the form that Caffe prints and people write."""

from __future__ import annotations

import struct

import pytest
from google.protobuf import text_format
from hypothesis import given
from hypothesis import strategies as st

from caffe_proto.prototxt import to_prototxt
from caffe_proto.prototxt.printer import format_float, quote
from caffe_proto.schema import caffe_pb2


def test_fields_come_in_the_order_of_their_numbers() -> None:
    layer = caffe_pb2.LayerParameter(type="ReLU", phase=caffe_pb2.TEST, name="a", bottom=["x", "y"])
    layer.relu_param.negative_slope = 0.1
    layer.include.add(phase=caffe_pb2.TRAIN)
    assert to_prototxt(layer) == (
        'name: "a"\ntype: "ReLU"\nbottom: "x"\nbottom: "y"\ninclude {\n  phase: TRAIN\n}\n'
        "phase: TEST\nrelu_param {\n  negative_slope: 0.1\n}\n"
    )
    assert to_prototxt(layer) == text_format.MessageToString(layer)


def test_an_empty_message_is_an_empty_text() -> None:
    assert to_prototxt(caffe_pb2.NetParameter()) == ""


def test_an_empty_block_is_there() -> None:
    net = caffe_pb2.NetParameter()
    net.layer.add().pooling_param.SetInParent()
    assert to_prototxt(net) == "layer {\n  pooling_param {\n  }\n}\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (1.0, "1"),
        (-0.0, "-0"),
        (1e-5, "1e-05"),
        (0.0005, "0.0005"),
        (1 / 3, "0.33333334"),
        (104.00698793, "104.00699"),
        (1e10, "1e+10"),
        (16777216.0, "16777216"),
        (3.4028234663852886e38, "3.4028235e+38"),
        (1e-45, "1e-45"),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
        (float("nan"), "nan"),
    ],
)
def test_floats_are_short(value: float, text: str) -> None:
    [number] = struct.unpack("<f", struct.pack("<f", value))
    assert format_float(number) == text


@given(st.floats(width=32, allow_nan=False))
def test_every_float_reads_back_as_the_same_float32(value: float) -> None:
    read = caffe_pb2.PowerParameter(scale=float(format_float(value))).scale
    assert struct.pack("<f", read) == struct.pack("<f", value)


def test_doubles_are_short() -> None:
    transform = caffe_pb2.BlobProto(double_data=[0.1, 3.0, 1e100])
    assert to_prototxt(transform) == "double_data: 0.1\ndouble_data: 3\ndouble_data: 1e+100\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", '"plain"'),
        ('it\'s "so"', r'"it\'s \"so\""'),
        ("a\\b", r'"a\\b"'),
        ("\n\r\t\0\x07\x7f", r'"\n\r\t\000\007\177"'),
        ("é", r'"\303\251"'),
        (b"\xff0", r'"\3770"'),
        ("", '""'),
    ],
)
def test_strings_are_escaped(value: str | bytes, text: str) -> None:
    assert quote(value) == text


def test_an_enum_is_printed_by_name_and_by_number_where_it_has_none() -> None:
    layer = caffe_pb2.LayerParameter(phase=caffe_pb2.TEST)
    assert to_prototxt(layer) == "phase: TEST\n"
