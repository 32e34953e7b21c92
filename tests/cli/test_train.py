"""``caffe-proto train`` and ``test``: what they print, write and refuse."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import caffe_proto as cp
from caffe_proto.cli import cli
from caffe_proto.cli.train import _signals

pytest.importorskip("h5py")

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "solvers"
RUNS = sorted(path.name for path in GOLDEN.glob("cli_*"))
PREFIX = re.compile(r"^I\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ (\w+\.cpp):\d+\] ")
COMMAND = "import sys; from caffe_proto.cli import main; main(sys.argv[1:])"
SPEED = re.compile(r"\([^()]* iter/s, [^/]*s/(\d+) iters\)")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the reference runs; the working directory is one of them."""
    shutil.copytree(GOLDEN, tmp_path / "runs", ignore=shutil.ignore_patterns("keep"))
    monkeypatch.chdir(tmp_path / "runs" / "cli_tests")
    return tmp_path / "runs"


def run(*args: str) -> None:
    cli.main([*args], prog_name="caffe-proto", standalone_mode=False)


def lines_of(log: str) -> list[str]:
    """The lines without what differs from run to run, marked as the reference marks them."""
    result = []
    for line in log.splitlines():
        match = PREFIX.match(line)
        assert match, f"no line of Caffe's: {line}"
        text = SPEED.sub(r"(* iter/s, *s/\1 iters)", line[match.end() :])
        debug = match[1] == "net.cpp" and text.startswith("    [")
        result.append("net: " * debug + text)
    return result


def files_in(folder: Path) -> list[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if name != "expected.json")


@pytest.mark.parametrize("name", RUNS)
def test_the_command_prints_and_writes_what_caffes_does(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / name)
    for expected in json.loads((GOLDEN / name / "expected.json").read_text())["runs"]:
        if expected["exit"]:
            with pytest.raises(Exception, match="not both"):
                run(*expected["command"])
        else:
            run(*expected["command"])
            assert lines_of(capsys.readouterr().out) == expected["lines"]
        assert files_in(folder / name) == sorted(expected["files_after"])


