"""What SSD does to a picture: resizing, noise, distortion, expansion, parts."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import pytest
from google.protobuf import text_format
from google.protobuf.message import Message

from caffe_proto.data.annotations import UNIT, as_box
from caffe_proto.data.augment import distort, make_noise, recompress, resize, resized_shape
from caffe_proto.data.libc_random import LibcRandom
from caffe_proto.data.ssd import SsdTransformer
from caffe_proto.errors import DataError
from caffe_proto.rng import CaffeRandom
from caffe_proto.schema import caffe_pb2

cv2 = pytest.importorskip("cv2")
M = TypeVar("M", bound=Message)
TRAIN, TEST = 0, 1

_rng = np.random.default_rng(4)
PICTURE = cv2.GaussianBlur(_rng.integers(0, 256, (30, 60, 3), np.uint8), (7, 7), 2)


def _message(kind: type[M], text: str) -> M:
    message = kind()
    text_format.Parse(text, message)
    return message


def _transformer(text: str, phase: int = TEST, mean: Any = None) -> SsdTransformer:
    settings = _message(caffe_pb2.TransformationParameter, text)
    transformer = SsdTransformer(settings, phase, mean)
    transformer.seed(CaffeRandom(1))
    return transformer


# -- resizing ---------------------------------------------------------------------------------


def _resize(text: str, picture: Any = PICTURE, seed: int = 1) -> Any:
    return resize(picture, _message(caffe_pb2.ResizeParameter, text), CaffeRandom(seed))


def test_warping_ignores_the_proportions() -> None:
    np.testing.assert_array_equal(
        _resize("resize_mode: WARP height: 20 width: 17"), cv2.resize(PICTURE, (17, 20))
    )


def test_fitting_the_shorter_side_keeps_the_proportions() -> None:
    for text, size in (("height: 20 width: 20", (20, 40)), ("height: 10 width: 50", (25, 50))):
        settings = _message(caffe_pb2.ResizeParameter, f"resize_mode: FIT_SMALL_SIZE {text}")
        assert resized_shape((30, 60), settings) == size
        assert resize(PICTURE, settings, CaffeRandom(1)).shape == (*size, 3)


@pytest.mark.parametrize("mode, border", [("CONSTANT", 0), ("MIRRORED", 4), ("REPEAT_NEAREST", 1)])
def test_fitting_the_longer_side_pads(mode: str, border: int) -> None:
    found = _resize(
        f"resize_mode: FIT_LARGE_SIZE_AND_PAD height: 21 width: 20 pad_mode: {mode} pad_value: 9"
    )
    inner = cv2.resize(PICTURE, (20, 10))
    expected = cv2.copyMakeBorder(inner, 5, 6, 0, 0, border, value=(9, 9, 9))
    np.testing.assert_array_equal(found, expected)
    upright = _resize(
        "resize_mode: FIT_LARGE_SIZE_AND_PAD height: 20 width: 20", PICTURE.transpose(1, 0, 2)
    )
    assert upright.shape == (20, 20, 3)
    assert not upright[:, :5].any()
    assert upright[:, 5:15].any()


def test_gray_pictures_are_resized_too() -> None:
    gray = PICTURE[:, :, 0]
    text = "resize_mode: FIT_LARGE_SIZE_AND_PAD height: 20 width: 20 pad_value: 3"
    assert _resize(text, gray).shape == (20, 20)
    assert _resize(text, gray)[0, 0] == 3


def test_interpolations_are_drawn_with_equal_chances() -> None:
    names = ["LINEAR", "AREA", "NEAREST", "CUBIC", "LANCZOS4"]
    modes = [cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_NEAREST, cv2.INTER_CUBIC]
    modes.append(cv2.INTER_LANCZOS4)
    text = "height: 11 width: 13 " + " ".join(f"interp_mode: {name}" for name in names)
    candidates = [cv2.resize(PICTURE, (13, 11), interpolation=mode) for mode in modes]
    counts = [0] * len(modes)
    for seed in range(60):
        drawn = float(CaffeRandom(seed).uniform(1, 0, 1)[0])
        found = _resize(text, seed=seed)
        chosen = min(int(drawn * 5), 4)
        np.testing.assert_array_equal(found, candidates[chosen])
        counts[chosen] += 1
    assert all(counts)


@pytest.mark.parametrize(
    "text, words",
    [
        ("pad_value: 1 pad_value: 2", "pad_value is given 2 times. Expected: once, or 3 times"),
        ("", r"resize_param makes \(0, 1\)"),
    ],
)
def test_resizing_that_does_not_fit(text: str, words: str) -> None:
    size = "height: 20 width: 20" if text else "height: 20 width: 1"
    with pytest.raises(DataError, match=words):
        _resize(f"resize_mode: FIT_LARGE_SIZE_AND_PAD {size} {text}")


# -- noise ------------------------------------------------------------------------------------


def _noise(text: str, picture: Any = PICTURE) -> Any:
    return make_noise(picture, _message(caffe_pb2.NoiseParameter, text), CaffeRandom(3))


def test_noise_of_every_kind() -> None:
    gray = cv2.cvtColor(PICTURE, cv2.COLOR_BGR2GRAY)
    np.testing.assert_array_equal(
        _noise("decolorize: true"), np.repeat(gray[:, :, None], 3, axis=2)
    )
    np.testing.assert_array_equal(_noise("inverse: true"), 255 - PICTURE)
    np.testing.assert_array_equal(
        _noise("gauss_blur: true"), cv2.GaussianBlur(PICTURE, (7, 7), 1.5)
    )
    assert set(np.unique(_noise("posterize: true"))) <= {32, 96, 160, 224}
    assert (_noise("erode: true") <= PICTURE).all()
    assert np.abs(_noise("jpeg: 90").astype(int) - PICTURE).max() < 40
    np.testing.assert_array_equal(
        _noise("convert_to_hsv: true"), cv2.cvtColor(PICTURE, cv2.COLOR_BGR2HSV)
    )
    np.testing.assert_array_equal(_noise("hist_eq: true", gray), cv2.equalizeHist(gray))
    assert _noise("hist_eq: true").std() > PICTURE.std()
    assert _noise("clahe: true").shape == PICTURE.shape


def test_salt_and_pepper_falls_where_the_stream_says() -> None:
    found = _noise("saltpepper: true saltpepper_param { fraction: 0.015625 value: 7 }")
    draws = CaffeRandom(3).raw(2 * 28)
    expected = PICTURE.copy()
    for column, row in draws.reshape(-1, 2).tolist():
        expected[row % 30, column % 60] = 7
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "text, words",
    [
        ("saltpepper: true", "needs saltpepper_param.value"),
        ("convert_to_lab: true", "convert_to_lab"),
    ],
)
def test_noise_that_does_not_fit(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        _noise(text)
    with pytest.raises(DataError, match="pictures of 3 channels"):
        _noise("decolorize: true", PICTURE[:, :, 0])


# -- distortion -------------------------------------------------------------------------------


def _distort(text: str, seed: int, picture: Any = PICTURE) -> Any:
    settings = _message(caffe_pb2.DistortionParameter, text)
    return distort(picture, settings, CaffeRandom(seed), LibcRandom())


def test_nothing_is_distorted_without_a_chance() -> None:
    np.testing.assert_array_equal(_distort("", 1), PICTURE)


def test_brightness_is_shifted_by_what_the_stream_says() -> None:
    for seed in range(5):
        random = CaffeRandom(seed)
        random.uniform(2, 0, 1)
        delta = random.uniform(1, -32, 32)[0]
        expected = np.clip(np.rint(PICTURE + delta), 0, 255)
        found = _distort("brightness_prob: 1 brightness_delta: 32", seed)
        np.testing.assert_array_equal(found, expected)


def test_gray_pictures_are_distorted_where_no_colour_is_needed() -> None:
    gray = PICTURE[:, :, :1]
    found = _distort("contrast_prob: 1 contrast_lower: 0.5 contrast_upper: 0.5", 1, gray)
    np.testing.assert_array_equal(found, np.rint(gray.astype(np.float32) * np.float32(0.5)))
    with pytest.raises(DataError, match="hue_prob needs pictures of 3 channels"):
        _distort("hue_prob: 1 hue_delta: 18", 1, gray)


def test_contrast_is_scaled() -> None:
    text = "contrast_prob: 1 contrast_lower: 0.5 contrast_upper: 0.5"
    for seed in (1, 2):
        np.testing.assert_array_equal(
            _distort(text, seed), np.rint(PICTURE.astype(np.float32) * np.float32(0.5))
        )


def test_saturation_zero_is_gray() -> None:
    found = _distort("saturation_prob: 1 saturation_lower: 0 saturation_upper: 0", 1)
    assert (found.max(axis=2) == found.min(axis=2)).all()


def test_hue_moves_colours_but_not_their_value() -> None:
    found = _distort("hue_prob: 1 hue_delta: 18", 1)
    assert (found != PICTURE).any()
    assert np.abs(found.max(axis=2).astype(int) - PICTURE.max(axis=2)).max() <= 1


def test_the_order_of_channels_follows_the_c_library() -> None:
    found = _distort("random_order_prob: 1", 1)
    order = [0, 1, 2]
    LibcRandom().shuffle(order)
    np.testing.assert_array_equal(found, PICTURE[:, :, order])


@pytest.mark.parametrize(
    "text, words",
    [
        ("brightness_delta: -1", "brightness_delta is -1"),
        ("contrast_lower: 2 contrast_upper: 1", "contrast_lower and _upper are 2 and 1"),
        ("saturation_lower: -1", "0 <= lower <= upper"),
    ],
)
def test_distortions_out_of_range(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        _distort(text, 1)


def test_recompressing_keeps_what_jpeg_keeps() -> None:
    found = recompress(PICTURE, None)
    assert found.shape == PICTURE.shape
    assert np.abs(found.astype(int) - PICTURE).mean() < 5
    assert recompress(PICTURE, False).shape == PICTURE.shape[:2]


# -- the transformer --------------------------------------------------------------------------


def test_resize_then_crop_then_mirror_then_mean_and_scale() -> None:
    transformer = _transformer(
        "resize_param { resize_mode: WARP height: 20 width: 30 } crop_h: 11 crop_w: 7 "
        "mirror: true mean_value: 5 scale: 2"
    )
    shape = transformer.shape((3, 30, 60))
    assert shape == (3, 11, 7)
    plain = cv2.resize(PICTURE, (30, 20))[4:15, 11:18].transpose(2, 0, 1)
    seen = set()
    for _ in range(10):
        out = np.empty(shape, np.float32)
        frame, mirrored = transformer.apply_picture(PICTURE, out)
        expected = (plain.astype(np.float32) - 5) * 2
        np.testing.assert_array_equal(out, expected[:, :, ::-1] if mirrored else expected)
        np.testing.assert_allclose(frame, [11 / 30, 4 / 20, 18 / 30, 15 / 20], rtol=1e-6)
        seen.add(mirrored)
    assert seen == {True, False}


def test_expanding_puts_the_picture_on_a_larger_canvas() -> None:
    transformer = _transformer(
        "expand_param { prob: 1 max_expand_ratio: 3 } mean_value: 10 mean_value: 20 mean_value: 30"
    )
    for seed in range(5):
        transformer.thread_random = CaffeRandom(seed)
        expanded = transformer.expand(PICTURE)
        assert expanded is not None
        canvas, frame = expanded
        height, width = canvas.shape[:2]
        assert 30 <= height <= 90
        left, top = round(-frame[0] * 60), round(-frame[1] * 30)
        np.testing.assert_array_equal(canvas[top : top + 30, left : left + 60], PICTURE)
        np.testing.assert_allclose(frame[2:] - frame[:2], [width / 60, height / 30], rtol=1e-5)
        outside = np.ones((height, width), bool)
        outside[top : top + 30, left : left + 60] = False
        assert (canvas[outside] == [10, 20, 30]).all()


def test_expanding_is_left_to_chance() -> None:
    transformer = _transformer("expand_param { prob: 0.5 max_expand_ratio: 2 }")
    transformer.thread_random = CaffeRandom(1)
    expanded = [transformer.expand(PICTURE) is not None for _ in range(60)]
    assert 15 < sum(expanded) < 45


def test_a_part_is_cut_out_in_whole_pixels() -> None:
    transformer = _transformer("")
    cut, frame = transformer.crop_part(PICTURE, as_box(0.11, -0.5, 0.5, 0.5))
    assert frame.tolist() == pytest.approx([0.11, 0, 0.5, 0.5])
    np.testing.assert_array_equal(cut, PICTURE[0:15, 6:29])
    with pytest.raises(DataError, match="holds no pixel"):
        transformer.crop_part(PICTURE, as_box(0.5, 0.5, 0.501, 0.6))
    np.testing.assert_array_equal(transformer.crop_part(PICTURE, UNIT)[0], PICTURE)


@pytest.mark.parametrize(
    "text, words",
    [
        ("resize_param { height: 5 }", "height 5 and width 0"),
        ("expand_param { max_expand_ratio: 1 }", "max_expand_ratio is 1. Expected: more than 1"),
    ],
)
def test_settings_that_do_not_fit(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        _transformer(text)


def test_a_crop_larger_than_the_resized_picture() -> None:
    transformer = _transformer("resize_param { height: 9 width: 9 } crop_size: 10")
    with pytest.raises(DataError, match=r"9 x 9 pixels .* at least 10 x 10"):
        transformer.shape((3, 30, 60))


def test_a_mean_image_has_the_size_of_the_result() -> None:
    mean = np.full((3, 10, 12), 4, np.float32)
    transformer = _transformer("resize_param { height: 10 width: 12 }", mean=mean)
    out = np.empty((3, 10, 12), np.float32)
    transformer.apply_picture(PICTURE, out)
    np.testing.assert_array_equal(out, cv2.resize(PICTURE, (12, 10)).transpose(2, 0, 1) - mean)
    with pytest.raises(DataError, match="mean_file has the shape"):
        _transformer("resize_param { height: 9 width: 12 }", mean=mean).check((3, 30, 60))
