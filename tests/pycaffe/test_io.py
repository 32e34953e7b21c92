"""caffe.io: messages of arrays, pictures, and the Transformer."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from caffe_proto.pycaffe import io
from caffe_proto.pycaffe.proto import caffe_pb2

cv2 = pytest.importorskip("cv2")


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).random(shape, np.float32)


# -- messages ------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4, 5), (1, 2, 3, 4, 5)])
def test_blobprotos_keep_values_gradients_and_shape(shape: tuple[int, ...]) -> None:
    values, gradients = random(*shape), -random(*shape)
    blob = io.array_to_blobproto(values, gradients)
    np.testing.assert_array_equal(io.blobproto_to_array(blob), values)
    np.testing.assert_array_equal(io.blobproto_to_array(blob, return_diff=True), gradients)


def test_old_blobprotos_have_four_axes() -> None:
    blob = caffe_pb2.BlobProto(num=1, channels=2, height=3, width=4, data=range(24))
    assert io.blobproto_to_array(blob).shape == (1, 2, 3, 4)


def test_a_blobproto_that_does_not_fill_its_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="100 values"):
        io.blobproto_to_array(caffe_pb2.BlobProto(data=[0.0] * 100))
    with pytest.raises(ValueError, match="diff"):
        io.array_to_blobproto(random(3), random(4))


def test_a_vector_of_blobs_goes_through_bytes() -> None:
    arrays = [random(2, 3), random(4)]
    back = io.blobprotovector_str_to_arraylist(io.arraylist_to_blobprotovector_str(arrays))
    for array, other in zip(arrays, back, strict=True):
        np.testing.assert_array_equal(array, other)


def test_datums_hold_bytes_or_floats() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    datum = io.array_to_datum(pixels, label=7)
    assert (datum.label, datum.data) == (7, pixels.tobytes())
    back = io.datum_to_array(datum)
    np.testing.assert_array_equal(back, pixels)
    assert back.dtype == np.uint8
    back[0] = 0  # a copy of its own
    datum = io.array_to_datum(pixels / 7)
    assert not datum.HasField("label")
    np.testing.assert_allclose(io.datum_to_array(datum), pixels / 7, rtol=1e-6)


def test_an_encoded_datum_is_decoded() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (5, 4, 3), np.uint8)
    datum = caffe_pb2.Datum(encoded=True, data=cv2.imencode(".png", picture)[1].tobytes())
    np.testing.assert_array_equal(io.datum_to_array(datum), picture.transpose(2, 0, 1))


def test_datums_refuse_other_shapes() -> None:
    with pytest.raises(ValueError, match=r"\(C, H, W\)"):
        io.array_to_datum(random(3, 4))
    with pytest.raises(ValueError, match="2 values"):
        io.datum_to_array(caffe_pb2.Datum(channels=1, height=1, width=1, float_data=[1, 2]))


# -- pictures ------------------------------------------------------------------------------


def save(path: Path, picture: np.ndarray) -> str:
    assert cv2.imwrite(str(path), picture)
    return str(path)


def test_load_image_is_red_first_between_0_and_1(tmp_path: Path) -> None:
    picture = np.zeros((4, 5, 3), np.uint8)
    picture[..., 2] = 255  # OpenCV's red
    image = io.load_image(save(tmp_path / "red.png", picture))
    assert (image.shape, image.dtype) == ((4, 5, 3), np.float32)
    np.testing.assert_array_equal(image[0, 0], [1, 0, 0])


def test_load_image_in_gray_weighs_the_colours(tmp_path: Path) -> None:
    path = save(tmp_path / "red.png", np.full((2, 2, 3), (0, 0, 255), np.uint8))
    gray = io.load_image(path, color=False)
    assert gray.shape == (2, 2, 1)
    np.testing.assert_allclose(gray, 0.2125, rtol=1e-6)


@pytest.mark.parametrize(
    "picture, value",
    [
        (np.full((2, 3), 51, np.uint8), 0.2),
        (np.full((2, 3), 13107, np.uint16), 0.2),
        (np.full((2, 3, 4), (51, 51, 51, 9), np.uint8), 0.2),
    ],
)
def test_gray_16_bit_and_transparent_pictures(
    tmp_path: Path, picture: np.ndarray, value: float
) -> None:
    image = io.load_image(save(tmp_path / "p.png", picture))
    assert image.shape == (2, 3, 3)
    np.testing.assert_allclose(image, value, rtol=1e-6)
    assert io.load_image(str(tmp_path / "p.png"), color=False).shape == (2, 3, 1)


def test_load_image_refuses_what_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        io.load_image(tmp_path / "nowhere.jpg")
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(ValueError, match=r"text.jpg.*no picture"):
        io.load_image(tmp_path / "text.jpg")


# -- resizing ------------------------------------------------------------------------------


def test_halving_takes_the_mean_of_four_pixels() -> None:
    image = random(6, 8, 3)
    small = io.resize_image(image, (3, 4))
    np.testing.assert_allclose(
        small, image.reshape(3, 2, 4, 2, 3).mean((1, 3)), rtol=1e-5, atol=1e-6
    )
    assert small.dtype == np.float32


def test_linear_resizing_of_a_ramp_keeps_it_between_the_borders() -> None:
    ramp = np.broadcast_to(np.arange(10.0)[:, None, None], (10, 4, 1))
    large = io.resize_image(ramp, (25, 4))
    places = (np.arange(25) + 0.5) * 10 / 25 - 0.5
    inside = (places >= 0) & (places <= 9)
    np.testing.assert_allclose(large[inside, 0, 0], places[inside], rtol=1e-5, atol=1e-6)


def test_beyond_the_border_there_is_the_darkest_value() -> None:
    # As scikit-image does with mode="constant" on an image scaled to [0, 1].
    image = np.array([[2.0, 6.0]])[..., None].repeat(3, 2)
    large = io.resize_image(image, (1, 4))
    np.testing.assert_allclose(large[0, :, 0], [2, 3, 5, 0.75 * 6 + 0.25 * 2], rtol=1e-6)


def test_other_numbers_of_channels_go_corner_to_corner() -> None:
    image = random(5, 7, 2)
    large = io.resize_image(image, (9, 13))
    np.testing.assert_allclose(large[::2, ::2], image, rtol=1e-6)
    np.testing.assert_allclose(large[0, 1], (image[0, 0] + image[0, 1]) / 2, rtol=1e-6)


def test_nearest_and_cubic() -> None:
    image = random(4, 4, 3)
    nearest = io.resize_image(image, (8, 8), interp_order=0)
    np.testing.assert_allclose(nearest, image.repeat(2, 0).repeat(2, 1), rtol=1e-6)
    cubic = io.resize_image(random(9, 9, 3), (18, 18), interp_order=3)
    assert image.min() - 1e-6 <= cubic.min()
    np.testing.assert_allclose(io.resize_image(image, (4, 4), 3), image, rtol=1e-5)
    with pytest.raises(ValueError, match="interp_order is 5"):
        io.resize_image(image, (8, 8), interp_order=5)


def test_a_constant_image_stays_constant() -> None:
    large = io.resize_image(np.full((3, 3, 3), 0.7), (11, 9))
    np.testing.assert_array_equal(large, np.full((11, 9, 3), np.float32(0.7)))


def test_resize_refuses_what_is_no_image() -> None:
    with pytest.raises(ValueError, match=r"\(H, W, K\)"):
        io.resize_image(random(4, 4), (2, 2))


def test_resize_is_scikit_images(tmp_path: Path) -> None:
    image = (random(6, 8, 3) * 255).astype(np.uint8)
    small = io.resize(image, (3, 4))
    np.testing.assert_allclose(small, image.reshape(3, 2, 4, 2, 3).mean((1, 3)) / 255, rtol=1e-6)
    assert io.resize(image, (12, 4, 3), preserve_range=True).shape == (12, 4, 3)
    assert io.resize(image[..., 0], (5, 5, 1)).shape == (5, 5, 1)
    row = np.array([[2.0, 6.0]])
    np.testing.assert_allclose(io.resize(row, (1, 4)), [[2, 3, 5, 4.5]])
    np.testing.assert_allclose(io.resize(row, (1, 4), mode="edge"), [[2, 3, 5, 6]])
    np.testing.assert_allclose(io.resize(row, (1, 4), mode="reflect"), [[3, 3, 5, 5]])
    np.testing.assert_allclose(io.resize(row, (1, 4), cval=6), [[3, 3, 5, 6]])
    with pytest.raises(ValueError, match="mode"):
        io.resize(row, (1, 4), mode="wrap")
    with pytest.raises(ValueError, match="cannot be resized"):
        io.resize(row, (1, 4, 3))


def test_scikit_image_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skimage", None)
    with pytest.raises(AttributeError, match="pip install scikit-image"):
        io.skimage  # noqa: B018


def test_oversample_takes_corners_centre_and_mirrors() -> None:
    image = np.arange(30.0).reshape(5, 6, 1)
    crops = io.oversample([image, image + 100], (3, 2))
    assert (crops.shape, crops.dtype) == ((20, 3, 2, 1), np.float32)
    for i, (y, x) in enumerate([(0, 0), (0, 4), (2, 0), (2, 4), (1, 2)]):
        np.testing.assert_array_equal(crops[i], image[y : y + 3, x : x + 2])
        np.testing.assert_array_equal(crops[5 + i], crops[i][:, ::-1])
        np.testing.assert_array_equal(crops[10 + i], crops[i] + 100)
    with pytest.raises(ValueError, match="do not fit"):
        io.oversample([image], (9, 9))


# -- the Transformer -----------------------------------------------------------------------


def full() -> io.Transformer:
    transformer = io.Transformer({"data": (10, 3, 4, 5)})
    transformer.set_transpose("data", (2, 0, 1))
    transformer.set_channel_swap("data", (2, 0, 1))
    transformer.set_raw_scale("data", 255)
    transformer.set_mean("data", np.array([1.0, 2.0, 3.0]))
    transformer.set_input_scale("data", 0.5)
    return transformer


def test_preprocess_goes_in_pycaffes_order() -> None:
    image = random(4, 5, 3)
    before = image.copy()
    made = full().preprocess("data", image)
    expected = (image.transpose(2, 0, 1)[[2, 0, 1]] * 255 - np.array([1, 2, 3])[:, None, None]) / 2
    np.testing.assert_allclose(made, expected, rtol=1e-5, atol=1e-5)
    assert made.dtype == np.float32
    np.testing.assert_array_equal(image, before)


def test_preprocess_resizes_first() -> None:
    image = random(9, 7, 3)
    transformer = full()
    np.testing.assert_array_equal(
        transformer.preprocess("data", image),
        transformer.preprocess("data", io.resize_image(image, (4, 5))),
    )


def test_deprocess_inverts_preprocess() -> None:
    image = random(4, 5, 3)
    transformer = full()
    back = transformer.deprocess("data", transformer.preprocess("data", image)[None])
    np.testing.assert_allclose(back, image, rtol=1e-4, atol=1e-5)


def test_deprocess_keeps_a_single_channel() -> None:
    transformer = io.Transformer({"data": (1, 1, 4, 5)})
    transformer.set_transpose("data", (2, 0, 1))
    assert transformer.deprocess("data", random(1, 1, 4, 5)).shape == (4, 5, 1)


def test_a_mean_image_is_resized_to_the_input() -> None:
    mean = random(3, 8, 10) * 200
    transformer = io.Transformer({"data": (1, 3, 4, 5)})
    transformer.set_mean("data", mean)
    expected = mean.reshape(3, 4, 2, 5, 2).mean((2, 4))
    np.testing.assert_allclose(transformer.mean["data"], expected, rtol=1e-5)
    transformer.set_mean("data", expected)
    np.testing.assert_array_equal(transformer.mean["data"], expected)


def test_a_mean_of_one_plane_is_for_gray_inputs() -> None:
    transformer = io.Transformer({"data": (1, 1, 4, 5)})
    transformer.set_mean("data", random(8, 10))
    assert transformer.mean["data"].shape == (1, 4, 5)


@pytest.mark.parametrize(
    "setter, value, words",
    [
        ("set_transpose", (1, 0), "transpose order"),
        ("set_channel_swap", (0, 1), "channel swap"),
        ("set_mean", np.zeros(2), "2 channels"),
        ("set_mean", np.zeros((2, 4, 5)), "2 channels"),
        ("set_mean", np.zeros((1, 3, 4, 5)), "has the shape"),
    ],
)
def test_settings_that_do_not_fit_are_refused(setter: str, value: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        getattr(io.Transformer({"data": (1, 3, 4, 5)}), setter)("data", value)


@pytest.mark.parametrize(
    "method", ["preprocess", "deprocess", "set_mean", "set_raw_scale", "set_input_scale"]
)
def test_an_unknown_input_is_refused(method: str) -> None:
    with pytest.raises(Exception, match="image is not one of the net inputs: data"):
        getattr(io.Transformer({"data": (1, 3, 4, 5)}), method)("image", np.zeros(3))
