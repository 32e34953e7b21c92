"""Writing HDF5 files so that a full disk is an error, and not the end of the process.

HDF5 keeps what it has yet to write, and where that cannot be written it neither gives it up nor
survives: the process dies of a segmentation fault as it exits. So everything is written out while
the file is still open, and after a fault the file is exchanged for the null device beneath HDF5,
which then closes it without any.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from caffe_proto.errors import MissingDependencyError

__all__ = ["require_h5py", "reserve", "store", "writing"]

_ERRNO = re.compile(r"errno = (\d+)")
_CANNOT_RESERVE = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


def require_h5py() -> Any:
    """The module h5py; raises :class:`MissingDependencyError` where it is not installed."""
    try:
        import h5py
    except ImportError:
        raise MissingDependencyError("h5py", "data", "reading and writing HDF5") from None
    return h5py


@contextlib.contextmanager
def writing(path: Path, mode: str = "x") -> Iterator[Any]:
    """An ``h5py.File`` to write, in the oldest format; ``mode`` "x" makes a new one, "r+" adds.

    A new file whose block fails is left unfinished, for the caller to remove. Raises
    :class:`OSError` with the system's reason where the file cannot be written to its end, and
    :class:`MissingDependencyError` without h5py.
    """
    h5 = require_h5py()
    file = None
    # Opened first: after a fault, there may be no way to.
    with open(os.devnull, "r+b", buffering=0) as sink:
        try:
            file = h5.File(path, mode, libver="earliest")
            yield file
            _finish(file, path)
        except BaseException as fault:
            if file is not None:
                _give_up(file, path, sink.fileno(), mode)
            error = _system_error(fault, path)
            if error is None:
                raise
            raise error from fault


def store(group: Any, name: str, values: Any, **options: Any) -> None:
    """Write a new dataset of an HDF5 file; ``options`` are those of ``create_dataset``.

    Raises what h5py does where it cannot be written, for :func:`writing` to translate.
    """
    dataset = group.create_dataset(name, data=values, **options)
    # What fails as a dataset is closed is told to nobody.
    dataset.flush()


def reserve(file: Any, room: int) -> None:
    """Have the disk set ``room`` bytes aside behind the end of a file open for :func:`writing`.

    Raises :class:`OSError` where it has not as many, while the file is still as it was. Does
    nothing on a system that cannot.
    """
    if file.driver != "sec2" or not hasattr(os, "posix_fallocate"):
        return
    descriptor = file.id.get_vfd_handle()
    size = os.fstat(descriptor).st_size
    try:
        os.posix_fallocate(descriptor, size, room)
    except OSError as fault:
        os.ftruncate(descriptor, size)
        if fault.errno not in _CANNOT_RESERVE:
            raise


def _finish(file: Any, path: Path) -> None:
    # A flush that fails can be recovered from; closing cannot.
    file.flush()
    size = file.id.get_filesize()
    file.close()
    if os.path.getsize(path) > size:
        os.truncate(path, size)  # reserved, and not needed


def _give_up(file: Any, path: Path, sink: int, mode: str) -> None:
    if mode == "r+":
        # What was in the file is worth keeping; most faults are not of the disk.
        with contextlib.suppress(Exception):
            _finish(file, path)
    if not file.id.valid:
        return
    with contextlib.suppress(Exception):
        if file.driver == "sec2":
            os.dup2(sink, file.id.get_vfd_handle(), inheritable=False)
    with contextlib.suppress(Exception):
        file.close()


def _system_error(fault: BaseException, path: Path) -> OSError | None:
    """The system's error that HDF5 has put into words of its own; None for any other fault."""
    if not isinstance(fault, OSError) and type(fault) is not RuntimeError:
        return None
    found = _ERRNO.search(str(fault))
    if found:
        number = int(found[1])
        return OSError(number, os.strerror(number), str(path))
    return None if isinstance(fault, OSError) else OSError(errno.EIO, f"HDF5: {fault}", str(path))
