"""How far a long job over a known number of things is: a bar on a terminal, lines on a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

__all__ = ["counting"]

#: Seconds between lines on a pipe.
_EVERY = 10.0


@contextmanager
def counting(what: str, total: int | None = None) -> Iterator[Callable[[int, int | None], None]]:
    """A function to call with the number done (and the total) as often as one likes.

    Shows rate and time left on stderr: a bar on a terminal, else a line every ten seconds.
    """
    if not sys.stderr.isatty():
        yield _lines(what, total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn(what),
        BarColumn(bar_width=30),
        TextColumn("{task.completed}/{task.total}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(what, total=total, rate="")
        started = time.monotonic()
        first: int | None = None

        def advance(done: int, of: int | None = None) -> None:
            nonlocal first
            if first is None:
                first = done - 1
            seconds = time.monotonic() - started
            rate = f"{(done - first) / seconds:,.0f}/s" if seconds > 0.5 else ""
            bar.update(task, completed=done, total=of if of is not None else total, rate=rate)

        yield advance


def _lines(what: str, total: int | None) -> Callable[[int, int | None], None]:
    started = last = time.monotonic()
    first: int | None = None

    def advance(done: int, of: int | None = None) -> None:
        nonlocal last, first
        if first is None:
            first = done - 1
        now = time.monotonic()
        if now - last < _EVERY:
            return
        last = now
        whole = of if of is not None else total
        rate = (done - first) / (now - started)
        left = f", {(whole - done) / rate:,.0f} s left" if whole and rate else ""
        click.echo(
            f"{what}: {done}{f' of {whole}' if whole else ''}, {rate:,.0f}/s{left}", err=True
        )

    return advance
