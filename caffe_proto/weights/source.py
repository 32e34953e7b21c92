"""Where weights come from: a mapped file or bytes, and values in it that are not read yet."""

from __future__ import annotations

import mmap
import os
import stat
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import WeightsError

__all__ = ["DeferredValues", "FileValues", "Piece", "Source", "Values"]

Array = npt.NDArray[Any]

#: ``(offset, count, stride)``: numbers of one type, their first bytes ``stride`` bytes apart.
Piece = tuple[int, int, int]

# One call moves less than 2 GiB on Linux. Small calls into fresh memory took less time than large
# ones in most runs, though both vary much with the machine's load.
_READ_AT_ONCE = 1 << 21


class Source:
    """The bytes of a weights file, mapped so that what is not used is not read.

    ``content`` is a path or the bytes themselves; ``name`` is how errors call it, ``size`` its
    length in bytes, ``data`` all of it as uint8. Writing to ``data`` of a file changes this
    process's copy only. Raises :class:`WeightsError` where there is no such regular file.
    """

    def __init__(self, content: str | os.PathLike[str] | bytes | bytearray | memoryview) -> None:
        self._fd: int | None = None
        if isinstance(content, (bytes, bytearray, memoryview)):
            self.name = "<bytes>"
            self.data: Array = np.frombuffer(bytes(content), np.uint8)
        else:
            self.name = os.fspath(content)
            self._open(Path(content))
            self.data = self._map() if self.size else np.empty(0, np.uint8)
        self.size: int = self.data.size
        self.bytes: memoryview = self.data.data

    def _open(self, path: Path) -> None:
        try:
            # Opening a pipe would wait for its writer.
            fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | _NONBLOCK)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise WeightsError(f"{self.name}: cannot be opened: {reason}") from error
        weakref.finalize(self, os.close, fd)
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            what = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise WeightsError(f"{self.name}: expected a weights file; this is {what}")
        self._fd = fd
        self.size = status.st_size

    def _map(self) -> Array:
        assert self._fd is not None
        try:
            mapping = mmap.mmap(self._fd, self.size, access=mmap.ACCESS_COPY)
        except (OSError, ValueError, OverflowError) as error:
            raise WeightsError(f"{self.name}: cannot be mapped into memory: {error}") from error
        return np.frombuffer(mapping, np.uint8)

    def private(self) -> Array:
        """All bytes again, writable and seen by nobody else; without a copy where possible."""
        return self._map() if self._fd is not None and self.size else self.data.copy()

    @property
    def is_file(self) -> bool:
        """Whether the bytes are mapped from a file."""
        return self._fd is not None

    def read(self, offset: int, nbytes: int) -> Array:
        """A fresh, aligned uint8 array of ``nbytes`` bytes of the file at ``offset``."""
        out = np.empty(nbytes, np.uint8)
        if self._fd is None or not hasattr(os, "preadv"):
            out[:] = self.data[offset : offset + nbytes]
            return out
        # Read, not copied from the mapping: mapped pages would count as this process's memory
        # once more beside the copy.
        target = out.data
        done = 0
        while done < nbytes:
            part = target[done : done + _READ_AT_ONCE]
            count = os.preadv(self._fd, [part], offset + done)
            if count <= 0:
                raise WeightsError(
                    f"{self.name}: at byte {offset + done}: the file has become shorter"
                )
            done += count
        return out


_NONBLOCK = getattr(os, "O_NONBLOCK", 0)


class Values(Protocol):
    """Numbers in a file: ``count`` of ``dtype``, in ``nbytes`` bytes from ``offset`` on."""

    @property
    def dtype(self) -> np.dtype[Any]: ...

    @property
    def count(self) -> int: ...

    @property
    def offset(self) -> int: ...

    @property
    def nbytes(self) -> int: ...

    def view(self, data: Array | None = None) -> Array | None:
        """The numbers as a flat view of the file (of ``data``, a map of it), or None."""

    def read(self) -> Array:
        """The numbers in a fresh, aligned, flat array."""


class FileValues:
    """Numbers that lie in the file as they are, in one piece or several."""

    __slots__ = ("count", "dtype", "offset", "pieces", "source")

    def __init__(
        self, source: Source, dtype: npt.DTypeLike, pieces: list[Piece], offset: int | None = None
    ) -> None:
        self.source = source
        self.dtype = np.dtype(dtype)
        self.pieces = pieces
        self.count = sum(count for _, count, _ in pieces)
        self.offset = pieces[0][0] if pieces else (offset or 0)

    @property
    def nbytes(self) -> int:
        """Bytes of the numbers alone, without tags between them."""
        return self.count * self.dtype.itemsize

    def view(self, data: Array | None = None) -> Array | None:
        """The numbers as a flat view of ``data`` (default: the source's), or None: in pieces."""
        if len(self.pieces) != 1 or not self.dtype.isnative:
            return None
        offset, _, stride = self.pieces[0]
        if stride != self.dtype.itemsize:
            return None
        whole = self.source.data if data is None else data
        return whole[offset : offset + self.nbytes].view(self.dtype)

    def read(self) -> Array:
        """The numbers in a fresh, aligned, flat array of the type they have in the file."""
        item = self.dtype.itemsize
        if len(self.pieces) == 1 and self.pieces[0][2] == item:
            return self.source.read(self.pieces[0][0], self.nbytes).view(self.dtype)
        out = np.empty(self.nbytes, np.uint8)
        at = 0
        for offset, count, stride in self.pieces:
            part = np.lib.stride_tricks.as_strided(
                self.source.data[offset:], (count, item), (stride, 1), writeable=False
            )
            out[at : at + count * item].reshape(count, item)[...] = part
            at += count * item
        return out.view(self.dtype)


class DeferredValues:
    """Numbers that ``load`` makes: decompressed, or taken from a text."""

    __slots__ = ("_load", "count", "dtype", "nbytes", "offset")

    def __init__(
        self,
        load: Callable[[], Array],
        dtype: npt.DTypeLike,
        count: int,
        offset: int = 0,
        nbytes: int | None = None,
    ) -> None:
        self._load = load
        self.dtype = np.dtype(dtype)
        self.count = count
        self.offset = offset
        self.nbytes = count * self.dtype.itemsize if nbytes is None else nbytes

    def view(self, data: Array | None = None) -> Array | None:
        """None: there is nothing in the file to look at."""
        return None

    def read(self) -> Array:
        """The numbers in a fresh, flat array."""
        return self._load().reshape(-1)
