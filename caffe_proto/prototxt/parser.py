"""Text into messages: :func:`parse` and :func:`parse_file`."""

from __future__ import annotations

import bisect
import os
import re
import warnings
from typing import Any, Literal

from google.protobuf.message import Message

from caffe_proto.errors import CaffeProtoError, Fault, ParseError, UpgradeError, did_you_mean
from caffe_proto.prototxt import hints, wrongfile
from caffe_proto.prototxt.builder import Builder, TooManyFaultsError

__all__ = ["PrototxtWarning", "Unknown", "parse", "parse_file"]

Unknown = Literal["error", "ignore", "keep"]


class PrototxtWarning(UserWarning):
    """Something in a text that was read past: a byte order mark, a field that was ignored."""


def parse_file(
    path: str | os.PathLike[str],
    message: str | type[Message] | Message = "NetParameter",
    *,
    upgrade: bool = True,
    unknown: Unknown = "error",
) -> Any:
    """Read a prototxt file; the arguments are those of :func:`parse`.

    Raises ``OSError`` where the file cannot be read, and :class:`ParseError` also for a file
    without anything in it.
    """
    with open(path, "rb") as file:
        data = file.read()
    name = os.fspath(path)
    if not data.strip():
        raise ParseError(Fault("the file is empty", filename=name))
    return parse(data, message, upgrade=upgrade, unknown=unknown, filename=name)


def parse(
    text: str | bytes,
    message: str | type[Message] | Message = "NetParameter",
    *,
    upgrade: bool = True,
    unknown: Unknown = "error",
    filename: str = "<text>",
) -> Any:
    """The message that a text in protobuf's text format stands for, as Caffe reads it.

    ``message`` is the name of a message of the schema, a message class, or a message to add
    to. ``upgrade`` brings old formats of nets and solvers to the current one. ``unknown`` says
    what becomes of fields that the schema lacks: ``"error"``, ``"ignore"`` (with a
    :class:`PrototxtWarning` each) or ``"keep"`` (:func:`to_prototxt` prints them again).

    Raises :class:`ParseError` with all the faults of the text, each with its place, and
    :class:`UpgradeError` for an old format that cannot be upgraded.
    """
    if unknown not in ("error", "ignore", "keep"):
        raise ValueError(f'unknown is "error", "ignore" or "keep", not {unknown!r}')
    if not isinstance(text, (str, bytes, bytearray, memoryview)):
        raise TypeError(f"parse takes a text; parse_file reads a file. Received: {text!r}")
    target = message if isinstance(message, Message) else None
    built: Any = _message_class(message)()
    source = _decode(text, filename)
    builder = Builder(built, source, unknown)
    _run(source, builder)
    if builder.unknown_top:
        _check_kind(builder, filename)
    if builder.faults:
        if isinstance(text, str) and text.strip().endswith(".prototxt") and "\n" not in text:
            raise ParseError(Fault(f'"{text}" is the name of a file; parse_file reads files'))
        raise ParseError(_faults(builder, filename))
    if builder.notices:
        lines = _Lines(source)
        for start, sentence in builder.notices:
            place = lines.fault(start, sentence, filename)
            where = f"{filename}:{place.line}:{place.column}"
            warnings.warn(f"{where}: {sentence}", PrototxtWarning, stacklevel=2)
    if not built.IsInitialized():
        missing = ", ".join(built.FindInitializationErrors())
        raise ParseError(Fault(f"required fields are missing: {missing}", filename=filename))
    if upgrade:
        _upgrade(built, filename)
    if target is not None:
        target.MergeFrom(built)
        return target
    return built


def check_syntax(text: str | bytes, filename: str = "<text>") -> str:
    """The text, decoded, if it is a prototxt of whatever message; else raises ``ParseError``."""
    source = _decode(text, filename)
    builder = Builder(None, source, "ignore")
    _run(source, builder)
    if builder.faults:
        raise ParseError(_faults(builder, filename))
    return source


def _upgrade(message: Message, filename: str) -> None:
    """Bring a net or a solver to the current format; warn of what it loses by that."""
    kind = message.DESCRIPTOR.full_name
    if kind not in ("caffe.NetParameter", "caffe.SolverParameter"):
        return
    from caffe_proto.prototxt.upgrade import upgrade_net, upgrade_solver

    upgrade: Any = upgrade_net if kind == "caffe.NetParameter" else upgrade_solver
    try:
        report = upgrade(message)
    except UpgradeError as error:
        raise UpgradeError(f"{filename}: {error}") from error
    for problem in report.problems:
        warnings.warn(f"{filename}: {problem}", PrototxtWarning, stacklevel=3)


