"""Old formats against what Caffe 1.0's upgrade tools make of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format

from caffe_proto.errors import UpgradeError
from caffe_proto.prototxt.upgrade import (
    UpgradeReport,
    net_needs_upgrade,
    solver_needs_upgrade,
    upgrade_net,
    upgrade_solver,
)
from caffe_proto.prototxt.upgrade_v1 import V1_TYPES
from caffe_proto.schema import LayerParameter, NetParameter, SolverParameter, V1LayerParameter

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "upgrade"
CASES: list[dict[str, Any]] = json.loads((GOLDEN / "index.json").read_text())

# what the message of an abort must name
WORDS = {
    "v0_unknown_type": ['layer "x"', '"no_such_type"', "expected one of accuracy"],
    "v0_unknown_bottom": ['layers[0] "x"', 'bottom "nowhere"'],
    "v0_padding_before_relu": ['layers[1] "r"', 'padding layer "p"', "'relu'", "conv or pool"],
    "v1_and_v2": ["'layer'", "'layers'", "layer { type: 'Convolution' ... }"],
    "both": ["solver_type (ADAM)", 'type ("Adam")', "remove solver_type"],
    "both_equal_default": ["solver_type (SGD)", 'type ("SGD")'],
}


def case_id(case: dict[str, Any]) -> str:
    return f"{case['kind']}-{case['name']}"


def message_class(case: dict[str, Any]) -> type[NetParameter] | type[SolverParameter]:
    return SolverParameter if case["kind"] == "solver" else NetParameter


def read(case: dict[str, Any]) -> NetParameter | SolverParameter:
    path = GOLDEN / case["input"]
    if case["kind"] == "binary":
        return NetParameter.FromString(path.read_bytes())
    return text_format.Parse(path.read_text(), message_class(case)())


def upgrade(message: NetParameter | SolverParameter) -> UpgradeReport:
    if isinstance(message, SolverParameter):
        return upgrade_solver(message)
    return upgrade_net(message)


def needs_upgrade(message: NetParameter | SolverParameter) -> bool:
    if isinstance(message, SolverParameter):
        return solver_needs_upgrade(message)
    return net_needs_upgrade(message)


def parse_net(text: str) -> NetParameter:
    return text_format.Parse(text, NetParameter())


@pytest.mark.parametrize("case", [c for c in CASES if c["exit"] in (0, 1)], ids=case_id)
def test_the_result_is_what_caffe_writes(case: dict[str, Any]) -> None:
    message = read(case)
    needed = needs_upgrade(message)
    report = upgrade(message)
    expected_text = (GOLDEN / case["output"]).with_suffix(".prototxt").read_text()
    assert message == text_format.Parse(expected_text, message_class(case)())
    if case["kind"] == "binary":
        assert message == NetParameter.FromString((GOLDEN / case["output"]).read_bytes())
    assert needed == report.upgraded == (not case.get("already_latest", False))
    assert report.fully_compatible == (case["exit"] == 0)


@pytest.mark.parametrize("case", [c for c in CASES if c["exit"] == "abort"], ids=case_id)
def test_where_caffe_aborts_an_error_says_why(case: dict[str, Any]) -> None:
    message = read(case)
    assert needs_upgrade(message)
    with pytest.raises(UpgradeError) as error:
        upgrade(message)
    for words in WORDS[case["name"]]:
        assert words in str(error.value)


@pytest.mark.parametrize("case", [c for c in CASES if c["exit"] in (0, 1)], ids=case_id)
def test_a_second_upgrade_changes_nothing(case: dict[str, Any]) -> None:
    message = read(case)
    upgrade(message)
    before = message.SerializeToString()
    upgrade(message)
    assert message.SerializeToString() == before


def test_an_upgraded_net_needs_no_upgrade() -> None:
    net = parse_net('input: "x" input_dim: [1, 1, 1, 1] layers { type: RELU }')
    assert net_needs_upgrade(net)
    upgrade_net(net)
    assert not net_needs_upgrade(net)
    assert not upgrade_net(net).upgraded


def test_three_specs_of_a_batch_norm_count_as_old_even_if_they_are_zero() -> None:
    net = parse_net('layer { type: "BatchNorm"' + " param { lr_mult: 0 decay_mult: 0 }" * 3 + "}")
    assert net_needs_upgrade(net)
    assert upgrade_net(net).upgraded


def test_every_case_is_exercised() -> None:
    refused = [c["name"] for c in CASES if c["exit"] == 2]
    assert len(CASES) == 56
    assert len(refused) == 4  # texts that do not parse: not a matter of the upgrade
    for case in CASES:
        if case["exit"] == 2:
            with pytest.raises(text_format.ParseError):
                read(case)


# V0


def test_v0_fields_without_a_place_are_reported() -> None:
    net = parse_net('layers { layer { name: "r" type: "relu" num_output: 3 scale: 2 } }')
    report = upgrade_net(net)
    assert report.problems == ["layer \"r\": unknown parameter num_output for layer type 'relu'"]
    assert not report.fully_compatible
    assert net.layer[0].transform_param.scale == 2  # goes to any type


def test_v0_drops_all_but_five_fields_of_the_net_and_says_so() -> None:
    net = parse_net('debug_info: true layer { name: "new" } layers { layer { type: "bnll" } }')
    report = upgrade_net(net)
    assert [layer.type for layer in net.layer] == ["BNLL"]
    assert not net.HasField("debug_info")
    assert any("debug_info, layer" in step for step in report.steps)


@pytest.mark.parametrize(
    "text, words",
    [
        (
            'layers { bottom: "d" bottom: "d" top: "p" layer { name: "p" type: "padding" } }'
            'layers { bottom: "p" top: "c" layer { name: "c" type: "conv" } }',
            "has 2 bottoms; expected exactly 1",
        ),
        (
            'layers { bottom: "d" top: "p" top: "q" layer { name: "p" type: "padding" } }'
            'layers { bottom: "p" top: "c" layer { name: "c" type: "conv" } }',
            "has 2 tops; expected exactly 1",
        ),
        (
            'layers { bottom: "d" top: "p" layer { name: "p" type: "padding" } }'
            'layers { bottom: "p" bottom: "d" top: "c" layer { name: "c" type: "conv" } }',
            'reads the padding layer "p" and has 2 bottoms',
        ),
        (
            'layers { bottom: "d" top: "p" layer { name: "p" type: "padding" } }'
            'layers { bottom: "p" top: "q" layer { name: "q" type: "padding" } }',
            "type 'padding' takes no padding",
        ),
    ],
)
def test_v0_padding_out_of_place(text: str, words: str) -> None:
    with pytest.raises(UpgradeError) as error:
        upgrade_net(parse_net('input: "d" input_dim: [1, 1, 4, 4]' + text))
    assert words in str(error.value)


def test_v0_padding_reaches_every_reader_and_only_the_last_writer_counts() -> None:
    net = parse_net(
        'input: "d" input_dim: [1, 1, 4, 4]'
        'layers { bottom: "d" top: "p" layer { name: "pad" type: "padding" pad: 2 } }'
        'layers { bottom: "p" top: "a" layer { name: "a" type: "conv" } }'
        'layers { bottom: "p" top: "p" layer { name: "b" type: "pool" } }'
        'layers { bottom: "p" top: "c" layer { name: "c" type: "conv" } }'
    )
    upgrade_net(net)
    _, a, b, c = net.layer
    assert (list(a.bottom), list(a.convolution_param.pad)) == (["d"], [2])
    assert (list(b.bottom), b.pooling_param.pad) == (["d"], 2)
    assert (list(c.bottom), list(c.convolution_param.pad)) == (["p"], [])


def test_v0_misspelt_bottom_names_the_likely_blob() -> None:
    net = parse_net(
        'input: "data" input_dim: [1, 1, 4, 4] layers { bottom: "dta" layer { type: "relu" } }'
    )
    with pytest.raises(UpgradeError, match='did you mean "data"'):
        upgrade_net(net)


# V1


def test_every_v1_type_has_a_name_of_today() -> None:
    assert set(V1_TYPES) == set(V1LayerParameter.LayerType.keys())


def test_every_v1_parameter_has_a_place() -> None:
    ours = LayerParameter.DESCRIPTOR.fields_by_name
    for field in V1LayerParameter.DESCRIPTOR.fields:
        if field.name.endswith("_param"):
            assert ours[field.name].message_type is field.message_type


def test_v1_types_of_forks_are_taken_along() -> None:
    net = parse_net('layers { name: "b" type: BN bn_param { eps: 0.5 } }')
    assert upgrade_net(net).fully_compatible
    assert net.layer[0].type == "BN"
    assert net.layer[0].bn_param.eps == 0.5


def test_v1_specs_grow_to_the_longest_list() -> None:
    net = parse_net('layers { param: "a" blobs_lr: 1 blobs_lr: 2 weight_decay: [3, 4, 5] }')
    upgrade_net(net)
    specs = net.layer[0].param
    assert [s.lr_mult for s in specs] == [1, 2, 1]
    assert [s.decay_mult for s in specs] == [3, 4, 5]
    assert [s.HasField("name") for s in specs] == [True, False, False]


def test_an_unknown_v1_type_in_a_binary_file_is_no_type() -> None:
    # protobuf keeps the number as an unknown field, so Caffe sees a layer without a type
    net = NetParameter()
    net.layers.add().ParseFromString(b"\x22\x01n\x28\x4d")
    upgrade_net(net)
    assert net.layer[0].name == "n"
    assert not net.layer[0].HasField("type")


# inputs, BatchNorm


def test_an_input_without_its_dimensions() -> None:
    net = parse_net('input: "a" input: "b" input_dim: [1, 2, 3, 4, 5]')
    with pytest.raises(UpgradeError, match="2 input and 5 input_dim fields; expected 8"):
        upgrade_net(net)


def test_an_input_without_its_shape() -> None:
    net = parse_net('input: "a" input: "b" input_shape { dim: 1 }')
    with pytest.raises(UpgradeError, match="2 input but 1 input_shape"):
        upgrade_net(net)


def test_dimensions_beyond_the_inputs_are_ignored() -> None:
    net = parse_net('input: "a" input_dim: [1, 2, 3, 4, 5, 6]')
    upgrade_net(net)
    assert [list(s.dim) for s in net.layer[0].input_param.shape] == [[1, 2, 3, 4]]


def test_a_net_with_blobs_keeps_them() -> None:
    net = parse_net("layers { type: INNER_PRODUCT blobs { num: 1 data: [1, 2, 3] } }")
    upgrade_net(net)
    assert list(net.layer[0].blobs[0].data) == [1, 2, 3]


# solvers


@pytest.mark.parametrize("nets", [False, True])
def test_nets_in_a_solver_are_upgraded_on_demand(nets: bool) -> None:
    old = "layers { type: RELU } "
    solver = text_format.Parse(
        f"net_param {{ {old} }} train_net_param {{ {old} }} test_net_param {{ {old} }}",
        SolverParameter(),
    )
    report = upgrade_solver(solver, nets=nets)
    for net in (solver.net_param, solver.train_net_param, solver.test_net_param[0]):
        assert [layer.type for layer in net.layer] == (["ReLU"] if nets else [])
    assert report.upgraded == nets


@pytest.mark.parametrize("name", SolverParameter.SolverType.keys())
def test_every_solver_type_has_a_name(name: str) -> None:
    solver = SolverParameter(solver_type=name)
    upgrade_solver(solver)
    assert solver.type.upper() == name
