"""Writing databases and folders so that a whole one is there at any moment."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from caffe_proto.data.database import LEVELDB, LMDB
from caffe_proto.errors import DataError, MissingDependencyError
from caffe_proto.files import remove_leftovers, replacing, require_space, scratch_path

__all__ = [
    "DatabaseWriter",
    "create_database",
    "replacing_file",
    "replacing_folder",
]

#: Records that are written in one go, as Caffe's tools do.
COMMIT_EVERY = 1000
#: Bytes of address space that an LMDB begins with; doubled whenever it does not suffice.
FIRST_MAP = 1 << 28


class DatabaseWriter(Protocol):
    """Takes the records of a new database."""

    def put(self, key: bytes, value: bytes) -> None:
        """Add a record (or replace that of the same key)."""
        ...


@contextmanager
def replacing_folder(path: Path, overwrite: bool = False) -> Iterator[Path]:
    """A new folder beside ``path``, renamed to it if the block succeeds, removed if it fails.

    What a killed run left of such a folder is removed by the next one. Raises :class:`DataError`
    where ``path`` is there already and ``overwrite`` is not set, or where nothing can be written.
    """
    if path.exists() and not overwrite:
        raise DataError(f"{path} is there already. Expected: a new name, or --force to replace it")
    remove_leftovers(path)
    beside = scratch_path(path)
    # Under a name that nobody removes: killed between two renames, it is all there is.
    old = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.old")
    try:
        beside.mkdir()
        yield beside
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.exists():
            os.rename(path, old)
        try:
            os.rename(beside, path)
        except OSError:
            if old.exists():
                os.rename(old, path)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as fault:
        raise DataError(f"{path} cannot be written: {fault.strerror or fault}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def replacing_file(path: Path, overwrite: bool = True) -> Iterator[Path]:
    """A new path beside ``path``, renamed to it if the block succeeds, removed if it fails.

    Raises :class:`DataError` as :func:`replacing_folder` does.
    """
    if path.exists() and not path.is_dir() and not overwrite:
        raise DataError(f"{path} is there already. Expected: a new name, or --force to replace it")
    with replacing(path, DataError) as beside:
        yield beside


@contextmanager
def create_database(
    path: Path, backend: int = LMDB, overwrite: bool = False
) -> Iterator[DatabaseWriter]:
    """A new LMDB or LevelDB, which appears at ``path`` when the block has succeeded.

    Raises :class:`DataError` where ``path`` is there already and ``overwrite`` is not set, or where
    the disk is full.
    """
    with replacing_folder(path, overwrite) as folder:
        writer = _LeveldbWriter(folder, path) if backend == LEVELDB else _LmdbWriter(folder, path)
        try:
            yield writer
            writer.flush()
        finally:
            writer.close()


class _LmdbWriter:
    def __init__(self, folder: Path, path: Path) -> None:
        try:
            import lmdb
        except ImportError:
            raise MissingDependencyError("lmdb", "data", "writing an LMDB") from None
        self._lmdb = lmdb
        self._path = path
        self._size = FIRST_MAP
        self._environment = lmdb.open(os.fspath(folder), map_size=self._size, lock=False)
        self._waiting: list[tuple[bytes, bytes]] = []

    def put(self, key: bytes, value: bytes) -> None:
        self._waiting.append((key, value))
        if len(self._waiting) >= COMMIT_EVERY:
            self.flush()

    def flush(self) -> None:
        while self._waiting:
            try:
                with self._environment.begin(write=True) as transaction:
                    for key, value in self._waiting:
                        transaction.put(key, value)
                self._waiting.clear()
            except self._lmdb.MapFullError:
                self._size *= 2
                self._environment.set_mapsize(self._size)
            except self._lmdb.BadValsizeError:
                longest = max(self._waiting, key=lambda record: len(record[0]))[0]
                raise DataError(
                    f"LMDB {self._path}: the key {longest!r} has {len(longest)} bytes. "
                    f"Expected: at most {self._environment.max_key_size()}"
                ) from None
            except self._lmdb.Error as fault:
                # On a full disk LMDB only says "Input/output error".
                require_space(self._path, sum(len(k) + len(v) for k, v in self._waiting), DataError)
                raise DataError(f"LMDB {self._path} cannot be written: {fault}") from None

    def close(self) -> None:
        self._environment.close()


class _LeveldbWriter:
    def __init__(self, folder: Path, path: Path) -> None:
        try:
            import plyvel
        except ImportError:
            raise MissingDependencyError("plyvel-ci", "data", "writing a LevelDB") from None
        self._path = path
        self._error: type[Exception] = plyvel.Error
        self._database: Any = plyvel.DB(
            os.fspath(folder),
            create_if_missing=True,
            write_buffer_size=256 << 20,
            max_open_files=100,
        )
        self._batch = self._database.write_batch()
        self._count = 0

    def put(self, key: bytes, value: bytes) -> None:
        self._batch.put(key, value)
        self._count += 1
        if self._count % COMMIT_EVERY == 0:
            self.flush()

    def flush(self) -> None:
        try:
            self._batch.write()
            self._batch.clear()
        except (self._error, OSError) as fault:
            text = fault.args[0] if fault.args else fault
            reason = text.decode(errors="replace") if isinstance(text, bytes) else text
            raise DataError(f"LevelDB {self._path} cannot be written: {reason}") from None

    def close(self) -> None:
        self._database.close()
