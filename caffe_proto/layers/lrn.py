"""Local response normalization."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto import threads
from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.pooling import MAX_WINDOW, planes
from caffe_proto.layers.pools import Pool
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.windows import Windows, scratch

ACROSS_CHANNELS = 0


@register_layer("LRN")
class LRN(Layer):
    """Local response normalization: ``y = x / (k + alpha / n * sum of n x² around x) ** beta``.

    Bottom ``(N, C, H, W)`` → top, the same shape. No parameters. May run in place (where Caffe's
    own loses x: ACROSS_CHANNELS on the CPU, its gradient anywhere). ACROSS_CHANNELS sums over the
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
        if self.size > MAX_WINDOW:
            raise self.error(f"local_size {self.size} is too large. Expected: at most {MAX_WINDOW}")
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

    def is_by_image(self) -> bool:
        return True

    def forward(self, x: Array) -> Array:
        y = self.top()
        if self.in_place and self.needs_backward:
            # Backward needs what is about to be overwritten.
            self._input = x.copy()

        def one(part: slice) -> None:
            here = x[part]
            np.divide(here, self._root(self._norm(here)), out=y[part])

        threads.share(one, _images(x))
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array:
        # y = x s^-beta with s = k + alpha sum(x²), so
        # dx = s^-beta dy - 2 alpha beta x sum(dy x s^(-beta - 1)), the window being symmetric.
        dx = self.bottom_diff()
        x = self._input if self.in_place else x
        factor = x.dtype.type(2 * self.alpha * self.beta)

        def one(part: slice) -> None:
            here = x[part]
            norm = self._norm(here)
            root = self._root(norm)
            scaled = np.divide(dy[part], root, out=root)
            norm = np.divide(here, norm, out=norm)
            spread = self._sum_adjoint(norm, scaled, "spread")
            spread *= here
            spread *= factor
            np.subtract(scaled, spread, out=dx[part])

        threads.share(one, _images(x))
        return dx

    def _norm(self, x: Array) -> Array:
        """``k + alpha sum(x²)``."""
        norm = self._sum(x, x, "norm")
        norm *= x.dtype.type(self.alpha)
        norm += x.dtype.type(self.k)
        return norm

    def _root(self, norm: Array) -> Array:
        """``norm ** beta``."""
        root = scratch("root", norm.shape, norm.dtype)
        if self.beta == 0.75:
            # Square roots cost a fraction of a general power: s^(3/4) = s^(1/2) s^(1/4).
            np.sqrt(norm, out=root)
            root *= np.sqrt(root, out=scratch("quarter", norm.shape, norm.dtype))
        else:
            np.power(norm, norm.dtype.type(self.beta), out=root)
        return root

    def _sum(self, a: Array, b: Array, purpose: str) -> Array:
        """The sum of ``a b``, or within a channel the mean, over the window around each value."""
        total = scratch(purpose, a.shape, a.dtype)
        if self.is_across:
            _sum_channels(a, b, self.size, total)
        else:
            product = np.multiply(a, b, out=scratch("product", a.shape, a.dtype))
            self.pool.average(planes(product), planes(total))
        return total

    def _sum_adjoint(self, a: Array, b: Array, purpose: str) -> Array:
        if self.is_across:
            return self._sum(a, b, purpose)
        total = scratch(purpose, a.shape, a.dtype)
        product = np.multiply(a, b, out=scratch("product", a.shape, a.dtype))
        self.pool.average_gradient(planes(product), planes(total))
        return total


def _images(x: Array) -> list[slice]:
    """One image at a time: what is computed on the way is still in the cache then."""
    return [slice(n, n + 1) for n in range(len(x))]


def _sum_channels(a: Array, b: Array, size: int, total: Array) -> None:
    """The sum of ``a b`` over the ``size`` channels around each one.

    Sums of 1, 2, 4, ... neighbours are made of each other; those that make up ``size`` are added.
    """
    n, channels, *image = a.shape
    # A window that is wider than all channels to both sides sees no more than those.
    half = min(size // 2, max(channels - 1, 0))
    size = 2 * half + 1
    runs = scratch("runs", (n, channels + 2 * half, *image), a.dtype)
    runs[:, :half] = runs[:, half + channels :] = 0
    np.multiply(a, b, out=runs[:, half : half + channels])
    parts, length, offset = [runs[:, :channels]], 1, 1
    while 2 * length <= size:
        longer = scratch(f"runs of {2 * length}", runs[:, length:].shape, a.dtype)
        runs = np.add(runs[:, :-length], runs[:, length:], out=longer)
        length *= 2
        if size & length:
            parts.append(runs[:, offset : offset + channels])
            offset += length
    if len(parts) == 1:
        total[...] = parts[0]
        return
    np.add(parts[0], parts[1], out=total)
    for part in parts[2:]:
        total += part
