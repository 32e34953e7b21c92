"""Arrays that the program hands over, as a source of batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from caffe_proto.blob import Array
from caffe_proto.data.images import as_planes
from caffe_proto.data.transformer import Transformer
from caffe_proto.layers.data_base import DataLayer
from caffe_proto.layers.registry import register_layer

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["MemoryData"]


@register_layer("MemoryData")
class MemoryData(DataLayer):
    """Arrays handed over in memory, ``batch_size`` rows at a time, over and over.

    No bottoms; two tops, data (batch_size, C, H, W) and label (batch_size, 1, 1, 1), which before
    the first forward pass is (batch_size,). No parameters. Settings: ``memory_data_param``
    (batch_size, channels, height, width), ``transform_param`` for :meth:`add_data`.

    :meth:`reset` hands over arrays that are used as they are; :meth:`add_data` images that are
    transformed first.
    """

    num_tops = 2

    def setup(self) -> None:
        settings = self.param.memory_data_param
        sizes = (settings.batch_size, settings.channels, settings.height, settings.width)
        if min(sizes) < 1:
            raise self.error(
                "memory_data_param has batch_size {}, channels {}, height {}, width {}. "
                "Expected: positive numbers".format(*sizes)
            )
        #: Rows a batch.
        self.batch_size = int(sizes[0])
        #: (C, H, W) of a row.
        self.row_shape = (int(sizes[1]), int(sizes[2]), int(sizes[3]))
        with self.faults_named():
            self.transformer: Transformer = self.make_transformer()
            self.transformer.seed(self.rng)
        self._data: Array | None = None
        self._labels: Array | None = None
        self._position = 0
        self._unconsumed = False
        self.top_blobs[0].reshape(self.batch_size, *self.row_shape)
        self.top_blobs[1].reshape(self.batch_size)

    def record_count(self) -> int | None:
        """How many rows were handed over."""
        return None if self._data is None else self._data.shape[0]

    def reset(self, data: npt.ArrayLike, labels: npt.ArrayLike) -> None:
        """Take ``data`` (n, C, H, W) and ``labels`` (n values) as they are, from the first row on.

        The arrays are not copied where they are C-contiguous and of the net's dtype; n must be a
        multiple of the batch size. Raises :class:`DataError` for other shapes.
        """
        dtype = np.dtype(self.context.dtype)
        rows = np.ascontiguousarray(data, dtype)
        values = np.ascontiguousarray(labels, dtype)
        if rows.ndim != 4 or rows.shape[1:] != self.row_shape:
            expected = ", ".join(map(str, self.row_shape))
            raise self.error(f"data has the shape {rows.shape}. Expected: (n, {expected})")
        if values.size != rows.shape[0]:
            raise self.error(f"{values.size} labels for {rows.shape[0]} rows. Expected: one a row")
        if rows.shape[0] == 0 or rows.shape[0] % self.batch_size:
            raise self.error(
                f"data has {rows.shape[0]} rows. "
                f"Expected: a multiple of the batch size {self.batch_size}"
            )
        self._data, self._labels = rows, values.reshape(-1)
        self._position = 0

    def add_data(
        self,
        images: Sequence[npt.NDArray[np.uint8] | caffe_pb2.Datum],
        labels: npt.ArrayLike | None = None,
    ) -> None:
        """Transform images, (H, W, C) or (H, W) uint8 or Datums, and deliver them from the next
        forward pass on.

        ``labels`` has one value an image; Datums bring their own. Raises :class:`DataError` while
        images added before are not used up, for a number that is no multiple of the batch size,
        and for images of other sizes.
        """
        if self._unconsumed:
            raise self.error("cannot take images before those added last are used up")
        count = len(images)
        if count == 0 or count % self.batch_size:
            raise self.error(
                f"received {count} images. Expected: a multiple of the batch size {self.batch_size}"
            )
        rows = np.empty((count, *self.row_shape), self.context.dtype)
        own = []
        with self.faults_named():
            for i, image in enumerate(images):
                what = f"image {i}"
                if isinstance(image, np.ndarray):
                    planes: Array = as_planes(image)
                else:
                    planes = self.transformer.array(image, what)
                    own.append(image.label)
                self.transformer.apply(planes, rows[i], what)
        if labels is None:
            if len(own) != count:
                raise self.error("received images without labels. Expected: one label an image")
            labels = own
        self.reset(rows, labels)
        self._unconsumed = True

    def forward(self) -> list[Array]:
        if self._data is None or self._labels is None:
            raise self.error(
                "has no data. Expected: net.layer(name).reset(data, labels) before the first "
                "forward pass"
            )
        rows = slice(self._position, self._position + self.batch_size)
        self._position = (self._position + self.batch_size) % self._data.shape[0]
        if self._position == 0:
            self._unconsumed = False
        # The label gets its four axes with the first pass, as in Caffe.
        return [self._data[rows], self._labels[rows].reshape(-1, 1, 1, 1)]
