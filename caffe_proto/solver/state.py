"""The state of a solver in a file: ``.solverstate`` and ``.solverstate.h5``, both ways.

A state holds the iteration, the path of the weights that belong to it, the step of a multistep
schedule and the history blobs; the format is Caffe's (message ``SolverState``, or the same fields
as HDF5 datasets).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.errors import SolverError, WeightsError
from caffe_proto.files import require_space
from caffe_proto.hdf5_file import require_h5py, store, writing
from caffe_proto.weights.blobproto import MAX_AXES, Budget, blob_size, read_blob, write_blob
from caffe_proto.weights.source import Source
from caffe_proto.weights.window import Window
from caffe_proto.weights.wire import (
    LENGTH,
    VARINT,
    WireReader,
    encode_bytes,
    encode_header,
    encode_uint,
    int32,
)

__all__ = ["SolverState", "read_state", "write_state_binary", "write_state_hdf5"]

_ITER, _LEARNED_NET, _HISTORY, _CURRENT_STEP = 1, 2, 3, 4
_HDF5 = b"\x89HDF\r\n\x1a\n"
_NO_STATE = "expected a solver's state (.solverstate or .solverstate.h5)"


@dataclass
class SolverState:
    """What training needs to go on, besides the weights.

    ``iteration`` counts the updates made, ``learned_net`` is the path of the weights as it was
    written (None where there is none), ``current_step`` that of a multistep schedule.
    """

    iteration: int
    learned_net: str | None
    current_step: int
    history: Sequence[Array]


# -- reading -------------------------------------------------------------------------------


def read_state(path: str | os.PathLike[str]) -> SolverState:
    """Read a state of either format; its content decides, not its name.

    Raises :class:`SolverError` where there is no such file, or it is damaged or something else.
    """
    if os.path.isdir(path):
        raise SolverError(f"{os.fspath(path)}: this is a directory; {_NO_STATE}")
    with _as_solver_error(path):
        source = Source(path)
        if source.size == 0:
            raise SolverError(f"{path}: the file is empty; {_NO_STATE}")
        if bytes(source.bytes[:8]) == _HDF5:
            return _read_hdf5(source)
        return _read_binary(source)


@contextmanager
def _as_solver_error(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except WeightsError as error:
        text = str(error)
        place = "" if text.startswith(os.fspath(path)) else f"{path}: "
        raise SolverError(f"{place}{text}") from error


def _read_binary(source: Source) -> SolverState:
    state = SolverState(0, None, 0, [])
    history: list[Array] = []
    budget = Budget()
    known = 0
    for field in WireReader(source.bytes, 0, source.size):
        if (field.number, field.kind) == (_ITER, VARINT):
            state.iteration = int32(field.value)
        elif (field.number, field.kind) == (_CURRENT_STEP, VARINT):
            state.current_step = int32(field.value)
        elif (field.number, field.kind) == (_LEARNED_NET, LENGTH):
            content = bytes(source.bytes[field.start : field.end])
            state.learned_net = content.decode("utf-8", "surrogateescape")
        elif (field.number, field.kind) == (_HISTORY, LENGTH):
            view = read_blob(source, field.start, field.end, len(history), budget)
            history.append(view.read().reshape(view.shape))
        elif (field.number, field.kind) == (1, LENGTH) or field.number == 100:
            raise SolverError(
                f"{source.name}: these are a net's weights (.caffemodel); {_NO_STATE}, "
                "which a snapshot writes beside them"
            )
        else:
            continue
        known += 1
    if not known:
        raise SolverError(f"{source.name}: nothing of a state is in this file; {_NO_STATE}")
    state.history = history
    return state


def _read_hdf5(source: Source) -> SolverState:
    h5 = require_h5py()
    try:
        # Through the map: HDF5 would lock the file, and must not open another in its place.
        with h5.File(io.BufferedReader(Window(source.bytes)), "r") as file:
            _refuse_links(h5, file, source.name)
            if "iter" not in file or "history" not in file:
                hint = "; these are a net's weights" if "data" in file else ""
                raise SolverError(
                    f'{source.name}: the HDF5 file lacks "iter" and "history"{hint}; {_NO_STATE}'
                )
            learned = None
            if "learned_net" in file:
                value = file["learned_net"][()]
                learned = (
                    value.decode("utf-8", "surrogateescape")
                    if isinstance(value, bytes)
                    else str(value)
                )
            return SolverState(
                _whole(file, "iter", source.name),
                learned,
                _whole(file, "current_step", source.name) if "current_step" in file else 0,
                list(_history(h5, file["history"], source)),
            )
    except SolverError:
        raise
    except Exception as error:  # h5py raises nearly anything for a damaged file
        raise SolverError(f"{source.name}: the HDF5 file is damaged: {error}") from None


def _refuse_links(h5: Any, group: Any, where: str) -> None:
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5.HardLink):
            raise SolverError(
                f'{where}: "{name}" is a link to another place, which is not followed'
            )


def _whole(file: Any, name: str, where: str) -> int:
    values = np.asarray(file[name][()]).reshape(-1)
    if values.size != 1 or values.dtype.kind not in "iu":
        raise SolverError(
            f'{where}: "{name}" holds {values.dtype} x {values.size}; expected an int'
        )
    return int(values[0])


def _history(h5: Any, group: Any, source: Source) -> Iterator[Array]:
    _refuse_links(h5, group, source.name)
    for i in range(len(group)):
        dataset = group.get(str(i))
        if not isinstance(dataset, h5.Dataset) or dataset.shape is None:
            raise SolverError(f'{source.name}: history blob {i} is missing from "history"')
        if dataset.dtype.kind != "f" or len(dataset.shape) > MAX_AXES:
            raise SolverError(f"{source.name}: history blob {i} holds no array of numbers")
        if dataset.is_virtual or dataset.external:
            raise SolverError(f"{source.name}: history blob {i} is kept in another file")
        # Caffe writes plain datasets; a claim of more than the file holds is not believed.
        if dataset.size * dataset.dtype.itemsize > max(source.size, 1) * 1032:
            raise SolverError(f"{source.name}: history blob {i} claims {dataset.size} values")
        yield np.asarray(dataset[()], np.float32)


# -- writing -------------------------------------------------------------------------------


def write_state_binary(state: SolverState, path: Path) -> None:
    """Write a ``.solverstate`` at ``path``, which must not exist, as Caffe would.

    Raises :class:`OSError` where it cannot be written.
    """
    with open(path, "xb") as stream:
        stream.write(encode_uint(_ITER, state.iteration))
        if state.learned_net is not None:
            name = state.learned_net.encode("utf-8", "surrogateescape")
            stream.write(encode_bytes(_LEARNED_NET, name))
        for values in state.history:
            stream.write(encode_header(_HISTORY, blob_size(values.shape)))
            write_blob(stream, values)
        stream.write(encode_uint(_CURRENT_STEP, state.current_step))


def write_state_hdf5(state: SolverState, path: Path) -> None:
    """Write a ``.solverstate.h5`` at ``path``, which must not exist, as Caffe would.

    Raises :class:`OSError` where it cannot be written.
    """
    h5 = require_h5py()
    require_space(path, sum(4 * np.size(values) for values in state.history), SolverError)
    with writing(path) as file:
        store(file, "iter", np.array([state.iteration], "<i4"))
        if state.learned_net is not None:
            name = state.learned_net.encode("utf-8", "surrogateescape")
            # Caffe reads a string of fixed length with its closing zero.
            text = h5.h5t.C_S1.copy()
            text.set_size(len(name) + 1)
            space = h5.h5s.create(h5.h5s.SCALAR)
            dataset = h5.h5d.create(file.id, b"learned_net", text, space)
            dataset.write(h5.h5s.ALL, h5.h5s.ALL, np.array(name, f"S{len(name) + 1}"), text)
            dataset.flush()
        store(file, "current_step", np.array([state.current_step], "<i4"))
        group = file.create_group("history")
        for i, values in enumerate(state.history):
            store(group, str(i), np.asarray(values, "<f4"))
