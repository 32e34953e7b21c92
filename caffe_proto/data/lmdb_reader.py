"""Reading LMDB: the records in order, without locking the database or changing it.

The library maps the file into memory and trusts it, so that a damaged database ends the process,
and it refuses what the same process has open already. A net only walks through the records, so the
walk is done here, every offset checked; the library writes (:mod:`caffe_proto.data.writing`).

The file is an array of pages. Pages 0 and 1 are meta pages, of which the newer counts; it names
the root of a B+ tree. Branch pages point to pages, leaf pages hold keys and values, and a large
value lies on overflow pages of its own. (LMDB 0.9, ``mdb.c``, data version 1, 64 bits.)
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO
from weakref import finalize

from caffe_proto.errors import DataError

__all__ = ["LmdbDatabase", "open_lmdb"]

_MAGIC, _VERSION = 0xBEEFC0DE, 1
# Page header (16 bytes), magic, version, map address and size, the tree of free pages (whose first
# field is the page size), the tree of records (flags, depth, pages of each kind, entries, root),
# last page, transaction.
_META = struct.Struct("<16x II 8x 8x  I 44x  4x HH QQQQQ  QQ")
# Number, padding, flags, end of the offsets, begin of the nodes.
_PAGE = struct.Struct("<Q 2x HHH")
# Number, padding, flags, how many pages follow on.
_OVERFLOW = struct.Struct("<Q 2x HI")
# Size of the value (low, high) or number of the page (low, middle, high), length of the key.
_NODE = struct.Struct("<HHHH")
_BRANCH, _LEAF, _OVERFLOWS, _OTHER_KINDS = 0x01, 0x02, 0x04, 0x68
_BIG_VALUE, _SUB_DATABASE, _DUPLICATES = 0x01, 0x02, 0x04
_NO_PAGE = 0xFFFFFFFFFFFFFFFF
_MAX_DEPTH = 32


@dataclass(frozen=True)
class _Meta:
    page_size: int
    flags: int
    #: Branch and leaf pages together.
    pages: int
    entries: int
    root: int
    last_page: int
    transaction: int


class LmdbDatabase:
    """An LMDB opened for reading."""

    def __init__(self, path: Path, file: BinaryIO, meta: _Meta) -> None:
        self.path = path
        self._file = file
        self._meta = meta
        self._lock = Lock()
        finalize(self, file.close)

    def count(self) -> int:
        """The number of records."""
        return self._meta.entries

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Key and value of every record, in the order of the keys.

        Raises :class:`DataError` where the database is damaged.
        """
        if self._meta.root == _NO_PAGE:
            return
        found = 0
        for record in self._leaves():
            found += 1
            if found > self._meta.entries:
                raise self._damaged(f"more records than the {self._meta.entries} it says it has")
            yield record
        if found < self._meta.entries:
            raise self._damaged(f"{found} records of the {self._meta.entries} it says it has")

    def _leaves(self) -> Iterator[tuple[bytes, bytes]]:
        waiting = [iter([self._meta.root])]
        visited = 0
        while waiting:
            number = next(waiting[-1], None)
            if number is None:
                waiting.pop()
                continue
            visited += 1
            if visited > self._meta.pages or len(waiting) > _MAX_DEPTH:
                raise self._damaged("its pages point to each other in circles")
            page, flags, offsets = self._page(number)
            if flags & _BRANCH:
                waiting.append(iter([self._child(page, at) for at in offsets]))
            else:
                for at in offsets:
                    yield self._record(page, at)

    def _page(self, number: int) -> tuple[bytes, int, tuple[int, ...]]:
        """A branch or leaf page: its bytes, its flags, where its nodes begin."""
        page = self._pages(number, 1)
        own, flags, lower, upper = _PAGE.unpack_from(page)
        kind = flags & (_BRANCH | _LEAF | _OVERFLOWS | _OTHER_KINDS)
        if own != number or kind not in (_BRANCH, _LEAF):
            raise self._damaged(f"page {number} is no page of the tree")
        if not _PAGE.size <= lower <= upper <= len(page):
            raise self._damaged(f"page {number} has impossible bounds")
        offsets = struct.unpack_from(f"<{(lower - _PAGE.size) // 2}H", page, _PAGE.size)
        if offsets and not upper <= min(offsets) <= max(offsets) <= len(page) - _NODE.size:
            raise self._damaged(f"page {number} has nodes outside of it")
        return page, flags, offsets

    def _child(self, page: bytes, at: int) -> int:
        low, middle, high, _ = _NODE.unpack_from(page, at)
        return int(low | middle << 16 | high << 32)

    def _record(self, page: bytes, at: int) -> tuple[bytes, bytes]:
        low, high, flags, key_size = _NODE.unpack_from(page, at)
        size = low | high << 16
        begin = at + _NODE.size + key_size
        key = page[at + _NODE.size : begin]
        if flags & (_SUB_DATABASE | _DUPLICATES):
            raise DataError(
                f"LMDB {self.path} holds databases within it or several values a key. "
                "Expected: plain records, as Caffe writes them"
            )
        if flags & _BIG_VALUE:
            if begin + 8 > len(page):
                raise self._damaged("a record ends beyond its page")
            return key, self._big_value(int.from_bytes(page[begin : begin + 8], "little"), size)
        if begin + size > len(page):
            raise self._damaged("a record ends beyond its page")
        return key, page[begin : begin + size]

    def _big_value(self, number: int, size: int) -> bytes:
        count = -(-(_PAGE.size + size) // self._meta.page_size)
        pages = self._pages(number, count)
        own, flags, stored = _OVERFLOW.unpack_from(pages)
        if own != number or not flags & _OVERFLOWS or stored < count:
            raise self._damaged(f"page {number} does not hold the value of {size} bytes it should")
        return pages[_PAGE.size : _PAGE.size + size]

    def _pages(self, number: int, count: int) -> bytes:
        if not 1 < number <= number + count - 1 <= self._meta.last_page:
            raise self._damaged(f"it points to page {number}, which it does not have")
        size = self._meta.page_size
        try:
            data = self._read(number * size, count * size)
        except OSError as fault:
            raise DataError(f"LMDB {self.path}: {fault.strerror or fault}") from None
        if len(data) < count * size:
            raise self._damaged(f"page {number} is missing")
        return data

    def _read(self, at: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), size, at)
        with self._lock:
            self._file.seek(at)
            return self._file.read(size)

    def _damaged(self, what: str) -> DataError:
        return DataError(f"LMDB {self.path} is damaged: {what}")


