"""Reference trainings, copied to where they may be written to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "solvers"


class Case:
    """One folder of reference values, the working directory while it is used."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        #: A copy to work in.
        self.folder = folder
        #: The reference itself.
        self.source = GOLDEN / name
        self.expected: dict[str, Any] = json.loads((self.source / "expected.json").read_text())

    def arrays(self, name: str = "expected.npz") -> dict[str, np.ndarray]:
        """All arrays of one of the case's ``.npz`` files."""
        with np.load(self.source / name) as file:
            return dict(file)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Case]:
    """``case(name)``: a copy of that folder of tests/golden/solvers, as the working directory."""

    def make(name: str) -> Case:
        shutil.copytree(GOLDEN / "data", tmp_path / "data", dirs_exist_ok=True)
        folder = tmp_path / name
        shutil.copytree(GOLDEN / name, folder, ignore=shutil.ignore_patterns("expected.*", "keep"))
        monkeypatch.chdir(folder)
        return Case(name, folder)

    return make
