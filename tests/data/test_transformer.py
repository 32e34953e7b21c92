"""transform_param, image by image."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from google.protobuf import text_format

from caffe_proto.data.transformer import Transformer, refuse_unknown
from caffe_proto.errors import DataError
from caffe_proto.rng import CaffeRandom
from caffe_proto.schema import caffe_pb2

TRAIN, TEST = 0, 1
IMAGE = np.arange(2 * 5 * 6, dtype=np.uint8).reshape(2, 5, 6)


def _settings(text: str) -> caffe_pb2.TransformationParameter:
    message = caffe_pb2.TransformationParameter()
    text_format.Parse(text, message)
    return message


def _apply(text: str, phase: int = TEST, mean: Any = None, image: Any = IMAGE) -> Any:
    transformer = Transformer(_settings(text), phase, mean)
    transformer.seed(CaffeRandom(5))
    out = np.full(transformer.shape(image.shape), np.nan, np.float32)
    transformer.apply(image, out)
    return out


def test_without_settings_the_pixels_stay() -> None:
    np.testing.assert_array_equal(_apply(""), IMAGE)


def test_the_mean_goes_before_the_scale() -> None:
    np.testing.assert_array_equal(
        _apply("mean_value: 2 mean_value: 3 scale: 0.5"),
        (IMAGE - np.float32([2, 3]).reshape(2, 1, 1)) / 2,
    )


def test_the_crop_is_in_the_middle_in_test() -> None:
    np.testing.assert_array_equal(_apply("crop_size: 2"), IMAGE[:, 1:3, 2:4])


def test_a_mean_image_is_cropped_with_the_picture_before_the_mirror_image() -> None:
    mean = np.arange(60, dtype=np.float32).reshape(2, 5, 6) * 2
    settings = "crop_size: 3 mirror: true"
    seen = set()
    for seed in range(30):
        transformer = Transformer(_settings(settings), TRAIN, mean)
        transformer.seed(CaffeRandom(seed))
        own = CaffeRandom(CaffeRandom(seed).next())
        mirrored, top, left = own.below(2), own.below(3), own.below(4)
        expected = (IMAGE - mean)[:, top : top + 3, left : left + 3]
        out = np.empty((2, 3, 3), np.float32)
        transformer.apply(IMAGE, out)
        np.testing.assert_array_equal(out, expected[..., ::-1] if mirrored else expected)
        seen.add((mirrored, top, left))
    assert len(seen) > 12


def test_one_mean_value_serves_all_channels() -> None:
    np.testing.assert_array_equal(_apply("mean_value: 7"), IMAGE - np.float32(7))


def test_a_seed_is_drawn_only_where_something_is_random() -> None:
    for text, phase, drawn in (
        ("", TRAIN, False),
        ("crop_size: 2", TEST, False),
        ("crop_size: 2", TRAIN, True),
        ("mirror: true", TEST, True),
    ):
        random = CaffeRandom(1)
        Transformer(_settings(text), phase).seed(random)
        assert (random.next() != CaffeRandom(1).next()) == drawn


@pytest.mark.parametrize(
    "text, words",
    [
        ("crop_size: 6", r"has 5 x 6 pixels .* at least 6 x 6"),
        ("mean_value: 1 mean_value: 2 mean_value: 3", "has 3 mean_value. Expected: 1, or 2"),
        ('mean_file: "x" mean_value: 1', "both mean_file and mean_value"),
    ],
)
def test_settings_that_do_not_fit(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        _apply(text)


def test_colour_and_gray_exclude_each_other_only_where_something_is_decoded() -> None:
    transformer = Transformer(_settings("force_color: true force_gray: true"), TEST)
    raw = caffe_pb2.Datum(channels=1, height=1, width=2, data=b"\1\2")
    assert transformer.array(raw, "a record").tolist() == [[[1, 2]]]
    raw.encoded = True
    with pytest.raises(DataError, match="both force_color and force_gray"):
        transformer.array(raw, "a record")


def test_a_mean_image_of_another_size() -> None:
    with pytest.raises(DataError, match=r"\(2, 5, 5\). Expected: \(2, 5, 6\)"):
        _apply("", mean=np.zeros((2, 5, 5), np.float32))


def test_the_forks_settings_at_their_defaults_are_let_pass() -> None:
    refuse_unknown(_settings("center_crop: false scale_min: 0.02 display: true"))
    with pytest.raises(DataError, match=r"transform_param.center_crop belongs to a fork"):
        refuse_unknown(_settings("center_crop: true"))
    with pytest.raises(DataError, match=r"transform_param.scale_factors belongs to a fork"):
        refuse_unknown(_settings("scale_factors: 0.5"))
