"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from caffe_proto.errors import MissingDependencyError

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = Path(__file__).resolve().parent / "golden"


def reference_root() -> Path | None:
    """The folder with the full set of reference values, or None where it is absent."""
    root = Path(os.environ.get("CAFFE_PROTO_REFERENCE", ROOT.parent / "shared"))
    return root if (root / "golden").is_dir() else None


def _skip_without_leveldb() -> Generator[None, Any, Any]:
    try:
        return (yield)
    except MissingDependencyError as fault:
        if "plyvel" not in str(fault):
            raise
        pytest.skip(str(fault))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Skip what needs LevelDB where its package cannot be installed (Python 3.13)."""
    return (yield from _skip_without_leveldb())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """The same for what needs it in the course of the test."""
    return (yield from _skip_without_leveldb())


@pytest.fixture(scope="session")
def golden() -> Path:
    """The reference values that are part of the repository."""
    return GOLDEN


@pytest.fixture(scope="session")
def reference() -> Path:
    """The full set of reference values (``$CAFFE_PROTO_REFERENCE``); skips where it is absent."""
    root = reference_root()
    if root is None:
        pytest.skip("the full reference values are absent: set CAFFE_PROTO_REFERENCE")
    return root
