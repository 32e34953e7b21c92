"""The layers that read data sets: Caffe's very batches, and an error for every fault.

``tests/golden/io`` holds the sources and, in ``batches``, what Caffe delivers for a seed and a
phase; parameters of a layer behind the data layer show how many random numbers it has taken.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.data.database import LEVELDB, LMDB
from caffe_proto.data.writing import create_database
from caffe_proto.layers.data_memory import MemoryData
from caffe_proto.schema import caffe_pb2
from tests.layers.data_sources import IO
from tests.layers.data_sources import build as _build
from tests.layers.data_sources import fault as _fault
from tests.layers.data_sources import layer as _layer
from tests.layers.data_sources import run as _run

INDEX: dict[str, Any] = json.loads((IO / "batches" / "index.json").read_text())
REJECTED: dict[str, Any] = INDEX.pop("rejected")


# -- Caffe's batches --------------------------------------------------------------------------


@pytest.mark.parametrize("name", INDEX)
def test_batches_are_those_of_caffe(name: str) -> None:
    entry = INDEX[name]
    expected = np.load(IO / "batches" / f"{name}.npz")
    path = IO / "batches" / f"{name}.prototxt"
    net = cp.build_net(path, entry["phase"], seed=entry["seed"], directory=IO)
    for key in expected.files:
        if key.startswith("param/"):
            _, layer, index = key.split("/")
            np.testing.assert_array_equal(net.params[layer][int(index)].data, expected[key])
    for i in range(entry["forwards"]):
        net.forward()
        for key in expected.files:
            if key.startswith(f"forward{i}/"):
                blob = net.blobs[key.partition("/")[2]]
                assert blob.shape == expected[key].shape
                np.testing.assert_array_equal(blob.data, expected[key], err_msg=key)


@pytest.mark.parametrize("name", REJECTED)
def test_what_caffe_refuses_is_an_error_that_names_the_layer(name: str) -> None:
    path = IO / "batches" / f"rejected_{name}.prototxt"
    with pytest.raises(cp.DataError, match='layer "d'):
        _run(cp.build_net, path, 6, directory=IO)


# -- where paths are looked up ----------------------------------------------------------------

PLAIN = _layer("Data", 'data_param { source: "db/lmdb_raw" backend: LMDB batch_size: 4 }')


def test_paths_are_looked_up_beside_the_prototxt(tmp_path: Path) -> None:
    shutil.copytree(IO / "db" / "lmdb_raw", tmp_path / "db" / "lmdb_raw")
    (tmp_path / "net.prototxt").write_text(PLAIN)
    assert cp.build_net(tmp_path / "net.prototxt").blobs["data"].shape == (4, 3, 20, 24)


def test_the_working_directory_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(IO / "db" / "lmdb_gray", tmp_path / "db" / "lmdb_raw")
    monkeypatch.chdir(tmp_path)
    assert _build(PLAIN).blobs["data"].shape == (4, 1, 16, 16)


def test_a_missing_source_is_named_with_all_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(cp.DataError) as caught:
        _build(PLAIN.replace("lmdb_raw", "lmdb_row"))
    text = str(caught.value)
    assert str(tmp_path / "db" / "lmdb_row") in text
    assert str(IO / "db" / "lmdb_row") in text
    assert 'did you mean "lmdb_raw"?' in text


# -- Data -------------------------------------------------------------------------------------

Pixels = dict[str, Any]


def _datum(value: int, shape: tuple[int, int, int] = (1, 2, 2), **fields: Any) -> bytes:
    channels, height, width = shape
    settings: dict[str, Any] = {
        "channels": channels,
        "height": height,
        "width": width,
        "data": bytes([value]) * (channels * height * width),
        "label": value,
    }
    return caffe_pb2.Datum(**{**settings, **fields}).SerializeToString()


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., str]:
    """Writes records into a database; gives the data_param that reads it."""

    def make(values: list[bytes], batch_size: int = 2, backend: int = LMDB) -> str:
        with create_database(tmp_path / "db", backend) as database:
            for i, value in enumerate(values):
                database.put(b"%04d" % i, value)
        kind = "LMDB" if backend == LMDB else "LEVELDB"
        return (
            f'data_param {{ source: "{tmp_path / "db"}" backend: {kind} batch_size: {batch_size} }}'
        )

    return make


Source = Callable[..., str]


@pytest.mark.parametrize("backend", [LMDB, LEVELDB])
def test_records_come_in_turn_and_begin_anew(source: Source, backend: int) -> None:
    net = _build(_layer("Data", source([_datum(i) for i in range(5)], 3, backend)))
    seen = [net.forward()["label"].tolist() for _ in range(4)]
    assert seen == [[0, 1, 2], [3, 4, 0], [1, 2, 3], [4, 0, 1]]


def test_solvers_that_share_a_data_set_take_turns(source: Source) -> None:
    text = _layer("Data", source([_datum(i) for i in range(5)], 3))
    for rank, expected in enumerate([[0, 2, 4], [1, 3, 0]]):
        net = _build(text, "TRAIN", solver_count=2, solver_rank=rank)
        assert net.forward()["label"].tolist() == expected
    testing = _build(text, "TEST", solver_count=2, solver_rank=1)
    assert testing.forward()["label"].tolist() == [0, 1, 2]


def test_wrong_sizes_in_one_batch_are_named(source: Source) -> None:
    settings = source([_datum(0), _datum(1), _datum(2), _datum(3, (1, 2, 3))])
    _fault(_layer("Data", settings), r'record "0003" makes \(1, 2, 3\).*\(1, 2, 2\)', 2)


def test_wrong_channels_in_one_batch_are_named(source: Source) -> None:
    settings = source([_datum(0), _datum(1, (3, 2, 2))])
    _fault(_layer("Data", settings), r'record "0001" makes \(3, 2, 2\)')


def test_the_size_may_change_from_batch_to_batch(source: Source) -> None:
    net = _build(_layer("Data", source([_datum(0), _datum(1, (2, 3, 4))], 1)))
    assert [net.forward()["data"].shape for _ in range(3)] == [
        (1, 1, 2, 2),
        (1, 2, 3, 4),
        (1, 1, 2, 2),
    ]


def test_bytes_and_floats_may_share_a_batch(source: Source) -> None:
    floats = _datum(7, data=b"", float_data=[0.5, -1, 2, 3])
    net = _build(_layer("Data", source([_datum(1), floats]), extra="transform_param { scale: 2 }"))
    np.testing.assert_array_equal(
        net.forward()["data"].reshape(2, 4), [[2, 2, 2, 2], [1, -2, 4, 6]]
    )


@pytest.mark.parametrize(
    "value, words",
    [
        (b"\xff\xff\xff", r'record "0000" is no Datum \(3 bytes\)'),
        (_datum(1, data=b"abc"), r"has 3 bytes. Expected: 4 for \(1, 2, 2\)"),
        (_datum(1, data=b"", float_data=[1.0]), r"has 1 values. Expected: 4"),
        (_datum(1, channels=0), r"has the size \(0, 2, 2\).*needs encoded: true"),
        (_datum(1, height=-1), r"has the size \(1, -1, 2\)"),
        (_datum(1, channels=2**30, height=2**30), "Expected: 2305843009213693952"),
        (_datum(1, encoded=True), "is no picture that OpenCV can read"),
        (_datum(1, encoded=True, data=b""), "is no picture"),
    ],
)
def test_a_record_that_is_no_image_is_named(source: Source, value: bytes, words: str) -> None:
    _fault(_layer("Data", source([value])), words)


def test_a_later_faulty_record_fails_in_its_turn(source: Source) -> None:
    net = _build(_layer("Data", source([_datum(i) for i in range(4)] + [b"\xff"])))
    assert [net.forward()["label"].tolist() for _ in range(2)] == [[0, 1], [2, 3]]
    for _ in range(2):
        with pytest.raises(cp.DataError, match=r'layer "in" .*record "0004" is no Datum'):
            net.forward()


def test_more_than_eight_bits_need_a_conversion(tmp_path: Path, source: Source) -> None:
    deep = (IO / "images" / "gray16.png").read_bytes()
    record = caffe_pb2.Datum(data=deep, encoded=True, label=1).SerializeToString()
    settings = source([record], 1)
    _fault(_layer("Data", settings), "has uint16 pixels. Expected: uint8")
    net = _build(_layer("Data", settings, extra="transform_param { force_gray: true }"))
    assert net.forward()["data"].shape == (1, 1, 20, 24)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("batch_size: 0", "data_param.batch_size is 0. Expected: at least 1"),
        ("batch_size: 2 prefetch: 0", "data_param.prefetch is 0"),
    ],
)
def test_settings_out_of_range(settings: str, words: str) -> None:
    _fault(
        _layer("Data", f'data_param {{ source: "db/lmdb_raw" backend: LMDB {settings} }}'), words
    )


def test_the_wrong_backend_is_named() -> None:
    _fault(_layer("Data", 'data_param { source: "db/lmdb_raw" batch_size: 1 }'), "backend: LMDB")


def test_an_unreadable_source(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is unreadable for root")
    shutil.copytree(IO / "db" / "lmdb_raw", tmp_path / "db")
    (tmp_path / "db" / "data.mdb").chmod(0)
    text = PLAIN.replace("db/lmdb_raw", str(tmp_path / "db"))
    _fault(text, "Permission denied")


def test_a_truncated_database(tmp_path: Path) -> None:
    data = (IO / "db" / "lmdb_raw" / "data.mdb").read_bytes()
    (tmp_path / "data.mdb").write_bytes(data[:-5000])
    _fault(PLAIN.replace("db/lmdb_raw", str(tmp_path)), "is cut short")


def test_settings_of_other_forks_are_refused_rather_than_ignored() -> None:
    text = PLAIN.replace('"Data"', '"Data" transform_param { max_rotation_angle: 5 }', 1)
    _fault(text, "transform_param.max_rotation_angle belongs to a fork")


def test_pictures_may_be_resized_as_ssd_does(source: Source) -> None:
    extra = "transform_param { resize_param { height: 5 width: 7 } }"
    records = [_datum(1, (3, 20, 30)), _datum(2, (3, 9, 9))]
    found = _build(_layer("Data", source(records), extra=extra)).forward()["data"]
    assert found.shape == (2, 3, 5, 7)
    assert found[0].min() == found[0].max() == 1
    assert found[1].min() == found[1].max() == 2


@pytest.mark.parametrize("kind", ["text", "empty", "missing"])
def test_a_mean_file_that_is_none(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "mean.binaryproto"
    if kind != "missing":
        path.write_bytes(b"no mean at all" if kind == "text" else b"")
    extra = f'transform_param {{ mean_file: "{path}" }}'
    text = PLAIN.replace('"Data"', f'"Data" {extra}', 1)
    _fault(text, "mean_file")


def test_float64_nets_get_float64_batches() -> None:
    net = _build(PLAIN, dtype=np.float64)
    assert net.forward()["data"].dtype == np.float64
    np.testing.assert_array_equal(net.blobs["data"].data, _build(PLAIN).forward()["data"])


# -- the thread -------------------------------------------------------------------------------


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "prefetch in"]


def test_batches_are_read_ahead_and_the_thread_ends_with_the_net() -> None:
    net = _build(PLAIN)
    assert not _threads(), "nothing is read before the first pass"
    net.forward()
    assert len(_threads()) == 1
    del net
    gc.collect()
    deadline = time.monotonic() + 5
    while _threads() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _threads()


def test_the_same_seed_gives_the_same_batches_however_fast_they_are_taken() -> None:
    text = PLAIN.replace('"Data"', '"Data" transform_param { crop_size: 9 mirror: true }', 1)
    first, second = (_build(text, "TRAIN") for _ in range(2))
    for i in range(6):
        if i % 2:
            time.sleep(0.02)
        np.testing.assert_array_equal(first.forward()["data"], second.forward()["data"])


def test_what_a_library_raises_in_the_thread_is_a_data_error() -> None:
    net = _build(PLAIN)
    layer: Any = net.layers[0]

    def produce() -> None:
        raise ArithmeticError("odd picture")

    layer._prefetcher._shared.produce = produce
    with pytest.raises(cp.DataError, match=r'layer "in" .* ArithmeticError: odd picture'):
        net.forward()


# -- ImageData --------------------------------------------------------------------------------


def _images(settings: str, extra: str = "") -> str:
    return _layer("ImageData", f"image_data_param {{ {settings} }}", extra=extra)


def test_a_missing_picture_is_found_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("images/p00.png 1\nimages/nowhere.png 2\n")
    with pytest.raises(cp.DataError, match=r'"images/nowhere.png" is missing. Tried: .*golden/io'):
        _build(_images(f'source: "{tmp_path / "list"}" batch_size: 1'))


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "list").write_text(f"images/p00.png 1\n{tmp_path / 'list'} 2\n")
    _fault(_images(f'source: "{tmp_path / "list"}" batch_size: 1'), "is no picture that OpenCV", 2)


def test_pictures_of_several_sizes_in_a_batch(tmp_path: Path) -> None:
    _fault(_images('source: "list_sizes.txt" batch_size: 2'), r"s1.png makes \(3, 22, 15\)")


@pytest.mark.parametrize(
    "settings, words",
    [
        ('source: "list.txt" batch_size: 0', "batch_size is 0"),
        ('source: "list.txt" rand_skip: 4000000000', r"rand_skip .* skips \d+ pictures.* 12"),
        ('source: "nowhere.txt"', "image_data_param.source .* is missing"),
        ("", "image_data_param.source is not given"),
    ],
)
def test_image_settings_out_of_range(settings: str, words: str) -> None:
    _fault(_images(settings), words)


# -- MemoryData -------------------------------------------------------------------------------


def _memory(extra: str = "") -> tuple[cp.Net, MemoryData]:
    settings = "memory_data_param { batch_size: 2 channels: 3 height: 2 width: 2 }"
    net = cp.build_net(_layer("MemoryData", settings, extra=extra), seed=1)
    layer = net.layers[0]
    assert isinstance(layer, MemoryData)
    return net, layer


def test_memory_data_delivers_what_caffe_delivers() -> None:
    expected = np.load(IO / "memory_data.npz")
    net = cp.build_net(IO / "memory_data.prototxt")
    layer = net.layers[0]
    assert isinstance(layer, MemoryData)
    layer.reset(expected["input"], expected["labels"])
    for i in range(5):
        net.forward()
        for name in ("data", "label"):
            assert net.blobs[name].shape == expected[f"forward{i}/{name}"].shape
            np.testing.assert_array_equal(net.blobs[name].data, expected[f"forward{i}/{name}"])


def test_added_images_are_transformed() -> None:
    net, layer = _memory("transform_param { scale: 0.5 mean_value: 2 }")
    images = [np.full((2, 2, 3), value, np.uint8) for value in (2, 4)]
    layer.add_data(images, [7, 8])
    assert net.forward()["data"].reshape(2, -1)[:, 0].tolist() == [0, 1]
    assert net.blobs["label"].data.reshape(-1).tolist() == [7, 8]


def test_added_datums_bring_their_labels() -> None:
    net, layer = _memory()
    layer.add_data([caffe_pb2.Datum.FromString(_datum(v, (3, 2, 2))) for v in (3, 4, 5, 6)])
    with pytest.raises(cp.DataError, match="before those added last are used up"):
        layer.add_data([np.zeros((2, 2, 3), np.uint8)] * 2, [0, 0])
    assert [net.forward()["label"].reshape(-1).tolist() for _ in range(2)] == [[3, 4], [5, 6]]
    layer.add_data([np.zeros((2, 2, 3), np.uint8)] * 2, [0, 0])


def test_memory_data_names_what_does_not_fit() -> None:
    net, layer = _memory()
    with pytest.raises(cp.DataError, match="has no data"):
        net.forward()
    for data, labels, words in (
        (np.zeros((2, 3, 2, 3)), np.zeros(2), r"\(2, 3, 2, 3\). Expected: \(n, 3, 2, 2\)"),
        (np.zeros((3, 3, 2, 2)), np.zeros(3), "has 3 rows. Expected: a multiple of .* 2"),
        (np.zeros((0, 3, 2, 2)), np.zeros(0), "has 0 rows"),
        (np.zeros((2, 3, 2, 2)), np.zeros(3), "3 labels for 2 rows"),
    ):
        with pytest.raises(cp.DataError, match=words):
            layer.reset(data, labels)
    with pytest.raises(cp.DataError, match="received 1 images"):
        layer.add_data([np.zeros((2, 2, 3), np.uint8)], [0])
    with pytest.raises(cp.DataError, match="image 1 makes"):
        layer.add_data([np.zeros((2, 2, 3), np.uint8), np.zeros((3, 2, 3), np.uint8)], [0, 0])
    with pytest.raises(cp.DataError, match="channels 0"):
        cp.build_net(_layer("MemoryData", "memory_data_param { batch_size: 2 }"))


# -- WindowData -------------------------------------------------------------------------------


def _windows(path: Path, text: str, settings: str = "", crop: int = 8) -> str:
    (path / "windows.txt").write_text(text)
    return _layer(
        "WindowData",
        f'window_data_param {{ source: "{path / "windows.txt"}" batch_size: 4 {settings} }}',
        extra=f"transform_param {{ crop_size: {crop} }}",
    )


WINDOWS = "# 0\nimages/p00.png 3 20 24 2\n1 0.9 3 4 23 16\n2 0.1 8 3 19 6\n"


@pytest.mark.parametrize(
    "change, words",
    [
        (("# 0", "0"), r'windows.txt:1: expected "#"'),
        (("# 0", "# 1"), "has the number 1. Expected: 0 to 0"),
        (("0.9", "much"), r'windows.txt:3: expected the overlap of a window. Received: "much"'),
        (("24 2", "24 3"), "ends where the class of a window is expected"),
        (("p00", "q00"), '"images/q00.png" is missing'),
        (("3 20", "1 20"), "has 1 channels. Expected: 3"),
        (("1 0.9", "0 0.9"), "has the class 0 and the overlap 0.9"),
        (("0.9", "0.3"), "has no foreground"),
        (("0.1", "0.9"), "has no background"),
        (("23 16", "24 16"), r"window \(3, 4, 24, 16\) .* does not lie within .* 24 x 20"),
    ],
)
def test_a_window_file_with_a_fault(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    _fault(_windows(tmp_path, WINDOWS.replace(*change, 1), "fg_fraction: 0.5"), words)


@pytest.mark.parametrize("fraction, label", [("0", "0.1"), ("1", "0.9")])
def test_windows_of_a_kind_that_no_batch_has_may_be_missing(
    tmp_path: Path, fraction: str, label: str
) -> None:
    rows = WINDOWS.replace("0.9", label).replace("2 0.1", f"2 {label}")
    net = _build(_windows(tmp_path, rows, f"fg_fraction: {fraction}"))
    labels = net.forward()["label"]
    assert set(labels) <= ({0} if fraction == "0" else {1, 2})


def test_the_last_picture_of_a_window_file_gives_the_channels(tmp_path: Path) -> None:
    rows = WINDOWS.replace("3 20", "1 20") + "# 1\nimages/p01.png 3 20 24 0\n"
    net = _build(_windows(tmp_path, rows, "fg_fraction: 0.5"))
    assert net.forward()["data"].shape == (4, 3, 8, 8)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("context_pad: 4", "context_pad 4 leaves nothing of crop_size 8"),
        ("fg_fraction: 1.5", "fg_fraction is 1.5. Expected: 0 to 1"),
        ("", "batch_size is 0"),
    ],
)
def test_window_settings_out_of_range(tmp_path: Path, settings: str, words: str) -> None:
    text = _windows(tmp_path, WINDOWS, settings)
    if not settings:
        text = text.replace("batch_size: 4", "batch_size: 0")
    _fault(text, words)


def test_an_empty_window_file(tmp_path: Path) -> None:
    _fault(_windows(tmp_path, "\n"), "is empty")
