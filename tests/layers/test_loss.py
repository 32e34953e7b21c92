"""What the losses have in common: batches, labels, ignored labels, automatic tops."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.losses import loss_net, loss_of, loss_text

SCORES = np.zeros((2, 3))


def test_a_loss_without_a_top_makes_one_up() -> None:
    net = loss_net("SoftmaxWithLoss", SCORES, [0, 1], tops=0)
    net.forward()
    assert net.blob_names == ["x", "label", "(automatic)"]
    assert net.loss == pytest.approx(np.log(3), rel=1e-6)


def test_loss_weight_scales_the_gradient_and_the_total() -> None:
    net = loss_net("EuclideanLoss", [[2.0]], [[0.0]], settings="loss_weight: 3")
    assert float(net.forward()["loss"]) == 2
    assert net.loss == 6
    assert net.backward()["x"] == 6


@pytest.mark.parametrize(
    "kind", ["SoftmaxWithLoss", "SigmoidCrossEntropyLoss", "HingeLoss", "EuclideanLoss"]
)
def test_batches_of_different_length_are_refused(kind: str) -> None:
    with pytest.raises(cp.LayerError, match=r'"x" \(2, 3\) and "label" \(3, 2\).*same examples'):
        loss_net(kind, SCORES, np.zeros((3, 2)))


def test_a_bottom_without_axes_is_refused() -> None:
    with pytest.raises(cp.LayerError, match=r'bottom 1 \("label"\) has no axes'):
        loss_net("EuclideanLoss", SCORES, np.float32(1))


@pytest.mark.parametrize("kind", ["SoftmaxWithLoss", "HingeLoss", "MultinomialLogisticLoss"])
@pytest.mark.parametrize("label", [3, -1, 1e9])
def test_a_label_out_of_range_is_named_with_its_place(kind: str, label: float) -> None:
    with pytest.raises(cp.LayerError, match=r'"loss".*label .* at \(n\) = \(1\).*0 to 2') as caught:
        loss_of(kind, SCORES, [0, label])
    assert f"label {label:g}" in str(caught.value)


@pytest.mark.parametrize("label", [np.nan, np.inf, -np.inf])
def test_a_label_that_is_no_number_is_named_with_its_place(label: float) -> None:
    with pytest.raises(cp.LayerError, match=r"label -?(nan|inf) at \(n\) = \(0\)"):
        loss_of("SoftmaxWithLoss", SCORES, [label, 1])


def test_a_label_that_is_no_number_is_not_ignored() -> None:
    settings = f"loss_param {{ ignore_label: {np.iinfo(np.int32).min} }}"
    with pytest.raises(cp.LayerError, match="label nan"):
        loss_of("SoftmaxWithLoss", SCORES, [np.nan, 1], settings=settings)


def test_places_in_a_label_map_are_given_as_n_h_w() -> None:
    labels = np.zeros((2, 4, 5))
    labels[1, 3, 2] = 7
    labels[1, 3, 4] = 9
    with pytest.raises(cp.LayerError, match=r"label 7 at \(n, h, w\) = \(1, 3, 2\).*\(2 of 40"):
        loss_of("SoftmaxWithLoss", np.zeros((2, 3, 4, 5)), labels)


def test_the_ignored_label_is_mentioned_where_a_label_is_wrong() -> None:
    with pytest.raises(cp.LayerError, match="or ignore_label 255"):
        loss_of("SoftmaxWithLoss", SCORES, [3, 255], settings="loss_param { ignore_label: 255 }")


def test_fractions_of_labels_are_cut_off() -> None:
    scores = np.array([[1.0, 2.0, 4.0], [3.0, 0.5, 1.0]])
    assert loss_of("SoftmaxWithLoss", scores, [1.9, -0.9]) == loss_of(
        "SoftmaxWithLoss", scores, [1, 0]
    )


@pytest.mark.parametrize(
    "kind",
    ["SoftmaxWithLoss", "SigmoidCrossEntropyLoss", "HingeLoss", "MultinomialLogisticLoss"],
)
def test_a_gradient_for_the_label_is_refused(kind: str) -> None:
    text = (
        'layer { name: "in" type: "Input" top: "a" top: "l" '
        "input_param { shape { dim: 2 dim: 3 } shape { dim: 2 dim: 1 } } }\n"
        if kind != "SigmoidCrossEntropyLoss"
        else 'layer { name: "in" type: "Input" top: "a" top: "l" '
        "input_param { shape { dim: 2 dim: 3 } shape { dim: 2 dim: 3 } } }\n"
    )
    for bottom, top in (("a", "x"), ("l", "label")):
        text += f'layer {{ name: "s{top}" type: "Scale" bottom: "{bottom}" top: "{top}" }}\n'
    net = cp.build_net(text + loss_text(kind), phase="TRAIN")
    net.forward(l=np.zeros(net.blobs["l"].shape))
    with pytest.raises(cp.LayerError, match=r'no gradient for bottom 1 \("label"\)'):
        net.backward()


@pytest.mark.parametrize("mode", ["FULL", "VALID", "BATCH_SIZE", "NONE"])
def test_nothing_counted_gives_no_loss_and_no_gradient(mode: str) -> None:
    settings = f"loss_param {{ ignore_label: 1 normalization: {mode} }}"
    net = loss_net("SoftmaxWithLoss", SCORES, [1, 1], settings=settings)
    assert float(net.forward()["loss"]) == 0
    assert not net.backward()["x"].any()


def test_a_fixed_normalizer_divides_the_sum() -> None:
    fixed = "loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 8 }"
    none = "loss_param { normalization: NONE }"
    assert loss_of("SoftmaxWithLoss", SCORES, [1, 1], settings=fixed) == pytest.approx(
        loss_of("SoftmaxWithLoss", SCORES, [1, 1], settings=none) / 8
    )


def test_a_fixed_normalizer_of_zero_is_refused() -> None:
    with pytest.raises(cp.LayerError, match=r"pre_fixed_normalizer is 0.*positive"):
        loss_net(
            "SoftmaxWithLoss",
            SCORES,
            [1, 1],
            settings="loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 0 }",
        )


@pytest.mark.parametrize("kind", ["EuclideanLoss", "HingeLoss", "MultinomialLogisticLoss"])
def test_more_than_four_axes_are_refused(kind: str) -> None:
    labels = np.zeros((2, 3, 1, 1, 1)) if kind == "EuclideanLoss" else np.zeros(2)
    with pytest.raises(cp.LayerError, match="at most 4 axes"):
        loss_net(kind, np.zeros((2, 3, 1, 1, 1)), labels)


@pytest.mark.parametrize("kind", ["HingeLoss", "MultinomialLogisticLoss"])
def test_a_batch_without_examples_is_refused_where_caffe_divides_by_it(kind: str) -> None:
    with pytest.raises(cp.LayerError, match=r"\(0, 3\). Expected: at least one example"):
        loss_net(kind, np.zeros((0, 3)), np.zeros(0))


@pytest.mark.parametrize(
    "kind, label, loss",
    [
        ("SoftmaxWithLoss", (0,), 0),
        ("SigmoidCrossEntropyLoss", (0, 3), 0),
        ("EuclideanLoss", (0, 3), np.nan),
    ],
)
def test_a_batch_without_examples_gives_what_caffe_gives(
    kind: str, label: tuple[int, ...], loss: float
) -> None:
    net = loss_net(kind, np.zeros((0, 3)), np.zeros(label))
    assert np.array_equal(net.forward()["loss"], loss, equal_nan=True)
    assert net.backward()["x"].shape == (0, 3)


@pytest.mark.parametrize("mode", ["FULL", "VALID", "BATCH_SIZE", "NONE"])
@pytest.mark.parametrize(
    "kind, shape, axis, full, batch",
    [
        ("SoftmaxWithLoss", (2, 3, 4, 5), 1, 40, 2),
        ("SoftmaxWithLoss", (2, 4, 5, 3), 3, 40, 40),
        ("InfogainLoss", (2, 4, 3, 5), 2, 40, 8),
        ("SigmoidCrossEntropyLoss", (2, 3, 4), 1, 24, 2),
    ],
)
def test_what_the_sum_is_divided_by(
    mode: str, kind: str, shape: tuple[int, ...], axis: int, full: int, batch: int
) -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(size=shape)
    soft = kind == "SigmoidCrossEntropyLoss"
    labels = rng.integers(0, 3, size=shape if soft else np.delete(shape, axis))
    bottoms = [scores, labels, np.eye(3)] if kind == "InfogainLoss" else [scores, labels]
    axes = (
        f"softmax_param {{ axis: {axis} }}"
        if kind == "SoftmaxWithLoss"
        else f"infogain_loss_param {{ axis: {axis} }}"
        if kind == "InfogainLoss"
        else ""
    )
    total, divided = (
        loss_of(
            kind,
            *bottoms,
            settings=f"{axes} loss_param {{ ignore_label: 1 normalization: {normalization} }}",
        )
        for normalization in ("NONE", mode)
    )
    valid = int((labels != 1).sum())
    divisor = {"FULL": full, "VALID": valid, "BATCH_SIZE": batch, "NONE": 1}[mode]
    assert divided == pytest.approx(total / divisor, rel=1e-6)
    assert total > 0
