"""Local response normalization."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.pools import Pool
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.windows import Windows, scratch

ACROSS_CHANNELS = 0
# Elements of a piece of an image: it and its like stay in the cache.
BLOCK = 1 << 17


@register_layer("LRN")
class LRN(Layer):
    """Local response normalization: ``y = x / (k + alpha / n * sum of n x² around x) ** beta``.

    Bottom ``(N, C, H, W)`` → top, the same shape. No parameters. ACROSS_CHANNELS sums over the
    ``local_size`` n channels around each; WITHIN_CHANNEL over n x n pixels, divides alpha by n²
    and has 1 in place of k, whatever k is. What lies outside counts as zero.

    Settings: ``lrn_param`` (local_size 5: odd, alpha 1, beta 0.75, norm_region ACROSS_CHANNELS,
    k 1). Krizhevsky et al., "ImageNet classification with deep convolutional neural networks",
    2012, section 3.3; there alpha is not divided by n.
    """

    def setup(self, bottom: Shape) -> None:
        param = self.param.lrn_param
        self.size = int(param.local_size)
        if self.size % 2 == 0:
            raise self.error(f"local_size must be odd. Received: {self.size}")
        self.is_across = param.norm_region == ACROSS_CHANNELS
        self.beta = float(param.beta)
        # Caffe's WITHIN_CHANNEL ignores k.
        self.k = float(param.k) if self.is_across else 1.0
        self.alpha = float(param.alpha) / (self.size if self.is_across else 1)

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        if len(bottom) != 4:
            raise self.error(f"takes a bottom of 4 axes (N, C, H, W). Received: {bottom}")
        if not self.is_across:
            half = self.size // 2
            windows = Windows((self.size,) * 2, (1, 1), (half, half), (1, 1))
            self.pool = Pool(windows, bottom[2:], bottom[2:])
        return [bottom]

    def forward(self, x: Array) -> Array:
        y = self.top()
        for part in self._parts(x):
            here = x[part]
            np.divide(here, self._root(self._norm(here)), out=y[part])
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array:
        # y = x s^-beta with s = k + alpha sum(x²), so
        # dx = s^-beta dy - 2 alpha beta x sum(dy x s^(-beta - 1)), the window being symmetric.
        dx = self.bottom_diff()
        factor = x.dtype.type(2 * self.alpha * self.beta)
        for part in self._parts(x):
            here = x[part]
            norm = self._norm(here)
            root = self._root(norm)
            scaled = np.divide(dy[part], root, out=root)
            norm = np.divide(here, norm, out=norm)
            norm *= scaled
            spread = self._sum_adjoint(norm)
            spread *= here
            spread *= factor
            np.subtract(scaled, spread, out=dx[part])
        return dx

    def _parts(self, x: Array) -> Iterator[tuple[slice, ...]]:
        """Pieces small enough that what is computed on the way stays in the cache."""
        n, c, h, w = x.shape
        everything = slice(None)
        if self.is_across:
            rows, step = h, max(1, BLOCK // max(c * w, 1))
            pieces = [(everything, slice(r, r + step)) for r in range(0, rows, step)]
        else:
            step = max(1, BLOCK // max(h * w, 1))
            pieces = [(slice(first, first + step), everything) for first in range(0, c, step)]
        for image in range(n):
            for channels, row in pieces:
                yield slice(image, image + 1), channels, row

    def _norm(self, x: Array) -> Array:
        """``k + alpha sum(x²)``."""
        norm = self._sum(np.multiply(x, x, out=scratch("squares", x.shape, x.dtype)))
        norm *= x.dtype.type(self.alpha)
        norm += x.dtype.type(self.k)
        return norm

    def _root(self, norm: Array) -> Array:
        """``norm ** beta``."""
        root = scratch("root", norm.shape, norm.dtype)
        if self.beta == 0.75:
            # Two square roots cost a fraction of a general power.
            np.sqrt(norm, out=root)
            root *= norm
            np.sqrt(root, out=root)
        else:
            np.power(norm, norm.dtype.type(self.beta), out=root)
        return root

    def _sum(self, values: Array, purpose: str = "norm") -> Array:
        """The sum, or within a channel the mean, over the window around each value."""
        total = scratch(purpose, values.shape, values.dtype)
        if self.is_across:
            _sum_channels(values, self.size, total)
        else:
            self.pool.average(_planes(values), _planes(total))
        return total

    def _sum_adjoint(self, values: Array) -> Array:
        if self.is_across:
            return self._sum(values, "spread")
        total = scratch("spread", values.shape, values.dtype)
        self.pool.average_gradient(_planes(values), _planes(total))
        return total


def _planes(x: Array) -> Array:
    n, c, h, w = x.shape
    return x.reshape(n * c, 1, h, w)


def _sum_channels(values: Array, size: int, total: Array) -> None:
    """The sum of the ``size`` channels around each one.

    Sums of 1, 2, 4, ... neighbours are made of each other; those that make up ``size`` are added.
    """
    n, channels, *image = values.shape
    # A wider window than all channels to both sides sees no more than that.
    half = min(size // 2, channels)
    size = 2 * half + 1
    runs = scratch("runs", (n, channels + 2 * half, *image), values.dtype)
    runs[:, :half] = runs[:, half + channels :] = 0
    runs[:, half : half + channels] = values
    total[...] = runs[:, :channels]
    length, offset = 1, 1
    while 2 * length <= size:
        more = scratch(f"runs {length}", runs[:, length:].shape, values.dtype)
        runs = np.add(runs[:, :-length], runs[:, length:], out=more)
        length *= 2
        if size & length:
            total += runs[:, offset : offset + channels]
            offset += length
