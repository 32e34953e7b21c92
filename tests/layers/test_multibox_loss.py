from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.blob import Array
from caffe_proto.layers.multibox_loss import MultiBoxLoss
from tests.layers.gradients import check_gradients, declare_inputs

PRIORS = 12


def layer(settings: str, more: str = "") -> str:
    return f"""
    layer {{ name: "loss" type: "MultiBoxLoss" bottom: "loc" bottom: "conf" bottom: "prior"
             bottom: "gt" top: "loss" propagate_down: true propagate_down: true
             propagate_down: false propagate_down: false
             multibox_loss_param {{ {settings} }} {more} }}
    """


def inputs(classes: int = 3, groups: int = 1, seed: int = 0) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 0.6, (PRIORS, 2))
    prior = np.concatenate([corner, corner + rng.uniform(0.2, 0.4, (PRIORS, 2))], axis=1)
    truth = np.zeros((1, 1, 4, 8))
    for row, (image, label, like) in enumerate([(0, 1, 2), (0, 2, 7), (1, 1, 4), (-1, 0, 0)]):
        truth[0, 0, row, :3] = image, label, 0
        truth[0, 0, row, 3:7] = prior[like] + 0.01
    return {
        "loc": rng.normal(size=(2, PRIORS * groups * 4)),
        "conf": rng.normal(size=(2, PRIORS * classes)),
        "prior": np.stack([prior.ravel(), np.full(PRIORS * 4, 0.1)])[None],
        "gt": truth,
    }


def net_of(settings: str, values: dict[str, Array], more: str = "") -> cp.Net:
    return cp.build_net(declare_inputs(layer(settings, more), values), phase="TRAIN")


@pytest.mark.parametrize(
    "settings",
    [
        "num_classes: 3",
        "num_classes: 3 code_type: CENTER_SIZE loc_loss_type: L2 loc_weight: 2",
        "num_classes: 3 conf_loss_type: LOGISTIC mining_type: NONE match_type: BIPARTITE",
        "num_classes: 3 mining_type: HARD_EXAMPLE sample_size: 5 code_type: CORNER_SIZE",
        "num_classes: 3 bp_inside: true neg_pos_ratio: 1",
    ],
)
def test_gradients(settings: str) -> None:
    check_gradients(layer(settings), inputs(), skip=("prior", "gt"))


def test_gradients_with_a_box_per_class() -> None:
    settings = "num_classes: 3 share_location: false mining_type: NONE"
    check_gradients(layer(settings), inputs(groups=3), skip=("prior", "gt"))


def test_predicting_the_ground_truth_costs_little() -> None:
    values = inputs()
    net = net_of("num_classes: 3 match_type: BIPARTITE", values)
    before = float(net.forward(**values)["loss"])
    loc, conf = values["loc"] * 0, values["conf"] * 0
    # CORNER code with variance 0.1: a box 0.01 further on is 0.1.
    loc += 0.1
    conf.reshape(2, PRIORS, 3)[..., 0] = 9
    for image, prior, label in ((0, 2, 1), (0, 7, 2), (1, 4, 1)):
        conf.reshape(2, PRIORS, 3)[image, prior] = np.eye(3)[label] * 9
    values |= {"loc": loc, "conf": conf}
    found = net.layer("loss")
    assert isinstance(found, MultiBoxLoss)
    found.forget_matches()
    after = float(net.forward(**values)["loss"])
    assert before > 1
    assert after < 0.01


def test_only_one_of_the_losses_is_asked_for() -> None:
    values = inputs()
    whole = float(net_of("num_classes: 3", values).forward(**values)["loss"])
    parts = 0.0
    for wanted in ("true false", "false true"):
        first, second = wanted.split()
        text = layer("num_classes: 3").replace(
            "propagate_down: true propagate_down: true",
            f"propagate_down: {first} propagate_down: {second}",
        )
        parts += float(cp.build_net(declare_inputs(text, values)).forward(**values)["loss"])
    np.testing.assert_allclose(parts, whole, rtol=1e-5)


def test_matches_are_kept_until_backward() -> None:
    values = inputs()
    net = net_of("num_classes: 3", values, "loss_weight: 1")
    first = float(net.forward(**values)["loss"])
    moved = values | {"gt": values["gt"].copy()}
    moved["gt"][0, 0, :3, 3:7] = values["prior"][0, 0].reshape(-1, 4)[[9, 10, 11]]
    stale = float(net.forward(**moved)["loss"])
    found = net.layer("loss")
    assert isinstance(found, MultiBoxLoss)
    found.forget_matches()
    fresh = float(net.forward(**moved)["loss"])
    assert len({round(v, 4) for v in (first, stale, fresh)}) == 3


def test_matches_that_do_not_fit_new_ground_truth_are_an_error() -> None:
    values = inputs()
    net = net_of("num_classes: 3", values)
    net.forward(**values)
    values["gt"] = values["gt"].copy()
    values["gt"][0, 0, 1:, 0] = -1
    with pytest.raises(cp.LayerError, match="backward between two forward passes"):
        net.forward(**values)


