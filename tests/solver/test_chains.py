"""Trainings with several threads, each through its images' chains of layers, follow Caffe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import caffe_proto as cp
from tests.net.chaining import Threads
from tests.solver.conftest import Case
from tests.solver.test_golden import TRAJECTORIES, train

pytest.importorskip("h5py")

# Those in which layers that work by image follow each other, and batches are large enough.
CHAINED = [
    *((name, 3) for name in ("lenet_sgd", "batchnorm", "two_losses")),
    *((name, 2) for name in TRAJECTORIES if name.startswith(("lenet_", "batchnorm"))),
    ("iter_size_rmsprop", 2),
    ("two_losses", 2),
]


@pytest.mark.parametrize("name, lanes", CHAINED)
def test_training_follows_caffe(
    case: Callable[[str], Case], name: str, lanes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = case(name)
    solver: Any = cp.build_solver("solver.prototxt")
    with Threads(monkeypatch).use(lanes):
        train(solver, folder.expected, folder.arrays())
        ran = [layer.name for layer in solver.net.layers if layer.runs_apart is not None]
    assert ran, "no chain was run"
