from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from caffe_proto.data.hdf5 import append_datasets, count_rows
from caffe_proto.errors import DataError
from caffe_proto.hdf5_file import store, writing

h5py = pytest.importorskip("h5py")

# Every way to write HDF5, of 30 arrays so that there is much to put in order at the end.
_WRITERS = {
    "state": """
from caffe_proto.solver.state import SolverState, write_state_hdf5
write = lambda: write_state_hdf5(SolverState(3, "weights", 1, arrays), Path(sys.argv[2]))
""",
    "weights": """
from caffe_proto.weights import save_hdf5
from tests.weights.helpers import fake_net
net = fake_net(*[(f"layer{i}", [a.shape]) for i, a in enumerate(arrays)])
write = lambda: save_hdf5(net, sys.argv[2], diffs=True)
""",
    "first rows": """
from caffe_proto.data.hdf5 import append_datasets
named = {f"a{i}": array for i, array in enumerate(arrays)}
write = lambda: append_datasets(Path(sys.argv[2]), named, begin=True)
""",
    "features": """
from caffe_proto.data import features
class Result:
    names = [f"a{i}" for i in range(len(arrays))]
    def shape(self, index):
        return arrays[index].shape
    def parts(self, index):
        yield arrays[index][:4]
        yield arrays[index][4:]
from caffe_proto.data.writing import replacing_file
def write():
    with replacing_file(Path(sys.argv[2])) as beside:
        features._write_hdf5(Result(), beside)
""",
}
_CHILD = """
import resource, sys
from pathlib import Path
import numpy as np
import caffe_proto as cp
arrays = [np.full((7, 3 * i + 1), i, np.float32) for i in range(30)]
WRITER
import h5py
limit = int(sys.argv[1])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    write()
except (cp.CaffeProtoError, OSError) as fault:
    print(type(fault).__name__, fault)
    sys.exit(1)
"""

# As if the disk filled up after it had been asked for its room.
_UNASKED = """
import shutil, types
shutil.disk_usage = lambda path: types.SimpleNamespace(free=1 << 40)
"""


def _run(
    writer: str, limit: int, target: Path, first: str = ""
) -> subprocess.CompletedProcess[str]:
    code = first + _CHILD.replace("WRITER", _WRITERS[writer])
    return subprocess.run(
        [sys.executable, "-c", code, str(limit), str(target)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parent.parent,
    )


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with 512 KiB, of which nothing is used."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(folder)]
    if os.name != "posix" or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=False)


def _fill(disk: Path, left: int) -> None:
    """Leave ``left`` blocks of 4 KiB."""
    (disk / "filler").write_bytes(bytes((os.statvfs(disk).f_bavail - left) * 4096))


# -- files that do not fit -----------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are POSIX")
@pytest.mark.parametrize("writer", _WRITERS)
def test_a_file_that_cannot_be_ended_is_an_error_and_no_crash(writer: str, tmp_path: Path) -> None:
    target = tmp_path / "whole.h5"
    assert _run(writer, 0, target).returncode == 0
    size = target.stat().st_size
    for limit in (50, 3000, size // 2, size - 1):
        done = _run(writer, limit, tmp_path / "cut.h5")
        assert done.returncode == 1, (limit, done.returncode, done.stderr[-2000:])
        assert "File too large" in done.stdout
        assert not done.stderr  # nothing that failed unheard
        if writer == "state":  # as documented, for the snapshot to remove
            (tmp_path / "cut.h5").unlink(missing_ok=True)
        assert [path.name for path in tmp_path.iterdir()] == ["whole.h5"]
    assert _run(writer, size, tmp_path / "fits.h5").returncode == 0
    if writer != "state":  # of which one part bears the time
        assert (tmp_path / "fits.h5").read_bytes() == target.read_bytes()


@pytest.mark.parametrize("writer", _WRITERS)
@pytest.mark.parametrize("left", [1, 3])
def test_a_full_disk_is_an_error_and_no_crash(writer: str, left: int, disk: Path) -> None:
    _fill(disk, left)
    done = _run(writer, 0, disk / "x.h5", _UNASKED)
    assert done.returncode == 1, done.stderr[-2000:]
    assert "No space left on device" in done.stdout
    assert not done.stderr


# -- what is in the file -------------------------------------------------------------------


def test_the_bytes_are_those_that_h5py_writes_by_itself(tmp_path: Path) -> None:
    arrays = {str(i): np.arange(i + 1, dtype=np.float32) for i in range(50)}
    growing: dict[str, Any] = {"maxshape": (None,), "chunks": (100,)}
    with h5py.File(tmp_path / "plain.h5", "x", libver="earliest") as file:
        for name, array in arrays.items():
            file.create_group(name).create_dataset("0", data=array)
        file.create_dataset("rows", data=arrays["7"], **growing)
    with writing(tmp_path / "safe.h5") as file:
        for name, array in arrays.items():
            store(file.create_group(name), "0", array)
        store(file, "rows", arrays["7"], **growing)
    assert (tmp_path / "safe.h5").read_bytes() == (tmp_path / "plain.h5").read_bytes()


def test_a_reason_of_the_systems_is_told_in_its_words(tmp_path: Path) -> None:
    (tmp_path / "x.h5").touch()
    with (
        pytest.raises(FileExistsError, match=r"^\[Errno 17\] File exists: '.*x.h5'$"),
        writing(tmp_path / "x.h5"),
    ):
        pass


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), ValueError("x"), OSError("y")])
def test_a_fault_of_the_block_stays_what_it_is(fault: BaseException, tmp_path: Path) -> None:
    files = []

    def interrupted() -> None:
        with writing(tmp_path / "x.h5") as file:
            files.append(file)
            store(file, "a", np.ones(3))
            raise fault

    with pytest.raises(type(fault)) as found:
        interrupted()
    assert found.value is fault
    assert not files[0].id.valid


