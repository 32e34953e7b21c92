"""Classifier and Detector, and the commands that came with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import caffe_proto.pycaffe as caffe
from caffe_proto.cli import cli
from caffe_proto.pycaffe import io

cv2 = pytest.importorskip("cv2")


@pytest.fixture
def model(answers_file: str, tmp_path: Path) -> tuple[str, str]:
    """A net of 8×8 pictures and its weights."""
    weights = str(tmp_path / "answers.caffemodel")
    caffe.set_random_seed(1)
    caffe.Net(answers_file, caffe.TEST).save(weights)
    return answers_file, weights


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "p1.png"
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    cv2.imwrite(str(path), pixels)
    return str(path)


def probabilities(net: caffe.Net, crop: np.ndarray) -> np.ndarray:
    batch = np.zeros((2, 3, 8, 8), np.float32)
    batch[0] = crop
    return net.forward(data=batch)["prob"][0].copy()


MEAN = np.array([10.0, 20.0, 30.0])
SETTINGS = {"mean": MEAN, "raw_scale": 255, "channel_swap": (2, 1, 0), "input_scale": 0.01}


def prepared(image: np.ndarray) -> np.ndarray:
    """What the settings make of an image (8, 8, 3)."""
    return (image.transpose(2, 0, 1)[::-1] * 255 - MEAN[:, None, None]) * 0.01


def test_the_centre_alone(model: tuple[str, str], picture: str) -> None:
    net = caffe.Classifier(*model, image_dims=(12, 14), **SETTINGS)
    image = io.load_image(picture)
    found = net.predict([image, image[::-1]], oversample=False)
    assert found.shape == (2, 4)
    centre = io.resize_image(image, (12, 14))[2:10, 3:11]
    np.testing.assert_allclose(found[0], probabilities(net, prepared(centre)), rtol=1e-4)


def test_oversampling_is_the_mean_of_ten(model: tuple[str, str], picture: str) -> None:
    net = caffe.Classifier(*model, image_dims=(12, 14), **SETTINGS)
    image = io.load_image(picture)
    crops = io.oversample([io.resize_image(image, (12, 14))], (8, 8))
    each = [probabilities(net, prepared(crop)) for crop in crops]
    np.testing.assert_allclose(net.predict([image])[0], np.mean(each, axis=0), rtol=1e-4)


def test_a_classifier_is_a_net_with_a_transformer(model: tuple[str, str]) -> None:
    net = caffe.Classifier(*model, **SETTINGS)
    assert isinstance(net, caffe.Net)
    assert list(net.image_dims) == [8, 8]
    np.testing.assert_array_equal(net.transformer.mean["data"].ravel(), MEAN)


def test_windows_are_cut_and_warped(model: tuple[str, str], picture: str) -> None:
    net = caffe.Detector(*model, **SETTINGS)
    windows = [np.array([2, 3, 14, 25]), np.array([0, 0, 20, 30])]
    found = net.detect_windows([(picture, windows)])
    image = io.load_image(picture)
    assert [entry["filename"] for entry in found] == [picture] * 2
    for entry, (ymin, xmin, ymax, xmax) in zip(found, windows, strict=True):
        crop = io.resize_image(image[ymin:ymax, xmin:xmax], (8, 8))
        np.testing.assert_allclose(
            entry["prediction"], probabilities(net, prepared(crop)), rtol=1e-4
        )


def test_context_shows_the_surroundings(model: tuple[str, str]) -> None:
    net = caffe.Detector(*model, context_pad=2)
    image = np.zeros((40, 40, 3), np.float32)
    image[16:24, 16:24] = 1
    crop = net.crop(image, np.array([16, 16, 24, 24]))
    assert crop.shape == (8, 8, 3)
    # The window fills the input less the padding; around it is what surrounds it.
    assert crop[3:5, 3:5].min() > 0.9
    assert crop[0].max() < 0.1


def test_beyond_the_picture_is_the_mean(model: tuple[str, str]) -> None:
    net = caffe.Detector(*model, context_pad=2, **SETTINGS)
    crop = net.crop(np.ones((20, 20, 3), np.float32), np.array([0, 0, 10, 10]))
    # The mean in the order and scale of the picture: red first, 0 to 1.
    np.testing.assert_allclose(crop[0, 0], MEAN[::-1] / 255, rtol=1e-6)
    np.testing.assert_array_equal(crop[4, 4], [1, 1, 1])


def test_a_window_outside_is_refused(model: tuple[str, str]) -> None:
    net = caffe.Detector(*model, context_pad=1)
    with pytest.raises(ValueError, match="outside"):
        net.crop(np.ones((20, 20, 3), np.float32), np.array([90, 90, 95, 95]))


def test_selective_search_says_what_it_needs(model: tuple[str, str]) -> None:
    with pytest.raises(ImportError, match="selective_search_ijcv_with_python"):
        caffe.Detector(*model).detect_selective_search(["a.jpg"])


# -- the commands --------------------------------------------------------------------------


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


def test_classify_takes_the_old_flags(model: tuple[str, str], picture: str, tmp_path: Path) -> None:
    np.save(tmp_path / "mean.npy", MEAN)
    target = tmp_path / "out.npy"
    result = run(
        "classify",
        picture,
        str(target),
        f"--model_def={model[0]}",
        "--pretrained_model",
        model[1],
        "--mean_file",
        str(tmp_path / "mean.npy"),
        "--images_dim",
        "12,14",
        "--center_only",
        "--input_scale",
        "0.01",
        "--gpu",
    )
    assert result.exit_code == 0, result.output
    assert "Classifying 1 inputs." in result.output
    net = caffe.Classifier(*model, image_dims=(12, 14), **SETTINGS)
    expected = net.predict([io.load_image(picture)], oversample=False)
    np.testing.assert_allclose(np.load(target), expected, rtol=1e-5)


def test_classify_takes_folders_and_arrays(
    model: tuple[str, str], picture: str, tmp_path: Path
) -> None:
    options = ("--model_def", model[0], "--pretrained_model", model[1])
    cv2.imwrite(str(tmp_path / "p2.png"), np.zeros((9, 9, 3), np.uint8))
    first, second = str(tmp_path / "a.npy"), str(tmp_path / "b.npy")
    result = run("classify", str(tmp_path), first, "--ext", "png", *options)
    assert result.exit_code == 0, result.output
    assert np.load(first).shape == (2, 4)
    np.save(tmp_path / "in.npy", io.load_image(picture)[None])
    assert run("classify", str(tmp_path / "in.npy"), second, *options).exit_code == 0
    np.testing.assert_allclose(np.load(second)[0], np.load(first)[0], rtol=1e-6)


def test_classify_refuses_an_empty_folder(model: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(
        "classify",
        str(tmp_path / "empty"),
        str(tmp_path / "out.npy"),
        "--model_def",
        model[0],
        "--pretrained_model",
        model[1],
    )
    assert "no file *.jpg" in str(result.exception)


def test_detect_reads_windows_and_writes_a_table(
    model: tuple[str, str], picture: str, tmp_path: Path
) -> None:
    table = tmp_path / "windows.csv"
    table.write_text(
        f"filename, xmin, ymin, xmax, ymax\n{picture},3,2,25,14\n{picture},0,0,30,20\n"
    )
    target = tmp_path / "out.csv"
    result = run(
        "detect",
        str(table),
        str(target),
        "--crop_mode=list",
        "--model_def",
        model[0],
        "--pretrained_model",
        model[1],
        "--context_pad",
        "0",
    )
    assert result.exit_code == 0, result.output
    assert "Processed 2 windows" in result.output
    rows = [line.split(",") for line in target.read_text().splitlines()]
    assert rows[0] == [
        "filename",
        "ymin",
        "xmin",
        "ymax",
        "xmax",
        "class0",
        "class1",
        "class2",
        "class3",
    ]
    assert rows[1][1:5] == ["2", "3", "14", "25"]
    assert sum(float(value) for value in rows[1][5:]) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize(
    "name, text, words",
    [
        ("w.csv", "filename,xmin\na.png,1\n", "no column ymin, ymax, xmax"),
        ("w.csv", "filename,ymin,xmin,ymax,xmax\na.png,1,2,three,4\n", "w.csv:2: a window is four"),
        ("w.doc", "", "a list of windows is a .csv"),
    ],
)
def test_detect_names_what_is_wrong_with_its_input(
    model: tuple[str, str], tmp_path: Path, name: str, text: str, words: str
) -> None:
    (tmp_path / name).write_text(text)
    result = run(
        "detect",
        str(tmp_path / name),
        str(tmp_path / "out.csv"),
        "--crop_mode",
        "list",
        "--model_def",
        model[0],
        "--pretrained_model",
        model[1],
    )
    assert words in str(result.exception)
