"""Snapshots: weights and state, written so that a whole pair is there at any moment.

Both files are written into a folder of their own beside their targets and then renamed, the
weights first: where a state can be seen, its weights are whole. What a killed run left behind is
removed by the next one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caffe_proto.errors import CaffeProtoError, SolverError
from caffe_proto.files import process_runs
from caffe_proto.solver.state import SolverState, write_state_binary, write_state_hdf5
from caffe_proto.weights import save_caffemodel, save_hdf5

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["SnapshotFiles", "check_prefix", "default_prefix", "write_snapshot"]

_HDF5 = 0  # SolverParameter.SnapshotFormat


class SnapshotFiles:
    """The two files of a snapshot, named as Caffe does: ``<prefix>_iter_<n>.caffemodel`` ..."""

    def __init__(self, prefix: str, iteration: int, hdf5: bool) -> None:
        stem = f"{prefix}_iter_{iteration}"
        ending = ".h5" if hdf5 else ""
        #: As text: Caffe writes the path of the weights into the state as it is.
        self.weights = f"{stem}.caffemodel{ending}"
        self.state = f"{stem}.solverstate{ending}"
        self.hdf5 = hdf5

    @classmethod
    def of(cls, settings: caffe_pb2.SolverParameter, iteration: int) -> SnapshotFiles:
        """The files that ``settings`` name for a snapshot at ``iteration``."""
        return cls(settings.snapshot_prefix, iteration, settings.snapshot_format == _HDF5)


def default_prefix(settings: caffe_pb2.SolverParameter, path: str) -> str | None:
    """Set ``snapshot_prefix`` as Caffe does for a solver read from ``path``.

    Without one it is the solver's path without its suffix, as it was written (``./`` stays), and in
    the place of a folder a name in that folder. Returns what Caffe logs where it was changed.
    """
    name = os.path.basename(path)
    folder = path[: len(path) - len(name)]
    # Unlike Python's, Boost's suffix of ".solver" is all of it.
    stem = name.rpartition(".")[0] if "." in name else name
    if not settings.HasField("snapshot_prefix"):
        settings.snapshot_prefix = folder + stem
        return f"snapshot_prefix was not specified and is set to {settings.snapshot_prefix}"
    if os.path.isdir(settings.snapshot_prefix):
        settings.snapshot_prefix = os.path.join(settings.snapshot_prefix, stem)
        return f"snapshot_prefix was a directory and is replaced to {settings.snapshot_prefix}"
    return None


def check_prefix(settings: caffe_pb2.SolverParameter) -> None:
    """Raise :class:`SolverError` where no file can be written under the snapshot prefix."""
    # Only the snapshots in between ask for a prefix; without one the last is called _iter_<n>.
    if settings.snapshot and not settings.HasField("snapshot_prefix"):
        raise SolverError(
            'snapshot is set, but snapshot_prefix is not. Expected: snapshot_prefix: "path/name"'
        )
    folder = Path(SnapshotFiles.of(settings, 0).state).parent
    if not folder.is_dir():
        raise SolverError(
            f'snapshot_prefix is "{settings.snapshot_prefix}", but there is no folder '
            f'"{folder}" (looked up from {Path.cwd()}). Make it first: mkdir -p {folder}'
        )
    probe = folder / _scratch_name(settings.snapshot_prefix, "probe")
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError as error:
        raise SolverError(
            f'snapshot_prefix is "{settings.snapshot_prefix}", but nothing can be written in '
            f'"{folder}": {error.strerror or error}'
        ) from error


def write_snapshot(net: Any, state: SolverState, files: SnapshotFiles, *, diffs: bool) -> None:
    """Write the weights of ``net`` (gradients too if ``diffs``) and ``state``.

    Raises :class:`SolverError` where that fails, for a full disk for example; a snapshot that was
    there under these names is then still there and whole.
    """
    weights, target = Path(files.weights), Path(files.state)
    folder = target.parent
    _remove_leftovers(folder, target.name)
    scratch = folder / _scratch_name(target.name, str(os.getpid()))
    try:
        scratch.mkdir()
        if files.hdf5:
            save_hdf5(net, scratch / "weights", diffs=diffs)
            write_state_hdf5(state, scratch / "state")
        else:
            save_caffemodel(net, scratch / "weights", diffs=diffs)
            write_state_binary(state, scratch / "state")
        # Never an old state beside new weights.
        target.unlink(missing_ok=True)
        os.replace(scratch / "weights", weights)
        os.replace(scratch / "state", target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SolverError(f"{target}: the snapshot cannot be written: {reason}") from error
    except CaffeProtoError as error:
        reason = str(error).replace(str(scratch / "weights"), str(weights))
        reason = reason.replace(str(scratch / "state"), str(target))
        raise SolverError(f"the snapshot cannot be written: {reason}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


# -- leftovers -----------------------------------------------------------------------------


def _scratch_name(name: str, process: str) -> str:
    """A hidden name that tells which process of which machine uses it."""
    stem = Path(name).name.split("_iter_")[0][:80]
    return f".{stem}.{socket.gethostname()}.{process}.part"


def _remove_leftovers(folder: Path, name: str) -> None:
    """Remove what processes of this machine that are gone left in ``folder`` for this prefix."""
    before, after = _scratch_name(name, "\0").split("\0")
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            if not (entry.name.startswith(before) and entry.name.endswith(after)):
                continue
            process = entry.name[len(before) : -len(after)]
            if process.isdigit() and not process_runs(int(process)):
                shutil.rmtree(entry, ignore_errors=True)
