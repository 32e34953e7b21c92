"""Caffe's own log lines: the form that existing parsers of its logs read.

A line is ``I1123 14:41:18.123456  4711 solver.cpp:218] Iteration 100 ...``: severity, month and
day, time, process, place, text. Places are those where Caffe 1.0 says the same: parsers look for
them, and count words.
"""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    _Handler = logging.StreamHandler[TextIO]
else:
    _Handler = logging.StreamHandler

__all__ = ["CaffeFormatter", "attach", "detach", "is_heard", "say"]

_log = logging.getLogger("caffe_proto.solver")

#: Loggers whose records are part of a training's log.
_LOGGERS = ("caffe_proto.solver", "caffe_proto.debug")


def say(place: str, text: str) -> None:
    """Log one line; ``place`` is where Caffe says the same."""
    _log.info("%s", text, extra={"caffe_place": place})


def is_heard() -> bool:
    """Whether anybody takes the log's lines."""
    return _log.isEnabledFor(logging.INFO)


class CaffeFormatter(logging.Formatter):
    """Formats records as Caffe's log does."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line without its end."""
        severity = "IWEF"[min(max(record.levelno // 10 - 2, 0), 3)]
        stamp = time.strftime("%m%d %H:%M:%S", time.localtime(record.created))
        micro = int(record.created % 1 * 1e6)
        source = getattr(record, "caffe_place", "net.cpp:595")
        return f"{severity}{stamp}.{micro:06d} {os.getpid():5d} {source}] {record.getMessage()}"


class _Lines(_Handler):
    def handleError(self, record: logging.LogRecord) -> None:
        """Let the error out: a reader that has gone ends the program as it ends others."""
        raise


def attach(stream: TextIO) -> logging.Handler:
    """Write a training's log lines to ``stream`` from now on, each at once."""
    handler = _Lines(stream)
    handler.setFormatter(CaffeFormatter())
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    return handler


def detach(handler: logging.Handler) -> None:
    """End what :func:`attach` began."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
        logger.propagate = True
