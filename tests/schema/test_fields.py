"""Every message, field and enum value of Caffe and its forks is in the schema, by name."""

from __future__ import annotations

import csv
import re
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from caffe_proto.schema import DESCRIPTOR

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "schema"
FORKS = sorted(p.stem.removeprefix("caffe_schema_") for p in GOLDEN.glob("caffe_schema_*.tsv"))
Row = dict[str, str]

# a fork's definition that gives way to BVLC's, SSD's or another fork's of the same name;
# everything else must be as the fork has it
GIVES_WAY = {
    ("nvidia", "SolverParameter.test_initialization"),  # default false; BVLC true
    ("nvidia", "BatchNormParameter.use_global_stats"),  # default false; BVLC none
    ("nvidia", "DataParameter.prefetch"),  # default 0; BVLC 4
    ("fast_rcnn", "SolverParameter.rms_decay"),  # no default; BVLC 0.99
    ("pspnet", "SolverParameter.rms_decay"),
    ("ncnn", "SolverParameter.rms_decay"),
    ("fast_rcnn", "LossParameter.normalize"),  # default true; BVLC none
    ("segnet", "LossParameter.normalize"),
    ("fast_rcnn", "ConvolutionParameter.pad"),  # one number; BVLC a list
    ("segnet", "ConvolutionParameter.pad"),
    ("fast_rcnn", "ConvolutionParameter.kernel_size"),
    ("segnet", "ConvolutionParameter.kernel_size"),
    ("fast_rcnn", "ConvolutionParameter.stride"),
    ("segnet", "ConvolutionParameter.stride"),
    ("segnet", "ImageDataParameter.batch_size"),  # no default; BVLC 1
    ("caffe_windows", "BatchNormParameter.moving_average_fraction"),  # default 0.99; BVLC 0.999
    ("caffe_windows", "ResizeParameter.height"),  # no default; SSD 0
    ("caffe_windows", "ResizeParameter.width"),
}

# where even SSD's number is BVLC's number for something else
SSD_MOVED = {"SolverParameter.eval_type", "SolverParameter.ap_version"}


def _by_path(
    protos: Iterable[descriptor_pb2.DescriptorProto], outer: str = ""
) -> Iterator[tuple[str, descriptor_pb2.DescriptorProto]]:
    for proto in protos:
        yield outer + proto.name, proto
        yield from _by_path(proto.nested_type, f"{outer}{proto.name}.")


COMPILED = descriptor_pb2.FileDescriptorProto.FromString(
    (ROOT / "caffe_proto" / "schema" / "caffe.desc").read_bytes()
)
PROTOS = dict(_by_path(COMPILED.message_type))


def rows(name: str) -> list[Row]:
    with (GOLDEN / name).open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def message(scope: str) -> Descriptor | None:
    top, *nested = scope.split(".")
    found = DESCRIPTOR.message_types_by_name.get(top)
    for name in nested:
        found = found.nested_types_by_name.get(name) if found else None
    return found


def enum(scope: str) -> EnumDescriptor | None:
    outer, _, name = scope.rpartition(".")
    if not outer:
        return DESCRIPTOR.enum_types_by_name.get(name)
    inside = message(outer)
    return inside.enum_types_by_name.get(name) if inside else None


def definition(field: FieldDescriptor) -> Row:
    """The field in the words of the tables."""
    scope = field.full_name.removeprefix("caffe.").rpartition(".")[0]
    proto = next(f for f in PROTOS[scope].field if f.name == field.name)
    words = descriptor_pb2.FieldDescriptorProto
    default = proto.default_value
    if proto.HasField("default_value") and proto.type == words.TYPE_STRING:
        default = f'"{default}"'
    return {
        "number": str(proto.number),
        "label": words.Label.Name(proto.label).removeprefix("LABEL_").lower(),
        "type": words.Type.Name(proto.type).removeprefix("TYPE_").lower(),
        "type_name": proto.type_name.removeprefix(".caffe."),
        "default": default,
        "packed": "true" if proto.options.packed else "false",
    }


