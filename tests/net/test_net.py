"""Net: what runs, what is refused, what the words are."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp

TWO_LAYERS = """
name: "two"
force_backward: true
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "ip" top: "ip" }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""


@pytest.fixture
def net() -> cp.Net:
    return cp.build_net(TWO_LAYERS, seed=7)


def test_net_tells_its_facts(net: cp.Net) -> None:
    assert (net.name, net.phase, net.inputs, net.outputs) == ("two", "TEST", ["data"], ["prob"])
    assert list(net.blobs) == ["data", "ip", "prob"]
    assert [p.shape for p in net.params["ip"]] == [(4, 3), (4,)]
    assert [layer.name for layer in net.layers] == ["data", "ip", "relu", "prob"]


def test_forward_takes_inputs_and_returns_outputs_by_name(net: cp.Net) -> None:
    out = net.forward(data=np.ones((2, 3)))
    assert list(out) == ["prob"]
    np.testing.assert_allclose(out["prob"].sum(axis=1), 1, rtol=1e-6)


def test_returned_outputs_are_not_changed_by_the_next_forward(net: cp.Net) -> None:
    first = net.forward(data=np.ones((2, 3)))["prob"]
    kept = first.copy()
    net.forward(data=-np.ones((2, 3)))
    np.testing.assert_array_equal(first, kept)


def test_data_keeps_its_memory_between_forwards(net: cp.Net) -> None:
    before = net.blobs["prob"].data
    net.forward(data=np.ones((2, 3)))
    assert net.blobs["prob"].data is before


def test_forward_stops_after_end_and_returns_its_tops(net: cp.Net) -> None:
    out = net.forward(data=np.ones((2, 3)), end="ip", blobs=["data"])
    assert list(out) == ["ip", "data"]
    assert not net.blobs["prob"].data.any()


def test_forward_goes_on_from_start(net: cp.Net) -> None:
    net.blobs["ip"].data[...] = [[1, -1, 0, 0], [0, 0, 0, 3]]
    out = net.forward(start="relu")
    assert out["prob"][0].argmax() == 0
    assert out["prob"][1].argmax() == 3


def test_backward_returns_the_inputs_gradients(net: cp.Net) -> None:
    net.forward(data=np.ones((2, 3)))
    grads = net.backward(prob=np.eye(2, 4))
    assert list(grads) == ["data"]
    assert grads["data"].shape == (2, 3)
    assert np.abs(net.params["ip"][0].diff).sum() > 0


def test_parameter_gradients_add_up_until_cleared(net: cp.Net) -> None:
    net.forward(data=np.ones((2, 3)))
    net.backward(prob=np.eye(2, 4))
    once = net.params["ip"][0].diff.copy()
    net.backward(prob=np.eye(2, 4))
    np.testing.assert_allclose(net.params["ip"][0].diff, 2 * once, rtol=1e-6)
    net.clear_param_diffs()
    assert not net.params["ip"][0].diff.any()


def test_an_input_of_another_shape_is_refused_with_the_way_out(net: cp.Net) -> None:
    with pytest.raises(cp.BuildError, match=r"\(2, 3\).*\(5, 3\).*net\.reshape"):
        net.forward(data=np.ones((5, 3)))


def test_an_unknown_input_names_the_nearest(net: cp.Net) -> None:
    with pytest.raises(cp.BuildError, match='did you mean "data"'):
        net.forward(dta=np.ones((2, 3)))


def test_an_unknown_layer_names_the_nearest(net: cp.Net) -> None:
    with pytest.raises(cp.BuildError, match='did you mean "relu"'):
        net.forward(end="rleu")


def test_reshape_carries_through_all_layers(net: cp.Net) -> None:
    net.reshape(data=(5, 3))
    assert net.blobs["prob"].shape == (5, 4)
    assert net.forward(data=np.ones((5, 3)))["prob"].shape == (5, 4)


def test_a_smaller_shape_keeps_the_memory(net: cp.Net) -> None:
    memory = net.blobs["ip"].data
    net.reshape(data=(1, 3))
    assert np.shares_memory(memory, net.blobs["ip"].data)


