"""SSD's batch samplers: parts of a picture drawn at random, by their overlap with its objects.

Source: Liu et al., "SSD: Single Shot MultiBox Detector", 2016, section 2.2 (data augmentation).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from caffe_proto.data.annotations import UNIT, Box, LabelledBox, coverage, locate, overlap
from caffe_proto.data.augment import uniform
from caffe_proto.errors import DataError
from caffe_proto.rng import CaffeRandom

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["check_sampler", "sample_parts"]

_F = np.float32


def check_sampler(settings: caffe_pb2.BatchSampler) -> None:
    """Raise :class:`DataError` for a ``batch_sampler`` whose settings are out of range."""
    sampler = settings.sampler
    if not 0 < sampler.min_scale <= sampler.max_scale <= 1:
        raise DataError(
            f"batch_sampler.sampler has min_scale {sampler.min_scale:g} and max_scale "
            f"{sampler.max_scale:g}. Expected: 0 < min_scale <= max_scale <= 1"
        )
    low, high = sampler.min_aspect_ratio, sampler.max_aspect_ratio
    if not 0 < low <= high < float(np.finfo(np.float32).max):
        raise DataError(
            f"batch_sampler.sampler has min_aspect_ratio {low:g} and max_aspect_ratio {high:g}. "
            "Expected: 0 < min_aspect_ratio <= max_aspect_ratio"
        )


def sample_parts(
    objects: list[LabelledBox],
    samplers: Iterable[caffe_pb2.BatchSampler],
    random: CaffeRandom,
) -> list[Box]:
    """Parts of a picture that meet the samplers' constraints, all samplers' one after the other."""
    boxes = [labelled.box for labelled in objects]
    parts: list[Box] = []
    for settings in samplers:
        if not settings.use_original_image:
            continue
        found = 0
        for _ in range(settings.max_trials):
            if settings.HasField("max_sample") and found >= settings.max_sample:
                break
            part = locate(UNIT, _draw(settings.sampler, random))
            if _meets(part, boxes, settings.sample_constraint):
                found += 1
                parts.append(part)
    return parts


def _draw(sampler: caffe_pb2.Sampler, random: CaffeRandom) -> Box:
    scale = uniform(random, sampler.min_scale, sampler.max_scale)
    ratio = uniform(random, sampler.min_aspect_ratio, sampler.max_aspect_ratio)
    square = float(scale) ** 2
    # A part must not be higher or wider than the picture.
    ratio = min(max(ratio, _F(square)), _F(1 / square))
    width = min(scale * np.sqrt(ratio), _F(1))
    height = min(scale / np.sqrt(ratio), _F(1))
    left = uniform(random, 0, float(_F(1) - width))
    top = uniform(random, 0, float(_F(1) - height))
    return np.array([left, top, left + width, top + height], np.float32)


def _meets(part: Box, boxes: list[Box], constraint: caffe_pb2.SampleConstraint) -> bool:
    bounds = [
        (name, constraint.HasField(f"min_{name}"), constraint.HasField(f"max_{name}"))
        for name in ("jaccard_overlap", "sample_coverage", "object_coverage")
    ]
    wanted = [bound for bound in bounds if bound[1] or bound[2]]
    if not wanted:
        return True
    found = False
    for box in boxes:
        failed = False
        for name, has_min, has_max in wanted:
            if name == "jaccard_overlap":
                value = overlap(part, box)
            elif name == "sample_coverage":
                value = coverage(part, box)
            else:
                value = coverage(box, part)
            if (has_min and value < getattr(constraint, f"min_{name}")) or (
                has_max and value > getattr(constraint, f"max_{name}")
            ):
                failed = True
                break
            # In SSD one bound that is met counts for good, even if another of this object fails.
            found = True
        if found and not failed:
            return True
    return found
