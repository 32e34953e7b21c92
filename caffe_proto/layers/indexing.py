"""Items of a batch picked by a second blob: reordered, repeated or left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("BatchReindex")
class BatchReindex(Layer):
    """Picks items of a batch: ``y[i] = x[index[i]]``; an item may be picked often or never.

    Bottoms ``(N, ...)`` and the indices ``(M)`` → top ``(M, ...)``. No parameters, no settings.
    Indices are cut to whole numbers. They have no gradient: a net that asks for one fails in
    backward.
    """

    num_bottoms = 2

    def setup(self, bottom: Shape, indices: Shape) -> None:
        self.refuse_in_place()

    def infer_shapes(self, bottom: Shape, indices: Shape) -> Sequence[Shape]:
        if len(indices) != 1:
            raise self.error(f"the indices have the shape {indices}. Expected: one axis")
        if not bottom:
            raise self.error("bottom 0 has no axes. Expected: at least one, (N, ...)")
        return [(indices[0], *bottom[1:])]

    def forward(self, x: Array, indices: Array) -> Array:
        self._index = index = indices.astype(np.intp)
        # Caffe looks at the number itself: -0.5 is outside too.
        outside = np.flatnonzero(~((indices >= 0) & (indices < x.shape[0])))
        if outside.size:
            at = int(outside[0])
            raise self.error(
                f"index {indices[at]:g} at position {at} is outside of the batch. "
                f"Expected: 0 to {x.shape[0] - 1}"
            )
        y = self.top()
        np.take(x, index, axis=0, out=y, mode="clip")
        return y

    def backward(self, dy: Array, xs: list[Array], y: Array) -> None:
        if self.propagate_down[1]:
            raise self.error("has no gradient for its indices, but it is asked for one")
        if not self.propagate_down[0]:
            return
        dx = self.bottom_diff()
        dx[...] = 0
        if not dy.size:
            return
        # Sorted, the rows of one item stand together: the first of each is added, then the second.
        order = np.argsort(self._index, kind="stable")
        items, begins, counts = np.unique(self._index[order], return_index=True, return_counts=True)
        for nth in range(int(counts.max())):
            several = counts > nth
            dx[items[several]] += dy[order[begins[several] + nth]]


@register_layer("Filter")
class Filter(Layer):
    """Keeps the items of a batch whose selector is not 0.

    Bottoms: one or more ``(N, ...)`` and last the selector, ``(N)`` or ``(N, 1, ...)`` → a top
    for each bottom but the selector, ``(n, ...)`` with the n kept items in their order. No
    parameters, no settings. The selector has no gradient: a net that asks for one fails in
    backward. Until the first forward pass the tops have the whole batch's shape; where nothing is
    selected they have 0 items.
    """

    num_bottoms = (2, None)
    num_tops = (1, None)

    def setup(self, *bottoms: Shape) -> None:
        self.refuse_in_place()
        if len(self.top_blobs) != len(bottoms) - 1:
            raise self.error(
                f"has {len(self.top_blobs)} tops for {len(bottoms)} bottoms. Expected: "
                f"{len(bottoms) - 1}, one for each bottom but the selector"
            )
        self._kept: Array | None = None

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        *blobs, selector = bottoms
        if not selector or any(n != 1 for n in selector[1:]):
            raise self.error(
                f"the selector has the shape {selector}. Expected: (N), or (N, 1, ...) with only "
                "axes of size 1 after the first"
            )
        for i, shape in enumerate(blobs):
            if not shape or shape[0] != selector[0]:
                raise self.error(
                    f'bottom {i} "{self.bottoms[i]}" has the shape {shape}. '
                    f"Expected: {selector[0]} items, as the selector has"
                )
        return blobs

    def forward(self, *xs: Array) -> list[Array]:
        *blobs, selector = xs
        self._kept = np.flatnonzero(selector)
        return [x[self._kept] for x in blobs]

    def backward(self, dys: list[Array], xs: list[Array], ys: list[Array]) -> None:
        if self.propagate_down[-1]:
            raise self.error("has no gradient for its selector, but it is asked for one")
        for i, dy in enumerate(dys):
            if self.propagate_down[i]:
                dx = self.bottom_diff(i)
                dx[...] = 0
                dx[self._kept] = dy
