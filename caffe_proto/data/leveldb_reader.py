"""Reading LevelDB without changing it.

Opening a LevelDB replays its log into a new table, rewrites its manifest and may merge tables. So
it is opened in a temporary folder that links to the tables, which LevelDB never writes to, and has
copies of the small files. That also lets a source be read that is write-protected, or that another
process or layer has open.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import finalize

from caffe_proto.errors import DataError, MissingDependencyError

__all__ = ["LeveldbDatabase", "open_leveldb"]

_TABLES = (".ldb", ".sst")


class LeveldbDatabase:
    """A LevelDB opened for reading."""

    def __init__(
        self, path: Path, database: Any, folder: Path, errors: tuple[type[Exception], ...]
    ) -> None:
        self.path = path
        self._database = database
        self._errors = errors
        finalize(self, _close, database, folder)

    def count(self) -> int:
        """The number of records; LevelDB does not keep it, so all keys are read."""
        try:
            with self._database.iterator(include_value=False, fill_cache=False) as keys:
                return sum(1 for _ in keys)
        except self._errors as fault:
            raise DataError(f"LevelDB {self.path} is damaged: {_text(fault)}") from None

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Key and value of every record, in the order of the keys."""
        try:
            with self._database.iterator(verify_checksums=True, fill_cache=False) as records:
                yield from records
        except self._errors as fault:
            raise DataError(f"LevelDB {self.path} is damaged: {_text(fault)}") from None


def open_leveldb(path: Path) -> LeveldbDatabase:
    """Open the LevelDB in the folder ``path``.

    Raises :class:`DataError` for one that cannot be read or is damaged.
    """
    try:
        import plyvel
    except ImportError:
        raise MissingDependencyError("plyvel-ci", "data", "reading a LevelDB") from None
    folder = Path(tempfile.mkdtemp(prefix="caffe-proto-leveldb-"))
    try:
        _mirror(path, folder)
        database = plyvel.DB(os.fspath(folder), create_if_missing=False, paranoid_checks=True)
    except BaseException as fault:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(fault, OSError) and fault.strerror:
            place = fault.filename or path
            raise DataError(f"LevelDB {path}: {place}: {fault.strerror}") from None
        if isinstance(fault, (plyvel.Error, OSError)):
            reason = _text(fault).replace(str(folder), str(path))
            raise DataError(f"LevelDB {path} is damaged: {reason}") from None
        raise
    return LeveldbDatabase(path, database, folder, (plyvel.Error, OSError))


def _mirror(source: Path, folder: Path) -> None:
    for entry in source.iterdir():
        if not entry.is_file() or entry.name in ("LOCK", "LOG", "LOG.old"):
            continue
        if entry.suffix in _TABLES:
            with open(entry, "rb"):
                pass
            os.symlink(entry.resolve(), folder / entry.name)
        else:
            shutil.copyfile(entry, folder / entry.name)


def _close(database: Any, folder: Path) -> None:
    database.close()
    shutil.rmtree(folder, ignore_errors=True)


def _text(fault: BaseException) -> str:
    text = fault.args[0] if fault.args else fault
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
