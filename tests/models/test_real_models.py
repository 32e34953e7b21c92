"""Trained models, blob by blob, against the values that Caffe computes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

import caffe_proto as cp
from caffe_proto import vision

pytestmark = pytest.mark.reference


class Model(NamedTuple):
    prototxt: str
    weights: str
    expected: str


FACE = Model(
    "face-res10/deploy.prototxt",
    "face-res10/res10_300x300_ssd_iter_140000.caffemodel",
    "face-res10/expected.npz",
)
QR = Model(
    "qr-wechat/detect.prototxt", "qr-wechat/detect.caffemodel", "qr-wechat/expected_detect.npz"
)
ENLARGE = Model("qr-wechat/sr.prototxt", "qr-wechat/sr.caffemodel", "qr-wechat/expected_sr.npz")


def models_folder(reference: Path) -> Path:
    folder = reference / "models"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent")
    return folder


def load(folder: Path, model: Model) -> tuple[cp.Net, dict[str, npt.NDArray[Any]]]:
    with np.load(folder / model.expected) as arrays:
        expected = dict(arrays)
    net = cp.build_net(folder / model.prototxt, weights=folder / model.weights)
    net.reshape(data=expected["input/data"].shape)
    return net, expected


@pytest.mark.parametrize("model", [FACE, QR, ENLARGE], ids=["face", "qr", "enlarge"])
def test_every_blob_is_caffes(reference: Path, model: Model) -> None:
    net, expected = load(models_folder(reference), model)
    out = net.forward(data=expected["input/data"])
    assert list(net.blobs) == list(expected["blob_names"])
    for name, stats in zip(expected["blob_names"], expected["blob_stats"], strict=True):
        values = net.blobs[name].data.astype(np.float64)
        found = [values.mean(), values.std(), values.min(), values.max()]
        allowed = 1e-4 * max(1.0, float(np.abs(stats).max()))
        np.testing.assert_allclose(found, stats, rtol=0, atol=allowed, err_msg=str(name))
    for key, value in expected.items():
        if key.startswith("output/"):
            assert out[key[7:]].shape == value.shape
            np.testing.assert_allclose(out[key[7:]], value, rtol=0, atol=1e-4)


def test_the_face_is_found(reference: Path) -> None:
    folder = models_folder(reference)
    net, expected = load(folder, FACE)
    image = vision.load_image(folder / "face-res10" / "astronaut.png")
    blob = vision.image_to_blob(image, size=(300, 300), mean=(104, 177, 123))
    np.testing.assert_array_equal(blob, expected["input/data"])
    rows = net.forward(data=blob)["detection_out"]
    height, width = image.shape[:2]
    (face,) = vision.detections_to_boxes(rows, width, height, threshold=0.5)
    assert face.score > 0.99
    # The astronaut's face, in pixels of the 512 x 512 picture.
    assert 170 < face.xmin < 190
    assert 50 < face.ymin < 70
    assert 260 < face.xmax < 285
    assert 165 < face.ymax < 190


def test_the_code_is_found(reference: Path) -> None:
    folder = models_folder(reference)
    net, expected = load(folder, QR)
    image = vision.load_image(folder / "qr-wechat" / "qr.png", color=False)
    blob = vision.image_to_blob(image, 1 / 255, size=(384, 384))
    np.testing.assert_allclose(blob, expected["input/data"], atol=1e-6)
    rows = net.forward(data=blob)["detection_output"]
    (code,) = vision.detections_to_boxes(rows, image.shape[1], image.shape[0])
    dark = np.argwhere(image < 128)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0) + 1
    assert code.score > 0.99
    np.testing.assert_allclose(
        [code.xmin, code.ymin, code.xmax, code.ymax], [left, top, right, bottom], atol=12
    )
