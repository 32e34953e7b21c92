"""The smooth L1 loss of Fast R-CNN, in all the forms that its forks know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.loss import legacy_axis
from caffe_proto.layers.registry import register_layer

__all__ = ["SmoothL1Loss", "check_same_sizes", "smooth_l1", "smooth_l1_slope"]


def smooth_l1(x: Array, sigma: float = 1.0) -> Array:
    """``0.5 (sigma x)²`` where ``|x| < 1 / sigma²``, else ``|x| - 0.5 / sigma²``."""
    square = x.dtype.type(sigma) ** 2
    half = x.dtype.type(0.5)
    size: Array = np.abs(x)
    error: Array = np.where(size < 1 / square, half * square * x * x, size - half / square)
    return error


def smooth_l1_slope(x: Array, sigma: float = 1.0) -> Array:
    """The derivative of :func:`smooth_l1`: ``sigma² x`` inside, the sign of ``x`` outside."""
    square = x.dtype.type(sigma) ** 2
    return np.where(np.asarray(np.abs(x)) < 1 / square, square * x, np.sign(x))


def check_same_sizes(layer: Layer, shapes: Sequence[Shape]) -> None:
    """Raise unless all of ``shapes`` are the first, but for axes of length 1 at the end.

    Caffe compares num, channels, height and width, so that ``(R, 8)`` goes with ``(R, 8, 1, 1)``.
    """
    for i, shape in enumerate(shapes):
        if len(shape) > 4 or not shape:
            raise layer.error(f"bottom {i} has the shape {shape}. Expected: 1 to 4 axes")
        if any(legacy_axis(shape, axis) != legacy_axis(shapes[0], axis) for axis in range(4)):
            raise layer.error(f"bottom {i} has the shape {shape}. Expected: {shapes[0]}")


@register_layer("SmoothL1Loss")
class SmoothL1Loss(Layer):
    """Smooth L1 loss: ``sum w_out * f(w_in * (x - t)) / N``, f quadratic near 0, linear beyond.

    ``f(d) = 0.5 (sigma d)²`` where ``|d| < 1 / sigma²``, else ``|d| - 0.5 / sigma²``.
    Bottoms: prediction ``x``, target ``t`` and, in two further forms, inside weights ``w_in``, or
    inside and outside weights ``w_in``, ``w_out``; all ``(N, C, H, W)`` or fewer axes, of one
    shape but for ones at its end → top ``()``.
    No parameters. Prediction and target get a gradient.
    Settings: ``smooth_l1_loss_param`` (sigma 1).

    Girshick, "Fast R-CNN", 2015, equation 3. With three bottoms (the first form of Fast R-CNN, and
    SSD's) the gradient is not multiplied by the weights; with four it is, by both.
    """

    num_bottoms = (2, 4)
    is_loss = True
    auto_tops = True

    def setup(self, *bottoms: Shape) -> None:
        self.sigma = float(self.param.smooth_l1_loss_param.sigma)
        if not self.sigma > 0:
            raise self.error(f"sigma must be above 0. Received: {self.sigma:g}")

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        check_same_sizes(self, bottoms)
        return [()]

    def forward(self, x: Array, target: Array, *weights: Array) -> Any:
        self._difference = x - target.reshape(x.shape)
        if weights:
            self._difference *= weights[0].reshape(x.shape)
        error = smooth_l1(self._difference, self.sigma)
        if len(weights) == 2:
            error *= weights[1].reshape(x.shape)
        return error.sum() / x.dtype.type(len(x))

    def backward(self, dy: Array, x: list[Array], y: Array) -> list[Array | None]:
        slope = smooth_l1_slope(self._difference, self.sigma)
        if len(x) == 4:
            slope *= x[2].reshape(slope.shape)
            slope *= x[3].reshape(slope.shape)
        slope *= dy / slope.dtype.type(len(slope))
        gradients: list[Array | None] = [None] * len(x)
        if self.propagate_down[0]:
            gradients[0] = slope
        if self.propagate_down[1]:
            gradients[1] = -slope.reshape(x[1].shape)
        return gradients
