"""SPP."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(26)


@pytest.mark.parametrize("pool", ["MAX", "AVE"])
@pytest.mark.parametrize(
    "shape, height", [((2, 3, 7, 6), 3), ((1, 2, 4, 4), 1), ((1, 1, 8, 11), 3), ((3, 2, 1, 1), 1)]
)
def test_gradients(pool: str, shape: tuple[int, ...], height: int) -> None:
    x = RNG.permutation(int(np.prod(shape))).reshape(shape) / 10
    check_layer("SPP", f"spp_param {{ pool: {pool} pyramid_height: {height} }}", x)


def test_levels_stand_side_by_side() -> None:
    x = np.arange(32.0).reshape(1, 2, 4, 4)
    y = top_of("SPP", "spp_param { pyramid_height: 3 }", x)
    assert y[0, :2].tolist() == [15, 31]
    assert y[0, 2:10].tolist() == [5, 7, 13, 15, 21, 23, 29, 31]
    assert y[0, 10:].tolist() == x.ravel().tolist()


def test_a_level_can_have_fewer_bins() -> None:
    # 4 bins over 7 pixels: windows of 2, one pixel of padding in front.
    net = layer_net("SPP", "spp_param { pyramid_height: 3 }", np.ones((1, 1, 7, 7)))
    assert net.blobs["y"].shape == (1, 1 + 4 + 16)
    # 8 bins over 9 pixels would be padded by more than the window.
    with pytest.raises(cp.BuildError, match="cannot be split into 8 x 8 bins"):
        layer_net("SPP", "spp_param { pyramid_height: 4 }", np.ones((1, 1, 9, 9)))


def test_stochastic_pyramids() -> None:
    x = np.abs(RNG.normal(size=(2, 3, 4, 4)))
    net = layer_net("SPP", "spp_param { pool: STOCHASTIC pyramid_height: 2 }", x, phase="TRAIN")
    net.forward()
    y = net.blobs["y"].data
    assert np.isin(y, x.astype(np.float32)).all()
    net.blobs["y"].diff[...] = 1
    net.backward()
    assert net.blobs["x"].diff.sum() == y.size
    net = layer_net("SPP", "spp_param { pool: STOCHASTIC pyramid_height: 2 }", x)
    net.forward()
    expected = (x**2).sum(axis=(2, 3)) / x.sum(axis=(2, 3))
    np.testing.assert_allclose(net.blobs["y"].data[:, :3], expected, rtol=1e-5)
    with pytest.raises(cp.BuildError, match="gradient in TRAIN only"):
        net.backward()


def test_another_image_size_after_building() -> None:
    net = layer_net("SPP", "spp_param { pyramid_height: 2 }", np.ones((1, 1, 4, 4)))
    net.reshape(x=(1, 1, 6, 8))
    net.forward(x=np.arange(48.0).reshape(1, 1, 6, 8))
    assert net.blobs["y"].data.tolist() == [[47, 19, 23, 43, 47]]


@pytest.mark.parametrize(
    "settings, shape, words",
    [
        ("", (1, 1, 4, 4), "pyramid_height must be 1 to 20. Received: 0"),
        ("pyramid_height: 40", (1, 1, 4, 4), "pyramid_height must be 1 to 20. Received: 40"),
        ("pyramid_height: 3", (1, 1, 3, 3), "cannot be split into 4 x 4 bins"),
        ("pyramid_height: 2", (1, 4, 4), "4 axes"),
        ("pyramid_height: 1", (1, 1, 0, 4), "no pixels"),
        ("pyramid_height: 2 pool: STOCHASTIC", (1, 1, 7, 7), "only MAX and AVE can be padded"),
    ],
)
def test_refuses(settings: str, shape: tuple[int, ...], words: str) -> None:
    with pytest.raises(cp.BuildError, match=words):
        layer_net("SPP", f"spp_param {{ {settings} }}", np.ones(shape))
