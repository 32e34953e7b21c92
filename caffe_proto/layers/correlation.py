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
from typing import Any

import numpy as np

from caffe_proto.layers.base import Array
from caffe_proto.layers.windows import Index, Windows, col2im, im2col, scratch

__all__ = ["Correlation"]

# Elements of a block of columns: some megabytes, so that they are still in the cache when the
# matrix product reads them. The gradient by the weights writes all of its result once a block,
# hence wants fewer, larger ones.
BLOCK, GRADIENT_BLOCK = 1 << 20, 1 << 22
# Elements of a block of channels when each channel is treated by itself.
CHANNEL_BLOCK = 1 << 16

Block = tuple[slice, slice]


class Correlation:
    """Sliding ``windows`` over images, the channels split into ``groups``."""

    def __init__(self, windows: Windows, groups: int = 1) -> None:
        self.windows = windows
        self.groups = groups

    def forward(self, x: Array, weight: Array, y: Array, bias: Array | None = None) -> None:
        """Write ``weight * x + bias`` into ``y``."""
        if self._is_depthwise(x, y):
            self._forward_depthwise(x, weight, y, bias)
            return
        w = self._matrix(weight)
        if self.windows.is_pointwise:
            np.matmul(w, self._grouped(x), out=self._grouped(y))
            if bias is not None:
                y += _column(bias, y.ndim - 1)
            return
        for images, rows in self._blocks(x, y, BLOCK):
            cols = self._columns(x, y, images, rows)
            out = y[images, :, rows]
            product = scratch("product", (*w.shape[:2], cols.shape[2]), y.dtype)
            product = np.matmul(w, cols, out=product)
            product = product.reshape(y.shape[1], len(out), *out.shape[2:]).swapaxes(0, 1)
            if bias is None:
                out[...] = product
            else:
                np.add(product, _column(bias, y.ndim - 1), out=out)

    def transpose(self, y: Array, weight: Array, x: Array, bias: Array | None = None) -> None:
        """Write into ``x`` what each window gives back to its pixels, plus ``bias``."""
        if self._is_depthwise(x, y):
            self._transpose_depthwise(y, weight, x, bias)
            return
        w = self._matrix(weight).swapaxes(1, 2)
        if self.windows.is_pointwise:
            np.matmul(w, self._grouped(y), out=self._grouped(x))
            if bias is not None:
                x += _column(bias, x.ndim - 1)
            return
        x[...] = 0 if bias is None else _column(bias, x.ndim - 1)
        for images, rows in self._blocks(x, y, BLOCK):
            part = self._windows_first(y[images, :, rows])
            cols = scratch("columns", (*w.shape[:2], part.shape[2]), x.dtype)
            np.matmul(w, part, out=cols)
            counts = y[images, :, rows].shape
            cols = cols.reshape(x.shape[1], *self.windows.kernel, counts[0], *counts[2:])
            col2im(cols, self.windows, x[images], rows.start or 0)

    def add_weight_gradient(self, x: Array, y: Array, weight: Array) -> None:
        """Add to ``weight`` the derivative of ``forward(x)`` · ``y`` by the weights."""
        if self._is_depthwise(x, y):
            self._add_depthwise_gradient(x, y, weight)
            return
        w = self._matrix(weight)
        for images, rows in self._blocks(x, y, GRADIENT_BLOCK):
            cols = self._columns(x, y, images, rows)
            part = self._windows_first(y[images, :, rows])
            w += np.matmul(part, cols.swapaxes(1, 2), out=scratch("product", w.shape, w.dtype))

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
        im2col(x[images], self.windows, cols, rows.start or 0)
        return cols.reshape(self.groups, -1, counts[0] * math.prod(counts[2:]))

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

    # -- one filter a channel: no matrix to multiply, so multiply and add tap by tap ---------

    def _is_depthwise(self, x: Array, y: Array) -> bool:
        return self.groups == x.shape[1] == y.shape[1] and not self.windows.is_pointwise

    def _channel_blocks(self, x: Array, y: Array) -> Iterator[Block]:
        """An image, and channels of it that fit into the cache."""
        plane = max(math.prod(x.shape[2:]), math.prod(y.shape[2:]), 1)
        step = max(1, CHANNEL_BLOCK // plane)
        for n in range(len(x)):
            for c in range(0, x.shape[1], step):
                yield slice(n, n + 1), slice(c, min(c + step, x.shape[1]))

    def _taps(self, x: Array, y: Array) -> list[tuple[Any, Index, Index]]:
        """For each tap: its place in the filters, the windows, and the pixels they see there."""
        image, counts = x.shape[2:], y.shape[2:]
        return [
            ((slice(None), 0, *tap), *self.windows.overlap(tap, image, counts))
            for tap in self.windows.taps()
        ]

    def _forward_depthwise(self, x: Array, weight: Array, y: Array, bias: Array | None) -> None:
        taps = self._taps(x, y)
        for n, c in self._channel_blocks(x, y):
            seen, out, factors = x[n, c], y[n, c], weight[c]
            out[...] = 0 if bias is None else _column(bias[c], y.ndim - 1)
            for tap, within, pixels in taps:
                _add_product(seen[pixels], factors[tap], out[within])

    def _transpose_depthwise(self, y: Array, weight: Array, x: Array, bias: Array | None) -> None:
        taps = self._taps(x, y)
        for n, c in self._channel_blocks(x, y):
            given, out, factors = y[n, c], x[n, c], weight[c]
            out[...] = 0 if bias is None else _column(bias[c], x.ndim - 1)
            for tap, within, pixels in taps:
                _add_product(given[within], factors[tap], out[pixels])

    def _add_depthwise_gradient(self, x: Array, y: Array, weight: Array) -> None:
        pixel_axes = (0, *range(2, x.ndim))
        taps = self._taps(x, y)
        for n, c in self._channel_blocks(x, y):
            seen, given, factors = x[n, c], y[n, c], weight[c]
            for tap, within, pixels in taps:
                part = given[within]
                product = np.multiply(seen[pixels], part, out=scratch("tap", part.shape, x.dtype))
                factors[tap] += product.sum(axis=pixel_axes)


def _add_product(values: Array, factors: Array, target: Array) -> None:
    """``target += factors * values``, one factor a channel."""
    column = _column(factors, values.ndim - 1)
    target += np.multiply(values, column, out=scratch("tap", values.shape, values.dtype))


def _column(values: Array, ndim: int) -> Array:
    """``values`` (C,) shaped to broadcast over (C, H, W) with ``ndim`` axes."""
    return values.reshape(-1, *(1,) * (ndim - 1))
