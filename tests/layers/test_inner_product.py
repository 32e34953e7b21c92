"""InnerProduct."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.single import check_layer, layer_net, top_of

RNG = np.random.default_rng(29)


@pytest.mark.parametrize("extra", ["", "bias_term: false", "transpose: true"])
@pytest.mark.parametrize(
    "shape, axis",
    [((3, 2, 4, 5), 1), ((2, 3, 4), 2), ((2, 3, 4), -1), ((2, 3), 0), ((1, 1), 1), ((4,), 0)],
)
def test_gradients(shape: tuple[int, ...], axis: int, extra: str) -> None:
    settings = f"inner_product_param {{ num_output: 3 axis: {axis} {extra} }}"
    check_layer("InnerProduct", settings, RNG.normal(size=shape))


def test_axes_before_axis_stay() -> None:
    x = RNG.normal(size=(2, 3, 4, 5)).astype(np.float32)
    text = 'num_output: 7 axis: 2 weight_filler { type: "gaussian" } bias_filler { value: 2 }'
    net = layer_net("InnerProduct", f"inner_product_param {{ {text} }}", x)
    net.forward()
    w = net.params["op"][0].data
    assert w.shape == (7, 20)
    expected = np.einsum("abk,ok->abo", x.reshape(2, 3, 20), w) + 2
    np.testing.assert_allclose(net.blobs["y"].data, expected, rtol=1e-4, atol=1e-5)


def test_transpose_stores_the_weights_the_other_way_round() -> None:
    text = "inner_product_param { num_output: 2 transpose: true }"
    net = layer_net("InnerProduct", text, np.array([[1.0, 2, 3]]))
    assert net.params["op"][0].shape == (3, 2)
    net.params["op"][0].data = np.array([[1, 0], [1, 0], [1, 5.0]])
    net.forward()
    assert net.blobs["y"].data.tolist() == [[6, 15]]


def test_gradients_add_up_until_they_are_cleared() -> None:
    net = layer_net("InnerProduct", "inner_product_param { num_output: 1 }", np.ones((2, 3)))
    net.forward()
    for _ in range(2):
        net.blobs["y"].diff[...] = 1
        net.backward()
    assert net.params["op"][0].diff.tolist() == [[4, 4, 4]]
    assert net.params["op"][1].diff.tolist() == [4]


def test_an_empty_batch_gives_an_empty_top() -> None:
    assert top_of(
        "InnerProduct", "inner_product_param { num_output: 2 }", np.ones((0, 3))
    ).shape == (0, 2)


def test_num_output_is_needed() -> None:
    with pytest.raises(cp.BuildError, match="num_output must be positive"):
        layer_net("InnerProduct", "", np.ones((2, 3)))


def test_an_axis_out_of_range_is_refused() -> None:
    with pytest.raises(cp.BuildError, match="axis 2 is out of range"):
        layer_net("InnerProduct", "inner_product_param { num_output: 1 axis: 2 }", np.ones((2, 3)))


def test_other_inputs_than_the_weights_are_for_are_refused() -> None:
    net = layer_net("InnerProduct", "inner_product_param { num_output: 1 }", np.ones((2, 3)))
    with pytest.raises(cp.BuildError, match=r"weights are for 3 inputs. Received: .*\(2, 4\)"):
        net.reshape(x=(2, 4))
