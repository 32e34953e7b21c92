"""Blobs of one shape combined element by element."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer

PROD, SUM, MAX, SORT = 0, 1, 2, 3


@register_layer("Eltwise")
class Eltwise(Layer):
    """Combines its bottoms: ``y = c1 x1 + c2 x2 + ...``, ``y = x1 x2 ...`` or ``y = max(x1, ...)``.

    Two or more bottoms of one shape → top, the same shape. No parameters. May run in place (where
    Caffe's own SUM and MAX lose the first bottom, and its PROD the top's gradient; here they work).
    Settings: ``eltwise_param`` (operation SUM, or PROD, MAX; coeff, one a bottom, SUM only,
    1 by default; stable_prod_grad true: the gradient of PROD is the product of the other
    bottoms; false: top / bottom, which is faster with many bottoms and NaN at 0).
    Of caffe-windows: operation SORT, ``y = (x1 + 1) (x2 + 1) ...``.
    The gradient of MAX goes to the largest: where the first two are equal to the second, where a
    later one is equal to the largest before it to the earlier one.
    """

    num_bottoms = (2, None)

    def setup(self, *bottoms: Shape) -> None:
        settings = self.param.eltwise_param
        self.operation = settings.operation
        coeffs = list(settings.coeff)
        # Caffe takes no notice of a maximum's coefficients.
        if coeffs and self.operation in (PROD, SORT):
            raise self.error(
                f"eltwise_param.coeff is {coeffs} for a product. Expected: coeff with SUM only"
            )
        if coeffs and len(coeffs) != len(bottoms):
            raise self.error(
                f"eltwise_param.coeff is given {len(coeffs)} time(s) for {len(bottoms)} bottoms. "
                "Expected: none, or one a bottom"
            )
        self.coeffs = coeffs or [1.0] * len(bottoms)

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        for i, shape in enumerate(bottoms[1:], 1):
            if shape != bottoms[0]:
                raise self.error(
                    f'bottom {i} "{self.bottoms[i]}" has the shape {shape}. '
                    f"Expected: {bottoms[0]}, as bottom 0"
                )
        return [bottoms[0]]

    def is_by_image(self) -> bool:
        return True

    def forward(self, *xs: Array) -> Array:
        y = self.top()
        if self.operation == SUM:
            return self._sum(xs, y)
        if self.operation == MAX:
            return self._maximum(xs, y)
        return self._product(xs, y)

    def _product(self, xs: Sequence[Array], y: Array) -> Array:
        if self.in_place and self.needs_backward:
            # What backward needs of a bottom that is about to be overwritten.
            self._first = xs[0].copy()
        first, second, *others = self._factors(xs)
        np.multiply(first, second, out=y)
        for x in others:
            y *= x
        return y

    def _factors(self, xs: Sequence[Array]) -> Sequence[Array]:
        return [x + 1 for x in xs] if self.operation == SORT else xs

    def _sum(self, xs: Sequence[Array], y: Array) -> Array:
        terms = (
            x if coeff == 1 else y.dtype.type(coeff) * x
            for coeff, x in zip(self.coeffs, xs, strict=True)
        )
        np.add(next(terms), next(terms), out=y)
        for term in terms:
            y += term
        return y

    def _maximum(self, xs: Sequence[Array], y: Array) -> Array:
        if self.in_place and self.needs_backward:
            # Backward cannot find it any more.
            self._won = self._wins(xs)
        np.maximum(xs[0], xs[1], out=y)
        for x in xs[2:]:
            np.maximum(y, x, out=y)
        return y

    @staticmethod
    def _wins(xs: Sequence[Array]) -> list[Array]:
        """For each bottom, where it is the one that the gradient goes to."""
        wins = [xs[0] > xs[1]]
        wins.append(~wins[0])
        largest = xs[0]
        for before, x in pairwise(xs[1:]):
            largest = np.maximum(largest, before)
            greater = x > largest
            for earlier in wins:
                earlier &= ~greater
            wins.append(greater)
        return wins

    def backward(self, dy: Array, xs: list[Array], y: Array) -> None:
        if self.operation == MAX and not self.in_place:
            self._won = self._wins(xs)
        # The first bottom last: in place, its gradient's memory is dy's.
        for i in reversed(range(len(xs))):
            if not self.propagate_down[i]:
                continue
            dx = self.bottom_diff(i)
            if self.operation == SUM:
                np.multiply(dy, dy.dtype.type(self.coeffs[i]), out=dx)
            elif self.operation == MAX:
                np.multiply(dy, self._won[i], out=dx)
            else:
                np.multiply(dy, self._slope(i, xs, y), out=dx)

    def _slope(self, i: int, xs: list[Array], y: Array) -> Array:
        """The derivative of the product by bottom ``i``."""
        factors = self._factors([self._first, *xs[1:]] if self.in_place else xs)
        if not self.param.eltwise_param.stable_prod_grad:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.asarray(y / factors[i])
        others = [x for j, x in enumerate(factors) if j != i]
        slope = others[0]
        for x in others[1:]:
            slope = slope * x
        return slope
