"""Logs into curves: Caffe's in its older and newer form, and JSON lines."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

import caffe_proto as cp
from caffe_proto.solver.log import attach, detach
from caffe_proto.solver.logfiles import read_log
from caffe_proto.solver.runlog import RunLog
from tests.solver.test_solver import solver

# Lines of this form have been written by Caffe since 2014; the speed came in 2016.
OLD = """\
I0210 13:39:22.381027 25210 solver.cpp:160] Solving LeNet
I0210 13:39:22.383200 25210 solver.cpp:247] Iteration 0, Testing net (#0)
I0210 13:39:24.120127 25210 solver.cpp:298]     Test net output #0: accuracy = 0.0813
I0210 13:39:24.120200 25210 solver.cpp:298]     Test net output #1: loss = 2.4 (* 1 = 2.4 loss)
I0210 13:39:24.200000 25210 solver.cpp:191] Iteration 0, loss = 2.39
I0210 13:39:24.200000 25210 solver.cpp:206]     Train net output #0: loss = 2.39 (* 1 = 2.39 loss)
I0210 13:39:24.200000 25210 solver.cpp:403] Iteration 0, lr = 0.01
I0210 13:39:30.200000 25210 solver.cpp:191] Iteration 100, loss = 1.5e-05
I0210 13:39:30.200000 25210 solver.cpp:403] Iteration 100, lr = 0.00992565
I0210 13:39:31.200000 25210 solver.cpp:247] Iteration 100, Testing net (#0)
I0210 13:39:31.120127 25210 solver.cpp:298]     Test net output #0: accuracy = 0.98
I0210 13:39:31.120200 25210 solver.cpp:298]     Test net output #1: loss = 0.06 (* 1 = 0.06 loss)
"""
RESUMED = """\
I0211 13:39:22.381027 25210 solver.cpp:272] Solving LeNet
I0211 13:39:30.200000 25210 solver.cpp:218] Iteration 50 (0 iter/s, 0.1s/50 iters), loss = 0.7
I0211 13:39:31.200000 25210 solver.cpp:330] Iteration 50, Testing net (#1)
I0211 13:39:31.120127 25210 solver.cpp:397]     Test net output #0: prob = 0.1
I0211 13:39:31.120200 25210 solver.cpp:397]     Test net output #1: prob = 0.9
I0211 13:39:31.200000 25210 solver.cpp:218] Iteration 60 (3 iter/s, 9s/50 iters), loss = nan
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "lenet.log"


def test_caffes_lines_become_curves(log: Path) -> None:
    log.write_text(OLD)
    run = read_log(log)
    assert run.name == "lenet"
    assert (run.loss.iterations, run.loss.values) == ([0, 100], [2.39, 1.5e-05])
    assert run.lr.values == [0.01, 0.00992565]
    assert run.test["accuracy"].values == [0.0813, 0.98]
    assert run.test["loss"].iterations == [0, 100]
    assert run.train["loss"].values == [2.39]
    assert run.losses == {"loss"}


def test_lines_of_nvidias_caffe_become_curves(log: Path) -> None:
    place = "I0302 09:12:11.250000 31 solver.cpp:329]"
    log.write_text(
        f"{place} Iteration 100 (3.95 iter/s, 25.3s/100 iter), 1.2/40.1ep, loss = 1.25\n"
        f"{place} Iteration 100, lr = 0.001, m = 0.9, wd = 0.0005, gs = 1\n"
    )
    run = read_log(log)
    assert (run.loss.iterations, run.loss.values) == ([100], [1.25])
    assert run.lr.values == [0.001]


def test_a_resumed_run_continues_the_curves(log: Path) -> None:
    log.write_text(OLD + RESUMED)
    run = read_log(log)
    assert run.loss.iterations == [0, 50, 60]
    assert run.test["accuracy"].iterations == [0]
    assert run.test["prob #1"].values == [0.1]
    assert run.test["prob #1[1]"].values == [0.9]
    assert str(run.loss.values[-1]) == "nan"


def test_our_own_lines_and_records_give_the_same_curves(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trained = solver("display: 2 test_iter: 1 test_interval: 2 snapshot_after_train: false")
    with log.open("w") as stream:
        handler = attach(stream)
        records = RunLog("run.jsonl", trained)
        trained.solve()
        records.close()
        detach(handler)
    lines, mine = read_log(log), read_log("run.jsonl")
    assert lines.loss.iterations == mine.loss.iterations == [0, 2, 4]
    assert lines.lr.values == pytest.approx(mine.lr.values)
    assert lines.loss.values == pytest.approx(mine.loss.values, rel=1e-5)
    assert lines.test["loss"].values == pytest.approx(mine.test["loss"].values, rel=1e-5)
    assert lines.test["loss"].iterations == mine.test["loss"].iterations == [0, 2, 4]


def test_records_of_a_new_start_replace_those_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    for iterations in (5, 3):
        trained = solver("display: 1")
        records = RunLog(path, trained)
        trained.step(iterations)
        records.close()
    assert read_log(path).loss.iterations == [0, 1, 2]


def test_half_a_last_record_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    trained = solver("display: 1")
    records = RunLog(path, trained)
    trained.step(3)
    records.close()
    path.write_text(path.read_text() + '{"event": "train", "itera')
    assert len(read_log(path).loss) == 3
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[-1], *lines[1:]]))
    with pytest.raises(cp.SolverError, match="line 2 of the log is no record"):
        read_log(path)


def test_a_run_goes_on_after_half_a_record(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    for iterations in (3, 1):
        with RunLog(path, trained := solver("display: 1")):
            trained.step(iterations)
        with path.open("a") as stream:
            stream.write('{"event": "train", "itera')
    assert read_log(path).loss.iterations == [0]


@pytest.mark.parametrize("content", ["", "nothing of it\n", "{}\n{}\n"])
def test_a_file_without_a_training_is_refused(log: Path, content: str) -> None:
    log.write_text(content)
    with pytest.raises(cp.SolverError, match="lenet"):
        read_log(log)


def test_a_missing_log_is_told(tmp_path: Path) -> None:
    with pytest.raises(cp.SolverError, match=r"nowhere\.log: the log cannot be read"):
        read_log(tmp_path / "nowhere.log")


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(cp.SolverError, match="the log cannot be written"):
        RunLog(tmp_path / "no" / "run.jsonl", solver())


def test_without_a_listener_nothing_is_formatted(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        solver("display: 1").step(2)
    assert caplog.text == ""


def test_a_log_that_cannot_be_written_any_more_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = solver("display: 1")
    path = tmp_path / "run.jsonl"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def train() -> None:
        with RunLog(path, trained) as records:
            trained.step(1)
            monkeypatch.setattr(records._file, "flush", full)
            trained.step(1)

    with pytest.raises(cp.SolverError, match=r"run\.jsonl: the log cannot be written: No space"):
        train()
    assert trained.on_report == []
    assert read_log(path).loss.iterations[0] == 0
