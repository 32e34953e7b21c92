"""Sentences for faults of meaning: what was expected, where a field belongs, what was meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from caffe_proto.errors import did_you_mean
from caffe_proto.prototxt.fields import Field, MessageTable
from caffe_proto.prototxt.values import SKIP, BadValue, one_of, shown

if TYPE_CHECKING:
    from caffe_proto.prototxt.builder import Frame

__all__ = [
    "a_kind",
    "closed_too_early",
    "for_value",
    "kind",
    "line_of",
    "missing_brace",
    "not_a_block",
    "shown",
    "unclosed",
    "unknown_field",
]

_TOKEN = re.compile(
    r"#[^\n]*|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|[A-Za-z0-9_.+-]+|[^\s]", re.ASCII
)


def line_of(text: str, start: int) -> int:
    """The line of an offset, from 1."""
    return newlines(text, 0, start) + 1


def newlines(text: str, start: int, end: int) -> int:
    """Line ends between two offsets; a text without any LF has CR for them."""
    found = text.count("\n", start, end)
    return found if found or "\n" in text else text.count("\r", start, end)


def kind(field: Field) -> str:
    """What a value of the field is: ``integer``, ``string``, ``block``, ..."""
    cpp = field.descriptor.cpp_type
    if cpp == FieldDescriptor.CPPTYPE_MESSAGE:
        return "block"
    if cpp == FieldDescriptor.CPPTYPE_STRING:
        return "string"
    if cpp == FieldDescriptor.CPPTYPE_ENUM:
        return f"{field.descriptor.enum_type.name} value"
    if cpp == FieldDescriptor.CPPTYPE_BOOL:
        return "true or false"
    if cpp in (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE):
        return "number"
    return "integer"


def a_kind(field: Field) -> str:
    """``kind`` with its article, for "expected ..."."""
    cpp = field.descriptor.cpp_type
    if cpp == FieldDescriptor.CPPTYPE_MESSAGE:
        return '"{"'
    if cpp == FieldDescriptor.CPPTYPE_STRING:
        return "a string in quotes"
    if cpp == FieldDescriptor.CPPTYPE_ENUM:
        return one_of([v.name for v in field.descriptor.enum_type.values])
    name = kind(field)
    if cpp == FieldDescriptor.CPPTYPE_BOOL:
        return name
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def not_a_block(name: str, field: Field) -> str:
    """``name {`` where ``name`` is a scalar."""
    return f'"{name}" is no block: expected ":" and {a_kind(field)}, found "{{"'


def for_value(field: Field, bad: BadValue, text: str) -> str:
    """What else to say of ``text``, a value that does not fit its field."""
    enum = field.descriptor.enum_type
    if enum is not None and enum.name == "LayerType":
        return ' (the old "layers" has a name in capitals for its type, "layer" has it in quotes)'
    if field.name == "type" and field.is_string and text.isupper():
        return ' (only the old "layers" has a name in capitals for its type)'
    return ""


def unknown_field(name: str, stack: Sequence[Frame]) -> str:
    """``X has no field "name"``, and where it belongs or what was meant."""
    frame = stack[-1]
    sentence = f'{frame.type_name} has no field "{name}"'
    parent = _parent_with(name, stack)
    if parent is not None:
        return f'{sentence}; it belongs in {parent}: is a "}}" missing before it?'
    meant = _near(name, frame.table)
    children = _children_with(name, frame)
    if children:
        return f"{sentence}; it belongs in {one_of(children, 4)}"
    if meant:
        return sentence + meant
    if len(stack) > 1 and isinstance(stack[-2].table, MessageTable):
        siblings = _children_with(name, stack[-2])
        if siblings:
            return f"{sentence}; it belongs in {one_of(siblings, 4)}"
    return sentence


def _near(name: str, table: dict[str, Field]) -> str:
    for known in table:
        if known.lower() == name.lower().replace("-", "_"):
            return f'; did you mean "{known}"?'
    return did_you_mean(name, table)


def _parent_with(name: str, stack: Sequence[Frame]) -> str | None:
    for depth in range(len(stack) - 2, -1, -1):
        if name in stack[depth].table:
            frame = stack[depth]
            if depth == 0:
                return f"{frame.type_name}, outside of every block"
            return f'the enclosing "{frame.name}"'
    return None


def _children_with(name: str, frame: Frame) -> list[str]:
    """Fields of the block whose messages have ``name``: the one in use, else all of them."""
    found = [
        field.name
        for field in frame.table.values()
        if field.is_message and name in field.descriptor.message_type.fields_by_name
    ]
    in_use = [child for child in found if _is_set(frame, child)]
    return in_use or _for_type(found, frame) or found


def _is_set(frame: Frame, name: str) -> bool:
    field = frame.table[name]
    if field.repeated:
        return len(getattr(frame.message, name)) > 0
    return name in frame.seen


def _for_type(fields: list[str], frame: Frame) -> list[str]:
    """The fields that go by the layer's type: ``InnerProduct`` has ``inner_product_param``."""
    kind = getattr(frame.message, "type", None)
    if not isinstance(kind, str):
        return []
    wanted = kind.lower().replace("deconvolution", "convolution") + "param"
    return [name for name in fields if name.replace("_", "") == wanted]


def _indent(text: str, start: int) -> int | None:
    """Columns before ``start`` where nothing but space precedes it on its line, else None."""
    begin = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    before = text[begin:start]
    return len(before.expandtabs(8)) if not before.strip() else None


def missing_brace(
    text: str, stack: Sequence[Frame], name: str, start: int, block: bool
) -> int | None:
    """The depth of the block that ``name`` belongs to, where a ``}`` before it is missing.

    It is, if an enclosing message has the field and this one does not, and the line is not
    indented deeper than that block's fields would be. A repeated block (``layer {``) needs no
    indentation to tell.
    """
    for depth in range(len(stack) - 2, -1, -1):
        field = stack[depth].table.get(name)
        if field is None:
            continue
        if block and field.is_message and field.repeated:
            return depth
        here, opened = _indent(text, start), _indent(text, stack[depth + 1].start)
        if here is not None and opened is not None and here <= opened:
            return depth
    return None


def closed_too_early(text: str, frame: Frame, brace: int, name: str, start: int) -> bool:
    """Whether ``name`` belongs to the block that the ``}`` right before it has closed.

    It does, if that block's message has the field, and the line is indented as its fields are.
    """
    if name not in frame.table or SKIP.fullmatch(text, brace + 1, start) is None:
        return False
    here, opened = _indent(text, start), _indent(text, frame.start)
    return here is not None and opened is not None and here > opened


def unclosed(text: str, frames: Sequence[Frame], end: int, name: str = "") -> str:
    """A ``}`` is missing: which block is open, and where it begins."""
    suspect = _outdented(text, frames[0].start, end) if frames else None
    if suspect is not None:
        opened, at = suspect
    else:
        opened, at = frames[-1].name, frames[-1].start
    line = line_of(text, at)
    before = f' before "{name}"' if name else " at the end of the text"
    return f'missing "}}"{before}: the block "{opened}" that begins on line {line} is not closed'


def _outdented(text: str, start: int, end: int) -> tuple[str, int] | None:
    """The first block whose ``}`` stands left of its beginning: the brace closes another one."""
    stack: list[tuple[str, int]] = []
    word, word_at = "", start
    for match in _TOKEN.finditer(text, start, end):
        token = match[0]
        if token in ("{", "<"):
            stack.append((word, word_at))
        elif token in ("}", ">"):
            if not stack:
                return None
            opened, at = stack.pop()
            here, there = _indent(text, match.start()), _indent(text, at)
            if here is not None and there is not None and here < there:
                return opened, at
        elif token[0].isalpha() or token[0] == "_":
            word, word_at = token, match.start()
    return None


def other_message(names: Sequence[str], own: Descriptor) -> str:
    """Says that a text is another message's, if its top-level fields are those of that one."""
    known = [n for n in names if n in own.fields_by_name]
    for other in ("NetParameter", "SolverParameter", "LayerParameter", "LabelMap", "BlobProto"):
        descriptor = own.file.message_types_by_name.get(other)
        if descriptor is None or descriptor is own:
            continue
        there = [n for n in names if n in descriptor.fields_by_name]
        if len(there) > max(len(known), len(names) // 2):
            return other
    return ""
