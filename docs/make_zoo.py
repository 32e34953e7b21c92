"""Write docs/zoo.md: which nets of a collection of public prototxt files build here.

    CAFFE_PROTO_REFERENCE=../shared python docs/make_zoo.py [--check]

The collection is the folder ``zoo`` of the reference values, files named
``<owner>+<repository>/<path>``; the files themselves are not part of this project. ``--check``
compares instead of writing and exits 1 where the document is out of date.
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import caffe_proto as cp
from caffe_proto.schema import caffe_pb2
from caffe_proto.surgery import deploy
from caffe_proto.surgery.deploy import DATA_TYPES

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "zoo.md"

BUILDS = "builds"
WITHOUT_DATA = "builds with an Input in the place of its data"
FOREIGN_CODE = "runs code of its own (Python layers)"
MISSING_TYPE = "needs a layer type that is not here"
MISSING_FIELD = "has fields that no known fork defines"
BROKEN = "does not build, as it is"
NO_NET = "is no net"
STATUSES = (BUILDS, WITHOUT_DATA, FOREIGN_CODE, MISSING_TYPE, MISSING_FIELD, BROKEN, NO_NET)


#: Sizes of pictures tried where a data layer does not tell: colour, digits, pairs of digits, road
#: scenes, volumes.
SIZES = ((1, 3, 224, 224), (1, 1, 28, 28), (1, 2, 28, 28), (1, 3, 360, 480), (1, 1, 128, 128, 64))


@dataclass(frozen=True)
class Verdict:
    """What became of one file, and why."""

    status: str
    detail: str = ""


def examine(path: Path, kind: str | None) -> Verdict:
    """Parse and build one file; ``kind`` is the message it holds, if that is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind not in (None, "NetParameter"):
            return Verdict(NO_NET, kind or "")
        try:
            message = cp.parse_file(path)
        except cp.ParseError as fault:
            return unparsed(path, fault)
        return built(path, message)


def unparsed(path: Path, fault: cp.ParseError) -> Verdict:
    """Why a file does not parse: unknown fields by name, or what its first fault says."""
    for other in ("SolverParameter", "LabelMap"):
        try:
            cp.parse_file(path, other)
        except cp.CaffeProtoError:
            continue
        return Verdict(NO_NET, other)
    fields = [re.match(r'(\w+) has no field "(\w+)"', f.message) for f in fault.faults]
    names = list(dict.fromkeys(f"{m[1]}.{m[2]}" for m in fields if m))
    if names and all(fields):
        return Verdict(MISSING_FIELD, ", ".join(names[:6]))
    return Verdict(BROKEN, first_line(fault.faults[0].message))


def built(path: Path, message: caffe_pb2.NetParameter) -> Verdict:
    """Build in the phases, then without the data set, and say what stands in the way."""
    if not message.layer:
        return Verdict(NO_NET, "no layers")
    faults: dict[str, cp.CaffeProtoError] = {}
    for phase in ("TEST", "TRAIN"):
        try:
            cp.build_net(message, phase, directory=path.parent)
        except cp.CaffeProtoError as fault:
            faults[phase] = fault
        else:
            return Verdict(BUILDS, "" if phase == "TEST" else "in the TRAIN phase")
    types = {layer.type for layer in message.layer}
    unknown = sorted(types - set(cp.layer_types()) - DATA_TYPES)
    if unknown:
        return Verdict(MISSING_TYPE, ", ".join(unknown))
    sources = [layer for layer in message.layer if not layer.bottom]
    python = {layer.python_param.module for layer in message.layer if layer.type == "Python"}
    for size in (None, *SIZES):
        shapes = {layer.top[0]: size for layer in sources if layer.top} if size else {}
        try:
            deploy(message, shapes)
        except cp.CaffeProtoError as fault:
            faults.setdefault("deploy", fault)
        else:
            types = {la.type for la in sources if la.type in DATA_TYPES or la.type == "Python"}
            return Verdict(WITHOUT_DATA, ", ".join(sorted(types)))
    if python and any("(Python)" in str(fault) for fault in faults.values()):
        return Verdict(FOREIGN_CODE, ", ".join(sorted(python)))
    needs_data = any(layer.type in DATA_TYPES for layer in sources)
    return Verdict(BROKEN, first_line(str(faults["deploy" if needs_data else "TEST"])))


def first_line(text: str) -> str:
    """The first line, short."""
    line = text.splitlines()[0]
    return line if len(line) <= 160 else line[:157] + "..."


def examine_all(zoo: Path) -> dict[str, Verdict]:
    """A verdict for every file of the collection, by its path there."""
    index = json.loads((zoo / "index.json").read_text(encoding="utf-8"))
    return {name: examine(zoo / name, index[name].get("kind")) for name in sorted(index)}


def document(verdicts: dict[str, Verdict]) -> str:
    """The text of docs/zoo.md."""
    counts = Counter(verdict.status for verdict in verdicts.values())
    nets = len(verdicts) - counts[NO_NET]
    lines = [
        "# Public nets, and what becomes of them here",
        "",
        f"{len(verdicts)} prototxt files of public repositories, {nets} of them nets. The file is",
        "written by `docs/make_zoo.py`; the nets themselves are not part of this project.",
        "",
        "| what becomes of it | files |",
        "|---|---|",
        *(f"| {status} | {counts[status]} |" for status in STATUSES),
    ]
    for status in STATUSES:
        rows = [(name, v.detail) for name, v in verdicts.items() if v.status == status]
        if not rows or status == NO_NET:
            continue
        lines += ["", f"## {status[0].upper()}{status[1:]}", ""]
        lines += [
            f"- `{name.replace('+', '/', 1)}`" + (f": {cell(detail)}" if detail else "")
            for name, detail in rows
        ]
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """``text`` as Markdown shows it."""
    return text.replace("_", r"\_").replace("*", r"\*").replace("<", r"\<")


def main() -> int:
    root = Path(os.environ.get("CAFFE_PROTO_REFERENCE", ROOT.parent / "shared"))
    zoo = root / "zoo"
    if not (zoo / "index.json").is_file():
        print(f"{zoo}: there is no collection; set CAFFE_PROTO_REFERENCE", file=sys.stderr)
        return 2
    text = document(examine_all(zoo))
    if "--check" in sys.argv[1:]:
        current = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.is_file() else ""
        if current != text:
            print(f"{DOCUMENT}: out of date; run docs/make_zoo.py", file=sys.stderr)
            return 1
        return 0
    DOCUMENT.write_text(text, encoding="utf-8")
    print(text[: text.index("##")])
    return 0


if __name__ == "__main__":
    sys.exit(main())
