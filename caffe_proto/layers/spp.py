"""Spatial pyramid pooling."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.pooling import AVE, MAX, STOCHASTIC, planes, pooled_shape
from caffe_proto.layers.pools import Pool
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.windows import Windows

# 2 ** 20 bins along an axis: more than any image has pixels.
MAX_HEIGHT = 20


@register_layer("SPP")
class SPP(Layer):
    """Spatial pyramid pooling: the image pooled into 1 x 1, 2 x 2, 4 x 4, ... bins, side by side.

    Bottom ``(N, C, H, W)`` → top ``(N, C * (1 + 4 + 16 + ...))``: level by level, each flattened.
    Level i has windows of ``ceil(H / 2**i)`` pixels, next to each other, with what is missing
    padded, half of it (rounded up) in front; so that a level can have fewer than 2**i bins. With a
    ``pyramid_height`` of 1 the top is ``(N, C, 1, 1)``. No parameters.

    Settings: ``spp_param`` (pyramid_height, pool MAX, or AVE or STOCHASTIC). He et al., "Spatial
    pyramid pooling in deep convolutional networks", 2014.
    """

    def setup(self, bottom: Shape) -> None:
        param = self.param.spp_param
        self.pool: int = param.pool
        self.height = int(param.pyramid_height)
        if not 1 <= self.height <= MAX_HEIGHT:
            raise self.error(f"pyramid_height must be 1 to {MAX_HEIGHT}. Received: {self.height}")
        self.chosen: list[Array] = []
        self.maxima: list[Array] = []

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        if len(bottom) != 4:
            raise self.error(f"takes a bottom of 4 axes (N, C, H, W). Received: {bottom}")
        image = bottom[2:]
        if min(image) <= 0:
            raise self.error(f"the image has no pixels. Received: {bottom}")
        self.levels = [self._level(2**level, image) for level in range(self.height)]
        if self.height == 1:
            return [(*bottom[:2], *self.levels[0].counts)]
        bins = sum(math.prod(level.counts) for level in self.levels)
        return [(bottom[0], bottom[1] * bins)]

    def _level(self, bins: int, image: Shape) -> Pool:
        kernel = tuple(-(-n // bins) for n in image)
        pad = tuple((k * bins - n + 1) // 2 for k, n in zip(kernel, image, strict=True))
        if any(p >= k for p, k in zip(pad, kernel, strict=True)):
            raise self.error(
                f"an image of {image} cannot be split into {bins} x {bins} bins: windows of "
                f"{kernel} would need padding of {pad}. Expected: a smaller pyramid_height, "
                "or a larger image"
            )
        if any(pad) and self.pool == STOCHASTIC:
            raise self.error(
                f"only MAX and AVE can be padded. Received: STOCHASTIC and an image of {image}, "
                f"which {bins} x {bins} bins do not divide"
            )
        windows = Windows(kernel, kernel, pad, (1, 1))
        return Pool(windows, image, pooled_shape(windows, image))

    def forward(self, x: Array) -> None:
        self.chosen, self.maxima = [], []
        for pool, y in zip(self.levels, self._split(x, self.top()), strict=True):
            part = np.empty((x.shape[0] * x.shape[1], 1, *pool.counts), x.dtype)
            if self.pool == MAX:
                pool.maximum(planes(x), part)
                if self.needs_backward:
                    self.maxima.append(pool.choices(part.shape))
                    pool.choose(planes(x), part, self.maxima[-1])
            elif self.pool == AVE:
                pool.average(planes(x), part)
            elif self.is_training:
                uniform = self.rng.uniform(part.shape, 0, 1).astype(x.dtype, copy=False)
                self.chosen.append(pool.draw(planes(x), uniform, part))
            else:
                pool.expect(planes(x), part)
            y[...] = part.reshape(y.shape)

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if self.pool == STOCHASTIC and not self.chosen:
            raise self.error("STOCHASTIC pooling has a gradient in TRAIN only: it needs the draws")
        dx = self.bottom_diff()
        dx[...] = 0
        part = np.empty_like(planes(x))
        for level, (pool, given) in enumerate(zip(self.levels, self._split(x, dy), strict=True)):
            bins = given.reshape(len(part), 1, *pool.counts)
            if self.pool == MAX:
                pool.maximum_gradient(bins, self.maxima[level], part)
            elif self.pool == AVE:
                pool.average_gradient(bins, part)
            else:
                pool.draw_gradient(bins, self.chosen[level], part)
            dx += part.reshape(dx.shape)
        return dx

    def _split(self, x: Array, y: Array) -> list[Array]:
        """The top's part of each level, (N, C * bins)."""
        n, c = x.shape[:2]
        ends = np.cumsum([c * math.prod(level.counts) for level in self.levels])
        return np.split(y.reshape(n, ends[-1]), ends[:-1], axis=1)
