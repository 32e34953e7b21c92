"""The log as pycaffe writes it: Caffe's lines on stderr."""

from __future__ import annotations

import logging
import os
import sys
from typing import TextIO, cast

from caffe_proto.solver import log as solver_log

__all__ = ["init_log", "log", "start"]

_handlers: list[logging.Handler] = []


class _Stderr:
    """The present ``sys.stderr``, whatever was put there since."""

    def write(self, text: str) -> int:
        """Write ``text``."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush."""
        sys.stderr.flush()


def _environment_level() -> int:
    # Scripts set it before they import caffe: 0 all, 1 warnings, 2 errors.
    try:
        return int(os.environ.get("GLOG_minloglevel", "0"))  # noqa: SIM112
    except ValueError:
        return 0


def start(level: int | None = None) -> None:
    """Write the log of trainings to stderr from now on, from ``level`` (0 to 3) on."""
    if not _handlers:
        _handlers.append(solver_log.attach(cast(TextIO, _Stderr())))
    elif level is None:
        return
    chosen = _environment_level() if level is None else level
    _handlers[0].setLevel(logging.INFO + 10 * min(max(chosen, 0), 3))


def stop() -> None:
    """End what :func:`start` began."""
    while _handlers:
        solver_log.detach(_handlers.pop())


def init_log(level: int = 0, stderr: bool = True) -> None:
    """Write the log from ``level`` on (0 all, 1 warnings, 2 errors), to stderr as ever here."""
    start(max(int(level), _environment_level()))


def log(message: str) -> None:
    """Write one line into the log."""
    start()
    solver_log.say("_caffe.cpp:70", str(message))
