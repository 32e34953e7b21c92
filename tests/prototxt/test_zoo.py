"""Public models: every file reads, to the content that Caffe's own parser finds in it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from google.protobuf.descriptor import FieldDescriptor

from caffe_proto.errors import ParseError
from caffe_proto.prototxt import format_prototxt, parse, parse_file, to_prototxt
from caffe_proto.prototxt.fields import is_repeated

pytestmark = pytest.mark.reference

# path: why it does not read. None is left: the schema has the fields of all forks.
FAILS: dict[str, str] = {}


@pytest.fixture(scope="module")
def zoo(reference: Path) -> dict[Path, dict[str, Any]]:
    """The models' files, and what is known of each."""
    index = json.loads((reference / "zoo" / "index.json").read_text())
    return {reference / "zoo" / path: entry for path, entry in index.items()}


def canonical(message: Any) -> dict[str, Any]:
    """A message as the index hashes it: names, enum names, floats to nine digits."""
    found: dict[str, Any] = {}
    for field, value in message.ListFields():
        values = [_plain(field, item) for item in (value if is_repeated(field) else [value])]
        found[field.name] = values if is_repeated(field) else values[0]
    return found


def _plain(field: Any, value: Any) -> Any:
    if field.message_type is not None:
        return canonical(value)
    if field.enum_type is not None:
        return field.enum_type.values_by_number[value].name
    if field.cpp_type in (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE):
        return f"{value:.9g}"
    return value


def test_every_file_reads_but_those_listed(zoo: dict[Path, dict[str, Any]]) -> None:
    failed = {}
    for path, entry in zoo.items():
        try:
            parse_file(path, entry.get("kind", "NetParameter"), upgrade=False)
        except ParseError as error:
            failed[str(path)] = error.faults[0].message
    assert failed == FAILS


def test_content_is_what_caffe_reads(zoo: dict[Path, dict[str, Any]]) -> None:
    known = {path: entry for path, entry in zoo.items() if "canon_sha256" in entry}
    wrong = []
    for path, entry in known.items():
        message = parse_file(path, entry["kind"], upgrade=False)
        text = json.dumps(canonical(message), sort_keys=True, separators=(",", ":"))
        if hashlib.sha256(text.encode()).hexdigest() != entry["canon_sha256"]:
            wrong.append(path)
    assert len(known) == 253
    assert wrong == []


@pytest.mark.slow
def test_printing_and_formatting_keep_the_content(zoo: dict[Path, dict[str, Any]]) -> None:
    for path, entry in zoo.items():
        kind = entry.get("kind", "NetParameter")
        message = parse_file(path, kind, upgrade=False)
        text = to_prototxt(message)
        assert parse(text, kind, upgrade=False) == message, path
        assert text_format.Parse(text, type(message)()) == message, path
        tidy = format_prototxt(path.read_bytes())
        assert parse(tidy, kind, upgrade=False) == message, path
        assert format_prototxt(tidy) == tidy, path