# -- appending -----------------------------------------------------------------------------


def _rows(count: int, value: float) -> dict[str, Any]:
    return {name: np.full((count, 2048), value, np.float32) for name in ("data", "label")}


def test_rows_that_do_not_fit_leave_those_that_were_there(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = disk / "x.h5"
    append_datasets(path, _rows(8, 1), begin=True)
    before = path.read_bytes()
    _fill(disk, 20)  # the disk has 80 KiB left, and 128 KiB are to come
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 40))
    with pytest.raises(DataError, match=r"x.h5 cannot be written: No space left on device"):
        append_datasets(path, _rows(8, 2), begin=False)
    assert path.read_bytes() == before
    (disk / "filler").unlink()
    append_datasets(path, _rows(2, 3), begin=False)
    assert count_rows(path, "data") == 10


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="room cannot be reserved here")
def test_appending_leaves_no_reserved_room_behind(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    append_datasets(path, _rows(8, 1), begin=True)
    (tmp_path / "plain.h5").write_bytes(path.read_bytes())
    for count in (8, 3, 20, 1):
        append_datasets(path, _rows(count, count), begin=False)
        with h5py.File(tmp_path / "plain.h5", "r+") as file:
            for name, array in _rows(count, count).items():
                rows = file[name].shape[0]
                file[name].resize(rows + count, axis=0)
                file[name][rows:] = array
        assert path.stat().st_size <= (tmp_path / "plain.h5").stat().st_size
    assert count_rows(path, "label") == 40


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="room cannot be reserved here")
def test_a_run_killed_with_room_reserved_leaves_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    append_datasets(path, _rows(8, 1), begin=True)
    with path.open("ab") as stream:
        stream.write(bytes(1 << 20))
    append_datasets(path, _rows(8, 2), begin=False)
    with h5py.File(path) as file:
        assert file["data"][:, 0].tolist() == [1] * 8 + [2] * 8


def test_an_interrupt_between_two_data_sets_leaves_both_as_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.h5"
    append_datasets(path, _rows(8, 1), begin=True)
    flush, calls = h5py.Dataset.flush, []

    def interrupted(dataset: Any) -> None:
        flush(dataset)
        calls.append(dataset.name)
        raise KeyboardInterrupt

    monkeypatch.setattr(h5py.Dataset, "flush", interrupted)
    with pytest.raises(KeyboardInterrupt):
        append_datasets(path, _rows(8, 2), begin=False)
    assert calls == ["/data"]
    with h5py.File(path) as file:
        assert file["data"][:, 0].tolist() == file["label"][:, 0].tolist() == [1] * 8


def test_rows_for_a_data_set_that_cannot_grow_are_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x.h5", "x") as file:
        file["data"] = np.ones((3, 2))
    with pytest.raises(DataError, match=r'x.h5 cannot be written: the data set "/data" cannot'):
        append_datasets(tmp_path / "x.h5", {"data": np.ones((3, 2))}, begin=False)
