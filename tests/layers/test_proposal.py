from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.blob import Array
from caffe_proto.layers.proposal import PythonProposal, anchors
from tests.layers.gradients import declare_inputs

CPP = """
layer { name: "propose" type: "Proposal" bottom: "score" bottom: "delta" bottom: "info"
        top: "rois" top: "scores" proposal_param { %s } }
"""
PYTHON = """
layer { name: "propose" type: "Python" bottom: "score" bottom: "delta" bottom: "info"
        top: "rois" top: "scores"
        python_param { module: "rpn.proposal_layer" layer: "ProposalLayer" param_str: "%s" } }
"""


def inputs(count: int = 9, rows: int = 4, columns: int = 6, images: int = 1) -> dict[str, Array]:
    rng = np.random.default_rng(0)
    return {
        "score": rng.uniform(size=(images, 2 * count, rows, columns)).astype(np.float32),
        "delta": (rng.normal(size=(images, 4 * count, rows, columns)) * 0.2).astype(np.float32),
        "info": np.array([[rows * 16, columns * 16, 1]], np.float32),
    }


def propose(text: str, values: dict[str, Array]) -> tuple[Array, Array]:
    net = cp.build_net(declare_inputs(text, values))
    out = net.forward(**values, blobs=["rois", "scores"])
    return out["rois"], out["scores"]


def test_anchors_are_those_of_faster_rcnn() -> None:
    made = anchors(16, (0.5, 1, 2), (8, 16, 32))
    assert made[0].tolist() == [-84, -40, 99, 55]
    assert made[4].tolist() == [-120, -120, 135, 135]
    assert made[8].tolist() == [-168, -344, 183, 359]


def test_the_python_layer_runs_without_its_code() -> None:
    values = inputs()
    rois, scores = propose(PYTHON % "'feat_stride': 16", values)
    cpp_rois, cpp_scores = propose(CPP % "", values)
    large = cpp_scores > 0
    np.testing.assert_array_equal(rois, cpp_rois[large])
    np.testing.assert_array_equal(scores[:, 0], cpp_scores[large])


@pytest.mark.parametrize(
    "settings",
    [
        "'feat_stride': 16 \\n'scales': !!python/tuple [4, 8]",
        "{'feat_stride': 16, 'scales': [4, 8]}",
        "feat_stride: 16\\nscales: (4, 8.0)",
    ],
)
def test_settings_of_the_python_layer(settings: str) -> None:
    net = cp.build_net(declare_inputs(PYTHON % settings, inputs(6)))
    found = net.layer("propose")
    assert isinstance(found, PythonProposal)
    np.testing.assert_array_equal(found.anchors, anchors(16, (0.5, 1, 2), (4, 8)))


def test_training_keeps_more_proposals() -> None:
    values = inputs()
    net = cp.build_net(declare_inputs(PYTHON % "'feat_stride': 16", values), phase="TRAIN")
    found = net.layer("propose")
    assert isinstance(found, PythonProposal)
    assert (found.before, found.after) == (12000, 2000)


def test_boxes_lie_in_the_image_best_first() -> None:
    rois, scores = propose(CPP % "nms_thresh: 0.5 post_nms_topn: 20", inputs())
    assert rois[:, 1:].min() >= 0
    assert rois[:, 3].max() <= 95
    assert rois[:, 4].max() <= 63
    assert (np.diff(scores) <= 0).all()
    assert 1 < len(rois) <= 20


def test_images_are_proposed_for_one_by_one() -> None:
    values = inputs(images=2)
    rois, scores = propose(CPP % "post_nms_topn: 5", values)
    assert rois[:, 0].tolist() == [0] * 5 + [1] * 5
    single = {"score": values["score"][1:], "delta": values["delta"][1:], "info": values["info"]}
    alone, _ = propose(CPP % "post_nms_topn: 5", single)
    np.testing.assert_array_equal(rois[5:, 1:], alone[:, 1:])
    assert scores.shape == (10,)


def test_a_wild_prediction_fills_the_image() -> None:
    values = inputs()
    values["delta"][:] = 0
    values["delta"][:, 2:4] = 1e6
    rois, _ = propose(CPP % "post_nms_topn: 1000 nms_thresh: 1", values)
    assert np.isfinite(rois).all()


@pytest.mark.parametrize(
    "text, count, words",
    [
        (CPP % "ratio: 1", 9, "3 anchors need scores"),
        (CPP % "ratio: 0", 9, "must be above 0"),
        (PYTHON % "", 9, "param_str needs feat_stride"),
        (PYTHON % "'feat_stride': 16 'scales': many", 9, "scales must be a list"),
    ],
)
def test_settings_that_do_not_fit(text: str, count: int, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        cp.build_net(declare_inputs(text, inputs(count)))


def test_bottoms_that_do_not_fit() -> None:
    values = inputs()
    values["delta"] = values["delta"][:, :, :2]
    with pytest.raises(cp.LayerError, match="deltas have the shape"):
        propose(CPP % "", values)
    values = inputs()
    values["info"] = values["info"][:, :2]
    with pytest.raises(cp.LayerError, match="im_info"):
        propose(CPP % "", values)
    with pytest.raises(cp.LayerError, match="one image at a time"):
        propose(PYTHON % "'feat_stride': 16", inputs(images=2))
