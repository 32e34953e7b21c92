"""Self-normalizing activations: SeLu, and the dropout that goes with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer

__all__ = ["SeLu", "SeLuDropout"]


@register_layer("SeLu")
class SeLu(Layer):
    """Scaled exponential unit: ``y = lambda x`` for x > 0, else ``lambda alpha (exp(x) - 1)``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place.
    Settings: ``selu_param`` (lambda 1.050700987, alpha 1.67326324).
    The gradient at exactly 0 is lambda alpha.
    Klambauer et al., Self-Normalizing Neural Networks, NIPS 2017.
    """

    def setup(self, bottom: Shape) -> None:
        settings = self.param.selu_param
        self.scale, self.alpha = float(getattr(settings, "lambda")), float(settings.alpha)

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        return [bottom]

    def forward(self, x: Array) -> Array:
        y = self.top()
        real = x.dtype.type
        # In place nothing tells later which side a value was on.
        self._positive = x > 0
        self._below = below = np.minimum(x, 0, out=np.empty_like(x))
        np.expm1(below, out=below)
        below *= real(self.scale * self.alpha)
        np.maximum(x, 0, out=y)
        y *= real(self.scale)
        y += below
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if not self.propagate_down[0]:
            return None
        # lambda alpha exp(x) = lambda alpha (exp(x) - 1) + lambda alpha.
        real = dy.dtype.type
        falling = self._below + real(self.scale * self.alpha)
        slope = np.where(self._positive, real(self.scale), falling)
        dx = self.bottom_diff()
        np.multiply(dy, slope, out=dx)
        return dx


@register_layer("SeLuDropout")
class SeLuDropout(Layer):
    """Alpha dropout: elements take the value alpha at random; mean and variance stay 0 and 1.

    In TRAIN ``y = a (x mask + alpha (1 - mask)) + b``, mask 1 with probability
    ``q = 1 - dropout_ratio``, ``a = 1 / sqrt(q (1 + alpha² (1 - q)))``, ``b = -a (1 - q) alpha``;
    in TEST ``y = x``. Bottom ``(any shape)`` → top, the same shape. No parameters. May run in
    place. One draw an element and forward pass, in TRAIN only.
    Settings: ``selu_dropout_param`` (dropout_ratio 0.1, alpha -1.75809934).
    Klambauer et al., Self-Normalizing Neural Networks, NIPS 2017.
    """

    def setup(self, bottom: Shape) -> None:
        settings = self.param.selu_dropout_param
        ratio, self.alpha = float(settings.dropout_ratio), float(settings.alpha)
        if not 0 < ratio < 1:
            raise self.error(
                "selu_dropout_param.dropout_ratio is out of range. Expected: above 0 and below 1. "
                f"Received: {ratio:g}"
            )
        self.kept = 1 - ratio
        self.gain = 1 / float(np.sqrt(self.kept * (1 + self.alpha**2 * ratio)))
        self.shift = -self.gain * ratio * self.alpha

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        return [bottom]

    def forward(self, x: Array) -> Array:
        y = self.top()
        if not self.is_training:
            if y is not x:
                np.copyto(y, x)
            return y
        real = x.dtype.type
        self.mask = self.rng.bernoulli(x.shape, self.kept)
        np.multiply(x, real(self.gain), out=y)
        np.copyto(y, real(self.gain * self.alpha), where=self.mask == 0)
        y += real(self.shift)
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if not self.propagate_down[0]:
            return None
        dx = self.bottom_diff()
        if not self.is_training:
            if dx is not dy:
                np.copyto(dx, dy)
            return dx
        np.multiply(dy, self.mask, out=dx)
        dx *= dy.dtype.type(self.gain)
        return dx
