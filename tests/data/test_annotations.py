"""Boxes that follow their picture, and the samplers that draw parts of it."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import pytest
from google.protobuf import text_format
from google.protobuf.message import Message

from caffe_proto.data.annotations import (
    UNIT,
    LabelledBox,
    as_box,
    coverage,
    labelled_boxes,
    locate,
    overlap,
    project,
    transform_boxes,
)
from caffe_proto.data.samplers import check_sampler, sample_parts
from caffe_proto.errors import DataError
from caffe_proto.rng import CaffeRandom
from caffe_proto.schema import caffe_pb2

M = TypeVar("M", bound=Message)


def _message(kind: type[M], text: str) -> M:
    message = kind()
    text_format.Parse(text, message)
    return message


def _near(found: Any, expected: list[float]) -> None:
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_overlap_and_coverage() -> None:
    a, b = as_box(0, 0, 0.5, 1), as_box(0.25, 0, 0.75, 0.5)
    assert overlap(a, b) == pytest.approx(0.125 / (0.5 + 0.25 - 0.125))
    assert coverage(a, b) == pytest.approx(0.25)
    assert coverage(b, a) == pytest.approx(0.5)
    assert overlap(a, as_box(0.5, 0, 1, 1)) == 0
    assert overlap(as_box(0.4, 0, 0.3, 1), a) == 0


def test_projecting_undoes_locating() -> None:
    frame, box = as_box(0.2, 0.4, 0.7, 0.8), as_box(0.1, 0.25, 0.5, 1)
    back = project(frame, locate(frame, box))
    assert back is not None
    _near(back, box.tolist())


def test_what_sticks_out_is_cut_and_what_lies_outside_is_gone() -> None:
    found = project(as_box(0, 0, 0.5, 0.5), as_box(0.25, 0.25, 1, 1))
    assert found is not None
    _near(found, [0.5, 0.5, 1, 1])
    assert project(as_box(0, 0, 0.5, 0.5), as_box(0.5, 0, 1, 1)) is None


def test_a_mirrored_picture_exchanges_left_and_right() -> None:
    box = LabelledBox(3, 1, as_box(0.1, 0.2, 0.4, 0.9), difficult=True)
    (found,) = transform_boxes([box], UNIT, (10, 10), mirrored=True)
    _near(found.box, [0.6, 0.2, 0.9, 0.9])
    assert (found.label, found.instance, found.difficult) == (3, 1, True)


@pytest.mark.parametrize(
    "settings, size, expected",
    [
        ("resize_mode: WARP height: 20 width: 10", (30, 60), [0.25, 0.5, 0.75, 1]),
        # 60 x 30 into 20 x 20: 10 of the 20 rows, 5 above.
        (
            "resize_mode: FIT_LARGE_SIZE_AND_PAD height: 20 width: 20",
            (30, 60),
            [0.25, 0.5, 0.75, 0.75],
        ),
        (
            "resize_mode: FIT_LARGE_SIZE_AND_PAD height: 20 width: 20",
            (60, 30),
            [0.375, 0.5, 0.625, 1],
        ),
        ("resize_mode: FIT_SMALL_SIZE height: 20 width: 20", (30, 60), [0.25, 0.5, 0.75, 1]),
        # 20 x 40 pixels, counted in units of 10 x 20.
        (
            "resize_mode: FIT_SMALL_SIZE height: 20 width: 20 height_scale: 10 width_scale: 20",
            (30, 60),
            [0.5, 1, 1.5, 2],
        ),
    ],
)
def test_boxes_follow_a_resized_picture(
    settings: str, size: tuple[int, int], expected: list[float]
) -> None:
    resize = _message(caffe_pb2.ResizeParameter, settings)
    box = LabelledBox(1, 0, as_box(0.25, 0.5, 0.75, 1))
    (found,) = transform_boxes([box], UNIT, size, resize=resize)
    _near(found.box, expected)


def test_scales_larger_than_the_picture_are_refused() -> None:
    resize = _message(
        caffe_pb2.ResizeParameter,
        "resize_mode: FIT_SMALL_SIZE height: 20 width: 20 height_scale: 30 width_scale: 30",
    )
    with pytest.raises(DataError, match=r"are 30 and 30. Expected: at most 40 and 20"):
        transform_boxes([LabelledBox(1, 0, UNIT)], UNIT, (30, 60), resize=resize)


def test_emit_constraints_choose_the_boxes_that_survive() -> None:
    frame = as_box(0, 0, 0.5, 1)
    # Centre inside with 60 % covered, centre outside with 40 % covered.
    boxes = [
        LabelledBox(1, 0, as_box(0.2, 0, 0.7, 1)),
        LabelledBox(2, 0, as_box(0.3, 0, 0.8, 1)),
    ]

    def labels(text: str) -> list[int]:
        emit = _message(caffe_pb2.EmitConstraint, text)
        return [found.label for found in transform_boxes(boxes, frame, (9, 9), emit=emit)]

    assert labels("emit_type: CENTER") == [1]
    assert labels("emit_type: MIN_OVERLAP emit_overlap: 0.5") == [1]
    assert labels("emit_type: MIN_OVERLAP emit_overlap: 0.3") == [1, 2]
    assert [b.label for b in transform_boxes(boxes, frame, (9, 9))] == [1, 2]


def test_the_objects_of_a_record() -> None:
    record = _message(
        caffe_pb2.AnnotatedDatum,
        """annotation_group { group_label: 4
             annotation { instance_id: 1 bbox { xmin: 0.5 ymin: 0 xmax: 1 ymax: 0.25 } }
             annotation { instance_id: 2 bbox { xmax: 1 ymax: 1 difficult: true } } }
           annotation_group { group_label: 2 annotation { bbox { xmax: 0.5 ymax: 0.5 } } }""",
    )
    found = labelled_boxes(record)
    assert [(o.label, o.instance, o.difficult) for o in found] == [
        (4, 1, False),
        (4, 2, True),
        (2, 0, False),
    ]
    assert found[0].box.tolist() == [0.5, 0, 1, 0.25]


def _sampler(text: str) -> caffe_pb2.BatchSampler:
    return _message(caffe_pb2.BatchSampler, text)


OBJECTS = [LabelledBox(1, 0, as_box(0.1, 0.1, 0.4, 0.4)), LabelledBox(2, 0, as_box(0.5, 0, 1, 0.5))]


def test_parts_lie_within_the_picture_and_have_the_scale_and_ratio_asked_for() -> None:
    settings = _sampler(
        "sampler { min_scale: 0.3 max_scale: 0.9 min_aspect_ratio: 0.5 max_aspect_ratio: 2 } "
        "max_sample: 500 max_trials: 500"
    )
    parts = np.array(sample_parts(OBJECTS, [settings], CaffeRandom(1)))
    assert parts.shape == (500, 4)
    assert parts.min() >= 0
    assert parts.max() <= 1 + 1e-6
    sides = parts[:, 2:] - parts[:, :2]
    scale = np.sqrt(sides.prod(axis=1))
    assert 0.3 - 1e-4 < scale.min() < 0.35
    assert 0.8 < scale.max() < 0.9 + 1e-4
    ratio = sides[:, 0] / sides[:, 1]
    assert 0.5 - 1e-4 < ratio.min() < 0.6
    assert 1.8 < ratio.max() < 2 + 1e-4


@pytest.mark.parametrize("bound", [0.1, 0.3, 0.5, 0.7])
def test_parts_meet_the_jaccard_overlap_asked_for(bound: float) -> None:
    settings = _sampler(
        "sampler { min_scale: 0.3 max_scale: 1 min_aspect_ratio: 0.5 max_aspect_ratio: 2 } "
        f"sample_constraint {{ min_jaccard_overlap: {bound} }} max_sample: 5 max_trials: 5000"
    )
    parts = sample_parts(OBJECTS, [settings], CaffeRandom(2))
    assert len(parts) == 5
    for part in parts:
        assert max(overlap(part, labelled.box) for labelled in OBJECTS) >= bound


@pytest.mark.parametrize("name", ["sample_coverage", "object_coverage"])
def test_parts_meet_the_coverage_asked_for(name: str) -> None:
    settings = _sampler(
        "sampler { min_scale: 0.3 max_scale: 1 } "
        f"sample_constraint {{ min_{name}: 0.4 max_{name}: 0.6 }} max_sample: 5 max_trials: 5000"
    )
    parts = sample_parts(OBJECTS, [settings], CaffeRandom(2))
    assert len(parts) == 5
    for part in parts:
        values = [
            coverage(part, o.box) if name == "sample_coverage" else coverage(o.box, part)
            for o in OBJECTS
        ]
        assert any(0.4 <= value <= 0.6 for value in values)


def test_samplers_come_one_after_the_other_each_up_to_its_number() -> None:
    many = _sampler("max_sample: 3")
    unbounded = _sampler("max_trials: 4")
    none = _sampler("use_original_image: false")
    assert len(sample_parts(OBJECTS, [many, none, unbounded], CaffeRandom(1))) == 7


def test_without_objects_a_constraint_is_never_met() -> None:
    settings = _sampler("sample_constraint { min_jaccard_overlap: 0.1 } max_sample: 1")
    assert sample_parts([], [settings], CaffeRandom(1)) == []
    assert len(sample_parts([], [_sampler("max_sample: 1")], CaffeRandom(1))) == 1


def test_four_numbers_are_drawn_a_trial_where_there_is_a_range() -> None:
    settings = _sampler(
        "sampler { min_scale: 0.5 max_scale: 0.9 min_aspect_ratio: 0.5 max_aspect_ratio: 1 } "
        "max_sample: 1"
    )
    random = CaffeRandom(9)
    (part,) = sample_parts(OBJECTS, [settings], random)
    own = CaffeRandom(9)
    scale, ratio = own.uniform(1, 0.5, 0.9)[0], own.uniform(1, 0.5, 1)[0]
    ratio = min(max(ratio, scale**2), 1 / scale**2)
    width, height = scale * np.sqrt(ratio), scale / np.sqrt(ratio)
    left, top = own.uniform(1, 0, 1 - width)[0], own.uniform(1, 0, 1 - height)[0]
    _near(part, [left, top, left + width, top + height])
    assert random.next() == own.next()


@pytest.mark.parametrize(
    "text, words",
    [
        ("min_scale: 0", r"min_scale 0 and max_scale 1"),
        ("min_scale: 0.5 max_scale: 0.4", "0 < min_scale <= max_scale <= 1"),
        ("max_scale: 1.5", "max_scale 1.5"),
        ("min_aspect_ratio: 2", "min_aspect_ratio 2 and max_aspect_ratio 1"),
    ],
)
def test_samplers_out_of_range(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        check_sampler(_sampler(f"sampler {{ {text} }}"))
