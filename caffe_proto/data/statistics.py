"""What is in a database: counts, shapes, labels, the mean image, a sheet of its pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError

from caffe_proto.data.database import Database
from caffe_proto.data.datum import datum_array, parse_datum, record_name
from caffe_proto.data.images import Image, opencv
from caffe_proto.errors import DataError
from caffe_proto.schema import caffe_pb2

__all__ = ["DatabaseSummary", "channel_means", "contact_sheet", "mean_image", "summarize"]

Progress = Callable[[int], None]


@dataclass
class DatabaseSummary:
    """What :func:`summarize` found."""

    count: int = 0
    first_key: str = ""
    last_key: str = ""
    #: ``(C, H, W)`` → how often.
    shapes: Counter[tuple[int, ...]] = field(default_factory=Counter)
    #: ``bytes``, ``floats``, ``encoded`` → how often.
    kinds: Counter[str] = field(default_factory=Counter)
    labels: Counter[int] = field(default_factory=Counter)
    #: Records with boxes, and the boxes in them by class.
    annotated: int = 0
    boxes: Counter[int] = field(default_factory=Counter)
    #: Encoded records whose size was looked up (decoding all may take long).
    decoded: int = 0
    bytes: int = 0


def _parse(
    database: Database, key: bytes, value: bytes
) -> tuple[caffe_pb2.Datum, caffe_pb2.AnnotatedDatum | None]:
    """The Datum of a record, plain or annotated."""
    fault: DataError | None = None
    try:
        datum = parse_datum(key, value)
        if datum.data or datum.float_data:
            return datum, None
    except DataError as raised:
        fault = raised
    try:
        record = caffe_pb2.AnnotatedDatum.FromString(value)
    except DecodeError:
        record = None
    if record is not None and record.HasField("datum"):
        return record.datum, record
    if fault is not None:
        raise DataError(f"{database.path}: {fault}")
    return datum, None


def summarize(
    database: Database, decode: int = 1000, progress: Progress | None = None
) -> DatabaseSummary:
    """Read every record once; of the encoded ones the first ``decode`` are decoded for their size.

    Raises :class:`DataError` for a record that is no Datum.
    """
    found = DatabaseSummary()
    key = b""
    for key, value in database.items():
        what = f"{database.path}: {record_name(key)}"
        datum, record = _parse(database, key, value)
        if not found.count:
            found.first_key = key.decode(errors="backslashreplace")
        found.count += 1
        found.bytes += len(value)
        if datum.encoded:
            found.kinds["encoded"] += 1
            if found.decoded < decode:
                found.decoded += 1
                found.shapes[datum_array(datum, what).shape] += 1
        else:
            found.kinds["bytes" if datum.data or not datum.float_data else "floats"] += 1
            found.shapes[datum.channels, datum.height, datum.width] += 1
        if datum.HasField("label"):
            found.labels[datum.label] += 1
        if record is not None:
            found.annotated += 1
            for group in record.annotation_group:
                found.boxes[group.group_label] += len(group.annotation)
        if progress is not None:
            progress(found.count)
    found.last_key = key.decode(errors="backslashreplace")
    return found


def _arrays(database: Database) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    for key, value in database.items():
        datum, _ = _parse(database, key, value)
        what = f"{database.path}: {record_name(key)}"
        array = datum_array(datum, what)
        stored = max(len(datum.data), len(datum.float_data))
        if not datum.encoded and stored != array.size:
            raise DataError(
                f"{what} has {stored} values. "
                f"Expected: {array.size} for {array.shape} (channels, height, width)"
            )
        yield what, array


def mean_image(database: Database, progress: Progress | None = None) -> npt.NDArray[np.float32]:
    """The mean of all records, ``(1, C, H, W)``, as Caffe's ``compute_image_mean`` finds it.

    The shape is that of the first record; as in Caffe the others need only have as many values.
    Raises :class:`DataError` where they have not, and for a database without any records.
    """
    # Summed in float32, as Caffe does: with very many pictures its means are that much off.
    total: npt.NDArray[np.float32] | None = None
    count = 0
    for what, array in _arrays(database):
        if total is None:
            total = np.zeros(array.shape, np.float32)
        elif array.size != total.size:
            raise DataError(
                f"{what} has the shape {array.shape}, which is {array.size} values. "
                f"Expected: {total.size}, as the first record with its shape {total.shape}"
            )
        total += array.reshape(total.shape)
        count += 1
        if progress is not None:
            progress(count)
    if total is None:
        raise DataError(f"database {database.path} has no records")
    mean: npt.NDArray[np.float32] = (total / np.float32(count))[None]
    return mean


def channel_means(mean: npt.NDArray[np.float32]) -> list[float]:
    """The mean of each channel of a mean image ``(1, C, H, W)``: values for ``mean_value``."""
    planes = mean.reshape(mean.shape[-3], -1)
    # One value after the other in float32, as the log of compute_image_mean has it.
    sums = np.add.accumulate(planes, axis=1, dtype=np.float32)[:, -1]
    return [float(value) for value in sums / np.float32(planes.shape[1])]


def contact_sheet(database: Database, count: int = 64, cell: int = 96) -> Image:
    """The first ``count`` records as small pictures in a grid, with their labels; ``(H, W, 3)``.

    Arrays that are no pictures are shown by their first channel, stretched to black and white.
    Raises :class:`DataError` for a database without records.
    """
    cv2 = opencv()
    tiles = []
    for key, value in islice(database.items(), count):
        datum, _ = _parse(database, key, value)
        what = f"{database.path}: {record_name(key)}"
        picture = _visible(datum_array(datum, what))
        height, width = picture.shape[:2]
        factor = cell / max(height, width)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = cv2.resize(
            picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST
        )
        tile = np.full((cell + 20, cell + 4, 3), 255, np.uint8)
        top, left = (cell - size[1]) // 2 + 2, (cell - size[0]) // 2 + 2
        tile[top : top + size[1], left : left + size[0]] = small
        place = (2, cell + 16)
        cv2.putText(
            tile, str(datum.label), place, cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 0), 1, cv2.LINE_AA
        )
        tiles.append(tile)
    if not tiles:
        raise DataError(f"database {database.path} has no records")
    columns = min(len(tiles), max(1, round(len(tiles) ** 0.5 * 1.2)))
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    return np.asarray(np.vstack(rows), np.uint8)


def _visible(array: npt.NDArray[Any]) -> Image:
    """``(C, H, W)`` as a picture ``(H, W, 3)``."""
    planes = array[:3] if array.shape[0] in (3, 4) else array[:1]
    if planes.dtype != np.uint8:
        values = np.nan_to_num(planes.astype(np.float64))
        span = float(np.ptp(values)) or 1.0
        planes = np.rint((values - values.min()) / span * 255).astype(np.uint8)
    picture = np.repeat(planes, 3 // planes.shape[0], axis=0).transpose(1, 2, 0)
    return np.ascontiguousarray(picture, np.uint8)
