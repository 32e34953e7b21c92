"""Databases of pictures with boxes as a source of batches, for SSD."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError

from caffe_proto.blob import Array
from caffe_proto.data.annotations import LabelledBox, labelled_boxes, transform_boxes
from caffe_proto.data.augment import FIT_SMALL_SIZE, recompress
from caffe_proto.data.database import Records, open_database
from caffe_proto.data.datum import record_name
from caffe_proto.data.images import Image
from caffe_proto.data.samplers import check_sampler, sample_parts
from caffe_proto.data.ssd import SsdTransformer
from caffe_proto.errors import DataError
from caffe_proto.layers.data_base import PrefetchingLayer, Produce
from caffe_proto.layers.data_records import Feed
from caffe_proto.layers.registry import register_layer
from caffe_proto.schema import caffe_pb2

__all__ = ["AnnotatedData"]

#: What an expanded picture that is not encoded is surrounded with: SSD fills with blanks.
BLANK = ord(" ")


@register_layer("AnnotatedData")
class AnnotatedData(PrefetchingLayer):
    """Pictures and their boxes of a database, augmented as SSD does, ``batch_size`` at a time.

    No bottoms; tops data (batch_size, C, H, W) and, if wanted, label (1, 1, boxes, 8): number in
    the batch, class, instance, xmin, ymin, xmax, ymax (fractions of the result), difficult; one row
    of -1 where no picture has a box. Records without annotation type give label
    (batch_size, 1, 1, 1). No parameters. Settings: ``data_param`` (source, backend, batch_size,
    prefetch 4), ``annotated_data_param`` (batch_sampler; anno_type: overrides the records'),
    ``transform_param``.

    In this order: distort_param, expand_param, a part drawn by one of the batch samplers, then
    resize_param, noise_param, crop, mirror image, mean and scale; the boxes follow, and
    emit_constraint says which of them survive a crop. Encoded pictures are compressed as JPEG after
    each of the first three, as SSD does. resize_mode FIT_SMALL_SIZE needs batch_size 1.

    Source: Liu et al., "SSD: Single Shot MultiBox Detector", 2016, section 2.2.
    """

    def setup(self) -> None:
        # SSD's reader thread takes its seed before anything else.
        self.rng.next()
        super().setup()

    def make_transformer(self) -> SsdTransformer:
        """SSD's transformer, whatever the settings ask for."""
        return self.transformer_of(SsdTransformer)

    def prepare(self) -> Produce:
        settings = self.param.data_param
        annotated = self.param.annotated_data_param
        transformer = self.transformer
        assert isinstance(transformer, SsdTransformer)
        batch_size = self.checked_batch_size(settings.batch_size, "data_param.batch_size")
        resize = transformer.resize_param
        if resize is not None and resize.resize_mode == FIT_SMALL_SIZE and batch_size != 1:
            raise self.error(
                f"data_param.batch_size is {batch_size}. Expected: 1 with resize_mode "
                "FIT_SMALL_SIZE, as pictures keep different sizes"
            )
        for field, value in annotated.ListFields():
            known = ("batch_sampler", "label_map_file", "anno_type")
            if field.name not in known and value != field.default_value:
                raise self.error(
                    f"annotated_data_param.{field.name} belongs to a fork of Caffe and is not "
                    "supported here"
                )
        for sampler in annotated.batch_sampler:
            check_sampler(sampler)
        path = self.find(settings.source, "data_param.source")
        database = self._database = open_database(path, settings.backend)
        key, value = next(Records(database))
        record = parse_annotated(key, value)
        what = record_name(key)
        image = transformer.array(record.datum, what)
        self.top_blobs[0].reshape(batch_size, *transformer.shape(image.shape, what))
        whole = record.datum.encoded or transformer.mean is None
        if whole and (resize is not None or not annotated.batch_sampler):
            transformer.check(image.shape, what)
        with_labels = len(self.top_blobs) > 1
        kind: int | None = None
        if annotated.HasField("anno_type"):
            kind = annotated.anno_type
        elif record.HasField("type"):
            kind = record.type
        if kind not in (None, caffe_pb2.AnnotatedDatum.BBOX):
            raise self.error(f"{what} has the annotation type {kind}. Expected: BBOX (0)")
        if with_labels and kind is None:
            self.top_blobs[1].reshape(batch_size, 1, 1, 1)
        elif with_labels:
            self.top_blobs[1].reshape(1, 1, max(len(labelled_boxes(record)), 1), 8)
        return _Batches(
            Feed(Records(database), self.solver_share()),
            transformer,
            list(annotated.batch_sampler),
            batch_size,
            with_labels,
            kind is not None,
            annotated.HasField("anno_type"),
            np.dtype(self.context.dtype),
            path,
        )

    def record_count(self) -> int:
        """How many records the database has."""
        return self._database.count()


def parse_annotated(key: bytes, value: bytes) -> caffe_pb2.AnnotatedDatum:
    """The AnnotatedDatum in a record.

    Raises :class:`DataError` naming the record where it is something else.
    """
    try:
        record = caffe_pb2.AnnotatedDatum.FromString(value)
    except DecodeError:
        record = caffe_pb2.AnnotatedDatum()
    if not record.HasField("datum"):
        raise DataError(
            f"{record_name(key)} is no AnnotatedDatum ({len(value)} bytes); "
            "a database of plain Datums is for a Data layer"
        )
    return record


@dataclass
class _Batches:
    feed: Feed
    transformer: SsdTransformer
    samplers: list[caffe_pb2.BatchSampler]
    batch_size: int
    with_labels: bool
    with_boxes: bool
    any_type: bool
    dtype: np.dtype[Any]
    path: Path

    def __call__(self) -> list[Array]:
        try:
            return self._batch()
        except DataError as fault:
            raise DataError(f"{self.path}: {fault}") from None

    def _batch(self) -> list[Array]:
        batch: Array | None = None
        rows: list[list[float]] = []
        labels = np.zeros((self.batch_size, 1, 1, 1), self.dtype)
        for item in range(self.batch_size):
            key, value = next(self.feed)
            what = record_name(key)
            record = parse_annotated(key, value)
            self._check_kind(record, what)
            picture, objects = self._augmented(record, what)
            if batch is None:
                channels = 1 if picture.ndim == 2 else picture.shape[2]
                shape = self.transformer.shape((channels, *picture.shape[:2]), what)
                batch = np.empty((self.batch_size, *shape), self.dtype)
            frame, mirrored = self.transformer.apply_picture(
                picture, batch[item], what, encoded=record.datum.encoded
            )
            labels[item] = record.datum.label
            kept = transform_boxes(
                objects,
                frame,
                (picture.shape[0], picture.shape[1]),
                resize=self.transformer.resize_param,
                emit=self._emit(),
                mirrored=mirrored,
            )
            rows += [[item, o.label, o.instance, *o.box.tolist(), o.difficult] for o in kept]
        assert batch is not None
        if not self.with_labels:
            return [batch]
        if not self.with_boxes:
            return [batch, labels]
        table = np.array(rows or [[-1.0] * 8], self.dtype)
        return [batch, table.reshape(1, 1, -1, 8)]

    def _check_kind(self, record: caffe_pb2.AnnotatedDatum, what: str) -> None:
        if not self.with_labels:
            return
        if not self.with_boxes:
            if not record.datum.HasField("label"):
                raise DataError(f"{what} has neither boxes nor a label")
        elif not record.HasField("type"):
            raise DataError(f"{what} has no annotation type, as the first record has")
        elif not self.any_type and record.type != record.BBOX:
            raise DataError(f"{what} has the annotation type {record.type}. Expected: BBOX (0)")

    def _emit(self) -> caffe_pb2.EmitConstraint | None:
        settings = self.transformer.settings
        return settings.emit_constraint if settings.HasField("emit_constraint") else None

    def _augmented(
        self, record: caffe_pb2.AnnotatedDatum, what: str
    ) -> tuple[Image, list[LabelledBox]]:
        """The picture of a record, distorted, expanded and cropped, and its objects."""
        transformer = self.transformer
        settings = transformer.settings
        planes = transformer.array(record.datum, what)
        if planes.dtype != np.uint8:
            raise DataError(f"{what} holds {planes.dtype}. Expected: bytes")
        picture: Image = np.ascontiguousarray(planes.transpose(1, 2, 0))
        objects = labelled_boxes(record)
        encoded = record.datum.encoded

        def stored(changed: Image) -> Image:
            return recompress(changed, transformer.color) if encoded else changed

        # SSD leaves pictures that are not encoded undistorted.
        if settings.HasField("distort_param") and encoded:
            picture = stored(transformer.distort(picture))
        if settings.HasField("expand_param"):
            expanded = transformer.expand(picture, None if encoded else BLANK)
            if expanded is not None:
                size = (picture.shape[0], picture.shape[1])
                picture = stored(expanded[0])
                objects = transform_boxes(objects, expanded[1], size, emit=self._emit())
        if self.samplers:
            random = transformer.thread_random
            parts = sample_parts(objects, self.samplers, random)
            if parts:
                part = parts[random.below(len(parts))]
                size = (picture.shape[0], picture.shape[1])
                cut, frame = transformer.crop_part(picture, part)
                picture = stored(cut)
                objects = transform_boxes(objects, frame, size, emit=self._emit())
        return picture, objects
