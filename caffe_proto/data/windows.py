"""Cutting a window out of a picture and warping it to a square, as R-CNN does.

Source: Girshick et al., "Rich feature hierarchies for accurate object detection and semantic
segmentation", 2014, appendix A; the roundings are those of Caffe's WindowData.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from caffe_proto.data.images import Image, opencv
from caffe_proto.errors import DataError

__all__ = ["Patch", "cut_window"]

Box = tuple[int, int, int, int]
_F = np.float32


@dataclass(frozen=True)
class Patch:
    """A warped window, ``(h, w, C)``, and where in the square it belongs."""

    image: Image
    top: int
    left: int


def _round(value: np.float32) -> int:
    """To the nearest whole number, halves away from zero, as C's ``round``."""
    whole = np.trunc(value)
    return int(whole + (np.sign(value) if np.abs(value - whole) >= _F(0.5) else 0))


def cut_window(
    image: Image,
    box: Box,
    crop_size: int,
    context_pad: int = 0,
    square: bool = False,
    mirrored: bool = False,
) -> Patch:
    """The part ``box`` (x1, y1, x2, y2, both ends included) of ``image``, warped to ``crop_size``.

    With ``context_pad`` the box is enlarged so that this many pixels of the result lie around it;
    ``square`` first makes it as high as wide. What lies beyond the picture is left out of the
    result. Raises :class:`DataError` for a box that lies outside.
    """
    height, width = image.shape[:2]
    x1, y1, x2, y2 = box
    size = (crop_size, crop_size)
    top = left = 0
    if context_pad or square:
        x1, y1, x2, y2 = _enlarged(box, crop_size, context_pad, square)
        scale_x = _F(crop_size) / _F(x2 - x1 + 1)
        scale_y = _F(crop_size) / _F(y2 - y1 + 1)
        beyond_left, beyond_right = max(0, -x1), max(0, x2 - width + 1)
        beyond_top, beyond_bottom = max(0, -y1), max(0, y2 - height + 1)
        x1, x2 = x1 + beyond_left, x2 - beyond_right
        y1, y2 = y1 + beyond_top, y2 - beyond_bottom
        warped_width = _round(_F(x2 - x1 + 1) * scale_x)
        warped_height = _round(_F(y2 - y1 + 1) * scale_y)
        top = _round(_F(beyond_top) * scale_y)
        # The padding is mirrored along with the picture.
        left = _round(_F(beyond_right if mirrored else beyond_left) * scale_x)
        # Both are rounded, so their sum may be one too large.
        size = (min(warped_width, crop_size - left), min(warped_height, crop_size - top))
    if not (0 <= x1 <= x2 < width and 0 <= y1 <= y2 < height) or min(size) < 1:
        raise DataError(
            f"window {box} (x1, y1, x2, y2) does not lie within the picture of {width} x {height} "
            "pixels (width x height)"
        )
    cv2 = opencv()
    part = cv2.resize(image[y1 : y2 + 1, x1 : x2 + 1], size, interpolation=cv2.INTER_LINEAR)
    return Patch(part[:, ::-1] if mirrored else part, top, left)


def _enlarged(box: Box, crop_size: int, context_pad: int, square: bool) -> Box:
    x1, y1, x2, y2 = box
    scale = _F(crop_size) / _F(crop_size - 2 * context_pad)
    half_height, half_width = _F(y2 - y1 + 1) / _F(2), _F(x2 - x1 + 1) / _F(2)
    center_x, center_y = _F(x1) + half_width, _F(y1) + half_height
    if square:
        half_height = half_width = max(half_height, half_width)
    return (
        _round(center_x - half_width * scale),
        _round(center_y - half_height * scale),
        _round(center_x + half_width * scale),
        _round(center_y + half_height * scale),
    )
