"""Dropout: elements left out at random while training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("Dropout")
class Dropout(Layer):
    """Dropout: ``y = x * mask / (1 - ratio)`` in TRAIN, mask 1 with probability 1 - ratio, else 0.

    In TEST ``y = x``. Bottom ``(any shape)`` → top, the same shape. No parameters. May run in
    place. One draw an element and forward pass, in TRAIN only.
    Settings: ``dropout_param`` (dropout_ratio 0.5). Of forks: scale_train (true; false leaves out
    the division in TRAIN and multiplies by 1 - ratio in TEST instead), sqrt_scale (false; true
    divides by the square root), sample_weights_test (false; true drops in TEST as in TRAIN, which
    samples a Bayesian net). random_seed and engine, which concern cuDNN, change nothing.
    Srivastava et al., Dropout, JMLR 2014.
    """

    def setup(self, bottom: Shape) -> None:
        settings = self.param.dropout_param
        self.ratio = float(settings.dropout_ratio)
        self.drops = self.is_training or settings.sample_weights_test
        # Where nothing is dropped Caffe does not look at the ratio.
        if not 0 <= self.ratio < 1 and (self.drops or not settings.scale_train):
            raise self.error(
                "dropout_param.dropout_ratio is out of range. Expected: from 0 to below 1. "
                f"Received: {self.ratio:g}"
            )
        self.kept = max(1 - self.ratio, 0)
        if settings.sqrt_scale:
            self.kept = self.kept**0.5
        self.scale_train = settings.scale_train

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        return [bottom]

    @property
    def _scale(self) -> float:
        """What is multiplied by beside the mask."""
        if self.drops:
            return 1 / self.kept if self.scale_train else 1.0
        return 1.0 if self.scale_train else self.kept

    def is_by_image(self) -> bool:
        # Draws come in the order of the batch.
        return not self.drops

    def forward(self, x: Array) -> Array:
        y = self.top()
        scale = x.dtype.type(self._scale)
        if self.drops:
            self.mask = self.rng.bernoulli(x.shape, 1 - self.ratio)
            np.multiply(x, self.mask, out=y)
            if scale != 1:
                y *= scale
        elif scale != 1:
            np.multiply(x, scale, out=y)
        elif y is not x:
            np.copyto(y, x)
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if not self.propagate_down[0]:
            return None
        dx = self.bottom_diff()
        scale = dy.dtype.type(self._scale)
        if self.drops:
            np.multiply(dy, self.mask, out=dx)
            if scale != 1:
                dx *= scale
        elif scale != 1:
            np.multiply(dy, scale, out=dx)
        elif dx is not dy:
            np.copyto(dx, dy)
        return dx
