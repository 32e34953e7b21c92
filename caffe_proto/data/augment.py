"""SSD's changes of a picture: resizing that keeps proportions, noise, distortion of colours.

Pictures are ``(H, W, C)`` or ``(H, W)`` uint8, channels in the order blue, green, red. Random
numbers come from the stream that is passed in, draw for draw as in SSD's fork of Caffe.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from caffe_proto.data.images import Image, decode_image, opencv
from caffe_proto.data.libc_random import LibcRandom
from caffe_proto.errors import DataError
from caffe_proto.rng import CaffeRandom

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["distort", "make_noise", "recompress", "resize", "resized_shape"]

_F = np.float32
WARP, FIT_SMALL_SIZE, FIT_LARGE_SIZE_AND_PAD = 1, 2, 3


def uniform(random: CaffeRandom, low: float, high: float) -> np.float32:
    """One value of ``low`` to ``high``."""
    value: np.float32 = random.uniform(1, low, high)[0]
    return value


def _fitted(size: tuple[int, int], target: tuple[int, int], *, inside: bool) -> tuple[int, int]:
    """Height and width that keep the proportions of ``size`` and fill ``target``.

    ``inside`` fits the longer side, else the shorter one.
    """
    height, width = target
    aspect, target_aspect = _F(size[1]) / _F(size[0]), _F(width) / _F(height)
    if (aspect > target_aspect) if inside else (aspect < target_aspect):
        return math.floor(_F(width) / aspect), width
    return height, math.floor(aspect * _F(height))


def resized_shape(size: tuple[int, int], settings: caffe_pb2.ResizeParameter) -> tuple[int, int]:
    """Height and width of a picture of ``size`` (height, width) after :func:`resize`."""
    target = (int(settings.height), int(settings.width))
    if settings.resize_mode == FIT_SMALL_SIZE:
        return _fitted(size, target, inside=False)
    return target


def resize(image: Image, settings: caffe_pb2.ResizeParameter, random: CaffeRandom) -> Image:
    """``image`` in the size that ``resize_param`` asks for.

    One draw chooses among the ``interp_mode``, if there are any. Raises :class:`DataError` where a
    side would vanish.
    """
    cv2 = opencv()
    # In the order of the enumerations.
    modes = (
        cv2.INTER_LINEAR,
        cv2.INTER_AREA,
        cv2.INTER_NEAREST,
        cv2.INTER_CUBIC,
        cv2.INTER_LANCZOS4,
    )
    borders = (cv2.BORDER_CONSTANT, cv2.BORDER_REFLECT_101, cv2.BORDER_REPLICATE)
    interpolation = cv2.INTER_LINEAR
    if settings.interp_mode:
        interpolation = modes[settings.interp_mode[_die(len(settings.interp_mode), random)] - 1]
    size = (image.shape[0], image.shape[1])
    height, width = int(settings.height), int(settings.width)
    padded = settings.resize_mode == FIT_LARGE_SIZE_AND_PAD
    if padded:
        inner = _fitted(size, (height, width), inside=True)
    else:
        inner = resized_shape(size, settings)
    if min(inner) < 1:
        raise DataError(f"resize_param makes {inner} of {size} pixels (height, width)")
    resized = cv2.resize(image, inner[::-1], interpolation=interpolation)
    if padded:
        above, left = (height - inner[0]) // 2, (width - inner[1]) // 2
        resized = cv2.copyMakeBorder(
            resized,
            above,
            height - inner[0] - above,
            left,
            width - inner[1] - left,
            borders[settings.pad_mode - 1],
            value=_per_channel(settings.pad_value, image, "resize_param.pad_value"),
        )
    return np.asarray(resized)


def _die(sides: int, random: CaffeRandom) -> int:
    """A side of a fair die."""
    steps = np.cumsum(np.full(sides, _F(1) / _F(sides), np.float32), dtype=np.float32)
    return int(np.searchsorted(steps, uniform(random, 0, float(steps[-1]))))


def _per_channel(values: Sequence[float], image: Image, setting: str) -> tuple[float, ...]:
    channels = 1 if image.ndim == 2 else image.shape[2]
    if not values:
        return (0.0,) * channels
    if len(values) not in (1, channels):
        raise DataError(
            f"{setting} is given {len(values)} times. Expected: once, or {channels} times, once a "
            "channel"
        )
    return tuple(values) if len(values) == channels else (values[0],) * channels


def make_noise(image: Image, settings: caffe_pb2.NoiseParameter, random: CaffeRandom) -> Image:
    """``image`` with the disturbances that ``noise_param`` asks for, in SSD's order.

    Raises :class:`DataError` for settings that do not fit the picture.
    """
    cv2 = opencv()
    color = image.ndim == 3 and image.shape[2] == 3
    if settings.convert_to_lab:
        raise DataError(
            "noise_param.convert_to_lab makes floats of the pixels, whose bytes SSD then delivers. "
            "Expected: convert_to_lab is left out"
        )
    if (settings.decolorize or settings.convert_to_hsv) and not color:
        raise DataError(
            "noise_param.decolorize and convert_to_hsv need pictures of 3 channels. "
            f"Received: {image.shape}"
        )
    if settings.decolorize:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if settings.gauss_blur:
        image = cv2.GaussianBlur(image, (7, 7), 1.5)
    if settings.hist_eq:
        image = _on_luminance(image, cv2.equalizeHist)
    if settings.clahe:
        image = _on_luminance(image, cv2.createCLAHE(clipLimit=4).apply)
    if settings.jpeg > 0:
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(settings.jpeg)])
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if settings.erode:
        image = cv2.erode(image, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
    if settings.posterize:
        image = image // 64 * 64 + 32
    if settings.inverse:
        image = 255 - image
    if settings.saltpepper:
        image = _salt_and_pepper(image, settings.saltpepper_param, random)
    if settings.convert_to_hsv:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    return np.asarray(image)


def _on_luminance(image: Image, change: Any) -> Image:
    cv2 = opencv()
    if image.ndim == 2 or image.shape[2] == 1:
        return np.asarray(change(image.reshape(image.shape[:2])))
    planes = cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb)
    planes[:, :, 0] = change(np.ascontiguousarray(planes[:, :, 0]))
    return np.asarray(cv2.cvtColor(planes, cv2.COLOR_YCrCb2BGR))


def _salt_and_pepper(
    image: Image, settings: caffe_pb2.SaltPepperParameter, random: CaffeRandom
) -> Image:
    if not settings.value:
        raise DataError("noise_param.saltpepper needs saltpepper_param.value")
    values = _per_channel(settings.value, image, "saltpepper_param.value")
    height, width = image.shape[:2]
    count = math.floor(_F(settings.fraction) * _F(width) * _F(height))
    # Column and row of each pixel by turns.
    draws = random.raw(2 * max(count, 0)).reshape(-1, 2).astype(np.int64)
    image = image.copy()
    noise = np.array([int(v) & 255 for v in values], np.uint8)
    image[draws[:, 1] % height, draws[:, 0] % width] = noise[0] if image.ndim == 2 else noise
    return image


def distort(
    image: Image,
    settings: caffe_pb2.DistortionParameter,
    random: CaffeRandom,
    libc: LibcRandom,
) -> Image:
    """``image`` with brightness, contrast, saturation, hue and the order of channels changed.

    Each with its own probability, contrast before or after saturation and hue. Source: Howard,
    "Some improvements on deep convolutional neural network based image classification", 2013, as
    SSD's code does it. Raises :class:`DataError` for settings out of range.
    """
    _check_distortion(image, settings)
    contrast_first = uniform(random, 0, 1) > 0.5

    def chance(probability: float) -> bool:
        return bool(uniform(random, 0, 1) < probability)

    def contrast(image: Image) -> Image:
        if not chance(settings.contrast_prob):
            return image
        factor = uniform(random, settings.contrast_lower, settings.contrast_upper)
        return image if abs(factor - _F(1)) <= 1e-3 else _scaled(image, factor, _F(0))

    if chance(settings.brightness_prob):
        delta = uniform(random, -settings.brightness_delta, settings.brightness_delta)
        image = _scaled(image, _F(1), delta)
    if contrast_first:
        image = contrast(image)
    if chance(settings.saturation_prob):
        factor = uniform(random, settings.saturation_lower, settings.saturation_upper)
        image = _on_hsv(image, 1, factor, _F(0))
    if chance(settings.hue_prob):
        delta = uniform(random, -settings.hue_delta, settings.hue_delta)
        if delta:
            image = _on_hsv(image, 0, _F(1), delta)
    if not contrast_first:
        image = contrast(image)
    if chance(settings.random_order_prob):
        order = [0, 1, 2]
        # SSD shuffles with the C library's rand(), not with the seeded stream.
        libc.shuffle(order)
        image = np.ascontiguousarray(image[:, :, order])
    return image


def _check_distortion(image: Image, settings: caffe_pb2.DistortionParameter) -> None:
    coloured = [
        name
        for name in ("saturation_prob", "hue_prob", "random_order_prob")
        if getattr(settings, name) > 0
    ]
    if coloured and (image.ndim != 3 or image.shape[2] != 3):
        raise DataError(
            f"distort_param.{coloured[0]} needs pictures of 3 channels. Received: {image.shape}"
        )
    for name in ("brightness", "hue"):
        delta = getattr(settings, f"{name}_delta")
        if delta < 0:
            raise DataError(f"distort_param.{name}_delta is {delta:g}. Expected: at least 0")
    for name in ("contrast", "saturation"):
        low, high = (getattr(settings, f"{name}_{end}") for end in ("lower", "upper"))
        if not 0 <= low <= high:
            raise DataError(
                f"distort_param.{name}_lower and _upper are {low:g} and {high:g}. "
                "Expected: 0 <= lower <= upper"
            )


def _scaled(image: Image, factor: np.float32, delta: np.float32) -> Image:
    """``factor * image + delta``, rounded and cut to 0 .. 255."""
    table = np.arange(256, dtype=np.float32) * factor + delta
    lookup: npt.NDArray[np.uint8] = np.clip(np.rint(table), 0, 255).astype(np.uint8)
    return lookup[image]


def _on_hsv(image: Image, channel: int, factor: np.float32, delta: np.float32) -> Image:
    cv2 = opencv()
    planes = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    # A hue beyond 180 stays as it is: the way back to BGR takes it.
    planes[:, :, channel] = _scaled(planes[:, :, channel], factor, delta)
    return np.asarray(cv2.cvtColor(planes, cv2.COLOR_HSV2BGR))


def recompress(image: Image, color: bool | None) -> Image:
    """``image`` as JPEG and back: SSD does that after each of distorting, expanding, cropping."""
    _, data = opencv().imencode(".jpg", image)
    return decode_image(data.tobytes(), color, "a picture compressed as JPEG")
