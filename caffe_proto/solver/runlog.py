"""The log of a run for programs: one JSON object a line, ``event`` says of what kind."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import caffe_proto
from caffe_proto.errors import SolverError
from caffe_proto.solver.events import Output, Report, TestResult

if TYPE_CHECKING:
    from caffe_proto.solver.solver import Solver

__all__ = ["RunLog"]


class RunLog:
    """Appends the events of a solver to a file, each line whole and at once.

    ``start`` (net, type, seed, max_iter), ``train`` (iteration, loss, lr, outputs, seconds),
    ``test`` (iteration, net, loss, outputs), ``snapshot`` (iteration, state), ``error`` (iteration,
    message), ``end`` (iteration, stopped). ``seconds`` count from the start; numbers that JSON
    cannot hold are strings. As a context it closes itself.
    """

    def __init__(self, path: str | os.PathLike[str], solver: Solver) -> None:
        self._path = os.fspath(path)
        with self._named():
            self._file = open(Path(path), "a", encoding="utf-8")  # noqa: SIM115
            if _ends_within_a_line(Path(path)):
                self._file.write("\n")
        self._solver = solver
        self._start = time.perf_counter()
        self._write(
            "start",
            time=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            version=caffe_proto.__version__,
            net=solver.net.name,
            type=solver.type,
            lr_policy=solver.settings.lr_policy,
            seed=solver.seed,
            max_iter=solver.settings.max_iter,
            iteration=solver.iter,
        )
        solver.on_report.append(self._report)
        solver.on_test.append(self._test)
        solver.on_snapshot.append(self._snapshot)

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, _: Any, error: BaseException | None, __: Any) -> None:
        if error is None:
            self.close()
            return
        # Where the log itself is what failed, that is told already.
        with contextlib.suppress(SolverError):
            self._write("error", iteration=self._solver.iter, message=str(error))
        with contextlib.suppress(SolverError):
            self.close()

    def close(self) -> None:
        """Write the ``end`` and stop listening."""
        solver = self._solver
        solver.on_report.remove(self._report)
        solver.on_test.remove(self._test)
        solver.on_snapshot.remove(self._snapshot)
        try:
            self._write("end", iteration=solver.iter, stopped=solver.stopped)
        finally:
            # What could not be written is tried once more.
            with contextlib.suppress(OSError):
                self._file.close()

    def _report(self, report: Report) -> None:
        self._write(
            "train",
            iteration=report.iteration,
            loss=report.loss,
            lr=report.lr,
            outputs=_values(report.outputs),
        )

    def _test(self, result: TestResult) -> None:
        self._write(
            "test",
            iteration=result.iteration,
            net=result.net,
            loss=result.loss,
            outputs=_values(result.outputs),
        )

    def _snapshot(self, state: str) -> None:
        self._write("snapshot", iteration=self._solver.iter, state=state)

    def _write(self, event: str, **fields: Any) -> None:
        seconds = round(time.perf_counter() - self._start, 3)
        record = {"event": event, **fields, "seconds": seconds}
        with self._named():
            self._file.write(json.dumps(_plain(record), ensure_ascii=False) + "\n")
            self._file.flush()

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SolverError(
                f"{self._path}: the log cannot be written: {error.strerror or error}"
            ) from error


def _ends_within_a_line(path: Path) -> bool:
    """Whether a run before was cut off while it wrote."""
    if not path.is_file() or not path.stat().st_size:
        return False
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _values(outputs: list[Output]) -> dict[str, Any]:
    return {output.name: output.value for output in outputs}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        # Nine digits give a float32 back exactly.
        return float(f"{value:.9g}") if abs(value) < float("inf") else str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
