"""``transform_param`` with the additions of SSD's fork of Caffe."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from caffe_proto.data.annotations import Box, as_box, clip
from caffe_proto.data.augment import distort, make_noise, resize, resized_shape, uniform
from caffe_proto.data.images import Image, as_planes
from caffe_proto.data.libc_random import LibcRandom
from caffe_proto.data.transformer import Sizes, Transformer
from caffe_proto.errors import DataError

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["SsdTransformer", "asks_for_ssd"]

_F = np.float32


def asks_for_ssd(settings: caffe_pb2.TransformationParameter) -> bool:
    """Whether the settings have anything that only SSD's transformer knows."""
    return any(
        settings.HasField(name) for name in ("resize_param", "noise_param", "crop_h", "crop_w")
    )


class SsdTransformer(Transformer):
    """Resizes, disturbs, crops and mirrors pictures as SSD's ``DataTransformer`` does.

    First ``resize_param``, then ``noise_param``, then the crop of ``crop_h`` x ``crop_w`` (or
    ``crop_size``), the mirror image, and ``(x - mean) * scale``. :meth:`distort` and :meth:`expand`
    come before all that, where the layer asks for them. A mean image must have the size of the
    result, and is not mirrored with the picture; that of a picture which is not encoded has the
    picture's own size, and is cropped and mirrored with it.
    """

    def __init__(
        self,
        settings: caffe_pb2.TransformationParameter,
        phase: int,
        mean: npt.NDArray[np.float32] | None = None,
    ) -> None:
        super().__init__(settings, phase, mean)
        self.settings = settings
        self.resize_param = settings.resize_param if settings.HasField("resize_param") else None
        if self.resize_param is not None and not (
            self.resize_param.height and self.resize_param.width
        ):
            raise DataError(
                f"resize_param has height {self.resize_param.height} and width "
                f"{self.resize_param.width}. Expected: positive numbers"
            )
        if settings.HasField("expand_param") and settings.expand_param.max_expand_ratio <= 1:
            raise DataError(
                f"expand_param.max_expand_ratio is {settings.expand_param.max_expand_ratio:g}. "
                "Expected: more than 1"
            )
        self.crop_h = self.crop_size or int(settings.crop_h)
        self.crop_w = self.crop_size or int(settings.crop_w)
        self._libc = LibcRandom()

    @property
    def is_random(self) -> bool:
        """Whether images are treated differently from one another."""
        return self.mirror or (self.train and self.crop_h > 0 and self.crop_w > 0)

    @property
    def takes_several(self) -> bool:
        """Never: each picture is resized for itself."""
        return False

    def shape(self, sizes: tuple[int, ...], what: str = "the image") -> Sizes:
        """The shape that an image of ``sizes`` (C, H, W) gets.

        Raises :class:`DataError` where it is smaller than the crop.
        """
        channels, height, width = sizes
        if self.resize_param is not None:
            height, width = resized_shape((height, width), self.resize_param)
        if height < self.crop_h or width < self.crop_w:
            raise DataError(
                f"{what} has {height} x {width} pixels (height x width). "
                f"Expected: at least {self.crop_h} x {self.crop_w}, the crop of transform_param"
            )
        return channels, self.crop_h or height, self.crop_w or width

    def check(self, sizes: tuple[int, ...], what: str = "the image") -> None:
        """Make sure that the mean fits images of ``sizes`` (C, H, W).

        Raises :class:`DataError`.
        """
        self._mean_for(self.shape(sizes, what), what)

    def apply(self, image: npt.NDArray[Any], out: npt.NDArray[Any], what: str = "") -> None:
        """Write the values of ``image`` (C, H, W) into ``out``.

        Raises :class:`DataError` where image, mean and ``out`` do not fit.
        """
        if image.dtype != np.uint8:
            raise DataError(f"{what} holds {image.dtype}. Expected: bytes, which can be resized")
        picture = np.ascontiguousarray(image.transpose(1, 2, 0))
        self.apply_picture(picture, out, what)

    def apply_picture(
        self,
        picture: Image,
        out: npt.NDArray[Any],
        what: str = "the image",
        *,
        encoded: bool = True,
    ) -> tuple[Box, bool]:
        """Write the values of ``picture`` (H, W, C), which was ``encoded`` or not, into ``out``.

        Returns the part of the resized picture that the crop took, in fractions, and whether it was
        mirrored.
        """
        mirrored = self.mirror and bool(self._below(2))
        if self.resize_param is not None:
            picture = resize(picture, self.resize_param, self.thread_random)
        if self.settings.HasField("noise_param"):
            picture = make_noise(picture, self.settings.noise_param, self.thread_random)
        planes = as_planes(picture)
        channels, height, width = planes.shape
        crop_h, crop_w = self.crop_h, self.crop_w
        top = left = 0
        if crop_h and crop_w:
            if height < crop_h or width < crop_w:
                raise DataError(
                    f"{what} has {height} x {width} pixels (height x width). "
                    f"Expected: at least {crop_h} x {crop_w}, the crop of transform_param"
                )
            if self.train:
                top, left = self._below(height - crop_h + 1), self._below(width - crop_w + 1)
            else:
                top, left = (height - crop_h) // 2, (width - crop_w) // 2
            planes = planes[:, top : top + crop_h, left : left + crop_w]
        if out.shape != planes.shape:
            raise DataError(
                f"{what} makes {planes.shape} (channels, height, width). "
                f"Expected: {out.shape}, as the first one of the batch"
            )
        if encoded or self.mean is None:
            mean = self._mean_for((channels, *planes.shape[1:]), what)
        else:
            mean = self._mean_for((channels, height, width), what)
            assert mean is not None
            mean = mean[:, top : top + planes.shape[1], left : left + planes.shape[2]]
            mean = mean[:, :, ::-1] if mirrored else mean
        out[...] = planes[:, :, ::-1] if mirrored else planes
        if mean is not None:
            out -= mean.astype(out.dtype, copy=False)
        if self.scale != 1:
            out *= out.dtype.type(self.scale)
        frame = as_box(
            _F(left) / _F(width),
            _F(top) / _F(height),
            _F(left + planes.shape[2]) / _F(width),
            _F(top + planes.shape[1]) / _F(height),
        )
        return frame, mirrored

    def distort(self, picture: Image) -> Image:
        """``picture`` with its colours distorted (``distort_param``)."""
        return distort(picture, self.settings.distort_param, self.thread_random, self._libc)

    def expand(self, picture: Image, fill: int | None = None) -> tuple[Image, Box] | None:
        """``picture`` at a random place of a larger canvas, or None where chance leaves it alone.

        The canvas has the colour ``mean_value`` says (black without one, or ``fill``). The canvas
        comes back with its place in fractions of the picture.
        """
        settings = self.settings.expand_param
        random = self.thread_random
        if uniform(random, 0, 1) > _F(settings.prob):
            return None
        if abs(settings.max_expand_ratio - 1) < 1e-2:
            return None
        ratio = uniform(random, 1, settings.max_expand_ratio)
        old_height, old_width = picture.shape[:2]
        height, width = int(_F(old_height) * ratio), int(_F(old_width) * ratio)
        top = math.floor(uniform(random, 0, height - old_height))
        left = math.floor(uniform(random, 0, width - old_width))
        canvas = np.empty((height, width, *picture.shape[2:]), np.uint8)
        canvas[...] = self._canvas_colour(as_planes(canvas).shape) if fill is None else fill
        canvas[top : top + old_height, left : left + old_width] = picture
        frame = as_box(
            _F(-left) / _F(old_width),
            _F(-top) / _F(old_height),
            _F(width - left) / _F(old_width),
            _F(height - top) / _F(old_height),
        )
        return canvas, frame

    def _canvas_colour(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        if self.mean is not None:
            raise DataError("expand_param needs mean_value for the canvas. Received: mean_file")
        if not self.mean_values.size:
            return np.zeros(1, np.uint8)
        self._mean_for((shape[0], shape[1], shape[2]), "a picture to expand")
        colour: npt.NDArray[Any] = np.clip(np.rint(self.mean_values), 0, 255).astype(np.uint8)
        return colour

    def crop_part(self, picture: Image, part: Box) -> tuple[Image, Box]:
        """The pixels in ``part`` of ``picture``, and the part as it was clipped to the picture."""
        frame = clip(part)
        height, width = picture.shape[:2]
        xmin, ymin, xmax, ymax = frame * np.array([width, height, width, height], np.float32)
        left, top = int(xmin), int(ymin)
        cut = picture[top : top + int(ymax - ymin), left : left + int(xmax - xmin)]
        if not cut.size:
            raise DataError(f"a sampled part of {width} x {height} pixels holds no pixel")
        return np.ascontiguousarray(cut), frame
