"""Windows of pictures as a source of batches, for R-CNN."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.data.images import decode_image
from caffe_proto.data.lists import WindowImage, read_window_file
from caffe_proto.data.windows import cut_window
from caffe_proto.errors import DataError
from caffe_proto.layers.base import Arity
from caffe_proto.layers.data_base import PrefetchingLayer, Produce
from caffe_proto.layers.registry import register_layer
from caffe_proto.rng import CaffeRandom

__all__ = ["WindowData"]

#: A window: number of its picture, x1, y1, x2, y2 in pixels, label.
Window = tuple[int, tuple[int, int, int, int], int]


@register_layer("WindowData")
class WindowData(PrefetchingLayer):
    """Windows of pictures, foreground and background, drawn at random and warped to a square.

    No bottoms; two tops, data (batch_size, 3, crop_size, crop_size) and label (batch_size,), the
    background's windows (label 0) first. No parameters. Settings: ``window_data_param`` (source: a
    window file, as R-CNN writes it; root_folder ""; batch_size; scale 1; fg_threshold 0.5: least
    overlap of the foreground; bg_threshold 0.5: the background has less; fg_fraction 0.25 of a
    batch; context_pad 0: pixels around each window; crop_mode "warp" or "square"; cache_images
    false), ``transform_param`` (crop_size, mirror false, mean_file or mean_value).

    ``scale`` of ``transform_param`` is ignored, as in Caffe. A mean image is cut at the same offset
    in height and in width, half of what its width exceeds the crop.
    """

    num_tops: ClassVar[Arity] = 2

    def prepare(self) -> Produce:
        settings = self.param.window_data_param
        crop_size = self.transformer.crop_size
        # Not only in TRAIN, as for the transformer: windows are always drawn.
        random = None
        if self.transformer.mirror or crop_size:
            random = CaffeRandom(self.rng.next())
        if random is None or crop_size < 1:
            raise self.error(
                f"transform_param.crop_size is {crop_size}. Expected: the side of the windows"
            )
        if 2 * settings.context_pad >= crop_size:
            raise self.error(
                f"window_data_param.context_pad {settings.context_pad} leaves nothing of "
                f"crop_size {crop_size}. Expected: less than half of it"
            )
        batch_size = self.checked_batch_size(settings.batch_size, "window_data_param.batch_size")
        foreground = int(np.float32(batch_size) * np.float32(settings.fg_fraction))
        if not 0 <= foreground <= batch_size:
            raise self.error(
                f"window_data_param.fg_fraction is {settings.fg_fraction:g}. Expected: 0 to 1"
            )
        source = self.find(settings.source, "window_data_param.source")
        images = read_window_file(source)
        paths = [
            self.find(settings.root_folder + image.name, f"picture of {source}") for image in images
        ]
        counts = (batch_size - foreground, foreground)
        windows = _sorted_windows(
            source,
            images,
            np.float32(settings.fg_threshold),
            np.float32(settings.bg_threshold),
            counts,
        )
        # Of the channels that the file gives, Caffe takes those of the last picture.
        if images[-1].channels != 3:
            raise self.error(
                f"{source}: picture {images[-1].name} has {images[-1].channels} channels. "
                "Expected: 3, as all are read in colour"
            )
        self.top_blobs[0].reshape(batch_size, 3, crop_size, crop_size)
        self.top_blobs[1].reshape(batch_size)
        cache = [_contents(path) for path in paths] if settings.cache_images else None
        return _Windows(
            pictures=_Pictures(paths, cache),
            background=windows[0],
            foreground=windows[1],
            counts=counts,
            crop_size=crop_size,
            context_pad=settings.context_pad,
            square=settings.crop_mode == "square",
            mirror=self.transformer.mirror,
            mean=self._mean(crop_size),
            scale=np.float32(settings.scale),
            random=random,
            dtype=np.dtype(self.context.dtype),
        )

    def _mean(self, crop_size: int) -> Array | None:
        """What is subtracted: (3, 1, 1), or (3, crop_size, crop_size) of a mean image."""
        mean = self.transformer.mean
        if mean is None:
            self.transformer.check((3, crop_size, crop_size), "a window")
            values = self.transformer.mean_values
            return values.reshape(-1, 1, 1) if values.size else None
        channels, height, width = mean.shape
        offset = (width - crop_size) // 2
        if channels != 3 or offset < 0 or offset + crop_size > height:
            raise self.error(
                f"mean_file has the shape {mean.shape}. Expected: 3 channels, and at least "
                f"{max(offset, 0) + crop_size} x {crop_size} pixels (height x width) for "
                f"crop_size {crop_size}"
            )
        return mean[:, offset : offset + crop_size, offset : offset + crop_size]


def _sorted_windows(
    source: Path,
    images: list[WindowImage],
    fg_threshold: np.float32,
    bg_threshold: np.float32,
    counts: tuple[int, int],
) -> tuple[list[Window], list[Window]]:
    """The background's windows and the foreground's, in the order of the file.

    Raises :class:`DataError` where there is none of a kind that ``counts`` asks for.
    """
    background: list[Window] = []
    foreground: list[Window] = []
    for image in images:
        rows = zip(image.labels.tolist(), image.overlaps, image.boxes.tolist(), strict=True)
        for row, (label, overlap, (x1, y1, x2, y2)) in enumerate(rows):
            box = (x1, y1, x2, y2)
            if overlap >= fg_threshold:
                if label <= 0:
                    raise DataError(
                        f"{source}: window {row} of picture {image.name} has the class {label} and "
                        f"the overlap {overlap:g}. Expected: a class above 0 for the foreground"
                    )
                foreground.append((image.number, box, label))
            elif overlap < bg_threshold:
                background.append((image.number, box, 0))
    for windows, count, what, bound in (
        (foreground, counts[1], "foreground", f"at least fg_threshold {fg_threshold:g}"),
        (background, counts[0], "background", f"less than bg_threshold {bg_threshold:g}"),
    ):
        if count and not windows:
            raise DataError(f"{source} has no {what}: no window with an overlap of {bound}")
    return background, foreground


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise DataError(f"picture {path}: {fault.strerror or fault}") from None


@dataclass
class _Pictures:
    paths: list[Path]
    cache: list[bytes] | None

    def read(self, number: int) -> Array:
        path = self.paths[number]
        data = _contents(path) if self.cache is None else self.cache[number]
        return decode_image(data, True, f"picture {path}")


@dataclass
class _Windows:
    """Makes the batches."""

    pictures: _Pictures
    background: list[Window]
    foreground: list[Window]
    #: Windows a batch of background and foreground.
    counts: tuple[int, int]
    crop_size: int
    context_pad: int
    square: bool
    mirror: bool
    mean: Array | None
    scale: np.float32
    random: CaffeRandom
    dtype: np.dtype[Any]

    def __call__(self) -> list[Array]:
        size = sum(self.counts)
        batch = np.zeros((size, 3, self.crop_size, self.crop_size), self.dtype)
        labels = np.empty(size, self.dtype)
        item = 0
        for windows, count in zip((self.background, self.foreground), self.counts, strict=True):
            for _ in range(count):
                window = windows[self.random.below(len(windows))]
                mirrored = self.mirror and bool(self.random.below(2))
                self._fill(batch[item], window, mirrored)
                labels[item] = window[2]
                item += 1
        return [batch, labels]

    def _fill(self, out: Array, window: Window, mirrored: bool) -> None:
        number, box, _ = window
        image = self.pictures.read(number)
        try:
            patch = cut_window(image, box, self.crop_size, self.context_pad, self.square, mirrored)
        except DataError as fault:
            raise DataError(f"picture {self.pictures.paths[number]}: {fault}") from None
        height, width = patch.image.shape[:2]
        inside = (
            slice(None),
            slice(patch.top, patch.top + height),
            slice(patch.left, patch.left + width),
        )
        planes = patch.image.transpose(2, 0, 1)
        part = out[inside]
        if self.mean is None:
            part[...] = planes
        else:
            mean = self.mean if self.mean.shape[-1] == 1 else self.mean[inside]
            np.subtract(planes, mean.astype(self.dtype, copy=False), out=part)
        if self.scale != 1:
            part *= self.dtype.type(self.scale)
