from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.blob import Array


def net_of(
    settings: str, feature: str = "dim: 1 dim: 2 dim: 2 dim: 3", kind: str = "PriorBox"
) -> cp.Net:
    return cp.build_net(
        f"""
        layer {{ name: "feature" type: "Input" top: "feature"
                 input_param {{ shape {{ {feature} }} }} }}
        layer {{ name: "data" type: "Input" top: "data"
                 input_param {{ shape {{ dim: 1 dim: 3 dim: 20 dim: 60 }} }} }}
        layer {{ name: "priors" type: "{kind}" bottom: "feature" bottom: "data" top: "y"
                 prior_box_param {{ {settings} }} }}
        """
    )


def priors(settings: str, kind: str = "PriorBox") -> tuple[Array, Array]:
    top = net_of(settings, kind=kind).forward()["y"]
    assert top.shape[:2] == (1, 2)
    return top[0, 0].reshape(-1, 4), top[0, 1].reshape(-1, 4)


def test_a_square_at_every_centre() -> None:
    boxes, variances = priors("min_size: 10")
    assert boxes.shape == (6, 4)
    np.testing.assert_allclose(boxes[0], [5 / 60, 0, 15 / 60, 10 / 20], atol=1e-6)
    np.testing.assert_allclose(boxes[4] - boxes[1], [0, 0.5, 0, 0.5], atol=1e-6)
    np.testing.assert_allclose(variances, 0.1)


def test_order_at_a_cell() -> None:
    boxes, _ = priors("min_size: 4 min_size: 6 max_size: 9 max_size: 24 aspect_ratio: 4")
    widths = ((boxes[:, 2] - boxes[:, 0]) * 60)[:8]
    np.testing.assert_allclose(widths, [4, 6, 8, 2, 6, 12, 12, 3], rtol=1e-5)


def test_sizes_are_cut_to_whole_pixels() -> None:
    boxes, _ = priors("min_size: 4.9 max_size: 9.99")
    heights = ((boxes[:, 3] - boxes[:, 1]) * 20)[:2]
    np.testing.assert_allclose(heights, [4, 6], rtol=1e-5)


def test_without_flip_a_ratio_counts_once() -> None:
    assert len(priors("min_size: 4 aspect_ratio: 2 flip: false")[0]) == 6 * 2


def test_four_variances_go_with_every_box() -> None:
    _, variances = priors("min_size: 4 variance: 0.1 variance: 0.2 variance: 0.3 variance: 0.4")
    np.testing.assert_allclose(variances, np.tile([0.1, 0.2, 0.3, 0.4], (6, 1)), rtol=1e-6)


def test_clip_cuts_to_the_image() -> None:
    boxes, _ = priors("min_size: 50 clip: true")
    assert boxes.min() == 0
    assert boxes.max() == 1


def test_a_changed_map_makes_new_priors() -> None:
    net = net_of("min_size: 4")
    net.forward()
    net.reshape(feature=(1, 2, 1, 1), data=(1, 3, 8, 8))
    np.testing.assert_allclose(net.forward()["y"][0, 0], [0.25, 0.25, 0.75, 0.75])


def test_clustered_priors_have_widths_and_heights() -> None:
    boxes, variances = priors(
        "width: 6 height: 2 width: 12.5 height: 10 step: 10 variance: 0.2", "PriorBoxClustered"
    )
    assert boxes.shape == (12, 4)
    np.testing.assert_allclose(boxes[0], [2 / 60, 4 / 20, 8 / 60, 6 / 20], atol=1e-6)
    np.testing.assert_allclose(boxes[3], [8.75 / 60, 0, 21.25 / 60, 0.5], atol=1e-6)
    np.testing.assert_allclose(variances, 0.2)


def test_backward_leaves_the_features_alone() -> None:
    net = cp.build_net(
        """
        force_backward: true
        layer { name: "x" type: "Input" top: "x"
                input_param { shape { dim: 1 dim: 1 dim: 2 dim: 2 } } }
        layer { name: "p" type: "PriorBox" bottom: "x" bottom: "x" top: "y"
                prior_box_param { min_size: 1 } }
        """
    )
    net.forward()
    net.blobs["y"].diff[...] = 1
    net.backward()
    assert not net.blobs["x"].diff.any()


@pytest.mark.parametrize(
    "settings, words",
    [
        ("", "min_size"),
        ("min_size: 0", "min_size must be above 0"),
        ("min_size: inf", "min_size must be above 0 and below"),
        ("min_size: 4 max_size: nan", "max_size must be above 0 and below"),
        ("min_size: 4 aspect_ratio: inf", "aspect_ratio must be above 0 and finite"),
        ("min_size: 4 max_size: 4", "max_size must be above min_size"),
        ("min_size: 4 min_size: 5 max_size: 6", "1 max_size for 2 min_size"),
        ("min_size: 4 variance: 0.1 variance: 0.2", "variance is given 2 times"),
        ("min_size: 4 variance: 0", "variances must be above 0"),
        ("min_size: 4 img_size: 8 img_h: 8", "img_size and img_h"),
        ("min_size: 4 img_h: 8", "img_h and img_w must both"),
        ("min_size: 4 img_size: 0", "img_size must be above 0"),
        ("min_size: 4 step: 8 step_w: 8", "step and step_h"),
        ("min_size: 4 step_w: 8", "step_h and step_w must both"),
        ("min_size: 4 step: 0", "step must be above 0"),
        ("min_size: 4 aspect_ratio: -1", "aspect_ratio must be above 0"),
    ],
)
def test_settings_that_do_not_fit(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        net_of(settings)


@pytest.mark.parametrize(
    "settings, words",
    [
        ("width: 3", "as many width as height"),
        ("", "at least one"),
        ("width: 0 height: 1", "above 0"),
    ],
)
def test_clustered_settings_that_do_not_fit(settings: str, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        net_of(settings, kind="PriorBoxClustered")


def test_missing_axes_of_a_map_count_as_one() -> None:
    short = net_of("min_size: 4", feature="dim: 1 dim: 2 dim: 3").forward()["y"]
    whole = net_of("min_size: 4", feature="dim: 1 dim: 2 dim: 3 dim: 1").forward()["y"]
    assert short.shape == (1, 2, 12)
    np.testing.assert_array_equal(short, whole)


def test_a_map_of_five_axes_is_refused() -> None:
    with pytest.raises(cp.LayerError, match="feature map"):
        net_of("min_size: 4", feature="dim: 1 dim: 2 dim: 3 dim: 1 dim: 1")


def test_with_a_size_given_the_image_may_be_left_out() -> None:
    text = """
    layer {{ name: "feature" type: "Input" top: "feature"
             input_param {{ shape {{ dim: 1 dim: 2 dim: 2 dim: 3 }} }} }}
    layer {{ name: "priors" type: "PriorBox" bottom: "feature" top: "y"
             prior_box_param {{ min_size: 10 {} }} }}
    """
    alone = cp.build_net(text.format("img_h: 20 img_w: 60")).forward()["y"]
    np.testing.assert_array_equal(alone[0, 0].reshape(-1, 4), priors("min_size: 10")[0])
    with pytest.raises(cp.LayerError, match="needs a second bottom, the image"):
        cp.build_net(text.format(""))
