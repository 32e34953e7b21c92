"""SSD's result files, and its way from fractions of an image back to that image's pixels."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.errors import CaffeProtoError
from caffe_proto.layers import boxes as box_math

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["ResultFiles", "read_name_sizes", "to_pixels"]

WARP, FIT_SMALL_SIZE, FIT_LARGE_SIZE_AND_PAD = 1, 2, 3

Fail = Callable[[str], CaffeProtoError]


def to_pixels(
    boxes: Array, size: tuple[int, int], resize: caffe_pb2.ResizeParameter | None
) -> tuple[Array, Array]:
    """Boxes ``(n, 4)`` as fractions of a net's input → pixels of the image it was made from.

    ``size`` is the image's (height, width); ``resize`` says how the input was made from it (None:
    stretched). Returns the boxes, cut to the image, and their areas ``(n,)`` as SSD counts them:
    with both ends, except where it scales by fixed factors.
    """
    height, width = size
    dtype = boxes.dtype.type
    scale = np.array([width, height, width, height], dtype)
    # A box in pixels is as wide as its ends are apart, plus one.
    ends = width > 1 or height > 1
    mode = WARP if resize is None else int(resize.resize_mode)
    if resize is not None and mode == FIT_SMALL_SIZE and resize.height_scale and resize.width_scale:
        factors = [resize.width_scale, resize.height_scale] * 2
        pixels = box_math.clip(boxes * np.array(factors, dtype), width, height)
        return pixels, box_math.areas(pixels)
    if resize is not None and mode == FIT_LARGE_SIZE_AND_PAD:
        boxes = _without_padding(boxes, size, (int(resize.height), int(resize.width)))
    pixels = box_math.clip(boxes) * scale
    return pixels, box_math.areas(pixels, ends_included=ends)


def _without_padding(boxes: Array, size: tuple[int, int], net: tuple[int, int]) -> Array:
    """Fractions of a padded input → fractions of the part of it that the image fills."""
    height, width = size
    net_height, net_width = net
    aspect = width / height
    if aspect > net_width / net_height:
        pad_x, pad_y = 0.0, (net_height - net_width / aspect) / 2 / net_height
    else:
        pad_x, pad_y = (net_width - net_height * aspect) / 2 / net_width, 0.0
    source = np.array([pad_x, pad_y, 1 - pad_x, 1 - pad_y], boxes.dtype)
    inside = np.all((boxes[:, :2] < source[2:]) & (boxes[:, 2:] > source[:2]), axis=1)
    sides = np.tile(source[2:] - source[:2], 2)
    projected = box_math.clip((boxes - np.tile(source[:2], 2)) / sides)
    # A box that lies in the padding alone stays as it is.
    return np.where(inside.reshape(-1, 1), projected, boxes)


def read_name_sizes(path: Path, fail: Fail) -> tuple[list[str], list[tuple[int, int]]]:
    """Names and (height, width) of images from a file of lines ``name height width``."""
    try:
        words = path.read_text(encoding="utf-8").split()
        names = words[0::3]
        sizes = [(int(h), int(w)) for h, w in zip(words[1::3], words[2::3], strict=True)]
    except OSError as fault:
        raise fail(f"name_size_file {path}: {fault.strerror}") from None
    except ValueError:
        sizes = []
        names = ["?"]
    if len(names) != len(sizes):
        raise fail(f'name_size_file {path} has other lines than "name height width"')
    return names, sizes


@dataclass(frozen=True)
class _Result:
    image: str
    label: int
    score: float
    #: x, y, width, height in pixels, to hundredths.
    box: tuple[float, float, float, float]

    def corners(self) -> str:
        x, y, width, height = (int(v) for v in self.box)
        return f"{x} {y} {x + width} {y + height}"


class ResultFiles:
    """Collects detections and writes them once all ``num_test_image`` images were seen.

    Formats: ``VOC`` (a file ``<prefix><label's name>.txt`` a class: image, score, corners),
    ``COCO`` (``<prefix>.json``: image_id, category_id, bbox, score), ``ILSVRC`` (``<prefix>.txt``:
    image, label, score, corners). ``fail`` makes the error for a fault in the settings.
    """

    def __init__(
        self,
        settings: caffe_pb2.SaveOutputParameter,
        background: int,
        num_classes: int,
        fail: Fail,
        directory: str | Path | None = None,
    ) -> None:
        for name in ("label_map_file", "name_size_file"):
            if not getattr(settings, name):
                raise fail(f"save_output_param needs {name} to write files. Received: none")
        if settings.output_format not in ("VOC", "COCO", "ILSVRC"):
            raise fail(
                f'output_format "{settings.output_format}" is unknown. '
                "Expected: VOC, COCO or ILSVRC"
            )
        target = directory if directory is not None else settings.output_directory
        if not str(target):
            raise fail("save_output_param has no output_directory")
        self.directory = Path(target)
        self.prefix = settings.output_name_prefix
        self.format = settings.output_format
        self.resize = settings.resize_param if settings.HasField("resize_param") else None
        self.label_names = _read_label_map(Path(settings.label_map_file), fail)
        self.labels = [c for c in range(num_classes) if c != background]
        for label in self.labels:
            if label not in self.label_names:
                raise fail(f"label {label} is not in label_map_file {settings.label_map_file}")
        self.names, self.sizes = read_name_sizes(Path(settings.name_size_file), fail)
        self.images = (
            int(settings.num_test_image) if settings.HasField("num_test_image") else len(self.names)
        )
        if not 0 < self.images <= len(self.names):
            raise fail(
                f"num_test_image is {self.images}. "
                f"Expected: 1 to {len(self.names)}, the lines of name_size_file"
            )
        self._seen = 0
        self._results: list[_Result] = []
        for name in [self.prefix, *(self.label_names[c] for c in self.labels)]:
            if name and (Path(name).name != name or name in (".", "..")):
                raise fail(f'"{name}" cannot be part of a file name')

    def add(self, rows: Array) -> None:
        """Take the detections ``(n, 7)`` of the next image; the last image writes the files."""
        image, size = self.names[self._seen], self.sizes[self._seen]
        pixels, _ = to_pixels(rows[:, 3:7], size, self.resize)
        for row, box in zip(rows.tolist(), pixels.astype(np.float64), strict=True):
            x, y, right, bottom = box.tolist()
            sides = _hundredths(x), _hundredths(y), _hundredths(right - x), _hundredths(bottom - y)
            self._results.append(_Result(image, int(row[1]), row[2], sides))
        self._seen += 1
        if self._seen == self.images:
            self._write()
            self._seen = 0
            self._results.clear()

    def _write(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        if self.format == "VOC":
            for label in self.labels:
                lines = [
                    f"{r.image} {r.score:g} {r.corners()}"
                    for r in self._results
                    if r.label == label
                ]
                self._put(f"{self.prefix}{self.label_names[label]}.txt", lines)
        elif self.format == "ILSVRC":
            lines = [f"{r.image} {r.label} {r.score:g} {r.corners()}" for r in self._results]
            self._put(f"{self.prefix}.txt", lines)
        else:
            found = [
                {
                    "image_id": _number(r.image),
                    "category_id": _number(self.label_names[r.label]),
                    "bbox": list(r.box),
                    "score": float(f"{r.score:.9g}"),
                }
                for r in self._results
            ]
            self._put(f"{self.prefix}.json", [json.dumps(found, indent=1)])

    def _put(self, name: str, lines: Sequence[str]) -> None:
        target = self.directory / name
        beside = target.with_name(target.name + ".tmp")
        beside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        os.replace(beside, target)


def _hundredths(value: float) -> float:
    whole = np.floor(abs(value) * 100 + 0.5) / 100
    return float(np.copysign(whole, value))


def _number(text: str) -> Any:
    """``text`` as the number that it spells, or itself: COCO's ids are numbers."""
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]+\.[0-9]+", text) else text


def _read_label_map(path: Path, fail: Fail) -> dict[int, str]:
    from caffe_proto.prototxt import parse

    try:
        text = path.read_text(encoding="utf-8")
    except OSError as fault:
        raise fail(f"label_map_file {path}: {fault.strerror}") from None
    names: dict[int, str] = {}
    for item in parse(text, message="LabelMap", upgrade=False).item:
        if item.label in names:
            raise fail(f"label_map_file {path} has label {item.label} twice")
        names[item.label] = item.name
    return names