def test_a_shape_that_does_not_fit_leaves_the_net_as_it_was(net: cp.Net) -> None:
    with pytest.raises(cp.LayerError, match='layer "ip"'):
        net.reshape(data=(2, 5))
    assert net.blobs["data"].shape == (2, 3)
    assert net.forward(data=np.ones((2, 3)))["prob"].shape == (2, 4)


def test_the_same_seed_gives_the_same_values(net: cp.Net) -> None:
    again = cp.build_net(TWO_LAYERS, seed=7)
    np.testing.assert_array_equal(net.params["ip"][0].data, again.params["ip"][0].data)


def test_a_net_without_a_seed_tells_the_one_that_rebuilds_it() -> None:
    first = cp.build_net(TWO_LAYERS)
    again = cp.build_net(TWO_LAYERS, seed=first.seed)
    np.testing.assert_array_equal(first.params["ip"][0].data, again.params["ip"][0].data)


def test_parameters_may_be_looked_at_in_any_order() -> None:
    text = TWO_LAYERS + (
        'layer { name: "more" type: "InnerProduct" bottom: "prob" top: "more" '
        'inner_product_param { num_output: 2 weight_filler { type: "gaussian" } } }'
    )
    forwards, backwards = cp.build_net(text, seed=3), cp.build_net(text, seed=3)
    first = forwards.params["ip"][0].data, forwards.params["more"][0].data
    last = backwards.params["more"][0].data, backwards.params["ip"][0].data
    np.testing.assert_array_equal(first[0], last[1])
    np.testing.assert_array_equal(first[1], last[0])


def test_reseeding_does_not_change_parameters_that_nobody_has_looked_at_yet() -> None:
    looked, blind = cp.build_net(TWO_LAYERS, seed=3), cp.build_net(TWO_LAYERS, seed=3)
    expected = looked.params["ip"][0].data.copy()
    blind.reseed(99)
    np.testing.assert_array_equal(blind.params["ip"][0].data, expected)


@pytest.mark.parametrize("items", [1, 6])
def test_a_loss_weight_follows_the_blob_to_another_shape(items: int) -> None:
    net = cp.build_net(
        'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }'
        'layer { name: "y" type: "Power" bottom: "x" top: "y" loss_weight: 0.5 }'
    )
    net.reshape(x=(items, 3))
    net.forward(x=np.ones((items, 3)))
    assert net.loss == 0.5 * items * 3


def test_a_loss_weight_that_was_changed_by_hand_stays_while_the_shape_does() -> None:
    net = cp.build_net(
        'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 } } }'
        'layer { name: "y" type: "Reduction" bottom: "x" top: "y" loss_weight: 1 }'
    )
    net.blobs["y"].diff[...] = 3
    net.reshape(x=(5,))
    net.forward(x=np.ones(5))
    assert net.loss == 15


def test_shared_parameters_follow_the_other_net(net: cp.Net) -> None:
    other = cp.build_net(TWO_LAYERS, seed=8)
    net.share_params(other)
    other.params["ip"][0].data[...] = 5
    assert (net.params["ip"][0].data == 5).all()


def test_multipliers_and_fillers_are_on_the_parameters() -> None:
    text = TWO_LAYERS.replace(
        'top: "ip"\n', 'top: "ip" param { lr_mult: 1 } param { lr_mult: 2 decay_mult: 0 }\n', 1
    )
    weight, bias = cp.build_net(text).params["ip"]
    assert (weight.lr_mult, weight.decay_mult) == (1, 1)
    assert (bias.lr_mult, bias.decay_mult) == (2, 0)
    assert weight.filler is not None
    assert weight.filler.type == "xavier"


def test_a_path_that_is_not_there_is_named(tmp_path: object) -> None:
    with pytest.raises((cp.CaffeProtoError, FileNotFoundError), match=r"no_such\.prototxt"):
        cp.build_net(f"{tmp_path}/no_such.prototxt")


def test_a_wrong_phase_is_refused() -> None:
    with pytest.raises(cp.BuildError, match=r"TRAIN.*TEST"):
        cp.build_net(TWO_LAYERS, phase="DEPLOY")