def _message_class(message: str | type[Message] | Message) -> type[Message]:
    if isinstance(message, Message):
        return type(message)
    if not isinstance(message, str):
        return message
    from caffe_proto.schema import caffe_pb2

    found: Any = caffe_pb2
    for part in message.removeprefix("caffe.").split("."):
        found = getattr(found, part, None)
    if isinstance(found, type) and issubclass(found, Message):
        return found
    names = caffe_pb2.DESCRIPTOR.message_types_by_name
    raise CaffeProtoError(f'the schema has no message "{message}"{did_you_mean(message, names)}')


def _decode(text: str | bytes, filename: str) -> str:
    if isinstance(text, (bytes, bytearray, memoryview)):
        data = bytes(text)
        # a look at its beginning first: a caffemodel of some GB is not worth decoding
        _check_kind_of_file(data[: wrongfile.HEAD].decode("utf-8", "surrogateescape"), filename)
        # bytes that are no UTF-8 (Latin-1 comments, raw strings) come back out as they went in
        text = data.decode("utf-8", "surrogateescape")
    else:
        _check_kind_of_file(text, filename)
    if text.startswith("\ufeff"):
        warnings.warn(
            f"{filename}:1:1: skipped a byte order mark, which Caffe itself refuses",
            PrototxtWarning,
            stacklevel=3,
        )
        text = text[1:]
    return text


def _check_kind_of_file(head: str, filename: str) -> None:
    wrong = wrongfile.recognise(head)
    if wrong:
        raise ParseError(Fault(wrong, filename=filename))


def _run(text: str, builder: Builder) -> None:
    """Read ``text`` into ``builder``, which notes the faults."""
    # lark takes longer to import than most texts to read
    from lark.exceptions import UnexpectedInput

    from caffe_proto.prototxt.grammar import parser
    from caffe_proto.prototxt.lexer import Source

    source: Any = Source(text, builder)
    recovery: Any = None

    def on_error(error: UnexpectedInput) -> bool:
        nonlocal recovery
        if recovery is None:
            from caffe_proto.prototxt.recovery import Recovery

            recovery = Recovery(source, builder)
        handled: bool = recovery.handle(error)
        return handled

    try:
        parser().parse(source, on_error=on_error)
    except TooManyFaultsError:
        builder.faults.append((builder.faults[-1][0], "too many faults; the rest is not looked at"))
    except UnexpectedInput:
        # the end of the text, inside of a block
        if not builder.faults:
            raise


def _check_kind(builder: Builder, filename: str) -> None:
    """Raise if the text is that of another message than the one asked for."""
    root = builder.stack[0]
    names = [*root.seen, *(name for name, _ in builder.unknown_top)]
    other = hints.other_message(names, root.message.DESCRIPTOR)
    if other:
        first, start = builder.unknown_top[0]
        said = (
            f'this is no {root.type_name} but a {other}: it has the field "{first}";'
            f' to read it as such: message="{other}"'
        )
        raise ParseError(_Lines(builder.text).fault(start, said, filename))


class _Lines:
    """Offsets in a text to its lines: found once, then looked up."""

    def __init__(self, text: str) -> None:
        self.text = text
        # a text without any LF has CR for line ends
        newline = "\n" if "\n" in text else "\r"
        self._begins = [0, *(match.end() for match in re.finditer(newline, text))]
        # faults on one line share its text, which may be all of the file
        self._texts: dict[int, str] = {}

    def fault(self, start: int, sentence: str, filename: str) -> Fault:
        """The fault at an offset."""
        line = bisect.bisect_right(self._begins, start)
        begin = self._begins[line - 1]
        end = self._begins[line] - 1 if line < len(self._begins) else len(self.text)
        shown = self._texts.setdefault(line, self.text[begin:end])
        return Fault(sentence, line, start - begin + 1, filename, shown)


def _faults(builder: Builder, filename: str) -> list[Fault]:
    lines = _Lines(builder.text)
    return [lines.fault(start, said, filename) for start, said in sorted(builder.faults)]
