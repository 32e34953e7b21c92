"""HDF5, npz, safetensors, binaryproto and text: both ways, and what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from caffe_proto.errors import MissingDependencyError, WeightsError
from caffe_proto.prototxt import to_prototxt
from caffe_proto.schema import BlobProto, NetParameter
from caffe_proto.weights import (
    load_weights,
    read_binaryproto,
    read_caffemodel,
    save_hdf5,
    save_npz,
    save_safetensors,
    save_weights,
    write_binaryproto,
)

from .helpers import fake_net, net_bytes, small_net

SUFFIXES = ["caffemodel", "h5", "caffemodel.h5", "npz", "safetensors"]


def same_arrays(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert a.keys() == b.keys()
    for key in a:
        assert a[key].shape == b[key].shape
        np.testing.assert_array_equal(a[key], b[key])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_weights_come_back_from_every_format(golden: Path, tmp_path: Path, suffix: str) -> None:
    weights = read_caffemodel(golden / "weights/model.caffemodel")
    save_weights(weights, tmp_path / f"x.{suffix}")
    again = load_weights(tmp_path / f"x.{suffix}")
    same_arrays(again.arrays(), weights.arrays())
    if suffix != "safetensors":
        # Layers without parameters leave no trace in arrays under names.
        assert again.name == (weights.name if suffix == "caffemodel" else "")
    assert all(blob.is_view for layer in again for blob in layer.blobs)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_odd_shapes_come_back(tmp_path: Path, suffix: str) -> None:
    arrays = [np.float32(3), np.zeros((0, 2)), np.ones((1, 1, 1, 1, 5)), np.arange(3)]
    weights = load_weights(net_bytes(("a layer/with slash", "Scale", arrays), ("b", "X", [[1]])))
    save_weights(weights, tmp_path / f"x.{suffix}")
    same_arrays(load_weights(tmp_path / f"x.{suffix}").arrays(), weights.arrays())


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    weights = load_weights(small_net())
    for suffix in ("caffemodel", "h5", "npz", "safetensors"):
        save_weights(weights, tmp_path / f"x.{suffix}")
        (tmp_path / f"x.{suffix}").rename(tmp_path / "x.bin")
        same_arrays(load_weights(tmp_path / "x.bin").arrays(), weights.arrays())


def test_an_unknown_suffix_lists_the_formats(tmp_path: Path) -> None:
    with pytest.raises(
        WeightsError, match=r"no format has this suffix.*\.caffemodel .*\.h5.*\.npz.*\.safetensors"
    ):
        save_weights(fake_net(), tmp_path / "x.pt")


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
def test_formats_without_gradients_say_so(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(WeightsError, match=r"only \.caffemodel and \.h5 files hold gradients"):
        save_weights(fake_net(), tmp_path / f"x.{suffix}", diffs=True)


@pytest.mark.parametrize("suffix", ["h5", "npz", "safetensors"])
def test_two_layers_of_one_name_need_a_caffemodel(tmp_path: Path, suffix: str) -> None:
    net = fake_net(("l", [(2,)]), ("l", [(2,)]))
    with pytest.raises(WeightsError, match=r'two layers are called "l".*\.caffemodel'):
        save_weights(net, tmp_path / f"x.{suffix}")


# -- HDF5 --------------------------------------------------------------------------------------

h5py = pytest.importorskip("h5py")


def tree(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: found.update(
                {name: item[()] if isinstance(item, h5py.Dataset) else None}
            )
        )
    return found


@pytest.mark.parametrize("name", ["model", "snapshot_shared_h5", "snapshot_diff_h5"])
def test_caffes_hdf5_read_and_saved_has_the_same_tree(
    golden: Path, tmp_path: Path, name: str
) -> None:
    source = golden / f"weights/{name}.caffemodel.h5"
    save_hdf5(load_weights(source), tmp_path / "x.h5", diffs="diff" in name)
    expected, got = tree(source), tree(tmp_path / "x.h5")
    assert got.keys() == expected.keys()
    for key, values in expected.items():
        if values is not None:
            assert got[key].dtype == values.dtype
            np.testing.assert_array_equal(got[key], values)


def test_a_net_writes_shared_parameters_at_their_owner(golden: Path, tmp_path: Path) -> None:
    from caffe_proto.net import build_net

    net = build_net(golden / "weights/model.prototxt", weights=golden / "weights/model.caffemodel")
    net.save(tmp_path / "x.caffemodel.h5")
    expected = tree(golden / "weights/model.caffemodel.h5")
    got = tree(tmp_path / "x.caffemodel.h5")
    assert got.keys() == expected.keys()
    for key, values in expected.items():
        if values is not None:
            np.testing.assert_array_equal(got[key], values)


def test_gradients_are_under_diff(golden: Path) -> None:
    path = golden / "weights/snapshot_diff_h5.caffemodel.h5"
    expected = tree(path)
    blob = load_weights(path)["ip1"].blobs[0]
    diff = blob.diff()
    assert diff is not None
    np.testing.assert_array_equal(diff, expected["diff/ip1/0"])


def test_a_name_with_a_slash_becomes_groups_and_comes_back(tmp_path: Path) -> None:
    weights = load_weights(net_bytes(("inc", "Concat", []), ("inc/1x1", "Convolution", [[1, 2]])))
    save_hdf5(weights, tmp_path / "x.h5")
    assert "data/inc/1x1/0" in tree(tmp_path / "x.h5")
    same_arrays(load_weights(tmp_path / "x.h5").arrays(), weights.arrays())


@pytest.mark.parametrize("name", ["", ".", "a/../b", "/a", "a//b", "a/"])
def test_a_name_that_is_no_hdf5_path_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WeightsError, match="cannot be a path in an HDF5 file"):
        save_hdf5(fake_net((name, [(2,)])), tmp_path / "x.h5")
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_another_layers_parameter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="taken for a parameter of another layer"):
        save_hdf5(fake_net(("a", [(2,)]), ("a/0", [(2,)])), tmp_path / "x.h5")


def hdf5_bytes(build: Any) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        build(file)
    return stream.getvalue()


def test_compressed_and_other_types_of_hdf5_are_read() -> None:
    def build(file: Any) -> None:
        file.create_dataset("data/a/0", data=np.arange(1000.0), compression="gzip")
        file.create_dataset("data/a/1", data=np.arange(4, dtype=">f4"))
        file.create_dataset("data/a/2", data=np.arange(4, dtype="i8").reshape(2, 2))

    blobs = load_weights(hdf5_bytes(build))["a"].blobs
    np.testing.assert_array_equal(blobs[0].array(), np.arange(1000, dtype=np.float32))
    np.testing.assert_array_equal(blobs[1].array(), [0, 1, 2, 3])
    assert blobs[1].array().dtype == np.float32
    np.testing.assert_array_equal(blobs[2].array(), [[0, 1], [2, 3]])


@pytest.mark.parametrize(
    "build, words",
    [
        (lambda f: f.create_dataset("label", data=[1.0]), 'has no group "data"'),
        (lambda f: f.create_dataset("data", data=[1.0]), '"/data" is no group'),
        (lambda f: f.create_dataset("data/a", data=[1.0]), '"/data/a" is a dataset'),
        (lambda f: f.create_dataset("data/a/x", data=[1.0]), "named by a parameter's index"),
        (lambda f: f.create_dataset("data/a/0", data=[b"text"]), "expected numbers"),
        (lambda f: f.create_dataset("data/a/0", data=h5py.Empty("f4")), "holds no array"),
        (lambda f: f.create_dataset("data/a/0", (10**9,), "f4"), "none were ever written"),
        (
            lambda f: f.create_dataset("data/a/0", (10**9,), "f4", chunks=(1024,)),
            "claims 4000000000 bytes, but only 0 are stored",
        ),
        (
            lambda f: f.create_group("data/a").__setitem__("0", h5py.SoftLink("/x")),
            "is a link to another place",
        ),
        (
            lambda f: f.create_group("data").__setitem__("a", h5py.ExternalLink("y.h5", "/")),
            "is a link to another place or file",
        ),
        (
            lambda f: f.create_dataset(
                "data/a/0", (2,), "f4", external=[("/etc/hostname", 0, h5py.h5f.UNLIMITED)]
            ),
            "keeps its values in another file",
        ),
        (
            lambda f: f.create_group("data/a").__setitem__("b", f["data"]),
            "is there twice|nested too deep",
        ),
    ],
)
def test_hdf5_that_is_no_weights_file_is_refused(build: Any, words: str) -> None:
    with pytest.raises(WeightsError, match=words):
        load_weights(hdf5_bytes(build))


def test_hdf5_cut_short_is_a_weights_error(golden: Path) -> None:
    content = (golden / "weights/model.caffemodel.h5").read_bytes()
    for end in range(8, len(content), 997):
        with pytest.raises(WeightsError):
            load_weights(content[:end])


def test_without_h5py_the_pip_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(MissingDependencyError, match=r"pip install \"caffe-proto\[data\]\""):
        load_weights(b"\x89HDF\r\n\x1a\n" + bytes(100))


# -- npz ---------------------------------------------------------------------------------------


def npz_bytes(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_numpy_reads_the_npz(tmp_path: Path) -> None:
    weights = load_weights(small_net())
    save_npz(weights, tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as found:
        same_arrays(dict(found), weights.arrays())
        assert found["ip1/0"].dtype == np.float32


def test_the_npz_is_aligned(tmp_path: Path) -> None:
    save_npz(load_weights(small_net()), tmp_path / "x.npz")
    assert all(
        blob.offset % 64 == 0 for layer in load_weights(tmp_path / "x.npz") for blob in layer.blobs
    )


def test_numpys_npz_is_read_whatever_the_type_and_order() -> None:
    arrays = {
        "a/0": np.arange(6.0).reshape(2, 3),
        "a/1": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
        "a/2": np.arange(3, dtype=">i2"),
        "b/c/0": np.float16([0.5]),
    }
    found = load_weights(npz_bytes(**arrays))
    assert [layer.name for layer in found] == ["a", "b/c"]
    for key, array in found.arrays().items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, arrays[key])


def test_a_compressed_npz_is_unpacked_when_it_is_read() -> None:
    stream = io.BytesIO()
    values = np.tile(np.arange(1000, dtype=np.float32), 100)
    np.savez_compressed(
        stream, **{"a/0": values, "a/1": np.asfortranarray(values[:6].reshape(2, 3))}
    )
    blobs = load_weights(stream.getvalue())["a"].blobs
    np.testing.assert_array_equal(blobs[0].array(), values)
    np.testing.assert_array_equal(blobs[1].array(), [[0, 1, 2], [3, 4, 5]])


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            header, {"descr": "<f4", "fortran_order": False, "shape": (100_000_000,)}
        )
        with archive.open("a/0.npy", "w") as entry:
            entry.write(header.getvalue())
            zeros = bytes(1 << 20)
            for _ in range(381):
                entry.write(zeros)
            entry.write(bytes(400_000_000 - (381 << 20)))
    content = stream.getvalue()
    assert len(content) < 1 << 20
    with pytest.raises(WeightsError, match=r'"a/0.npy" would grow from at most \d+ bytes to 400'):
        load_weights(content)


def test_a_deflated_entry_that_lies_about_its_size_is_refused() -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, **{"a/0": np.zeros(1000, np.float32)})
    content = stream.getvalue()
    real, false = (4128).to_bytes(4, "little"), (4132).to_bytes(4, "little")
    assert real in content
    with pytest.raises(WeightsError, match="takes 4000"):
        load_weights(content.replace(real, false))
    damaged = bytearray(content)
    damaged[content.index(b"a/0.npy") + 60] ^= 0xFF
    with pytest.raises(WeightsError, match=r"decompressed|damaged|no \.npy array|takes"):
        load_weights(bytes(damaged))["a"].blobs[0].array()


@pytest.mark.parametrize(
    "arrays, words",
    [
        ({"mean": [1.0]}, 'no name of the kind "layer/0"'),
        ({"a/x": [1.0]}, 'no name of the kind "layer/0"'),
        ({"a/01": [1.0]}, 'no name of the kind "layer/0"'),
        ({"a/1": [1.0]}, 'none is called "a/0"'),
        ({"a/0": np.array([{}])}, "object|pickle|expected numbers"),
        ({"a/0": np.array(["x"])}, "expected numbers"),
        ({"a/0": np.array([1j])}, "expected numbers"),
    ],
)
def test_an_npz_of_other_things_is_refused(arrays: dict[str, Any], words: str) -> None:
    with pytest.raises(WeightsError, match=words):
        load_weights(npz_bytes(**arrays))


def test_a_zip_of_other_things_is_named() -> None:
    for name, words in (("x/data.pkl", "PyTorch checkpoint"), ("readme.txt", "zip of .npy")):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(name, b"x")
        with pytest.raises(WeightsError, match=words):
            load_weights(stream.getvalue())


# -- safetensors -------------------------------------------------------------------------------


def safetensors_bytes(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(dtype: Any = "F32", shape: Any = (2,), offsets: Any = (0, 8)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def test_the_safetensors_package_reads_the_file(tmp_path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy")
    weights = load_weights(small_net())
    save_safetensors(weights, tmp_path / "x.safetensors")
    same_arrays(numpy.load_file(tmp_path / "x.safetensors"), weights.arrays())
    assert load_weights(tmp_path / "x.safetensors").name == "net"


def test_the_safetensors_packages_file_is_read(tmp_path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy")
    arrays = {
        "a/0": np.arange(6, dtype=np.float32).reshape(2, 3),
        "a/1": np.arange(3, dtype=np.float64),
        "a/2": np.float16([1, 2]),
        "b/0": np.arange(4, dtype=np.int64),
        "b/1": np.array([True, False]),
        "c/0": np.array(5, np.uint8),
        "c/1": np.zeros((0, 4), np.float32),
    }
    numpy.save_file(arrays, tmp_path / "x.safetensors")
    same_arrays(
        load_weights(tmp_path / "x.safetensors").arrays(),
        {key: value.astype(np.float32) for key, value in arrays.items()},
    )


def test_bfloat16_is_widened() -> None:
    bits = (np.float32([1.5, -2]).view(np.uint32) >> 16).astype("<u2").tobytes()
    content = safetensors_bytes({"a/0": entry("BF16", offsets=(0, 4))}, bits)
    np.testing.assert_array_equal(load_weights(content)["a"].blobs[0].array(), [1.5, -2])


@pytest.mark.parametrize(
    "header, data, words",
    [
        (b'{"a/0": ', b"", "no JSON"),
        (b'{"a/0":1,"a/0":2}', b"", "a name is there twice"),
        (b'{"a":' * 100_000, b"", "no JSON"),
        ({"a/0": 1}, b"", "is no object"),
        ({"a/0": entry("F33")}, bytes(8), "has the type 'F33'"),
        ({"a/0": entry(["F32"])}, bytes(8), "has the type"),
        ({"a/0": entry(shape=[-2])}, bytes(8), "no list of sizes"),
        ({"a/0": entry(shape=[True, 2])}, bytes(8), "no list of sizes"),
        ({"a/0": entry(shape=[2.0])}, bytes(8), "no list of sizes"),
        ({"a/0": entry(shape=[2**80])}, bytes(8), "no list of sizes"),
        ({"a/0": entry(shape=[2**40, 2**40])}, bytes(8), "has 8 bytes; its shape"),
        ({"a/0": entry(offsets=[0, 8, 9])}, bytes(8), "no two data_offsets"),
        ({"a/0": entry(offsets=[8, 0])}, bytes(8), "lies in bytes 8 to 0"),
        ({"a/0": entry(offsets=[0, 800])}, bytes(8), "lies in bytes 0 to 800, but there are 8"),
        ({"a/0": entry(), "b/0": entry()}, bytes(8), "overlaps"),
        ({"a/0": entry(offsets=[4, 12])}, bytes(12), "leaves a gap"),
        ({"a/0": entry()}, bytes(12), "describes 8 bytes of arrays; there are 12"),
        ({"weight": entry()}, bytes(8), 'no name of the kind "layer/0"'),
    ],
)
def test_a_safetensors_file_that_lies_is_refused(header: Any, data: bytes, words: str) -> None:
    with pytest.raises(WeightsError, match=words):
        load_weights(safetensors_bytes(header, data))


def test_a_safetensors_header_longer_than_the_file_is_refused() -> None:
    content = (10_000).to_bytes(8, "little") + b'{"a/0": {}}'
    with pytest.raises(WeightsError, match="the header claims 10000 bytes"):
        load_weights(content)


# -- binaryproto -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, shape, total",
    [
        ("mean", (1, 3, 20, 24), 181632.3332939148),
        ("mean_gray", (1, 1, 16, 16), 32077.083419799805),
    ],
)
def test_caffes_mean_files_read_and_written_are_the_same(
    golden: Path, tmp_path: Path, name: str, shape: tuple[int, ...], total: float
) -> None:
    path = golden / f"weights/{name}.binaryproto"
    mean = read_binaryproto(path)
    assert mean.shape == shape
    assert mean.dtype == np.float32
    assert mean.sum(dtype=np.float64) == pytest.approx(total, rel=1e-12)
    write_binaryproto(tmp_path / "x.binaryproto", mean)
    assert (tmp_path / "x.binaryproto").read_bytes() == path.read_bytes()


@pytest.mark.reference
def test_every_mean_file_has_the_sum_that_was_measured(reference: Path) -> None:
    facts = json.loads((reference / "golden/io/facts.json").read_text())["means"]
    for name, fact in facts.items():
        mean = read_binaryproto(reference / f"golden/io/{name}.binaryproto")
        assert list(mean.shape) == fact["shape"]
        assert mean.sum(dtype=np.float64) == pytest.approx(fact["sum"], rel=1e-12)
    assert len(facts) >= 5


def test_other_shapes_are_written_as_shapes(tmp_path: Path) -> None:
    for values in (np.float64([[1, 2], [3, 4]]), np.array(5), np.arange(3)):
        write_binaryproto(tmp_path / "x.binaryproto", values)
        again = read_binaryproto(tmp_path / "x.binaryproto")
        assert again.shape == values.shape
        np.testing.assert_array_equal(again, values)
        message = BlobProto.FromString((tmp_path / "x.binaryproto").read_bytes())
        assert tuple(message.shape.dim) == values.shape
        assert not message.HasField("num")


def test_a_net_is_no_mean_file() -> None:
    with pytest.raises(WeightsError, match=r"a whole net.*read_caffemodel"):
        read_binaryproto(small_net())


# -- text --------------------------------------------------------------------------------------


def test_blobs_in_a_prototxt_are_read(golden: Path) -> None:
    for name in ("model", "model_v1", "v0_blobs", "v1_double_blob"):
        path = golden / f"weights/{name}.caffemodel"
        text = to_prototxt(NetParameter.FromString(path.read_bytes()))
        found = load_weights(text.encode())
        assert found.format == "prototxt"
        same_arrays(found.arrays(), read_caffemodel(path).arrays())


def test_a_prototxt_without_weights_is_named(golden: Path) -> None:
    with pytest.raises(WeightsError, match=r"model\.prototxt: this prototxt defines a net and"):
        load_weights(golden / "weights/model.prototxt")


# -- what is none of these ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "the file is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n", "Git LFS pointer"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"\n\n  <html>", "web page"),
        (b"\x80\x02}q\x00.", "Python pickle"),
        (b"\x1f\x8b\x08\x00", "compressed with gzip"),
        (b"\x93NUMPY\x01\x00", r"single \.npy"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"Just some words about a net.\n", "this is text, and no prototxt"),
        (b"\x08\x07\x12\x07pytorch\x1a\x01x\x3a\x02\x0a\x00\x42\x02\x10\x0d", "an ONNX model"),
        (b"\x0a\x03net", "hold no layer"),
        (bytes(100), "0 is not a field number"),
    ],
)
@pytest.mark.parametrize("read", [load_weights, read_caffemodel])
def test_a_file_of_another_kind_is_named(content: bytes, words: str, read: Any) -> None:
    if read is read_caffemodel and b"Just" in content:
        words = r"expected a \.caffemodel \(binary\); this is text"
    with pytest.raises(WeightsError, match=words):
        read(content)


def test_a_mean_file_and_a_solver_state_are_named(golden: Path) -> None:
    with pytest.raises(WeightsError, match=r"single blob.*read_binaryproto"):
        load_weights(golden / "weights/mean.binaryproto")
    with pytest.raises(WeightsError, match=r'solver\'s state.*weights are in ".*\.caffemodel"'):
        load_weights(golden / "weights/snapshot_sgd.solverstate")


def test_other_formats_of_weights_are_named_by_the_caffemodel_reader(golden: Path) -> None:
    with pytest.raises(WeightsError, match=r"this is an HDF5 file.*load_weights"):
        read_caffemodel(golden / "weights/model.caffemodel.h5")


def test_what_is_no_regular_file_is_named(tmp_path: Path) -> None:
    import os

    with pytest.raises(WeightsError, match=r"no\.caffemodel: cannot be opened: No such file"):
        load_weights(tmp_path / "no.caffemodel")
    with pytest.raises(WeightsError, match="this is a directory"):
        load_weights(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WeightsError, match="not a regular file"):
        load_weights(tmp_path / "pipe")
