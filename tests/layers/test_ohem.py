from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients, declare_inputs

ANNOTATOR = """
layer { name: "pick" type: "BoxAnnotatorOHEM" bottom: "rois" bottom: "loss" bottom: "labels"
        bottom: "weights" top: "kept" top: "kept_weights"
        box_annotator_ohem_param { roi_per_img: 2 ignore_label: -1 } }
"""


def annotate(rois: object, loss: object, labels: object, weights: object) -> dict[str, object]:
    inputs = {
        name: np.asarray(value, np.float32)
        for name, value in zip(
            ("rois", "loss", "labels", "weights"), (rois, loss, labels, weights), strict=True
        )
    }
    net = cp.build_net(declare_inputs(ANNOTATOR, inputs))
    return dict(net.forward(**inputs))


def test_the_hardest_regions_of_each_image_keep_their_labels() -> None:
    rois = np.zeros((5, 5))
    rois[:, 0] = [0, 1, 0, 0, 1]
    loss = np.array([0.3, 0.1, 0.9, 0.5, 0.2]).reshape(5, 1, 1, 1)
    labels = np.array([1, 2, 3, 4, 5]).reshape(5, 1, 1, 1)
    out = annotate(rois.reshape(5, 5, 1, 1), loss, labels, np.ones((5, 8, 1, 1)))
    assert np.ravel(out["kept"]).tolist() == [-1, 2, 3, 4, 5]
    assert np.asarray(out["kept_weights"]).sum(axis=1).ravel().tolist() == [0, 8, 8, 8, 8]


def test_two_axes_do_as_well() -> None:
    rois = np.zeros((3, 5))
    out = annotate(rois, [[0.1], [0.3], [0.2]], [[1], [2], [3]], np.ones((3, 4)))
    assert np.ravel(out["kept"]).tolist() == [-1, 2, 3]


def test_regions_at_the_cells_of_a_map() -> None:
    rois = np.zeros((1, 5, 1, 3))
    loss = np.array([0.1, 0.3, 0.2]).reshape(1, 1, 1, 3)
    labels = np.array([1, 2, 3]).reshape(1, 1, 1, 3)
    weights = np.arange(6).reshape(1, 2, 1, 3)
    out = annotate(rois, loss, labels, weights)
    assert np.ravel(out["kept"]).tolist() == [-1, 2, 3]
    assert np.ravel(out["kept_weights"]).tolist() == [0, 1, 2, 0, 4, 5]


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(cp.LayerError, match=r"regions must have the shape \(R, 5\)"):
        annotate(np.zeros((2, 4)), np.zeros((2, 1)), np.zeros((2, 1)), np.zeros((2, 4)))
    with pytest.raises(cp.LayerError, match="losses have the shape"):
        annotate(np.zeros((2, 5)), np.zeros((3, 1)), np.zeros((2, 1)), np.zeros((2, 4)))


def test_no_region_to_keep_is_refused() -> None:
    with pytest.raises(cp.LayerError, match="roi_per_img"):
        cp.build_net(
            declare_inputs(
                ANNOTATOR.replace("roi_per_img: 2", "roi_per_img: 0"),
                {
                    "rois": np.zeros((2, 5)),
                    "loss": np.zeros((2, 1)),
                    "labels": np.zeros((2, 1)),
                    "weights": np.zeros((2, 4)),
                },
            )
        )


def loss_layer(
    normalization: str, second: str = 'top: "each" loss_weight: 1 loss_weight: 0'
) -> str:
    return f"""
    layer {{ name: "loss" type: "SmoothL1LossOHEM" bottom: "x" bottom: "t" top: "loss" {second}
             loss_param {{ normalization: {normalization} pre_fixed_normalizer: 5 }} }}
    """


