from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(33)


@pytest.mark.parametrize(
    "settings, scale, alpha",
    [
        ("", 1.050700987, 1.67326324),
        ("selu_param { lambda: 2 alpha: 0.5 }", 2, 0.5),
    ],
)
def test_both_sides(settings: str, scale: float, alpha: float) -> None:
    x = RNG.normal(size=(2, 3, 4)) * 2
    expected = scale * np.where(x > 0, x, alpha * (np.exp(x) - 1))
    np.testing.assert_allclose(top_of("SeLu", settings, x), expected, rtol=1e-5, atol=1e-6)


def test_gradients() -> None:
    check_layer("SeLu", "", RNG.normal(size=(2, 3, 1, 4)))


def test_at_zero_the_gradient_is_that_of_the_left() -> None:
    net = layer_net("SeLu", "selu_param { lambda: 2 alpha: 0.5 }", np.zeros((1, 1)))
    net.forward()
    net.layer("op").top_blobs[0].diff[...] = 1
    net.backward()
    assert net.blobs["x"].diff == 1


def test_a_single_number_has_no_axes() -> None:
    net = layer_net("SeLu", "", np.float32(-1))
    assert net.forward()["y"].shape == ()
    net.backward(y=np.float32(1))
    slope = 1.0507 * 1.6733 * np.exp(-1)
    assert net.blobs["x"].diff == pytest.approx(slope, rel=1e-4)


def test_in_place_gives_the_same() -> None:
    x, dy = RNG.normal(size=(2, 2, 5, 3))
    results = []
    for in_place in (False, True):
        net = layer_net("SeLu", "", x, in_place=in_place)
        net.forward()
        top = net.layer("op").top_blobs[0]
        y = top.data.copy()
        top.diff[...] = dy
        net.backward()
        results.append((y, net.blobs["x"].diff.copy()))
    for apart, within in zip(*results, strict=True):
        np.testing.assert_array_equal(apart, within)


def test_dropout_keeps_mean_and_variance() -> None:
    x = RNG.normal(size=(400, 500))
    y = top_of("SeLuDropout", "selu_dropout_param { dropout_ratio: 0.3 }", x, phase="TRAIN")
    assert abs(y.mean()) < 0.02
    assert abs(y.var() - 1) < 0.02


def test_dropout_draws_as_dropout_does() -> None:
    x = RNG.normal(size=(3, 5)).astype(np.float32) + 9
    kept = top_of("Dropout", "dropout_param { dropout_ratio: 0.25 }", x, phase="TRAIN", seed=7) > 0
    settings = "selu_dropout_param { dropout_ratio: 0.25 alpha: -2 }"
    y = top_of("SeLuDropout", settings, x, phase="TRAIN", seed=7)
    a = 1 / np.sqrt(0.75 * (1 + 4 * 0.25))
    expected = a * np.where(kept, x, -2) + a * 0.25 * 2
    np.testing.assert_allclose(y, expected, rtol=1e-5)


def test_dropout_gradient_flows_where_kept() -> None:
    net = layer_net("SeLuDropout", "", RNG.normal(size=(4, 50)), phase="TRAIN")
    net.forward()
    net.layer("op").top_blobs[0].diff[...] = 1
    net.backward()
    a = 1 / np.sqrt(0.9 * (1 + 1.75809934**2 * 0.1))
    values = np.unique(net.blobs["x"].diff)
    np.testing.assert_allclose(values, [0, a], rtol=1e-6)


def test_dropout_passes_on_in_test() -> None:
    x = RNG.normal(size=(3, 4))
    np.testing.assert_allclose(top_of("SeLuDropout", "", x), x, rtol=1e-6)


@pytest.mark.parametrize("ratio", [0, 1])
def test_a_ratio_out_of_range_is_refused(ratio: float) -> None:
    with pytest.raises(cp.LayerError, match="above 0 and below 1"):
        layer_net("SeLuDropout", f"selu_dropout_param {{ dropout_ratio: {ratio} }}", np.ones(2))
