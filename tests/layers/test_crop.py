"""Crop."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import layer_net

X = np.arange(120.0).reshape(2, 3, 4, 5)
CASES = [
    ("", (9, 9, 2, 3), np.s_[:, :, :2, :3]),
    ("crop_param { offset: 1 }", (9, 9, 2, 3), np.s_[:, :, 1:3, 1:4]),
    ("crop_param { offset: 2 offset: 0 }", (9, 9, 2, 3), np.s_[:, :, 2:4, :3]),
    ("crop_param { axis: 1 offset: 2 offset: 1 offset: 0 }", (9, 1, 2, 3), np.s_[:, 2:, 1:3, :3]),
    ("crop_param { axis: -1 offset: 4 }", (1, 1, 1, 1), np.s_[:, :, :, 4:]),
    ("crop_param { axis: 0 }", (1, 3, 4, 2), np.s_[:1, :, :, :2]),
    ("", (1, 1, 2, 3, 7), np.s_[:, :, :2, :3]),
]


@pytest.mark.parametrize("settings, reference, expected", CASES)
def test_cuts_the_part_and_puts_its_gradient_back(
    settings: str, reference: tuple[int, ...], expected: tuple[slice, ...]
) -> None:
    other = np.zeros(reference)
    net = layer_net("Crop", settings, X, other)
    net.forward()
    assert np.array_equal(net.blobs["y"].data, X[expected])
    net.blobs["y"].diff[...] = X[expected] + 1
    net.blobs["x"].diff[...] = 7  # of an earlier pass
    net.backward()
    wanted = np.zeros_like(X)
    wanted[expected] = X[expected] + 1
    assert np.array_equal(net.blobs["x"].diff, wanted)
    assert not net.blobs["x1"].diff.any()


def test_follows_the_reference() -> None:
    net = layer_net("Crop", "", X, np.zeros((1, 1, 2, 2)))
    net.reshape(x1=(1, 1, 4, 1))
    net.forward()
    assert net.blobs["y"].shape == (2, 3, 4, 1)


@pytest.mark.parametrize(
    "settings, reference, words",
    [
        ("", (1, 1, 5, 3), "cannot cut 5 from 4 on axis 2"),
        ("crop_param { offset: 3 }", (1, 1, 2, 2), "cannot cut 2 from 4 on axis 2 at offset 3"),
        ("crop_param { offset: [1, 1, 1] }", (1, 1, 2, 2), "offset is given 3 times"),
        ("crop_param { axis: 4 }", (1, 1, 2, 2), "axis 4 is out of range"),
        ("", (2, 2), "both bottoms need 4 axes"),
    ],
)
def test_refuses(settings: str, reference: tuple[int, ...], words: str) -> None:
    with pytest.raises(cp.BuildError, match=words):
        layer_net("Crop", settings, X, np.zeros(reference))
