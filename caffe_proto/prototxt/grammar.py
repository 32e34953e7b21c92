"""The parser that lark makes of ``prototxt.lark``.

Lark takes longer to read a grammar and work out its table than to parse most nets, so the table
is stored in ``grammar_table.py``. It counts only for the very grammar and the release of lark
that it was made from; with any other, lark reads the grammar. After a change of the grammar:

    python -m caffe_proto.prototxt.grammar
"""

from __future__ import annotations

import copy
import functools
import hashlib
import os
import pprint
from pathlib import Path
from typing import Any

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from caffe_proto.prototxt.builder import Actions
from caffe_proto.prototxt.lexer import PrototxtLexer

__all__ = ["parser", "read_grammar", "table", "write_table"]


@functools.cache
def parser() -> lark.Lark:
    """The parser; made once in a process."""
    text = read_grammar()
    from caffe_proto.prototxt import grammar_table

    if _origin(text) == grammar_table.MADE_FROM:
        return _load(grammar_table.TABLE)
    return _make(text)


def read_grammar() -> str:
    """The text of ``prototxt.lark``."""
    # the module's own loader reads it out of a zip file too
    loader: Any = __spec__.loader
    data: bytes = loader.get_data(os.path.join(os.path.dirname(__file__), "prototxt.lark"))
    return data.decode("utf-8").replace("\r\n", "\n")


def _origin(text: str) -> tuple[str, str]:
    return lark.__version__, hashlib.sha256(text.encode("utf-8")).hexdigest()


def _make(text: str) -> lark.Lark:
    actions: Any = Actions()
    return lark.Lark(
        text, parser="lalr", lexer=PrototxtLexer, transformer=actions, keep_all_tokens=True
    )


def _load(stored: dict[str, Any]) -> lark.Lark:
    # lark changes what it is given
    stored = copy.deepcopy(stored)
    data = stored["data"]
    # the two things that are no plain values
    data["options"]["lexer"] = data["parser"]["lexer_conf"]["lexer_type"] = PrototxtLexer
    # what parsers written by lark's own "standalone" tool start from
    load: Any = lark.Lark._load_from_dict
    made: lark.Lark = load(data, stored["memo"], transformer=Actions())
    return made


def table(text: str) -> dict[str, Any]:
    """What lark works out from a grammar, as plain values."""
    data, memo = _make(text).memo_serialize([TerminalDef, Rule])
    data["options"]["lexer"] = data["parser"]["lexer_conf"]["lexer_type"] = None
    data["options"]["transformer"] = None
    return {"data": data, "memo": memo}


def write_table() -> None:
    """Bring ``grammar_table.py`` up to date with the grammar and the lark that is installed."""
    from caffe_proto.prototxt import grammar_table

    text = read_grammar()
    if _origin(text) == grammar_table.MADE_FROM:
        return
    lines = [
        '"""The table of ``prototxt.lark``. Generated: python -m caffe_proto.prototxt.grammar"""',
        "",
        "# ruff: noqa",
        "# fmt: off",
        "from __future__ import annotations",
        "",
        "from typing import Any",
        "",
        f"MADE_FROM = {_origin(text)!r}",
        "TABLE: dict[str, Any] = \\",
        pprint.pformat(table(text), width=200, compact=True, indent=0, sort_dicts=False),
        "",
    ]
    path = Path(__file__).with_name("grammar_table.py")
    beside = path.with_suffix(".new")
    beside.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    os.replace(beside, path)


if __name__ == "__main__":
    write_table()
