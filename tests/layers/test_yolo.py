from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.blob import Array
from tests.layers.gradients import declare_inputs

SETTINGS = """num_classes: 2 num_box: 1 mask_group_num: 1 mask: 1 anchors_scale: 8
              biases: 1 biases: 1 biases: 8 biases: 4 confidence_threshold: 0.5"""


def layer(settings: str, *maps: str) -> str:
    bottoms = " ".join(f'bottom: "{name}"' for name in maps)
    return f"""
    layer {{ name: "out" type: "Yolov3DetectionOutput" {bottoms} top: "found"
             yolov3_detection_output_param {{ {settings} }} }}
    """


def detect(x: Array, settings: str = SETTINGS) -> Array:
    net = cp.build_net(declare_inputs(layer(settings, "x"), {"x": x}))
    return net.forward(x=x)["found"][0, 0]


def empty_map(images: int = 1) -> Array:
    x = np.zeros((images, 7, 2, 4), np.float32)
    x[:, 4:] = -20
    return x


def test_a_box_is_decoded_at_its_cell() -> None:
    x = empty_map()
    x[0, 4:, 1, 2] = [20, -20, 20]
    rows = detect(x)
    # The centre of cell (1, 2) of 2 x 4; 8 of 32 pixels wide, 4 of 16 high.
    np.testing.assert_allclose(rows, [[0, 2, 1, 0.5, 0.625, 0.75, 0.875]], atol=1e-6)


def test_the_best_box_comes_first_and_drops_the_others_of_all_classes() -> None:
    x = empty_map()
    x[0, 4:, 0, 0] = [20, 2, 3]
    x[0, 4:, 1, 3] = [20, 1, -20]
    rows = detect(x)
    assert rows[:, 1].tolist() == [2, 1]
    assert rows[0, 2] > rows[1, 2]


def test_nothing_found_gives_a_row_an_image() -> None:
    assert detect(empty_map(3))[:, :2].tolist() == [[0, -1], [1, -1], [2, -1]]


@pytest.mark.parametrize(
    "change, words",
    [
        (("num_classes: 2", ""), "num_classes"),
        (("mask_group_num: 1", "mask_group_num: 2"), "mask_group_num is 2 for 1 bottoms"),
        (("anchors_scale: 8", ""), "anchors_scale"),
        (("mask: 1", ""), "mask has 0 values"),
        (("mask: 1 ", "mask: 2 "), "mask names anchor 2, but biases has 2"),
        (("num_classes: 2", "num_classes: 3"), r"\(N, 8, H, W\)"),
        (("num_box: 1", "num_box: 1 gaussian_box: true"), "gaussian_box"),
    ],
)
def test_settings_that_do_not_fit(change: tuple[str, str], words: str) -> None:
    assert change[0] in SETTINGS
    with pytest.raises(cp.LayerError, match=words):
        detect(empty_map(), SETTINGS.replace(*change))
