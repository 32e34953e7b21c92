"""Pictures as Caffe reads them: decoded and resized by OpenCV, channels blue, green, red."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import DataError, MissingDependencyError

__all__ = ["Image", "as_planes", "decode_image", "opencv", "read_image"]

#: ``(H, W, C)`` or, gray, ``(H, W)``; uint8.
Image = npt.NDArray[np.uint8]


def opencv() -> Any:
    """The module cv2.

    Raises :class:`MissingDependencyError` without it.
    """
    try:
        import cv2
    except ImportError:
        raise MissingDependencyError(
            "opencv-python-headless", "data", "decoding pictures"
        ) from None
    return cv2


def decode_image(data: bytes, color: bool | None, what: str) -> Image:
    """The picture in an encoded file: colour, gray or (None) with the channels that it has.

    ``what`` names it in errors. Raises :class:`DataError` for data that is no picture, and for
    more than 8 bits a channel, which only a native decoding keeps.
    """
    cv2 = opencv()
    flag = {None: cv2.IMREAD_UNCHANGED, True: cv2.IMREAD_COLOR, False: cv2.IMREAD_GRAYSCALE}[color]
    image = None
    if data:
        try:
            image = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
        except cv2.error as fault:
            reason = str(fault).strip().splitlines()[-1]
            raise DataError(f"{what} cannot be decoded: {reason}") from None
    if image is None:
        raise DataError(f"{what} is no picture that OpenCV can read")
    if image.dtype != np.uint8:
        raise DataError(
            f"{what} has {image.dtype} pixels. Expected: uint8 (force_color or force_gray converts)"
        )
    return np.asarray(image)


def read_image(path: Path, color: bool = True, size: tuple[int, int] | None = None) -> Image:
    """The picture in a file, resized to ``size`` (height, width) if given, bilinear.

    Raises :class:`DataError` for a file that is missing or no picture.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise DataError(f"picture {path}: {fault.strerror or fault}") from None
    image = decode_image(data, color, f"picture {path}")
    if size is not None:
        image = opencv().resize(image, (size[1], size[0]))
    return image


def as_planes(image: Image) -> Image:
    """``(H, W, C)`` or ``(H, W)`` as ``(C, H, W)``, a view."""
    return image[None] if image.ndim == 2 else image.transpose(2, 0, 1)
