"""What several subcommands share: options that choose a net's state, printing, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["console", "net_options", "print_json"]

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


def console(width: int = 160) -> Any:
    """A rich console: the terminal's width and colours, or plain text of ``width`` on a pipe."""
    from rich.console import Console

    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, width=width, color_system=None, legacy_windows=False)


def print_json(value: Any) -> None:
    """Print ``value`` as indented JSON; NaN and infinities become strings, which JSON can hold."""
    click.echo(json.dumps(_finite(value), indent=2, ensure_ascii=False))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
