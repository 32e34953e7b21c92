"""Building a solver from a file, a text or a message."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from caffe_proto.solver.log import say
from caffe_proto.solver.solver import Solver
from caffe_proto.solver.source import Source, find_file, read_solver

__all__ = ["build_solver"]


def build_solver(
    source: Source,
    *,
    weights: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
    snapshot: str | os.PathLike[str] | None = None,
    seed: int | None = None,
    level: int | None = None,
    stages: Sequence[str] = (),
    keep_going: bool = False,
    allow_python_layers: bool = False,
    directory: str | os.PathLike[str] | None = None,
) -> Solver:
    """Build a solver from a path, a prototxt text or a ``SolverParameter``.

    ``weights`` (a file, several, or names with commas between) replace those of the file;
    ``snapshot`` is a state to go on from, and then no weights are loaded. ``seed`` replaces
    ``random_seed``; ``level`` and ``stages`` belong to ``train_state``. Files that the solver
    names are looked up from the working directory, as Caffe does, then in ``directory``, which is
    the solver's own unless given. ``keep_going`` trains on where the loss is not finite.

    Raises :class:`SolverError` (settings, missing files), :class:`ParseError`,
    :class:`BuildError` or :class:`WeightsError`, naming the place.
    """
    settings, folder, notes = read_solver(source)
    if directory is not None:
        folder = Path(directory)
    if seed is not None:
        settings.random_seed = seed
    if level is not None:
        settings.train_state.level = level
    # One name is no list of its letters.
    settings.train_state.stage.extend([stages] if isinstance(stages, str) else stages)
    if snapshot is not None:
        find_file(os.fspath(snapshot), folder, "snapshot")  # before any net is built
        settings.ClearField("weights")
    elif weights is not None:
        names = [weights] if isinstance(weights, (str, os.PathLike)) else list(weights)
        settings.ClearField("weights")
        settings.weights.extend(os.fspath(name) for name in names)
    for note in notes:
        say("upgrade_proto.cpp:1113", note)
    solver = Solver(
        settings, folder, keep_going=keep_going, allow_python_layers=allow_python_layers
    )
    if snapshot is not None:
        say("caffe.cpp:242", f"Resuming from {os.fspath(snapshot)}")
        solver.restore(snapshot)
    return solver
