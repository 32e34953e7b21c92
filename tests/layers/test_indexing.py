"""BatchReindex and Filter."""

from __future__ import annotations

import numpy as np
import pytest

import caffe_proto as cp
from tests.layers.gradients import check_gradients, declare_inputs
from tests.layers.single import Array, bottom_gradients, layer_net, layer_text, top_of

RNG = np.random.default_rng(19)


@pytest.mark.parametrize("shape", [(4,), (4, 3), (4, 1, 2)])
@pytest.mark.parametrize("index", [[0, 1, 2, 3], [3, 3, 0, 3, 1], [2], [1.9, 0.2]])
def test_reindex_picks_items(index: list[float], shape: tuple[int, ...]) -> None:
    x = RNG.normal(size=shape)
    y = top_of("BatchReindex", "", x, index, dtype=np.float64)
    assert np.array_equal(y, x[np.array(index, int)])
    text = layer_text("BatchReindex", bottoms=2)
    check_gradients(text, {"x": x, "x1": index}, skip=("x1",))


def test_reindex_of_nothing_is_empty() -> None:
    net = layer_net("BatchReindex", "", np.ones((3, 2)), np.zeros(0))
    net.forward()
    assert net.blobs["y"].shape == (0, 2)
    net.layer("op").propagate_down = [True, False]
    net.blobs["x"].diff[...] = 5
    net.backward()
    assert not net.blobs["x"].diff.any()


@pytest.mark.parametrize("wrong", [-1, -0.5, 3])
def test_an_index_outside_is_named(wrong: int) -> None:
    net = layer_net("BatchReindex", "", np.ones((3, 2)), [0, wrong])
    with pytest.raises(cp.LayerError, match=rf"index {wrong} at position 1 .*Expected: 0 to 2"):
        net.forward()


def test_indices_need_one_axis() -> None:
    with pytest.raises(cp.LayerError, match=r"indices have the shape \(2, 1\)"):
        layer_net("BatchReindex", "", np.ones((3, 2)), np.zeros((2, 1)))


def test_indices_have_no_gradient() -> None:
    with pytest.raises(cp.LayerError, match="no gradient for its indices"):
        bottom_gradients("BatchReindex", "", [np.ones((3, 2)), [0, 1]], 1)


@pytest.mark.parametrize("selector", [[1, 0, 1, -2], [0, 0, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0]])
def test_filter_keeps_what_is_selected(selector: list[float]) -> None:
    kept = np.flatnonzero(selector)
    x, labels = RNG.normal(size=(4, 2, 3)), RNG.normal(size=(4,))
    net = layer_net("Filter", "", x, labels, np.reshape(selector, (4, 1)), tops=2, dtype=np.float64)
    assert net.blobs["y"].shape == (4, 2, 3)
    net.forward()
    assert np.array_equal(net.blobs["y"].data, x[kept])
    assert np.array_equal(net.blobs["y1"].data, labels[kept])
    if kept.size:
        text = layer_text("Filter", bottoms=3, tops=2)
        check_gradients(text, {"x": x, "x1": labels, "x2": selector}, skip=("x2",))


def test_filter_follows_a_new_selector() -> None:
    net = layer_net("Filter", "", [[1.0], [2.0], [3.0]], [1, 0, 1])
    assert net.forward()["y"].tolist() == [[1], [3]]
    assert net.forward(x1=np.array([0, 1, 0]))["y"].tolist() == [[2]]
    assert net.forward(x1=np.zeros(3))["y"].shape == (0, 1)
    assert net.forward(x1=np.ones(3))["y"].tolist() == [[1], [2], [3]]


def test_layers_behind_a_filter_follow_its_size() -> None:
    text = (
        layer_text("Filter", bottoms=2)
        + 'layer { name: "r" type: "Softmax" bottom: "y" top: "z" softmax_param { axis: 1 } }'
        + 'layer { name: "s" type: "Sigmoid" bottom: "y" top: "w" }'
    )
    x = RNG.normal(size=(3, 2))
    net = cp.build_net(declare_inputs(text, {"x": x, "x1": np.zeros(3)}))
    out = net.forward(x=x, x1=np.array([0, 1, 1]))
    assert out["z"].shape == out["w"].shape == (2, 2)


def test_the_selector_has_no_gradient() -> None:
    with pytest.raises(cp.LayerError, match="no gradient for its selector"):
        bottom_gradients("Filter", "", [[1.0, 2.0], [1, 1]], [1, 1])


@pytest.mark.parametrize(
    "bottoms, tops, words",
    [
        ([np.zeros(3), np.zeros((3, 2))], 1, r"selector has the shape \(3, 2\)"),
        ([np.zeros(3), np.zeros(4)], 1, r'bottom 0 "x" has the shape \(3,\). Expected: 4 items'),
        ([np.zeros(3), np.zeros(3)], 2, r"has 2 tops for 2 bottoms. Expected: 1"),
    ],
)
def test_filter_refuses_what_does_not_fit(bottoms: list[Array], tops: int, words: str) -> None:
    with pytest.raises(cp.LayerError, match=words):
        layer_net("Filter", "", *bottoms, tops=tops)
