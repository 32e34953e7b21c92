from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.layers.smooth_l1_loss import smooth_l1, smooth_l1_slope
from tests.layers.gradients import check_gradients, declare_inputs

LOSS = 'layer {{ name: "loss" type: "SmoothL1Loss" {bottoms} top: "loss" {more} }}'


def loss_layer(*bottoms: str, more: str = "") -> str:
    return LOSS.format(bottoms=" ".join(f'bottom: "{b}"' for b in bottoms), more=more)


@pytest.mark.parametrize("shape", [(1, 4), (3, 5), (2, 3, 1, 4)])
@pytest.mark.parametrize("sigma", [1.0, 3.0])
def test_gradients_of_prediction_and_target(shape: tuple[int, ...], sigma: float) -> None:
    rng = np.random.default_rng(1)
    inputs = {"x": rng.normal(size=shape) * 2, "t": rng.normal(size=shape)}
    check_gradients(loss_layer("x", "t", more=f"smooth_l1_loss_param {{ sigma: {sigma} }}"), inputs)


def test_gradients_with_inside_and_outside_weights() -> None:
    rng = np.random.default_rng(2)
    inputs = {name: rng.normal(size=(2, 4, 3, 2)) for name in "xtio"}
    check_gradients(loss_layer("x", "t", "i", "o"), inputs, skip=("i", "o"))


def test_the_two_parts_meet() -> None:
    edge = np.array([1 / 9 - 1e-7, 1 / 9 + 1e-7])
    assert np.ptp(smooth_l1(edge, 3.0)) < 1e-6
    assert np.ptp(smooth_l1_slope(edge, 3.0)) < 1e-5


def test_three_bottoms_do_not_weigh_the_gradient() -> None:
    inputs = {"x": np.full((1, 1), 0.5), "t": np.zeros((1, 1)), "w": np.full((1, 1), 0.5)}
    text = declare_inputs(loss_layer("x", "t", "w"), inputs)
    net = cp.build_net("force_backward: true " + text)
    loss = net.forward(**inputs)["loss"]
    net.backward()
    np.testing.assert_allclose(loss, 0.5 * 0.25**2)
    np.testing.assert_allclose(net.blobs["x"].diff, 0.25)
    np.testing.assert_allclose(net.blobs["t"].diff, -0.25)


def test_ones_at_the_end_of_a_shape_do_not_count() -> None:
    rng = np.random.default_rng(3)
    shapes = {"x": (3, 8, 1, 1), "t": (3, 8), "i": (3, 8, 1), "o": (3, 8)}
    inputs = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    check_gradients(loss_layer(*inputs), inputs, skip=("i", "o"))
    net = cp.build_net(declare_inputs(loss_layer(*inputs), inputs))
    x, t, i, o = (values.reshape(3, 8) for values in inputs.values())
    expected = (smooth_l1((x - t) * i) * o).sum() / 3
    np.testing.assert_allclose(net.forward(**inputs)["loss"], expected, rtol=1e-5)


@pytest.mark.parametrize(
    "shapes, more, words",
    [
        (((2, 3), (2, 4)), "", r"bottom 1 has the shape \(2, 4\)"),
        (((2, 3), (2, 3), (3, 2)), "", "bottom 2"),
        (((2, 3), (2, 1, 3)), "", r"bottom 1 has the shape \(2, 1, 3\)"),
        (((2, 3, 1, 1, 1), (2, 3, 1, 1, 1)), "", "1 to 4 axes"),
        (((2, 3), (2, 3)), "smooth_l1_loss_param { sigma: 0 }", "sigma"),
    ],
)
def test_what_does_not_fit(shapes: tuple[tuple[int, ...], ...], more: str, words: str) -> None:
    inputs = {f"b{i}": np.zeros(shape) for i, shape in enumerate(shapes)}
    with pytest.raises(cp.LayerError, match=words):
        cp.build_net(declare_inputs(loss_layer(*inputs, more=more), inputs))
