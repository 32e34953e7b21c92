"""Resizing as pycaffe's ``io.resize_image`` does, without scikit-image and SciPy.

pycaffe hands images of one or three channels to ``skimage.transform.resize`` (``mode="constant"``,
scaled to [0, 1] before) and all others to ``scipy.ndimage.zoom``. The two place pixels differently:
the first takes pixels as areas (the centre of output pixel i is at ``(i + 0.5) * in / out - 0.5``),
with zeros around the image, the second as points (corner to corner). Both are followed here, as
they were when pycaffe was written: nothing is smoothed before an image is made smaller, which
scikit-image does by default since version 0.15.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["resize_areas", "resize_axes", "resize_points"]

Array = npt.NDArray[Any]


def resize_areas(image: Array, height: int, width: int, order: int) -> Array:
    """``(H, W, K)`` → ``(height, width, K)`` float64, pixels as areas, zeros around the image.

    ``order`` is 0 (nearest), 1 (linear) or 3 (cubic convolution, Keys 1981, a = -1/2; the result
    stays within the image's range).
    """
    rows = (np.arange(height) + 0.5) * (image.shape[0] / height) - 0.5
    columns = (np.arange(width) + 0.5) * (image.shape[1] / width) - 0.5
    result = _along(_along(np.asarray(image, np.float64), rows, 0, order), columns, 1, order)
    # Linear weights need no clipping; what is between the image and the zeros around it stays.
    return np.clip(result, min(image.min(), 0), image.max()) if order == 3 else result


def resize_axes(image: Array, shape: Sequence[int], order: int, beyond: str) -> Array:
    """Resize every axis to ``shape``, elements as areas → float64.

    ``beyond`` says what lies outside: ``constant`` (zeros), ``edge`` (the outermost elements) or
    ``reflect`` (the image mirrored at them). Raises :class:`ValueError` for anything else.
    """
    if beyond not in ("constant", "edge", "reflect"):
        raise ValueError(f'mode is "{beyond}". Expected: constant, edge or reflect')
    result = np.asarray(image, np.float64)
    for axis, size in enumerate(shape):
        old = image.shape[axis]
        if size != old:
            places = (np.arange(size) + 0.5) * (old / size) - 0.5
            if beyond == "edge":
                places = np.clip(places, 0, old - 1)
            elif beyond == "reflect":
                places = (old - 1) - np.abs((old - 1) - np.abs(places))
            result = _along(result, places, axis, order)
    return result


def resize_points(image: Array, height: int, width: int, order: int) -> Array:
    """``(H, W, K)`` → ``(height, width, K)`` float64, pixels as points, corner to corner."""
    result = np.asarray(image, np.float64)
    for axis, size in enumerate((height, width)):
        last = image.shape[axis] - 1
        places = np.arange(size) * (last / (size - 1) if size > 1 else 0.0)
        # Rounding must not carry the last point over the border, into the zeros.
        result = _along(result, np.minimum(places, last), axis, order)
    return result


def _along(image: Array, places: Array, axis: int, order: int) -> Array:
    """The values at ``places`` along one axis; outside of the image they are zero."""
    shape = [1] * image.ndim
    shape[axis] = len(places)
    size = image.shape[axis]
    result: Array = np.zeros([len(places) if i == axis else n for i, n in enumerate(image.shape)])
    for index, weight in _taps(places, order):
        weight = np.where((index >= 0) & (index < size), weight, 0.0)
        if weight.any():
            picked = np.take(image, np.clip(index, 0, size - 1), axis=axis)
            result += picked * weight.reshape(shape)
    return result


def _taps(places: Array, order: int) -> list[tuple[Array, Array]]:
    """The pixels that each place is made of, and their weights."""
    if order == 0:
        # Halves are rounded away from zero, as in C.
        nearest = np.floor(np.abs(places) + 0.5) * np.where(places < 0, -1, 1)
        return [(nearest.astype(int), np.ones_like(places))]
    floor = np.floor(places).astype(int)
    t = places - floor
    if order == 1:
        return [(floor, 1 - t), (floor + 1, t)]
    if order == 3:
        return [
            (floor - 1, ((-0.5 * t + 1) * t - 0.5) * t),
            (floor, (1.5 * t - 2.5) * t * t + 1),
            (floor + 1, ((-1.5 * t + 2) * t + 0.5) * t),
            (floor + 2, (0.5 * t - 0.5) * t * t),
        ]
    raise ValueError(
        f"interp_order is {order}. Expected: 0 (nearest), 1 (linear) or 3 (cubic); "
        "scikit-image has the others"
    )
