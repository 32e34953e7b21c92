"""One fault in a text is one fault in the report, wherever it is; two are two."""

from __future__ import annotations

import itertools
import re

import pytest

from caffe_proto.errors import Fault, ParseError
from caffe_proto.prototxt import parse

NET = """\
name: "two layers"  # a net
layer {
  name: "data"
  type: "Input"
  top: "data"
  input_param { shape { dim: 1 dim: 3 } }
}
layer {
  name: "conv"
  type: "Convolution"
  bottom: "data"
  top: "conv"
  param {
    lr_mult: 1
  }
  convolution_param {
    num_output: 20
    weight_filler {
      type: "xavier"
    }
    bias_filler { type: "constant" value: 0.5 }
  }
  include { phase: TEST stage: "deploy" }
}
layer {
  name: "relu"
  type: "ReLU"
  bottom: "conv"
  top: "conv"
}
force_backward: true
"""


def places(mark: str) -> list[int]:
    """Where ``mark`` is in the net."""
    return [match.start() for match in re.finditer(re.escape(mark), NET)]


def without(*at: int) -> str:
    """The net without the characters at these places."""
    return "".join(char for n, char in enumerate(NET) if n not in at)


def faults(text: str) -> list[Fault]:
    """The faults of a text that is known to have some."""
    with pytest.raises(ParseError) as caught:
        parse(text)
    return caught.value.faults


def line(at: int) -> int:
    return NET.count("\n", 0, at) + 1


def test_the_net_itself_is_without_fault() -> None:
    assert len(parse(NET).layer) == 3


@pytest.mark.parametrize("mark", [":", '"', "{"])
def test_a_character_that_is_missing_is_one_fault_near_it(mark: str) -> None:
    for at in places(mark):
        found = faults(without(at))
        assert [line(at) <= fault.line <= line(at) + 1 for fault in found] == [True], found


def test_a_brace_that_is_missing_is_one_fault_that_names_its_block() -> None:
    opened: list[int] = []
    for match in re.finditer("[{}]", NET):
        if match[0] == "{":
            opened.append(match.start())
            continue
        begins = opened.pop()
        [fault] = faults(without(match.start()))
        assert 'missing "}"' in fault.message
        # on one line with its fields a block cannot be told from the one around it
        if line(begins) != line(match.start()):
            assert f"begins on line {line(begins)} " in fault.message, (line(match.start()), fault)


def test_a_brace_too_many_is_one_fault_at_its_place() -> None:
    for match in re.finditer(r"(?m)^( *)\}\n", NET):
        [fault] = faults(NET[: match.end()] + match[1] + "}\n" + NET[match.end() :])
        assert 'unexpected "}"' in fault.message
        assert line(match.end()) <= fault.line <= line(match.end()) + 1


def test_two_faults_in_two_layers_are_both_found() -> None:
    names = [m.start() for m in re.finditer("(?m)^  (?:name|type|top)", NET)]
    for one, other in itertools.combinations(names, 2):
        text = without(one + 2, other + 2)
        assert [fault.line for fault in faults(text)] == [line(one), line(other)]


@pytest.mark.parametrize("piece", ["=", "%", "@", "/", "$", ")", "+", "*", "!", "\u2003", "\0"])
def test_a_stray_character_is_one_fault_at_its_place(piece: str) -> None:
    for match in re.finditer(r"(?m)^ *(?=\w)", NET):
        at = match.end()
        [fault] = faults(NET[:at] + piece + NET[at:])
        assert (fault.line, fault.column) == (line(at), at - match.start() + 1)
