"""Writing a file so that a whole one is there at any moment."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from caffe_proto.errors import WeightsError

__all__ = ["replacing"]


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A new path beside ``path``, renamed to it if the block succeeds, removed if it fails.

    Who has the old file open or mapped keeps it. Raises :class:`WeightsError` where the place
    cannot be written to.
    """
    # A link stays a link: what it points to is replaced.
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise WeightsError(f"{path}: expected the name of a file to write; this is a directory")
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        yield beside
        os.replace(beside, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WeightsError(f"{path}: cannot be written: {reason}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
