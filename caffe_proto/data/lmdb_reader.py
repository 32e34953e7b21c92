"""Reading LMDB without locking or changing it."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from caffe_proto.errors import DataError, MissingDependencyError

__all__ = ["LmdbDatabase", "open_lmdb"]

_MAGIC, _VERSION = 0xBEEFC0DE, 1
# A meta page: a page header of 16 bytes, then magic, version, map address and size, two trees
# (free pages and records) of 48 bytes, last page, transaction.
_META = struct.Struct("<16x II 8x Q  I 44x  IHH 32x Q  Q Q")
_NO_PAGE = 0xFFFFFFFFFFFFFFFF

#: lmdb refuses to open a file twice in a process, so layers share what is open.
_open: WeakValueDictionary[tuple[int, int], LmdbDatabase] = WeakValueDictionary()
_lock = Lock()


class LmdbDatabase:
    """An LMDB opened for reading."""

    def __init__(self, path: Path, environment: Any, error: type[Exception]) -> None:
        self.path = path
        self._environment = environment
        self._error = error

    def count(self) -> int:
        """The number of records."""
        return int(self._environment.stat()["entries"])

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Key and value of every record, in the order of the keys."""
        try:
            with self._environment.begin() as transaction, transaction.cursor() as cursor:
                yield from cursor.iternext()
        except self._error as fault:
            raise DataError(f"LMDB {self.path} is damaged: {fault}") from None


def open_lmdb(path: Path) -> LmdbDatabase:
    """Open an LMDB: a folder with ``data.mdb``, or such a file.

    Raises :class:`DataError` for one that cannot be read or is shorter than it says.
    """
    try:
        import lmdb
    except ImportError:
        raise MissingDependencyError("lmdb", "data", "reading an LMDB") from None
    file = path / "data.mdb" if path.is_dir() else path
    try:
        status = os.stat(file)
        key = (status.st_dev, status.st_ino)
        with _lock:
            database = _open.get(key)
            if database is None:
                _check(file, status.st_size)
                environment = lmdb.open(
                    os.fspath(path),
                    subdir=path.is_dir(),
                    readonly=True,
                    lock=False,
                    create=False,
                    max_dbs=0,
                )
                database = _open[key] = LmdbDatabase(path, environment, lmdb.Error)
    except OSError as fault:
        raise DataError(f"LMDB {path}: {fault.strerror or fault}") from None
    except lmdb.Error as fault:
        raise DataError(f"LMDB {path} cannot be opened: {fault}") from None
    return database


def _check(file: Path, size: int) -> None:
    """Make sure that the file is as long as its meta page says.

    The library maps the file and trusts it: reading beyond its end kills the process.
    """
    with open(file, "rb") as stream:
        newest = _meta(file, stream.read(_META.size))
        page = newest["page_size"]
        stream.seek(page)
        second = stream.read(_META.size)
        if len(second) == _META.size:
            other = _meta(file, second)
            if other["transaction"] > newest["transaction"]:
                newest = other
    needed = (newest["last_page"] + 1) * page
    if size < needed:
        raise DataError(
            f"LMDB {file} is cut short: it has {size} bytes. Expected: at least {needed}"
        )
    root = newest["root"]
    if root != _NO_PAGE and not 1 < root <= newest["last_page"]:
        raise DataError(f"LMDB {file} is damaged: its root is page {root}")


def _meta(file: Path, header: bytes) -> dict[str, int]:
    if len(header) < _META.size:
        raise DataError(f"LMDB {file} is cut short: it has {len(header)} bytes")
    magic, version, _, page_size, _, _, _, root, last_page, transaction = _META.unpack(header)
    if magic != _MAGIC or version != _VERSION:
        raise DataError(f"LMDB {file} does not begin as an LMDB of 64-bit systems does")
    if page_size not in (1 << bit for bit in range(9, 17)):
        raise DataError(f"LMDB {file} is damaged: pages of {page_size} bytes")
    return {
        "page_size": page_size,
        "root": root,
        "last_page": last_page,
        "transaction": transaction,
    }
