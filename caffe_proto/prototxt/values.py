"""The text of a scalar into its value, as a field of a given type takes it.

Each reader gets the text that ``prototxt.lark`` calls a value (adjacent strings, a number or an
identifier, perhaps behind a minus) and raises :class:`BadValue` where Caffe's parser, the C++
text format of protobuf 3.21, refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from caffe_proto.errors import did_you_mean

__all__ = [
    "SKIP",
    "BadValue",
    "EnumReader",
    "one_of",
    "read_bool",
    "read_bytes",
    "read_double",
    "read_string",
    "shown",
    "signed_reader",
    "unsigned_reader",
]

SKIP = re.compile(r"[ \t\r\n\f\v]*(?:#[^\n\0]*(?:\n[ \t\r\n\f\v]*|\Z))*")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_INTEGER = re.compile(r"(?:0[xX][0-9a-fA-F]+|[0-9]+)\Z")
_STRING = re.compile(
    r""""([^"\\\n\0]*(?:\\[^\n\0][^"\\\n\0]*)*)"|'([^'\\\n\0]*(?:\\[^\n\0][^'\\\n\0]*)*)'"""
)
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\?'\"])|([0-7]{1,3})|x([0-9a-fA-F]{1,2})"
    r"|u([0-9a-fA-F]{4})|U(00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}))"
)
_SIMPLE = {
    "a": b"\a",
    "b": b"\b",
    "f": b"\f",
    "n": b"\n",
    "r": b"\r",
    "t": b"\t",
    "v": b"\v",
    "\\": b"\\",
    "?": b"?",
    "'": b"'",
    '"': b'"',
}


class BadValue(Exception):
    """A value that its field does not take: what is wrong, and how far into the text."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


def shown(text: str, limit: int = 40) -> str:
    """``text`` as an error quotes it: on one line, cut where it is long."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _split_sign(text: str) -> tuple[str, str]:
    """``-`` or nothing, and what follows it: space and comments may stand between."""
    if text[0] != "-":
        return "", text
    space = SKIP.match(text, 1)
    return "-", text[space.end() if space else 1 :]


def _read_integer(text: str, low: int, high: int) -> int:
    wanted = f"expected an integer from {low} to {high}"
    if low < 0:
        sign, digits = _split_sign(text)
    else:
        # an unsigned field takes no minus at all, not even before 0
        sign, digits = "", text
    if not _INTEGER.match(digits):
        hint = ""
        if digits[0] in "\"'":
            if re.fullmatch(r"-?[0-9]+", digits[1:-1]):
                hint = f"; write it without quotes: {digits[1:-1]}"
        elif re.fullmatch(r"[0-9]+\.0*", digits):
            hint = f"; write it without a point: {sign}{digits.partition('.')[0]}"
        raise BadValue(f"{wanted}, found {shown(text)}{hint}")
    if len(digits) > 1 and digits[0] == "0":
        base = 16 if digits[1] in "xX" else 8
        digits = digits.lstrip("0xX") or "0"
    else:
        base = 10
    # twenty-two octal digits are the longest that fit 64 bits; a million would take minutes
    value = int(digits, base) if len(digits) <= 22 else high + 1
    if sign:
        value = -value if len(digits) <= 22 else low - 1
    if not low <= value <= high:
        raise BadValue(f"{wanted}, found {shown(text)}, which is out of range")
    return value


def signed_reader(bits: int) -> Callable[[str], int]:
    """A reader of signed integers: decimal, ``0x`` hexadecimal or ``0`` octal."""
    low, high = -(1 << bits - 1), (1 << bits - 1) - 1

    def read(text: str) -> int:
        if len(text) < 10 and _DECIMAL.match(text):
            return int(text)
        return _read_integer(text, low, high)

    return read


def unsigned_reader(bits: int) -> Callable[[str], int]:
    """A reader of unsigned integers: decimal, ``0x`` hexadecimal or ``0`` octal."""
    high = (1 << bits) - 1

    def read(text: str) -> int:
        if len(text) < 10 and text[0] != "-" and _DECIMAL.match(text):
            return int(text)
        return _read_integer(text, 0, high)

    return read


def read_double(text: str) -> float:
    """A float or double: a decimal number, ``inf``, ``infinity`` or ``nan`` in any case."""
    sign, digits = _split_sign(text)
    first = digits[0]
    if first in "\"'":
        bare = digits[1:-1]
        hint = (
            f"; write it without quotes: {bare}"
            if re.fullmatch(r"-?[0-9.]+(?:[eE][-+]?[0-9]+)?", bare)
            else ""
        )
        raise BadValue(f"expected a number, found {shown(text)}{hint}")
    if first.isdigit() or first == ".":
        if len(digits) > 1 and first == "0" and digits[1] in "xX01234567":
            # Caffe takes hexadecimal and octal for integer fields only
            raise BadValue(f"expected a decimal number, found {shown(text)}")
        number = float(digits[:-1] if digits[-1] in "fF" else digits)
    elif digits.lower() in ("inf", "infinity", "nan"):
        number = float(digits)
    else:
        raise BadValue(f"expected a number, found {shown(text)}")
    return -number if sign else number


_BOOLS = {"true": True, "True": True, "t": True, "false": False, "False": False, "f": False}


def read_bool(text: str) -> bool:
    """A bool: ``true``, ``True``, ``t``, ``1`` and their opposites."""
    if text in _BOOLS:
        return _BOOLS[text]
    if _INTEGER.match(text):
        digits = text[2:] if text[1:2] in ("x", "X") else text
        digits = digits.lstrip("0") or "0"
        if digits in ("0", "1"):
            return digits == "1"
    bare = text.strip("\"'").lower()
    hint = f"; write {bare}" if bare in ("true", "false") else ""
    raise BadValue(f"expected true or false, found {shown(text)}{hint}")


class EnumReader:
    """A reader of one enum's values, by name or by number."""

    def __init__(self, name: str, values: dict[str, int]) -> None:
        self.name = name
        self.values = values
        self._numbers = frozenset(values.values())

    def __call__(self, text: str) -> int:
        if text in self.values:
            return self.values[text]
        _, digits = _split_sign(text)
        if _INTEGER.match(digits):
            number = _read_integer(text, -(1 << 31), (1 << 31) - 1)
            if number in self._numbers:
                return number
        raise BadValue(f"{self.name} has no value {shown(text)}{self._hint(text)}")

    def _hint(self, text: str) -> str:
        bare = text.strip("\"'")
        alike = {name.replace("_", "").lower(): name for name in self.values}
        meant = alike.get(bare.replace("_", "").lower())
        if meant is not None and bare != text:
            return f"; write it without quotes: {meant}"
        known = f"; expected {one_of(self.values)}" if len(self.values) <= 8 else ""
        if meant is not None:
            return f'; did you mean "{meant}"?'
        return did_you_mean(bare, self.values) or known


def one_of(names: Iterable[str], limit: int = 8) -> str:
    """``A, B or C``, cut where there are many."""
    known = list(names)
    if len(known) > limit:
        return "one of " + ", ".join(known[:limit]) + ", ..."
    return " or ".join([", ".join(known[:-1]), known[-1]]) if len(known) > 1 else known[0]


def _unescape(body: str, start: int, out: list[bytes]) -> None:
    """Append the bytes of a string's inside; ``start`` is its offset in the value."""
    pos = 0
    while True:
        slash = body.find("\\", pos)
        plain = body[pos:] if slash < 0 else body[pos:slash]
        try:
            out.append(plain.encode("utf-8", "surrogateescape"))
        except UnicodeEncodeError as error:
            raise BadValue(
                "expected text, found half of a surrogate pair, which is no character",
                start + pos + error.start,
            ) from None
        if slash < 0:
            return
        match = _ESCAPE.match(body, slash)
        if match is None:
            raise BadValue(
                f"invalid escape sequence {shown(body[slash : slash + 2])} in a string;"
                ' a backslash is written "\\\\"',
                start + slash,
            )
        pos = match.end()
        simple, octal, hexadecimal, short, long = match.groups()
        if simple:
            out.append(_SIMPLE[simple])
        elif octal:
            # C++ keeps the low eight bits of \777
            out.append(bytes([int(octal, 8) & 255]))
        elif hexadecimal:
            out.append(bytes([int(hexadecimal, 16)]))
        else:
            code = int(short or long, 16)
            if 0xD800 <= code < 0xDC00:
                low = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})").match(body, pos)
                if low:
                    code = 0x10000 + ((code - 0xD800) << 10) + (int(low[1], 16) - 0xDC00)
                    pos = low.end()
            out.append(chr(code).encode("utf-8", "surrogatepass"))


def read_bytes(text: str) -> bytes:
    """One string or several adjacent ones, with their escapes resolved."""
    if text[0] not in "\"'":
        raise BadValue(f'expected a string in quotes, found {shown(text)}; write "{shown(text)}"')
    out: list[bytes] = []
    pos = 0
    while pos < len(text):
        match = _STRING.match(text, pos)
        if match is None:
            raise BadValue(f"expected a string, found {shown(text[pos:])}", pos)
        _unescape(match[1] if match[1] is not None else match[2], pos + 1, out)
        space = SKIP.match(text, match.end())
        pos = space.end() if space else match.end()
    return b"".join(out)


def read_string(text: str) -> str | bytes:
    """A string; ``bytes`` where it is no UTF-8, which Caffe takes as it is."""
    quote = text[0]
    if (
        (quote == '"' or quote == "'")
        and text[-1] == quote
        and "\\" not in text
        and text.count(quote) == 2
        and text.isascii()
    ):
        return text[1:-1]
    data = read_bytes(text)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data