@pytest.mark.parametrize(
    "flags",
    [
        ["-solver", "solver.prototxt"],
        ["-solver=solver.prototxt"],
        ["--solver=solver.prototxt", "--sigint_effect=snapshot", "--sighup_effect", "none"],
        ["solver.prototxt"],
        ["--solver", "solver.prototxt", "-logtostderr", "--log_dir=x", "-minloglevel", "0"],
    ],
)
def test_flags_may_be_spelt_as_caffes(
    folder: Path, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run("train", *flags)
    assert "Optimization Done." in capsys.readouterr().out


def test_gpu_is_ignored_with_a_note(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("train", "-solver", "solver.prototxt", "-gpu", "all", "-iterations", "3")
    notes = capsys.readouterr().err
    assert "--gpu is ignored" in notes
    assert "--iterations is ignored" in notes


def test_a_train_without_solver_is_refused(folder: Path) -> None:
    with pytest.raises(Exception, match="--solver="):
        run("train")


def test_caffes_own_log_parser_finds_its_columns(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # parse_log.sh takes the words 6, 9 and 11 of a line.
    run("train", "-solver", "solver.prototxt")
    log = capsys.readouterr().out.splitlines()
    words = [line.split() for line in log]
    tests = [w for w in words if "Test net output #0" in " ".join(w)]
    assert [w[10] for w in tests] == ["0.416667"] * 3
    rates = [w for w in words if "lr =" in " ".join(w)]
    assert [(w[5], w[8]) for w in rates] == [("0,", "0.05"), ("3,", "0.025")]
    assert any("] Solving " in line for line in log)


def test_every_line_has_a_time_that_caffes_parsers_can_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("train", "-solver", "solver.prototxt")
    for line in capsys.readouterr().out.splitlines():
        # As extract_seconds.py takes a line apart.
        day, clock = line.split()[:2]
        assert 1 <= int(day[1:3]) <= 12
        assert 1 <= int(day[3:]) <= 31
        seconds, _, micro = clock.rpartition(".")
        assert len(seconds.split(":")) == 3
        assert 0 <= int(micro) < 10**6


def test_log_writes_a_record_a_line(folder: Path) -> None:
    run("train", "-solver", "solver.prototxt", "--log", "run.jsonl", "--seed", "3")
    records = [json.loads(line) for line in Path("run.jsonl").read_text().splitlines()]
    assert [r["event"] for r in records] == [
        *("start", "test", "train", "test", "train", "snapshot", "train", "test", "end")
    ]
    assert records[0]["seed"] == 3
    assert records[0]["max_iter"] == 6
    assert set(records[1]["outputs"]) == {"accuracy", "loss"}
    assert records[2]["lr"] == pytest.approx(0.05)
    assert records[5]["state"] == "m_iter_6.solverstate"
    assert records[-1]["iteration"] == 6
    assert records[-1]["stopped"] is False


def test_max_iter_and_stage_reach_the_solver(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Path("net.prototxt").read_text()
    text = text.replace("include { phase: TRAIN }", 'include { phase: TRAIN stage: "a" }', 1)
    Path("net.prototxt").write_text(text)
    run("train", "-solver", "solver.prototxt", "-stage", "b,a", "--max-iter", "2")
    assert "m_iter_2.caffemodel" in os.listdir()
    assert "Iteration 0, lr = 0.05" in capsys.readouterr().out


def test_snapshots_are_called_as_the_solver_was(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Path("solver.prototxt")
    settings.write_text(re.sub(r"snapshot_prefix.*", "", settings.read_text()))
    run("train", "-solver", "./solver.prototxt")
    said = capsys.readouterr().out
    assert "snapshot_prefix was not specified and is set to ./solver\n" in said
    assert "Snapshotting to binary proto file ./solver_iter_6.caffemodel\n" in said
    assert Path("solver_iter_6.solverstate").is_file()


def test_flags_of_other_jobs_are_taken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("train", "-solver", "solver.prototxt", "-model", "x", "-phase=TEST", "-gpu", "all")
    assert "--phase is ignored, as by `caffe train`" in capsys.readouterr().err
    run("test", "-model", "net.prototxt", "-weights", "m_iter_6.caffemodel", "-snapshot", "x")
    assert "--snapshot is ignored, as by `caffe test`" in capsys.readouterr().err


def test_test_prints_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("train", "-solver", "solver.prototxt")
    capsys.readouterr()
    run("test", "-model", "net.prototxt", "-weights", "m_iter_6.caffemodel", "--json")
    result = json.loads(capsys.readouterr().out)
    assert result["iterations"] == 50
    assert set(result["outputs"]) == {"accuracy", "loss"}
    assert result["loss"] == pytest.approx(result["outputs"]["loss"])


@pytest.mark.parametrize("missing", [["-model", "net.prototxt"], ["-weights", "x.caffemodel"]])
def test_test_needs_model_and_weights(folder: Path, missing: list[str]) -> None:
    with pytest.raises(Exception, match="needs"):
        run("test", *missing)


def test_a_missing_net_is_named_with_all_places_before_anything_starts(folder: Path) -> None:
    os.remove("net.prototxt")
    os.chdir("..")
    with pytest.raises(Exception, match=r"Tried: .*runs/net\.prototxt, .*cli_tests/net\.prototxt"):
        run("train", "-solver", "cli_tests/solver.prototxt")


def test_files_of_a_solver_are_found_beside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "data")
    run("train", "-solver", "../cli_tests/solver.prototxt")
    assert Path("m_iter_6.solverstate").is_file()


# -- signals, in a process of its own ------------------------------------------------------


def start(folder: Path, *more: str) -> subprocess.Popen[str]:
    settings = folder / "solver.prototxt"
    text = settings.read_text().replace("max_iter: 6", "max_iter: 100000000")
    settings.write_text(text.replace("display: 3", "display: 100") + "\ntest_initialization: false")
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "train", "-solver", "solver.prototxt", *more],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while "Iteration 100 " not in process.stdout.readline():
        assert process.poll() is None
    return process


def test_ctrl_c_snapshots_and_stops(folder: Path) -> None:
    process = start(folder / "cli_tests")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Optimization stopped early." in out
    assert err == ""  # which a parser of the log could not read
    snapshots = [name for name in os.listdir(folder / "cli_tests") if name.startswith("m_iter")]
    assert sorted(name.split(".")[1] for name in snapshots) == ["caffemodel", "solverstate"]


def test_a_second_ctrl_c_stops_at_once(folder: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    solver = cp.build_solver("solver.prototxt")
    with _signals(solver, "stop", "snapshot"):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(("effect", "written"), [("snapshot", True), ("none", False)])
def test_ctrl_c_may_only_snapshot_or_do_nothing(folder: Path, effect: str, written: bool) -> None:
    solver = cp.build_solver("solver.prototxt")
    with _signals(solver, effect, "none"):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        solver.step(2)
    assert solver.iter == 2
    assert Path("m_iter_0.solverstate").exists() is written


@pytest.mark.skipif(os.name != "posix", reason="makes a pseudo-terminal")
def test_on_a_terminal_one_line_lives_and_tests_are_printed(folder: Path) -> None:
    import pty

    settings = folder / "cli_tests" / "solver.prototxt"
    text = settings.read_text().replace("max_iter: 6", "max_iter: 900")
    settings.write_text(text.replace("test_interval: 3", "test_interval: 300"))
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "train", "-solver", "solver.prototxt"],
        cwd=settings.parent,
        stdout=its,
        stderr=its,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120", "NO_COLOR": "1"},
    )
    os.close(its)
    shown = b""
    with contextlib.suppress(OSError):  # Linux ends a pseudo-terminal with an error
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    assert process.wait() == 0
    text = shown.decode()
    assert "iteration 900/900" in text
    assert "images/s" in text
    assert "Iteration 300, test net #0: loss 1." in text
    assert "Iteration 900, snapshot: m_iter_900.solverstate" in text
    assert "solver.cpp" not in text


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no SIGHUP here")
def test_a_hangup_snapshots_and_goes_on(folder: Path) -> None:
    process = start(folder / "cli_tests")
    process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 20
    while not list((folder / "cli_tests").glob("m_iter_*.solverstate")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert process.poll() is None
    process.kill()
    process.communicate()


@pytest.mark.skipif(os.name != "posix", reason="uses a shell")
def test_a_reader_that_has_gone_ends_the_run_quietly(folder: Path) -> None:
    settings = folder / "cli_tests" / "solver.prototxt"
    text = settings.read_text().replace("max_iter: 6", "max_iter: 100000000")
    settings.write_text(text.replace("display: 3", "display: 1"))
    command = f"{sys.executable} -c '{COMMAND}' train -solver solver.prototxt | head -n 3"
    done = subprocess.run(
        command, shell=True, cwd=settings.parent, capture_output=True, text=True, timeout=60
    )
    assert len(done.stdout.splitlines()) == 3
    assert done.stderr == ""


def test_a_nan_ends_the_command_with_one_line_and_no_traceback(folder: Path) -> None:
    settings = folder / "cli_tests" / "solver.prototxt"
    settings.write_text(settings.read_text().replace("base_lr: 0.05", "base_lr: 1e30"))
    command = [sys.executable, "-c", COMMAND, "train", "-solver", "solver.prototxt"]
    done = subprocess.run(command, cwd=settings.parent, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert re.search(r'the first layer whose output is not finite is "ip\d" \(Inner', done.stderr)
    assert "--keep-going" in done.stderr
    done = subprocess.run(
        [*command, "--log", "run.jsonl"], cwd=settings.parent, capture_output=True, timeout=60
    )
    records = (settings.parent / "run.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in records[-2:]] == ["error", "end"]
    done = subprocess.run(
        [*command, "--keep-going"], cwd=settings.parent, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert "loss = nan" in done.stdout
