"""Caffe's own flag spellings: ``-solver x``, ``-solver=x``, ``--sigint_effect=stop``."""

from __future__ import annotations

import re
from typing import ClassVar

import click

__all__ = ["BrewCommand", "CaffeCommand", "note", "stage_list"]

_FLAG = re.compile(r"--?([A-Za-z][\w-]*)(=.*)?", re.DOTALL)

# Flags of Caffe's logging library: what they turn on is how the log is written here anyway.
_LOG_SWITCHES = {"logtostderr", "alsologtostderr", "colorlogtostderr"}
_TRUE, _FALSE = {"true", "t", "yes", "y", "1"}, {"false", "f", "no", "n", "0"}
_LOG_VALUES = {"log_dir", "minloglevel", "stderrthreshold", "v", "vmodule", "logbuflevel"}

# The flags of the `caffe` command: each of its jobs takes all of them, and looks at its own.
_BREW = {"gpu", "solver", "model", "phase", "level", "stage", "snapshot", "weights", "iterations"}
_BREW |= {"sigint_effect", "sighup_effect"}


class CaffeCommand(click.Command):
    """A command whose long options may be written as Caffe's flags are.

    One dash does as two, underscores do as dashes, ``--gray=true`` does as ``--gray``,
    ``--gray=false`` and ``--nogray`` as nothing; flags of Caffe's logging are taken and, but for a
    note, have no effect.
    """

    #: Flags with a value that are taken, and have no effect but a note.
    idle_flags: ClassVar[frozenset[str]] = frozenset()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's, after the flags were brought to its spelling."""
        return super().parse_args(ctx, self._respelled(args))

    def _respelled(self, args: list[str]) -> list[str]:
        known = {name for param in self.params for name in param.opts if name.startswith("--")}
        switches = {
            name
            for param in self.params
            if isinstance(param, click.Option) and param.is_flag
            for name in param.opts
        }
        result: list[str] = []
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                return [*result, arg, *rest]
            match = _FLAG.fullmatch(arg)
            if match is None:
                result.append(arg)
                continue
            name, value = match[1], match[2] or ""
            bare = name.replace("-", "_")
            if bare.removeprefix("no") in _LOG_SWITCHES or bare in _LOG_VALUES:
                if bare in _LOG_VALUES and not value:
                    next(rest, None)
                if bare == "log_dir":
                    note("--log_dir is ignored; redirect the output, or see --log")
                continue
            option = "--" + name.replace("_", "-")
            if option not in known and bare in self.idle_flags:
                if not value:
                    next(rest, None)
                note(f"--{bare} is ignored, as by `caffe {self.name}`")
                continue
            given = value[1:].lower()
            if option in switches and given in _TRUE:
                result.append(option)
            elif option in switches and given in _FALSE:
                result = [earlier for earlier in result if earlier != option]
            elif option not in known and name.startswith("no") and f"--{option[4:]}" in switches:
                result = [earlier for earlier in result if earlier != f"--{option[4:]}"]
            else:
                result.append(option + value if option in known else arg)
        return result


class BrewCommand(CaffeCommand):
    """A job of the ``caffe`` command: flags of its other jobs are taken, and have no effect."""

    idle_flags = frozenset(_BREW)


def note(text: str) -> None:
    """Say something on stderr that is no part of the log."""
    click.echo(f"caffe-proto: note: {text}", err=True)


def stage_list(stages: tuple[str, ...]) -> list[str]:
    """The stages of ``--stage`` flags, each a list with commas."""
    return [name for text in stages for name in text.split(",") if name]
