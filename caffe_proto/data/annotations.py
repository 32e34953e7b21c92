"""The boxes that belong to a picture, and how they follow what happens to it.

A box is ``(xmin, ymin, xmax, ymax)``, float32 of shape ``(4,)``, in fractions of the picture. All
is computed in float32, as in SSD's fork of Caffe.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from caffe_proto.data.augment import FIT_LARGE_SIZE_AND_PAD, FIT_SMALL_SIZE
from caffe_proto.errors import DataError

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = [
    "UNIT",
    "Box",
    "LabelledBox",
    "as_box",
    "box_area",
    "clip",
    "coverage",
    "labelled_boxes",
    "locate",
    "overlap",
    "project",
    "transform_boxes",
]

Box = npt.NDArray[np.float32]

_F = np.float32
_ZERO, _ONE = _F(0), _F(1)


def as_box(xmin: float, ymin: float, xmax: float, ymax: float) -> Box:
    """A box from four numbers."""
    return np.array([xmin, ymin, xmax, ymax], np.float32)


#: The whole picture.
UNIT = as_box(0, 0, 1, 1)


@dataclass(frozen=True)
class LabelledBox:
    """An object: its class, its number among those of its class, its box."""

    label: int
    instance: int
    box: Box
    difficult: bool = False


def labelled_boxes(record: caffe_pb2.AnnotatedDatum) -> list[LabelledBox]:
    """The objects of a record, in its order."""
    return [
        LabelledBox(
            group.group_label,
            annotation.instance_id,
            as_box(
                annotation.bbox.xmin,
                annotation.bbox.ymin,
                annotation.bbox.xmax,
                annotation.bbox.ymax,
            ),
            annotation.bbox.difficult,
        )
        for group in record.annotation_group
        for annotation in group.annotation
    ]


def clip(box: Box) -> Box:
    """``box`` cut to the picture."""
    inside: Box = np.minimum(np.maximum(box, _ZERO), _ONE)
    return inside


def box_area(box: Box) -> np.float32:
    """The area of a box; 0 where it ends before it begins."""
    width: np.float32 = box[2] - box[0]
    height: np.float32 = box[3] - box[1]
    area: np.float32 = width * height
    return _ZERO if width < 0 or height < 0 else area


def _shared(a: Box, b: Box) -> np.float32:
    return box_area(np.concatenate([np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])]))


def overlap(a: Box, b: Box) -> float:
    """Jaccard overlap, 0 to 1."""
    shared = _shared(a, b)
    return float(shared / (box_area(a) + box_area(b) - shared)) if shared > 0 else 0.0


def coverage(a: Box, b: Box) -> float:
    """The share of ``a`` that ``b`` covers, 0 to 1."""
    shared = _shared(a, b)
    return float(shared / box_area(a)) if shared > 0 else 0.0


def locate(frame: Box, box: Box) -> Box:
    """``box``, given in fractions of ``frame``, in fractions of the picture."""
    size = np.tile(frame[2:] - frame[:2], 2)
    placed: Box = np.tile(frame[:2], 2) + box * size
    return placed


def project(frame: Box, box: Box) -> Box | None:
    """``box`` in fractions of ``frame``, cut to it; None where nothing is left."""
    if box[0] >= frame[2] or box[2] <= frame[0] or box[1] >= frame[3] or box[3] <= frame[1]:
        return None
    size: Box = np.tile(frame[2:] - frame[:2], 2)
    relative: Box = np.divide(box - np.tile(frame[:2], 2), size, dtype=np.float32)
    inside = clip(relative)
    return inside if box_area(inside) > 0 else None


def transform_boxes(
    objects: list[LabelledBox],
    frame: Box,
    size: tuple[int, int],
    *,
    resize: caffe_pb2.ResizeParameter | None = None,
    emit: caffe_pb2.EmitConstraint | None = None,
    mirrored: bool = False,
) -> list[LabelledBox]:
    """The objects that are left in the part ``frame`` of a picture, in fractions of that part.

    ``size`` is the picture's height and width before ``resize``, which the boxes follow first;
    ``emit`` says which objects survive; ``mirrored`` exchanges left and right.
    """
    kept = []
    for labelled in objects:
        box = labelled.box
        if resize is not None:
            box = _resized(box, size, resize)
        if emit is not None and not _emitted(frame, box, emit):
            continue
        projected = project(frame, box)
        if projected is None:
            continue
        if mirrored:
            left, right = projected[0], projected[2]
            projected[0], projected[2] = _ONE - right, _ONE - left
        if resize is not None:
            projected = _extrapolated(projected, frame, size, resize)
        kept.append(replace(labelled, box=projected))
    return kept


def _emitted(frame: Box, box: Box, emit: caffe_pb2.EmitConstraint) -> bool:
    if emit.emit_type == emit.CENTER:
        x, y = (box[0] + box[2]) / _F(2), (box[1] + box[3]) / _F(2)
        return bool(frame[0] <= x <= frame[2] and frame[1] <= y <= frame[3])
    return bool(coverage(box, frame) > _F(emit.emit_overlap))


def _resized(box: Box, size: tuple[int, int], resize: caffe_pb2.ResizeParameter) -> Box:
    """``box`` in fractions of the resized picture, its padding included."""
    old_height, old_width = _F(size[0]), _F(size[1])
    height, width = _F(resize.height), _F(resize.width)
    aspect = old_width / old_height
    pad_x = pad_y = _ZERO
    if resize.resize_mode == FIT_SMALL_SIZE:
        if aspect < width / height:
            height = width / aspect
        else:
            width = aspect * height
    elif resize.resize_mode == FIT_LARGE_SIZE_AND_PAD:
        if aspect > width / height:
            pad_y = (height - width / aspect) / _F(2)
        else:
            pad_x = (width - aspect * height) / _F(2)
    xmin, xmax = (v * old_width * (width - _F(2) * pad_x) / old_width for v in (box[0], box[2]))
    ymin, ymax = (v * old_height * (height - _F(2) * pad_y) / old_height for v in (box[1], box[3]))
    return np.array(
        [
            (pad_x + max(_ZERO, xmin)) / width,
            (pad_y + max(_ZERO, ymin)) / height,
            (pad_x + min(width, xmax)) / width,
            (pad_y + min(height, ymax)) / height,
        ],
        np.float32,
    )


def _extrapolated(
    box: Box, frame: Box, size: tuple[int, int], resize: caffe_pb2.ResizeParameter
) -> Box:
    """With fixed scales a box of FIT_SMALL_SIZE is given in units of these."""
    if not (resize.height_scale and resize.width_scale) or resize.resize_mode != FIT_SMALL_SIZE:
        return box
    height, width = _F(resize.height), _F(resize.width)
    aspect = _F(size[1]) / _F(size[0])
    if aspect < width / height:
        height = width / aspect
    else:
        width = height * aspect
    height, width = height * (frame[3] - frame[1]), width * (frame[2] - frame[0])
    scale_x, scale_y = _F(resize.width_scale), _F(resize.height_scale)
    if width < scale_x or height < scale_y:
        raise DataError(
            f"resize_param.width_scale and height_scale are {scale_x:g} and {scale_y:g}. "
            f"Expected: at most {width:g} and {height:g}, the size of the picture"
        )
    return np.array(
        [
            box[0] * width / scale_x,
            box[1] * height / scale_y,
            box[2] * width / scale_x,
            box[3] * height / scale_y,
        ],
        np.float32,
    )
