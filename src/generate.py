"""Compile ``src/caffe.proto`` into ``caffe_proto/schema/``.

    python src/generate.py            write caffe.desc and caffe_pb2.pyi
    python src/generate.py --check    exit 1 if what is committed is not what would be written

Needs grpcio-tools (``pip install "caffe-proto[dev]"``); the package itself does not. What comes
out is free of traces of the compiler's version: the descriptor holds the schema alone, and the
type stub is written here, so ``--check`` gives the same answer with any grpcio-tools.
"""

from __future__ import annotations

import argparse
import keyword
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)

SOURCE = Path(__file__).resolve().parent / "caffe.proto"
TARGET = SOURCE.parent.parent / "caffe_proto" / "schema"

_PYTHON_TYPES = {
    FieldDescriptorProto.TYPE_DOUBLE: "float",
    FieldDescriptorProto.TYPE_FLOAT: "float",
    FieldDescriptorProto.TYPE_INT64: "int",
    FieldDescriptorProto.TYPE_UINT64: "int",
    FieldDescriptorProto.TYPE_INT32: "int",
    FieldDescriptorProto.TYPE_UINT32: "int",
    FieldDescriptorProto.TYPE_BOOL: "bool",
    FieldDescriptorProto.TYPE_STRING: "str",
    FieldDescriptorProto.TYPE_BYTES: "bytes",
}

_STUB_HEAD = '''\
"""Types of the messages in src/caffe.proto; written by src/generate.py, not by hand."""

from collections.abc import Iterable as _Iterable
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar

from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper

DESCRIPTOR: _descriptor.FileDescriptor
'''


def compile_schema(source: Path) -> FileDescriptorProto:
    """The compiled schema, without comments and positions; exits where protoc refuses it."""
    try:
        from grpc_tools import protoc  # type: ignore[import-untyped]
    except ImportError:
        sys.exit('the schema is compiled by grpcio-tools: pip install "caffe-proto[dev]"')
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "schema.desc"
        status = protoc.main(
            ["protoc", f"-I{source.parent}", f"--descriptor_set_out={out}", source.name]
        )
        if status != 0:
            sys.exit(f"{source}: protoc refused it (exit {status})")
        (schema,) = FileDescriptorSet.FromString(out.read_bytes()).file
    for message in schema.message_type:
        _drop_json_names(message)
    return schema


def _drop_json_names(message: DescriptorProto) -> None:
    # protobuf derives them again from the names; nothing here reads JSON
    for field in message.field:
        field.ClearField("json_name")
    for nested in message.nested_type:
        _drop_json_names(nested)


def _type_name(field: FieldDescriptorProto) -> str:
    if field.type_name:
        return field.type_name.removeprefix(".caffe.")
    return _PYTHON_TYPES[field.type]


def _enum_lines(enum: EnumDescriptorProto, path: str, indent: str) -> Iterator[str]:
    yield f"{indent}class {enum.name}(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):"
    yield f"{indent}    __slots__ = ()"
    for value in enum.value:
        yield f"{indent}    {value.name}: _ClassVar[{path}]"


def _field_lines(field: FieldDescriptorProto, indent: str) -> Iterator[str]:
    kind = _type_name(field)
    is_message = field.type == FieldDescriptorProto.TYPE_MESSAGE
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        container = "Composite" if is_message else "Scalar"
        kind = f"_containers.Repeated{container}FieldContainer[{kind}]"
    elif not is_message:
        yield f"{indent}{field.name}: {kind}"
        return
    # protobuf refuses an assignment to these; a property shows that to the type checker
    yield f"{indent}@property"
    yield f"{indent}def {field.name}(self) -> {kind}: ..."


def _argument(field: FieldDescriptorProto) -> str:
    kind = _type_name(field)
    if field.type == FieldDescriptorProto.TYPE_MESSAGE:
        kind = f"{kind} | _Mapping[str, object]"
    elif field.type == FieldDescriptorProto.TYPE_ENUM:
        kind = f"{kind} | str"
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        kind = f"_Iterable[{kind}]"
    return f"{field.name}: {kind} | None = ..."


def _message_lines(message: DescriptorProto, scope: str = "", indent: str = "") -> Iterator[str]:
    inner = indent + "    "
    path = f"{scope}{message.name}"
    fields = [field for field in message.field if not keyword.iskeyword(field.name)]
    yield ""
    yield f"{indent}class {message.name}(_message.Message):"
    for enum in message.enum_type:
        yield from _enum_lines(enum, f"{path}.{enum.name}", inner)
        for value in enum.value:
            yield f"{inner}{value.name}: _ClassVar[{path}.{enum.name}]"
    for nested in message.nested_type:
        yield from _message_lines(nested, path + ".", inner)
    for field in message.field:
        yield f"{inner}{field.name.upper()}_FIELD_NUMBER: _ClassVar[int]"
    for field in fields:
        yield from _field_lines(field, inner)
    if not fields:
        yield f"{inner}def __init__(self) -> None: ..."
        return
    yield f"{inner}def __init__("
    yield f"{inner}    self,"
    yield f"{inner}    *,"
    for field in fields:
        yield f"{inner}    {_argument(field)},"
    yield f"{inner}) -> None: ..."


def stub(schema: FileDescriptorProto) -> str:
    """The text of ``caffe_pb2.pyi`` for a compiled schema."""
    lines = _STUB_HEAD.splitlines()
    for enum in schema.enum_type:
        lines.append("")
        lines.extend(_enum_lines(enum, enum.name, ""))
        lines.append("")
        lines.extend(f"{value.name}: {enum.name}" for value in enum.value)
    for message in schema.message_type:
        lines.extend(_message_lines(message))
    return "\n".join(lines) + "\n"


def generate(source: Path = SOURCE) -> dict[str, bytes]:
    """What belongs into ``caffe_proto/schema/``: file name to content."""
    schema = compile_schema(source)
    return {
        "caffe.desc": schema.SerializeToString(deterministic=True),
        "caffe_pb2.pyi": stub(schema).encode(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the generated files, or compare them with what is there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    check = parser.parse_args(arguments).check
    stale = []
    for name, content in generate().items():
        target = TARGET / name
        if target.exists() and target.read_bytes() == content:
            continue
        stale.append(target)
        if not check:
            beside = target.with_name(target.name + ".new")
            beside.write_bytes(content)
            os.replace(beside, target)
    for target in stale:
        print(f"{target}: {'stale; run python src/generate.py' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