def open_lmdb(path: Path) -> LmdbDatabase:
    """Open an LMDB: a folder with ``data.mdb``, or such a file.

    Raises :class:`DataError` for one that cannot be read or is shorter than it says.
    """
    try:
        # Closed by the database that holds it.
        file = open(path / "data.mdb" if path.is_dir() else path, "rb", buffering=0)  # noqa: SIM115
        try:
            return LmdbDatabase(path, file, _newest_meta(path, file))
        except BaseException:
            file.close()
            raise
    except OSError as fault:
        raise DataError(f"LMDB {path}: {fault.strerror or fault}") from None


def _newest_meta(path: Path, file: BinaryIO) -> _Meta:
    meta = _meta(path, file.read(_META.size))
    file.seek(meta.page_size)
    second = file.read(_META.size)
    if len(second) == _META.size:
        other = _meta(path, second)
        if other.transaction > meta.transaction:
            meta = other
    if meta.flags:
        raise DataError(
            f"LMDB {path} has records of another kind (flags {meta.flags:#x}). "
            "Expected: plain records, as Caffe writes them"
        )
    size = os.fstat(file.fileno()).st_size
    needed = (meta.last_page + 1) * meta.page_size
    if size < needed:
        raise DataError(
            f"LMDB {path} is cut short: it has {size} bytes. Expected: at least {needed}"
        )
    return meta


def _meta(path: Path, header: bytes) -> _Meta:
    if len(header) < _META.size:
        raise DataError(f"LMDB {path} is cut short: it has {len(header)} bytes")
    magic, version, page_size, flags, _, branches, leaves, _, entries, root, last, transaction = (
        _META.unpack(header)
    )
    if magic != _MAGIC or version != _VERSION:
        raise DataError(f"LMDB {path} does not begin as one of LMDB 0.9 on 64 bits does")
    if page_size not in (1 << bit for bit in range(9, 17)):
        raise DataError(f"LMDB {path} is damaged: it has pages of {page_size} bytes")
    return _Meta(page_size, flags, branches + leaves, entries, root, last, transaction)
