"""Texts into messages: what Caffe takes, how it reads it, and the settings of ``parse``."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import lark
import pytest

from caffe_proto.errors import CaffeProtoError, ParseError, UpgradeError
from caffe_proto.prototxt import (
    PrototxtWarning,
    extras,
    grammar,
    grammar_table,
    parse,
    parse_file,
    to_prototxt,
)
from caffe_proto.prototxt.builder import Builder
from caffe_proto.prototxt.values import SKIP
from caffe_proto.schema import caffe_pb2

CASES = {
    case["name"]: case
    for case in json.loads(
        (Path(__file__).parent.parent / "golden" / "textformat" / "textformat.json").read_text()
    )
}


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name]["accepted"]])
def test_what_caffe_accepts_is_read_as_caffe_reads_it(name: str) -> None:
    case = CASES[name]
    net = parse(base64.b64decode(case["input"]))
    expected = parse(case["output"])
    # not ==, which holds a NaN for different from itself
    assert net.SerializeToString(deterministic=True) == expected.SerializeToString(
        deterministic=True
    )
    # floats of more than six digits are the one thing that Caffe prints longer
    if name != "float_forms":
        assert to_prototxt(net) == case["output"]


@pytest.mark.parametrize("name", [n for n in CASES if not CASES[n]["accepted"] and n != "bom"])
def test_what_caffe_refuses_is_refused(name: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(base64.b64decode(CASES[name]["input"]))
    line = int(CASES[name]["error"].split(":")[0])
    assert caught.value.faults[0].line == line


def test_a_byte_order_mark_is_skipped_with_a_notice() -> None:
    # the one thing that Caffe refuses and this parser does not
    with pytest.warns(PrototxtWarning, match="byte order mark"):
        net = parse(base64.b64decode(CASES["bom"]["input"]))
    assert net.name == "a"


def test_random_messages_of_every_type_read_as_caffe_reads_them(reference: Path) -> None:
    cases = json.loads((reference / "golden" / "schema" / "messages.json").read_text())
    for case in cases:
        message = parse(case["text"], case["type"], upgrade=False)
        expected = type(message).FromString(base64.b64decode(case["bytes"]))
        assert message == expected, case["type"]


# values


def first(text: str, message: str = "LayerParameter") -> Any:
    """The value of the only field that a text sets."""
    [(_, value)] = parse(text, message).ListFields()
    return value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("- 7", -7), ("-# why\n 7", -7), ("0x1F", 31),
        ("0X1f", 31), ("-0x10", -16), ("017", 15), ("-017", -15), ("00", 0), ("0x000000001", 1),
        ("2147483647", 2147483647), ("-2147483648", -2147483648), ("-0x80000000", -2147483648),
        ("-020000000000", -2147483648),
    ],
)  # fmt: skip
def test_integers(text: str, value: int) -> None:
    assert first(f"axis: {text}", "ConcatParameter" if value < 0 else "SoftmaxParameter") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1.0), ("1.", 1.0), (".5", 0.5), ("1f", 1.0), ("1.5F", 1.5), ("1e3", 1000.0),
        ("1E+2", 100.0), ("1e-2f", 0.009999999776482582), ("-.5", -0.5), ("- 2", -2.0),
        ("inf", float("inf")), ("-Infinity", float("-inf")), ("INF", float("inf")),
        ("1e39", float("inf")), ("-1e39", float("-inf")), ("1e-50", 0.0), ("0f", 0.0),
        ("99999999999999999999999", 1e23), ("0.1", 0.10000000149011612),
    ],
)  # fmt: skip
def test_floats(text: str, value: float) -> None:
    assert first(f"scale: {text}", "PowerParameter") == pytest.approx(value, rel=1e-7, abs=0)


def test_nan_and_negative_zero() -> None:
    weights = parse("loss_weight: [nan, NaN, -nan, -0, -0.0]", "LayerParameter").loss_weight
    assert [str(w) for w in weights] == ["nan", "nan", "nan", "-0.0", "-0.0"]


@pytest.mark.parametrize("text", ["true", "True", "t", "1", "0x1", "01"])
def test_true(text: str) -> None:
    assert first(f"force_backward: {text}", "NetParameter") is True


@pytest.mark.parametrize("text", ["false", "False", "f", "0", "0x0", "00"])
def test_false(text: str) -> None:
    net = parse(f"force_backward: {text}")
    assert net.HasField("force_backward")
    assert not net.force_backward


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\a\b\f\n\r\t\v\\\?\'\""', "\a\b\f\n\r\t\v\\?'\""),
        (r'"\0\12\1012\x4\x414"', "\0\nA2\x04A4"),
        (r'"\u00e9\U0001F600\ud83d\ude00"', "é\U0001f600\U0001f600"),
        ("'a' \"b\"\n# c\n'd'", "abd"),
        ("'a\"b' \"c'd\"", "a\"bc'd"),
        ('"# no comment { } : ["', "# no comment { } : ["),
        ('"tab\there"', "tab\there"),
        ('"caf\u00e9 \u4e2d"', "café 中"),
        ('""', ""),
        (r'"\303\251"', "é"),
    ],
)
def test_strings(text: str, value: str) -> None:
    assert parse(f"name: {text}").name == value


def test_strings_that_are_no_utf8_keep_their_bytes() -> None:
    for text in (
        b'name: "\xff\xfe" input: "\xe9" input: "b"',
        rb'name: "\377\xFE" input: ["\351", "b"]',
    ):
        net = parse(text, upgrade=False)
        assert net.SerializeToString() == b"\x0a\x02\xff\xfe\x1a\x01\xe9\x1a\x01b"
        assert to_prototxt(net) == 'name: "\\377\\376"\ninput: "\\351"\ninput: "b"\n'


def test_bytes_fields_take_any_bytes() -> None:
    assert parse(b"data: \"\\000\xff\" '\\x80'", "Datum").data == b"\x00\xff\x80"


def test_latin1_comments_are_no_matter() -> None:
    assert parse(b"# caf\xe9\nname: 'a' # \xff\xfe").name == "a"


def test_lone_surrogates_in_a_comment_are_no_matter() -> None:
    assert parse("# \ud800\nname: 'a'").name == "a"


# layout


@pytest.mark.parametrize(
    "text",
    [
        'layer { name: "a" convolution_param { pad: 1 pad: 2 } } name: "n"',
        'layer: { name: "a" convolution_param: { pad: [1, 2] } } name: "n"',
        'layer < name: "a" convolution_param < pad: 1, pad: 2; > >, name: "n";',
        "layer [{ name: 'a', convolution_param < pad: [1], pad: 2 > }] name: 'n'",
        'layer#1\n:#2\n[#3\n{#4\nname#5\n:#6\n"a"#7\n,#8\nconvolution_param{pad:#9\n[#\n1#\n,#\n2#'
        '\n]#\n}#\n}#\n]#\n;#\nname:"n"#',
        'name:"n"layer{name:"a"convolution_param{pad:1 pad:2}}',
        '\r\nlayer {\r\n\tname: "a"\r\n\tconvolution_param {\f pad: 1\v pad: 2 }\r}\rname: "n"\r\n',
    ],
)
def test_layouts_of_the_same_net(text: str) -> None:
    assert to_prototxt(parse(text)) == (
        'name: "n"\nlayer {\n  name: "a"\n  convolution_param {\n    pad: 1\n    pad: 2\n  }\n}\n'
    )


def test_an_empty_list_sets_nothing() -> None:
    assert parse("input_dim: [] layer [] layer: []") == caffe_pb2.NetParameter()


# settings


def test_message_by_name_by_class_and_by_instance() -> None:
    solver = parse("base_lr: 0.5", "SolverParameter")
    assert isinstance(solver, caffe_pb2.SolverParameter)
    assert parse("base_lr: 0.5", "caffe.SolverParameter") == solver
    assert parse("base_lr: 0.5", caffe_pb2.SolverParameter) == solver
    mine = caffe_pb2.SolverParameter(momentum=0.5)
    assert parse("base_lr: 0.5", mine) is mine
    assert (mine.base_lr, mine.momentum) == (0.5, 0.5)


def test_an_instance_is_left_alone_where_the_text_is_refused() -> None:
    net = caffe_pb2.NetParameter(name="mine")
    with pytest.raises(ParseError):
        parse('name: "other" nosuch: 1', net)
    assert net == caffe_pb2.NetParameter(name="mine")


def test_an_unknown_message_is_named() -> None:
    with pytest.raises(CaffeProtoError, match='no message "NetParam"; did you mean "NetParameter"'):
        parse("", "NetParam")


def test_old_formats_are_upgraded_unless_told_otherwise() -> None:
    text = 'layers { name: "a" type: RELU bottom: "x" top: "x" }'
    assert parse(text).layer[0].type == "ReLU"
    assert parse(text, upgrade=False).layers[0].type == caffe_pb2.V1LayerParameter.RELU
    assert parse("solver_type: ADAM", "SolverParameter").type == "Adam"


def test_a_failing_upgrade_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mixed.prototxt"
    path.write_text('layers { name: "a" type: RELU } layer { name: "b" }')
    with pytest.raises(UpgradeError, match=r"mixed\.prototxt: "):
        parse_file(path)


def test_files_are_read_by_str_and_by_path(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_bytes('name: "café" # \xe9'.encode("latin-1"))
    assert parse_file(path) == parse_file(str(path))
    assert parse_file(path, "NetParameter", upgrade=False, unknown="keep").HasField("name")


def test_faults_in_a_file_name_it(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text("\nnme: 1")
    with pytest.raises(ParseError) as caught:
        parse_file(path)
    assert str(caught.value).startswith(f"{path}:2:1: ")
    assert caught.value.faults[0].filename == str(path)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        parse_file(tmp_path / "absent.prototxt")


def test_a_misspelt_setting_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown is"):
        parse("", unknown="drop")  # type: ignore[arg-type]


# unknown fields

FORK = (
    'layer { name: "a" fork_param { x: [1, 2] y: "#" z { } } # why\n new: -inf, top: "t" }\n'
    "gone: [{ a: 1 }]"
)


def test_unknown_fields_are_ignored_with_a_warning_each() -> None:
    with pytest.warns(PrototxtWarning) as caught:
        net = parse(FORK, unknown="ignore", filename="net.prototxt")
    assert to_prototxt(net) == 'layer {\n  name: "a"\n  top: "t"\n}\n'
    assert [str(w.message) for w in caught] == [
        'net.prototxt:1:19: LayerParameter has no field "fork_param"; ignored',
        'net.prototxt:2:2: LayerParameter has no field "new"; ignored',
        'net.prototxt:3:1: NetParameter has no field "gone"; ignored',
    ]


def test_unknown_fields_that_are_kept_are_printed_again() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net = parse(FORK, unknown="keep")
    text = to_prototxt(net)
    assert text == (
        'layer {\n  name: "a"\n  top: "t"\n  fork_param {\n    x: [1, 2]\n    y: "#"\n    z { }\n'
        "  }\n  new: -inf\n}\ngone: [\n  { a: 1 }\n]\n"
    )
    assert to_prototxt(parse(text, unknown="keep")) == text


def test_kept_fields_go_with_their_message() -> None:
    net = parse(FORK, unknown="keep")
    layer = caffe_pb2.LayerParameter()
    layer.CopyFrom(net.layer[0])
    del net
    assert "fork_param {" in to_prototxt(layer)
    again = caffe_pb2.LayerParameter.FromString(layer.SerializeToString())
    assert to_prototxt(again) == to_prototxt(layer)


def test_kept_text_that_is_none_is_not_printed() -> None:
    layer = caffe_pb2.LayerParameter(name="a")
    for data in (b"} layer {", b"\xff", b"x: 1"):
        extras.put_raw(layer, extras.EXTRAS_NUMBER, data)
    assert to_prototxt(layer) == 'name: "a"\nx: 1\n'


def test_a_kept_field_may_have_the_name_of_one_of_a_parent() -> None:
    text = 'layer {\n  convolution_param {\n    layer {\n      top: "t"\n    }\n  }\n}\n'
    assert to_prototxt(parse(text, unknown="keep")) == text


def test_unknown_fields_are_no_excuse_for_faults_in_known_ones() -> None:
    with pytest.raises(ParseError, match="force_backward"):
        parse("nosuch: 1 force_backward: 2", unknown="keep")


# size and depth


def test_nesting_is_bounded_at_100() -> None:
    def nested(depth: int) -> str:
        return "a {" * depth + "}" * depth

    parse(nested(100), unknown="keep")
    with pytest.raises(ParseError, match="more than 100 deep"):
        parse(nested(101), unknown="keep")


@pytest.mark.parametrize("text", ["layer{" * 10_000, "x{" * 10_000 + "}" * 10_000, "x:[{" * 10_000])
def test_ten_thousand_levels_are_an_error_like_others(text: str) -> None:
    with pytest.raises(ParseError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        'name: "' + "\\" * 200_000, 'name: "' + "x\\n" * 100_000, "#" * 300_000, "# a\n" * 100_000,
        "a" * 300_000, "a " * 100_000, "name: " + "9" * 300_000, "name: " + "1." * 100_000,
        "name" + " #\n" * 100_000, "name: " + "'a' #\n" * 50_000 + '"', "[" * 100_000,
        "}" * 100_000, "input_dim: [" + "1," * 50_000, "name: -" + " " * 200_000,
        "\u00a0" * 100_000, "name: \"a\n" * 3_000, "input_dim: [1 " * 3_000, "{" * 20_000,
    ],
    ids=range(18),
)  # fmt: skip
def test_hostile_texts_are_refused_quickly(text: str) -> None:
    before = time.perf_counter()
    with contextlib.suppress(ParseError):
        parse(text)
    assert time.perf_counter() - before < 10


@pytest.mark.slow
def test_a_million_values_in_a_list_on_one_line() -> None:
    net = parse("input_dim: [" + ", ".join(["7"] * 1_000_000) + "]", upgrade=False)
    assert len(net.input_dim) == 1_000_000


def test_many_values_in_a_list() -> None:
    net = parse("input_dim: [" + "7, " * 30_000 + "8]", upgrade=False)
    assert list(net.input_dim) == [7] * 30_000 + [8]


def test_many_spellings_do_not_pile_up() -> None:
    from caffe_proto.prototxt.fields import _REMEMBERED, table_of

    text = "\n".join(f"dim: {n}" for n in range(10**6, 10**6 + 3 * _REMEMBERED))
    assert len(parse(text, "BlobShape").dim) == 3 * _REMEMBERED
    assert len(table_of(caffe_pb2.BlobShape.DESCRIPTOR)["dim"].known) <= _REMEMBERED


def test_an_interrupt_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = caffe_pb2.NetParameter(name="mine")

    def interrupted(self: Builder, name: str, start: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Builder, "open", interrupted)
        with pytest.raises(KeyboardInterrupt):
            parse("force_backward: true layer { } ", mine)
    assert mine == caffe_pb2.NetParameter(name="mine")
    assert len(parse("layer { }", mine).layer) == 1


def test_threads_do_not_meet() -> None:
    texts = [f'name: "{n}" layer {{ name: "{n}" }}' for n in range(200)]
    results: dict[str, Any] = {}

    def read(text: str) -> None:
        results[text] = parse(text)

    threads = [threading.Thread(target=read, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f'name: "{net.name}" ' in text for text, net in results.items())


# the grammar


def test_space_is_the_same_to_the_grammar_and_to_the_readers() -> None:
    assert f"_SKIP: /{SKIP.pattern}/" in grammar.read_grammar()


def test_lark_is_the_parser() -> None:
    made = grammar.parser()
    assert isinstance(made, lark.Lark)
    assert made.options.parser == "lalr"


def test_the_stored_table_is_that_of_the_grammar() -> None:
    # else: python -m caffe_proto.prototxt.grammar
    digest = hashlib.sha256(grammar.read_grammar().encode()).hexdigest()
    assert grammar_table.MADE_FROM[1] == digest


@pytest.mark.parametrize("stored", [True, False])
def test_with_and_without_the_stored_table(stored: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not stored:
        monkeypatch.setattr(grammar_table, "MADE_FROM", ("another lark", ""))
    made = grammar.parser.__wrapped__()
    monkeypatch.setattr(grammar, "parser", lambda: made)
    assert parse('name: "a" layer [{ }, < >];').name == "a"
    with pytest.raises(ParseError, match="unexpected"):
        parse("layer { } }")


def test_lark_is_imported_by_the_first_parse_only() -> None:
    code = (
        "import sys, caffe_proto, caffe_proto.prototxt as p\n"
        "assert 'lark' not in sys.modules\n"
        "p.parse('name: \"a\"')\n"
        "assert 'lark' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))
