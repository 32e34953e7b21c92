"""BatchNorm."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net

RNG = np.random.default_rng(27)
SCALED = "scale_bias: true"
SHAPES = [(3, 2, 4, 5), (4, 3), (1, 2, 3, 3), (2, 1, 1, 5), (5, 2, 3), (2, 2, 2, 2, 3)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("settings", ["", "eps: 0.1", SCALED])
def test_gradients_of_the_batch_statistics(shape: tuple[int, ...], settings: str) -> None:
    check_layer("BatchNorm", f"batch_norm_param {{ {settings} }}", RNG.normal(size=shape))


@pytest.mark.parametrize("settings", ["", SCALED])
def test_gradients_of_the_running_statistics(settings: str) -> None:
    statistics = [RNG.normal(size=2), np.abs(RNG.normal(size=2)) + 1, [3.0]]
    params = {"op": [*statistics, *(RNG.normal(size=(2, 2)) if settings else ())]}
    text = f"batch_norm_param {{ {settings} }}"
    check_layer("BatchNorm", text, RNG.normal(size=(2, 2, 3, 3)), params=params, phase="TEST")


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize("settings", ["", SCALED])
def test_in_place_gives_the_same(phase: str, settings: str) -> None:
    x, dy = RNG.normal(size=(3, 2, 4, 5)), RNG.normal(size=(3, 2, 4, 5))
    values = [[0.3, -1], [2, 0.5], [1.5], [3, -2], [1, 0.1]]
    results = []
    for in_place in (False, True):
        text = f"batch_norm_param {{ {settings} }}"
        net = layer_net("BatchNorm", text, x, in_place=in_place, phase=phase)
        for parameter, value in zip(net.params["op"], values, strict=False):
            parameter.data = value
        net.forward()
        top = net.layer("op").top_blobs[0]
        y = top.data.copy()
        top.data[...] = 7  # as a layer in place after this one might
        top.diff[...] = dy
        net.backward()
        results.append([y, net.blobs["x"].diff.copy(), *(p.diff.copy() for p in net.params["op"])])
    for apart, within in zip(*results, strict=True):
        np.testing.assert_allclose(within, apart, rtol=1e-4, atol=1e-5)


def test_running_sums_take_the_unbiased_variance() -> None:
    x = RNG.normal(size=(4, 2, 3, 1))
    text = "batch_norm_param { moving_average_fraction: 0.5 }"
    net = layer_net("BatchNorm", text, x, phase="TRAIN", dtype=np.float64)
    for passes in (1, 2):
        net.forward()
        mean, variance, factor = (p.data for p in net.params["op"])
        assert factor == {1: 1, 2: 1.5}[passes]
        np.testing.assert_allclose(mean, x.mean(axis=(0, 2, 3)) * factor)
        np.testing.assert_allclose(variance, x.var(axis=(0, 2, 3), ddof=1) * factor)


def test_running_means_where_the_scale_is_within() -> None:
    x = RNG.normal(size=(4, 2, 3, 1))
    text = "batch_norm_param { scale_bias: true moving_average_fraction: 0.75 }"
    net = layer_net("BatchNorm", text, x, phase="TRAIN", dtype=np.float64)
    assert net.params["op"][2].data == 1
    net.forward()
    first = [x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3), ddof=1)]
    for parameter, expected in zip(net.params["op"], [*first, 1], strict=False):
        np.testing.assert_allclose(parameter.data, expected)
    x = RNG.normal(size=x.shape)
    net.forward(x=x)
    second = [x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3), ddof=1)]
    mixed = [0.75 * a + 0.25 * b for a, b in zip(first, second, strict=True)]
    for parameter, expected in zip(net.params["op"], [*mixed, 1], strict=False):
        np.testing.assert_allclose(parameter.data, expected)


def test_eps_has_a_floor_where_the_scale_is_within() -> None:
    x = np.full((2, 1, 1, 1), 3.0)
    for settings, expected in (("", 1e10), (SCALED, 3 / np.sqrt(1e-5))):
        text = f"batch_norm_param {{ eps: 0.5e-19 {settings} }}"
        net = layer_net("BatchNorm", text, x, dtype=np.float64)
        net.forward()
        y = net.layer("op").top_blobs[0].data
        if settings:
            np.testing.assert_allclose(y, expected)
        else:
            assert (y > expected).all()


def test_use_global_stats_wins_over_the_phase() -> None:
    x = RNG.normal(size=(4, 2, 3, 1))
    for phase, setting in (("TRAIN", "true"), ("TEST", "false")):
        text = f"batch_norm_param {{ use_global_stats: {setting} }}"
        net = layer_net("BatchNorm", text, x, phase=phase)
        net.forward()
        assert net.params["op"][2].data == (0 if setting == "true" else 1)


def test_statistics_are_not_learned() -> None:
    x = np.ones((2, 3, 1, 1))
    net = layer_net("BatchNorm", "batch_norm_param { scale_bias: true }", x)
    assert [p.lr_mult for p in net.params["op"]] == [0, 0, 0, 1, 1]
    specs = "param { lr_mult: 3 decay_mult: 3 } " * 4
    net = layer_net("BatchNorm", specs + "batch_norm_param { scale_bias: true }", x)
    assert [p.lr_mult for p in net.params["op"]] == [0, 0, 0, 1, 1]
    assert [p.decay_mult for p in net.params["op"]] == [0, 0, 0, 1, 1]
    assert [p.shape for p in net.params["op"]] == [(3,), (3,), (1,), (3,), (3,)]


def test_scale_and_bias_begin_as_one_and_zero_or_as_filled() -> None:
    for settings, scale, bias in (
        ("scale_bias: true", 1, 0),
        ("scale_filler { value: 2 }", 2, 0),
        ("bias_filler { value: 3 }", 1, 3),
    ):
        net = layer_net("BatchNorm", f"batch_norm_param {{ {settings} }}", np.ones((2, 2, 1, 1)))
        assert [p.data.tolist() for p in net.params["op"][3:]] == [[scale] * 2, [bias] * 2]


def test_a_rate_for_the_statistics_is_refused() -> None:
    with pytest.raises(cp.BuildError, match=r"not learned\. Received: lr_mult 2 for parameter 1"):
        layer_net("BatchNorm", "param { lr_mult: 0 } param { lr_mult: 2 }", np.ones((2, 3, 1, 1)))


def test_one_axis_is_refused() -> None:
    with pytest.raises(cp.BuildError, match="2 axes or more"):
        layer_net("BatchNorm", "", np.ones(3))


def test_other_channels_are_refused() -> None:
    net = layer_net("BatchNorm", "", np.ones((2, 3, 4, 4)))
    with pytest.raises(cp.BuildError, match="statistics are for 3 channels"):
        net.reshape(x=(2, 4, 4, 4))


def test_a_bottom_without_channels_is_refused() -> None:
    with pytest.raises(cp.LayerError, match=r"no channels. Received: \(2, 0, 3\)"):
        layer_net("BatchNorm", "", np.zeros((2, 0, 3)))
