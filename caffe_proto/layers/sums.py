"""Sums over all axes but one, for the gradients of what is broadcast."""

from __future__ import annotations

import numpy as np

from caffe_proto.layers.base import Array

__all__ = ["sum_of", "sum_of_products"]


def sum_of(a: Array) -> Array:
    """Sums over the first and last axis of ``(outer, middle, inner)``: ``(middle,)``."""
    if a.shape[2] == 1:
        return np.asarray(a.sum(axis=(0, 2)))
    return np.asarray((a @ np.ones(a.shape[2], a.dtype)).sum(axis=0))


def sum_of_products(a: Array, b: Array) -> Array:
    """Sums of ``a * b`` over the first and last axis of ``(outer, middle, inner)``."""
    if a.shape[2] < 64:
        return np.asarray(np.einsum("omi,omi->m", a, b))
    return np.asarray(np.matmul(a[:, :, None, :], b[:, :, :, None]).sum(axis=(0, 2, 3)))
