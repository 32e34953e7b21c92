from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto import vision

cv2: Any = pytest.importorskip("cv2")


def picture(height: int = 20, width: int = 30) -> vision.Image:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (height, width, 3)).astype(np.uint8)


# -- files -----------------------------------------------------------------------------------


def test_pictures_are_read_blue_first(tmp_path: Path) -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    image[..., 0] = 200
    vision.save_image(tmp_path / "blue.png", image)
    assert list(tmp_path.iterdir()) == [tmp_path / "blue.png"]
    np.testing.assert_array_equal(vision.load_image(tmp_path / "blue.png"), image)
    assert vision.load_image(tmp_path / "blue.png", color=False).shape == (2, 2)


def test_names_with_letters_beyond_ascii(tmp_path: Path) -> None:
    path = tmp_path / "фото.png"
    vision.save_image(path, picture())
    assert vision.load_image(path).shape == (20, 30, 3)


def test_what_is_no_picture_is_said(tmp_path: Path) -> None:
    with pytest.raises(cp.DataError, match="No such"):
        vision.load_image(tmp_path / "absent.png")
    (tmp_path / "text.png").write_text("text")
    with pytest.raises(ValueError, match="no picture"):
        vision.load_image(tmp_path / "text.png")
    (tmp_path / "empty.png").touch()
    with pytest.raises(ValueError, match="no picture"):
        vision.load_image(tmp_path / "empty.png")
    with pytest.raises(ValueError, match="no picture format"):
        vision.save_image(tmp_path / "x.unknown", picture())


def test_a_missing_opencv_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = builtins.__import__

    def without_opencv(name: str, *rest: Any, **more: Any) -> Any:
        if name == "cv2":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_opencv)
    with pytest.raises(ImportError, match=r'pip install "caffe-proto\[data\]"'):
        vision.load_image(tmp_path / "x.png")


# -- blobs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [None, (24, 24), (50, 9)])
@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("swap", [False, True])
def test_blobs_are_opencvs(size: tuple[int, int] | None, crop: bool, swap: bool) -> None:
    if not hasattr(cv2.dnn, "blobFromImage"):
        pytest.skip("this OpenCV has no blobFromImage")
    image, mean = picture(), (1.0, 2.0, 3.0)
    expected = cv2.dnn.blobFromImage(image, 0.5, size or (0, 0), mean, swap, crop)
    got = vision.image_to_blob(image, 0.5, size, mean, swap, crop)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected, atol=1e-4)


def test_a_mean_picture_is_subtracted() -> None:
    image = picture()
    mean = np.arange(3 * 20 * 30, dtype=np.float32).reshape(3, 20, 30)
    blob = vision.image_to_blob(image, mean=mean)
    np.testing.assert_allclose(blob[0], image.transpose(2, 0, 1) - mean)
    np.testing.assert_allclose(vision.image_to_blob(image, mean=mean[None]), blob)


def test_gray_pictures_have_one_channel() -> None:
    gray = picture()[:, :, 0]
    blob = vision.image_to_blob(gray, 1 / 255)
    assert blob.shape == (1, 1, 20, 30)
    np.testing.assert_allclose(blob[0, 0], gray / 255, rtol=1e-6)


def test_several_pictures_are_one_batch() -> None:
    images = [picture(), picture(9, 14)]
    assert vision.images_to_blob(images, size=(8, 6)).shape == (2, 3, 6, 8)
    with pytest.raises(ValueError, match="have one size"):
        vision.images_to_blob(images)
    with pytest.raises(ValueError, match="no pictures"):
        vision.images_to_blob([])


def test_a_mean_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"mean has the shape \(2,\)"):
        vision.image_to_blob(picture(), mean=(1, 2))
    with pytest.raises(ValueError, match="a picture is"):
        vision.image_to_blob(np.zeros(3))


# -- answers ---------------------------------------------------------------------------------

ROWS = np.array(
    [
        [0, 1, 0.6, 0.1, 0.2, 0.5, 1.2],
        [0, 2, 0.9, -0.1, 0, 0.5, 0.5],
        [0, 1, 0.4, 0, 0, 1, 1],
        [1, -1, -1, -1, -1, -1, -1],
    ],
    np.float32,
)


def test_detections_become_boxes_in_pixels() -> None:
    first, second = vision.detections_to_boxes(ROWS[None, None], 200, 100)
    assert (first.label, second.label) == (2, 1)
    np.testing.assert_allclose([first.xmin, first.ymin, first.xmax, first.ymax], [0, 0, 100, 50])
    np.testing.assert_allclose(
        [second.xmin, second.ymin, second.xmax, second.ymax], [20, 20, 100, 100], rtol=1e-6
    )
    assert len(vision.detections_to_boxes(ROWS, 200, 100, threshold=0.3)) == 3


def test_rows_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="rows of 7"):
        vision.detections_to_boxes(ROWS[:, :6], 200, 100)


@pytest.mark.parametrize("shape", [(100, 200, 3), (100, 200)])
def test_boxes_are_drawn_into_a_copy(shape: tuple[int, ...]) -> None:
    image = np.zeros(shape, np.uint8)
    found = vision.detections_to_boxes(ROWS, 200, 100)
    drawn = vision.draw_boxes(image, found, ["", "cat", "dog"])
    assert drawn.shape == (100, 200, 3)
    assert drawn.any()
    assert not image.any()


def test_the_largest_scores_come_first() -> None:
    scores = np.array([[0.1, 0.7, 0.1, 0.1]])
    assert [index for index, _ in vision.top_k(scores, 3)] == [1, 0, 2]


def test_labels_are_lines(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("n01 tench\n\nn02 goldfish\n")
    assert vision.read_labels(path) == ["n01 tench", "n02 goldfish"]
    with pytest.raises(ValueError, match="No such file"):
        vision.read_labels(tmp_path / "absent.txt")
