"""Pictures into blobs, and what nets answer into labels and boxes.

Colour pictures are ``(H, W, 3)`` uint8 arrays with the channels in the order **blue, green, red**,
as OpenCV reads them and as nearly every Caffe model was trained; ``swap_rb`` is for the few that
want red first. Blobs are ``(N, C, H, W)`` float32.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import DataError, MissingDependencyError

__all__ = [
    "Detection",
    "detections_to_boxes",
    "draw_boxes",
    "image_to_blob",
    "images_to_blob",
    "load_image",
    "read_labels",
    "save_image",
    "top_k",
]

Image = npt.NDArray[np.uint8]
Path_ = str | os.PathLike[str]


def load_image(path: Path_, color: bool = True) -> Image:
    """Read a picture: ``(H, W, 3)`` in the order blue, green, red, or ``(H, W)`` gray, uint8.

    Raises :class:`DataError` for a file that is missing or no picture.
    """
    cv2 = _opencv("reading pictures")
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as fault:
        raise DataError(f"{os.fspath(path)}: {fault.strerror or fault}") from None
    flag = cv2.IMREAD_COLOR if color else cv2.IMREAD_GRAYSCALE
    image = cv2.imdecode(data, flag) if data.size else None
    if image is None:
        raise DataError(f"{os.fspath(path)}: this is no picture that OpenCV can read")
    return np.asarray(image, np.uint8)


def save_image(path: Path_, image: Image) -> None:
    """Write a picture in the format of the suffix, beside the target and then renamed.

    Raises :class:`DataError` for a suffix that OpenCV cannot write, or where that fails.
    """
    from caffe_proto.files import replacing

    cv2 = _opencv("writing pictures")
    target = Path(path)
    try:
        done, encoded = cv2.imencode(target.suffix or ".png", image)
    except cv2.error:
        done = False
    if not done:
        raise DataError(f'{target}: no picture format ends in "{target.suffix}"; try .png')
    with replacing(target, DataError) as beside:
        beside.write_bytes(encoded.tobytes())


def images_to_blob(
    images: Sequence[npt.NDArray[Any]],
    scale: float = 1.0,
    size: tuple[int, int] | None = None,
    mean: Sequence[float] | npt.NDArray[Any] = (),
    swap_rb: bool = False,
    crop: bool = False,
) -> npt.NDArray[np.float32]:
    """Pictures of one size, ``(H, W, 3)`` or ``(H, W)``, into a blob ``(N, C, H, W)``.

    In this order, as ``cv2.dnn.blobFromImages``: resize to ``size`` (width, height), bilinear
    (with ``crop`` the shorter side fits and the centre is cut out), swap red and blue if
    ``swap_rb``, subtract ``mean`` (one value a channel of the result, or an array (C, H, W)),
    multiply by ``scale``. Raises :class:`DataError` where pictures or mean do not fit.
    """
    planes = [_plane(image, size, swap_rb, crop) for image in images]
    if not planes:
        raise DataError("no pictures")
    if any(plane.shape != planes[0].shape for plane in planes):
        shapes = ", ".join(sorted({str(plane.shape[1:]) for plane in planes}))
        raise DataError(f"pictures in one blob have one size. Received: {shapes}; give a size")
    blob = np.stack(planes)
    average = np.asarray(mean, np.float32)
    if average.size:
        channels = blob.shape[1]
        if average.ndim == 1 and average.size in (1, channels):
            average = average.reshape(-1, 1, 1)
        elif average.size != blob[0].size or average.shape[-3:] != blob.shape[1:]:
            raise DataError(
                f"the mean has the shape {average.shape}. "
                f"Expected: {channels} values or {blob.shape[1:]}"
            )
        else:
            average = average.reshape(blob.shape[1:])
        blob -= average
    if scale != 1.0:
        blob *= np.float32(scale)
    return blob


def image_to_blob(
    image: npt.NDArray[Any],
    scale: float = 1.0,
    size: tuple[int, int] | None = None,
    mean: Sequence[float] | npt.NDArray[Any] = (),
    swap_rb: bool = False,
    crop: bool = False,
) -> npt.NDArray[np.float32]:
    """One picture into a blob ``(1, C, H, W)``; see :func:`images_to_blob`."""
    return images_to_blob([image], scale, size, mean, swap_rb, crop)


def _plane(
    image: npt.NDArray[Any], size: tuple[int, int] | None, swap_rb: bool, crop: bool
) -> npt.NDArray[np.float32]:
    if image.ndim not in (2, 3) or not image.size:
        raise DataError(f"a picture is (H, W) or (H, W, C). Received: {image.shape}")
    height, width = image.shape[:2]
    if size is not None and (width, height) != tuple(size):
        cv2 = _opencv("resizing pictures")
        wanted_width, wanted_height = size
        if crop:
            # One factor for both sides, in float32, as OpenCV has it: the pixels depend on it.
            factor = float(
                max(
                    np.float32(wanted_width) / np.float32(width),
                    np.float32(wanted_height) / np.float32(height),
                )
            )
            image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
            left = int(0.5 * (image.shape[1] - wanted_width))
            top = int(0.5 * (image.shape[0] - wanted_height))
            image = image[top : top + wanted_height, left : left + wanted_width]
        else:
            image = cv2.resize(image, (wanted_width, wanted_height), interpolation=cv2.INTER_LINEAR)
    if image.ndim == 2:
        return image[None].astype(np.float32)
    if swap_rb and image.shape[2] >= 3:
        image = image[:, :, [2, 1, 0, *range(3, image.shape[2])]]
    return np.ascontiguousarray(image.transpose(2, 0, 1), np.float32)


@dataclass(frozen=True)
class Detection:
    """A found object: class number, score in 0 .. 1, box in pixels (fractions kept)."""

    label: int
    score: float
    xmin: float
    ymin: float
    xmax: float
    ymax: float
    image: int = 0


def detections_to_boxes(
    rows: npt.NDArray[Any], width: int, height: int, threshold: float = 0.5
) -> list[Detection]:
    """The rows of a DetectionOutput layer as boxes in a picture of ``width`` × ``height`` pixels.

    ``rows`` is ``(1, 1, N, 7)`` or ``(N, 7)``: image, label, score, xmin, ymin, xmax, ymax, the
    box in fractions of the picture. Rows of score below ``threshold``, and the row of -1 that says
    that nothing was found, are left out; the best come first; boxes are clipped to the picture.
    Raises :class:`DataError` for another shape.
    """
    if rows.ndim < 2 or rows.shape[-1] != 7:
        raise DataError(f"detections are rows of 7 values. Received: shape {rows.shape}")
    found = []
    for image, label, score, *box in rows.reshape(-1, 7).tolist():
        if image < 0 or label < 0 or score < threshold:
            continue
        x0, y0, x1, y1 = (min(max(v, 0.0), 1.0) for v in box)
        found.append(
            Detection(
                int(label), score, x0 * width, y0 * height, x1 * width, y1 * height, int(image)
            )
        )
    return sorted(found, key=lambda d: -d.score)


def draw_boxes(image: Image, detections: Sequence[Detection], labels: Sequence[str] = ()) -> Image:
    """A copy of ``image`` with every box, its label and score drawn into it."""
    cv2 = _opencv("drawing boxes")
    shown = image.copy() if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    unit = max(1, round(min(shown.shape[:2]) / 240))
    for found in detections:
        colour = _colour(found.label)
        low = (round(found.xmin), round(found.ymin))
        high = (round(found.xmax), round(found.ymax))
        cv2.rectangle(shown, low, high, colour, 2 * unit)
        name = labels[found.label] if found.label < len(labels) else f"{found.label}"
        text = f"{name} {found.score:.2f}"
        font, size = cv2.FONT_HERSHEY_SIMPLEX, 0.5 * unit
        (text_width, text_height), base = cv2.getTextSize(text, font, size, unit)
        left = max(0, min(low[0], shown.shape[1] - text_width))
        bottom = low[1] - base if low[1] > text_height + base else low[1] + text_height + base
        cv2.rectangle(
            shown,
            (left, bottom - text_height - base // 2),
            (left + text_width, bottom + base // 2),
            colour,
            -1,
        )
        cv2.putText(shown, text, (left, bottom), font, size, (255, 255, 255), unit, cv2.LINE_AA)
    return np.asarray(shown, np.uint8)


def _colour(label: int) -> tuple[int, int, int]:
    """Distinct, dark enough for white letters on it."""
    palette = ((40, 140, 20), (200, 90, 20), (30, 60, 200), (150, 30, 150), (20, 120, 170))
    return palette[label % len(palette)]


def top_k(scores: npt.NDArray[Any], k: int = 5) -> list[tuple[int, float]]:
    """The ``k`` largest values of a flat array with their indices, largest first."""
    flat = np.asarray(scores).reshape(-1)
    best = np.argsort(-flat, kind="stable")[:k]
    return [(int(i), float(flat[i])) for i in best]


def read_labels(path: Path_) -> list[str]:
    """One label a line, as ``synset_words.txt`` has them (the identifier in front is kept)."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as fault:
        raise DataError(f"{os.fspath(path)}: {fault.strerror or fault}") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _opencv(purpose: str) -> Any:
    try:
        import cv2
    except ImportError:
        raise MissingDependencyError("opencv-python-headless", "data", purpose) from None
    return cv2
