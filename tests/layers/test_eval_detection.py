from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.blob import Array
from tests.layers.gradients import declare_inputs

SIDE, CLASSES = 2, 3
SETTINGS = f"side: {SIDE} num_class: {CLASSES} num_object: 1 biases: 1 biases: 1 nms: 0.45"


def evaluate(x: Array, truth: Array, settings: str = SETTINGS, third: str = "") -> Array:
    text = f"""
    layer {{ name: "op" type: "EvalDetection" bottom: "x" bottom: "truth" {third} top: "y"
             eval_detection_param {{ {settings} }} }}
    """
    inputs = {"x": x, "truth": truth}
    return cp.build_net(declare_inputs(text, inputs)).forward(**inputs)["y"]


def predictions() -> Array:
    """One image; every cell has a box of the size of a cell in its middle."""
    x = np.zeros((1, 5 + CLASSES, SIDE, SIDE))
    x[0, 4] = [[2.0, 1.0], [0.0, -9.0]]  # objectness
    for (j, i), label in {(0, 0): 1, (0, 1): 1, (1, 0): 2, (1, 1): 0}.items():
        x[0, 5 + label, j, i] = 30.0
    return x


def rows(top: Array) -> Array:
    return top[0, CLASSES:].reshape(-1, 4)


def sigmoid(v: float) -> float:
    return float(1 / (1 + np.exp(-v)))


TRUTH = np.zeros((1, 20))
TRUTH[0, :10] = [1, 0.25, 0.25, 0.5, 0.5, 0, 0.9, 0.9, 0.1, 0.1]


def test_counts_then_detections_by_class_and_score() -> None:
    top = evaluate(predictions(), TRUTH)
    assert top.shape == (1, CLASSES + 4 * SIDE * SIDE)
    assert top[0, :CLASSES].tolist() == [1, 1, 0]
    expected = [
        [1, sigmoid(2), 1, 0],  # where the true box is
        [1, sigmoid(1), 0, 0],  # of a class that occurs, elsewhere: neither true nor false
        [2, sigmoid(0), 0, 1],  # of a class that does not occur
        [0, 0, 0, 0],  # the last cell's score is too low
    ]
    np.testing.assert_allclose(rows(top), expected, rtol=1e-5)


def test_ground_truth_as_annotated_data_writes_it() -> None:
    annotated = np.array(
        [
            [0, 2, 0, 0.0, 0.0, 0.5, 0.5, 0],
            [0, 1, 0, 0.85, 0.85, 0.95, 0.95, 0],
            [-1, 0, 0, 0, 0, 0, 0, 0],
        ]
    )[None, None]
    np.testing.assert_allclose(
        evaluate(predictions(), annotated), evaluate(predictions(), TRUTH), rtol=1e-6
    )


def test_a_box_found_twice_is_false_the_second_time() -> None:
    x = predictions()
    x[0, 0, 0, 1], x[0, 2, 0, 1] = -9, np.log(2)  # moves to the left, and grows
    found = rows(evaluate(x, TRUTH, SETTINGS.replace("0.45", "0.9") + " threshold: 0.2"))
    assert found[:2, 0].tolist() == [1, 1]
    assert found[:2, 2:].tolist() == [[1, 0], [0, 1]]


def test_suppression_goes_over_classes() -> None:
    x = predictions()
    x[0, 1, 1, 0] = -40  # the box below moves up to half of a cell
    x[0, 3, 1, 0] = np.log(3)
    assert len(np.unique(rows(evaluate(x, TRUTH, SETTINGS.replace("0.45", "0.2")))[:, 0])) == 2
    assert rows(evaluate(x, TRUTH, SETTINGS.replace("0.45", "0.9")))[:3, 0].tolist() == [1, 1, 2]


@pytest.mark.parametrize("kind, expected", [("OBJ", sigmoid(2)), ("PROB", 1.0)])
def test_score_types(kind: str, expected: float) -> None:
    found = rows(evaluate(predictions(), TRUTH, f"{SETTINGS} score_type: {kind}"))
    np.testing.assert_allclose(found[found[:, 0] == 1][0, 1], expected, rtol=1e-5)


def test_without_nms_there_are_no_detections() -> None:
    top = evaluate(predictions(), TRUTH, SETTINGS.replace("nms: 0.45", ""))
    assert top[0, :CLASSES].tolist() == [1, 1, 0]
    assert not rows(top).any()


def test_a_third_bottom_is_not_looked_at() -> None:
    third = evaluate(predictions(), TRUTH, third='bottom: "truth"')
    np.testing.assert_array_equal(third, evaluate(predictions(), TRUTH))


@pytest.mark.parametrize(
    "settings, words",
    [
        (SETTINGS.replace("biases: 1", ""), "biases has 0 values"),
        (SETTINGS.replace("side: 2", "side: 3"), "predictions have the shape"),
    ],
)
def test_settings_that_do_not_fit(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        evaluate(predictions(), TRUTH, settings)
