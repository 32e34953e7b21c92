"""Databases of records: a key and a serialized Datum each, in the order of the keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from caffe_proto.errors import DataError

__all__ = ["LEVELDB", "LMDB", "Database", "Records", "backend_of", "open_database"]

#: The numbers of ``data_param.backend``.
LEVELDB, LMDB = 0, 1

_NAMES = {LEVELDB: "LevelDB", LMDB: "LMDB"}


class Database(Protocol):
    """A database opened for reading; it closes itself when nobody holds it any more."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...

    def count(self) -> int:
        """The number of records."""
        ...

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Key and value of every record, in the order of the keys (as bytes)."""
        ...


def backend_of(path: Path) -> int | None:
    """:data:`LEVELDB` or :data:`LMDB` by the files in a folder, or None."""
    if path.is_file():
        return LMDB if path.suffix == ".mdb" else None
    if (path / "data.mdb").is_file():
        return LMDB
    if (path / "CURRENT").is_file():
        return LEVELDB
    return None


def open_database(path: Path, backend: int | None = None) -> Database:
    """Open the LMDB or LevelDB in the folder ``path`` (``backend`` None: whichever it is).

    Nothing there is changed. Raises :class:`DataError` for a folder that holds another kind of
    database or none, and for a database that is damaged, cut short or cannot be read.
    """
    try:
        found = backend_of(path)
    except OSError as fault:
        raise DataError(f"database {path}: {fault.strerror or fault}") from None
    if found is None and not path.exists():
        raise DataError(f"database {path} is missing")
    if found is None:
        raise DataError(
            f"database {path}: this is neither an LMDB (a folder with data.mdb) nor a LevelDB "
            "(a folder with CURRENT)"
        )
    if backend is not None and found != backend:
        raise DataError(
            f"database {path}: expected a {_NAMES[backend]}. Received: a {_NAMES[found]}; "
            f"say backend: {_NAMES[found].upper()}"
        )
    if found == LMDB:
        from caffe_proto.data.lmdb_reader import open_lmdb

        return open_lmdb(path)
    from caffe_proto.data.leveldb_reader import open_leveldb

    return open_leveldb(path)


class Records:
    """The records of a database over and over: after the last one comes the first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._items = database.items()

    def __iter__(self) -> Records:
        return self

    def __next__(self) -> tuple[bytes, bytes]:
        for record in self._items:
            return record
        self._items = self._database.items()
        for record in self._items:
            return record
        raise DataError(f"database {self._database.path} has no records")
