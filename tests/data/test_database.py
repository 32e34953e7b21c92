"""LMDB and LevelDB: every record, in order, whatever state the files are in."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from caffe_proto.data.database import LEVELDB, LMDB, Records, backend_of, open_database
from caffe_proto.data.hdf5 import append_datasets
from caffe_proto.data.writing import create_database
from caffe_proto.errors import DataError
from tests.data.conftest import IO

Make = Callable[..., Path]
FACTS = json.loads((IO / "facts.json").read_text())["databases"]


def _records(path: Path) -> list[tuple[bytes, bytes]]:
    return list(open_database(path).items())


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_record_is_the_one_that_caffe_wrote(name: str) -> None:
    found = [
        (key.decode(), hashlib.sha1(value).hexdigest()) for key, value in _records(IO / "db" / name)
    ]
    assert found == [(record["key"], record["sha1"]) for record in FACTS[name]]


@pytest.mark.parametrize("backend", [LMDB, LEVELDB])
def test_what_is_written_is_read_back_in_the_order_of_the_keys(
    make_database: Make, backend: int
) -> None:
    rng = np.random.default_rng(0)
    # Values of all sizes: within a page, on its edge, and over many pages.
    records = [
        (b"%05d" % i, rng.bytes(size))
        for i, size in enumerate([0, 1, 2000, 2030, 2040, 4080, 4096, 5000, 300_000] * 40)
    ]
    shuffled = records.copy()
    random.Random(1).shuffle(shuffled)
    path = make_database(shuffled, backend=backend)
    assert _records(path) == records
    assert open_database(path).count() == len(records)


@pytest.mark.parametrize("backend", [LMDB, LEVELDB])
def test_an_empty_database_has_no_records(make_database: Make, backend: int) -> None:
    path = make_database([], backend=backend)
    assert _records(path) == []
    with pytest.raises(DataError, match="has no records"):
        next(Records(open_database(path)))


def test_records_begin_anew_after_the_last(make_database: Make) -> None:
    feed = Records(open_database(make_database([(b"a", b"1"), (b"b", b"2")])))
    assert [next(feed)[0] for _ in range(5)] == [b"a", b"b", b"a", b"b", b"a"]


def test_an_lmdb_may_be_open_elsewhere_in_the_process(make_database: Make) -> None:
    lmdb = pytest.importorskip("lmdb")
    path = make_database([(b"a", b"1")])
    environment = lmdb.open(os.fspath(path), readonly=True)
    try:
        assert _records(path) == [(b"a", b"1")]
    finally:
        environment.close()


def test_reading_changes_nothing(tmp_path: Path, io: Path) -> None:
    for name in ("leveldb_log", "leveldb_snappy", "lmdb_raw"):
        copy = tmp_path / name
        shutil.copytree(io / "db" / name, copy)
        before = {path.name: path.read_bytes() for path in copy.iterdir()}
        assert len(_records(copy)) > 0
        assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_a_write_protected_leveldb_can_be_read(tmp_path: Path, io: Path) -> None:
    copy = tmp_path / "db"
    shutil.copytree(io / "db" / "leveldb_table", copy)
    for path in copy.iterdir():
        path.chmod(stat.S_IRUSR)
    copy.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert len(_records(copy)) == 12
    finally:
        copy.chmod(stat.S_IRWXU)


def test_a_leveldb_can_be_open_twice(io: Path) -> None:
    first, second = (open_database(io / "db" / "leveldb_log") for _ in range(2))
    assert list(first.items()) == list(second.items())


def test_the_temporary_copy_of_a_leveldb_goes_away(
    tmp_path: Path, io: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    database = open_database(io / "db" / "leveldb_log")
    assert list(tmp_path.iterdir())
    del database
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name, file", [("lmdb_large", "data.mdb"), ("lmdb_encoded", "data.mdb")])
def test_a_truncated_lmdb_is_refused_at_any_length(
    tmp_path: Path, io: Path, name: str, file: str
) -> None:
    whole = (io / "db" / name / file).read_bytes()
    for length in (0, 10, 4096, 8191, len(whole) // 2, len(whole) - 1):
        (tmp_path / file).write_bytes(whole[:length])
        with pytest.raises(DataError, match="is cut short"):
            open_database(tmp_path)


def test_a_damaged_lmdb_gives_its_records_or_an_error(tmp_path: Path, io: Path) -> None:
    rng = random.Random(3)
    for name in ("lmdb_raw", "lmdb_large"):
        whole = (io / "db" / name / "data.mdb").read_bytes()
        faults = 0
        for _ in range(150):
            damaged = bytearray(whole)
            for _ in range(rng.choice([1, 5, 40])):
                at = rng.randrange(len(whole) // 4096) * 4096 + rng.randrange(80)
                damaged[at] = rng.randrange(256)
            (tmp_path / "data.mdb").write_bytes(damaged)
            try:
                found = len(_records(tmp_path))
            except DataError:
                faults += 1
            else:
                assert found == 12
        assert faults > 30


def test_pages_in_a_circle_end(tmp_path: Path, make_database: Make) -> None:
    path = make_database([(b"%06d" % i, bytes(500)) for i in range(300)])
    data = bytearray((path / "data.mdb").read_bytes())
    root = int.from_bytes(data[4096 + 128 : 4096 + 136], "little")
    assert data[root * 4096 + 10] & 1, "the root is a branch"
    first = int.from_bytes(data[root * 4096 + 16 : root * 4096 + 18], "little")
    # The root's first child is the root itself.
    at = root * 4096 + first
    data[at : at + 6] = root.to_bytes(6, "little")
    (path / "data.mdb").write_bytes(data)
    with pytest.raises(DataError, match="in circles"):
        _records(path)


@pytest.mark.parametrize("file", ["000005.ldb", "MANIFEST-000004", "CURRENT"])
def test_a_truncated_leveldb_is_an_error(tmp_path: Path, io: Path, file: str) -> None:
    copy = tmp_path / "db"
    shutil.copytree(io / "db" / "leveldb_snappy", copy)
    (copy / file).write_bytes((copy / file).read_bytes()[:7])
    with pytest.raises(DataError, match=r"LevelDB .* is damaged"):
        _records(copy)


def test_the_wrong_backend_names_the_right_one(io: Path) -> None:
    with pytest.raises(DataError, match=r"a LevelDB\. Received: a LMDB; say backend: LMDB"):
        open_database(io / "db" / "lmdb_raw", LEVELDB)


def test_a_folder_that_is_no_database(tmp_path: Path) -> None:
    assert backend_of(tmp_path) is None
    with pytest.raises(DataError, match=r"neither an LMDB .* nor a LevelDB"):
        open_database(tmp_path)


def test_named_databases_are_refused(tmp_path: Path) -> None:
    lmdb = pytest.importorskip("lmdb")
    with lmdb.open(os.fspath(tmp_path / "db"), max_dbs=2) as environment:
        environment.open_db(b"inner")
    with pytest.raises(DataError, match="databases within it"):
        _records(tmp_path / "db")


def test_a_database_that_is_there_is_not_overwritten_unasked(make_database: Make) -> None:
    path = make_database([(b"a", b"1")])
    with pytest.raises(DataError, match="is there already"), create_database(path):
        pass
    with create_database(path, overwrite=True) as database:
        database.put(b"b", b"2")
    assert _records(path) == [(b"b", b"2")]


def test_a_database_whose_making_fails_leaves_nothing_and_loses_nothing(
    make_database: Make,
) -> None:
    path = make_database([(b"a", b"1")])

    def fail() -> None:
        with create_database(path, overwrite=True) as database:
            database.put(b"b", b"2")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert _records(path) == [(b"a", b"1")]
    assert [entry.name for entry in path.parent.iterdir()] == ["db"]


def test_an_lmdb_grows_beyond_its_first_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import caffe_proto.data.writing as writing

    monkeypatch.setattr(writing, "FIRST_MAP", 1 << 16)
    with create_database(tmp_path / "db") as database:
        for i in range(3000):
            database.put(b"%05d" % i, bytes(700))
    assert open_database(tmp_path / "db").count() == 3000


def test_a_key_that_is_too_long_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError, match=r"has 600 bytes. Expected: at most 511"),
        create_database(tmp_path / "db") as database,
    ):
        database.put(b"k" * 600, b"")


LIMITED = """
import resource, sys
from pathlib import Path
from caffe_proto.data.hdf5 import append_datasets
from caffe_proto.data.writing import create_database
from caffe_proto.errors import DataError
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    with create_database(Path(sys.argv[1]), int(sys.argv[2]), overwrite=True) as database:
        for i in range(3000):
            database.put(b"%05d" % i, bytes(range(250)) * 4)
