"""The linear map of a convolution layer, its transpose and its derivative by the weights.

Images ``x`` (N, C, H, W), windows ``y`` (N, O, windows_h, windows_w), weights
(O, C / groups, kernel_h, kernel_w), any number of spatial axes:

    y[n, o, p] = sum over c, k of  weight[o, c, k] * x[n, c, stride p + dilation k - pad]

The windows' contents are laid out as columns, so that each map is a matrix product; this is done
for as many images, or rows of one image, as keep the columns in the cache. Chellapilla et al.,
"High performance convolutional neural networks for document processing", 2006.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from caffe_proto.layers.base import Array
from caffe_proto.layers.windows import Windows, col2im, im2col, scratch

__all__ = ["Correlation"]

# Elements of a block of columns: some megabytes, so that they are still in the cache when the
# matrix product reads them. The gradient by the weights writes all of its result once a block,
# hence wants fewer, larger ones.
BLOCK, GRADIENT_BLOCK = 1 << 21, 1 << 22

Block = tuple[slice, slice]


class Correlation:
    """Sliding ``windows`` over images, the channels split into ``groups``."""

    def __init__(self, windows: Windows, groups: int = 1) -> None:
        self.windows = windows
        self.groups = groups

    def forward(self, x: Array, weight: Array, y: Array, bias: Array | None = None) -> None:
        """Write ``weight * x + bias`` into ``y``."""
        w = self._matrix(weight)
        if self.windows.is_pointwise:
            _product(w, self._grouped(x), self._grouped(y))
            if bias is not None:
                y += _column(bias, y.ndim - 1)
            return
        for images, rows in self._blocks(x, y, BLOCK):
            cols = self._columns(x, y, images, rows)
            out = y[images, :, rows]
            product = scratch("product", (*w.shape[:2], cols.shape[2]), y.dtype)
            product = _product(w, cols, product)
            product = product.reshape(y.shape[1], len(out), *out.shape[2:]).swapaxes(0, 1)
            if bias is None:
                out[...] = product
            else:
                np.add(product, _column(bias, y.ndim - 1), out=out)

    def transpose(self, y: Array, weight: Array, x: Array, bias: Array | None = None) -> None:
        """Write into ``x`` what each window gives back to its pixels, plus ``bias``."""
        w = self._matrix(weight).swapaxes(1, 2)
        if self.windows.is_pointwise:
            _product(w, self._grouped(y), self._grouped(x))
            if bias is not None:
                x += _column(bias, x.ndim - 1)
            return
        x[...] = 0 if bias is None else _column(bias, x.ndim - 1)
        for images, rows in self._blocks(x, y, BLOCK):
            part = self._windows_first(y[images, :, rows])
            cols = scratch("columns", (*w.shape[:2], part.shape[2]), x.dtype)
            _product(w, part, cols)
            counts = y[images, :, rows].shape
            cols = cols.reshape(x.shape[1], *self.windows.kernel, counts[0], *counts[2:])
            windows, seen = self._windows_of(rows, x, y)
            col2im(cols, windows, x[images, :, seen])

    def add_weight_gradient(self, x: Array, y: Array, weight: Array) -> None:
        """Add to ``weight`` the derivative of ``forward(x)`` · ``y`` by the weights."""
        w = self._matrix(weight)
        for images, rows in self._blocks(x, y, GRADIENT_BLOCK):
            cols = self._columns(x, y, images, rows)
            part = self._windows_first(y[images, :, rows])
            w += _product(part, cols.swapaxes(1, 2), scratch("product", w.shape, w.dtype))

    # -- columns -----------------------------------------------------------------------------

    def _matrix(self, weight: Array) -> Array:
        return weight.reshape(self.groups, weight.shape[0] // self.groups, -1)

    def _grouped(self, x: Array) -> Array:
        """(N, C, H, W) → (N, groups, C / groups, H W), without a copy."""
        pixels = math.prod(x.shape[2:])
        return x.reshape(x.shape[0], self.groups, x.shape[1] // self.groups, pixels)

    def _windows_first(self, y: Array) -> Array:
        """(N, O, H, W) → (groups, O / groups, N H W), the layout of columns."""
        columns = len(y) * math.prod(y.shape[2:])
        channels_first: Array = y.swapaxes(0, 1)
        return channels_first.reshape(self.groups, y.shape[1] // self.groups, columns)

    def _columns(self, x: Array, y: Array, images: slice, rows: slice) -> Array:
        if self.windows.is_pointwise:
            return self._windows_first(x[images, :, rows])
        counts = y[images, :, rows].shape
        shape = (x.shape[1], *self.windows.kernel, counts[0], *counts[2:])
        cols = scratch("columns", shape, x.dtype)
        windows, seen = self._windows_of(rows, x, y)
        im2col(x[images, :, seen], windows, cols)
        return cols.reshape(self.groups, -1, counts[0] * math.prod(counts[2:]))

    def _windows_of(self, rows: slice, x: Array, y: Array) -> tuple[Windows, slice]:
        """The windows of some rows, and the rows of the images that they see."""
        first, end, _ = rows.indices(y.shape[2])
        if end - first == y.shape[2]:
            return self.windows, slice(None)
        return self.windows.rows(first, end - first, x.shape[2:])

    def _blocks(self, x: Array, y: Array, limit: int) -> Iterator[Block]:
        """Images, and rows of windows, whose columns have about ``limit`` elements."""
        height = x.shape[1] * math.prod(self.windows.kernel)
        image = height * math.prod(y.shape[2:])
        if image <= limit:
            step = max(1, limit // max(image, 1))
            for n in range(0, len(y), step):
                yield slice(n, min(n + step, len(y))), slice(None)
            return
        total = y.shape[2]
        step = max(1, limit // (image // total))
        for n in range(len(y)):
            for r in range(0, total, step):
                yield slice(n, n + 1), slice(r, min(r + step, total))


def _product(a: Array, b: Array, out: Array) -> Array:
    """The matrix product ``a b``, stack by stack."""
    # With one column (depthwise filters) it is each times each, which is faster as such.
    product = np.multiply if a.shape[-1] == 1 else np.matmul
    result: Array = product(a, b, out=out)
    return result


def _column(values: Array, ndim: int) -> Array:
    """``values`` (C,) shaped to broadcast over (C, H, W) with ``ndim`` axes."""
    return values.reshape(-1, *(1,) * (ndim - 1))
