from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.blob import Array
from tests.layers.gradients import declare_inputs

SIDE, ANCHORS, CLASSES = 3, 2, 4
BIASES = [1.0, 1.5, 2.0, 0.5]
SCALES = {"object_scale": 5.0, "noobject_scale": 0.7, "class_scale": 1.5, "coord_scale": 2.0}


def settings(**more: object) -> str:
    given = {"side": SIDE, "num": ANCHORS, "num_class": CLASSES, "thresh": 0.5, **SCALES, **more}
    lines = [f"{name}: {value}" for name, value in given.items()]
    return " ".join(lines + [f"biases: {bias}" for bias in BIASES])


def region_net(x: Array, truth: Array, text: str | None = None) -> cp.Net:
    layer = f"""
    layer {{ name: "loss" type: "RegionLoss" bottom: "x" bottom: "truth" top: "loss"
             region_loss_param {{ {settings() if text is None else text} }} }}
    """
    inputs = {"x": x, "truth": truth}
    net = cp.build_net("force_backward: true " + declare_inputs(layer, inputs), dtype=np.float64)
    for name, values in inputs.items():
        net.blobs[name].data = values
    return net


def sigmoid(v: float) -> float:
    return float(1 / (1 + np.exp(-v)))


def iou(a: list[float], b: list[float]) -> float:
    across = [
        min(a[k] + a[k + 2] / 2, b[k] + b[k + 2] / 2)
        - max(a[k] - a[k + 2] / 2, b[k] - b[k + 2] / 2)
        for k in (0, 1)
    ]
    if min(across) < 0:
        return 0.0
    shared = across[0] * across[1]
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def by_loops(x: Array, boxes: list[list[list[float]]], *, bias_match: bool = True) -> Array:
    """The deltas, box by box: ``boxes[n]`` are class, x, y, width, height."""
    delta = np.zeros(x.shape)
    size = 5 + CLASSES

    def off_box(n: int, j: int, i: int, a: int, true: list[float], scale: float) -> None:
        at = a * size
        for k, cell in ((0, i), (1, j)):
            s = sigmoid(x[n, at + k, j, i])
            delta[n, at + k, j, i] = -scale * (true[k] * SIDE - cell - s) * s * (1 - s)
        for k in (2, 3):
            wanted = np.log(true[k] * SIDE / BIASES[2 * a + k - 2])
            delta[n, at + k, j, i] = -scale * (wanted - x[n, at + k, j, i])

    def predicted(n: int, j: int, i: int, a: int) -> list[float]:
        v = x[n, a * size : a * size + 4, j, i]
        return [
            (i + sigmoid(v[0])) / SIDE,
            (j + sigmoid(v[1])) / SIDE,
            float(np.exp(v[2])) * BIASES[2 * a] / SIDE,
            float(np.exp(v[3])) * BIASES[2 * a + 1] / SIDE,
        ]

    for n in range(len(x)):
        for j in range(SIDE):
            for i in range(SIDE):
                for a in range(ANCHORS):
                    best = max([iou(predicted(n, j, i, a), b[1:]) for b in boxes[n]], default=0.0)
                    o = sigmoid(x[n, a * size + 4, j, i])
                    delta[n, a * size + 4, j, i] = 0.7 * o * o * (1 - o) if best <= 0.5 else 0
                    anchor = [BIASES[2 * a] / SIDE, BIASES[2 * a + 1] / SIDE]
                    off_box(n, j, i, a, [(i + 0.5) / SIDE, (j + 0.5) / SIDE, *anchor], 0.01)
        for label, *true in boxes[n]:
            i, j = int(true[0] * SIDE), int(true[1] * SIDE)
            fits = []
            for a in range(ANCHORS):
                shape = [BIASES[2 * a] / SIDE, BIASES[2 * a + 1] / SIDE]
                if not bias_match:
                    shape = predicted(n, j, i, a)[2:]
                fits.append(iou([0, 0, *shape], [0, 0, *true[2:]]))
            a = int(np.argmax(fits))
            off_box(n, j, i, a, true, 2.0)
            o = sigmoid(x[n, a * size + 4, j, i])
            delta[n, a * size + 4, j, i] = -5.0 * (1 - o) * o * (1 - o)
            scores = np.exp(x[n, a * size + 5 : (a + 1) * size, j, i])
            for c in range(CLASSES):
                p = scores[c] / scores.sum()
                delta[n, a * size + 5 + c, j, i] = -1.5 * ((c == label) - p)
    return delta


