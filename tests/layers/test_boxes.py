from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caffe_proto.blob import Array
from caffe_proto.layers import boxes as box_math

UNIT = np.ones(4, np.float32)


@st.composite
def some_boxes(draw: st.DrawFn, least: int = 1, most: int = 40) -> Array:
    """Boxes in the unit square, at least 0.01 wide and high."""
    count = draw(st.integers(least, most))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 0.7, (count, 2))
    size = rng.uniform(0.01, 0.3, (count, 2))
    return np.concatenate([corner, corner + size], axis=1).astype(np.float32)


def plain_nms(boxes: Array, scores: Array, threshold: float, extra: int = 0) -> list[int]:
    """Suppression as a textbook has it, one box after the other."""
    kept: list[int] = []
    for i in np.argsort(-scores, kind="stable").tolist():
        clear = True
        for j in kept:
            width = min(boxes[i, 2], boxes[j, 2]) - max(boxes[i, 0], boxes[j, 0]) + extra
            height = min(boxes[i, 3], boxes[j, 3]) - max(boxes[i, 1], boxes[j, 1]) + extra
            shared = max(width, 0) * max(height, 0)
            areas = [
                (boxes[k, 2] - boxes[k, 0] + extra) * (boxes[k, 3] - boxes[k, 1] + extra)
                for k in (i, j)
            ]
            clear &= not shared / (sum(areas) - shared) > threshold
        if clear:
            kept.append(i)
    return kept


def test_overlap_of_known_boxes() -> None:
    a = np.array([[0, 0, 2, 2]], np.float32)
    b = np.array([[1, 1, 3, 3], [0, 0, 2, 2], [2, 0, 3, 1], [5, 5, 6, 6]], np.float32)
    np.testing.assert_allclose(box_math.iou(a, b), [[1 / 7, 1, 0, 0]], rtol=1e-6)


def test_overlap_of_pixel_boxes_counts_their_ends() -> None:
    a, b = np.array([[0, 0, 1, 1]], np.float32), np.array([[1, 1, 2, 2]], np.float32)
    np.testing.assert_allclose(box_math.iou(a, b, ends_included=True), [[1 / 7]], rtol=1e-6)


def test_a_box_that_ends_before_it_begins_has_no_area() -> None:
    boxes = np.array([[0.5, 0, 0.2, 1], [0, 0.5, 1, 0.2]], np.float32)
    assert box_math.areas(boxes).tolist() == [0, 0]
    assert box_math.areas(boxes, ends_included=True).tolist() == [0, 0]


@given(some_boxes())
@settings(max_examples=60, deadline=None)
def test_overlap_is_symmetric_and_at_most_one(boxes: Array) -> None:
    table = box_math.iou(boxes, boxes)
    np.testing.assert_allclose(table, table.T, rtol=1e-5, atol=1e-6)
    assert table.min() >= 0
    assert table.max() <= 1 + 1e-5
    np.testing.assert_allclose(np.diag(table), 1, rtol=1e-5)


