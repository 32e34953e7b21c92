"""Lists of picture files as a source of batches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.data.images import as_planes, read_image
from caffe_proto.data.lists import read_image_list
from caffe_proto.data.paths import find_path
from caffe_proto.data.transformer import Transformer
from caffe_proto.layers.base import Arity
from caffe_proto.layers.data_base import PrefetchingLayer, Produce
from caffe_proto.layers.registry import register_layer
from caffe_proto.rng import CaffeRandom

__all__ = ["ImageData"]

#: In lists up to this length every picture is looked for before anything starts.
CHECKED_AT_ONCE = 100_000


@register_layer("ImageData")
class ImageData(PrefetchingLayer):
    """Pictures of a list of files, with a label each, ``batch_size`` at a time.

    No bottoms; two tops, data (batch_size, C, H, W) and label (batch_size,). No parameters.
    Settings: ``image_data_param`` (source: a text file of lines ``name label``; root_folder ""
    put in front of each name; batch_size 1; new_height and new_width 0: resize to this size;
    is_color true; shuffle false; rand_skip 0: skip up to so many pictures at first),
    ``transform_param`` (scale 1, mirror false, crop_size 0, mean_file or mean_value; SSD's
    resize_param, noise_param, crop_h, crop_w).

    Pictures are decoded and resized with OpenCV, channels in the order blue, green, red. Without
    a new size pictures of one batch must be of one size; from one batch to the next it may change.
    ``shuffle`` orders the list anew after each round.
    """

    num_tops: ClassVar[Arity] = 2

    def prepare(self) -> Produce:
        settings = self.param.image_data_param
        if (settings.new_height > 0) != (settings.new_width > 0):
            raise self.error(
                f"image_data_param has new_height {settings.new_height} and new_width "
                f"{settings.new_width}. Expected: both, or neither"
            )
        batch_size = self.checked_batch_size(settings.batch_size, "image_data_param.batch_size")
        lines = read_image_list(self.find(settings.source, "image_data_param.source"))
        self._count = len(lines)
        shuffler = None
        if settings.shuffle:
            shuffler = CaffeRandom(self.rng.next())
            shuffler.shuffle(lines)
        at = 0
        if settings.rand_skip:
            at = self.rng.below(settings.rand_skip)
            if at >= len(lines):
                raise self.error(
                    f"image_data_param.rand_skip {settings.rand_skip} skips {at} pictures. "
                    f"Expected: less than the list has, {len(lines)}"
                )
        source = _Pictures(
            lines,
            at,
            shuffler,
            settings.root_folder,
            self.context.directory,
            settings.is_color,
            (settings.new_height, settings.new_width) if settings.new_height else None,
        )
        if len(lines) <= CHECKED_AT_ONCE:
            source.check_all()
        image, _, what = source.read()
        shape = self.transformer.shape(image.shape, what)
        self.transformer.check(image.shape, what)
        self.top_blobs[0].reshape(batch_size, *shape)
        self.top_blobs[1].reshape(batch_size)
        return _Batches(source, self.transformer, batch_size, np.dtype(self.context.dtype))

    def record_count(self) -> int:
        """How many pictures the list has."""
        return self._count


class _Pictures:
    """The pictures of a list, over and over."""

    def __init__(
        self,
        lines: list[tuple[str, int]],
        at: int,
        shuffler: CaffeRandom | None,
        root: str,
        directory: Path | None,
        color: bool,
        size: tuple[int, int] | None,
    ) -> None:
        self._lines = lines
        self._at = at
        self._shuffler = shuffler
        self._root = root
        self._directory = directory
        self._color = color
        self._size = size

    def read(self) -> tuple[Array, int, str]:
        """The present picture ``(C, H, W)``, its label, and its name for errors."""
        name, label = self._lines[self._at]
        # The two are put together as they are: root_folder brings its own slash.
        path = find_path(self._root + name, self._directory, "picture of the list")
        return as_planes(read_image(path, self._color, self._size)), label, f"picture {path}"

    def check_all(self) -> None:
        """Raise :class:`DataError` naming the first picture of the list that is missing."""
        for name, _ in self._lines:
            # The usual place first: this is called for every line of the list.
            if not os.path.exists(self._root + name):
                find_path(self._root + name, self._directory, "picture of the list")

    def advance(self) -> None:
        """Go on to the next picture."""
        self._at += 1
        if self._at == len(self._lines):
            self._at = 0
            if self._shuffler is not None:
                self._shuffler.shuffle(self._lines)


class _Batches:
    def __init__(
        self, source: _Pictures, transformer: Transformer, size: int, dtype: np.dtype[Any]
    ) -> None:
        self._source = source
        self._transformer = transformer
        self._size = size
        self._dtype = dtype

    def __call__(self) -> list[Array]:
        batch: Array | None = None
        labels = np.empty(self._size, self._dtype)
        for i in range(self._size):
            image, labels[i], what = self._source.read()
            if batch is None:
                shape = self._transformer.shape(image.shape, what)
                batch = np.empty((self._size, *shape), self._dtype)
            self._transformer.apply(image, batch[i], what)
            self._source.advance()
        assert batch is not None
        return [batch, labels]
