"""Split and Silence."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients, declare_inputs
from tests.layers.single import layer_net

RNG = np.random.default_rng(22)


@pytest.mark.parametrize("tops", [1, 2, 3])
def test_tops_read_as_the_bottom_and_gradients_add_up(tops: int) -> None:
    x = RNG.normal(size=(2, 3))
    net = layer_net("Split", "", x, tops=tops, dtype=np.float64)
    net.forward()
    expected = np.zeros((2, 3))
    for name in ("y", "y1", "y2")[:tops]:
        assert np.shares_memory(net.blobs[name].data, net.blobs["x"].data)
        net.blobs[name].diff[...] = dy = RNG.normal(size=(2, 3))
        expected += dy
    net.backward()
    np.testing.assert_allclose(net.blobs["x"].diff, expected)


def test_a_split_in_place_is_refused() -> None:
    with pytest.raises(cp.LayerError, match="cannot work in place"):
        layer_net("Split", "", np.zeros(2), in_place=True)


def test_a_net_s_own_splits() -> None:
    text = (
        'layer { name: "a" type: "TanH" bottom: "x" top: "a" }'
        'layer { name: "b" type: "Sigmoid" bottom: "x" top: "b" }'
        'layer { name: "c" type: "Eltwise" bottom: "x" bottom: "a" top: "c" '
        "eltwise_param { operation: PROD } }"
    )
    check_gradients(text, {"x": RNG.normal(size=(1, 3, 2))})


def test_silence_gives_gradient_zero() -> None:
    text = (
        'layer { name: "a" type: "TanH" bottom: "x" top: "a" }'
        'layer { name: "s" type: "Silence" bottom: "a" bottom: "z" }'
    )
    inputs = {"x": np.ones((2, 2)), "z": np.ones(3)}
    net = cp.build_net("force_backward: true\n" + declare_inputs(text, inputs))
    assert net.outputs == []
    net.forward()
    net.blobs["a"].diff[...] = 5
    net.blobs["z"].diff[...] = 5
    net.backward()
    assert not net.blobs["x"].diff.any()
    assert not net.blobs["z"].diff.any()


def test_silence_has_no_top() -> None:
    with pytest.raises(cp.LayerError, match=r"exactly 0 top.*Received: 1"):
        layer_net("Silence", "", np.zeros(2))
