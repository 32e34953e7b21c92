"""What several subcommands share: options that choose a net's state, printing, JSON."""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

__all__ = ["console", "net_options", "print_json", "visible", "write_anywhere"]

F = TypeVar("F", bound=Callable[..., Any])


def net_options(command: F) -> F:
    """The options ``--phase``, ``--level``, ``--stage`` and ``--allow-python-layers``."""
    for option in (
        click.option(
            "--allow-python-layers",
            is_flag=True,
            help="Import and run the code that Python layers name.",
        ),
        click.option("--stage", "stages", multiple=True, help="A stage of the state; repeatable."),
        click.option("--level", default=0, show_default=True, help="The level of the state."),
        click.option(
            "--phase",
            type=click.Choice(["TEST", "TRAIN"], case_sensitive=False),
            default="TEST",
            show_default=True,
            help="The phase to build the net in.",
        ),
    ):
        command = option(command)
    return command


def console() -> Any:
    """A rich console: the terminal's width and colours; on a pipe plain text, no line broken.

    Control characters in what it is given, such as a layer's name, are left out: a file must not
    command the terminal. (Tables count them as having no width.)
    """
    from rich.console import Console
    from rich.segment import Segment

    from caffe_proto.insight.fitting import UNLIMITED

    class SafeConsole(Console):
        def render(self, *args: Any, **kwargs: Any) -> Iterator[Segment]:
            for segment in super().render(*args, **kwargs):
                if segment.control or segment.text.isprintable():
                    yield segment
                else:
                    yield Segment(segment.text.translate(dict.fromkeys(CONTROL)), segment.style)

    if sys.stdout.isatty():
        return SafeConsole(highlight=False)
    return SafeConsole(highlight=False, width=UNLIMITED, color_system=None, legacy_windows=False)


# All but the tab and the line feed: they would move the cursor, colour or clear the screen.
CONTROL = {code: f"\\x{code:02x}" for code in [*range(32), *range(127, 160)] if code not in (9, 10)}


def visible(text: str) -> str:
    """``text`` with its control characters as escapes: a file must not command the terminal."""
    return text.translate(CONTROL)


def print_json(value: Any) -> None:
    """Print ``value`` as indented JSON; NaN and infinities become strings, which JSON can hold."""
    click.echo(json.dumps(_finite(value), indent=2, ensure_ascii=not speaks_unicode(sys.stdout)))


# One character for one, so that tables keep their columns.
PLAIN = str.maketrans("→×…·−²█▇▆▅▄▃▂▁─│–ᵗ√", ">x~*-2@#*+=-:.-|-t/")
PLAIN_ERRORS = "caffe_proto.plain"


def write_anywhere() -> None:
    """Let terminals that do not speak Unicode show a plain form of what they cannot, no fault.

    Arrows, bars and crosses have one; any other character is written as its escape.
    """
    # A closed stream (`>&-`) is None in Python.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    codecs.register_error(PLAIN_ERRORS, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # File names may hold bytes that are no UTF-8: they come out as they came in.
            if not speaks_unicode(stream):
                stream.reconfigure(errors=PLAIN_ERRORS)
            elif stream.errors == "strict":
                stream.reconfigure(errors="surrogateescape")


def speaks_unicode(stream: Any) -> bool:
    """Whether the stream can write every character."""
    try:
        return codecs.lookup(stream.encoding or "ascii").name.startswith("utf")
    except LookupError:
        return False


def _plain(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    text = fault.object[fault.start : fault.end].translate(PLAIN)
    return text.encode("ascii", "backslashreplace").decode("ascii"), fault.end


def _finite(value: Any) -> Any:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
