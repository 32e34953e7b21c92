"""Local response normalization."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.pools import Pool
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.windows import Windows, scratch

ACROSS_CHANNELS = 0


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
        for part in _parts(x):
            np.multiply(x[part], self._power(self._norm(x[part])), out=y[part])
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array:
        # y = x s^-beta with s = k + alpha sum(x²), so
        # dx = s^-beta dy - 2 alpha beta x sum(dy x s^(-beta - 1)), the window being symmetric.
        dx = self.bottom_diff()
        factor = x.dtype.type(2 * self.alpha * self.beta)
        for part in _parts(x):
            here, given = x[part], dy[part]
            norm = self._norm(here)
            scaled = given * self._power(norm)
            spread = self._sum_adjoint(scaled * here / norm)
            dx[part] = scaled - factor * here * spread
        return dx

    def _norm(self, x: Array) -> Array:
        """``k + alpha sum(x²)``."""
        norm: Array = self._sum(np.multiply(x, x, out=scratch("squares", x.shape, x.dtype)))
        norm *= x.dtype.type(self.alpha)
        norm += x.dtype.type(self.k)
        return norm

    def _power(self, norm: Array) -> Array:
        """``norm ** -beta``."""
        power = scratch("power", norm.shape, norm.dtype)
        if self.beta == 0.75:
            # Two square roots cost a fraction of a general power.
            np.sqrt(norm, out=power)
            power *= norm
            np.sqrt(power, out=power)
            np.reciprocal(power, out=power)
        else:
            np.power(norm, norm.dtype.type(-self.beta), out=power)
        return power

    def _sum(self, values: Array) -> Array:
        """The sum, or within a channel the mean, over the window around each value."""
        total = scratch("sums", values.shape, values.dtype)
        if self.is_across:
            _sum_channels(values, self.size, total)
        else:
            self.pool.average(_planes(values), _planes(total))
        return total

    def _sum_adjoint(self, values: Array) -> Array:
        if self.is_across:
            return self._sum(values)
        total = np.empty_like(values)
        self.pool.average_gradient(_planes(values), _planes(total))
        return total


def _parts(x: Array) -> list[slice]:
    """One image at a time: what is computed on the way stays in the cache."""
    return [slice(n, n + 1) for n in range(len(x))]


def _planes(x: Array) -> Array:
    n, c, h, w = x.shape
    return x.reshape(n * c, 1, h, w)


def _sum_channels(values: Array, size: int, total: Array) -> None:
    """The sum of the ``size`` channels around each one, kept up from channel to channel."""
    channels, half = values.shape[1], size // 2
    np.add.reduce(values[:, : half + 1], axis=1, out=total[:, 0])
    for c in range(1, channels):
        total[:, c] = total[:, c - 1]
        if c + half < channels:
            total[:, c] += values[:, c + half]
        if c > half:
            total[:, c] -= values[:, c - half - 1]