BOXES = [
    [[1, 0.2, 0.3, 0.35, 0.4], [3, 0.75, 0.7, 0.6, 0.2], [0, 0.8, 0.72, 0.6, 0.15]],
    [[2, 0.5, 0.5, 0.1, 0.9]],
]


def flat(boxes: list[list[list[float]]]) -> Array:
    truth = np.zeros((len(boxes), 30 * 5))
    for n, rows in enumerate(boxes):
        truth[n, : 5 * len(rows)] = np.ravel(rows)
    return truth


def annotated(boxes: list[list[list[float]]]) -> Array:
    rows = [[-1.0, 0, 0, 0, 0, 0, 0, 0]]
    for n, found in enumerate(boxes):
        for c, x, y, w, h in found:
            rows.append([n, c + 1, 0, x - w / 2, y - h / 2, x + w / 2, y + h / 2, 0])
    return np.array(rows)[None, None]


def predictions(seed: int = 0) -> Array:
    shape = (2, ANCHORS * (5 + CLASSES), SIDE, SIDE)
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("write", [flat, annotated])
@pytest.mark.parametrize("bias_match", [True, False])
def test_loss_and_gradient_against_loops(write: object, bias_match: bool) -> None:
    x = predictions()
    assert callable(write)
    net = region_net(x, write(BOXES), settings(bias_match=int(bias_match)))
    delta = by_loops(x, BOXES, bias_match=bias_match)
    np.testing.assert_allclose(net.forward()["loss"], (delta * delta).sum())
    net.backward()
    np.testing.assert_allclose(net.blobs["x"].diff, delta / 2, atol=1e-12)


def test_without_ground_truth_all_boxes_are_background() -> None:
    x = predictions(1)
    net = region_net(x, flat([[], []]))
    delta = by_loops(x, [[], []])
    np.testing.assert_allclose(net.forward()["loss"], (delta * delta).sum())


def test_after_the_first_images_nothing_draws_to_the_anchors() -> None:
    x = predictions(2)
    net = region_net(x, flat([[], []]))
    net.layer("loss")._passes = 12800 // 2  # type: ignore[attr-defined]
    net.forward()
    net.backward()
    gradient = net.blobs["x"].diff.reshape(2, ANCHORS, 5 + CLASSES, SIDE, SIDE)
    assert not gradient[:, :, :4].any()
    assert gradient[:, :, 4].all()


@pytest.mark.parametrize(
    "text, truth, words",
    [
        ("side: 3 num: 2 num_class: 4", (2, 10), "biases has 0 values"),
        (settings(coords=5), (2, 10), "coords is 5"),
        (settings(softmax_tree='"a"'), (2, 10), "softmax_tree is not supported"),
        (settings(side=4), (2, 10), "predictions have the shape"),
        (None, (3, 10), "ground truth has the shape"),
        (None, (2, 11), "ground truth has the shape"),
    ],
)
def test_settings_and_shapes_that_do_not_fit(
    text: str | None, truth: tuple[int, ...], words: str
) -> None:
    with pytest.raises(cp.LayerError, match=words):
        region_net(predictions(), np.zeros(truth), text)


@pytest.mark.parametrize(
    "box, words",
    [
        ([4, 0.5, 0.5, 0.2, 0.2], "has the class 4"),
        ([0, 1.0, 0.5, 0.2, 0.2], r"centre at \(1, 0.5\)"),
        ([0, 0.5, 0.5, 0.2, -0.2], "has no size"),
    ],
)
def test_ground_truth_that_does_not_fit(box: list[float], words: str) -> None:
    net = region_net(predictions(), flat([[box], []]))
    with pytest.raises(cp.LayerError, match=words):
        net.forward()
