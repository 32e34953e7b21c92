"""HDF5Data and HDF5Output: rows in and out of HDF5 files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.data_sources import IO
from tests.layers.data_sources import build as _build
from tests.layers.data_sources import fault as _fault
from tests.layers.data_sources import layer as _layer


def _hdf5(path: Path, name: str = "x.h5", **arrays: Any) -> str:
    h5py = pytest.importorskip("h5py")
    with h5py.File(path / name, "w") as file:
        for key, array in arrays.items():
            file[key] = array
    with open(path / "list.txt", "a") as stream:
        stream.write(f"{path / name}\n")
    return f'hdf5_data_param {{ source: "{path / "list.txt"}" batch_size: 4 }}'


def test_rows_are_shuffled_with_the_c_library_s_numbers(tmp_path: Path) -> None:
    settings = _hdf5(tmp_path, data=np.arange(10)).replace("batch_size", "shuffle: true batch_size")
    # What std::random_shuffle makes of 0 .. 9 with glibc's rand() as a process begins with it.
    expected = [4, 3, 7, 8, 0, 5, 2, 1, 6, 9]
    net = _build(_layer("HDF5Data", settings, "data"))
    seen = np.concatenate([net.forward()["data"] for _ in range(3)])
    assert seen[:10].tolist() == expected
    again = _build(_layer("HDF5Data", settings, "data"))
    np.testing.assert_array_equal(np.concatenate([again.forward()["data"] for _ in range(3)]), seen)


def test_a_shuffled_round_has_every_row_once(tmp_path: Path) -> None:
    for i in range(3):
        settings = _hdf5(tmp_path, f"{i}.h5", data=np.arange(4) + 4 * i)
    settings = settings.replace("batch_size", "shuffle: true batch_size")
    net = _build(_layer("HDF5Data", settings, "data"))
    for _ in range(5):
        seen = np.concatenate([net.forward()["data"] for _ in range(3)])
        assert sorted(seen) == list(range(12))


def test_rows_of_later_files_need_only_as_many_values(tmp_path: Path) -> None:
    _hdf5(tmp_path, "0.h5", data=np.arange(8).reshape(2, 2, 2))
    settings = _hdf5(tmp_path, "1.h5", data=np.arange(8, 16).reshape(2, 4))
    found = _build(_layer("HDF5Data", settings, "data")).forward()["data"]
    np.testing.assert_array_equal(found, np.arange(16).reshape(4, 2, 2))


def test_rows_of_later_files_with_more_values_are_refused(tmp_path: Path) -> None:
    _hdf5(tmp_path, "0.h5", data=np.zeros((2, 2, 2)))
    settings = _hdf5(tmp_path, "1.h5", data=np.zeros((2, 5)))
    _fault(_layer("HDF5Data", settings, "data"), r"has the shape \(5,\). Expected: \(2, 2\)")


@pytest.mark.parametrize(
    "arrays, words",
    [
        ({"data": np.zeros(3), "label": np.zeros(4)}, 'number of rows. Received: "data" 3, "lab'),
        ({"data": np.zeros((0, 2)), "label": np.zeros(0)}, "has no rows"),
        ({"data": 5.0, "label": np.zeros(1)}, '"data" has no axes'),
        ({"data": np.array([b"a"]), "label": np.zeros(1)}, "Expected: numbers"),
        ({"data": np.array([True]), "label": np.zeros(1)}, "bool. Expected: .* as uint8"),
        ({"dota": np.zeros(1), "label": np.zeros(1)}, 'did you mean "dota"'),
    ],
)
def test_data_sets_that_do_not_fit(tmp_path: Path, arrays: Any, words: str) -> None:
    _fault(_layer("HDF5Data", _hdf5(tmp_path, **arrays)), words)


def test_unequal_rows_of_a_golden_file_are_refused() -> None:
    settings = 'hdf5_data_param { source: "h5_bad_rows.txt" batch_size: 2 }'
    _fault(_layer("HDF5Data", settings, "a b"), "one number of rows")


def test_a_file_that_is_no_hdf5_file(tmp_path: Path) -> None:
    (tmp_path / "x.h5").write_bytes(b"nothing")
    (tmp_path / "list.txt").write_text(str(tmp_path / "x.h5"))
    settings = f'hdf5_data_param {{ source: "{tmp_path / "list.txt"}" batch_size: 4 }}'
    _fault(_layer("HDF5Data", settings), "x.h5 cannot be read")


def test_a_file_that_claims_more_than_it_can_hold(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("data", (1 << 30,), "f4", chunks=(1 << 20,))
    (tmp_path / "list.txt").write_text(str(tmp_path / "x.h5"))
    settings = f'hdf5_data_param {{ source: "{tmp_path / "list.txt"}" batch_size: 4 }}'
    _fault(_layer("HDF5Data", settings, "data"), r"claims 1073741824 values in a file of")


def test_a_truncated_hdf5_file(tmp_path: Path) -> None:
    settings = _hdf5(tmp_path, data=np.zeros((1000, 10)))
    whole = (tmp_path / "x.h5").read_bytes()
    (tmp_path / "x.h5").write_bytes(whole[: len(whole) // 2])
    _fault(_layer("HDF5Data", settings, "data"), "x.h5")


def test_every_listed_file_is_looked_for_first(tmp_path: Path) -> None:
    settings = _hdf5(tmp_path, data=np.zeros(9))
    with open(tmp_path / "list.txt", "a") as stream:
        stream.write("nowhere.h5\n")
    with pytest.raises(cp.DataError, match=r'"nowhere.h5" is missing'):
        _build(_layer("HDF5Data", settings, "data"))


def test_a_later_file_with_other_rows_is_an_error(tmp_path: Path) -> None:
    _hdf5(tmp_path, data=np.zeros((4, 2)))
    settings = _hdf5(tmp_path, "y.h5", data=np.zeros((4, 3)))
    _fault(_layer("HDF5Data", settings, "data"), r"y.h5: .* shape \(3,\). Expected: \(2,\)", 2)


OUTPUT = """
layer { name: "in" type: "Input" top: "a" top: "b"
        input_param { shape { dim: 3 dim: 2 dim: 2 } shape { dim: 3 } } }
