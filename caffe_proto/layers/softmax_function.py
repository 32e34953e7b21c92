"""The softmax itself, shared by the Softmax layer and the losses that contain one."""

from __future__ import annotations

import numpy as np

from caffe_proto.layers.base import Array

__all__ = ["softmax", "softmax_gradient"]


def softmax(x: Array, axis: int, out: Array | None = None) -> Array:
    """``exp(x - max x) / sum exp(x - max x)`` along ``axis``; the shape stays.

    Subtracting the maximum first keeps ``exp`` from overflowing, and makes a score that is far
    below the maximum underflow to probability 0, as in Caffe. ``out`` may be ``x`` itself.
    """
    if x.size == 0:
        return np.empty_like(x) if out is None else out
    y: Array = np.subtract(x, x.max(axis=axis, keepdims=True), out=out)
    np.exp(y, out=y)
    y /= y.sum(axis=axis, keepdims=True)
    return y


def softmax_gradient(dy: Array, y: Array, axis: int, out: Array | None = None) -> Array:
    """``y * (dy - sum dy * y)``: the gradient of the scores from that of the probabilities ``y``.

    ``out`` may be ``dy`` itself.
    """
    inner = np.multiply(dy, y).sum(axis=axis, keepdims=True)
    dx: Array = np.subtract(dy, inner, out=out)
    dx *= y
    return dx
