"""Every kind of bad input: what is said of it, and where. One tiny text a kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

from caffe_proto.errors import ParseError
from caffe_proto.prototxt import parse, parse_file

# kind: (text, [(line, column, words that matter), ...]); these are all the faults there are
BAD = {
    # names
    "misspelt field": (
        "layer {\n  convolution_param {\n    num_outputs: 20\n  }\n}",
        [(3, 5, ['ConvolutionParameter has no field "num_outputs"; did you mean "num_output"?'])],
    ),
    "misspelt block": (
        'layer { name: "a" convolutoin_param { num_output: 1 junk: 2 } }',
        [(1, 19, ['no field "convolutoin_param"', 'did you mean "convolution_param"?'])],
    ),
    "wrong case": ('Name: "x"', [(1, 1, ['NetParameter has no field "Name"', '"name"'])]),
    "nothing alike": ("zzz: 1", [(1, 1, ['NetParameter has no field "zzz"'])]),
    "belongs in a block": (
        'layer {\n  name: "c"\n  num_output: 20\n}',
        [
            (
                3,
                3,
                [
                    'no field "num_output"; it belongs in',
                    "convolution_param",
                    "inner_product_param",
                ],
            )
        ],
    ),
    "belongs in the layer type's block": (
        'layer { type: "InnerProduct" num_output: 20 }',
        [(1, 30, ["it belongs in inner_product_param"])],
    ),
    "belongs in the block already there": (
        "layer { convolution_param { kernel_size: 3 } num_output: 20 }",
        [(1, 46, ["it belongs in convolution_param"])],
    ),
    "belongs in a sibling": (
        'layer { type: "Pooling" convolution_param { pool: MAX } }',
        [(1, 45, ['ConvolutionParameter has no field "pool"', "pooling_param"])],
    ),
    "belongs in the parent": (
        'layer { convolution_param { num_output: 1 bottom: "x" } }',
        [(1, 43, ['no field "bottom"', 'belongs in the enclosing "layer"', '"}" missing'])],
    ),
    "hyphen in a name": ("layer { my-name: 1 }", [(1, 11, ['no "-"', "my-name", "my_name"])]),
    "number for a name": ("1: 2", [(1, 1, ["expected a field name, found 1"])]),
    "string for a name": ('"name": "x"', [(1, 1, ["expected a field name", '"name"'])]),
    "extension": ("[a.b]: 1", [(1, 1, ['expected a field name, found "["'])]),
    "block without a name": (
        "name: 'x' { a: 1 } nme: 2",
        [(1, 11, ['expected a field name, found "{"']), (1, 20, ["nme"])],
    ),
    # values
    "no value": (
        "layer {\n  name:\n}",
        [(3, 1, ['expected a string in quotes for "name"', '"}"'])],
    ),
    "no value before a field": (
        'layer {\n  name:\n  type: "ReLU"\n  nme: 1\n}',
        [(2, 3, ['"name" has no value: expected a string']), (4, 3, ['"nme"'])],
    ),
    "no value before a block": (
        "name:\nlayer { nme: 1 }",
        [(1, 1, ['"name" has no value']), (2, 9, ['"nme"'])],
    ),
    "no value at the end": ("name:", [(1, 6, ["expected a string", "end of the text"])]),
    "string without quotes": ("name: abc", [(1, 7, ["string in quotes", 'write "abc"'])]),
    "string not closed": (
        'name: "abc\nlayer { nme: 1 }',
        [(1, 7, ['"name": the string is not closed on its line']), (2, 9, ['"nme"'])],
    ),
    "string not closed at the end": ('name: "abc', [(1, 7, ["not closed", "text ends there"])]),
    "string over two lines": ('name: "a\nb"\nnme: 1', [(1, 7, ["not closed"]), (3, 1, ["nme"])]),
    "string not closed before a brace": ('layer { name: "a }', [(1, 15, ["not closed"])]),
    "second string not closed": ('name: "a" "b', [(1, 11, ["a string is not closed"])]),
    "unknown escape": (r'name: "ab\q"', [(1, 10, [r"invalid escape sequence \q", r'"\\"'])]),
    "short escape": (r'name: "\u12"', [(1, 8, [r"invalid escape sequence \u"])]),
    "escape beyond Unicode": (r'name: "\U00110000"', [(1, 8, [r"invalid escape sequence \U"])]),
    "integer in quotes": (
        'input_dim: "3"',
        [(1, 12, ["expected an integer", "without quotes: 3"])],
    ),
    "point in an integer": ("input_dim: 1.0", [(1, 12, ["expected an integer", "a point: 1"])]),
    "exponent in an integer": ("input_dim: 1e3", [(1, 12, ["expected an integer", "1e3"])]),
    "word for an integer": ("input_dim: ten", [(1, 12, ["expected an integer", "found ten"])]),
    "integer too large": ("input_dim: 2147483648", [(1, 12, ["2147483647", "out of range"])]),
    "integer too small": ("input_dim: -2147483649", [(1, 12, ["-2147483648", "out of range"])]),
    "integer far too large": ("input_dim: " + "9" * 50000, [(1, 12, ["out of range"])]),
    "unsigned minus": (
        "layer { convolution_param { num_output: -1 } }",
        [(1, 41, ['"num_output": expected an integer from 0 to 4294967295, found -1'])],
    ),
    "unsigned too large": (
        "layer { convolution_param { num_output: 0x100000000 } }",
        [(1, 41, ["out of range"])],
    ),
    "plus": ("input_dim: +5", [(1, 12, ['no "+"'])]),
    "bad octal": ("input_dim: 09", [(1, 12, ["09", "octal"])]),
    "bad hexadecimal": ("input_dim: 0x", [(1, 12, ["0x", "hexadecimal digits"])]),
    "no space after a number": (
        "input_dim: 1input_dim: 2",
        [(1, 12, ["a number and a word need a space"])],
    ),
    "two numbers": ("input_dim: 1 2", [(1, 14, ["expected a field name, found 2"])]),
    "two points": ("layer { loss_weight: 1.2.3 }", [(1, 22, ["1.2.3", "more than one point"])]),
    "no exponent": ("layer { loss_weight: 1e }", [(1, 22, ["1e", "digits are missing"])]),
    "decimal comma": ("layer { loss_weight: 0,5 }", [(1, 24, ["a decimal number has a point"])]),
    "hexadecimal float": ("layer { loss_weight: 0x10 }", [(1, 22, ["decimal number", "0x10"])]),
    "float in quotes": ('layer { loss_weight: "1" }', [(1, 22, ["number", "without quotes: 1"])]),
    "word for a float": ("layer { loss_weight: -big }", [(1, 22, ["expected a number", "-big"])]),
    "minus alone": ("layer { loss_weight: - }", [(1, 22, ["expected a number", '"-"'])]),
    "bool in capitals": ("force_backward: TRUE", [(1, 17, ["true or false", "write true"])]),
    "bool in quotes": ('force_backward: "true"', [(1, 17, ["true or false", "write true"])]),
    "bool of 2": ("force_backward: 2", [(1, 17, ["expected true or false, found 2"])]),
    "unknown enum value": ("layer { phase: VALIDATE }", [(1, 16, ["VALIDATE", "TRAIN", "TEST"])]),
    "misspelt enum value": ("layer { phase: TESTT }", [(1, 16, ['did you mean "TEST"'])]),
    "enum in small letters": ("layer { phase: test }", [(1, 16, ['did you mean "TEST"?'])]),
    "enum in quotes": ('layer { phase: "TEST" }', [(1, 16, ["without quotes: TEST"])]),
    "unknown enum number": ("layer { phase: 77 }", [(1, 16, ["no value 77"])]),
    "new type in an old layer": (
        'layers { type: "InnerProduct" }',
        [(1, 16, ["without quotes: INNER_PRODUCT", 'old "layers"'])],
    ),
    "old type in a new layer": (
        "layer { type: CONVOLUTION }",
        [(1, 15, ["string in quotes", 'only the old "layers"'])],
    ),
    "block for a value": ("name { a: 1 }", [(1, 1, ['"name" is no block', "string"])]),
    "value for a block": ("layer: 3", [(1, 8, ['"layer"', 'expected "{", found 3'])]),
    "first quote missing": ('name: a"\nnme: 1', [(1, 7, ["string in quotes"]), (2, 1, ["nme"])]),
    "path without quotes": (
        "layer { data_param { source: a/b-c.txt } nme: 1 }",
        [(1, 30, ["string in quotes"]), (1, 42, ["nme"])],
    ),
    "brace missing after a colon": (
        "layer { input_param { shape: dim: 1 dim: x } } }",
        [(1, 23, ['"shape" has no value: expected "{"']), (1, 42, ["found x"])],
    ),
    # given twice
    "field twice": (
        'layer {\n  name: "a"\n  top: "x"\n  name: "b"\n}',
        [(4, 3, ['"name" may be given once only', "first on line 2"])],
    ),
    "block twice": (
        "layer {\n pooling_param { }\n pooling_param { stride: 2 }\n}",
        [(3, 2, ['"pooling_param"', "first on line 2"])],
    ),
    # punctuation
    "no colon": ('name "x"', [(1, 6, ['expected ":" after "name", found the string "x"'])]),
    "equals sign": ('name = "x"\nnme: 1', [(1, 6, ['expected ":"', '"="']), (2, 1, ["nme"])]),
    "two colons": ('name:: "x"', [(1, 6, ["expected a string", '":"'])]),
    "name alone": ("name", [(1, 5, ['expected ":" after "name"', "end of the text"])]),
    "two commas": ('name: "x",, input: "y"', [(1, 11, ['found ","', "one separator"])]),
    "comma first": (', name: "x"', [(1, 1, ['expected a field name, found ","'])]),
    # braces
    "brace missing at the end": (
        'layer {\n  name: "a"\n',
        [(3, 1, ['missing "}"', 'block "layer"', "on line 1"])],
    ),
    "brace missing inside": (
        'layer {\n  convolution_param {\n    num_output: 1\n}\nlayer {\n  nme: "b"\n}\n',
        [(5, 1, ['missing "}"', '"convolution_param" that begins on line 2']), (6, 3, ["nme"])],
    ),
    "brace missing before a value": (
        'layer {\n  convolution_param {\n    num_output: 1\n  top: "a"\n}\nlayer { }\n',
        [(4, 3, ['missing "}" before "top"', '"convolution_param" that begins on line 2'])],
    ),
    "brace too many": (
        'layer {\n  name: "a"\n}\n}\nnme: 1',
        [(4, 1, ['unexpected "}"']), (5, 1, ["nme"])],
    ),
    "wrong brace": (
        'layer {\n  name: "a"\n>\nlayer { }',
        [(3, 1, ['expected "}" to close the block "layer" that begins on line 1, found ">"'])],
    ),
    "wrong angle": ('layer < name: "a" }', [(1, 19, ['expected ">"', 'found "}"'])]),
    "no opening brace": ('layer\n  name: "a"\n}', [(2, 3, ['expected "{" after "layer"'])]),
    "parentheses": (
        'layer (\n name: "x"\n)\nlayer { }',
        [(1, 7, ['expected "{" after "layer", found "("']), (3, 1, ['expected "}"', '")"'])],
    ),
    "block after equals": (
        "layer = {\n nme: 1\n}",
        [(1, 7, ['expected "{"', 'found "="']), (2, 2, ["nme"])],
    ),
    # lists
    "list for one value": ('name: ["a"]', [(1, 1, ['"name" takes one string, found a list'])]),
    "list without colon": ("input_dim [1]", [(1, 1, ['expected ":" after "input_dim"'])]),
    "comma at the list's end": ("input_dim: [1, 2,]", [(1, 18, ["an integer after", '"]"'])]),
    "comma missing in a list": ("input_dim: [1 2]", [(1, 15, ['expected "," or "]"', "found 2"])]),
    "semicolon in a list": ("input_dim: [1; 2]", [(1, 14, ['expected ","', '";"'])]),
    "list not closed": (
        'input_dim: [1, 2\nnme: "x"',
        [(2, 1, ['missing "]": the list "input_dim" that begins on line 1'])],
    ),
    "list not closed at the end": ("input_dim: [1,\n 2", [(2, 3, ['missing "]"', "line 1"])]),
    "bad value in a list": ("input_dim: [1, x, 09, 2]", [(1, 16, ["found x"]), (1, 19, ["09"])]),
    "block in a list of values": (
        "input_dim: [{ }]",
        [(1, 13, ['expected an integer, found "{"'])],
    ),
    "value in a list of blocks": ("layer: [1]", [(1, 9, ['expected "{", found 1'])]),
    # characters
    "C++ comment": ('name: "a" // x: {', [(1, 11, ['"//"', 'a comment begins with "#"'])]),
    "C comment": ("/* a: {\n */ nme: 1", [(1, 1, ['"/*"', '"#"']), (2, 5, ["nme"])]),
    "curly quotes": ("name: “lenet”\n", [(1, 7, ["U+201C", "LEFT DOUBLE QUOTATION MARK"])]),
    "no-break space": ('name:\u00a0"x"', [(1, 6, ["U+00A0", "write a space"])]),
    "letter with accent": ("größe: 1", [(1, 3, ["U+00F6"])]),
    "control character": ('name: "a"\x01', [(1, 10, ["control character U+0001"])]),
    "NUL behind": ('name: "a"\0', [(1, 10, ["control character U+0000"])]),
    "NUL in a string": ('name: "a\0b"\nnme: 1', [(1, 9, ["NUL"]), (2, 1, ["nme"])]),
    "NUL in a comment": ("# a\0b\nnme: 1", [(1, 4, ["NUL"]), (2, 1, ["nme"])]),
    "half a surrogate pair": ('name: "a\ud800b"', [(1, 9, ["half of a surrogate pair"])]),
    # depth
    "too deep": ("a {" * 300 + "}" * 300, [(1, 1, ['"a"']), (1, 301, ["more than 100 deep"])]),
}


@pytest.mark.parametrize("kind", BAD)
def test_all_faults_are_named_with_their_places(kind: str) -> None:
    text, expected = BAD[kind]
    with pytest.raises(ParseError) as caught:
        parse(text, upgrade=False)
    faults = caught.value.faults
    assert [(f.line, f.column) for f in faults] == [(line, col) for line, col, _ in expected], (
        f"\n{caught.value}"
    )
    for fault, (_, _, words) in zip(faults, expected, strict=True):
        for word in words:
            assert word in fault.message


def test_an_error_shows_file_line_column_source_and_caret() -> None:
    with pytest.raises(ParseError) as caught:
        parse("layer {\n\tconvolution_param { num_outputs: 2 }\n}", filename="lenet.prototxt")
    assert str(caught.value) == (
        'lenet.prototxt:2:22: ConvolutionParameter has no field "num_outputs"; did you mean'
        ' "num_output"?\n'
        "     convolution_param { num_outputs: 2 }\n"
        "                         ^"
    )


def test_carriage_returns_count_as_lines_where_there_are_no_others() -> None:
    with pytest.raises(ParseError) as caught:
        parse('name: "a"\rnme: 1\r')
    assert (caught.value.faults[0].line, caught.value.faults[0].source_line) == (2, "nme: 1")


def test_crlf_does_not_show_in_the_source_line() -> None:
    with pytest.raises(ParseError) as caught:
        parse(b'name: "a"\r\nnme: 1\r\n')
    assert str(caught.value).endswith("\n    nme: 1\n    ^")


def test_a_long_line_is_cut_around_the_fault() -> None:
    with pytest.raises(ParseError) as caught:
        parse("input_dim: 1 " * 100_000 + "nme: 1 " + "input_dim: 1 " * 100_000)
    _, shown, caret = str(caught.value).split("\n")
    assert len(shown) < 120
    assert shown[caret.index("^") :].startswith("nme: 1")


def test_faults_in_many_layers_are_all_found() -> None:
    text = 'layer {\n  nme: "a"\n  convolution_param { pad = 1 }\n  top: x\n}\n' * 20
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert len(caught.value.faults) == 60


def test_hopeless_texts_are_given_up() -> None:
    with pytest.raises(ParseError, match="too many faults"):
        parse("nme: 1\n" * 10_000)


def test_a_fault_in_an_ignored_block_is_a_fault() -> None:
    with pytest.raises(ParseError, match="octal"):
        parse("foo { x: 09 }", unknown="ignore")


WRONG = {
    "HTML page": (b"<!DOCTYPE html>\n<html><body>404</body></html>", ["HTML", "Raw"]),
    "indented HTML page": (b"\n\n  <html>", ["HTML"]),
    "LFS pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n",
        ["Git LFS pointer", "git lfs pull"],
    ),
    "JSON": (b'{"name": "lenet"}', ["JSON"]),
    "caffemodel": (b"\x0a\x05lenet\xa2\x06\x85\x01\x0a\x05conv1\x12\x00\x00\x01\x02", ["binary"]),
    "HDF5": (b"\x89HDF\r\n\x1a\n\0\0\0\0", ["HDF5"]),
    "UTF-16": ('name: "a"'.encode("utf-16"), ["UTF-16", "save it as UTF-8"]),
    "failed download": (b"404: Not Found", ["404", "failed download"]),
    "zip": (b"PK\x03\x04\x14\0\0\0", ["archive"]),
    "gzip": (b"\x1f\x8b\x08\0abc", ["archive"]),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_file_of_another_kind_is_recognised(kind: str, tmp_path: Path) -> None:
    data, words = WRONG[kind]
    path = tmp_path / "net.prototxt"
    path.write_bytes(data)
    with pytest.raises(ParseError) as caught:
        parse_file(path)
    assert len(caught.value.faults) == 1
    assert str(path) in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_a_real_caffemodel_is_recognised(reference: Path) -> None:
    with pytest.raises(ParseError, match="binary file"):
        parse_file(reference / "golden" / "io" / "model.caffemodel")


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n"])
def test_an_empty_file_is_said_to_be_empty(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_bytes(data)
    with pytest.raises(ParseError, match=r"net\.prototxt: the file is empty"):
        parse_file(path)


@pytest.mark.parametrize("unknown", ["error", "ignore", "keep"])
def test_a_solver_given_as_a_net_is_recognised(unknown: str) -> None:
    text = 'net: "lenet.prototxt"\nbase_lr: 0.01\nmomentum: 0.9\n'
    with pytest.raises(ParseError, match=r'no NetParameter but a SolverParameter.*message="Sol'):
        parse(text, unknown=unknown)


def test_a_net_given_as_a_solver_is_recognised() -> None:
    text = 'name: "lenet"\nlayer { name: "a" }\nlayer { name: "b" }\n'
    with pytest.raises(ParseError, match="no SolverParameter but a NetParameter"):
        parse(text, "SolverParameter")


def test_a_missing_required_field_is_named() -> None:
    with pytest.raises(ParseError, match="required fields are missing: is_extension"):
        parse('name_part: "x"', descriptor_pb2.UninterpretedOption.NamePart)


def test_the_name_of_a_file_is_not_its_text() -> None:
    with pytest.raises(
        ParseError, match=r'"nets/lenet.prototxt" is the name of a file; parse_file'
    ):
        parse("nets/lenet.prototxt")
    with pytest.raises(TypeError, match="parse_file reads a file"):
        parse(Path("nets/lenet.prototxt"))  # type: ignore[arg-type]