def same_number(one: str, other: str) -> bool:
    try:
        return struct.pack("<f", float(one)) == struct.pack("<f", float(other))
    except ValueError:
        return False


def differences(row: Row, *, number: bool) -> Iterator[str]:
    inside = message(row["scope"])
    field = inside.fields_by_name.get(row["name"]) if inside else None
    if field is None:
        yield "absent"
        return
    ours = definition(field)
    theirs = {**row, "label": row["label"].replace("required", "optional")}
    for key in ("number",) if number else ():
        if ours[key] != theirs[key]:
            yield f"{key}: {ours[key]}, expected {theirs[key]}"
    for key in ("label", "type", "type_name"):
        if ours[key] != theirs[key]:
            yield f"{key}: {ours[key]}, expected {theirs[key]}"
    one, other = ours["default"], theirs["default"]
    if one != other and not same_number(one, other):
        yield f"default: {one}, expected {other}"
    if number and row["packed"] and ours["packed"] != row["packed"]:
        yield f"packed: {ours['packed']}, expected {row['packed']}"


def test_everything_of_bvlc_is_there_exactly() -> None:
    wrong = []
    for row in rows("caffe_schema.tsv"):
        place = f"{row['scope']}.{row['name']}".strip(".")
        if row["kind"] == "message":
            if message(place) is None:
                wrong.append(place)
        elif row["kind"] == "enum_value":
            found = enum(row["scope"])
            if found is None or found.values_by_name[row["name"]].number != int(row["number"]):
                wrong.append(place)
        else:
            wrong += [f"{place}: {d}" for d in differences(row, number=True)]
    assert not wrong


@pytest.mark.parametrize("fork", FORKS)
def test_everything_of_a_fork_is_there_by_name(fork: str) -> None:
    wrong = []
    for row in rows(f"caffe_schema_{fork}.tsv"):
        place = f"{row['scope']}.{row['name']}".strip(".")
        if row["kind"] == "message":
            if message(place) is None:
                wrong.append(place)
        elif row["kind"] == "enum_value":
            found = enum(row["scope"])
            if found is None or row["name"] not in found.values_by_name:
                wrong.append(place)
        else:
            differs = list(differences(row, number=fork == "ssd" and place not in SSD_MOVED))
            expected = (fork, place) in GIVES_WAY
            if bool(differs) != expected:
                wrong.append(f"{place}: {differs or 'was expected to give way, but agrees'}")
    assert not wrong


@pytest.mark.reference
def test_fields_that_only_converters_know_are_there_by_name(reference: Path) -> None:
    with (reference / "facts" / "fork_fields.tsv").open(newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    # two messages for one field are one message here
    same = {
        "ReLU6Parameter": "ReLUParameter",
        "LstmParameter": "LSTMParameter",
        "FrcnnProposalParameter": "ProposalParameter",
    }
    absent = []
    for row in table:
        scope = row["message"]
        if scope.startswith("enum "):
            found_enum = enum(scope.removeprefix("enum "))
            there = found_enum is not None and row["field"] in found_enum.values_by_name
        else:
            found = message(same.get(scope, scope))
            there = found is not None and row["field"] in found.fields_by_name
        if not there:
            absent.append(f"{row['fork']}: {scope}.{row['field']}")
    assert len(table) > 2000
    assert not absent


def test_nothing_is_required() -> None:
    required = descriptor_pb2.FieldDescriptorProto.LABEL_REQUIRED
    assert not [f.name for proto in PROTOS.values() for f in proto.field if f.label == required]


def test_no_contested_number_makes_a_message_of_a_string() -> None:
    # bytes of a string, read as a message, can end the reading of the whole file
    layer = message("LayerParameter")
    assert layer is not None
    assert 149 not in layer.fields_by_number  # Intel's engine
    reserved = re.search(r"reserved 149;", (ROOT / "src" / "caffe.proto").read_text())
    assert reserved
