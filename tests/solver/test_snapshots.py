"""Snapshots: names, wholeness, what is told where one cannot be written or read."""

from __future__ import annotations

import errno
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.schema import caffe_pb2
from caffe_proto.solver import snapshots
from caffe_proto.solver.snapshots import SnapshotFiles, default_prefix
from caffe_proto.solver.state import read_state
from tests.solver.test_solver import BASE, NET, solver

FORMATS = ["BINARYPROTO", "HDF5"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def trained(settings: str = "") -> cp.Solver:
    result = solver(f'momentum: 0.9 snapshot_prefix: "s" {settings}')
    result.step(3)
    return result


def params(s: cp.Solver) -> list[np.ndarray]:
    return [p.data.copy() for p in s.net.learnable_params]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_restored_solver_goes_on_bit_for_bit(kind: str) -> None:
    first = trained(f"snapshot_format: {kind}")
    state = first.snapshot()
    # DummyData draws on: both get the same stream from here.
    first.net.reseed(9)
    first.step(3)
    second = solver('momentum: 0.9 snapshot_prefix: "s"', snapshot=state)
    assert second.iter == 3
    second.net.reseed(9)
    second.step(3)
    for one, other in zip(params(first), params(second), strict=True):
        np.testing.assert_array_equal(one, other)


def test_solve_may_resume_by_itself() -> None:
    state = trained().snapshot()
    again = solver('momentum: 0.9 snapshot_prefix: "s"')
    again.solve(resume=state)
    assert again.iter == 5
    assert again.loss_iterations.tolist() == [3, 4]


@pytest.mark.parametrize("kind", FORMATS)
def test_states_are_told_apart_by_content_not_by_name(kind: str) -> None:
    state = trained(f"snapshot_format: {kind}").snapshot()
    os.rename(state, "renamed.bin")
    restored = solver()
    restored.restore("renamed.bin")
    assert restored.iter == 3


@pytest.mark.parametrize(
    ("text", "path", "prefix"),
    [
        ("", "runs/lenet_solver.prototxt", "runs/lenet_solver"),
        ("", "./lenet_solver.prototxt", "./lenet_solver"),
        ("", "../a.b//lenet", "../a.b//lenet"),
        ("", "a.b/lenet.v2.prototxt", "a.b/lenet.v2"),
        ("", "a/.prototxt", "a/"),
        ('snapshot_prefix: "x/y"', "runs/lenet_solver.prototxt", "x/y"),
        ('snapshot_prefix: "runs"', "x/lenet_solver.prototxt", "runs/lenet_solver"),
        ('snapshot_prefix: "./runs/"', "./lenet_solver.prototxt", "./runs/lenet_solver"),
    ],
)
def test_prefixes_default_as_caffes(folder: Path, text: str, path: str, prefix: str) -> None:
    (folder / "runs").mkdir()
    settings = cp.parse(text, message="SolverParameter")
    default_prefix(settings, path)
    assert settings.snapshot_prefix == prefix


def test_a_solver_s_path_stays_in_the_prefix_as_it_was_written(folder: Path) -> None:
    (folder / "s: 1.prototxt").write_text(f"{BASE} net_param {{ {NET} }}")
    for path in ("./s: 1.prototxt", Path("s: 1.prototxt")):
        assert cp.build_solver(path).settings.snapshot_prefix == str(path).removesuffix(".prototxt")


def test_file_names_are_caffes() -> None:
    settings = caffe_pb2.SolverParameter(snapshot_prefix="a/b")
    assert SnapshotFiles.of(settings, 12).state == "a/b_iter_12.solverstate"
    settings.snapshot_format = caffe_pb2.SolverParameter.HDF5
    assert SnapshotFiles.of(settings, 12).weights == "a/b_iter_12.caffemodel.h5"


@pytest.mark.parametrize("kind", FORMATS)
def test_snapshot_diff_saves_the_gradients(kind: str) -> None:
    s = trained(f"snapshot_diff: true snapshot_format: {kind}")
    s.snapshot()
    from caffe_proto.weights import load_weights

    blob = load_weights(SnapshotFiles.of(s.settings, 3).weights)["ip"].blobs[0]
    np.testing.assert_array_equal(blob.diff(), s.net.params["ip"][0].diff)


# -- faults while writing ------------------------------------------------------------------

_FULL = """
import resource, signal, sys
import caffe_proto as cp
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
s = cp.build_solver("solver.prototxt", snapshot="s_iter_3.solverstate{ending}")
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    s.snapshot()
except cp.SolverError as fault:
    print("SolverError:", fault)
"""


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("room", [0.0, 0.3, 0.99])
def test_a_snapshot_that_does_not_fit_leaves_the_old_one_whole(
    folder: Path, kind: str, room: float
) -> None:
    settings = f'{BASE} momentum: 0.9 snapshot_prefix: "s" snapshot_format: {kind}'
    Path("solver.prototxt").write_text(f"{settings} net_param {{ {NET} }}")
    first = cp.build_solver("solver.prototxt")
    first.step(3)
    state = first.snapshot()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    limit = int(room * max(len(before[name]) for name in before if name.startswith("s_iter")))
    code = _FULL.format(ending=".h5" if kind == "HDF5" else "")
    done = subprocess.run(
        [sys.executable, "-c", code, str(limit)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("SolverError:"), done.stderr[-2000:]
    assert re.search("cannot be written.*File too large", done.stdout)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    solver().restore(state)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_state_that_does_not_fit_leaves_the_old_pair_whole(
    folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = trained(f"snapshot_format: {kind}")
    s.snapshot()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    s.net.params["ip"][0].data[...] = 7

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(snapshots, "write_state_binary", full)
    monkeypatch.setattr(snapshots, "write_state_hdf5", full)
    with pytest.raises(cp.SolverError, match="No space left on device"):
        s.snapshot()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_full_disk_is_named(folder: Path) -> None:
    disk = folder / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(disk)]
    if os.name != "posix" or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        s = solver('snapshot_prefix: "disk/s"')
        state = s.snapshot()
        (disk / "filler").write_bytes(bytes((os.statvfs(disk).f_bavail) * 4096))
        s.step(1)
        with pytest.raises(cp.SolverError, match="No space left on device"):
            s.snapshot()
        (disk / "filler").unlink()
        assert sorted(p.name for p in disk.iterdir()) == [
            "s_iter_0.caffemodel",
            "s_iter_0.solverstate",
        ]
        solver().restore(state)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def test_no_old_state_is_ever_beside_new_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    s = trained()
    state = s.snapshot()
    replace = os.replace
    seen: list[bool] = []

    def look(source: Path, target: Path) -> None:
        seen.append(Path(state).exists())
        replace(source, target)

    monkeypatch.setattr(snapshots.os, "replace", look)
    s.snapshot()
    # Before the weights are renamed, and before the state is, there is none of the old.
    assert seen[-2:] == [False, False]


def test_leftovers_of_dead_processes_are_removed_and_others_kept(folder: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host = snapshots.socket.gethostname()
    dead = folder / f".s.{host}.{gone.pid}.part"
    alive = folder / f".s.{host}.{os.getppid()}.part"
    other = folder / f".other.{host}.{gone.pid}.part"
    for path in (dead, alive, other):
        path.mkdir()
        (path / "weights").write_bytes(b"half")
    trained().snapshot()
    assert not dead.exists()
    assert alive.exists()
    assert other.exists()


def test_without_a_prefix_the_last_snapshot_is_called_by_its_iteration(folder: Path) -> None:
    solver().solve()
    assert sorted(os.listdir(folder)) == ["_iter_5.caffemodel", "_iter_5.solverstate"]


def test_solve_refuses_a_place_that_it_could_not_save_to_before_it_trains() -> None:
    s = solver('snapshot_prefix: "nowhere/s"')
    with pytest.raises(cp.SolverError, match=r'there is no folder "nowhere".*mkdir -p nowhere'):
        s.solve()
    assert s.iter == 0


# -- faults while reading ------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_a_state_cut_anywhere_is_an_error_of_ours_and_changes_nothing(kind: str) -> None:
    state = Path(trained(f"snapshot_format: {kind}").snapshot())
    whole = state.read_bytes()
    untouched = solver("momentum: 0.9")
    before = params(untouched)
    step = max(len(whole) // 60, 1)
    refused = 0
    for end in range(0, len(whole), step):
        state.write_bytes(whole[:end])
        try:
            untouched.restore(state)
        except cp.CaffeProtoError:
            refused += 1
            assert untouched.iter == 0
            for one, other in zip(before, params(untouched), strict=True):
                np.testing.assert_array_equal(one, other)
        else:
            # What is cut off here is the step of a multistep policy.
            assert kind == "BINARYPROTO"
            assert end >= len(whole) - 2
            return
    assert refused


def test_a_state_without_its_weights_names_all_places() -> None:
    s = trained()
    state = s.snapshot()
    os.remove("s_iter_3.caffemodel")
    fresh = solver("momentum: 0.9")
    with pytest.raises(cp.SolverError, match=r'its weights "s_iter_3.caffemodel".*Tried: '):
        fresh.restore(state)
    assert fresh.iter == 0


def test_weights_given_as_state_are_told() -> None:
    s = trained()
    s.snapshot()
    with pytest.raises(cp.SolverError, match=r"a net's weights .*expected a solver's state"):
        s.restore("s_iter_3.caffemodel")


def test_a_state_of_another_type_is_told() -> None:
    state = trained().snapshot()
    with pytest.raises(cp.SolverError, match=r"2 history blobs. Expected: 4 for Adam"):
        solver('type: "Adam" momentum: 0.9').restore(state)


def test_a_state_of_another_net_is_told() -> None:
    state = trained().snapshot()
    other = NET.replace("num_output: 3", "num_output: 3 bias_term: false")
    with pytest.raises(cp.SolverError, match=r"2 history blobs\. Expected: 1 for SGD"):
        solver(net=other).restore(state)
    other = NET.replace("dim: 6", "dim: 5")
    with pytest.raises(cp.SolverError, match=r"history blob 0 has the shape \(3, 6\)"):
        solver(net=other).restore(state)


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 40, b"hello, world", np.random.RandomState(1).bytes(300)]
)
def test_what_is_no_state_is_refused(content: bytes) -> None:
    Path("x.solverstate").write_bytes(content)
    with pytest.raises(cp.SolverError, match=r"x\.solverstate"):
        read_state("x.solverstate")


def test_a_missing_state_is_told() -> None:
    with pytest.raises(cp.SolverError, match=r"nowhere\.solverstate"):
        solver().restore("nowhere.solverstate")
    with pytest.raises(cp.SolverError, match=r"snapshot .*nowhere.*Tried"):
        solver(net='layer { type: "None" }', snapshot="nowhere.solverstate")


def test_limits_of_this_process_are_as_before() -> None:
    # The tests of full disks set theirs in processes of their own.
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    assert signal.getsignal(signal.SIGXFSZ) in (signal.SIG_IGN, signal.SIG_DFL)
