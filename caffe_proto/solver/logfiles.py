"""Reading logs of runs: of the real Caffe, of this package on a pipe, and JSON lines."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caffe_proto.errors import SolverError

__all__ = ["Curve", "RunCurves", "read_log"]


@dataclass
class Curve:
    """Values over iterations."""

    iterations: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, iteration: int, value: float) -> None:
        """Append one point; what was there from this iteration on, a run before, is replaced."""
        self.cut(iteration)
        self.iterations.append(iteration)
        self.values.append(value)

    def cut(self, iteration: int) -> None:
        """Drop the points from ``iteration`` on."""
        while self.iterations and self.iterations[-1] >= iteration:
            self.iterations.pop()
            self.values.pop()

    def __len__(self) -> int:
        return len(self.iterations)


@dataclass
class RunCurves:
    """What a log tells of a run.

    ``train`` and ``test`` hold a curve an output, named as the blob (test nets after the first as
    ``name #1``; ``name[2]`` for the third of several values); ``loss`` is the smoothed train loss.
    """

    name: str
    loss: Curve = field(default_factory=Curve)
    lr: Curve = field(default_factory=Curve)
    train: dict[str, Curve] = field(default_factory=dict)
    test: dict[str, Curve] = field(default_factory=dict)
    #: Outputs that count as losses: they have a loss weight, or their name says so.
    losses: set[str] = field(default_factory=set)

    def curves(self) -> Iterator[Curve]:
        """All curves."""
        yield from (self.loss, self.lr, *self.train.values(), *self.test.values())

    def restart(self, iteration: int) -> None:
        """A run begins at ``iteration``: later points are of one before, and dropped."""
        for curve in self.curves():
            curve.cut(iteration)

    def __bool__(self) -> bool:
        return any(len(curve) for curve in self.curves())


def read_log(path: str | os.PathLike[str]) -> RunCurves:
    """The curves in a log: JSON lines, or the lines of Caffe or of ``caffe-proto train``.

    A resumed run continues the curves, one that started over replaces them. Raises
    :class:`SolverError` where the file cannot be read or nothing of a training is in it.
    """
    try:
        text = Path(path).read_text("utf-8", "replace")
    except OSError as error:
        reason = error.strerror or error
        raise SolverError(f"{os.fspath(path)}: the log cannot be read: {reason}") from error
    run = RunCurves(Path(path).stem)
    lines = text.splitlines()
    (_read_json if text.lstrip().startswith("{") else _read_lines)(lines, run)
    if not run:
        raise SolverError(
            f"{os.fspath(path)}: nothing of a training is in this file. Expected: the output of "
            "caffe train or caffe-proto train (with display or test_interval), or of --log"
        )
    return run


# -- JSON lines ----------------------------------------------------------------------------


def _read_json(lines: list[str], run: RunCurves) -> None:
    broken = 0
    for count, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            # A run that was killed may have left half a line, and another one gone on.
            if broken and record["event"] != "start":
                raise SolverError(f"{run.name}: line {broken} of the log is no record")
            _take_record(record, run)
            broken = 0
        except (ValueError, TypeError, KeyError, AttributeError):
            if broken:
                raise SolverError(f"{run.name}: line {broken} of the log is no record") from None
            broken = count


def _take_record(record: dict[str, Any], run: RunCurves) -> None:
    event, iteration = record["event"], int(record["iteration"])
    if event == "start":
        run.restart(iteration)
    if event == "train":
        run.loss.add(iteration, float(record["loss"]))
        if record["lr"] is not None:
            run.lr.add(iteration, float(record["lr"]))
        _take_outputs(record["outputs"], iteration, run.train, "")
    if event == "test":
        number = int(record["net"])
        _take_outputs(record["outputs"], iteration, run.test, f" #{number}" if number else "")


def _take_outputs(
    outputs: dict[str, Any], iteration: int, curves: dict[str, Curve], suffix: str
) -> None:
    for name, value in outputs.items():
        values = list(_flat(value))
        for i, number in enumerate(values):
            label = f"{name}[{i}]" if len(values) > 1 else name
            curves.setdefault(label + suffix, Curve()).add(iteration, number)


def _flat(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    else:
        yield float(value)


# -- Caffe's lines -------------------------------------------------------------------------

_NUMBER = r"([-+]?(?:nan|inf|[\d.]+(?:e[-+]?\d+)?))"
# Between them, by version: nothing, rates in parentheses, and epochs after those (NVIDIA's).
_LOSS = re.compile(rf"Iteration (\d+)\b[^=]*, loss = {_NUMBER}", re.IGNORECASE)
_RATE = re.compile(rf"Iteration (\d+), lr = {_NUMBER}", re.IGNORECASE)
_TESTING = re.compile(r"Iteration (\d+), Testing net \(#(\d+)\)")
_OUTPUT = re.compile(
    rf"(Train|Test) net output #(\d+): (.+?) = {_NUMBER}( \(\*.*loss\))?\s*$", re.IGNORECASE
)


class _Reader:
    """Reads line after line and keeps what a line's meaning depends on."""

    def __init__(self, run: RunCurves) -> None:
        self.run = run
        self.starting = False
        self.iteration: int | None = None
        self.net = 0
        self.seen: dict[str, int] = {}

    def read(self, line: str) -> None:
        if "] Solving " in line or line.startswith("Solving "):
            self.starting = True
        elif match := _TESTING.search(line):
            self._at(int(match[1]))
            self.net = int(match[2])
        elif match := _LOSS.search(line):
            self._at(int(match[1]))
            self.run.loss.add(int(match[1]), float(match[2]))
        elif match := _RATE.search(line):
            self._at(int(match[1]))
            self.run.lr.add(int(match[1]), float(match[2]))
        elif (match := _OUTPUT.search(line)) and self.iteration is not None:
            self._output(match[1], match[3], float(match[4]), bool(match[5]))

    def _at(self, iteration: int) -> None:
        if self.starting:
            self.run.restart(iteration)
            self.starting = False
        self.iteration = iteration
        self.seen = {}

    def _output(self, phase: str, name: str, value: float, is_loss: bool) -> None:
        assert self.iteration is not None
        test = phase.lower() == "test"
        label = name + (f" #{self.net}" if test and self.net else "")
        if is_loss:
            self.run.losses.add(label)
        # Several values of one blob carry the same name.
        count = self.seen[label] = self.seen.get(label, -1) + 1
        curves = self.run.test if test else self.run.train
        curves.setdefault(f"{label}[{count}]" if count else label, Curve()).add(
            self.iteration, value
        )


def _read_lines(lines: list[str], run: RunCurves) -> None:
    reader = _Reader(run)
    for line in lines:
        reader.read(line)
