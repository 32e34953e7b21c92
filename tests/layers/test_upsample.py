"""Upsample, SegNet's and YOLO's."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import bottom_gradients, check_layer, layer_net, top_of

RNG = np.random.default_rng(28)


@pytest.mark.parametrize(
    "settings, scales", [("scale: 3", (3, 3)), ("scale_h: 1 scale_w: 2", (1, 2)), ("", (1, 1))]
)
@pytest.mark.parametrize("shape", [(2, 1, 3, 2), (2, 3)])
def test_repeats_pixels(settings: str, scales: tuple[int, int], shape: tuple[int, ...]) -> None:
    x = RNG.normal(size=shape)
    settings = f"upsample_param {{ {settings} }}"
    y = top_of("Upsample", settings, x, dtype=np.float64)
    assert np.array_equal(y, x.repeat(scales[0], axis=-2).repeat(scales[1], axis=-1))
    check_layer("Upsample", settings, x)


MASK = [[[[0, 3], [9, 14]], [[5, 4], [10, 15]]]]


@pytest.mark.parametrize(
    "settings, size",
    [
        ("", (4, 4)),
        ("upsample_param { scale_h: 3 scale_w: 4 }", (6, 8)),
        ("upsample_param { upsample_h: 5 upsample_w: 4 }", (5, 4)),
        ("upsample_param { scale: 9 upsample_h: 4 upsample_w: 5 }", (4, 5)),
        ("upsample_param { pad_out_w: true }", (4, 3)),
        ("upsample_param { pad_out_h: true pad_out_w: true }", (3, 3)),
    ],
)
def test_unpools_to_the_places_of_the_mask(settings: str, size: tuple[int, int]) -> None:
    x = RNG.normal(size=(1, 2, 2, 2))
    mask = np.minimum(MASK, [[[[0, 3], [4, 8]], [[5, 4], [7, 6]]]]) if size[1] == 3 else MASK
    y = top_of("Upsample", settings, x, mask, dtype=np.float64)
    expected = np.zeros((1, 2, *size))
    for c in range(2):
        expected[0, c].flat[np.ravel(mask[0][c])] = x[0, c].ravel()
    assert np.array_equal(y, expected)
    check_layer("Upsample", settings, x, mask, skip=("x1",))


def test_of_several_values_the_last_stays_and_all_get_the_gradient() -> None:
    x, mask = [[[[1, 2], [3, 4]]]], [[[[0, 5], [5, 5]]]]
    assert top_of("Upsample", "", x, mask).ravel()[:6].tolist() == [1, 0, 0, 0, 0, 4]
    dy = np.arange(16.0).reshape(1, 1, 4, 4)
    assert bottom_gradients("Upsample", "", [x, mask], dy)[0].ravel().tolist() == [0, 5, 5, 5]


@pytest.mark.parametrize("wrong", [-1, 16])
def test_a_place_outside_is_named(wrong: int) -> None:
    net = layer_net("Upsample", "", np.zeros((1, 1, 2, 2)), [[[[0, 1], [wrong, 2]]]])
    words = rf"mask at \(0, 0, 1, 0\) names place {wrong} of a plane of 4 x 4. Expected: 0 to 15"
    with pytest.raises(cp.LayerError, match=words):
        net.forward()


@pytest.mark.parametrize(
    "settings, with_mask, words",
    [
        ("scale: 0", False, r"scale 0 x 0. Expected: at least 1"),
        ("scale: 1", True, r"scale 1 x 1. Expected: at least 2"),
        ("scale_h: 2", True, r"twice or by half"),
        ("scale: 2 scale_h: 2 scale_w: 2", True, r"twice or by half"),
        ("scale: 3 pad_out_h: true", True, r"pad_out_h is for a scale of 2"),
        ("upsample_h: 1 upsample_w: 4", True, r"size 1 x 4. Expected: at least 2 x 2"),
        ("upsample_h: 4 upsample_w: 4", False, r"need a mask to unpool by"),
    ],
)
def test_bad_settings_are_refused(settings: str, with_mask: bool, words: str) -> None:
    bottoms = [np.zeros((1, 1, 2, 2))] * (2 if with_mask else 1)
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Upsample", f"upsample_param {{ {settings} }}", *bottoms)


def test_a_mask_of_another_shape_is_refused() -> None:
    with pytest.raises(cp.LayerError, match="a mask of the same shape"):
        layer_net("Upsample", "", np.zeros((1, 1, 2, 2)), np.zeros((1, 1, 4, 4)))
