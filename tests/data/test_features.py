"""Features of a net over its data set: every format, interrupted and continued."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from caffe_proto.data import features
from caffe_proto.data.database import open_database
from caffe_proto.data.datum import parse_datum
from caffe_proto.data.features import extract_features, format_of
from caffe_proto.errors import BuildError, DataError
from tests.data.conftest import IO

NET, WEIGHTS = IO / "features.prototxt", IO / "features.caffemodel"


def _extract(target: Path, *blobs: str, **options: Any) -> dict[str, tuple[int, ...]]:
    return extract_features(NET, [WEIGHTS], blobs or ("conv",), target, directory=IO, **options)


def test_a_database_of_features_is_the_one_that_caffe_writes(tmp_path: Path) -> None:
    assert _extract(tmp_path / "db") == {"conv": (12, 2, 4, 4)}
    written = open_database(tmp_path / "db").items()
    stored = open_database(IO / "db" / "lmdb_features").items()
    for (key, value), (expected_key, expected_value) in zip(written, stored, strict=True):
        assert key == expected_key
        found, expected = parse_datum(key, value), parse_datum(key, expected_value)
        # The last bits depend on the order in which a convolution adds up.
        np.testing.assert_allclose(found.float_data, expected.float_data, rtol=1e-5, atol=1e-6)
        found.float_data[:] = expected.float_data
        assert found.SerializeToString() == expected_value


def test_every_format_holds_the_same(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    expected = np.load(IO / "databases.npz")
    for name in ("a.npz", "a.h5", "a.lmdb", "a.leveldb"):
        shapes = _extract(tmp_path / name, "conv", "pool")
        assert shapes == {"conv": (12, 2, 4, 4), "pool": (12, 2, 1, 1)}
    npz = np.load(tmp_path / "a.npz")
    with h5py.File(tmp_path / "a.h5") as file:
        for blob, key in (("conv", "lmdb_features"), ("pool", "lmdb_pooled")):
            np.testing.assert_allclose(npz[blob], expected[key], rtol=1e-5, atol=1e-6)
            np.testing.assert_array_equal(file[blob][()], npz[blob])
    for kind in ("lmdb", "leveldb"):
        database = open_database(tmp_path / f"a.{kind}" / "pool")
        assert database.count() == 12
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.h5",
        "a.leveldb",
        "a.lmdb",
        "a.npz",
    ]


def test_the_last_batch_is_cut_to_what_the_data_set_has(tmp_path: Path) -> None:
    text = NET.read_text().replace("batch_size: 4", "batch_size: 5")
    (tmp_path / "net.prototxt").write_text(text)
    shapes = extract_features(
        tmp_path / "net.prototxt", [WEIGHTS], ["pool"], tmp_path / "a.npz", directory=IO
    )
    assert shapes == {"pool": (12, 2, 1, 1)}
    np.testing.assert_allclose(
        np.load(tmp_path / "a.npz")["pool"],
        np.load(IO / "databases.npz")["lmdb_pooled"],
        rtol=1e-5,
        atol=1e-6,
    )


def test_the_number_of_batches_may_be_given(tmp_path: Path) -> None:
    assert _extract(tmp_path / "a.npz", batches=1) == {"conv": (4, 2, 4, 4)}
    assert _extract(tmp_path / "b.npz", batches=4) == {"conv": (16, 2, 4, 4)}
    found = np.load(tmp_path / "b.npz")["conv"]
    np.testing.assert_array_equal(found[12:], found[:4])


class Interrupted(Exception):
    """Stands for a process that is killed."""


def _interrupt(target: Path, after: int, **options: Any) -> None:
    def progress(done: int, total: int) -> None:
        if done >= after:
            raise Interrupted

    with pytest.raises(Interrupted):
        _extract(target, "conv", "data", progress=progress, **options)


def test_an_interrupted_run_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Pieces as small as can be, and a data layer that draws random numbers in TEST too.
    monkeypatch.setattr(features, "_PIECE_BYTES", 1)
    net = tmp_path / "net.prototxt"
    net.write_text(NET.read_text().replace("{ scale: 0.01 }", "{ scale: 0.01 mirror: true }"))
    options = {"directory": IO}
    whole, parts = tmp_path / "whole.npz", tmp_path / "parts.npz"
    names = ["conv", "data"]
    extract_features(net, [WEIGHTS], names, whole, seed=5, **options)
    computed: list[int] = []

    def stop(done: int, total: int) -> None:
        computed.append(done)
        if len(computed) in (1, 2):
            raise Interrupted

    for _ in range(2):
        with pytest.raises(Interrupted):
            extract_features(net, [WEIGHTS], names, parts, seed=5, progress=stop, **options)
        assert not parts.exists()
    extract_features(net, [WEIGHTS], names, parts, seed=5, progress=stop, **options)
    assert computed == [4, 8, 12], "nothing is computed twice"
    first, second = np.load(whole), np.load(parts)
    for name in names:
        np.testing.assert_array_equal(second[name], first[name])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "net.prototxt",
        "parts.npz",
        "whole.npz",
    ]


def test_a_run_without_a_seed_keeps_its_seed_when_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "_PIECE_BYTES", 1)
    _interrupt(tmp_path / "a.npz", 4)
    state = json.loads((tmp_path / ".a.npz.extract" / "state.json").read_text())
    seeds = []
    build = features._build
    monkeypatch.setattr(features, "_build", lambda *args: seeds.append(args[3]) or build(*args))
    _extract(tmp_path / "a.npz", "conv", "data")
    assert seeds == [state["seed"]]


def test_what_another_run_left_is_not_continued(tmp_path: Path) -> None:
    _interrupt(tmp_path / "a.npz", 4)
    with pytest.raises(DataError, match=r"interrupted run with another net.*--restart"):
        _extract(tmp_path / "a.npz", "pool")
    assert _extract(tmp_path / "a.npz", "pool", restart=True) == {"pool": (12, 2, 1, 1)}


def test_weights_that_were_saved_anew_are_others(tmp_path: Path) -> None:
    weights = tmp_path / "w.caffemodel"
    weights.write_bytes(WEIGHTS.read_bytes())
    options: dict[str, Any] = {"directory": IO, "blobs": ["conv"], "target": tmp_path / "a.npz"}

    def stop(done: int, total: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        extract_features(NET, [weights], progress=stop, **options)
    os.utime(weights, ns=(0, 1))
    with pytest.raises(DataError, match="interrupted run with another net, weights"):
        extract_features(NET, [weights], **options)


@pytest.mark.parametrize(
    "blobs, words", [(["conf"], 'no blob "conf"; did you mean "conv"'), ([], "no blobs are given")]
)
def test_blobs_that_the_net_lacks(tmp_path: Path, blobs: list[str], words: str) -> None:
    with pytest.raises(DataError, match=words):
        extract_features(NET, [WEIGHTS], blobs, tmp_path / "a.npz", directory=IO)


def test_targets_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "a.npz").touch()
    with pytest.raises(DataError, match="is there already"):
        _extract(tmp_path / "a.npz")
    assert _extract(tmp_path / "a.npz", overwrite=True)
    with pytest.raises(DataError, match=r"the folder .*nowhere is missing"):
        _extract(tmp_path / "nowhere" / "a.npz")
    with pytest.raises(DataError, match='format "tape" is unknown'):
        _extract(tmp_path / "a", kind="tape")


def test_a_net_without_a_data_set_needs_a_number_of_batches(tmp_path: Path) -> None:
    net = tmp_path / "net.prototxt"
    net.write_text(
        'layer { name: "x" type: "DummyData" top: "x" '
        "dummy_data_param { shape { dim: 2 dim: 3 } } }"
    )
    with pytest.raises(DataError, match="Expected: one, or the number of --batches"):
        extract_features(net, [], ["x"], tmp_path / "a.npz")
    assert extract_features(net, [], ["x"], tmp_path / "a.npz", batches=3) == {"x": (6, 3)}


def test_a_net_that_cannot_be_built_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text('layer { name: "x" type: "Nothing" }')
    with pytest.raises(BuildError):
        extract_features(tmp_path / "net.prototxt", [], ["x"], tmp_path / "a.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["net.prototxt"]


@pytest.mark.parametrize(
    "name, kind",
    [("a.h5", "hdf5"), ("a.HDF5", "hdf5"), ("a.npz", "npz"), ("a", "lmdb"), ("a_leveldb", "lmdb")],
)
def test_the_suffix_names_the_format(name: str, kind: str) -> None:
    assert format_of(Path(name)) == kind
