"""``caffe-proto train``: what ``caffe train`` does."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from caffe_proto.cli._flags import BrewCommand, note, stage_list

if TYPE_CHECKING:
    from caffe_proto.solver import Solver

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto train --solver=lenet_solver.prototxt
  caffe-proto train -solver solver.prototxt -weights bvlc_reference.caffemodel
  caffe-proto train -solver solver.prototxt -snapshot lenet_iter_5000.solverstate
  caffe-proto train -solver solver.prototxt --log run.jsonl 2>&1 | tee train.log
"""

_STOPPING = b"\nstopping after this iteration, with a snapshot; Ctrl-C again stops at once\n"
_EFFECTS = click.Choice(["stop", "snapshot", "none"])


@click.command("train", cls=BrewCommand, epilog=EPILOG)
@click.argument("solver_file", metavar="[SOLVER]", required=False)
@click.option("--solver", "solver_flag", metavar="FILE", help="The solver's prototxt.")
@click.option(
    "--weights",
    metavar="FILES",
    help="Weights to fine-tune from, with commas between. Not with --snapshot.",
)
@click.option("--snapshot", metavar="FILE", help="A .solverstate to resume from.")
@click.option("--level", default=0, show_default=True, help="The level of the train state.")
@click.option("--stage", "stages", multiple=True, help="Stages of the train state, with commas.")
@click.option("--seed", type=int, help="A random_seed in the place of the solver's.")
@click.option("--max-iter", type=int, help="A max_iter in the place of the solver's.")
@click.option("--log", "log_file", type=click.Path(path_type=Path), help="Append JSON lines here.")
@click.option("--keep-going", is_flag=True, help="Train on where the loss is NaN, as Caffe does.")
@click.option(
    "--sigint-effect",
    type=_EFFECTS,
    default="stop",
    show_default=True,
    help="What Ctrl-C does; stop writes a snapshot first, a second Ctrl-C stops at once.",
)
@click.option(
    "--sighup-effect", type=_EFFECTS, default="snapshot", show_default=True, help="For SIGHUP."
)
@click.option("--allow-python-layers", is_flag=True, help="Import and run what Python layers name.")
@click.option("--gpu", metavar="IDS", hidden=True)
@click.option("--iterations", type=int, hidden=True)
def command(
    solver_file: str | None,
    solver_flag: str | None,
    weights: str | None,
    snapshot: str | None,
    level: int,
    stages: tuple[str, ...],
    seed: int | None,
    max_iter: int | None,
    log_file: Path | None,
    keep_going: bool,
    sigint_effect: str,
    sighup_effect: str,
    allow_python_layers: bool,
    gpu: str | None,
    iterations: int | None,
) -> None:
    """Train the net of a solver, as `caffe train` does.

    On a terminal a live line shows progress; on a pipe the lines are those of Caffe's log. Flags
    may be spelt as Caffe's: -solver x, -solver=x, --sigint_effect=stop.
    """
    path = solver_flag or solver_file
    if not path or (solver_flag and solver_file):
        raise click.UsageError("needs one solver definition to train: --solver=solver.prototxt")
    if weights and snapshot:
        raise click.UsageError(
            "give a snapshot to resume training or weights to fine-tune, but not both"
        )
    if gpu is not None:
        note("--gpu is ignored: training runs on the CPU")
    if iterations is not None:
        note("--iterations is ignored, as by `caffe train`; see --max-iter")

    from caffe_proto.solver import build_solver
    from caffe_proto.solver.log import say

    with _log_lines():
        solver = build_solver(
            # As it was written, for the snapshots' names; no path is taken for a prototxt's text.
            path if os.path.isfile(path) else Path(path),
            weights=weights or None,
            snapshot=snapshot or None,
            seed=seed,
            level=level,
            stages=stage_list(stages),
            keep_going=keep_going,
            allow_python_layers=allow_python_layers,
        )
        if max_iter is not None:
            solver.settings.max_iter = max_iter
        with contextlib.ExitStack() as stack:
            if log_file is not None:
                from caffe_proto.solver.runlog import RunLog

                stack.enter_context(RunLog(log_file, solver))
            stack.enter_context(_signals(solver, sigint_effect, sighup_effect))
            if sys.stdout.isatty():
                from caffe_proto.cli._progress import live_training

                stack.enter_context(live_training(solver))
            say("caffe.cpp:248", "Starting Optimization")
            solver.solve()
        say("caffe.cpp:259", "Optimization Done.")


@contextlib.contextmanager
def _log_lines() -> Iterator[None]:
    """Caffe's lines, on whichever of stdout and stderr is no terminal, stdout first."""
    from caffe_proto.solver.log import attach, detach

    streams = [stream for stream in (sys.stdout, sys.stderr) if not stream.isatty()]
    if not streams:
        yield
        return
    handler = attach(streams[0])
    try:
        yield
    finally:
        detach(handler)


@contextlib.contextmanager
def _signals(solver: Solver, on_interrupt: str, on_hangup: str) -> Iterator[None]:
    """Turn signals into requests for as long as the block runs."""
    asked = False

    def interrupt(*_: Any) -> None:
        nonlocal asked
        if on_interrupt == "stop":
            if asked:
                raise KeyboardInterrupt
            asked = True
            # Only where a person reads it: a parser of the log would stumble over it.
            if sys.stderr.isatty():
                os.write(2, _STOPPING)
        _request(solver, on_interrupt)

    def hangup(*_: Any) -> None:
        _request(solver, on_hangup)

    handlers = {"SIGINT": interrupt, "SIGHUP": hangup}
    before = {}
    for name, handler in handlers.items():
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None:
            before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _request(solver: Solver, effect: str) -> None:
    if effect in ("stop", "snapshot"):
        solver.request(effect)  # type: ignore[arg-type]
