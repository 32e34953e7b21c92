"""What blobs of a net hold for every record of its data set, as files; can be interrupted.

While it runs, pieces of the result lie in a folder beside the target, each written whole and
renamed. A second call with the same net, weights and blobs goes on after the last piece. At the end
the pieces are put together and the folder is removed.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from caffe_proto.data.database import LEVELDB, LMDB
from caffe_proto.data.writing import (
    create_database,
    replacing_file,
    replacing_folder,
)
from caffe_proto.errors import DataError, did_you_mean
from caffe_proto.files import require_space
from caffe_proto.hdf5_file import writing
from caffe_proto.schema import caffe_pb2

if TYPE_CHECKING:
    from caffe_proto.net import Net

__all__ = ["FORMATS", "extract_features", "format_of"]

#: The formats of the result.
FORMATS = ("lmdb", "leveldb", "hdf5", "npz")

_SUFFIXES = {".h5": "hdf5", ".hdf5": "hdf5", ".npz": "npz", ".lmdb": "lmdb", ".leveldb": "leveldb"}
#: A piece is written once it has so many bytes, or is so many seconds old.
_PIECE_BYTES, _PIECE_SECONDS = 64 << 20, 20.0

Array = npt.NDArray[Any]
Progress = Callable[[int, int], None]


def format_of(target: Path) -> str:
    """The format that a name asks for: by its suffix, an LMDB without one."""
    return _SUFFIXES.get(target.suffix.lower(), "lmdb")


def extract_features(
    net: Path,
    weights: Sequence[Path],
    blobs: Sequence[str],
    target: Path,
    *,
    kind: str = "",
    batches: int | None = None,
    phase: str = "TEST",
    seed: int | None = None,
    overwrite: bool = False,
    restart: bool = False,
    progress: Progress | None = None,
    **options: Any,
) -> dict[str, tuple[int, ...]]:
    """Run a net over its data set and write what ``blobs`` hold; returns their shapes by name.

    ``target`` is an LMDB or LevelDB of Datums with ``float_data`` and keys of 10 digits, as Caffe's
    ``extract_features`` writes it (a folder of them for several blobs), or an HDF5 or npz file with
    one array (records, ...) a blob. ``batches`` defaults to once through the data set. ``progress``
    is called with the records done and their total; ``restart`` drops what an interrupted run left;
    ``options`` go to ``build_net``. Raises :class:`DataError` or what building the net raises.
    """
    kind = kind or format_of(target)
    if kind not in FORMATS:
        raise DataError(f'format "{kind}" is unknown. Expected: {", ".join(FORMATS)}')
    if target.exists() and not overwrite:
        raise DataError(f"{target} is there already. Expected: a new name, or --force")
    if not target.absolute().parent.is_dir():
        raise DataError(f"the folder {target.absolute().parent} is missing")
    if not blobs:
        raise DataError("no blobs are given. Expected: the names of one or more")
    pieces = _Pieces(target, _identity(net, weights, blobs, phase, batches, seed, options), restart)
    built = _build(net, weights, phase, pieces.seed if seed is None else seed, options)
    for name in blobs:
        if name not in built.blobs:
            raise DataError(f'the net has no blob "{name}"{did_you_mean(name, built.blobs)}')
    plan = _plan(built, blobs, batches)
    pieces.begin(built.seed)
    _run(built, plan, pieces, progress)
    result = _Result(pieces, plan)
    shapes = {name: result.shape(i) for i, name in enumerate(plan.blobs)}
    _write(result, target, kind, overwrite)
    pieces.remove()
    return shapes


def _build(
    net: Path, weights: Sequence[Path], phase: str, seed: int | None, options: dict[str, Any]
) -> Net:
    from caffe_proto.net import build_net

    return build_net(net, phase, [str(path) for path in weights] or None, seed, **options)


def _identity(
    net: Path,
    weights: Sequence[Path],
    blobs: Sequence[str],
    phase: str,
    batches: int | None,
    seed: int | None,
    options: dict[str, Any],
) -> dict[str, Any]:
    """What must be the same for an interrupted run to be continued."""
    files = [(path.absolute(), path.stat()) for path in weights]
    return {
        "net": hashlib.sha256(_bytes(net)).hexdigest(),
        # Trained on and saved under the same name they have the same size.
        "weights": [[str(path), found.st_size, found.st_mtime_ns] for path, found in files],
        "blobs": list(blobs),
        "phase": phase,
        "batches": batches,
        "wanted_seed": seed,
        "options": {key: repr(value) for key, value in sorted(options.items())},
    }


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise DataError(f"{path}: {fault.strerror or fault}") from None


@dataclass
class _Plan:
    blobs: list[str]
    batches: int
    #: Records a batch of each blob, and of all; the last batch may have more than are left.
    rows: list[int]
    total: int

    def wanted(self, index: int) -> int:
        """Records of a blob in the result."""
        # A blob with another first axis than the data keeps all that it delivers, as in Caffe.
        whole = self.batches * self.rows[index]
        return min(whole, self.total) if self.rows[index] == max(self.rows) else whole


def _plan(net: Net, blobs: Sequence[str], batches: int | None) -> _Plan:
    from caffe_proto.layers.data_base import DataLayer

    rows = [net.blobs[name].shape[0] if net.blobs[name].shape else 1 for name in blobs]
    source = next((la for la in net.layers if isinstance(la, DataLayer)), None)
    count = source.record_count() if source is not None else None
    if batches is None:
        if source is None or count is None:
            raise DataError(
                "the net has no layer that reads a data set of known size. "
                "Expected: one, or the number of --batches"
            )
        batch = source.top_blobs[0].shape[0]
        batches = -(-count // batch)
        if batch in rows:
            return _Plan(list(blobs), batches, rows, count)
    if batches < 1:
        raise DataError(f"the number of batches is {batches}. Expected: at least 1")
    return _Plan(list(blobs), batches, rows, batches * max(rows))


class _Pieces:
    """The folder beside the target with what is done so far."""

    def __init__(self, target: Path, identity: dict[str, Any], restart: bool) -> None:
        self.folder = target.with_name(f".{target.name}.extract")
        self._identity = identity
        #: The seed of the interrupted run, or None.
        self.seed: int | None = None
        if restart:
            self.remove()
        state = self.folder / "state.json"
        if not state.exists():
            return
        try:
            found = json.loads(state.read_text(encoding="utf-8"))
        except (OSError, ValueError) as fault:
            raise DataError(f"{state} cannot be read ({fault}); --restart drops it") from None
        seed = found.pop("seed", None) if isinstance(found, dict) else None
        if found != identity or not isinstance(seed, int):
            raise DataError(
                f"{self.folder} is what an interrupted run with another net, weights, blobs or "
                "options left. Expected: the same ones, or --restart, which drops it"
            )
        self.seed = seed

    def begin(self, seed: int) -> None:
        """Note what is run, for a later continuation."""
        self.folder.mkdir(exist_ok=True)
        with replacing_file(self.folder / "state.json") as beside:
            beside.write_text(json.dumps({**self._identity, "seed": seed}), encoding="utf-8")

    def done(self) -> list[tuple[int, int, Path]]:
        """First batch, batch after the last, and file of each piece, without gaps."""
        found = []
        at = 0
        for path in sorted(self.folder.glob("*.npz")):
            first, stop = (int(part) for part in path.stem.split("-"))
            if first == at:
                found.append((first, stop, path))
                at = stop
        return found

    def add(self, first: int, stop: int, arrays: Sequence[Array]) -> None:
        """Keep a piece: one array a blob."""
        with (
            replacing_file(self.folder / f"{first:010d}-{stop:010d}.npz") as beside,
            open(beside, "wb") as stream,
        ):
            np.savez(stream, *arrays)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _run(net: Net, plan: _Plan, pieces: _Pieces, progress: Progress | None) -> None:
    done = pieces.done()
    batch = done[-1][1] if done else 0
    # What was delivered already is read once more, but not computed on.
    sources = [layer for layer in net.layers if not layer.bottom_blobs]
    for _ in range(min(batch, plan.batches)):
        for layer in sources:
            layer.run_forward()
    waiting: list[list[Array]] = [[] for _ in plan.blobs]
    first, begun = batch, time.monotonic()
    while batch < plan.batches:
        net.run_forward()
        batch += 1
        for name, parts, rows in zip(plan.blobs, waiting, plan.rows, strict=True):
            values = net.blobs[name].data
            parts.append(values.reshape(rows, *values.shape[1:]).copy())
        size = sum(part.nbytes for parts in waiting for part in parts)
        old = time.monotonic() - begun > _PIECE_SECONDS
        if size >= _PIECE_BYTES or old or batch == plan.batches:
            pieces.add(first, batch, [_joined(parts) for parts in waiting])
            waiting = [[] for _ in plan.blobs]
            first, begun = batch, time.monotonic()
        if progress is not None:
            progress(min(batch * max(plan.rows), plan.total), plan.total)


def _joined(parts: Sequence[Array]) -> Array:
    if len({part.shape[1:] for part in parts}) > 1:
        shapes = ", ".join(sorted({str(part.shape[1:]) for part in parts}))
        raise DataError(f"a blob changes its shape from batch to batch: {shapes}")
    return np.concatenate(parts)


class _Result:
    """The finished pieces, blob by blob."""

    def __init__(self, pieces: _Pieces, plan: _Plan) -> None:
        self.names = plan.blobs
        self._plan = plan
        self._files = [path for _, _, path in pieces.done()]

    def parts(self, index: int) -> Iterator[Array]:
        """The records of a blob in pieces."""
        left = self._plan.wanted(index)
        for path in self._files:
            try:
                with np.load(path, allow_pickle=False) as arrays:
                    part = arrays[f"arr_{index}"][:left]
            except (OSError, ValueError, KeyError, zipfile.BadZipFile) as fault:
                raise DataError(f"{path} is damaged ({fault}); --restart drops it") from None
            left -= part.shape[0]
            if part.shape[0]:
                yield part

    def shape(self, index: int) -> tuple[int, ...]:
        """The shape of a blob's records together."""
        first = next(self.parts(index))
        return (self._plan.wanted(index), *first.shape[1:])


