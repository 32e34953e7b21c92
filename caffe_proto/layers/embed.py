"""A table of vectors, looked up by index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("Embed")
class Embed(Layer):
    """Embedding: ``y[i] = W[x[i]] + b``, row x[i] of a table for each index.

    Bottom (any shape), whole numbers from 0 to input_dim - 1 (fractions are cut off) → top, the
    same shape with one axis of ``num_output`` more. Parameters: table
    ``(input_dim, num_output)``, bias ``(num_output)``. The indices have no gradient.

    Settings: ``embed_param`` (num_output, input_dim, bias_term true, weight_filler, bias_filler).
    """

    def setup(self, bottom: Shape) -> None:
        param = self.param.embed_param
        for name in ("num_output", "input_dim"):
            if getattr(param, name) <= 0:
                raise self.error(f"{name} must be positive. Received: 0 (is it missing?)")
        self.num_output, self.input_dim = int(param.num_output), int(param.input_dim)
        self.add_param((self.input_dim, self.num_output), param.weight_filler)
        if param.bias_term:
            self.add_param((self.num_output,), param.bias_filler)

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        return [(*bottom, self.num_output)]

    def forward(self, x: Array) -> Array:
        y = self.top()
        rows = y.reshape(x.size, self.num_output)
        np.take(self.params[0].data, self._indices(x), axis=0, out=rows)
        if len(self.params) > 1:
            y += self.params[1].data
        return y

    def _indices(self, x: Array) -> Array:
        wrong = ~((x > -1) & (x < self.input_dim))
        if wrong.any():
            # Caffe reads whatever lies beyond the table.
            place = tuple(int(i) for i in np.argwhere(wrong)[0])
            raise self.error(
                f"index {x[place]:g} at {place} is not in the table. "
                f"Expected: 0 to {self.input_dim - 1} (input_dim {self.input_dim})"
            )
        return x.astype(np.intp).reshape(-1)

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        if self.propagate_down[0]:
            raise self.error("its indices have no gradient, but the net asks for it")
        rows = dy.reshape(x.size, self.num_output)
        table, *bias = self.params
        if table.needs_grad and x.size:
            # Sorted by index, the rows that belong to one entry of the table lie together.
            indices = self._indices(x)
            order = np.argsort(indices, kind="stable")
            entries, firsts = np.unique(indices[order], return_index=True)
            table.diff[entries] += np.add.reduceat(rows[order], firsts, axis=0)
        if bias and bias[0].needs_grad:
            bias[0].diff += rows.sum(axis=0)
