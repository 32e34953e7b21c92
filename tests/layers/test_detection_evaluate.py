from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.blob import Array
from tests.layers.gradients import declare_inputs

BOX, OTHER = [0.1, 0.1, 0.5, 0.5], [0.6, 0.6, 0.9, 0.9]


def evaluate(detections: object, truth: object, settings: str = "num_classes: 3") -> Array:
    inputs = {
        "det": np.asarray(detections, np.float32)[None, None],
        "gt": np.asarray(truth, np.float32)[None, None],
    }
    text = f"""
    layer {{ name: "judge" type: "DetectionEvaluate" bottom: "det" bottom: "gt" top: "y"
             detection_evaluate_param {{ {settings} }} }}
    """
    net = cp.build_net(declare_inputs(text, inputs))
    return net.forward(**inputs)["y"][0, 0]


def test_the_best_detection_of_a_box_is_true_the_others_are_not() -> None:
    rows = evaluate(
        [[0, 1, 0.3, *BOX], [0, 1, 0.9, *BOX], [0, 1, 0.5, *OTHER]],
        [[0, 1, 0, *BOX, 0]],
    )
    expected = [
        [-1, 1, 1, -1, -1],
        [-1, 2, 0, -1, -1],
        [0, 1, 0.9, 1, 0],
        [0, 1, 0.5, 0, 1],
        [0, 1, 0.3, 0, 1],
    ]
    np.testing.assert_allclose(rows, expected, rtol=1e-6)


def test_difficult_boxes_can_be_left_out() -> None:
    rows = evaluate(
        [[0, 1, 0.9, *BOX]],
        [[0, 1, 0, *BOX, 1], [0, 1, 0, *OTHER, 0]],
        "num_classes: 2 evaluate_difficult_gt: false",
    )
    np.testing.assert_allclose(rows, [[-1, 1, 1, -1, -1], [0, 1, 0.9, 0, 0]], rtol=1e-6)


def test_ground_truth_ends_at_the_first_image_minus_one() -> None:
    rows = evaluate([[0, 1, 0.9, *BOX]], [[-1] * 8, [0, 1, 0, *BOX, 0]])
    assert rows[0, 2] == 0
    assert rows[2, 3:].tolist() == [0, 1]


def test_rows_of_nothing_found_do_not_count() -> None:
    rows = evaluate([[0, -1, -1, -1, -1, -1, -1]], [[0, 1, 0, *BOX, 0]])
    assert rows.shape == (2, 5)


def test_overlap_in_pixels_counts_the_ends(tmp_path: Path) -> None:
    sizes = tmp_path / "sizes.txt"
    sizes.write_text("a 10 10\n")
    # 6 x 6 and 6 x 5 pixels with their ends, 25 and 20 without: 0.83 or 0.8.
    detections = [[0, 1, 0.9, 0, 0, 0.5, 0.5]]
    truth = [[0, 1, 0, 0, 0, 0.5, 0.4, 0]]
    settings = f'num_classes: 2 overlap_threshold: 0.82 name_size_file: "{sizes}"'
    assert evaluate(detections, truth, settings)[1, 3:].tolist() == [1, 0]
    settings = "num_classes: 2 overlap_threshold: 0.82"
    assert evaluate(detections, truth, settings)[1, 3:].tolist() == [0, 1]


@pytest.mark.parametrize(
    "settings, words",
    [
        ("", "num_classes"),
        ("num_classes: 4294967295", "num_classes 4294967295 is too large"),
        ("num_classes: 2 overlap_threshold: 0", "overlap_threshold"),
        ("num_classes: 2 background_label_id: 2", "background_label_id 2 is no class"),
        ('num_classes: 2 name_size_file: "/no/such/file"', "name_size_file"),
    ],
)
def test_settings_that_do_not_fit(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        evaluate([[0, 1, 0.9, *BOX]], [[0, 1, 0, *BOX, 0]], settings)


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(cp.LayerError, match="detections must have the shape"):
        evaluate([[0, 1, 0.9]], [[0, 1, 0, *BOX, 0]])
    with pytest.raises(cp.LayerError, match="ground truth must have the shape"):
        evaluate([[0, 1, 0.9, *BOX]], [[0, 1]])


def test_the_background_is_nobodys_label() -> None:
    with pytest.raises(cp.LayerError, match="row 0 of the detections"):
        evaluate([[0, 0, 0.9, *BOX]], [[0, 1, 0, *BOX, 0]])
    with pytest.raises(cp.LayerError, match="row 1 of the ground truth"):
        evaluate([[0, 1, 0.9, *BOX]], [[0, 1, 0, *BOX, 0], [0, 0, 0, *BOX, 0]])
