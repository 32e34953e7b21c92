"""LeNet on 5000 real digits, beside Caffe's own run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import caffe_proto as cp

pytest.importorskip("lmdb")

pytestmark = pytest.mark.reference


@pytest.fixture
def run(reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    source = reference / "golden" / "runs" / "lenet_mnist"
    shutil.copytree(source, tmp_path / "run")
    monkeypatch.chdir(tmp_path / "run")
    return tmp_path / "run"


def expected(run: Path) -> tuple[dict, np.ndarray]:  # type: ignore[type-arg]
    facts = json.loads((run / "expected.json").read_text())
    return facts, np.array(facts["losses"])


def test_the_first_iterations_have_caffes_losses_and_parameters(run: Path) -> None:
    _, losses = expected(run)
    with np.load("expected.npz") as arrays:
        wanted = {key: arrays[key] for key in arrays.files if key.startswith("iter")}
    solver = cp.build_solver("solver.prototxt")
    compared = 0

    def compare(s: cp.Solver) -> None:
        nonlocal compared
        for key, values in wanted.items():
            step, name, index = key.split("/")
            if step == f"iter{s.iter:05d}":
                found = s.net.params[name][int(index)].data.reshape(-1)[: len(values)]
                np.testing.assert_allclose(found, values, rtol=1e-3, atol=2e-5, err_msg=key)
                compared += 1

    solver.add_callback(compare)
    solver.settings.test_initialization = False
    solver.step(20)
    assert abs(solver.losses[0] - losses[0]) < 1e-5
    assert np.abs(solver.losses - losses[:20]).max() < 1e-3
    assert compared


@pytest.mark.slow
def test_the_trained_net_is_as_accurate_as_caffes(run: Path) -> None:
    facts, losses = expected(run)
    solver = cp.build_solver("solver.prototxt")
    tests: list[tuple[int, object]] = []
    solver.on_test.append(lambda result: tests.append((result.iteration, result["accuracy"])))
    solver.solve()
    assert tests[-1][0] == 400
    assert tests[-1][1] == pytest.approx(facts["final_accuracy"], abs=0.005)
    # Rounding grows along the way; the curve stays the same.
    assert np.abs(solver.losses - losses).max() < 0.1
    assert np.abs(solver.losses - losses).mean() < 0.01


def test_caffes_trained_weights_have_caffes_accuracy(run: Path) -> None:
    facts, _ = expected(run)
    net = cp.build_net("train_val.prototxt", "TEST", "lenet_iter_400.caffemodel")
    correct = 0.0
    for _ in range(10):
        net.run_forward()
        correct += 100 * float(net.blobs["accuracy"].data)
    assert round(correct) == facts["final_correct"]
