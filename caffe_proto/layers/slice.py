"""A blob cut into pieces along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from caffe_proto.layers.base import Alias, Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("Slice")
class Slice(Layer):
    """Cuts its bottom into pieces along one axis, in order: the inverse of Concat.

    Bottom ``(N, C, H, W)`` → one or more tops, ``(N, Ci, H, W)`` for the default axis. No
    parameters. A single top shares the bottom's memory, gradients too.
    Settings: ``slice_param`` (axis 1, may be negative; or slice_dim 1, the older name, which may
    not; slice_point: where the pieces after the first begin, ascending; without it all pieces are
    equal).
    """

    num_tops = (1, None)

    def setup(self, bottom: Shape) -> None:
        settings = self.param.slice_param
        if len(self.top_blobs) > 1:
            self.refuse_in_place()
        if settings.HasField("axis") and settings.HasField("slice_dim"):
            raise self.error(
                f"slice_param has both axis ({settings.axis}) and slice_dim "
                f"({settings.slice_dim}). Expected: one of them (axis is the newer name)"
            )

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        self.axis = self._axis(len(bottom))
        size = bottom[self.axis]
        self.bounds = self._bounds(size)
        return [
            (*bottom[: self.axis], end - begin, *bottom[self.axis + 1 :])
            for begin, end in pairwise(self.bounds)
        ]

    def _axis(self, ndim: int) -> int:
        settings = self.param.slice_param
        if not settings.HasField("slice_dim"):
            return self.canonical_axis(settings.axis, ndim, "slice_param.axis")
        if settings.slice_dim >= ndim:
            raise self.error(
                f"slice_param.slice_dim {settings.slice_dim} is out of range for a bottom of "
                f"{ndim} axes. Expected: 0 to {ndim - 1}"
            )
        return settings.slice_dim

    def _bounds(self, size: int) -> list[int]:
        """Where the pieces begin, and after them the axis's size."""
        points = list(self.param.slice_param.slice_point)
        tops = len(self.top_blobs)
        if not points:
            if size % tops:
                raise self.error(
                    f"axis {self.axis} of size {size} does not divide into {tops} equal tops. "
                    "Expected: a multiple, or slice_param.slice_point"
                )
            return [i * (size // tops) for i in range(tops + 1)]
        if len(points) != tops - 1:
            raise self.error(
                f"slice_param.slice_point is given {len(points)} time(s) for {tops} tops. "
                f"Expected: {tops - 1}, one fewer than tops"
            )
        bounds = [0, *points, size]
        ascends = all(a < b for a, b in pairwise(bounds[:-1]))
        # Like Caffe, an empty last piece passes where no piece would be missing on the whole.
        if not ascends or points[-1] > size or tops > size:
            raise self.error(
                f"slice_param.slice_point is {points}. Expected: ascending points above 0 and "
                f"below {size}, the size of axis {self.axis}"
            )
        return bounds

    def aliases(self) -> Sequence[Alias]:
        return [Alias(0, 0)] if len(self.top_blobs) == 1 else []

    def _piece(self, i: int) -> tuple[slice, ...]:
        return (slice(None),) * self.axis + (slice(self.bounds[i], self.bounds[i + 1]),)

    def is_by_image(self) -> bool:
        return self.axis > 0

    def forward(self, x: Array) -> None:
        if len(self.top_blobs) > 1:
            for i in range(len(self.top_blobs)):
                np.copyto(self.top(i), x[self._piece(i)])

    def backward(self, dys: list[Array], x: Array, ys: list[Array]) -> None:
        if len(dys) > 1 and self.propagate_down[0]:
            dx = self.bottom_diff()
            for i, dy in enumerate(dys):
                np.copyto(dx[self._piece(i)], dy)
