"""Faults of syntax: what was expected where the grammar has no way on, and where to go on.

The grammar's tokens are coarse, so the text around the fault is looked at anew here, to say what
is wrong in it. Then reading goes on at the next place that begins a field or ends a block, with
blocks opened or closed as they were meant, so that one fault does not bring a dozen with it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from lark.exceptions import UnexpectedInput

from caffe_proto.prototxt import hints
from caffe_proto.prototxt.builder import Builder, Frame
from caffe_proto.prototxt.lexer import INVALID, Lexeme, Source
from caffe_proto.prototxt.values import SKIP, shown

__all__ = ["Recovery"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PIECE = re.compile(
    r"\"(?:[^\"\\\n\0]|\\[^\n\0])*\"|'(?:[^'\\\n\0]|\\[^\n\0])*'|[A-Za-z0-9_.]+|(?s:.)"
)
_WORD = re.compile(r"[^\s:{}<>\[\],;=#\"']*")
_NUMBER = re.compile(r"(?:[0-9]|\.[0-9])(?:[eE][+-]|[A-Za-z0-9_.])*")
_LINE_END = re.compile(r"[\r\n]|\Z")
_BEGINS_FIELD = frozenset({"FIELD", "OPEN", "OPEN_ANGLE", "LIST_OPEN"})
_ENDS_BLOCK = frozenset({"CLOSE", "CLOSE_ANGLE"})


class Recovery:
    """Deals with one parse's faults of syntax; ``handle`` is lark's ``on_error``."""

    def __init__(self, source: Source, builder: Builder) -> None:
        self.source = source
        self.builder = builder
        self.text = source.text
        self._resumed_at = -1
        self._tried = (-1, 0)

    def handle(self, error: UnexpectedInput) -> bool:
        """Note the fault and set the parser up to go on; False at the end of the text."""
        token: Any = getattr(error, "token", None)
        parser: Any = error.interactive_parser
        frame = self.builder.frame
        if not isinstance(token, Lexeme):
            self._end_of_text(frame)
            return False
        if self.builder.reread >= 0:
            self.source.pos, self.builder.reread = self.builder.reread, -1
            if self.builder.reread_block:
                self._feed(parser, "OPEN", self.source.pos, self.builder.reread_block)
            return True
        start = token.start if token.match is None else token.match.start()
        at, times = self._tried
        self._tried = (start, times + 1 if start == at else 0)
        if times > 2 and start == at:
            # closing what seems open has not helped here: leave this piece out
            self._go_on_at(self._skip(self._piece_end(start)))
        elif frame.in_list:
            self._in_list(token, start, parser, frame)
        elif token.type in _ENDS_BLOCK:
            self._wrong_close(token, start, parser, frame)
        elif token.type in ("BRACE", "ANGLE"):
            self._nameless(token, start, parser)
        else:
            self._in_body(start, parser, frame)
        return True

    # ends

    def _end_of_text(self, frame: Frame) -> None:
        end = len(self.text)
        if frame.in_list:
            line = hints.line_of(self.text, frame.list_start)
            self.builder.fault(
                end,
                f'missing "]": the list "{frame.list_name}" that begins on line {line}'
                " is not closed",
            )
        elif len(self.builder.stack) > 1:
            self.builder.fault(end, hints.unclosed(self.text, self.builder.stack[1:], end))

    def _wrong_close(self, token: Lexeme, start: int, parser: Any, frame: Frame) -> None:
        found = self.text[start]
        if len(self.builder.stack) == 1:
            self.builder.fault(start, f'unexpected "{found}": no block is open here')
            return
        if "$END" in parser.choices():
            # the end of a block that was taken up again after a brace too many
            self.builder.close(start + 1)
            return
        line = hints.line_of(self.text, frame.start)
        meant, kind = ("}", "CLOSE") if found == ">" else (">", "CLOSE_ANGLE")
        self.builder.fault(
            start,
            f'expected "{meant}" to close the block "{frame.name}" that begins on line {line},'
            f' found "{found}"',
        )
        self._feed(parser, kind, start + 1)

    def _nameless(self, token: Lexeme, start: int, parser: Any) -> None:
        if start != self._resumed_at:
            self.builder.fault(start, f'expected a field name, found "{self.text[start]}"')
        kind = "OPEN" if token.type == "BRACE" else "OPEN_ANGLE"
        self._feed(parser, kind, start)

    # inside a list

    def _in_list(self, token: Lexeme, start: int, parser: Any, frame: Frame) -> None:
        text = self.text
        expected = parser.choices()
        found = text[start]
        field = frame.list_field
        line = hints.line_of(text, frame.list_start)
        what = f'the list "{frame.list_name}" that begins on line {line}'
        if token.type == "VALUE" and "COMMA" in expected:
            self.builder.fault(start, f'expected "," or "]" in {what}, found {shown(found)}')
            self._feed(parser, "COMMA", start)
            self.source.pos = start
            return
        if token.type == "SEMICOLON" and "COMMA" in expected:
            self.builder.fault(start, 'expected "," between the values of a list, found ";"')
            self._feed(parser, "COMMA", start)
            return
        if token.type == "LIST_CLOSE":
            wanted = hints.a_kind(field) if field else "a value"
            self.builder.fault(start, f'expected {wanted} after ",", found "]"')
            self._close_list(parser, start + 1)
            return
        if token.type in _BEGINS_FIELD or token.type in _ENDS_BLOCK:
            self.builder.fault(start, f'missing "]": {what} is not closed')
            self._close_list(parser, start)
            self.source.pos = start
            return
        if token.type == INVALID:
            if not self._bad_character(start):
                self._bad_value(start, frame.list_name)
        else:
            self.builder.fault(start, f'expected "," or "]" in {what}, found {shown(found)}')
        pos = start
        while True:
            pos = self._skip(self._piece_end(pos))
            if pos >= len(text):
                self.source.pos = pos
                return
            match = self.source.pattern.match(text, pos) if self.source.pattern else None
            kind = match.lastgroup if match else None
            if kind == "LIST_CLOSE":
                self._close_list(parser, pos + 1)
                self.source.pos = match.end() if match else pos
                return
            if kind in _BEGINS_FIELD or kind in _ENDS_BLOCK:
                self._close_list(parser, pos)
                self.source.pos = pos
                return

    def _close_list(self, parser: Any, end: int) -> None:
        for kinds in (
            ("LIST_CLOSE",),
            ("VALUE", "LIST_CLOSE"),
            ("BRACE", "CLOSE", "LIST_CLOSE"),
        ):
            if kinds[0] in parser.choices():
                for kind in kinds:
                    self._feed(parser, kind, end)
                return

    # inside a block

    def _in_body(self, start: int, parser: Any, frame: Frame) -> None:
        """A fault where a field should begin: find out what is there, note it, go on."""
        bad_end = self.builder.bad_end
        if bad_end >= 0 and 0 <= start - bad_end < 9 and not self.text[bad_end:start].strip(" \t"):
            # the rest of a value without quotes, of which the fault is known
            self._resume(start)
            return
        if self._bad_character(start):
            self._resume(start)
            return
        text = self.text
        name = _NAME.match(text, start)
        if name is None and text[start] == ")" and self._opened_with(frame) == "(":
            self.builder.fault(start, f'expected "}}" to close "{frame.name}", found ")"')
            self._feed(parser, "CLOSE", start + 1)
            self.source.pos = self._skip(start + 1)
            return
        if name is None:
            self._not_a_name(start)
            self._resume(start)
            return
        after = self._skip(name.end())
        found = text[after : after + 1]
        field = frame.table.get(name[0])
        if found == "-" and after == name.end() and text[after + 1 : after + 2].isalpha():
            word = text[start : self._word_end(start)]
            self.builder.fault(
                after, f'a field name has no "-": found {word}; write {word.replace("-", "_")}?'
            )
            start = self._skip(start + len(word))
            if text[start : start + 1] in ("{", "<"):
                self._go_on_at(start)
                return
        elif found > "\x7f" and after == name.end():
            self._bad_character(after)
            start = self._word_end(start)
        elif found == ":":
            value = self._skip(after + 1)
            if field is None:
                self.builder.unknown_name(name[0], start)
            if not self._bad_character(value):
                self._bad_value(value, name[0])
        elif field is not None and field.is_message:
            self._expect_block(name[0], start, after, parser)
            return
        else:
            wanted = '":"' if field is not None else '":" or "{"'
            self.builder.fault(
                after if found else len(text),
                f'expected {wanted} after "{name[0]}", found {self._found(after)}',
            )
        self._resume(start)

    def _expect_block(self, name: str, start: int, after: int, parser: Any) -> None:
        """``layer`` without its brace: take the block as open, so that its end fits."""
        self.builder.fault(after, f'expected "{{" after "{name}", found {self._found(after)}')
        found = self.text[after : after + 1]
        # what stands in the brace's place, or before it
        instead = found in ("=", "(", "[", "-", ".")
        pos = self._skip(after + 1) if instead else after
        brace = self.text[pos : pos + 1]
        kind = "OPEN_ANGLE" if brace == "<" else "OPEN"
        if brace in ("{", "<"):
            pos = self._skip(pos + 1)
        elif found and not instead and not _NAME.match(self.text, pos):
            self._resume(after)
            return
        self._feed(parser, kind, start, name=name)
        self.source.pos = pos

    def _opened_with(self, frame: Frame) -> str:
        at = self._skip(frame.start + len(frame.name))
        return self.text[at : at + 1]

    def _not_a_name(self, start: int) -> None:
        text = self.text
        char = text[start]
        if char == "[":
            sentence = 'expected a field name, found "["; a list needs a name before it'
        elif char in ",;":
            sentence = (
                f'expected a field name, found "{char}"; one separator at most may follow a field'
            )
        elif char in "\"'" and not _PIECE.match(text, start, self._line_end(start))[0][1:]:  # type: ignore[index]
            sentence = "a string is not closed on its line"
        else:
            sentence = f"expected a field name, found {self._found(start)}"
            if char.isdigit() and re.search(r"[0-9],\Z", text[max(start - 9, 0) : start]):
                sentence += '; a decimal number has a point, no ","'
        self.builder.fault(start, sentence)

    def _bad_value(self, start: int, name: str) -> None:
        """Say what is wrong with a value that the grammar has no terminal for."""
        text = self.text
        field = self.builder.frame.table.get(name)
        wanted = hints.a_kind(field) if field is not None else "a value"
        char = text[start : start + 1]
        number = _NUMBER.match(text, start)
        if char == "-" and number is None:
            behind = self._skip(start + 1)
            number = _NUMBER.match(text, behind)
            if number is None:
                self.builder.fault(
                    start, f'expected {wanted} for "{name}", found {self._found(start)}'
                )
                return
        if number is not None:
            self.builder.fault(number.start(), _bad_number(number[0], name))
        elif char and char in "\"'":
            end = self._line_end(start)
            nul = text.find("\0", start, end)
            if nul >= 0:
                self.builder.fault(nul, f'"{name}": the string holds a NUL character; write \\0')
                return
            tail = "" if end < len(text) else " and the text ends there"
            self.builder.fault(
                start, f'"{name}": the string is not closed on its line{tail}; expected {char}'
            )
        elif char == "+":
            self.builder.fault(start, f'"{name}": a number has no "+" before it')
        else:
            self.builder.fault(start, f'expected {wanted} for "{name}", found {self._found(start)}')

    def _bad_character(self, start: int) -> bool:
        """Note what may stand nowhere: other comments, control and non-ASCII characters."""
        text = self.text
        char = text[start : start + 1]
        if not char:
            return False
        if char == "#":
            nul = text.find("\0", start)
            self.builder.fault(nul, "a comment holds a NUL character")
        elif text.startswith(("//", "/*"), start):
            self.builder.fault(
                start, f'found "{text[start : start + 2]}"; a comment begins with "#"'
            )
        elif char < " " or char == "\x7f":
            self.builder.fault(start, f"found the control character U+{ord(char):04X}")
        elif char > "\x7f":
            self.builder.fault(start, f"found {_character(char)} outside of a string")
        else:
            return False
        return True

    # going on

    def _resume(self, start: int) -> None:
        """Set the lexer to the next place, behind the fault at ``start``, that reads as sense."""
        text, pattern = self.text, self.source.pattern
        pos = start
        if text.startswith("/*", start):
            end = text.find("*/", start)
            self._go_on_at(self._skip(end + 2) if end >= 0 else len(text))
            return
        to_line_end = text.startswith(("//", "#"), start)
        while pos < len(text):
            char = text[pos]
            if to_line_end:
                end = self._line_end(pos)
            elif char in "\"'" and _PIECE.match(text, pos)[0] == char:  # type: ignore[index]
                # the string that is not closed ends with its line, or at a brace on it
                end = self._string_end(pos)
            else:
                end = self._piece_end(pos)
            new = self._skip(end)
            crossed = "\n" in text[end:new] or "\r" in text[end:new] or to_line_end
            pos = new
            if pos >= len(text) or crossed:
                break
            match = pattern.match(text, pos) if pattern else None
            kind = match.lastgroup if match else None
            if kind in _BEGINS_FIELD or kind in _ENDS_BLOCK or kind in ("BRACE", "ANGLE"):
                break
        self._go_on_at(pos)

    def _go_on_at(self, pos: int) -> None:
        self._resumed_at = pos
        self.source.pos = pos

    def _string_end(self, start: int) -> int:
        """Where a string that is not closed on its line was meant to end, as a guess.

        At its quote, if a NUL before that is the fault, or if the next line has one before
        anything else that could be a field; at a brace on the line, which would close the block;
        else at the end of the line.
        """
        text = self.text
        end = self._line_end(start)
        if "\0" in text[start:end] and (quote := text.find(text[start], start + 1, end)) > 0:
            return quote + 1
        brace = text.find("}", start, end)
        if brace >= 0:
            return brace
        closing = text.find(text[start], end)
        if closing < 0 or re.search(r"[:{}\"'#]", text[end:closing]):
            return end
        behind = text[closing + 1 : self._line_end(closing)]
        return end if behind.strip() else closing + 1

    def _piece_end(self, pos: int) -> int:
        piece = _PIECE.match(self.text, pos)
        return piece.end() if piece else pos + 1

    def _word_end(self, pos: int) -> int:
        match = _WORD.match(self.text, pos)
        return match.end() if match else pos

    def _feed(self, parser: Any, kind: str, start: int, name: str = "") -> None:
        parser.feed_token(Lexeme(self.builder, kind, name, start))

    def _skip(self, pos: int) -> int:
        match = SKIP.match(self.text, pos)
        return match.end() if match else pos

    def _line_end(self, pos: int) -> int:
        match = _LINE_END.search(self.text, pos)
        return match.start() if match else len(self.text)

    def _found(self, pos: int) -> str:
        """What stands at ``pos``, as an error names it."""
        if pos >= len(self.text):
            return "the end of the text"
        piece = _PIECE.match(self.text, pos)
        word = piece[0] if piece else self.text[pos]
        if word[0] in "\"'" and len(word) > 1:
            return f"the string {shown(word)}"
        if len(word) == 1 and not word.isalnum():
            if word == '"':
                return "a quotation mark"
            return f'"{word}"' if word.isprintable() else f"U+{ord(word):04X}"
        return shown(word)


def _character(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"the byte 0x{code - 0xDC00:02X}, which is no UTF-8,"
    name = unicodedata.name(char, "")
    meant = {
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "：": ":",
        "，": ",",
        "；": ";",
        "\xa0": "a space",
    }
    hint = f" (write {meant[char]} instead)" if char in meant else ""
    return f"U+{code:04X} {name}{hint}".rstrip()


def _bad_number(text: str, name: str) -> str:
    if re.match(r"0[xX]", text):
        reason = "0x is followed by hexadecimal digits only"
    elif re.match(r"0[0-9]+\Z", text):
        reason = "a number that begins with 0 is octal and has the digits 0 to 7"
    elif re.match(r"[0-9.]*[eE](?:[+-]|\Z)", text) and not re.match(r"[0-9.]*[eE][+-]?[0-9]", text):
        reason = 'digits are missing after "e"'
    elif text.count(".") > 1:
        reason = "it has more than one point"
    elif re.match(r"[0-9.]+(?:[eE][+-]?[0-9]+)?[fF]?[A-Za-z_]", text):
        reason = "a number and a word need a space between them"
    else:
        reason = "it is no number"
    return f'"{name}": found {shown(text)}: {reason}'
