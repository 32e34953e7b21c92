"""The formatter: layout is made even, comments stay, content does not change."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caffe_proto.errors import ParseError
from caffe_proto.prototxt import format_prototxt, parse

CASES = json.loads(
    (Path(__file__).parent.parent / "golden" / "textformat" / "textformat.json").read_text()
)


NET = """
name: 'n' layer { name: 'a' 'b', loss_weight: [1, 2]; param { lr_mult: 1 } }
layer: [{ type: 'x' }, < >, { }] input_dim: [] input_dim: 5 ; input_dim: [3]
"""


def tidy(text: str | bytes) -> str:
    """The formatted text; formatting it once more must change nothing."""
    once = format_prototxt(text)
    assert format_prototxt(once) == once
    return once


def test_indentation_and_spaces() -> None:
    assert tidy('name:"a"\n\t layer{\nname :  "b"\n      convolution_param:{\npad:1}}') == (
        'name: "a"\nlayer {\n  name: "b"\n  convolution_param {\n    pad: 1\n  }\n}\n'
    )


def test_comments_stay_where_they_are() -> None:
    text = (
        "# file\n\n# net\n"
        'name: "a"  # its name\n'
        "layer {  # first\n"
        "  # inside\n"
        '  type: "ReLU"\n'
        "  # last\n"
        "}  # end\n"
        "# of file\n"
    )
    assert tidy(text) == text
    assert tidy(text.replace("  ", "\t")) == text


def test_comments_between_the_parts_of_a_field_go_in_front_of_it() -> None:
    text = 'name # 1\n : # 2\n "a" # 3\n # 4\n "b" # 5\n , # 6\n force_backward: true'
    assert tidy(text) == '# 1\n# 2\n# 3\n# 4\nname: "a" "b"  # 5\n# 6\nforce_backward: true\n'


def test_a_block_on_one_line_stays_there_if_it_holds_values_only() -> None:
    text = "layer {\n  param { lr_mult: 1 decay_mult: 0 }\n  relu_param { }\n}\n"
    assert tidy(text) == text
    assert tidy("layer { param { lr_mult: 1, } }") == "layer {\n  param { lr_mult: 1 }\n}\n"


def test_a_block_that_is_too_long_for_a_line_is_broken() -> None:
    text = "layer { " + " ".join(f'bottom: "{n:020}"' for n in range(4)) + " }"
    assert tidy(text).count("\n") == 6


def test_blank_lines_are_kept_but_not_doubled() -> None:
    assert tidy('\n\nname: "a"\n\n\n\nlayer { }\nlayer {\n\n\nname: "b"\n\n}') == (
        'name: "a"\n\nlayer { }\nlayer {\n  name: "b"\n}\n'
    )


def test_lists() -> None:
    assert tidy("input_dim:[1,2 ,\n3]") == "input_dim: [1, 2, 3]\n"
    assert tidy("input_dim: [1, # one\n 2 # two\n]") == (
        "input_dim: [\n  1,  # one\n  2  # two\n]\n"
    )
    assert tidy('layer [{name: "a"},<\nname: "b">]') == (
        'layer: [\n  { name: "a" },\n  {\n    name: "b"\n  }\n]\n'
    )


def test_separators_and_angle_brackets_go() -> None:
    assert tidy('name: "a", layer < name: "b"; >;') == 'name: "a"\nlayer { name: "b" }\n'


def test_values_are_not_touched() -> None:
    text = (
        "layer {\n  loss_weight: 1e-3\n  loss_weight: .5f\n  phase: 1\n"
        '  name: \'it"s\' "\\x41"\n}\n'
    )
    assert tidy(text) == text
    assert tidy("input_dim: - # c\n 5") == "# c\ninput_dim: -5\n"


def test_fields_need_not_be_known() -> None:
    assert tidy("foo{bar:1 baz:[a,b]}") == "foo {\n  bar: 1\n  baz: [a, b]\n}\n"


def test_an_empty_text_stays_empty() -> None:
    assert tidy("") == ""
    assert tidy(" \n") == ""


def test_bytes_that_are_no_utf8_come_back() -> None:
    text = format_prototxt(b"# caf\xe9\nname:'\xff'")
    assert text.encode("utf-8", "surrogateescape") == b"# caf\xe9\nname: '\xff'\n"


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_no_comment_is_lost_wherever_it_stands(data: st.DataObject) -> None:
    pieces = re.findall(r"\w+|'[^']*'|[^\s]", NET)
    text = ""
    count = 0
    for piece in pieces:
        text += piece + data.draw(st.sampled_from(["", " ", "\n", "\n\n", "#"]))
        if text.endswith("#"):
            text += f" note {count}.\n"
            count += 1
        elif piece[-1].isalnum():
            text += " "
    once = tidy(text)
    assert parse(once, upgrade=False) == parse(NET, upgrade=False)
    assert sorted(re.findall(r"# note \d+\.", once)) == sorted(f"# note {n}." for n in range(count))


def test_faults_are_told() -> None:
    with pytest.raises(ParseError, match=r"net\.prototxt:3:1: unexpected"):
        format_prototxt("layer {\n}\n}", filename="net.prototxt")


@pytest.mark.parametrize("case", [c for c in CASES if c["accepted"]], ids=lambda c: c["name"])
def test_content_does_not_change(case: dict[str, str]) -> None:
    data = base64.b64decode(case["input"])
    before = parse(data, upgrade=False)
    after = parse(tidy(data), upgrade=False)
    assert after.SerializeToString(deterministic=True) == before.SerializeToString(
        deterministic=True
    )
