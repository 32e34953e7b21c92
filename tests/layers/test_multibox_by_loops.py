"""MultiBoxLoss against a formulation in loops, over random settings and boxes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import declare_inputs
from tests.layers.multibox_by_loops import ByLoops, Settings

LAYER = """
layer {{ name: "s1" type: "Scale" bottom: "loc" top: "scaled_loc" }}
layer {{ name: "s2" type: "Scale" bottom: "conf" top: "scaled_conf" }}
layer {{ name: "loss" type: "MultiBoxLoss" bottom: "scaled_loc" bottom: "scaled_conf"
         bottom: "prior" bottom: "gt" top: "loss" {} }}
"""


def draw(rng: np.random.Generator) -> Settings:
    def one_of(*values: Any) -> Any:
        return values[rng.integers(len(values))]

    classes, shared = one_of(2, 3, 4), one_of(True, True, False)
    return Settings(
        num_classes=classes,
        share_location=shared,
        code_type=one_of("CORNER", "CENTER_SIZE", "CORNER_SIZE"),
        encode_variance_in_target=one_of(True, False),
        match_type=one_of("PER_PREDICTION", "BIPARTITE"),
        overlap_threshold=one_of(0.3, 0.5, 0.6),
        use_prior_for_matching=one_of(True, True, False),
        background_label_id=one_of(0, 1) if classes > 2 else 0,
        use_difficult_gt=one_of(True, False),
        ignore_cross_boundary_bbox=one_of(False, True),
        bp_inside=one_of(False, True),
        map_object_to_agnostic=classes == 2 and one_of(False, True),
        loc_loss_type=one_of("SMOOTH_L1", "L2"),
        conf_loss_type=one_of("SOFTMAX", "LOGISTIC"),
        mining_type=one_of("NONE", "MAX_NEGATIVE", "HARD_EXAMPLE") if shared else "NONE",
        neg_pos_ratio=one_of(0.5, 1, 2.5, 3),
        neg_overlap=one_of(0.3, 0.5),
        sample_size=one_of(4, 8, 64),
        use_prior_for_nms=one_of(True, False),
        loc_weight=one_of(1, 2),
        nms=one_of(None, 0.3, 0.5),
        top_k=one_of(5, 100),
        normalization=one_of("VALID", "FULL", "BATCH_SIZE", "NONE"),
    )


@pytest.mark.parametrize("seed", range(60))
def test_loss_and_gradients(seed: int) -> None:
    rng = np.random.default_rng(seed)
    settings = draw(rng)
    images, count, boxes = (int(rng.integers(*ends)) for ends in ((1, 4), (6, 20), (0, 6)))
    corner = rng.uniform(-0.1, 0.7, (count, 2))
    priors = np.concatenate([corner, corner + rng.uniform(0.1, 0.4, (count, 2))], axis=1)
    variances = np.tile([0.1, 0.1, 0.2, 0.2], (count, 1))
    truth = np.zeros((boxes + 1, 8))
    truth[boxes, 0] = -1
    labels = [c for c in range(settings.num_classes) if c != settings.background_label_id]
    for row in truth[:boxes]:
        row[0], row[1], row[7] = rng.integers(images), rng.choice(labels), rng.integers(4) == 0
        row[3:7] = priors[rng.integers(count)] + rng.normal(size=4) * 0.03
    groups = 1 if settings.share_location else settings.num_classes
    inputs = {
        "loc": rng.normal(size=(images, count * groups * 4)) * 0.5,
        "conf": rng.normal(size=(images, count * settings.num_classes)) * 2,
        "prior": np.stack([priors.ravel(), variances.ravel()])[None],
        "gt": truth[None, None],
    }
    text = declare_inputs(LAYER.format(settings.text()), inputs)
    net = cp.build_net(text, phase="TRAIN", dtype=np.float64)
    found = net.forward(**inputs)["loss"]
    net.backward()
    loops = ByLoops(settings, inputs["loc"], inputs["conf"], priors, variances, truth)
    loss, loc, conf = loops.compute()
    np.testing.assert_allclose(found, loss, rtol=1e-9, atol=1e-9)
    for name, expected in (("scaled_loc", loc), ("scaled_conf", conf)):
        blob = net.blobs[name]
        np.testing.assert_allclose(blob.diff, expected.reshape(blob.shape), atol=1e-9)
