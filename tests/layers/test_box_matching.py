from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from caffe_proto.blob import Array
from caffe_proto.layers import boxes as box_math
from caffe_proto.layers.box_matching import IGNORED, UNMATCHED, hardest, match


def plain_match(boxes: Array, truth: Array, threshold: float) -> tuple[list[int], list[float]]:
    """Bipartite, then per prediction, with plain loops."""
    table = box_math.iou(boxes, truth)
    index, overlap = [UNMATCHED] * len(boxes), table.max(axis=1).tolist()
    pool = list(range(len(truth)))
    while pool:
        pairs = [
            (float(table[i, j]), -i, -j)
            for i in range(len(boxes))
            for j in pool
            if index[i] == UNMATCHED and table[i, j] > 1e-6
        ]
        if not pairs:
            break
        value, i, j = max(pairs)
        index[-i], overlap[-i] = -j, value
        pool.remove(-j)
    for i in range(len(boxes)):
        best = int(table[i].argmax())
        if index[i] == UNMATCHED and table[i, best] >= threshold:
            index[i] = best
    return index, overlap


@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(1, 8))
@settings(max_examples=60, deadline=None)
def test_matching_is_that_of_plain_loops(seed: int, count: int, objects: int) -> None:
    rng = np.random.default_rng(seed)

    def grid_boxes(n: int) -> Array:
        # On a coarse grid, so that equal overlaps occur.
        corner = rng.integers(0, 6, (n, 2))
        return np.concatenate([corner, corner + rng.integers(1, 5, (n, 2))], 1) / np.float32(10)

    boxes, truth = grid_boxes(count).astype(np.float32), grid_boxes(objects).astype(np.float32)
    index, overlap = match(boxes, truth, 0.4)
    expected_index, expected_overlap = plain_match(boxes, truth, 0.4)
    assert index.tolist() == expected_index
    np.testing.assert_allclose(overlap, expected_overlap, rtol=1e-6)


def test_bipartite_gives_each_object_one_box() -> None:
    boxes = np.array([[0, 0, 1, 1], [0, 0, 1, 0.9], [0.5, 0.5, 1, 1]], np.float32)
    truth = np.array([[0, 0, 1, 1], [0, 0, 1, 0.95]], np.float32)
    index, _ = match(boxes, truth, 0.1, per_prediction=False)
    assert index.tolist() == [0, 1, UNMATCHED]


def test_boxes_that_leave_the_image_are_ignored_where_asked() -> None:
    boxes = np.array([[-0.1, 0, 1, 1], [0, 0, 0.9, 0.9]], np.float32)
    truth = np.array([[0, 0, 1, 1]], np.float32)
    index, overlap = match(boxes, truth, 0.5, inside_only=True)
    assert index.tolist() == [IGNORED, 0]
    assert overlap[0] == 0


def test_nothing_to_match_with() -> None:
    boxes = np.array([[0, 0, 1, 1]], np.float32)
    index, overlap = match(boxes, np.zeros((0, 4), np.float32), 0.5)
    assert index.tolist() == [UNMATCHED]
    assert overlap.tolist() == [0]


def test_the_hardest_are_found_in_order_of_their_place() -> None:
    loss = np.array([0.1, 0.9, 0.5, 0.8, 0.7], np.float32)
    eligible = np.array([True, False, True, True, True])
    assert hardest(loss, eligible, 2).tolist() == [3, 4]


def test_of_overlapping_hard_boxes_one_counts() -> None:
    loss = np.array([0.9, 0.8, 0.7, 0.6], np.float32)
    boxes = np.array(
        [[0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5], [0.5, 0.5, 1, 1], [0, 0, 0.001, 0.001]], np.float32
    )
    everything = np.ones(4, bool)
    assert hardest(loss, everything, 3, boxes, 0.5).tolist() == [0, 2]
    assert hardest(loss, everything, 3, boxes, 0.5, top_k=2).tolist() == [0]
    assert hardest(loss, everything, 3, boxes, 0.5, top_k=0).size == 0