def test_priors_and_ground_truth_have_no_gradient() -> None:
    values = inputs()
    text = layer("num_classes: 3").replace("propagate_down: false", "propagate_down: true")
    net = cp.build_net("force_backward: true " + declare_inputs(text, values), phase="TRAIN")
    net.forward(**values)
    with pytest.raises(cp.LayerError, match="no gradient for priors"):
        net.backward()


def test_difficult_boxes_can_be_left_out() -> None:
    values = inputs()
    values["gt"][0, 0, :, 7] = 1
    loss = net_of("num_classes: 3 use_difficult_gt: false", values).forward(**values)["loss"]
    assert loss == 0


def test_priors_outside_are_ignored_with_a_box_per_class_too() -> None:
    values = inputs(groups=3)
    values["prior"][0, 0, :8] -= 0.7
    settings = "num_classes: 3 share_location: false mining_type: NONE"
    plain = float(net_of(settings, values).forward(**values)["loss"])
    inside = settings + " ignore_cross_boundary_bbox: true"
    assert np.isfinite(plain)
    assert np.isfinite(net_of(inside, values).forward(**values)["loss"])


def test_samples_need_top_k_under_suppression() -> None:
    values = inputs()
    settings = "num_classes: 3 mining_type: HARD_EXAMPLE nms_param { nms_threshold: 0.5 }"
    assert net_of(settings, values).forward(**values)["loss"] == 0


@pytest.mark.parametrize("ratio", [0, -1])
def test_without_a_ratio_no_negative_counts(ratio: float) -> None:
    values = inputs()
    values["loc"][...] = 0
    net = net_of(
        f"num_classes: 3 match_type: BIPARTITE loc_weight: 0 neg_pos_ratio: {ratio}", values
    )
    score = values["conf"].reshape(2, PRIORS, 3)
    log_sum = np.log(np.exp(score).sum(axis=2))
    matched = ((0, 2, 1), (0, 7, 2), (1, 4, 1))
    expected = sum(log_sum[n, p] - score[n, p, c] for n, p, c in matched) / 3
    np.testing.assert_allclose(net.forward(**values)["loss"], expected, rtol=1e-5)


def test_logistic_negatives_need_no_class_of_their_own() -> None:
    values = inputs()
    settings = "num_classes: 3 conf_loss_type: LOGISTIC loc_weight: 0 match_type: BIPARTITE "
    net = net_of(settings + "background_label_id: 3 neg_pos_ratio: 0", values)
    score = values["conf"].reshape(2, PRIORS, 3)
    expected = 0.0
    for n, p, label in ((0, 2, 1), (0, 7, 2), (1, 4, 1)):
        for c in range(3):
            # SSD fills the targets with the background's number.
            target = 1 if c == label else 3
            x = score[n, p, c]
            expected += np.log1p(np.exp(x)) - x * target
    np.testing.assert_allclose(net.forward(**values)["loss"], expected / 3, rtol=1e-5)


def test_a_prior_without_a_size_that_nothing_matches_does_no_harm() -> None:
    values = inputs()
    values["prior"][0, 0, :4] = 0.9, 0.9, 0.9, 0.9
    values["prior"][0, 1, :4] = 0
    net = net_of("num_classes: 3 code_type: CENTER_SIZE", values)
    assert np.isfinite(net.forward(**values)["loss"])


@pytest.mark.parametrize(
    "settings, words",
    [
        ("", "num_classes"),
        ("num_classes: 3 share_location: false", "share_location: true, or mining_type: NONE"),
        ("num_classes: 3 mining_type: HARD_EXAMPLE sample_size: 0", "sample_size"),
        ("num_classes: 3 do_neg_mining: false", "do_neg_mining and mining_type"),
        ("num_classes: 3 ignore_difficult_gt: true", "NVIDIA"),
        ("num_classes: 3 background_label_id: 3", "background_label_id 3 is no class"),
        ("num_classes: 3 map_object_to_agnostic: true", "num_classes 2"),
        ("num_classes: 4", "confidences of shape"),
    ],
)
def test_settings_that_do_not_fit(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        net_of(settings, inputs())


@pytest.mark.parametrize(
    "column, value, words",
    [
        (1, 0, "row 1 has the background's label 0"),
        (1, 3, "row 1 has the label 3"),
    ],
)
def test_ground_truth_that_does_not_fit(column: int, value: float, words: str) -> None:
    values = inputs()
    net = net_of("num_classes: 3", values)
    values["gt"][0, 0, 1, column] = value
    with pytest.raises(cp.LayerError, match=words):
        net.forward(**values)


def test_variances_must_be_positive() -> None:
    values = inputs()
    # Prior 2 is a ground truth box, prior 0 need not be matched.
    values["prior"][0, 1, 2 * 4 + 3] = 0
    with pytest.raises(cp.LayerError, match="variance"):
        net_of("num_classes: 3", values).forward(**values)


def test_ground_truth_has_rows_of_eight() -> None:
    values = inputs()
    values["gt"] = values["gt"][..., :7]
    with pytest.raises(cp.LayerError, match=r"\(1, 1, n, 8\)"):
        net_of("num_classes: 3", values)
