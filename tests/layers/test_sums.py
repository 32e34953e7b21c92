"""Sums over all axes but the middle one."""

from __future__ import annotations

import numpy as np
import pytest

from caffe_proto.layers.sums import sum_of, sum_of_products


@pytest.mark.parametrize("inner", [1, 2, 63, 64, 100])
def test_sums(inner: int) -> None:
    rng = np.random.default_rng(inner)
    a, b = rng.normal(size=(2, 3, inner)), rng.normal(size=(2, 3, inner))
    np.testing.assert_allclose(sum_of(a), a.sum(axis=(0, 2)))
    np.testing.assert_allclose(sum_of_products(a, b), (a * b).sum(axis=(0, 2)))


def test_nothing_sums_to_zero() -> None:
    empty = np.zeros((0, 3, 70), np.float32)
    assert sum_of(empty).tolist() == [0, 0, 0]
    assert sum_of_products(empty, empty).tolist() == [0, 0, 0]