def test_a_net_without_layers_is_refused() -> None:
    with pytest.raises(cp.CaffeProtoError, match="no layers"):
        cp.build_net('name: "nothing"\n')


def test_a_users_layer_runs_forward_and_backward() -> None:
    @cp.register_layer("TestDouble")
    class Double(cp.Layer):
        def infer_shapes(self, bottom):
            return [bottom]

        def forward(self, x):
            return 2 * x

        def backward(self, dy, x, y):
            return 2 * dy

    text = TWO_LAYERS + 'layer { name: "d" type: "TestDouble" bottom: "prob" top: "twice" }'
    net = cp.build_net(text, seed=1)
    out = net.forward(data=np.ones((2, 3)))
    np.testing.assert_allclose(out["twice"].sum(axis=1), 2, rtol=1e-6)
    net.backward(twice=np.ones((2, 4)))
    assert (net.blobs["prob"].diff == 2).all()


def test_an_unknown_type_lists_near_names_and_how_to_register() -> None:
    with pytest.raises(cp.UnknownLayerError, match=r'"Softmax".*register_layer') as caught:
        cp.build_net(TWO_LAYERS.replace('"Softmax"', '"SoftMax"'))
    assert 'layer "prob"' in str(caught.value)


def test_debug_info_records_mean_absolute_values_in_caffes_words(net: cp.Net) -> None:
    net.debug_info = True
    net.forward(data=np.ones((2, 3)))
    net.backward(prob=np.eye(2, 4))
    lines = str(net.debug).splitlines()
    assert any(line.startswith("    [Forward] Layer ip, top blob ip data: ") for line in lines)
    assert any(
        line.startswith("    [Backward] Layer ip, bottom blob data diff: ") for line in lines
    )
    assert "All net params (data, diff): L1 norm = (" in lines[-1]
    record = next(r for r in net.debug.forward if r.layer == "prob")
    assert record.value == pytest.approx(0.25, rel=1e-6)


def test_debug_info_sums_up_after_a_whole_backward_pass_only(net: cp.Net) -> None:
    net.debug_info = True
    net.forward(data=np.ones((2, 3)))
    net.backward(end="relu")
    assert "All net params" not in str(net.debug)


@pytest.mark.parametrize(
    "layer",
    [
        'type: "Pooling" pooling_param { kernel_size: 2 stride: 2 }',
        'type: "InnerProduct" inner_product_param { num_output: 5 }',
        'type: "Convolution" convolution_param { num_output: 2 kernel_size: 3 }',
    ],
)
def test_a_layer_that_changes_shapes_in_place_builds_but_does_not_run(layer: str) -> None:
    net = cp.build_net(
        'layer { name: "x" type: "Input" top: "x" '
        "input_param { shape { dim: 1 dim: 3 dim: 6 dim: 6 } } }"
        f'layer {{ name: "op" bottom: "x" top: "x" {layer} }}'
    )
    assert net.blobs["x"].shape != (1, 3, 6, 6)
    with pytest.raises(cp.LayerError, match=r'"op" .*cannot work in place.*of \(1, 3, 6, 6\)'):
        net.forward()


def test_a_layer_in_place_may_add_axes_once() -> None:
    net = cp.build_net(
        'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 dim: 4 } } }'
        'layer { name: "op" bottom: "x" top: "x" type: "MVN" mvn_param { across_channels: true } }'
    )
    out = net.forward(x=np.arange(12).reshape(3, 4, 1, 1))["x"]
    np.testing.assert_allclose(out.sum(axis=1), 0, atol=1e-6)


def test_hooks_see_every_layer(net: cp.Net) -> None:
    seen: list[int] = []
    net.before_forward.append(seen.append)
    net.forward(data=np.ones((2, 3)))
    assert seen == [0, 1, 2, 3]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_net_is_not_copied_but_built_again(copied: Callable[[Any], Any]) -> None:
    net = cp.build_net(TWO_LAYERS)
    with pytest.raises(TypeError, match=r"build_net\(net.definition\)"):
        copied(net)
    assert cp.build_net(net.definition).inputs == net.inputs
