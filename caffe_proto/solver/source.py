"""Where a solver comes from: a path, a text, or a message; and the files that it names."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from pathlib import Path

from caffe_proto.data.paths import find_path
from caffe_proto.errors import DataError, SolverError
from caffe_proto.schema import caffe_pb2
from caffe_proto.solver.snapshots import default_prefix

__all__ = ["Source", "find_file", "read_solver", "split_names"]

Source = str | os.PathLike[str] | caffe_pb2.SolverParameter

#: Fields of forks that would change the training, and are not supported.
_FOREIGN = (
    "rampup_interval",
    "min_lr",
    "momentum_policy",
    "larc",
    "weight_decay_policy",
    "plateau_winsize",
    "stagelr",
    "warmup_iter",
    "local_lr_auto",
    "disabled_update",
    "clip_weights",
    "clamp_weights_lower",
    "clamp_weights_upper",
    "warm_up_iters",
    "max_lr",
)


def read_solver(source: Source) -> tuple[caffe_pb2.SolverParameter, Path | None, list[str]]:
    """The settings that ``source`` gives (a copy), their folder, and what Caffe logs of them.

    A ``str`` with a brace, a colon followed by a space, or a line break is prototxt text unless
    there is a file of that name, any other one a path. Raises :class:`ParseError`, or
    :class:`SolverError` where there is no file.
    """
    from caffe_proto import prototxt

    notes: list[str] = []
    folder: Path | None = None
    if isinstance(source, caffe_pb2.SolverParameter):
        from caffe_proto.prototxt.upgrade import upgrade_solver

        settings = caffe_pb2.SolverParameter()
        settings.CopyFrom(source)
        upgrade_solver(settings)
    elif isinstance(source, str) and _is_text(source):
        settings = prototxt.parse(source, "SolverParameter")
    elif isinstance(source, (str, os.PathLike)):
        path = Path(source)
        if not path.is_file():
            found = "is a directory" if path.is_dir() else "is not there"
            raise SolverError(f"{path}: the solver's file {found} (looked up from {Path.cwd()})")
        settings = prototxt.parse_file(path, "SolverParameter")
        folder = path.resolve().parent
        note = default_prefix(settings, os.fspath(source))
        if note:
            notes.append(note)
    else:
        raise SolverError(
            f"a solver comes from a path, a prototxt text or a SolverParameter. "
            f"Received: {source!r}"
        )
    foreign = [name for name in _FOREIGN if _is_set(settings, name)]
    if foreign:
        warnings.warn(
            f"settings of other Caffe versions are not applied: {', '.join(foreign)}", stacklevel=3
        )
    return settings, folder, notes


def _is_text(source: str) -> bool:
    return ("{" in source or "\n" in source or ": " in source) and not os.path.isfile(source)


def _is_set(settings: caffe_pb2.SolverParameter, name: str) -> bool:
    return any(field.name == name for field, _ in settings.ListFields())


def find_file(name: str, folder: Path | None, field: str) -> Path:
    """The file called ``name``: from the working directory, as Caffe does, or beside the solver.

    Raises :class:`SolverError` naming ``field`` and all places that were tried.
    """
    try:
        return find_path(name, folder, field)
    except DataError as error:
        raise SolverError(str(error)) from None


def split_names(fields: Iterable[str]) -> list[str]:
    """The files of ``weights`` fields, each a list with commas, blanks around names ignored.

    Raises :class:`SolverError` for a name that is empty.
    """
    names = []
    for text in fields:
        for name in text.split(","):
            if not name.strip():
                raise SolverError(f'weights is "{text}": a name is empty. Expected: "a" or "a,b"')
            names.append(name.strip())
    return names
