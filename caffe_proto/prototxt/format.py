"""A prototxt tidied, with its comments: :func:`format_prototxt`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["format_prototxt"]

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\f\v]+)"
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<string>\"(?:[^\"\\\n]|\\[^\n])*\"|'(?:[^'\\\n]|\\[^\n])*')"
    r"|(?P<word>[A-Za-z0-9_.+]+(?:(?<=[0-9.][eE])-[0-9]+[fF]?)?)"
    r"|(?P<mark>[-:,;{}<>\[\]])"
)
_CLOSES = {"{": "}", "<": ">", "[": "]"}
_WIDTH = 80


@dataclass
class _Token:
    text: str
    kind: str
    newlines: int


@dataclass
class _Block:
    """The inside of braces: fields and comments. ``remark`` stands behind the brace."""

    items: list[_Item] = field(default_factory=list)
    remark: str = ""
    one_line: bool = False


@dataclass
class _List:
    """The inside of brackets; an element is a value, a block or a comment."""

    items: list[_Item] = field(default_factory=list)
    remark: str = ""


@dataclass
class _Item:
    """A field, a comment on a line of its own, or an element of a list."""

    name: str = ""
    value: str | _Block | _List | None = None
    before: list[str] = field(default_factory=list)
    remark: str = ""
    blank: bool = False


def format_prototxt(text: str | bytes, *, filename: str = "<text>") -> str:
    """Tidy a prototxt: a field a line, two spaces a level, comments and blank lines kept.

    A block that was written on one line stays there if it is short and holds values only.
    ``{ }`` replaces ``< >``, separators behind fields go; no value is touched, and no field
    needs to be known. Formatting twice changes nothing more. Bytes that are no UTF-8 come back
    as lone surrogates: write the text with ``errors="surrogateescape"``. Raises ``ParseError``
    with the faults of a text that is no prototxt.
    """
    from caffe_proto.prototxt.parser import check_syntax

    source = check_syntax(text, filename)
    reader = _Reader(source)
    lines: list[str] = []
    _print_items(reader.block("").items, "", lines)
    return "\n".join(lines) + "\n" if lines else ""


class _Reader:
    """Tokens into items; the text has been checked, so nothing can be out of place."""

    def __init__(self, text: str) -> None:
        self.tokens: list[_Token] = []
        self.pos = 0
        newlines = 1
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup or ""
            if kind == "space":
                newlines += match[0].count("\n") or match[0].count("\r") * ("\n" not in text)
                continue
            self.tokens.append(_Token(match[0].rstrip(), kind, newlines))
            newlines = 0

    def peek(self) -> _Token | None:
        return self.tokens[self.pos] if self.pos < len(self.tokens) else None

    def take(self) -> _Token:
        token = self.tokens[self.pos]
        self.pos += 1
        return token

    def remark(self) -> str:
        """A comment on the same line as what was just read."""
        token = self.peek()
        if token is not None and token.kind == "comment" and token.newlines == 0:
            return self.take().text
        return ""

    def skip_comments(self, into: list[str]) -> None:
        """Comments between the parts of a field: they move in front of it."""
        while (token := self.peek()) is not None and token.kind == "comment":
            into.append(self.take().text)

    def block(self, end: str) -> _Block:
        """Fields up to ``end``, which is taken too."""
        block = _Block(remark=self.remark() if end else "", one_line=True)
        while (token := self.peek()) is not None:
            if token.newlines:
                block.one_line = False
            if token.text == end and token.kind == "mark":
                self.take()
                break
            if token.kind == "comment":
                self.take()
                block.items.append(_Item(before=[token.text], blank=token.newlines > 1))
                continue
            block.items.append(self.field())
        return block

    def field(self) -> _Item:
        name = self.take()
        item = _Item(name.text, blank=name.newlines > 1)
        self.skip_comments(item.before)
        if self._at(":"):
            self.take()
            self.skip_comments(item.before)
        item.value = self.value(item.before)
        item.remark = self.remark()
        # the separator, with comments on either side of it
        start = self.pos
        comments: list[str] = []
        self.skip_comments(comments)
        if self._at(",", ";"):
            self.take()
            item.before += comments
            item.remark = item.remark or self.remark()
        else:
            self.pos = start
        return item

    def value(self, comments: list[str]) -> str | _Block | _List:
        token = self.take()
        if token.kind == "mark" and token.text in "{<":
            return self.block(_CLOSES[token.text])
        if token.kind == "mark" and token.text == "[":
            return self.list()
        if token.text == "-":
            self.skip_comments(comments)
            return "-" + self.take().text
        parts = [token.text]
        while token.kind == "string":
            start = self.pos
            between: list[str] = []
            self.skip_comments(between)
            following = self.peek()
            if following is None or following.kind != "string":
                self.pos = start
                break
            comments += between
            parts.append(self.take().text)
        return " ".join(parts)

    def list(self) -> _List:
        found = _List(remark=self.remark())
        while True:
            token = self.peek()
            if token is None or (token.text == "]" and token.kind == "mark"):
                self.pos += 1
                return found
            if token.kind == "comment":
                found.items.append(_Item(before=[self.take().text]))
                continue
            item = _Item()
            item.value = self.value(item.before)
            item.remark = self.remark()
            comments: list[str] = []
            self.skip_comments(comments)
            if self._at(","):
                self.take()
                item.before += comments
                item.remark = item.remark or self.remark()
            else:
                found.items.append(item)
                found.items += [_Item(before=[comment]) for comment in comments]
                continue
            found.items.append(item)

    def _at(self, *marks: str) -> bool:
        token = self.peek()
        return token is not None and token.kind == "mark" and token.text in marks


def _print_items(items: list[_Item], indent: str, lines: list[str]) -> None:
    for number, item in enumerate(items):
        if item.blank and number and lines:
            lines.append("")
        lines.extend(indent + comment for comment in item.before)
        if item.value is None:
            continue
        remark = f"  {item.remark}" if item.remark else ""
        if isinstance(item.value, str):
            lines.append(f"{indent}{item.name}: {item.value}{remark}")
            continue
        begin = f"{indent}{item.name}" + (": " if isinstance(item.value, _List) else " ")
        _print_value(item.value, begin, indent, remark, lines)


def _print_value(
    value: str | _Block | _List, begin: str, indent: str, end: str, lines: list[str]
) -> None:
    short = value if isinstance(value, str) else _on_one_line(value)
    fits = isinstance(value, (_List, str)) or (
        short is not None and len(begin) + len(short) <= _WIDTH
    )
    if short is not None and fits:
        lines.append(begin + short + end)
        return
    assert not isinstance(value, str)
    opening, closing = ("[", "]") if isinstance(value, _List) else ("{", "}")
    lines.append(begin + opening + (f"  {value.remark}" if value.remark else ""))
    if isinstance(value, _List):
        _print_elements(value, indent + "  ", lines)
    else:
        _print_items(value.items, indent + "  ", lines)
    lines.append(indent + closing + end)


def _print_elements(value: _List, indent: str, lines: list[str]) -> None:
    left = sum(item.value is not None for item in value.items)
    for item in value.items:
        lines.extend(indent + comment for comment in item.before)
        if item.value is None:
            continue
        left -= 1
        end = ("," if left else "") + (f"  {item.remark}" if item.remark else "")
        _print_value(item.value, indent, indent, end, lines)


def _on_one_line(value: _Block | _List) -> str | None:
    """The value on a single line, or None where it was not so or cannot be."""
    if value.remark or any(item.before or item.remark for item in value.items):
        return None
    parts: list[str] = []
    for item in value.items:
        if not isinstance(item.value, str):
            return None
        parts.append(item.value if isinstance(value, _List) else f"{item.name}: {item.value}")
    if isinstance(value, _List):
        return f"[{', '.join(parts)}]"
    if not value.one_line:
        return None
    return f"{{ {' '.join(parts)} }}" if parts else "{ }"
