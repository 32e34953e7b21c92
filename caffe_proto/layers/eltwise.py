"""Blobs of one shape combined element by element."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer

PROD, SUM, MAX = 0, 1, 2


@register_layer("Eltwise")
class Eltwise(Layer):
    """Combines its bottoms: ``y = c1 x1 + c2 x2 + ...``, ``y = x1 x2 ...`` or ``y = max(x1, ...)``.

    Two or more bottoms of one shape → top, the same shape. No parameters.
    Settings: ``eltwise_param`` (operation SUM, or PROD, MAX; coeff, one a bottom, SUM only,
    1 by default; stable_prod_grad true: the gradient of PROD is the product of the other
    bottoms; false: top / bottom, which is faster with many bottoms and NaN at 0).
    The gradient of MAX goes to the largest: where the first two are equal to the second, where a
    later one is equal to the largest before it to the earlier one.
    """

    num_bottoms = (2, None)

    def setup(self, *bottoms: Shape) -> None:
        settings = self.param.eltwise_param
        self.operation = settings.operation
        if self.operation not in (PROD, SUM, MAX):
            raise self.error(
                "eltwise_param.operation SORT has no definition. Expected: PROD, SUM or MAX"
            )
        coeffs = list(settings.coeff)
        # Caffe takes no notice of a maximum's coefficients.
        if coeffs and self.operation == PROD:
            raise self.error(
                f"eltwise_param.coeff is for operation SUM. Received: {coeffs} with PROD"
            )
        if coeffs and len(coeffs) != len(bottoms):
            raise self.error(
                f"eltwise_param.coeff is given {len(coeffs)} time(s) for {len(bottoms)} bottoms. "
                "Expected: none, or one a bottom"
            )
        self.coeffs = coeffs or [1.0] * len(bottoms)
        self._winner: Array | None = None

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        for i, shape in enumerate(bottoms[1:], 1):
            if shape != bottoms[0]:
                raise self.error(
                    f'bottom {i} "{self.bottoms[i]}" has the shape {shape}. '
                    f"Expected: {bottoms[0]}, as bottom 0"
                )
        return [bottoms[0]]

    def forward(self, *xs: Array) -> Array:
        y = self.top()
        if self.operation == PROD:
            return self._product(xs, y)
        if self.operation == SUM:
            return self._sum(xs, y)
        return self._maximum(xs, y)

    def _product(self, xs: Sequence[Array], y: Array) -> Array:
        if self.in_place and any(self.propagate_down):
            # What backward needs of a bottom that is about to be overwritten.
            self._first = xs[0].copy()
        np.multiply(xs[0], xs[1], out=y)
        for x in xs[2:]:
            y *= x
        return y

    def _sum(self, xs: Sequence[Array], y: Array) -> Array:
        c = [y.dtype.type(coeff) for coeff in self.coeffs]
        if c[0] == 1:
            if c[1] == 1:
                np.add(xs[0], xs[1], out=y)
            elif c[1] == -1:
                np.subtract(xs[0], xs[1], out=y)
            else:
                np.add(xs[0], c[1] * xs[1], out=y)
        else:
            np.multiply(xs[0], c[0], out=y)
            y += xs[1] if c[1] == 1 else c[1] * xs[1]
        for coeff, x in zip(c[2:], xs[2:], strict=True):
            y += x if coeff == 1 else coeff * x
        return y

    def _maximum(self, xs: Sequence[Array], y: Array) -> Array:
        if not any(self.propagate_down):
            np.maximum(xs[0], xs[1], out=y)
            for x in xs[2:]:
                np.maximum(y, x, out=y)
            return y
        winner = np.less_equal(xs[0], xs[1]).astype(np.int32)
        np.maximum(xs[0], xs[1], out=y)
        for i, x in enumerate(xs[2:], 2):
            winner[x > y] = i
            np.maximum(y, x, out=y)
        self._winner = winner
        return y

    def backward(self, dy: Array, xs: list[Array], y: Array) -> None:
        # The first bottom last: in place, its gradient's memory is dy's.
        for i in reversed(range(len(xs))):
            if not self.propagate_down[i]:
                continue
            dx = self.bottom_diff(i)
            if self.operation == SUM:
                np.multiply(dy, dy.dtype.type(self.coeffs[i]), out=dx)
            elif self.operation == MAX:
                np.multiply(dy, self._winner == i, out=dx)
            else:
                np.multiply(dy, self._slope(i, xs, y), out=dx)

    def _slope(self, i: int, xs: list[Array], y: Array) -> Array:
        """The derivative of the product by bottom ``i``."""
        xs = [self._first, *xs[1:]] if self.in_place else xs
        if not self.param.eltwise_param.stable_prod_grad:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.asarray(y / xs[i])
        others = [x for j, x in enumerate(xs) if j != i]
        slope = others[0]
        for x in others[1:]:
            slope = slope * x
        return slope