layer { name: "out" type: "HDF5Output" bottom: "a" bottom: "b"
        hdf5_output_param { file_name: "written.h5" } }
"""


def test_hdf5_output_writes_the_file_that_caffe_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    h5py = pytest.importorskip("h5py")
    monkeypatch.chdir(tmp_path)
    inputs = dict(np.load(IO / "hdf5_output.npz"))
    cp.build_net(OUTPUT).forward(**inputs)
    with h5py.File(IO / "written.h5") as expected, h5py.File("written.h5") as found:
        assert set(found) == set(expected)
        for name in expected:
            assert found[name].dtype == expected[name].dtype
            np.testing.assert_array_equal(found[name][()], expected[name][()])


def test_hdf5_output_appends_the_rows_of_every_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    h5py = pytest.importorskip("h5py")
    monkeypatch.chdir(tmp_path)
    Path("written.h5").write_bytes(b"of an earlier run")
    net = cp.build_net(OUTPUT)
    for i in range(3):
        net.forward(a=np.full((3, 2, 2), i), b=np.full(3, 10 * i))
    with h5py.File("written.h5") as found:
        assert found["data"].shape == (9, 2, 2, 1)
        assert found["label"][:, 0, 0, 0].tolist() == [0, 0, 0, 10, 10, 10, 20, 20, 20]
    assert [path.name for path in tmp_path.iterdir()] == ["written.h5"]


def test_hdf5_output_names_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(cp.DataError, match=r"the folder .*nowhere is missing"):
        cp.build_net(OUTPUT.replace("written", "nowhere/written"))
    with pytest.raises(cp.DataError, match="is a folder"):
        cp.build_net(OUTPUT.replace("written.h5", str(tmp_path)))
    with pytest.raises(cp.DataError, match="bottoms have 3 and 4 rows"):
        cp.build_net(OUTPUT.replace("{ dim: 3 } }", "{ dim: 4 } }"))
