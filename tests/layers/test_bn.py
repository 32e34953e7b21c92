"""BN, SegNet's and PSPNet's."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net

RNG = np.random.default_rng(32)
SEGNET = "bn_param { scale_filler { value: 1 } shift_filler { value: 0 } }"
INFERENCE = "bn_param { bn_mode: INFERENCE }"
PSPNET = "bn_param { slope_filler { value: 1 } eps: 0.01 momentum: 0.75 }"
FROZEN = "bn_param { frozen: true }"
STATISTICS = [RNG.normal(size=2), np.abs(RNG.normal(size=2)) + 1]
AFFINE = list(RNG.normal(size=(2, 2)))


@pytest.mark.parametrize("shape", [(3, 2, 4, 5), (4, 2), (1, 2, 3, 1), (5, 2, 3)])
@pytest.mark.parametrize("settings", [SEGNET, INFERENCE, PSPNET])
def test_gradients(settings: str, shape: tuple[int, ...]) -> None:
    params = {"op": AFFINE + (STATISTICS if settings is PSPNET else [])}
    check_layer("BN", settings, RNG.normal(size=shape), params=params)


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize("settings", [SEGNET, INFERENCE, PSPNET, FROZEN])
def test_in_place_gives_the_same(settings: str, phase: str) -> None:
    x, dy = RNG.normal(size=(3, 2, 4, 5)), RNG.normal(size=(3, 2, 4, 5))
    results = []
    for in_place in (False, True):
        net = layer_net("BN", settings, x, in_place=in_place, phase=phase)
        for parameter, value in zip(net.params["op"], AFFINE + STATISTICS, strict=False):
            parameter.data = np.reshape(value, parameter.shape)
        net.forward()
        top = net.layer("op").top_blobs[0]
        y = top.data.copy()
        top.data[...] = 7  # as a layer in place after this one might
        top.diff[...] = dy
        net.backward()
        results.append([y, net.blobs["x"].diff.copy(), *(p.diff.copy() for p in net.params["op"])])
    for apart, within in zip(*results, strict=True):
        np.testing.assert_allclose(within, apart, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("settings, times", [(SEGNET, 1), (INFERENCE, 1), (PSPNET, 2)])
def test_segnet_overwrites_gradients_and_pspnet_adds_to_them(settings: str, times: int) -> None:
    net = layer_net("BN", settings, RNG.normal(size=(2, 2, 3, 3)), phase="TRAIN")
    once = []
    for run in (1, times):
        net.forward()
        net.layer("op").top_blobs[0].diff[...] = np.arange(36).reshape(2, 2, 3, 3)
        net.backward()
        if run == 1 and not once:
            once = [p.diff.copy() for p in net.params["op"][:2]]
    for parameter, first in zip(net.params["op"], once, strict=False):
        np.testing.assert_allclose(parameter.diff, times * first, rtol=1e-5)


def test_segnet_gives_mean_and_variance_as_tops() -> None:
    x = RNG.normal(size=(3, 2, 4, 5))
    net = layer_net("BN", SEGNET, x, tops=3, dtype=np.float64)
    net.forward()
    for blob, values in (("y1", x.mean(axis=(0, 2, 3))), ("y2", x.var(axis=(0, 2, 3)))):
        assert net.blobs[blob].shape == (1, 2, 1, 1)
        np.testing.assert_allclose(net.blobs[blob].data.ravel(), values)


def test_pspnet_moves_the_running_statistics_by_momentum() -> None:
    x = RNG.normal(size=(3, 2, 4, 5))
    net = layer_net("BN", PSPNET, x, phase="TRAIN", dtype=np.float64)
    for parameter in net.params["op"][2:]:
        parameter.data[...] = 2
    net.forward()
    mean, variance = (p.data.ravel() for p in net.params["op"][2:])
    np.testing.assert_allclose(mean, 0.75 * 2 + 0.25 * x.mean(axis=(0, 2, 3)))
    np.testing.assert_allclose(variance, 0.75 * 2 + 0.25 * x.var(axis=(0, 2, 3)))


def test_pspnet_uses_the_running_statistics_in_test_and_leaves_them() -> None:
    x = RNG.normal(size=(3, 2, 4, 5))
    net = layer_net("BN", PSPNET, x, dtype=np.float64)
    for parameter, value in zip(net.params["op"], AFFINE + STATISTICS, strict=True):
        parameter.data = np.reshape(value, parameter.shape)
    net.forward()
    factor = AFFINE[0] / np.sqrt(STATISTICS[1] + 0.01)
    expected = (x.transpose(0, 2, 3, 1) - STATISTICS[0]) * factor + AFFINE[1]
    np.testing.assert_allclose(net.blobs["y"].data, expected.transpose(0, 3, 1, 2))
    for parameter, value in zip(net.params["op"][2:], STATISTICS, strict=True):
        assert np.array_equal(parameter.data.ravel(), value)


def test_frozen_has_running_statistics_and_no_parameter_gradients() -> None:
    x = RNG.normal(size=(3, 2, 4, 5))
    params = {"op": AFFINE + STATISTICS}
    net = layer_net("BN", FROZEN, x, phase="TRAIN", dtype=np.float64)
    for parameter, value in zip(net.params["op"], params["op"], strict=True):
        parameter.data = np.reshape(value, parameter.shape)
    net.forward()
    factor = AFFINE[0] / np.sqrt(STATISTICS[1] + 1e-5)
    expected = (x.transpose(0, 2, 3, 1) - STATISTICS[0]) * factor + AFFINE[1]
    np.testing.assert_allclose(net.blobs["y"].data, expected.transpose(0, 3, 1, 2))
    net.blobs["y"].diff[...] = 1
    net.backward()
    np.testing.assert_allclose(net.blobs["x"].diff[0, :, 0, 0], factor)
    assert not any(p.diff.any() for p in net.params["op"])


def test_rates_of_statistics_and_of_what_is_frozen_are_zero() -> None:
    x = np.ones((1, 2, 2, 2))
    rates = [p.lr_mult for p in layer_net("BN", PSPNET, x).params["op"]]
    assert rates == [1, 1, 0, 0]
    assert [p.lr_mult for p in layer_net("BN", FROZEN, x).params["op"]] == [0, 0, 0, 0]


def test_frozen_begins_with_a_variance_of_one() -> None:
    x = np.ones((1, 2, 2, 2))
    assert layer_net("BN", FROZEN, x).params["op"][3].data.ravel().tolist() == [1, 1]
    assert layer_net("BN", PSPNET, x).params["op"][3].data.ravel().tolist() == [0, 0]


@pytest.mark.parametrize("specs, blobs", [(0, 2), (2, 2), (4, 4)])
def test_without_settings_the_number_of_param_specs_tells(specs: int, blobs: int) -> None:
    net = layer_net("BN", "param { } " * specs, np.ones((1, 2, 2, 2)))
    assert len(net.params["op"]) == blobs


@pytest.mark.parametrize(
    "settings, shape, tops, words",
    [
        (
            "bn_param { bn_mode: LEARN frozen: true }",
            (1, 2, 2, 2),
            1,
            "mixes SegNet's bn_mode with",
        ),
        (PSPNET, (1, 2, 2, 2), 3, "PSPNet's form has one top"),
        (SEGNET, (1, 2, 2, 2, 2), 1, "2 to 4 axes"),
        (SEGNET, (2,), 1, "2 to 4 axes"),
    ],
)
def test_refuses(settings: str, shape: tuple[int, ...], tops: int, words: str) -> None:
    with pytest.raises(cp.BuildError, match=words):
        layer_net("BN", settings, np.ones(shape), tops=tops)


def test_other_channels_are_refused() -> None:
    net = layer_net("BN", SEGNET, np.ones((1, 2, 2, 2)))
    with pytest.raises(cp.BuildError, match="parameters are for 2 channels"):
        net.reshape(x=(1, 3, 2, 2))
