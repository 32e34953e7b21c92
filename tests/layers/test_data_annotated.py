"""AnnotatedData: pictures and boxes stay together whatever is done to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.data.writing import create_database
from caffe_proto.schema import caffe_pb2

cv2 = pytest.importorskip("cv2")

#: A bright object on a dark ground, so that its box can be found in the pixels again.
GROUND, OBJECT = 30, 220

Box = tuple[int, int, int, int]


def _record(size: tuple[int, int], boxes: list[Box], encoded: bool = True) -> Any:
    """A picture of ``size`` (height, width) with bright boxes (x1, y1, x2, y2) in pixels."""
    height, width = size
    picture = np.full((height, width, 3), GROUND, np.uint8)
    record = caffe_pb2.AnnotatedDatum(type=caffe_pb2.AnnotatedDatum.BBOX)
    for i, (x1, y1, x2, y2) in enumerate(boxes):
        picture[y1:y2, x1:x2] = OBJECT
        group = record.annotation_group.add(group_label=i + 1)
        annotation = group.annotation.add(instance_id=i)
        annotation.bbox.xmin, annotation.bbox.ymin = x1 / width, y1 / height
        annotation.bbox.xmax, annotation.bbox.ymax = x2 / width, y2 / height
        annotation.bbox.difficult = i % 2 == 1
    if encoded:
        record.datum.data = cv2.imencode(".png", picture)[1].tobytes()
        record.datum.encoded = True
    else:
        record.datum.data = picture.transpose(2, 0, 1).tobytes()
        record.datum.channels, record.datum.height, record.datum.width = 3, height, width
    return record


@pytest.fixture
def source(tmp_path: Path) -> Callable[[list[Any]], str]:
    """Writes records into a database; gives its path."""

    def make(records: list[Any]) -> str:
        with create_database(tmp_path / "db") as database:
            for i, record in enumerate(records):
                value = record if isinstance(record, bytes) else record.SerializeToString()
                database.put(b"%04d" % i, value)
        return str(tmp_path / "db")

    return make


Source = Callable[[list[Any]], str]


def _net(
    source: str,
    transform: str = "",
    annotated: str = "",
    batch_size: int = 1,
    tops: str = "data label",
    phase: str = "TRAIN",
    seed: int = 1,
) -> cp.Net:
    names = " ".join(f'top: "{top}"' for top in tops.split())
    return cp.build_net(
        f'layer {{ name: "in" type: "AnnotatedData" {names} transform_param {{ {transform} }} '
        f'data_param {{ source: "{source}" backend: LMDB batch_size: {batch_size} }} '
        f"annotated_data_param {{ {annotated} }} }}",
        phase,
        seed=seed,
    )


RESIZE = "resize_param { resize_mode: WARP height: 60 width: 60 }"
TWO = [_record((40, 50), [(10, 5, 30, 20)]), _record((60, 30), [(0, 0, 9, 9), (15, 30, 30, 60)])]


def test_boxes_of_a_batch_stand_in_one_table(source: Source) -> None:
    net = _net(source(TWO), RESIZE, batch_size=2)
    found = net.forward()
    assert found["data"].shape == (2, 3, 60, 60)
    assert found["label"].shape == (1, 1, 3, 8)
    np.testing.assert_allclose(
        found["label"][0, 0],
        [
            [0, 1, 0, 0.2, 0.125, 0.6, 0.5, 0],
            [1, 1, 0, 0, 0, 0.3, 0.15, 0],
            [1, 2, 1, 0.5, 0.5, 1, 1, 1],
        ],
        atol=1e-6,
    )


def test_pictures_without_boxes_give_a_row_of_minus_one(source: Source) -> None:
    net = _net(source([_record((20, 20), [])]), RESIZE)
    assert net.blobs["label"].shape == (1, 1, 1, 8)
    assert (net.forward()["label"] == -1).all()


@pytest.mark.parametrize("encoded", [True, False])
@pytest.mark.parametrize(
    "transform, annotated",
    [
        ("mirror: true", ""),
        ("expand_param { prob: 1 max_expand_ratio: 3 } mean_value: 0", ""),
        (
            "mirror: true emit_constraint { emit_type: CENTER }",
            "batch_sampler { max_sample: 1 max_trials: 50 sampler { min_scale: 0.5 max_scale: 1 "
            "min_aspect_ratio: 0.5 max_aspect_ratio: 2 } "
            "sample_constraint { min_object_coverage: 1 } }",
        ),
        (
            "mirror: true expand_param { prob: 0.5 max_expand_ratio: 2 }",
            "batch_sampler { max_sample: 1 max_trials: 1 } batch_sampler { max_sample: 1 "
            "max_trials: 50 sampler { min_scale: 0.6 max_scale: 1 } "
            "sample_constraint { min_jaccard_overlap: 0.1 } }",
        ),
    ],
)
def test_the_box_stays_on_its_object(
    source: Source, transform: str, annotated: str, encoded: bool
) -> None:
    # Raw pictures get blanks around them, encoded ones the mean: both are dark.
    records = [
        _record((80, 100), [(20, 10, 60, 50)], encoded),
        _record((90, 70), [(30, 40, 60, 85)], encoded),
    ]
    resize = "resize_param { resize_mode: WARP height: 120 width: 120 interp_mode: NEAREST }"
    net = _net(source(records), f"{resize} {transform}", annotated)
    boxes = 0
    for _ in range(20):
        found = net.forward()
        bright = found["data"][0, 0] > (GROUND + OBJECT) / 2
        rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
        for row in found["label"][0, 0]:
            assert row[1] == 1
            edges = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
            np.testing.assert_allclose(row[3:7] * 120, edges, atol=4)
            boxes += 1
    assert boxes >= 15


def test_the_same_seed_gives_the_same_batches(source: Source) -> None:
    path = source(TWO)
    transform = (
        f"{RESIZE} mirror: true expand_param {{ prob: 0.5 max_expand_ratio: 4 }} distort_param {{ "
        "brightness_prob: 0.5 brightness_delta: 32 contrast_prob: 0.5 contrast_lower: 0.5 "
        "contrast_upper: 1.5 hue_prob: 0.5 hue_delta: 18 saturation_prob: 0.5 "
        "saturation_lower: 0.5 saturation_upper: 1.5 random_order_prob: 0.5 }"
    )
    nets = [_net(path, transform, batch_size=2, seed=seed) for seed in (7, 7, 8)]
    results = [[net.forward()["data"] for _ in range(5)] for net in nets]
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])


def test_the_shorter_side_is_fitted_one_picture_at_a_time(source: Source) -> None:
    transform = "resize_param { resize_mode: FIT_SMALL_SIZE height: 20 width: 20 }"
    path = source(TWO)
    net = _net(path, transform)
    assert [net.forward()["data"].shape for _ in range(2)] == [(1, 3, 20, 25), (1, 3, 40, 20)]
    with pytest.raises(cp.DataError, match=r"batch_size is 2. Expected: 1 with resize_mode"):
        _net(path, transform, batch_size=2)


def test_records_without_a_type_have_plain_labels(source: Source) -> None:
    records = [_record((9, 9), []), _record((9, 9), [])]
    for i, record in enumerate(records):
        record.ClearField("type")
        record.datum.label = 5 + i
    net = _net(source(records), batch_size=2)
    assert net.blobs["label"].shape == (2, 1, 1, 1)
    assert net.forward()["label"].reshape(-1).tolist() == [5, 6]


def test_the_labels_may_be_left_out(source: Source) -> None:
    net = _net(source(TWO), RESIZE, tops="data")
    assert net.forward()["data"].shape == (1, 3, 60, 60)


def test_numbers_taken_from_the_net_s_stream(source: Source) -> None:
    path = source(TWO)
    for transform, drawn in ((RESIZE, 2), (f"{RESIZE} mirror: true", 4)):
        net = _net(path, transform, seed=5)
        own = _stream(5)
        for _ in range(drawn):
            own.next()
        assert net.layers[0].rng.next() == own.next()


def _stream(seed: int) -> Any:
    from caffe_proto.rng import CaffeRandom

    return CaffeRandom(seed)


@pytest.mark.parametrize(
    "records, words",
    [
        ([b"\xff"], r'record "0000" is no AnnotatedDatum \(1 bytes\)'),
        (
            [caffe_pb2.Datum(channels=1, height=1, width=1, data=b"a").SerializeToString()],
            "a database of plain Datums is for a Data layer",
        ),
        ([TWO[0], b"\xff"], r'record "0001" is no AnnotatedDatum'),
        ([TWO[0], TWO[1]], r'record "0001" makes \(3, 60, 30\)'),
    ],
)
def test_a_faulty_record_is_named(source: Source, records: list[Any], words: str) -> None:
    path = source(records)

    def run() -> None:
        net = _net(path, "", batch_size=2)
        net.forward()

    with pytest.raises(cp.DataError, match=words):
        run()


def test_a_record_without_the_type_of_the_others_is_named(source: Source) -> None:
    other = _record((9, 9), [])
    other.ClearField("type")
    net = _net(source([TWO[0], other]), RESIZE, batch_size=2)
    with pytest.raises(cp.DataError, match='record "0001" has no annotation type'):
        net.forward()


@pytest.mark.parametrize(
    "annotated, words",
    [
        ("batch_sampler { sampler { min_scale: 2 } }", "min_scale 2"),
        ("yolo_data_type: 1", "annotated_data_param.yolo_data_type belongs to a fork"),
        ("anno_type: LANE", r"annotation type 2. Expected: BBOX"),
    ],
)
def test_settings_that_do_not_fit(source: Source, annotated: str, words: str) -> None:
    path = source(TWO)
    with pytest.raises(cp.DataError, match=words):
        _net(path, RESIZE, annotated)


@pytest.mark.parametrize("seed", range(4))
def test_the_mean_image_of_a_raw_picture_is_cropped_and_mirrored_with_it(
    source: Source, tmp_path: Path, seed: int
) -> None:
    from caffe_proto.weights import write_binaryproto

    record = _record((6, 8), [(1, 1, 4, 5)], encoded=False)
    pixels = np.frombuffer(record.datum.data, np.uint8).reshape(1, 3, 6, 8)
    write_binaryproto(tmp_path / "mean.binaryproto", pixels.astype(np.float32) - 7)
    transform = f'crop_size: 5 mirror: true mean_file: "{tmp_path / "mean.binaryproto"}"'
    data = _net(source([record]), transform, seed=seed).forward()["data"]
    np.testing.assert_array_equal(data, np.full((1, 3, 5, 5), 7))
