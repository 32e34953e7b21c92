"""Embed."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients
from tests.layers.single import layer_text

RNG = np.random.default_rng(30)
TABLE = "embed_param { input_dim: 5 num_output: 3 }"


def embed_net(settings: str, x: object) -> cp.Net:
    """A net that looks ``x`` up; the loss weight makes backward run without a gradient of x."""
    dims = " ".join(f"dim: {n}" for n in np.shape(x))
    text = f'layer {{ name: "x" type: "Input" top: "x" input_param {{ shape {{ {dims} }} }} }}'
    net = cp.build_net(text + layer_text("Embed", settings + " loss_weight: 1"))
    net.blobs["x"].data[...] = x
    return net


@pytest.mark.parametrize("shape", [(6,), (2, 4), (1, 1), (2, 3, 2)])
@pytest.mark.parametrize("bias", ["", "bias_term: false"])
def test_gradients(shape: tuple[int, ...], bias: str) -> None:
    text = layer_text("Embed", f"embed_param {{ input_dim: 4 num_output: 3 {bias} }}")
    check_gradients(text, {"x": RNG.integers(0, 4, size=shape)}, skip=("x",))


def test_looks_rows_up_and_cuts_fractions_off() -> None:
    net = embed_net(TABLE, [[0, 4], [1.9, -0.5]])
    table, bias = (p.data for p in net.params["op"])
    table[...] = RNG.normal(size=table.shape)
    bias[...] = [1, 2, 3]
    net.forward()
    assert np.array_equal(net.blobs["y"].data, table[[[0, 4], [1, 0]]] + bias)


def test_rows_that_are_looked_up_twice_get_both_gradients() -> None:
    net = embed_net(TABLE, [2, 0, 2])
    net.forward()
    net.blobs["y"].diff[...] = np.arange(9).reshape(3, 3)
    net.backward()
    assert net.params["op"][0].diff[[0, 2]].tolist() == [[3, 4, 5], [6, 8, 10]]
    assert net.params["op"][1].diff.tolist() == [9, 12, 15]


def test_gradients_add_up_until_they_are_cleared() -> None:
    net = embed_net(TABLE, [2])
    net.forward()
    for _ in range(2):
        net.blobs["y"].diff[...] = 1
        net.backward()
    assert net.params["op"][0].diff[2].tolist() == [2, 2, 2]
    assert net.params["op"][1].diff.tolist() == [2, 2, 2]


@pytest.mark.parametrize("wrong", [5, -1, np.nan, np.inf])
def test_an_index_outside_the_table_is_an_error(wrong: float) -> None:
    net = embed_net(TABLE, [[0, 1], [2, wrong]])
    with pytest.raises(cp.BuildError, match=r"at \(1, 1\) is not in the table. Expected: 0 to 4"):
        net.forward()


@pytest.mark.parametrize("settings", ["input_dim: 3", "num_output: 3"])
def test_both_sizes_are_needed(settings: str) -> None:
    with pytest.raises(cp.BuildError, match="must be positive"):
        embed_net(f"embed_param {{ {settings} }}", [0])


def test_indices_have_no_gradient() -> None:
    dims = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 } } }'
    net = cp.build_net("force_backward: true\n" + dims + layer_text("Embed", TABLE))
    net.forward()
    with pytest.raises(cp.BuildError, match="indices have no gradient"):
        net.backward()
