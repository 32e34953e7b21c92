"""Text into the coarse tokens of ``prototxt.lark``, one match each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lark.lexer import Lexer

from caffe_proto.prototxt.values import SKIP

if TYPE_CHECKING:
    from lark.common import LexerConf

    from caffe_proto.prototxt.builder import Builder

__all__ = ["INVALID", "Lexeme", "PrototxtLexer", "Source"]

INVALID = "INVALID"
"""Type of the token that stands for text which no terminal matches."""


class Lexeme:
    """The current token: its terminal, its match, and who builds from it.

    The parser looks at ``type`` alone and drops a token once it is shifted, so one object serves
    a whole text. The parser copies the positions below into its own token for the end of the
    text; nothing else reads them, as places are worked out from ``match`` when they are needed.
    """

    __slots__ = ("builder", "match", "name", "start", "type")

    line = column = end_line = end_column = start_pos = end_pos = 0

    def __init__(self, builder: Builder, type: str = "", name: str = "", start: int = 0) -> None:
        self.builder = builder
        self.type = type
        self.match: re.Match[str] | None = None
        # only of a token that is put in while recovering, which has no match
        self.name = name
        self.start = start


class Source:
    """A text being read: how far the lexer has come, and the builder that receives the tokens."""

    __slots__ = ("builder", "pattern", "pos", "text", "token")

    def __init__(self, text: str, builder: Builder) -> None:
        self.text = text
        self.builder = builder
        self.pos = 0
        self.token = Lexeme(builder)
        self.pattern: re.Pattern[str] | None = None


class PrototxtLexer(Lexer):
    """Yields tokens from ``source.pos`` on; a parser that recovers sets it and lexes again."""

    def __init__(self, lexer_conf: LexerConf) -> None:
        terminals = sorted(lexer_conf.terminals, key=lambda t: -t.priority)
        self.pattern = re.compile(
            "|".join(f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in terminals)
        )

    def lex(self, source: Source) -> Iterator[Lexeme]:  # type: ignore[override]
        text, token = source.text, source.token
        source.pattern = self.pattern
        match_at = self.pattern.match
        space = SKIP.match(text, source.pos)
        pos = source.pos = space.end() if space else source.pos
        size = len(text)
        while pos < size:
            match = match_at(text, pos)
            token.match = match
            if match is None:
                token.type = INVALID
                token.start = pos
                yield token
                return
            token.type = match.lastgroup  # type: ignore[assignment]
            source.pos = pos = match.end()
            yield token
