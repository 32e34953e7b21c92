"""The parser takes what protobuf's own text format takes, and reads the same from it.

The judge is protobuf's Python parser. Caffe uses the C++ one, which differs from it as listed in
``EXCUSED``; there the C++ one is right.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from google.protobuf import text_format
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from caffe_proto.errors import ParseError
from caffe_proto.prototxt import parse, to_prototxt
from caffe_proto.schema import caffe_pb2

from .strategies import changed, messages

# why: (where it may be so, a text that shows it)
EXCUSED = {
    "C++ refuses a NUL anywhere, Python takes it in a string": (r"\x00", 'name: "\0"'),
    "C++ refuses escapes that it does not know, Python keeps the backslash": (
        r"\\(?![abfnrtv\\?'\"0-7xuU])|\\x(?![0-9a-fA-F])",
        r'name: "\q"',
    ),
    "C++ takes a string that is no UTF-8, Python does not": (
        r"\\[23][0-7]{2}|\\x[89a-fA-F]|\\u[dD][89a-fA-F]",
        r'name: "\200"',
    ),
    "C++ has no plus sign before a number": (r"(?<![eE])\+", "input_dim: +1"),
    "C++ takes space and comments behind a minus, Python does not": (r"-[\s#]", "input_dim: - 1"),
    "C++ takes 0x1 and 00 for a bool, Python does not": (
        r"\b0[xX0]",
        "layer { propagate_down: 0x1 }",
    ),
}

TEXTS = [
    'name: "n"\nlayer {\n  name: "a"\n  type: "Convolution"\n  bottom: "x"\n  loss_weight: 0.5\n'
    "  phase: TEST\n  propagate_down: true\n  convolution_param { num_output: 20 kernel_size: 3\n"
    "  weight_filler < std: 0.01 > }\n}\ninput_dim: [1, 2, -3]\nforce_backward: false\n",
    "layer { input_param { shape { dim: 1 dim: 10 } } }\n"
    'state { phase: TRAIN level: 3 stage: "a" } # why\n',
    "input: 'a' \"b\", input: [\"x\", 'y'];\nlayer [{ name: 'q' }, <type: 'z'>]",
]


def outcome(text: str) -> tuple[Any, Any]:
    """What the two parsers make of a text; None where they refuse it."""
    try:
        ours = parse(text, upgrade=False)
    except ParseError:
        ours = None
    try:
        theirs = text_format.Parse(text, caffe_pb2.NetParameter())
    except text_format.ParseError:
        theirs = None
    return ours, theirs


def excused(text: str) -> bool:
    return any(re.search(pattern, text) for pattern, _ in EXCUSED.values())


def check(text: str) -> None:
    ours, theirs = outcome(text)
    if ours is None or theirs is None:
        assert (ours is None) == (theirs is None) or excused(text)
    else:
        # not ==, which holds a NaN for different from itself
        assert ours.SerializeToString(deterministic=True) == theirs.SerializeToString(
            deterministic=True
        )


pytestmark = pytest.mark.filterwarnings("ignore:invalid escape sequence")
quiet = settings(
    max_examples=250,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)


@quiet
@given(text=st.sampled_from(TEXTS).flatmap(changed))
@example(text="layer [{ name:layer { 'q' }, <type: 'z'>]")
@example(text="input_dim: [1, {a: 1}] input_dim: [[1]]")
def test_changed_texts_are_taken_or_refused_alike(text: str) -> None:
    check(text)


@settings(quiet, max_examples=100)
@given(data=st.data())
def test_changed_random_nets_are_taken_or_refused_alike(data: st.DataObject) -> None:
    net = data.draw(messages(caffe_pb2.NetParameter.DESCRIPTOR))
    check(data.draw(changed(to_prototxt(net))))


@settings(quiet, max_examples=100)
@given(text=st.text(max_size=60) | st.text("{}<>[]:,;\"'\\#-+. \nab1", max_size=60))
def test_any_text_is_either_read_or_refused_in_good_order(text: str) -> None:
    faults: list[Any] | None = None
    try:
        parse(text, upgrade=False)
    except ParseError as error:
        faults = error.faults
    assert faults is None or len(faults) > 0


@pytest.mark.parametrize("text", [text for _, text in EXCUSED.values()], ids=list(EXCUSED))
def test_each_excuse_is_needed(text: str) -> None:
    ours, theirs = outcome(text)
    assert (ours is None) != (theirs is None)
    assert excused(text)
