"""Where the largest values are."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("ArgMax")
class ArgMax(Layer):
    """The indices of the ``top_k`` largest values, largest first, or these values.

    Without ``axis``: bottom ``(N, ...)`` → top ``(N, 1, top_k)``, the indices over all that
    follows N, or ``(N, 2, top_k)`` with out_max_val, the indices and then the values; as many axes
    as the bottom has (of size 1), at least 3. With ``axis``: the bottom's shape with top_k in the
    place of that axis, the indices, or with out_max_val the values only. No parameters.
    No gradient: a net that asks for one fails in backward.
    Settings: ``argmax_param`` (out_max_val false, top_k 1, axis: none, may be negative).
    Among equal values the one with the highest index comes first.
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()
        if self.param.argmax_param.top_k < 1:
            raise self.error("argmax_param.top_k is 0. Expected: at least 1")

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        settings = self.param.argmax_param
        k = settings.top_k
        self.by_axis = settings.HasField("axis")
        if self.by_axis:
            axis = self.canonical_axis(settings.axis, len(bottom), "argmax_param.axis")
            #: (before, candidates, behind)
            self.folded = (prod(bottom[:axis]), bottom[axis], prod(bottom[axis + 1 :]))
            shape = (*bottom[:axis], k, *bottom[axis + 1 :])
        else:
            if not bottom:
                raise self.error("the bottom has no axes. Expected: at least one, (N, ...)")
            self.folded = (bottom[0], prod(bottom[1:]), 1)
            rest = (1,) * (len(bottom) - 3)
            shape = (bottom[0], 2 if settings.out_max_val else 1, k, *rest)
        if k > self.folded[1]:
            raise self.error(
                f"argmax_param.top_k {k} is more than the {self.folded[1]} values to choose from. "
                f"Expected: at most {self.folded[1]}"
            )
        return [shape]

    def forward(self, x: Array) -> Array:
        settings = self.param.argmax_param
        x = x.reshape(self.folded)
        best = self._best(x, settings.top_k)
        y = self.top()
        if not settings.out_max_val:
            y.reshape(best.shape)[...] = best
        elif self.by_axis:
            y.reshape(best.shape)[...] = np.take_along_axis(x, best, axis=1)
        else:
            both = y.reshape(y.shape[:3])
            both[:, 0] = best[:, :, 0]
            both[:, 1] = np.take_along_axis(x, best, axis=1)[:, :, 0]
        return y

    @staticmethod
    def _best(x: Array, k: int) -> Array:
        """Indices along axis 1 of the k largest, ``(before, k, behind)``."""
        last = x.shape[1] - 1
        if k > 8 or (k > 1 and not np.isfinite(x).all()):
            # A stable sort leaves equals by ascending index, so from behind the last comes first.
            return np.asarray(np.flip(x.argsort(axis=1, kind="stable"), 1)[:, :k])
        best = np.empty((x.shape[0], k, x.shape[2]), np.intp)
        rest = x if k == 1 else x.copy()
        for i in range(k):
            # argmax finds the first of equals: from behind, that is the last.
            best[:, i] = last - rest[:, ::-1].argmax(axis=1)
            if i < k - 1:
                np.put_along_axis(rest, best[:, i : i + 1], -np.inf, axis=1)
        return best
