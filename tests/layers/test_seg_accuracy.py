from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.blob import Array
from tests.layers.gradients import declare_inputs

RNG = np.random.default_rng(32)


def seg_net(scores: Array, labels: Array, settings: str = "") -> cp.Net:
    text = f"""
    layer {{ name: "op" type: "SegAccuracy" bottom: "x" bottom: "label" top: "y"
             seg_accuracy_param {{ {settings} }} }}
    """
    net = cp.build_net(declare_inputs(text, {"x": scores, "label": labels}))
    net.blobs["x"].data, net.blobs["label"].data = scores, labels
    return net


def measure(scores: Array, labels: Array, settings: str = "") -> list[float]:
    top = seg_net(scores, labels, settings).forward()["y"]
    assert top.shape == (1, 1, 1, 3)
    return [float(v) for v in top.ravel()]


def by_loops(scores: Array, labels: Array, ignored: tuple[int, ...] = ()) -> list[float]:
    n, classes, height, width = scores.shape
    table = np.zeros((classes, classes))
    for b in range(n):
        for i in range(height):
            for j in range(width):
                if labels[b, 0, i, j] not in ignored:
                    table[int(labels[b, 0, i, j]), np.argmax(scores[b, :, i, j])] += 1
    recalls, jaccards = [], []
    for c in range(classes):
        true, found, right = table[c].sum(), table[:, c].sum(), table[c, c]
        if true:
            recalls.append(right / true)
        union = true + found - right
        jaccards.append(1.0 if union == right else right / union)
    return [np.trace(table) / table.sum(), float(np.mean(recalls)), float(np.mean(jaccards))]


@pytest.mark.parametrize("shape", [(2, 4, 3, 5), (1, 7, 1, 6), (3, 2, 2, 2)])
def test_against_loops(shape: tuple[int, ...]) -> None:
    scores = RNG.normal(size=shape)
    labels = RNG.integers(0, shape[1] - 1, (shape[0], 1, *shape[2:])).astype(float)
    np.testing.assert_allclose(measure(scores, labels), by_loops(scores, labels), rtol=1e-6)


def test_ignored_labels_do_not_count() -> None:
    scores = RNG.normal(size=(2, 4, 3, 3))
    labels = RNG.integers(0, 4, (2, 1, 3, 3)).astype(float)
    labels[0, 0, 0] = 255
    found = measure(scores, labels, "ignore_label: 255 ignore_label: 2")
    np.testing.assert_allclose(found, by_loops(scores, labels, (255, 2)), rtol=1e-6)


def test_nothing_counted_gives_no_accuracy() -> None:
    labels = np.full((1, 1, 2, 2), 255.0)
    # Classes that neither occur nor are found have the Jaccard index 1.
    assert measure(np.zeros((1, 3, 2, 2)), labels, "ignore_label: 255") == [0, 0, 1]


def test_an_empty_batch_counts_nothing() -> None:
    assert measure(np.zeros((0, 3, 2, 2)), np.zeros((0, 1, 2, 2))) == [0, 0, 1]


def test_of_equal_scores_the_first_counts() -> None:
    assert measure(np.ones((1, 3, 1, 1)), np.zeros((1, 1, 1, 1)))[0] == 1


def test_one_channel_means_two_classes() -> None:
    scores = np.array([0.5, 0.6, 0.1, 0.9]).reshape(1, 1, 2, 2)
    labels = np.array([0.0, 1.0, 1.0, 0.0]).reshape(1, 1, 2, 2)
    np.testing.assert_allclose(measure(scores, labels), [0.5, 0.5, 1 / 3], rtol=1e-6)


def test_counts_go_on_without_reset() -> None:
    right = np.array([0.0, 1.0]).reshape(1, 2, 1, 1)
    for reset, expected in (("true", 0.0), ("false", 0.5)):
        net = seg_net(right, np.ones((1, 1, 1, 1)), f"reset: {reset}")
        assert net.forward()["y"][0, 0, 0, 0] == 1
        assert net.forward(x=-right)["y"][0, 0, 0, 0] == expected


@pytest.mark.parametrize(
    "scores, labels, words",
    [
        ((2, 3, 4, 4), (2, 1, 4, 5), r"labels have the shape \(2, 1, 4, 5\)"),
        ((2, 3, 4, 4), (2, 3, 4, 4), r"Expected: \(2, 1, 4, 4\)"),
        ((2, 3, 4, 4, 1), (2, 1, 4, 4), "scores have the shape"),
    ],
)
def test_shapes_that_do_not_fit(
    scores: tuple[int, ...], labels: tuple[int, ...], words: str
) -> None:
    with pytest.raises(cp.LayerError, match=words):
        seg_net(np.zeros(scores), np.zeros(labels))


def test_an_unknown_label_is_refused() -> None:
    labels = np.zeros((1, 1, 2, 2))
    labels[0, 0, 1, 0] = 3
    with pytest.raises(cp.LayerError, match=r"label 3 at \(0, 0, 1, 0\) is no class"):
        measure(np.zeros((1, 3, 2, 2)), labels)
