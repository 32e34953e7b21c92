"""Products of blobs: matrices, and a factor for each channel."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("MatMul")
class MatMul(Layer):
    """Matrix product over the last two axes: ``c = a @ b``.

    Bottoms ``(..., M, K)`` and ``(..., K, N)``, the axes in front alike → top ``(..., M, N)``. No
    parameters, no settings.
    """

    num_bottoms = 2

    def setup(self, a: Shape, b: Shape) -> None:
        self.refuse_in_place()

    def infer_shapes(self, a: Shape, b: Shape) -> Sequence[Shape]:
        if len(a) < 2 or len(a) != len(b) or a[:-2] != b[:-2] or a[-1] != b[-2]:
            raise self.error(
                f"the bottoms have the shapes {a} and {b}. "
                "Expected: (..., M, K) and (..., K, N), the axes in front alike"
            )
        return [(*a[:-1], b[-1])]

    def forward(self, a: Array, b: Array) -> Array:
        c = self.top()
        np.matmul(a, b, out=c)
        return c

    def backward(self, dc: Array, bottoms: list[Array], c: Array) -> None:
        a, b = bottoms
        if self.propagate_down[0]:
            np.matmul(dc, b.swapaxes(-1, -2), out=self.bottom_diff(0))
        if self.propagate_down[1]:
            np.matmul(a.swapaxes(-1, -2), dc, out=self.bottom_diff(1))


@register_layer("Axpy")
class Axpy(Layer):
    """A factor for each channel, and a blob added: ``z = a * x + y``.

    Bottoms a ``(N, C)`` or ``(N, C, 1, 1)``, x and y ``(N, C, H, W)`` → top, the shape of x. No
    parameters, no settings. From SENet's fork: Hu et al., Squeeze-and-Excitation Networks, 2018.
    """

    num_bottoms = 3

    def setup(self, a: Shape, x: Shape, y: Shape) -> None:
        self.refuse_in_place()

    def infer_shapes(self, a: Shape, x: Shape, y: Shape) -> Sequence[Shape]:
        if x != y:
            raise self.error(
                f"bottoms 1 and 2 have the shapes {x} and {y}. Expected: the same shape"
            )
        if len(x) < 2 or a[:2] != x[:2] or any(n != 1 for n in a[2:]):
            raise self.error(
                f"bottom 0 has the shape {a} for blobs of shape {x}. "
                f"Expected: {(*x[:2], 1, 1)} or {x[:2]}, a factor a channel"
            )
        self.folded = (prod(x[:2]), prod(x[2:]))
        return [x]

    def forward(self, a: Array, x: Array, y: Array) -> Array:
        z = self.top()
        rows = z.reshape(self.folded)
        np.multiply(x.reshape(self.folded), a.reshape(-1, 1), out=rows)
        rows += y.reshape(self.folded)
        return z

    def backward(self, dz: Array, bottoms: list[Array], z: Array) -> None:
        a, x, _ = bottoms
        rows = dz.reshape(self.folded)
        if self.propagate_down[0]:
            np.einsum("ci,ci->c", rows, x.reshape(self.folded), out=self.bottom_diff(0).reshape(-1))
        if self.propagate_down[1]:
            np.multiply(rows, a.reshape(-1, 1), out=self.bottom_diff(1).reshape(self.folded))
        if self.propagate_down[2]:
            np.copyto(self.bottom_diff(2), dz)
