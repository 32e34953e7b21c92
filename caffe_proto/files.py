"""Writing a file so that a whole one is there at any moment."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

from caffe_proto.errors import CaffeProtoError

__all__ = ["process_runs", "remove_leftovers", "replacing", "require_space", "scratch_path"]


@contextlib.contextmanager
def replacing(
    path: str | os.PathLike[str], error: type[CaffeProtoError] = CaffeProtoError
) -> Iterator[Path]:
    """A new path beside ``path``, renamed to it if the block succeeds, removed if it fails.

    Who has the old file open or mapped keeps it. Raises ``error`` where the place cannot be
    written to, or holds a directory, a device or a pipe.
    """
    # A link stays a link: what it points to is replaced.
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise error(f"{path}: expected the name of a file to write; this is a directory")
    if target.exists() and not target.is_file():
        raise error(f"{path}: expected the name of a file to write; this is a device or a pipe")
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        yield beside
        os.replace(beside, target)
    except OSError as fault:
        raise error(f"{path}: cannot be written: {fault.strerror or fault}") from fault
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def scratch_path(path: Path) -> Path:
    """A hidden path beside ``path`` whose name tells the machine and the process that use it."""
    return path.with_name(f"{_scratch_start(path)}{os.getpid()}-{secrets.token_hex(6)}.part")


def remove_leftovers(path: Path) -> None:
    """Remove what processes of this machine that are gone left at a :func:`scratch_path`."""
    start = _scratch_start(path)
    with contextlib.suppress(OSError):
        for entry in path.absolute().parent.iterdir():
            if entry.name.startswith(start) and entry.name.endswith(".part"):
                process = entry.name[len(start) :].partition("-")[0]
                if process.isdigit() and not process_runs(int(process)):
                    shutil.rmtree(entry, ignore_errors=True)


def _scratch_start(path: Path) -> str:
    return f".{path.name[:80]}.{socket.gethostname()}."


def process_runs(process: int) -> bool:
    """Whether another process of this machine has the number ``process``."""
    if os.name != "posix":
        return True  # elsewhere, asking means sending a signal
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def require_space(
    path: str | os.PathLike[str], size: int, error: type[CaffeProtoError] = CaffeProtoError
) -> None:
    """Raise ``error`` where the disk of ``path`` has less than ``size`` bytes left.

    For libraries whose own words for a full disk come late (HDF5), or never: LMDB maps what it
    writes, and the process ends.
    """
    try:
        free = shutil.disk_usage(Path(path).absolute().parent).free
    except OSError as fault:
        raise error(f"{path}: cannot be written: {fault.strerror or fault}") from None
    if free < size + (1 << 16):
        raise error(
            f"{path}: cannot be written: no space left on the disk "
            f"({free:,} bytes are free, {size:,} needed)"
        )
