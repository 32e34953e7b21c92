"""A mapped file as a stream, for libraries that read from one."""

from __future__ import annotations

import io
from typing import Any

__all__ = ["Window"]


class Window(io.RawIOBase):
    """The bytes of ``buffer`` as a readable stream; nothing is copied before it is read."""

    def __init__(self, buffer: memoryview) -> None:
        self._bytes = buffer
        self._at = 0

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to ``offset`` from the beginning, the position or the end."""
        base = (0, self._at, len(self._bytes))[whence]
        if base + offset < 0:
            raise ValueError("a position before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """The position."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` as far as there are bytes; returns how many."""
        part = self._bytes[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)
