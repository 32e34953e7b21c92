"""What ``transform_param`` does to an image: crop, mirror image, mean, scale."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from caffe_proto.data.datum import datum_array
from caffe_proto.errors import CaffeProtoError, DataError
from caffe_proto.rng import CaffeRandom

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["Transformer", "read_mean", "refuse_unknown"]

TRAIN = 0

Array = npt.NDArray[Any]
Sizes = tuple[int, int, int]


def read_mean(path: Path) -> npt.NDArray[np.float32]:
    """The mean image in a ``.binaryproto`` file, ``(C, H, W)``, channels blue, green, red.

    Raises :class:`DataError` where the file holds something else.
    """
    from caffe_proto.weights.binaryproto import read_binaryproto

    try:
        mean = read_binaryproto(path)
    except CaffeProtoError as fault:
        raise DataError(f"mean_file: {fault}") from None
    if mean.ndim > 4 or not mean.size:
        raise DataError(f"mean_file {path} has the shape {mean.shape}. Expected: (1, C, H, W)")
    # Missing axes count as 1, from the end; of several means the first is used.
    mean = mean.reshape(*mean.shape, *[1] * (4 - mean.ndim))
    return np.ascontiguousarray(mean[0], np.float32)


#: What is followed here, and what of the forks changes no value.
_KNOWN = {
    *("scale", "mirror", "crop_size", "mean_file", "mean_value", "force_color", "force_gray"),
    *("crop_h", "crop_w", "resize_param", "noise_param", "distort_param", "expand_param"),
    *("emit_constraint", "forward_packing", "use_gpu_transform", "display", "debug_params"),
    *("num_labels", "random_seed"),
}


def refuse_unknown(settings: caffe_pb2.TransformationParameter) -> None:
    """Raise :class:`DataError` for settings of forks that would change the images unnoticed."""
    for field, value in settings.ListFields():
        if field.name in _KNOWN:
            continue
        if value == field.default_value:
            continue
        raise DataError(
            f"transform_param.{field.name} belongs to a fork of Caffe and is not supported here. "
            "Expected: it is removed"
        )


class Transformer:
    """Turns images ``(C, H, W)`` into the values of a blob, as Caffe's ``DataTransformer`` does.

    First the crop (TRAIN: at a random place, TEST: in the middle), then the mirror image (with
    ``mirror``: every other one at random, in TEST too), then ``(x - mean) * scale``. Random numbers
    come from a stream of its own: :meth:`seed` draws where it begins.

    ``mean`` is what ``mean_file`` holds. Raises :class:`DataError` for settings that contradict
    each other.
    """

    def __init__(
        self,
        settings: caffe_pb2.TransformationParameter,
        phase: int,
        mean: npt.NDArray[np.float32] | None = None,
    ) -> None:
        if settings.HasField("mean_file") and settings.mean_value:
            raise DataError(
                "transform_param has both mean_file and mean_value. Expected: one of them"
            )
        self.crop_size = int(settings.crop_size)
        self.mirror = bool(settings.mirror)
        self.scale = np.float32(settings.scale)
        self._force = bool(settings.force_color), bool(settings.force_gray)
        self.mean = mean
        self.mean_values = np.array(settings.mean_value, np.float32)
        self.train = phase == TRAIN
        self._random: CaffeRandom | None = None
        #: The stream of the thread that transforms, which SSD's augmentations draw from.
        self.thread_random = CaffeRandom(0)

    @property
    def color(self) -> bool | None:
        """Whether encoded Datums are decoded to colour (True), gray (False) or as they are.

        Raises :class:`DataError` where the settings ask for both.
        """
        color, gray = self._force
        if color and gray:
            raise DataError(
                "transform_param has both force_color and force_gray. Expected: one of them"
            )
        return True if color else False if gray else None

    def array(self, datum: caffe_pb2.Datum, what: str) -> Array:
        """What ``datum`` holds, ``(C, H, W)``, decoded as the settings say if it is encoded.

        Raises :class:`DataError` as :func:`datum_array` does.
        """
        # Caffe looks at force_color and force_gray only where there is something to decode.
        return datum_array(datum, what, self.color if datum.encoded else None)

    @property
    def is_random(self) -> bool:
        """Whether images are treated differently from one another."""
        return self.mirror or (self.train and self.crop_size > 0)

    @property
    def takes_several(self) -> bool:
        """Whether :meth:`apply` may be given a whole batch at once."""
        return not self.is_random

    def seed(self, random: CaffeRandom) -> None:
        """Begin a new stream with a seed drawn from ``random``; not random, it draws nothing."""
        self._random = CaffeRandom(random.next()) if self.is_random else None

    def _below(self, n: int) -> int:
        assert self._random is not None
        return self._random.below(n)

    def shape(self, sizes: tuple[int, ...], what: str = "the image") -> Sizes:
        """The shape that an image of ``sizes`` (C, H, W) gets.

        Raises :class:`DataError` where it is smaller than the crop.
        """
        channels, height, width = sizes
        crop = self.crop_size
        if height < crop or width < crop:
            raise DataError(
                f"{what} has {height} x {width} pixels (height x width). "
                f"Expected: at least {crop} x {crop}, the crop_size of transform_param"
            )
        return (channels, crop, crop) if crop else (channels, height, width)

    def check(self, sizes: tuple[int, ...], what: str = "the image") -> None:
        """Make sure that the mean fits images of ``sizes`` (C, H, W).

        Raises :class:`DataError`.
        """
        channels, height, width = sizes
        self._mean_for((channels, height, width), what)

    def apply(self, image: Array, out: Array, what: str = "the image") -> None:
        """Write the values of ``image`` (C, H, W) into ``out``, of the shape :meth:`shape` gives.

        With ``takes_several`` both may have an axis (N) in front. Raises :class:`DataError` where
        image, mean and ``out`` do not fit.
        """
        channels, height, width = image.shape[-3:]
        expected = self.shape((channels, height, width), what)
        if out.shape[-3:] != expected:
            raise DataError(
                f"{what} makes {expected} (channels, height, width). "
                f"Expected: {out.shape[-3:]}, as the first one of the batch"
            )
        mean = self._mean_for((channels, height, width), what)
        mirrored = self.mirror and bool(self._below(2))
        if self.crop_size:
            crop = self.crop_size
            if self.train:
                top = self._below(height - crop + 1)
                left = self._below(width - crop + 1)
            else:
                top, left = (height - crop) // 2, (width - crop) // 2
            image = image[..., top : top + crop, left : left + crop]
            if mean is not None and mean.shape[-1] > 1:
                mean = mean[:, top : top + crop, left : left + crop]
        if mirrored:
            out = out[..., ::-1]
        scaled = self.scale != 1
        if mean is not None:
            np.subtract(image, mean.astype(out.dtype, copy=False), out=out)
            if scaled:
                out *= out.dtype.type(self.scale)
        elif scaled:
            np.multiply(image, out.dtype.type(self.scale), out=out)
        else:
            out[...] = image

    def _mean_for(self, sizes: Sizes, what: str) -> Array | None:
        if self.mean is not None:
            if self.mean.shape != sizes:
                raise DataError(
                    f"mean_file has the shape {self.mean.shape}. Expected: {sizes} (channels, "
                    f"height, width), as {what} has before the crop"
                )
            return self.mean
        count = self.mean_values.size
        if not count:
            return None
        if count not in (1, sizes[0]):
            raise DataError(
                f"transform_param has {count} mean_value. "
                f"Expected: 1, or {sizes[0]}, as many as {what} has channels"
            )
        return self.mean_values.reshape(-1, 1, 1)
