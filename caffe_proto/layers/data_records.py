"""Databases as a source of batches."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.data.database import Records, open_database
from caffe_proto.data.datum import parse_datum, record_name
from caffe_proto.data.transformer import Transformer
from caffe_proto.errors import DataError
from caffe_proto.layers.data_base import PrefetchingLayer, Produce
from caffe_proto.layers.registry import register_layer
from caffe_proto.schema import caffe_pb2

__all__ = ["Data", "Feed"]

#: Values that are transformed in one go: few enough to stay in the cache from step to step.
GROUP = 1 << 16


class Feed:
    """The records of a database that are for one solver of several, over and over.

    ``share`` is its rank and their count: record i is for it where ``i % count == rank``.
    """

    def __init__(self, records: Records, share: tuple[int, int]) -> None:
        self._records = records
        self._rank, self._count = share
        self._offset = 0

    def __next__(self) -> tuple[bytes, bytes]:
        while self._offset % self._count != self._rank:
            next(self._records)
            self._offset += 1
        self._offset += 1
        return next(self._records)


@register_layer("Data")
class Data(PrefetchingLayer):
    """Images and labels of a database, ``batch_size`` records at a time.

    No bottoms; tops data (batch_size, C, H, W) and, if wanted, label (batch_size,). No parameters.
    Settings: ``data_param`` (source: the database's folder; backend LEVELDB or LMDB; batch_size;
    prefetch 4: batches read ahead), ``transform_param`` (scale 1, mirror false, crop_size 0,
    mean_file or mean_value, force_color false, force_gray false; SSD's resize_param, noise_param,
    crop_h, crop_w).

    Records come in the order of their keys, after the last one the first. Encoded ones are decoded
    with OpenCV, channels in the order blue, green, red. Images of one batch have one size; from one
    batch to the next it may change (batch_size 1 takes images of any sizes). ``rand_skip`` is
    ignored, as in Caffe. The source is not changed, nor locked.
    """

    def prepare(self) -> Produce:
        settings = self.param.data_param
        batch_size = self.checked_batch_size(settings.batch_size, "data_param.batch_size")
        path = self.find(settings.source, "data_param.source")
        database = self._database = open_database(path, settings.backend)
        key, value = next(Records(database))
        datum = parse_datum(key, value)
        array = self.transformer.array(datum, record_name(key))
        shape = self.transformer.shape(array.shape, record_name(key))
        self.transformer.check(array.shape, record_name(key))
        self.top_blobs[0].reshape(batch_size, *shape)
        with_labels = len(self.top_blobs) > 1
        if with_labels:
            self.top_blobs[1].reshape(batch_size)
        return partial(
            make_batch,
            Feed(Records(database), self.solver_share()),
            self.transformer,
            batch_size,
            with_labels,
            np.dtype(self.context.dtype),
            path,
        )

    def record_count(self) -> int:
        """How many records the database has."""
        return self._database.count()


def make_batch(
    feed: Feed,
    transformer: Transformer,
    batch_size: int,
    with_labels: bool,
    dtype: np.dtype[Any],
    path: Path,
) -> list[Array]:
    """The next batch: data ``(N, C, H, W)`` and, ``with_labels``, label ``(N,)``."""
    try:
        records = [next(feed) for _ in range(batch_size)]
        datums = [parse_datum(*record) for record in records]
        batch = plain_batch(datums, transformer, dtype)
        if batch is None:
            batch = image_batch(records, datums, transformer, dtype)
    except DataError as fault:
        raise DataError(f"{path}: {fault}") from None
    if not with_labels:
        return [batch]
    return [batch, np.array([datum.label for datum in datums], dtype)]


def plain_batch(
    datums: list[caffe_pb2.Datum], transformer: Transformer, dtype: np.dtype[Any]
) -> Array | None:
    """The batch group by group, where all records are bytes of one size and are treated alike."""
    first = datums[0]
    shape = (first.channels, first.height, first.width)
    count = shape[0] * shape[1] * shape[2]
    if not transformer.takes_several or min(shape) < 1:
        return None
    # Once a datum: every look copies the bytes.
    contents = [datum.data for datum in datums]
    for datum, data in zip(datums, contents, strict=True):
        if datum.encoded or len(data) != count:
            return None
        if (datum.channels, datum.height, datum.width) != shape:
            return None
    batch = np.empty((len(datums), *transformer.shape(shape)), dtype)
    group = max(1, GROUP // count)
    for begin in range(0, len(datums), group):
        part = batch[begin : begin + group]
        data = b"".join(contents[begin : begin + group])
        transformer.apply(np.frombuffer(data, np.uint8).reshape(len(part), *shape), part)
    return batch


def image_batch(
    records: list[tuple[bytes, bytes]],
    datums: list[caffe_pb2.Datum],
    transformer: Transformer,
    dtype: np.dtype[Any],
) -> Array:
    """The batch record by record."""
    batch: Array | None = None
    for i, ((key, _), datum) in enumerate(zip(records, datums, strict=True)):
        what = record_name(key)
        image = transformer.array(datum, what)
        if batch is None:
            batch = np.empty((len(records), *transformer.shape(image.shape, what)), dtype)
        transformer.apply(image, batch[i], what)
    assert batch is not None
    return batch
