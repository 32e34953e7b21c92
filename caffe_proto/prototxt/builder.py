"""Messages out of tokens, while they are read: there is no tree in between.

The parser calls an action as it shifts a token; the builder keeps the open blocks on a stack and
writes each value into the message on top. Faults of meaning (an unknown field, a value that does
not fit) are noted and reading goes on, so that one pass finds them all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message

from caffe_proto.prototxt import extras, hints
from caffe_proto.prototxt.fields import Field, MessageTable, table_of
from caffe_proto.prototxt.values import BadValue

if TYPE_CHECKING:
    from caffe_proto.prototxt.lexer import Lexeme

__all__ = ["MAX_DEPTH", "MAX_FAULTS", "Actions", "Builder", "Frame", "TooManyFaultsError"]

MAX_DEPTH = 100
"""Blocks inside each other, as protobuf bounds them."""

MAX_FAULTS = 100
"""Faults after which a text is given up."""


class TooManyFaultsError(Exception):
    """Ends the reading of a text that is beyond telling its faults apart."""


class Frame:
    """An open block: its message, what was set in it, and where it begins.

    ``message`` is None inside a block that is skipped. ``seen`` maps singular fields to their
    first match. While a list is open, ``in_list`` holds and ``list_field`` is its field, or None
    where its values are skipped.
    """

    __slots__ = (
        "append",
        "in_list",
        "kept_from",
        "kept_from_list",
        "list_field",
        "list_name",
        "list_start",
        "message",
        "name",
        "seen",
        "start",
        "table",
    )

    def __init__(
        self, name: str, start: int, message: Message | None, table: dict[str, Field]
    ) -> None:
        self.name = name
        self.start = start
        self.message: Any = message
        self.table = table
        self.seen: dict[str, int] = {}
        self.in_list = False
        self.list_field: Field | None = None
        self.list_name = ""
        self.list_start = 0
        self.append: Any = None
        self.kept_from = -1
        self.kept_from_list = -1

    @property
    def type_name(self) -> str:
        """The message type, for errors."""
        return self.table.name if isinstance(self.table, MessageTable) else self.name


_NOTHING: dict[str, Field] = {}


class Builder:
    """Builds one message; ``faults`` and ``notices`` are pairs of an offset and a sentence.

    ``unknown_top`` are the top-level fields that the message lacks, with their offsets. The rest
    is for going on after a fault: ``reread`` is where a field begins that was taken for the value
    of the one before it, or -1, and ``reread_block`` the name of that one if it is a block whose
    brace is missing; ``bad_end`` is where the last value ends that did not fit; ``closed`` is the
    block that was closed last, with the place of its brace.
    Without a message nothing is built, and the text's syntax alone is looked at.
    """

    def __init__(self, message: Message | None, text: str, unknown: str) -> None:
        self.text = text
        self.unknown = unknown
        self.faults: list[tuple[int, str]] = []
        self.notices: list[tuple[int, str]] = []
        self.unknown_top: list[tuple[str, int]] = []
        self.reread = -1
        self.reread_block = ""
        self.bad_end = -1
        self.closed: tuple[Frame, int] | None = None
        self.frame = self._frame("", 0, message)
        self.stack = [self.frame]
        self._too_deep = False

    def fault(self, start: int, sentence: str) -> None:
        """Note a fault; only the first at a place counts, those after it follow from it."""
        if any(start == other for other, _ in self.faults[-3:]):
            return
        self.faults.append((start, sentence))
        if len(self.faults) >= MAX_FAULTS:
            raise TooManyFaultsError

    # what the tokens mean

    def field(self, match: re.Match[str]) -> None:
        """``name: value``"""
        name, text = match.group("field_name", "field_value")
        frame = self.frame
        field = frame.table.get(name)
        if field is None:
            self._unknown_value(name, match)
            return
        value = field.known.get(text)
        if value is None:
            try:
                value = field.value(text)
            except BadValue as bad:
                frame.seen.setdefault(name, match.start())
                self._bad_field(field, bad, match)
                return
        if field.repeated:
            append = getattr(frame.message, name).append
        elif name in frame.seen:
            self._twice(name, match.start())
            return
        else:
            frame.seen[name] = match.start()
            append = None
        if field.is_string and isinstance(value, bytes):
            self._put_raw(field, value, match.start("field_value"))
        elif append is None:
            setattr(frame.message, name, value)
        else:
            append(value)

    def open(self, name: str, start: int) -> None:
        """``name {``"""
        frame = self.frame
        field = frame.table.get(name)
        if field is None and frame.message is not None and self._moved(name, start, True):
            frame = self.frame
            field = frame.table.get(name)
        message: Any = None
        if field is None:
            # a block without a name is there after a fault only, which has been noted
            kept = bool(name) and self.unknown_name(name, start)
            self._push(name, start, None)
            if kept:
                self.frame.kept_from = start
            return
        if not field.is_message:
            self.fault(start, hints.not_a_block(name, field))
        elif field.repeated:
            message = getattr(frame.message, name).add()
        else:
            message = getattr(frame.message, name)
            message.SetInParent()
            if name in frame.seen:
                self._twice(name, start)
            else:
                frame.seen[name] = start
        self._push(name, start, message)

    def close(self, end: int) -> None:
        """``}``"""
        if len(self.stack) == 1:
            # blocks that were left because a brace is missing are open to the parser still
            self.fault(end - 1, 'unexpected "}": no block is open here')
            return
        frame = self.stack.pop()
        self.frame = self.stack[-1]
        self.closed = (frame, end - 1)
        if frame.kept_from >= 0:
            extras.attach(self.frame.message, self.text[frame.kept_from : end])

    def open_list(self, name: str, start: int, colon: bool) -> None:
        """``name: [``"""
        frame = self.frame
        frame.in_list = True
        frame.list_name = name
        frame.list_start = start
        frame.list_field = None
        frame.kept_from_list = -1
        field = frame.table.get(name)
        if field is None:
            if self.unknown_name(name, start):
                frame.kept_from_list = start
        elif not field.repeated:
            self.fault(start, f'"{name}" takes one {hints.kind(field)}, found a list')
        elif not field.is_message and not colon:
            self.fault(start, f'expected ":" after "{name}", found "["')
        else:
            frame.list_field = field
            frame.append = getattr(frame.message, name).append

    def item(self, match: re.Match[str]) -> None:
        """A value in a list."""
        frame = self.frame
        field = frame.list_field
        if field is None:
            return
        text = match["item_value"]
        value = field.known.get(text)
        if value is None:
            try:
                value = field.value(text)
            except BadValue as bad:
                self._bad_value(field, bad, text, match.start())
                return
            if field.is_string and isinstance(value, bytes):
                self._put_raw(field, value, match.start())
                return
        frame.append(value)

    def open_item(self, start: int) -> None:
        """``{`` in a list."""
        field = self.frame.list_field
        message: Any = None
        if field is not None:
            if field.is_message:
                message = getattr(self.frame.message, field.name).add()
            else:
                self.fault(start, f'expected {hints.a_kind(field)}, found "{{"')
        self._push(self.frame.list_name, start, message)

    def close_list(self, end: int) -> None:
        """``]``"""
        frame = self.frame
        frame.in_list = False
        if frame.kept_from_list >= 0:
            extras.attach(frame.message, self.text[frame.kept_from_list : end])

    # faults of meaning

    @staticmethod
    def _frame(name: str, start: int, message: Message | None) -> Frame:
        if message is None:
            return Frame(name, start, None, _NOTHING)
        return Frame(name, start, message, table_of(message.DESCRIPTOR))

    def _push(self, name: str, start: int, message: Message | None) -> None:
        if len(self.stack) > MAX_DEPTH:
            if not self._too_deep:
                self._too_deep = True
                self.fault(start, f"blocks are nested more than {MAX_DEPTH} deep")
            message = None
        self.frame = self._frame(name, start, message)
        self.stack.append(self.frame)

    def _twice(self, name: str, start: int) -> None:
        first = hints.line_of(self.text, self.frame.seen[name])
        self.fault(start, f'"{name}" may be given once only; it is given first on line {first}')

    def _bad_field(self, field: Field, bad: BadValue, match: re.Match[str]) -> None:
        text = match["field_value"]
        start = match.start("field_value")
        if text.isidentifier() and self.text[match.end() : match.end() + 1] in (*":{<[",):
            # "name:" without a value has taken the next field's name for it
            self.reread = start
            self.reread_block = field.name if field.is_message else ""
            self.fault(
                match.start(), f'"{field.name}" has no value: expected {hints.a_kind(field)}'
            )
            return
        self.bad_end = match.end("field_value")
        self._bad_value(field, bad, text, start)

    def _bad_value(self, field: Field, bad: BadValue, text: str, start: int) -> None:
        sentence = f'"{field.name}": {bad.message}{hints.for_value(field, bad, text)}'
        self.fault(start + bad.at, sentence)

    def _unknown_value(self, name: str, match: re.Match[str]) -> None:
        frame = self.frame
        if frame.message is None:
            return
        if self._moved(name, match.start(), False):
            self.field(match)
        elif self.unknown_name(name, match.start()):
            extras.attach(frame.message, self.text[match.start() : match.end("field_value")])

    def _put_raw(self, field: Field, value: bytes, start: int) -> None:
        try:
            extras.put_raw(self.frame.message, field.number, value)
        except UnicodeDecodeError:
            # protobuf's pure Python fallback; its usual implementation holds any bytes
            self.fault(start, f'"{field.name}": the string is no UTF-8')

    def unknown_name(self, name: str, start: int) -> bool:
        """Deal with a field that the message lacks; whether its text is to be kept."""
        frame = self.frame
        if frame.message is None:
            return False
        if len(self.stack) == 1:
            self.unknown_top.append((name, start))
        if self.unknown == "error":
            self.fault(start, hints.unknown_field(name, self.stack))
        elif self.unknown == "ignore":
            self.notices.append((start, f'{frame.type_name} has no field "{name}"; ignored'))
        else:
            return True
        return False

    def _moved(self, name: str, start: int, block: bool) -> bool:
        """Go to the block that ``name`` belongs to, if a brace before it is amiss."""
        return self._reopen(name, start) or self._leave_to(name, start, block)

    def _reopen(self, name: str, start: int) -> bool:
        """Take back the ``}`` before ``name``, if there is one too many."""
        if self.closed is None or self.unknown != "error":
            return False
        frame, brace = self.closed
        if not hints.closed_too_early(self.text, frame, brace, name, start):
            return False
        line = hints.line_of(self.text, frame.start)
        self.fault(
            brace,
            f'unexpected "}}": it ends the block "{frame.name}" of line {line} before "{name}"',
        )
        self.stack.append(frame)
        self.frame = frame
        self.closed = None
        return True

    def _leave_to(self, name: str, start: int, block: bool) -> bool:
        """Close the blocks that a missing ``}`` has left open before ``name``, if it is so."""
        # where unknown fields may be, the name alone is no proof
        block = block and self.unknown == "error"
        depth = hints.missing_brace(self.text, self.stack, name, start, block)
        if depth is None:
            return False
        self.fault(start, hints.unclosed(self.text, self.stack[depth + 1 :], start, name))
        del self.stack[depth + 1 :]
        self.frame = self.stack[-1]
        # an element of a list may be among the blocks left; the parser is inside of it still
        self.frame.in_list = False
        return True


class Actions:
    """What the parser calls: a terminal's action as it is shifted, a rule's as it is reduced."""

    def FIELD(self, token: Lexeme) -> None:
        token.builder.field(token.match)  # type: ignore[arg-type]

    def OPEN(self, token: Lexeme) -> None:
        match = token.match
        if match is None:
            token.builder.open(token.name, token.start)
        else:
            token.builder.open(match["open_name"], match.start())

    def OPEN_ANGLE(self, token: Lexeme) -> None:
        match = token.match
        if match is None:
            token.builder.open(token.name, token.start)
        else:
            token.builder.open(match["angle_name"], match.start())

    def CLOSE(self, token: Lexeme) -> None:
        match = token.match
        token.builder.close(match.start() + 1 if match is not None else token.start)

    CLOSE_ANGLE = CLOSE

    def LIST_OPEN(self, token: Lexeme) -> None:
        match = token.match
        if match is not None:
            colon = match["list_colon"] is not None
            token.builder.open_list(match["list_name"], match.start(), colon)

    def LIST_CLOSE(self, token: Lexeme) -> None:
        match = token.match
        token.builder.close_list(match.start() + 1 if match is not None else token.start)

    def VALUE(self, token: Lexeme) -> None:
        if token.match is not None:
            token.builder.item(token.match)

    def BRACE(self, token: Lexeme) -> None:
        match = token.match
        token.builder.open_item(match.start() if match is not None else token.start)

    ANGLE = BRACE

    def nothing(self, children: list[None]) -> None:
        """Rules add nothing: their tokens have done it all."""

    start = body = separator = list = values = messages = message = nothing
