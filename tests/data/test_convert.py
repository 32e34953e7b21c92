"""Pictures into databases, the mean of a database, and what is in it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from caffe_proto.data.convert import Conversion, array_datum, convert_images
from caffe_proto.data.database import LEVELDB, LMDB, open_database
from caffe_proto.data.datum import datum_array, parse_datum
from caffe_proto.data.statistics import channel_means, contact_sheet, mean_image, summarize
from caffe_proto.data.writing import create_database
from caffe_proto.errors import DataError
from caffe_proto.rng import CaffeRandom
from caffe_proto.schema import caffe_pb2
from caffe_proto.weights import read_binaryproto
from tests.data.conftest import IO

FACTS = json.loads((IO / "facts.json").read_text())


@pytest.mark.parametrize("backend", [LMDB, LEVELDB])
@pytest.mark.parametrize(
    "name, list_file, how",
    [
        ("lmdb_raw", "list.txt", Conversion()),
        ("lmdb_encoded", "list.txt", Conversion(encoded=True)),
        ("lmdb_gray", "list.txt", Conversion(gray=True, size=(16, 16))),
        ("lmdb_resized_png", "list.txt", Conversion(encode_type="png", size=(11, 17))),
        ("lmdb_encoded_sizes", "list_sizes.txt", Conversion(encoded=True)),
        ("lmdb_jpeg", "list_jpeg.txt", Conversion(encoded=True)),
    ],
)
def test_the_records_are_those_that_convert_imageset_writes(
    tmp_path: Path, name: str, list_file: str, how: Conversion, backend: int
) -> None:
    count = convert_images(IO, IO / list_file, tmp_path / "db", how, backend=backend)
    facts = FACTS["databases"][name]
    assert count == len(facts)
    for (key, value), fact in zip(open_database(tmp_path / "db").items(), facts, strict=True):
        assert key.decode() == fact["key"]
        if name == "lmdb_resized_png":
            # How well PNG compresses is up to the library; the pixels are not.
            own = datum_array(parse_datum(key, value), "own")
            stored = dict(open_database(IO / "db" / name).items())[key]
            np.testing.assert_array_equal(own, datum_array(parse_datum(key, stored), "stored"))
        else:
            assert hashlib.sha1(value).hexdigest() == fact["sha1"]


def test_shuffling_follows_the_stream(tmp_path: Path) -> None:
    convert_images(IO, IO / "list.txt", tmp_path / "db", shuffle=True, seed=3)
    lines = (IO / "list.txt").read_text().splitlines()
    CaffeRandom(3).shuffle(lines)
    keys = [key.decode() for key, _ in open_database(tmp_path / "db").items()]
    assert keys == [f"{i:08d}_{line.rsplit(' ', 1)[0]}" for i, line in enumerate(lines)]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with two pictures, one file that is none, and lists."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    shutil.copy(IO / "images" / "p00.png", folder / "a.png")
    shutil.copy(IO / "images" / "s0.png", folder / "b.png")
    (folder / "c.png").write_bytes(b"no picture")
    shutil.copy(IO / "images" / "p00.png", folder / "plain")
    return folder


def _list(folder: Path, text: str) -> Path:
    path = folder / "list.txt"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "lines, how, words",
    [
        (
            "a.png 1\nd.png 2\ne.png 3\n",
            Conversion(),
            "2 of 3 pictures are missing .* d.png, e.png",
        ),
        ("a.png 1\nc.png 2\n", Conversion(), "c.png is no picture"),
        ("a.png 1\nb.png 2\n", Conversion(check_size=True), r"b.png is .* as a.png is"),
        ("plain 1\n", Conversion(encoded=True), "format .* cannot be told"),
        ("plain 1\n", Conversion(encode_type="tape"), 'stored as "tape"'),
        ("", Conversion(), "is empty"),
    ],
)
def test_a_fault_is_named_and_leaves_nothing(
    pictures: Path, lines: str, how: Conversion, words: str
) -> None:
    target = pictures.parent / "db"
    with pytest.raises(DataError, match=words):
        convert_images(pictures, _list(pictures, lines), target, how)
    assert [path.name for path in pictures.parent.iterdir()] == ["pictures"]


def test_what_cannot_be_read_may_be_left_out(pictures: Path) -> None:
    lines = _list(pictures, "a.png 1\nc.png 2\nd.png 3\nb.png 4\n")
    left_out: list[str] = []
    done: list[tuple[int, int]] = []
    count = convert_images(
        pictures,
        lines,
        pictures.parent / "db",
        skip_unreadable=True,
        skipped=left_out.append,
        progress=lambda number, total: done.append((number, total)),
    )
    assert count == 2
    assert len(left_out) == 2
    assert done[-1] == (4, 4)
    keys = [key.decode() for key, _ in open_database(pictures.parent / "db").items()]
    # The number is that of the line, as in Caffe.
    assert keys == ["00000000_a.png", "00000003_b.png"]


@pytest.mark.parametrize("name", FACTS["means"])
def test_means_are_those_of_compute_image_mean(name: str) -> None:
    fact = FACTS["means"][name]
    mean = mean_image(open_database(IO / "db" / fact["db"]))
    np.testing.assert_array_equal(mean, read_binaryproto(IO / f"{name}.binaryproto"))
    assert [f"{value:g}" for value in channel_means(mean)] == [
        f"{value:g}" for value in fact["channel_means"]
    ]


def test_the_mean_of_pictures_of_several_sizes() -> None:
    with pytest.raises(DataError, match=r's2.png" has the shape \(3, 9, 9\), which is 243'):
        mean_image(open_database(IO / "db" / "lmdb_encoded_sizes"))


def _database(path: Path, *datums: caffe_pb2.Datum) -> Any:
    with create_database(path, LMDB, False) as database:
        for i, datum in enumerate(datums):
            database.put(b"%08d" % i, datum.SerializeToString())
    return open_database(path)


def test_for_the_mean_records_need_only_have_as_many_values(tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.uint8)
    opened = _database(
        tmp_path / "db",
        array_datum(values.reshape(1, 2, 3), 0),
        array_datum(values[::-1].copy().reshape(1, 3, 2), 1),
        caffe_pb2.Datum(channels=6, height=1, width=1, float_data=[1.0] * 6),
    )
    np.testing.assert_array_equal(mean_image(opened), np.full((1, 1, 2, 3), 2, np.float32))


def test_for_the_mean_a_record_with_more_values_than_its_shape_is_refused(tmp_path: Path) -> None:
    longer = caffe_pb2.Datum(channels=1, height=1, width=2, data=b"123")
    with pytest.raises(DataError, match=r"has 3 values\. Expected: 2"):
        mean_image(_database(tmp_path / "db", longer))


def test_the_mean_of_floats() -> None:
    features = np.load(IO / "databases.npz")["lmdb_features"]
    mean = mean_image(open_database(IO / "db" / "lmdb_features"))
    np.testing.assert_allclose(mean[0], features.mean(axis=0), rtol=1e-5)


def test_a_summary_counts_shapes_kinds_and_labels() -> None:
    found = summarize(open_database(IO / "db" / "lmdb_encoded_sizes"), decode=2)
    assert (found.count, found.decoded) == (4, 2)
    assert found.kinds == {"encoded": 4}
    assert found.shapes == {(3, 15, 22): 1, (3, 22, 15): 1}
    assert found.labels == {100: 1, 101: 1, 102: 1, 103: 1}
    assert found.first_key == "00000000_images/s0.png"
    assert summarize(open_database(IO / "db" / "lmdb_features")).kinds == {"floats": 12}


@pytest.mark.parametrize("look", [summarize, mean_image, contact_sheet])
def test_a_record_that_is_no_datum_is_named_with_its_database(tmp_path: Path, look: Any) -> None:
    with create_database(tmp_path / "db") as database:
        database.put(b"0", b"\xff\xff")
    with pytest.raises(DataError, match=r'/db: record "0" is no Datum'):
        look(open_database(tmp_path / "db"))


def test_a_summary_knows_boxes(tmp_path: Path) -> None:
    record = caffe_pb2.AnnotatedDatum(type=0)  # type: ignore[arg-type]
    record.datum.CopyFrom(array_datum(np.zeros((1, 2, 2), np.uint8), 0))
    for label in (3, 5):
        group = record.annotation_group.add(group_label=label)
        group.annotation.add()
        group.annotation.add()
    with create_database(tmp_path / "db") as database:
        database.put(b"0", record.SerializeToString())
    found = summarize(open_database(tmp_path / "db"))
    assert (found.annotated, found.boxes) == (1, {3: 2, 5: 2})
    assert found.shapes == {(1, 2, 2): 1}


@pytest.mark.parametrize("name", ["lmdb_raw", "lmdb_gray", "lmdb_features", "lmdb_encoded_sizes"])
def test_a_sheet_shows_all_kinds_of_records(name: str) -> None:
    sheet = contact_sheet(open_database(IO / "db" / name), count=3, cell=40)
    assert sheet.shape == (120, 88, 3) or sheet.shape == (60 * 2, 44 * 2, 3)
    assert sheet.min() < 100
    first = sheet[2:42, 2:42].astype(int)
    assert (first != 255).any()


def test_a_sheet_shows_the_pixels() -> None:
    sheet = contact_sheet(open_database(IO / "db" / "lmdb_gray"), count=1, cell=16)
    pixels = np.load(IO / "databases.npz")["lmdb_gray"][0, 0]
    np.testing.assert_array_equal(sheet[2:18, 2:18, 1], pixels)