@pytest.mark.parametrize(
    "normalization, divisor",
    [("VALID", 24), ("FULL", 24), ("BATCH_SIZE", 4), ("NONE", 1), ("PRE_FIXED", 5)],
)
def test_loss_is_normalized_and_that_of_a_region_is_not(normalization: str, divisor: int) -> None:
    rng = np.random.default_rng(3)
    inputs = {"x": rng.normal(size=(4, 8, 2, 3)), "t": rng.normal(size=(4, 8, 2, 3))}
    net = cp.build_net(declare_inputs(loss_layer(normalization), inputs))
    out = net.forward(**inputs)
    d = np.abs(inputs["x"] - inputs["t"])
    error = np.where(d < 1, d * d / 2, d - 0.5)
    assert out["each"].shape == (4, 1, 2, 3)
    np.testing.assert_allclose(out["each"], error.sum(axis=1, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(out["loss"], error.sum() / divisor, rtol=1e-5)


def test_the_loss_of_a_region_has_four_axes() -> None:
    inputs = {"x": np.full((3, 4), 3.0), "t": np.zeros((3, 4, 1, 1))}
    net = cp.build_net(declare_inputs(loss_layer("NONE"), inputs))
    each = net.forward(**inputs)["each"]
    assert each.shape == (3, 1, 1, 1)
    np.testing.assert_allclose(each.ravel(), 10)


def test_gradients() -> None:
    rng = np.random.default_rng(4)
    inputs = {"x": rng.normal(size=(3, 4, 1, 2)), "t": rng.normal(size=(3, 4, 1, 2))}
    check_gradients(loss_layer("PRE_FIXED", second=""), inputs)


def test_the_gradient_leaves_out_the_weights() -> None:
    inputs = {name: np.full((1, 1), value) for name, value in (("x", 0.5), ("t", 0), ("w", 0.5))}
    text = loss_layer("NONE", second="").replace('bottom: "t"', 'bottom: "t" bottom: "w"')
    net = cp.build_net("force_backward: true " + declare_inputs(text, inputs))
    net.forward(**inputs)
    net.backward()
    np.testing.assert_allclose(net.blobs["x"].diff, 0.25)


SOFTMAX = """
layer { name: "loss" type: "SoftmaxWithLossOHEM" bottom: "x" bottom: "t" top: "loss" top: "prob"
        top: "each" loss_weight: 1 loss_weight: 0 loss_weight: 0 loss_param { ignore_label: -1 } }
"""


def test_softmax_loss_of_each_region() -> None:
    rng = np.random.default_rng(6)
    inputs = {"x": rng.normal(size=(4, 3, 1, 1)), "t": np.array([0, 2, -1, 1]).reshape(4, 1, 1, 1)}
    out = cp.build_net(declare_inputs(SOFTMAX, inputs)).forward(**inputs)
    each = -np.log(out["prob"][range(4), [0, 2, 0, 1], 0, 0]) * [1, 1, 0, 1]
    assert out["each"].shape == (4, 1, 1, 1)
    np.testing.assert_allclose(out["each"].ravel(), each, rtol=1e-5)
    np.testing.assert_allclose(out["loss"], each.sum() / 3, rtol=1e-5)


def test_softmax_loss_with_one_top_is_the_plain_one() -> None:
    rng = np.random.default_rng(7)
    inputs = {"x": rng.normal(size=(4, 3, 2, 1)), "t": rng.integers(0, 3, (4, 1, 2, 1))}
    losses = [
        cp.build_net(
            declare_inputs(
                f'layer {{ name: "loss" type: "{kind}" bottom: "x" bottom: "t" top: "loss" }}',
                inputs,
            )
        ).forward(**inputs)["loss"]
        for kind in ("SoftmaxWithLossOHEM", "SoftmaxWithLoss")
    ]
    assert losses[0] == losses[1]


def test_gradient_of_the_softmax_loss() -> None:
    rng = np.random.default_rng(8)
    inputs = {"x": rng.normal(size=(4, 3)), "t": np.array([0.0, 2, -1, 1])}
    text = SOFTMAX.replace('top: "prob"', "").replace('top: "each"', "")
    text = text.replace("loss_weight: 1 loss_weight: 0 loss_weight: 0", "")
    check_gradients(text, inputs, skip=("t",))
