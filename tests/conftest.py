"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = Path(__file__).resolve().parent / "golden"


def reference_root() -> Path | None:
    """The folder with the full set of reference values, or None where it is absent."""
    root = Path(os.environ.get("CAFFE_PROTO_REFERENCE", ROOT.parent / "shared"))
    return root if (root / "golden").is_dir() else None


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