@given(some_boxes(), st.sampled_from([1, 2, 3]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_decoding_undoes_encoding(boxes: Array, code_type: int, in_target: bool) -> None:
    boxes = boxes.astype(np.float64)
    priors = np.roll(boxes, 1, axis=0)
    variances = np.tile([0.1, 0.1, 0.2, 0.2], (len(boxes), 1))
    code = box_math.encode(boxes, priors, variances, code_type, variance_in_target=in_target)
    back = box_math.decode(code, priors, variances, code_type, variance_in_target=in_target)
    np.testing.assert_allclose(back, boxes, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "code_type, expected",
    [
        (box_math.CORNER, [0.3, 0.2, 0.8, 0.7]),
        (box_math.CORNER_SIZE, [0.25, 0.1, 0.7, 0.4]),
        (box_math.CENTER_SIZE, [0.2, 0.0, 0.7, 0.4]),
    ],
)
def test_known_codes(code_type: int, expected: list[float]) -> None:
    prior = np.array([[0.2, 0.0, 0.7, 0.4]])
    code = {
        box_math.CORNER: [[0.1, 0.2, 0.1, 0.3]],
        box_math.CORNER_SIZE: [[0.1, 0.25, 0.0, 0.0]],
        box_math.CENTER_SIZE: [[0.0, 0.0, 0.0, 0.0]],
    }[code_type]
    got = box_math.decode(np.array(code), prior, np.ones((1, 4)), code_type)
    np.testing.assert_allclose(got[0], expected, atol=1e-12)


def test_a_wild_prediction_decodes_without_a_warning() -> None:
    prior, code = np.array([[0, 0, 1, 1]], np.float32), np.full((1, 4), 1e4, np.float32)
    assert np.isinf(box_math.decode(code, prior, UNIT, box_math.CENTER_SIZE)[0, 2])


def test_an_unknown_code_type_is_an_error() -> None:
    with pytest.raises(ValueError, match="code type 7"):
        box_math.encode(UNIT, UNIT, UNIT, 7)
    with pytest.raises(ValueError, match="code type 7"):
        box_math.decode(UNIT, UNIT, UNIT, 7)


def test_top_scores_keep_the_order_of_equals() -> None:
    scores = np.array([0.5, 0.9, 0.5, 0.1, 0.9, 0.5] * 4, np.float32)
    assert box_math.top_scores(scores, top_k=3).tolist() == [1, 4, 7]
    assert box_math.top_scores(scores, 0.4, 9)[-1] == 0
    assert box_math.top_scores(scores, 0.5).tolist() == [1, 4, 7, 10, 13, 16, 19, 22]
    assert box_math.top_scores(scores, top_k=0).size == 0


@given(some_boxes(most=200), st.sampled_from([0.0, 0.3, 0.7]), st.integers(-1, 12))
@settings(max_examples=60, deadline=None)
def test_suppression_is_that_of_the_textbook(boxes: Array, threshold: float, keep: int) -> None:
    scores = np.random.default_rng(len(boxes)).integers(0, 9, len(boxes)).astype(np.float32)
    expected = plain_nms(boxes, scores, threshold)
    got = box_math.nms(boxes, scores, threshold, keep=keep)
    assert got.tolist() == (expected[:keep] if keep >= 0 else expected)


def test_suppression_across_chunks() -> None:
    rng = np.random.default_rng(3)
    corner = rng.uniform(0, 90, (900, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(3, 15, (900, 2))], 1).astype(np.float32)
    scores = rng.uniform(size=900).astype(np.float32)
    got = box_math.nms(boxes, scores, 0.5, ends_included=True)
    assert len(got) > 300
    assert got.tolist() == plain_nms(boxes, scores, 0.5, extra=1)


@given(some_boxes(most=120))
@settings(max_examples=60, deadline=None)
def test_suppressing_twice_changes_nothing(boxes: Array) -> None:
    scores = np.linspace(1, 0, len(boxes), dtype=np.float32)
    kept = box_math.nms(boxes, scores, 0.4)
    again = box_math.nms(boxes[kept], scores[kept], 0.4)
    assert again.tolist() == list(range(len(kept)))


def test_equality_drops_only_where_asked() -> None:
    boxes = np.array([[0, 0, 2, 1], [0, 0, 1, 1]], np.float32)
    assert len(box_math.nms(boxes, threshold=0.5)) == 2
    assert len(box_math.nms(boxes, threshold=0.5, drop_equal=True)) == 1


def test_adaptive_suppression_lowers_its_threshold_to_a_half() -> None:
    # Side by side the boxes overlap by 0.6: kept at first, dropped once the threshold is 0.56.
    x = np.arange(5, dtype=np.float32) * 0.25
    boxes = np.stack([x, np.zeros(5), x + 1, np.ones(5)], axis=1).astype(np.float32)
    assert box_math.nms(boxes, threshold=0.8).tolist() == [0, 1, 2, 3, 4]
    assert box_math.nms(boxes, threshold=0.8, eta=0.7).tolist() == [0, 2, 4]


def test_adaptive_suppression_with_eta_just_below_one_is_the_plain_one() -> None:
    rng = np.random.default_rng(5)
    corner = rng.uniform(0, 0.7, (60, 2))
    boxes = np.concatenate([corner, corner + 0.2], 1).astype(np.float32)
    scores = rng.uniform(size=60).astype(np.float32)
    plain = box_math.nms(boxes, scores, 0.4)
    assert box_math.nms(boxes, scores, 0.4, eta=0.999).tolist() == plain.tolist()


def test_no_boxes_give_no_boxes() -> None:
    none = np.zeros((0, 4), np.float32)
    assert box_math.nms(none, np.zeros(0, np.float32)).size == 0
    assert box_math.iou(none, none).shape == (0, 0)
    assert box_math.rows([], 4, np.float32).shape == (0, 4)


def test_halves_round_away_from_zero() -> None:
    values = np.array([0.5, 1.5, 2.5, -0.5, -2.5, 0.49], np.float32)
    assert box_math.round_half_away(values).tolist() == [1, 2, 3, -1, -3, 0]
    below = np.nextafter(np.float32(0.5), np.float32(0)).reshape(1)
    assert box_math.round_half_away(below).tolist() == [0]
