"""Which prior goes with which ground truth box, and which priors a loss looks at."""

from __future__ import annotations

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.layers import boxes as box_math

__all__ = ["IGNORED", "UNMATCHED", "hardest", "match"]

#: What stands in an array of matches where there is no index of a ground truth box.
UNMATCHED, IGNORED = -1, -2

# Less overlap than this is none.
_LEAST = 1e-6


def match(
    boxes: Array,
    truth: Array,
    threshold: float,
    *,
    per_prediction: bool = True,
    inside_only: bool = False,
) -> tuple[Array, Array]:
    """Match ``boxes (P, 4)`` (priors or predictions) with ground truth ``truth (G, 4)``.

    First each ground truth box gets the box that overlaps it most, the best pair first
    (bipartite). With ``per_prediction`` each box left over then gets the ground truth box that it
    overlaps most, by ``threshold`` at least. With ``inside_only`` boxes that leave the unit square
    are ignored.

    Returns the indices ``(P,)`` of the ground truth boxes (:data:`UNMATCHED`, :data:`IGNORED`) and
    overlaps ``(P,)``: with the matched box, or the largest with any.
    """
    index = np.full(len(boxes), UNMATCHED, np.intp)
    overlap = np.zeros(len(boxes), boxes.dtype)
    if not len(truth):
        return index, overlap
    if inside_only:
        index[box_math.crosses_boundary(boxes)] = IGNORED
    usable = np.flatnonzero(index == UNMATCHED)
    table = box_math.iou(boxes[usable], truth)
    table[table <= _LEAST] = 0
    if not len(usable):
        return index, overlap
    nearest = table.argmax(axis=1)
    best = table[np.arange(len(usable)), nearest]
    overlap[usable] = best
    pairs = _bipartite(table)
    if per_prediction:
        enough = (best >= table.dtype.type(threshold)) & (best > 0)
        index[usable[enough]] = nearest[enough]
    for row, column in pairs:
        index[usable[row]] = column
        overlap[usable[row]] = table[row, column]
    return index, overlap


def _bipartite(table: Array) -> list[tuple[int, int]]:
    """Pairs (row, column) of a table of overlaps, largest first, no row or column twice."""
    free = table.copy()
    # Of equal overlaps the first row wins, then the first column.
    row_of = free.argmax(axis=0)
    largest = free[row_of, np.arange(free.shape[1])]
    pairs: list[tuple[int, int]] = []
    while largest.size and largest.max() > 0:
        ties = np.flatnonzero(largest == largest.max())
        column = int(ties[np.argmin(row_of[ties])])
        row = int(row_of[column])
        pairs.append((row, column))
        free[row] = 0
        largest[column] = -1
        again = np.flatnonzero((row_of == row) & (largest >= 0))
        row_of[again] = free[:, again].argmax(axis=0)
        largest[again] = free[row_of[again], again]
    return pairs


def hardest(
    loss: Array,
    eligible: Array,
    count: int,
    boxes: Array | None = None,
    threshold: float = 0.0,
    top_k: int = -1,
) -> Array:
    """Indices of the ``count`` largest of ``loss (P,)`` where ``eligible (P,)``, ascending.

    With ``boxes (P, 4)`` of those that overlap by more than ``threshold`` only the hardest counts,
    among the ``top_k`` hardest; boxes smaller than 1e-5 do not count at all.
    """
    candidates = np.flatnonzero(eligible)
    if boxes is None:
        chosen = candidates[box_math.top_scores(loss[candidates], top_k=count)]
    else:
        order = candidates[box_math.top_scores(loss[candidates], top_k=top_k)]
        order = order[box_math.areas(boxes[order]) >= 1e-5]
        keep = min(count, top_k) if top_k > -1 else count
        chosen = order[box_math.nms(boxes[order], threshold=threshold, keep=keep)]
    return np.sort(chosen)