except DataError as fault:
    print(fault)
"""


@pytest.mark.parametrize("backend", [LMDB, LEVELDB])
def test_where_the_disk_takes_no_more_the_old_database_stays(
    make_database: Make, backend: int
) -> None:
    if backend == LEVELDB:
        pytest.importorskip("plyvel", reason="no LevelDB for this Python")
    path = make_database([(b"a", b"1")])
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, os.fspath(path), str(backend)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cannot be written" in run.stdout, run.stderr
    assert _records(path) == [(b"a", b"1")]
    assert [entry.name for entry in path.parent.iterdir()] == ["db"]


def test_a_full_disk_is_named_before_hdf5_meets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("h5py")
    usage = shutil.disk_usage(tmp_path)._replace(free=100_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DataError, match=r"no space left on the disk \(100,000 bytes are free"):
        append_datasets(tmp_path / "x.h5", {"data": np.zeros((10, 5000))}, begin=True)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; "
        "from caffe_proto.data.writing import create_database\n"
        "with create_database(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    target = tmp_path / "db"
    subprocess.run([sys.executable, "-c", code, os.fspath(target)], check=False)
    (left,) = tmp_path.iterdir()
    assert left.name.endswith(".part")
    other = tmp_path / left.name.replace(".db.", ".other.")
    other.mkdir()
    with create_database(target):
        pass
    assert sorted(tmp_path.iterdir()) == sorted([target, other])


def test_a_database_that_cannot_be_replaced_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "db"
    with create_database(target) as database:
        database.put(b"a", b"1")
    rename = os.rename

    def refuse(source: Path, to: Path) -> None:
        if Path(source).suffix == ".part":
            raise OSError(13, "Permission denied")
        rename(source, to)

    monkeypatch.setattr(os, "rename", refuse)
    with (
        pytest.raises(DataError, match="cannot be written: Permission denied"),
        create_database(target, overwrite=True),
    ):
        pass
    assert _records(target) == [(b"a", b"1")]
    assert list(tmp_path.iterdir()) == [target]


def test_a_database_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing is missing"):
        open_database(tmp_path / "nothing")