def _write(result: _Result, target: Path, kind: str, overwrite: bool) -> None:
    if kind == "npz":
        with replacing_file(target, overwrite) as beside:
            _write_npz(result, beside)
    elif kind == "hdf5":
        with replacing_file(target, overwrite) as beside:
            _write_hdf5(result, beside)
    else:
        backend = LMDB if kind == "lmdb" else LEVELDB
        if len(result.names) == 1:
            _write_database(result, 0, target, backend, overwrite)
            return
        with replacing_folder(target, overwrite) as folder:
            for index, name in enumerate(result.names):
                _write_database(result, index, folder / name.replace("/", "_"), backend, False)


def _write_npz(result: _Result, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for index, name in enumerate(result.names):
            entry = name.replace("/", "_") + ".npy"
            with archive.open(entry, "w", force_zip64=True) as stream:
                header: dict[str, Any] = {
                    "descr": "<f4",
                    "fortran_order": False,
                    "shape": result.shape(index),
                }
                np.lib.format.write_array_header_1_0(stream, header)
                for part in result.parts(index):
                    stream.write(np.ascontiguousarray(part, "<f4").tobytes())


def _write_hdf5(result: _Result, path: Path) -> None:
    require_space(
        path, sum(4 * math.prod(result.shape(i)) for i in range(len(result.names))), DataError
    )
    with writing(path) as file:
        for index, name in enumerate(result.names):
            dataset = file.create_dataset(name, result.shape(index), np.float32)
            at = 0
            for part in result.parts(index):
                dataset[at : at + part.shape[0]] = part
                # What fails as a dataset is closed is told to nobody.
                dataset.flush()
                at += part.shape[0]


def _write_database(
    result: _Result, index: int, target: Path, backend: int, overwrite: bool
) -> None:
    shape = result.shape(index)
    if len(shape) > 4:
        raise DataError(
            f'blob "{result.names[index]}" has the shape {shape}. Expected: at most 4 axes for '
            "Datums; --format hdf5 or npz takes any"
        )
    channels, height, width = (*shape[1:], 1, 1, 1)[:3]
    number = 0
    with create_database(target, backend, overwrite) as database:
        for part in result.parts(index):
            for record in part.reshape(part.shape[0], -1):
                datum = caffe_pb2.Datum(
                    channels=channels, height=height, width=width, float_data=record.tolist()
                )
                database.put(b"%010d" % number, datum.SerializeToString())
                number += 1
