"""Trajectories, snapshots and refusals against Caffe's own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.solver import Report, Solver, TestResult
from caffe_proto.solver.state import read_state
from tests.solver.conftest import GOLDEN, Case

pytest.importorskip("h5py")

MakeCase = Callable[[str], Case]
TRAJECTORIES = sorted(path.parent.name for path in GOLDEN.glob("*/expected.npz"))
SNAPSHOTS = [name for name in TRAJECTORIES if name.startswith("snapshot_")]
REJECTED = json.loads((GOLDEN / "rejected" / "expected.json").read_text())

RTOL, ATOL = 1e-4, 1e-6
# Logged values have six digits.
LOGGED = {"rtol": 2e-5, "atol": 1e-6}


class Recorder:
    """Compares a solver with a reference while it trains, and keeps what it reports."""

    def __init__(self, solver: Solver, arrays: dict[str, np.ndarray]) -> None:
        self.solver, self.arrays = solver, arrays
        self.compared = 0
        self.rates: list[float] = []
        self.passes: list[float] = []
        self.reports: list[Report] = []
        self.tests: list[TestResult] = []
        solver.add_callback(self.before, gradients=self.gradients)
        solver.on_report.append(self.reports.append)
        solver.on_test.append(self.tests.append)
        run_forward = solver.net.run_forward

        def record(*args: Any) -> float:
            loss = run_forward(*args)
            self.passes.append(loss)
            return loss

        solver.net.run_forward = record  # type: ignore[method-assign]

    def before(self, solver: Solver) -> None:
        self.rates.append(solver.lr)
        self.compare_parameters()

    def compare_parameters(self) -> None:
        self._compare("iter", "data")

    def gradients(self, solver: Solver) -> None:
        self._compare("grad", "diff")

    def _compare(self, kind: str, what: str) -> None:
        for key, expected in self.arrays.items():
            step, *where = key.split("/")
            if step != f"{kind}{self.solver.iter:05d}":
                continue
            parameter = self.solver.net.params[where[0]][int(where[1])]
            np.testing.assert_allclose(
                getattr(parameter, what), expected, rtol=RTOL, atol=ATOL, err_msg=key
            )
            self.compared += 1


def train(solver: Solver, expected: dict[str, Any], arrays: dict[str, np.ndarray]) -> Recorder:
    """Train as the reference was, and compare everything that it holds."""
    for key, values in arrays.items():
        if key.startswith("input/"):
            solver.net.blobs[key.removeprefix("input/")].data[...] = values
    recorder = Recorder(solver, arrays)
    assert solver.iter == expected["start_iter"]
    iterations = expected["end_iter"] - expected["start_iter"]
    calls = [7, 13] if expected.get("name") == "average_loss_two_steps" else [iterations]
    for count in calls:
        solver.step(count)
    recorder.compare_parameters()
    assert solver.iter == expected["end_iter"]
    assert recorder.compared == sum(not key.startswith("input/") for key in arrays)
    compare_numbers(solver, recorder, expected)
    return recorder


def compare_numbers(solver: Solver, recorder: Recorder, expected: dict[str, Any]) -> None:
    losses = np.array(expected["forward_losses"])
    passes = np.array(recorder.passes).reshape(-1, solver.settings.iter_size)
    np.testing.assert_allclose(passes, losses, rtol=RTOL, atol=ATOL)
    np.testing.assert_allclose(solver.losses, losses.mean(axis=1), rtol=RTOL, atol=ATOL)
    if "lr" in expected:
        np.testing.assert_allclose(recorder.rates, expected["lr"], rtol=1e-6, atol=1e-9)
    reports = recorder.reports
    shown = [(r.iteration, r.loss) for r in reports]
    np.testing.assert_allclose(shown, expected["displayed"], **LOGGED)
    rates = [(r.iteration, r.lr) for r in reports]
    np.testing.assert_allclose(rates, expected["displayed_lr"], **LOGGED)
    values = [(o.name, v) for r in reports for o in r.outputs for v in o.values.reshape(-1)]
    assert [name for name, _ in values] == [name for name, _ in expected["train_outputs"]]
    np.testing.assert_allclose(
        [v for _, v in values], [v for _, v in expected["train_outputs"]], **LOGGED
    )
    compare_tests(recorder.tests, expected.get("tests", []))


def compare_tests(tests: list[TestResult], expected: list[dict[str, Any]]) -> None:
    for found, wanted in zip(tests, expected, strict=True):
        assert (found.iteration, found.net) == (wanted["iter"], wanted["net"])
        if wanted.get("test_loss") is not None:
            np.testing.assert_allclose(found.loss, wanted["test_loss"], **LOGGED)
        for output, (name, mean, *weighted) in zip(found.outputs, wanted["outputs"], strict=True):
            assert output.name == name
            np.testing.assert_allclose(output.value, mean, **LOGGED)
            assert output.loss_weight == (weighted[0] if weighted else 0)


@pytest.mark.parametrize("name", TRAJECTORIES)
def test_training_follows_caffe(case: MakeCase, name: str) -> None:
    folder = case(name)
    train(cp.build_solver("solver.prototxt"), folder.expected, folder.arrays())


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_snapshots_hold_what_caffe_saves(case: MakeCase, name: str) -> None:
    folder = case(name)
    facts = folder.expected["snapshot"]
    for file in folder.folder.glob("snap_iter*"):
        file.unlink()
    train(cp.build_solver("solver.prototxt"), folder.expected, folder.arrays())
    written = sorted(f for f in os.listdir() if f.startswith("snap"))
    assert written == facts["files_written"]
    mine = read_state(facts["solverstate"])
    its = read_state(folder.source / facts["solverstate"])
    assert (mine.iteration, mine.learned_net, mine.current_step) == (
        its.iteration,
        its.learned_net,
        its.current_step,
    )
    for own, other in zip(mine.history, its.history, strict=True):
        np.testing.assert_allclose(own, other, rtol=RTOL, atol=ATOL)
    weights = cp.build_net("net.prototxt", "TRAIN", facts["model"])
    others = cp.build_net("net.prototxt", "TRAIN", str(folder.source / facts["model"]))
    for name_, params in weights.params.items():
        for own_, other_ in zip(params, others.params[name_], strict=True):
            np.testing.assert_allclose(own_.data, other_.data, rtol=RTOL, atol=ATOL)


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_training_goes_on_from_caffes_snapshot(case: MakeCase, name: str) -> None:
    folder = case(name)
    facts = folder.expected["snapshot"]
    solver = cp.build_solver("solver.prototxt", snapshot=facts["solverstate"])
    assert [list(h.shape) for h in solver.history] == [
        list(h.shape) for h in read_state(facts["solverstate"]).history
    ]
    train(solver, folder.expected["resumed"], folder.arrays("resumed.npz"))


@pytest.mark.parametrize("name", [n for n in SNAPSHOTS if "h5" not in n])
def test_a_restored_snapshot_is_saved_byte_for_byte(case: MakeCase, name: str) -> None:
    folder = case(name)
    facts = folder.expected["snapshot"]
    solver = cp.build_solver("solver.prototxt", snapshot=facts["solverstate"])
    solver.snapshot()
    for file in (facts["solverstate"], facts["model"]):
        assert (folder.folder / file).read_bytes() == (folder.source / file).read_bytes()


@pytest.mark.parametrize("name", [n for n in SNAPSHOTS if "h5" in n])
def test_a_state_in_hdf5_has_caffes_layout(case: MakeCase, name: str) -> None:
    import h5py

    folder = case(name)
    state = folder.expected["snapshot"]["solverstate"]
    cp.build_solver("solver.prototxt", snapshot=state).snapshot()
    layouts = []
    for path in (folder.folder / state, folder.source / state):
        with h5py.File(path) as file:
            layout: dict[str, Any] = {}
            file.visititems(lambda key, item, into=layout: into.update({key: _facts(item)}))
        layouts.append(layout)
    assert layouts[0] == layouts[1]


def _facts(item: Any) -> Any:
    import h5py

    if isinstance(item, h5py.Group):
        return "group"
    kind = item.id.get_type()
    text = kind.get_class() == h5py.h5t.STRING
    detail = (kind.get_strpad(), kind.get_cset(), kind.get_size()) if text else ()
    return item.shape, item.dtype.str, detail, item[()].tobytes() if not text else item[()]


@pytest.mark.parametrize("name", [e["name"] for e in REJECTED])
def test_settings_are_refused_where_caffe_refuses_them(case: MakeCase, name: str) -> None:
    case("rejected")
    expected = next(e for e in REJECTED if e["name"] == name)
    file = f"{name}.solver.prototxt"
    if expected.get("when") == "construction":
        with pytest.raises(cp.SolverError):
            cp.build_solver(file)
        return
    solver = cp.build_solver(file)
    # Caffe divides by zero in `poly` without max_iter and goes on with a rate of NaN.
    if not expected["accepted"] or expected["loss_after_2"] == "nan":
        with pytest.raises(cp.SolverError):
            solver.step(1)
        assert solver.iter == 0
        return
    solver.step(2)
    np.testing.assert_allclose(solver.losses[-1], expected["loss_after_2"], rtol=1e-5)


def test_a_state_may_lie_elsewhere_with_its_weights(case: MakeCase) -> None:
    folder = case("snapshot_sgd")
    (folder.folder / "old").mkdir()
    for file in folder.folder.glob("snap_iter_5*"):
        shutil.move(file, folder.folder / "old")
    solver = cp.build_solver("solver.prototxt")
    solver.restore("old/snap_iter_5.solverstate")
    train(solver, folder.expected["resumed"], folder.arrays("resumed.npz"))
