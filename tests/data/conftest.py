"""Small databases and lists that the tests of this folder read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

IO = Path(__file__).resolve().parent.parent / "golden" / "io"

Records = list[tuple[bytes, bytes]]


@pytest.fixture(scope="session")
def io() -> Path:
    """The folder with databases, lists and pictures that Caffe's tools wrote."""
    return IO


@pytest.fixture
def make_database(tmp_path: Path) -> Callable[..., Path]:
    """Writes records into a new database and gives its path."""
    from caffe_proto.data.database import LMDB
    from caffe_proto.data.writing import create_database

    def make(records: Records, name: str = "db", backend: int = LMDB) -> Path:
        with create_database(tmp_path / name, backend) as database:
            for key, value in records:
                database.put(key, value)
        return tmp_path / name

    return make
