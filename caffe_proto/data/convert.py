"""From picture files to a database, as Caffe's ``convert_imageset`` does it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from caffe_proto.data.database import LMDB
from caffe_proto.data.images import Image, as_planes, opencv, read_image
from caffe_proto.data.lists import read_image_list
from caffe_proto.data.writing import create_database
from caffe_proto.errors import DataError
from caffe_proto.rng import CaffeRandom
from caffe_proto.schema import caffe_pb2

__all__ = ["Conversion", "array_datum", "convert_images", "image_datum"]


@dataclass(frozen=True)
class Conversion:
    """What becomes of each picture: gray or in colour, resized, stored encoded or as bytes."""

    gray: bool = False
    #: Height and width, or None to keep the size.
    size: tuple[int, int] | None = None
    #: Store compressed files instead of pixels.
    encoded: bool = False
    #: Their format (``png``, ``jpg``); empty: as the file's name ends.
    encode_type: str = ""
    #: All pictures must have one size.
    check_size: bool = False


def array_datum(array: npt.NDArray[np.uint8], label: int) -> caffe_pb2.Datum:
    """A Datum of bytes from an array ``(C, H, W)``."""
    channels, height, width = array.shape
    return caffe_pb2.Datum(
        channels=channels,
        height=height,
        width=width,
        data=array.tobytes(),
        label=label,
        encoded=False,
    )


def image_datum(path: Path, label: int, how: Conversion) -> tuple[caffe_pb2.Datum, Image]:
    """The Datum of a picture file, and the picture.

    Raises :class:`DataError` for a file that is missing or no picture.
    """
    image = read_image(path, not how.gray, how.size)
    if not (how.encoded or how.encode_type):
        return array_datum(as_planes(image), label), image
    suffix = path.suffix[1:].lower()
    kind = how.encode_type or suffix
    if not kind:
        raise DataError(
            f"picture {path}: the format to store it in cannot be told from its name. "
            "Expected: --encode-type png or jpg"
        )
    same = suffix == kind or (kind == "jpg" and suffix == "jpeg")
    if same and how.size is None:
        # Untouched, as Caffe does: gray or not is then up to who decodes it.
        return caffe_pb2.Datum(data=path.read_bytes(), label=label, encoded=True), image
    cv2 = opencv()
    try:
        done, data = cv2.imencode(f".{kind}", image)
    except cv2.error:
        done = False
    if not done:
        raise DataError(f'pictures cannot be stored as "{kind}". Expected: png, jpg, ...')
    return caffe_pb2.Datum(data=data.tobytes(), label=label, encoded=True), image


def convert_images(
    folder: Path,
    list_file: Path,
    target: Path,
    how: Conversion | None = None,
    *,
    backend: int = LMDB,
    shuffle: bool = False,
    seed: int | None = None,
    skip_unreadable: bool = False,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
    skipped: Callable[[str], None] | None = None,
) -> int:
    """Write the pictures of a list into a database; returns their number.

    ``list_file`` has lines ``name label``, names relative to ``folder``. Keys are the number of the
    line (8 digits), ``_`` and the name. ``shuffle`` orders the lines by a stream begun with
    ``seed``, as Caffe would. ``skip_unreadable`` leaves out what cannot be read, as Caffe does, and
    tells ``skipped``; ``progress`` is called with the number done and the total. Raises
    :class:`DataError`; the target is then as it was.
    """
    how = how or Conversion()
    lines = read_image_list(list_file)
    if not folder.is_dir():
        raise DataError(f"folder {folder} is missing")
    if shuffle:
        stream = CaffeRandom.fresh() if seed is None else CaffeRandom(seed)
        stream.shuffle(lines)
    if not skip_unreadable:
        _check_there(folder, lines, list_file)
    count = 0
    first: tuple[tuple[int, ...], str] | None = None
    with create_database(target, backend, overwrite) as database:
        for number, (name, datum, shape, fault) in enumerate(_datums(folder, lines, how)):
            if datum is None:
                if not skip_unreadable:
                    raise fault or DataError(f"picture {name} cannot be read")
                if skipped is not None:
                    skipped(str(fault))
                continue
            if how.check_size:
                first = first or (shape, name)
                if shape != first[0]:
                    raise DataError(
                        f"picture {name} is {shape} (height, width, channels). "
                        f"Expected: {first[0]}, as {first[1]} is (--check-size)"
                    )
            key = f"{number:08d}_{name}".encode(errors="surrogateescape")
            database.put(key, datum.SerializeToString())
            count += 1
            if progress is not None:
                progress(number + 1, len(lines))
    return count


def _check_there(folder: Path, lines: Sequence[tuple[str, int]], list_file: Path) -> None:
    missing = [
        name or "(an empty line)"
        for name, _ in lines
        if not os.path.isfile(os.path.join(folder, name))
    ]
    if missing:
        shown = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        raise DataError(
            f"{list_file}: {len(missing)} of {len(lines)} pictures are missing in {folder}: "
            f"{shown} (--skip-unreadable leaves them out)"
        )


_Made = tuple[str, "caffe_pb2.Datum | None", tuple[int, ...], "DataError | None"]


def _datums(folder: Path, lines: Sequence[tuple[str, int]], how: Conversion) -> Iterator[_Made]:
    """The Datums in order; pictures are decoded by several threads."""

    def make(line: tuple[str, int]) -> _Made:
        name, label = line
        try:
            datum, image = image_datum(folder / name, label, how)
        except DataError as fault:
            return name, None, (), fault
        return name, datum, image.shape, None

    workers = min(os.cpu_count() or 1, 8)
    with ThreadPoolExecutor(workers) as pool:
        for start in range(0, len(lines), 32 * workers):
            yield from pool.map(make, lines[start : start + 32 * workers])
