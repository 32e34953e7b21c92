"""``caffe-proto layers``: the layer types that there are, and what each one means."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import click

from caffe_proto.cli._common import console, print_json

if TYPE_CHECKING:
    from caffe_proto.layers import Layer

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto layers
  caffe-proto layers Convolution
"""


@click.command("layers", epilog=EPILOG)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(name: str | None, as_json: bool) -> None:
    """All layer types with a line each or, with NAME, one type's formula, settings, defaults."""
    from rich.table import Table
    from rich.text import Text

    from caffe_proto.layers import layer_class, layer_types

    if name is None:
        rows = {type_name: first_line(cls) for type_name, cls in layer_types().items()}
        if as_json:
            print_json(rows)
            return
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(no_wrap=True)
        table.add_column()
        for type_name, line in rows.items():
            table.add_row(Text(type_name, style="bold"), Text(line))
        console().print(table)
        return
    cls = layer_class(name)
    settings = settings_of(cls)
    if as_json:
        print_json({"type": name, "description": inspect.getdoc(cls) or "", "settings": settings})
        return
    out = console()
    out.print(Text(name, style="bold"))
    out.print(Text(inspect.getdoc(cls) or "", style=""))
    for message, fields in settings.items():
        table = Table(box=None, pad_edge=False, title=message, title_justify="left")
        for title in ("field", "type", "default"):
            table.add_column(title)
        for field in fields:
            table.add_row(Text(field["name"], style="bold"), field["type"], field["default"])
        out.print()
        out.print(table)
        unread = without_effect(fields_of(message).name)
        if unread:
            out.print(Text(f"Of forks, without effect here: {', '.join(sorted(unread))}"))


def first_line(cls: type[Layer]) -> str:
    """The first sentence of the class's docstring, on one line."""
    text = (inspect.getdoc(cls) or "").split("\n\n")[0]
    return re.sub(r"``", "", " ".join(text.split()))


def settings_of(cls: type[Layer]) -> dict[str, list[dict[str, Any]]]:
    """The fields of each ``xyz_param`` message that the class's docstring names."""
    from caffe_proto.schema import caffe_pb2

    result: dict[str, list[dict[str, Any]]] = {}
    fields = caffe_pb2.LayerParameter.DESCRIPTOR.fields_by_name
    named = re.findall(r"(?<!No ``)\b(\w+_param)\b", inspect.getdoc(cls) or "")
    for name in dict.fromkeys(named):
        message = fields[name].message_type if name in fields else None
        if message is not None:
            unread = without_effect(message.name)
            result[name] = [describe_field(f) for f in message.fields if f.name not in unread]
    return result


def fields_of(setting: str) -> Any:
    """The message behind a field of LayerParameter such as ``convolution_param``."""
    from caffe_proto.schema import caffe_pb2

    return caffe_pb2.LayerParameter.DESCRIPTOR.fields_by_name[setting].message_type


def without_effect(message: str) -> frozenset[str]:
    """The message's settings of forks that change nothing here."""
    from caffe_proto.layers.foreign import FOREIGN, INERT

    return FOREIGN.get(message, frozenset()) | INERT.get(message, frozenset())


def describe_field(field: Any) -> dict[str, str]:
    """Name, type and default of a message's field, in words."""
    kinds = {
        field.CPPTYPE_INT32: "int32",
        field.CPPTYPE_INT64: "int64",
        field.CPPTYPE_UINT32: "uint32",
        field.CPPTYPE_UINT64: "uint64",
        field.CPPTYPE_DOUBLE: "double",
        field.CPPTYPE_FLOAT: "float",
        field.CPPTYPE_BOOL: "bool",
        field.CPPTYPE_STRING: "string",
    }
    if field.enum_type is not None:
        kind = " | ".join(value.name for value in field.enum_type.values)
    elif field.message_type is not None:
        kind = field.message_type.name
    else:
        kind = kinds.get(field.cpp_type, "bytes")
    repeated = getattr(field, "is_repeated", None)
    if repeated is None:
        repeated = field.label == field.LABEL_REPEATED
    default = ""
    if not repeated and field.message_type is None and field.has_default_value:
        default = (
            field.enum_type.values_by_number[field.default_value].name
            if field.enum_type is not None
            else f"{field.default_value:g}"
            if isinstance(field.default_value, float)
            else str(field.default_value).lower()
            if isinstance(field.default_value, bool)
            else str(field.default_value)
        )
    return {
        "name": field.name,
        "type": ("repeated " if repeated else "") + kind,
        "default": default,
    }
