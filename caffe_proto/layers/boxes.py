"""The arithmetic of boxes that all detection layers share: overlap, codes, suppression.

A box is four numbers ``(xmin, ymin, xmax, ymax)`` in the last axis of an array. SSD's boxes are
fractions of the image; those of Faster R-CNN are pixels whose ends belong to the box, so that a
side is ``xmax - xmin + 1`` long: functions take that as ``ends_included``.

Everything computes in the dtype of its input.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from caffe_proto.blob import Array

__all__ = [
    "CENTER_SIZE",
    "CORNER",
    "CORNER_SIZE",
    "areas",
    "clip",
    "crosses_boundary",
    "decode",
    "encode",
    "iou",
    "nms",
    "round_half_away",
    "rows",
    "top_scores",
]

#: ``PriorBoxParameter.CodeType``: how a prediction says where its box lies relative to a prior.
CORNER, CENTER_SIZE, CORNER_SIZE = 1, 2, 3

# Candidates that are compared with each other at a time: enough to spare Python's overhead, few
# enough to waste little work on boxes that fall anyway.
_CHUNK = 128


def areas(boxes: Array, *, ends_included: bool = False) -> Array:
    """Areas ``(...,)`` of boxes ``(..., 4)``; 0 where a box ends before it begins."""
    width: Array = boxes[..., 2] - boxes[..., 0]
    height: Array = boxes[..., 3] - boxes[..., 1]
    inside_out = (width < 0) | (height < 0)
    if ends_included:
        width, height = width + 1, height + 1
    return np.where(inside_out, boxes.dtype.type(0), width * height)


def iou(
    a: Array,
    b: Array,
    *,
    ends_included: bool = False,
    area_a: Array | None = None,
    area_b: Array | None = None,
) -> Array:
    """Jaccard overlap ``(N, M)`` of boxes ``a (N, 4)`` with boxes ``b (M, 4)``: 0 to 1.

    ``area_a (N,)`` and ``area_b (M,)`` may be given where they are known already. Boxes that only
    touch overlap by 0, and so does a box without area with anything.
    """
    if area_a is None:
        area_a = areas(a, ends_included=ends_included)
    if area_b is None:
        area_b = areas(b, ends_included=ends_included)
    width = np.minimum(a[:, None, 2], b[:, 2])
    width -= np.maximum(a[:, None, 0], b[:, 0])
    height = np.minimum(a[:, None, 3], b[:, 3])
    height -= np.maximum(a[:, None, 1], b[:, 1])
    if ends_included:
        width += 1
        height += 1
    np.maximum(width, 0, out=width)
    np.maximum(height, 0, out=height)
    shared = np.multiply(width, height, out=width)
    union = np.add(area_a[:, None], area_b, out=height)
    union -= shared
    overlap: Array = np.divide(shared, union, out=np.zeros_like(shared), where=shared > 0)
    return overlap


def clip(boxes: Array, width: float = 1.0, height: float = 1.0) -> Array:
    """Boxes ``(..., 4)`` cut to the rectangle from (0, 0) to (width, height)."""
    limits = np.array([width, height, width, height], boxes.dtype)
    inside: Array = np.maximum(np.minimum(boxes, limits), boxes.dtype.type(0))
    return inside


def crosses_boundary(boxes: Array) -> Array:
    """Which boxes ``(..., 4)`` of the unit square have a coordinate outside of it: bool."""
    return np.asarray(((boxes < 0) | (boxes > 1)).any(axis=-1))


def encode(
    boxes: Array,
    priors: Array,
    variances: Array,
    code_type: int = CORNER,
    *,
    variance_in_target: bool = False,
) -> Array:
    """What a net has to predict so that :func:`decode` gives ``boxes``.

    ``boxes``, ``priors`` and ``variances`` are ``(..., 4)``, as is the result.

    - CORNER: the differences of the corners.
    - CORNER_SIZE: these, divided by the prior's width and height.
    - CENTER_SIZE: the difference of the centres divided by the prior's size, and the logarithm of
      the ratio of the sizes (SSD, equation 2; Faster R-CNN, equation 2).

    Unless ``variance_in_target``, each number is divided by its variance.
    """
    if code_type == CORNER:
        code = boxes - priors
    elif code_type == CORNER_SIZE:
        code = (boxes - priors) / _sides(priors)
    elif code_type == CENTER_SIZE:
        centre, size = _centre_and_size(boxes)
        prior_centre, prior_size = _centre_and_size(priors)
        code = np.concatenate(
            [(centre - prior_centre) / prior_size, np.log(size / prior_size)], axis=-1
        )
    else:
        raise ValueError(f"code type {code_type}: expected 1 (CORNER), 2 (CENTER_SIZE) or 3")
    return code if variance_in_target else code / variances


def decode(
    code: Array,
    priors: Array,
    variances: Array,
    code_type: int = CORNER,
    *,
    variance_in_target: bool = False,
) -> Array:
    """Boxes ``(..., 4)`` from predictions ``code`` relative to ``priors``; see :func:`encode`."""
    if not variance_in_target:
        code = variances * code
    corners: Array
    if code_type == CORNER:
        corners = priors + code
        return corners
    if code_type == CORNER_SIZE:
        corners = priors + code * _sides(priors)
        return corners
    if code_type != CENTER_SIZE:
        raise ValueError(f"code type {code_type}: expected 1 (CORNER), 2 (CENTER_SIZE) or 3")
    prior_centre, prior_size = _centre_and_size(priors)
    centre = code[..., :2] * prior_size + prior_centre
    # A wild prediction gives a box of infinite size, as in Caffe.
    with np.errstate(over="ignore"):
        half = np.exp(code[..., 2:]) * prior_size
    half /= 2
    return np.concatenate([centre - half, centre + half], axis=-1)


def top_scores(scores: Array, threshold: float | None = None, top_k: int = -1) -> Array:
    """Indices of ``scores (N,)`` in descending order, equal ones in their own order.

    Only scores above ``threshold`` count; at most ``top_k`` are given, all where it is negative.
    """
    if threshold is None:
        chosen = np.arange(len(scores))
    else:
        chosen = np.flatnonzero(scores > threshold)
        scores = scores[chosen]
    if -1 < top_k < len(chosen) // 4:
        # The k-th largest value separates; among equals of it the first ones win.
        cut = np.partition(scores, len(scores) - top_k)[len(scores) - top_k] if top_k else np.inf
        kept = scores >= cut
        chosen, scores = chosen[kept], scores[kept]
    order = chosen[np.argsort(-scores, kind="stable")]
    return order[:top_k] if top_k > -1 else order


def nms(
    boxes: Array,
    scores: Array | None = None,
    threshold: float = 0.3,
    *,
    score_threshold: float | None = None,
    top_k: int = -1,
    keep: int = -1,
    eta: float = 1.0,
    ends_included: bool = False,
    drop_equal: bool = False,
) -> Array:
    """Non-maximum suppression: indices of the boxes that stay, best first.

    Goes through ``boxes (N, 4)`` by falling score and drops a box that overlaps a kept one by more
    than ``threshold`` (with ``drop_equal`` also by exactly that).

    - ``scores (N,)``: None if the boxes are in order already.
    - ``score_threshold``, ``top_k``: candidates are those above the former, at most ``top_k`` of
      them (negative: all).
    - ``keep``: stop once as many boxes are kept (negative: never).
    - ``eta``: below 1, SSD's adaptive suppression: the threshold is multiplied by it after each
      kept box as long as it is above 0.5.
    """
    if scores is None:
        order = np.arange(len(boxes))[: top_k if top_k > -1 else None]
    else:
        order = top_scores(scores, score_threshold, top_k)
    limit = keep if keep > -1 else len(order)
    if not len(order) or not limit:
        return order[:0]
    candidates = np.ascontiguousarray(boxes[order])
    area = areas(candidates, ends_included=ends_included)
    if eta < 1:
        kept = _adaptive(candidates, area, threshold, eta, limit, ends_included, drop_equal)
    else:
        kept = _greedy(candidates, area, threshold, limit, ends_included, drop_equal)
    return order[kept]


def _greedy(
    boxes: Array, area: Array, threshold: float, limit: int, ends_included: bool, equal: bool
) -> Array:
    # Each candidate is compared with what was kept before it, a chunk at a time: where only the
    # first few hundred of thousands are wanted, the rest is never looked at.
    too_much = np.greater_equal if equal else np.greater
    bound = boxes.dtype.type(threshold)
    kept = np.empty(len(boxes), np.intp)
    count = 0
    for start in range(0, len(boxes), _CHUNK):
        chunk = np.arange(start, min(start + _CHUNK, len(boxes)))
        # The best boxes first: what they drop need not be compared with the others.
        for first in range(0, count, 4 * _CHUNK):
            before = kept[first : min(first + 4 * _CHUNK, count)]
            overlap = iou(
                boxes[before],
                boxes[chunk],
                ends_included=ends_included,
                area_a=area[before],
                area_b=area[chunk],
            )
            chunk = chunk[~too_much(overlap.max(axis=0), bound)]
        best, best_area = boxes[chunk], area[chunk]
        clash = too_much(
            iou(best, best, ends_included=ends_included, area_a=best_area, area_b=best_area), bound
        )
        alive = np.ones(len(chunk), bool)
        for i in np.flatnonzero(np.triu(clash, 1).any(axis=1)):
            if alive[i]:
                alive[i + 1 :] &= ~clash[i, i + 1 :]
        stay = chunk[alive]
        kept[count : count + len(stay)] = stay
        count += len(stay)
        if count >= limit:
            break
    return kept[: min(count, limit)]


def _adaptive(
    boxes: Array,
    area: Array,
    threshold: float,
    eta: float,
    limit: int,
    ends_included: bool,
    equal: bool,
) -> Array:
    # The threshold only falls, and only when a box is kept: what fails once fails for good.
    left = np.arange(len(boxes))
    worst = np.zeros(len(boxes), boxes.dtype)
    kept: list[int] = []
    bound = np.float32(threshold)
    too_much = np.greater_equal if equal else np.greater
    while len(left) and len(kept) < limit:
        best, left = left[:1], left[1:]
        kept.append(int(best[0]))
        if bound > 0.5:
            bound = np.float32(bound * np.float32(eta))
        overlap = iou(
            boxes[best],
            boxes[left],
            ends_included=ends_included,
            area_a=area[best],
            area_b=area[left],
        )[0]
        worst[left] = np.maximum(worst[left], overlap)
        left = left[~too_much(worst[left], boxes.dtype.type(bound))]
    return np.array(kept, dtype=np.intp)


def _sides(boxes: Array) -> Array:
    """Width, height, width, height ``(..., 4)`` of boxes ``(..., 4)``."""
    side = boxes[..., 2:] - boxes[..., :2]
    return np.concatenate([side, side], axis=-1)


def _centre_and_size(boxes: Array) -> tuple[Array, Array]:
    """Centres ``(..., 2)`` and widths and heights ``(..., 2)`` of boxes ``(..., 4)``."""
    return (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]


def round_half_away(x: Array) -> Array:
    """``x`` rounded to whole numbers, halves away from zero (C's ``round``), as integers."""
    # x + 0.5 would itself be rounded, up to a whole number just below a half.
    whole: Array = np.trunc(x)
    whole = whole + np.where(np.abs(x - whole) >= 0.5, np.sign(x), 0)
    return whole.astype(np.int64)


def rows(found: Sequence[Array], columns: int, dtype: Any) -> Array:
    """The arrays ``(n, columns)`` in one, also where there is none."""
    return np.concatenate(found) if len(found) else np.zeros((0, columns), dtype)
