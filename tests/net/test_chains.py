"""Chains of layers run image by image give what the layers give one after another."""

from __future__ import annotations

import contextlib
import gc
import re
import threading
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto import threads
from caffe_proto.layers.activations import ReLU
from caffe_proto.layers.base import Layer
from caffe_proto.layers.convolution import Convolution
from caffe_proto.layers.registry import _types, layer_types, register_layer
from tests.engines.nets import conv, layer, net
from tests.engines.random_nets import RandomNet
from tests.net import test_runs
from tests.net.chaining import Pair, Threads


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> Threads:
    """Threads at will, and chains however small they are."""
    return Threads(monkeypatch)


# -- every type of layer -------------------------------------------------------------------------

EACH = [
    ("AbsVal", "", 1, 1, False),
    ("BNLL", "", 1, 1, True),
    ("BatchNorm", "batch_norm_param { use_global_stats: true }", 1, 1, True),
    ("BatchNorm", "batch_norm_param { use_global_stats: true scale_bias: true }", 1, 1, True),
    ("Bias", "bias_param { filler { type: 'uniform' } }", 1, 1, True),
    ("Bias", "bias_param { axis: 2 num_axes: -1 }", 1, 1, True),
    ("Clip", "clip_param { min: -0.5 max: 0.8 }", 1, 1, True),
    ("Concat", "", 3, 1, False),
    ("Concat", "concat_param { axis: -1 }", 2, 1, False),
    ("Concat", "", 1, 1, False),
    ("Convolution", "convolution_param { num_output: 4 kernel_size: 3 pad: 1 }", 1, 1, True),
    ("Convolution", "convolution_param { num_output: 9 kernel_size: 3 }", 1, 1, False),
    ("Convolution", "convolution_param { num_output: 9 kernel_size: 3 stride: 2 }", 1, 1, False),
    ("Convolution", "convolution_param { num_output: 6 kernel_size: 1 group: 2 }", 1, 1, False),
    ("Convolution", "convolution_param { num_output: 2 kernel_size: 1 stride: 2 }", 1, 1, False),
    (
        "Convolution",
        "convolution_param { num_output: 2 kernel_h: 9 kernel_w: 7 bias_term: false }",
        1,
        1,
        False,
    ),
    ("Convolution", "convolution_param { num_output: 5 kernel_size: 2 dilation: 2 }", 2, 2, False),
    ("Convolution", "convolution_param { num_output: 3 kernel_size: 3 axis: 2 }", 1, 1, False),
    ("ConvolutionDepthwise", "convolution_param { kernel_size: 3 pad: 1 }", 1, 1, True),
    (
        "DepthwiseConvolution",
        "convolution_param { num_output: 8 kernel_size: 3 stride: 2 }",
        1,
        1,
        False,
    ),
    ("Deconvolution", "convolution_param { num_output: 3 kernel_size: 2 stride: 2 }", 1, 1, False),
    ("Deconvolution", "convolution_param { num_output: 4 kernel_size: 3 pad: 1 }", 1, 1, True),
    ("Deconvolution", "convolution_param { num_output: 2 kernel_size: 3 group: 2 }", 2, 2, False),
    ("Dropout", "", 1, 1, True),
    ("Dropout", "dropout_param { scale_train: false }", 1, 1, True),
    ("ELU", "elu_param { alpha: 0.5 }", 1, 1, True),
    ("Eltwise", "eltwise_param { operation: PROD }", 3, 1, True),
    ("Eltwise", "eltwise_param { operation: PROD stable_prod_grad: false }", 2, 1, False),
    ("Eltwise", "eltwise_param { operation: SUM coeff: 1 coeff: -2 }", 2, 1, True),
    ("Eltwise", "eltwise_param { operation: MAX }", 3, 1, True),
    ("Eltwise", "eltwise_param { operation: SORT }", 2, 1, False),
    ("Exp", "exp_param { base: 2 scale: 0.5 shift: 1 }", 1, 1, True),
    ("LRN", "lrn_param { local_size: 3 alpha: 0.5 }", 1, 1, True),
    ("LRN", "lrn_param { local_size: 3 norm_region: WITHIN_CHANNEL }", 1, 1, True),
    ("Log", "log_param { shift: 6 }", 1, 1, True),
    ("PReLU", "", 1, 1, True),
    ("PReLU", "prelu_param { channel_shared: true }", 1, 1, True),
    ("Pooling", "pooling_param { kernel_size: 2 stride: 2 }", 1, 1, False),
    ("Pooling", "pooling_param { kernel_size: 3 stride: 2 }", 1, 1, False),
    ("Pooling", "pooling_param { kernel_size: 3 stride: 1 pad: 1 }", 1, 1, False),
    ("Pooling", "pooling_param { kernel_size: 5 stride: 1 pad: 3 }", 1, 1, False),
    ("Pooling", "pooling_param { kernel_size: 11 stride: 3 pad: 5 }", 1, 1, False),
    ("Pooling", "pooling_param { kernel_size: 4 stride: 6 pad: 3 }", 1, 1, False),
    ("Pooling", "pooling_param { global_pooling: true }", 1, 1, False),
    ("Pooling", "pooling_param { kernel_size: 3 stride: 2 }", 1, 2, False),
    ("Pooling", "pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 }", 1, 1, False),
    ("Pooling", "pooling_param { pool: AVE kernel_size: 2 stride: 5 }", 1, 1, False),
    ("Pooling", "pooling_param { pool: AVE global_pooling: true }", 1, 1, False),
    ("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 }", 1, 1, False),
    ("Power", "power_param { power: 2 scale: 0.5 shift: 1 }", 1, 1, True),
    ("Power", "power_param { power: 3 }", 1, 1, False),
    ("ReLU", "", 1, 1, True),
    ("ReLU", "relu_param { negative_slope: 0.1 }", 1, 1, True),
    ("ReLU6", "", 1, 1, True),
    ("Scale", "scale_param { bias_term: true }", 1, 1, True),
    ("Scale", "scale_param { num_axes: 0 }", 1, 1, True),
    ("Scale", "scale_param { axis: -1 }", 1, 1, True),
    ("Sigmoid", "", 1, 1, True),
    ("Slice", "slice_param { slice_point: 1 }", 1, 2, False),
    ("Slice", "slice_param { axis: -2 }", 1, 3, False),
    ("Slice", "", 1, 1, False),
    # The last piece is empty.
    ("Slice", "slice_param { slice_point: 4 }", 1, 2, False),
    ("Softmax", "", 1, 1, True),
    ("Softmax", "softmax_param { axis: -1 }", 1, 1, True),
    ("Split", "", 1, 3, False),
    ("Swish", "swish_param { beta: 0.5 }", 1, 1, True),
    ("TanH", "", 1, 1, True),
    ("Threshold", "threshold_param { threshold: 0.5 }", 1, 1, True),
]
# Without gradient, or by image in one phase only.
NO_GRADIENT, TEST_ONLY = ("Threshold",), ("Dropout", "STOCHASTIC")
# Sums within an image may be made in another order too: matrix products have other shapes.
SUMS = ("Convolution", "ConvolutionDepthwise", "DepthwiseConvolution", "Deconvolution")


def _shape(count: int) -> tuple[int, ...]:
    return (count, 4, 9, 7)


def _power(bottom: str, top: str) -> str:
    return layer(f"to_{top}", "Power", bottom, top, "power_param { shift: 0.25 }")


def _around(kind: str, settings: str, bottoms: int, tops: int, in_place: bool, count: int) -> str:
    """A net with the layer between others, so that there is a chain whatever the layer is."""
    feeds = [f"x{i}" for i in range(bottoms)]
    text = net(_shape(count), *(_power("data", name) for name in feeds))
    # A layer in place has the tops of its bottoms' names.
    made = (feeds[:tops] if in_place else [])[:tops]
    made += [f"y{i}" for i in range(len(made), tops)]
    text += layer("op", kind, feeds, made, settings)
    return "force_backward: true\n" + text + "".join(_power(t, f"z{t}") for t in made)


def test_every_type_that_works_by_image_is_tried() -> None:
    by_image = {
        name
        for name, kind in layer_types().items()
        if kind.is_by_image is not Layer.is_by_image and kind.__module__.startswith("caffe_proto.")
    }
    assert by_image <= {case[0] for case in EACH}


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("kind, settings, bottoms, tops, may_be", EACH)
def test_each_layer_gives_what_it_gives_alone(
    pool: Threads, kind: str, settings: str, bottoms: int, tops: int, may_be: bool, in_place: bool
) -> None:
    if in_place and not may_be:
        return
    test_only = any(word in kind + settings for word in TEST_ONLY)
    backward = kind not in NO_GRADIENT and "STOCHASTIC" not in settings
    for count, lanes, phase in [(4, 2, "TRAIN"), (5, 2, "TEST"), (7, 3, "TRAIN"), (64, 3, "TEST")]:
        phase = "TEST" if test_only else phase
        text = _around(kind, settings, bottoms, tops, in_place, count)
        pair = Pair(pool, text, lanes=lanes, phase=phase)
        with np.errstate(all="ignore"):
            pair.passes(3 if count < 64 else 2, backward=backward, exact=kind not in SUMS)
        assert "op" in pair.ran_apart()


def test_a_convolution_with_one_pair_of_blobs_in_place_gives_the_same(pool: Threads) -> None:
    settings = "convolution_param { num_output: 4 kernel_size: 3 pad: 1 }"
    text = (
        "force_backward: true\n"
        + net(_shape(6), _power("data", "a"), _power("data", "b"))
        + layer("op", "Convolution", ["a", "b"], ["c", "b"], settings)
        + _power("c", "zc")
        + _power("b", "zb")
    )
    Pair(pool, text).passes()


@pytest.mark.parametrize(
    "kind, settings",
    [
        ("BatchNorm", "batch_norm_param { use_global_stats: false }"),
        ("Dropout", "dropout_param { sample_weights_test: true }"),
        ("Pooling", "phase: TRAIN pooling_param { pool: STOCHASTIC kernel_size: 2 }"),
        ("Concat", "concat_param { axis: 0 }"),
        ("Softmax", "softmax_param { axis: 0 }"),
        ("Scale", "scale_param { axis: 0 num_axes: 1 }"),
        # What bounds a parameter writes into it.
        ("Scale", "scale_param { max_value: 0.5 }"),
        ("InnerProduct", "inner_product_param { num_output: 3 }"),
        ("Reshape", "reshape_param { shape { dim: 2 dim: -1 } }"),
        ("Convolution", "convolution_param { num_output: 3 kernel_size: 2 axis: 0 }"),
    ],
)
def test_layers_that_mix_images_or_draw_are_in_no_chain(
    pool: Threads, kind: str, settings: str
) -> None:
    pair = Pair(pool, _around(kind, settings, 1, 1, False, 6))
    pair.forward()
    assert "op" not in pair.ran_apart()
    pair.compare()


def test_an_axis_from_the_back_may_become_that_of_the_images(pool: Threads) -> None:
    text = net((4, 6, 4), _power("data", "x"))
    text += layer("op", "Softmax", "x", "y", "softmax_param { axis: -2 }")
    pair = Pair(pool, text)
    pair.forward()
    assert "op" in pair.ran_apart()
    pair.both(lambda net: net.reshape(data=(6, 4)))
    pair.forward()
    assert not pair.ran_apart()
    pair.compare()


# -- nets ----------------------------------------------------------------------------------------

LABELS = layer("labels", "Input", [], "label", "input_param { shape { dim: 6 } }")
HEAD = layer(
    "ip",
    "InnerProduct",
    "last",
    "ip",
    "inner_product_param { num_output: 3 weight_filler { type: 'xavier' } }",
) + layer("loss", "SoftmaxWithLoss", ["ip", "label"], "loss")


def _in_place(kind: str, blob: str, settings: str = "") -> str:
    return layer(f"{kind.lower()}_{blob}", kind, blob, blob, settings)


def _net(*, shared: str = "", head: str = HEAD, more: str = "") -> str:
    """Two chains, split by a layer that mixes images, with branches in the first one."""
    name = f"param {{ name: 'w' {shared} }} param {{ name: 'b' }}"
    fillers = "weight_filler { type: 'xavier' } bias_filler { type: 'uniform' }"
    shared_conv = f"{name} convolution_param {{ num_output: 4 kernel_size: 3 pad: 1 {fillers} }}"
    return (
        more
        + net((6, 3, 12, 10), LABELS)
        + conv("conv1", "data", "conv1", 8, 3, "stride: 1 pad: 1")
        + _in_place("ReLU", "conv1")
        + layer("pool1", "Pooling", "conv1", "pool1", "pooling_param { kernel_size: 3 stride: 2 }")
        + conv("left", "pool1", "left", 4, 1)
        + conv("right", "pool1", "right", 4, 3, "pad: 1 group: 2")
        + _in_place("PReLU", "right")
        + layer("ave", "Pooling", "pool1", "ave", "pooling_param { pool: AVE kernel_size: 1 }")
        + layer("join", "Concat", ["left", "right", "ave"], "join")
        + layer("cut", "Slice", "join", ["cut0", "cut1", "cut2", "cut3"])
        + layer("sum", "Eltwise", ["cut0", "cut1", "cut2", "cut3"], "sum")
        + layer("shared1", "Convolution", "sum", "shared1", shared_conv)
        + _in_place("LRN", "shared1", "lrn_param { local_size: 3 }")
        + layer("shared2", "Convolution", "shared1", "shared2", shared_conv)
        + _in_place("BatchNorm", "shared2", "batch_norm_param { use_global_stats: false }")
        + _in_place("Scale", "shared2", "scale_param { bias_term: true }")
        + layer("shared3", "Convolution", "shared2", "last", shared_conv)
        + _in_place("ReLU", "last")
        + head
    )


@pytest.mark.parametrize("lanes", [2, 3])
@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_a_net_gives_the_same_forward_and_backward(pool: Threads, phase: str, lanes: int) -> None:
    pair = Pair(pool, _net(), phase=phase, lanes=lanes)
    pair.passes()
    assert len(pair.chained._chains) == 2


def test_gradients_of_parameters_are_added_up(pool: Threads) -> None:
    pair = Pair(pool, _net())
    pair.passes(2)
    pair.both(lambda net: net.clear_param_diffs())
    for parameter, other in zip(
        pair.plain.learnable_params, pair.chained.learnable_params, strict=True
    ):
        parameter.diff[...] = pair.rng.normal(size=parameter.shape)
        other.diff[...] = parameter.diff
    pair.passes(2)


@pytest.mark.parametrize("shared", ["", "lr_mult: 0"])
def test_parameters_may_be_shared_within_a_chain_and_beyond(pool: Threads, shared: str) -> None:
    pair = Pair(pool, _net(shared=shared))
    pair.passes()
    by_name = pair.chained.params
    assert by_name["shared1"][0].diff is not None
    assert np.shares_memory(by_name["shared1"][0].diff, by_name["shared3"][0].diff)


def test_a_parameter_may_be_shared_with_a_layer_that_is_in_no_chain(pool: Threads) -> None:
    name = "param { name: 'w' share_mode: PERMISSIVE }"
    settings = "num_output: 4 bias_term: false weight_filler { type: 'xavier' }"
    text = net(
        (6, 4, 7, 5),
        LABELS,
        layer(
            "conv",
            "Convolution",
            "data",
            "c",
            f"{name} convolution_param {{ {settings} kernel_size: 1 }}",
        ),
        layer("mean", "Pooling", "c", "mean", "pooling_param { pool: AVE global_pooling: true }"),
        layer(
            "full", "InnerProduct", "mean", "last", f"{name} inner_product_param {{ {settings} }}"
        ),
    )
    pair = Pair(pool, text + HEAD)
    pair.passes()
    params = pair.chained.params
    assert np.shares_memory(params["conv"][0].diff, params["full"][0].diff)
    assert pair.ran_apart() == ["conv", "mean"]


@pytest.mark.parametrize("frozen", ["conv1", "left", "shared1"])
def test_a_parameter_may_need_no_gradient_from_now_on(pool: Threads, frozen: str) -> None:
    pair = Pair(pool, _net())
    pair.passes(2)

    def freeze(net: cp.Net) -> None:
        for parameter in net.params[frozen]:
            parameter.needs_grad = not parameter.needs_grad

    pair.forward()
    pair.both(freeze)
    pair.backward()
    pair.compare("between forward and backward")
    pair.passes(2)
    pair.both(freeze)
    pair.passes(2)


@pytest.mark.parametrize("forced", [False, True])
def test_layers_before_which_no_gradient_is_wanted(pool: Threads, forced: bool) -> None:
    settings = "convolution_param { num_output: 4 kernel_size: 3 pad: 1 }"
    frozen = "param { lr_mult: 0 } param { lr_mult: 0 } " + settings
    text = (
        ("force_backward: true\n" if forced else "")
        + net((6, 3, 12, 10), LABELS)
        + layer("frozen", "Convolution", "data", "frozen", frozen)
        + _in_place("ReLU", "frozen")
        + layer("half", "Convolution", "frozen", "half", "param { lr_mult: 0 } " + settings)
        + layer("pool", "Pooling", "half", "pool", "pooling_param { kernel_size: 2 }")
        + layer("full", "Convolution", "pool", "last", settings)
        + layer("stop", "Convolution", "pool", "stop", "propagate_down: false " + settings)
        + HEAD
        + layer("stopped", "EuclideanLoss", ["stop", "last"], "other", "propagate_down: true")
    ).replace("propagate_down: true", "")
    pair = Pair(pool, text)
    pair.passes()
    assert pair.chained.layer("half").propagate_down == [forced]


def test_a_chain_before_which_nothing_is_learned_has_no_backward(pool: Threads) -> None:
    text = net((6, 3, 5, 4), _power("data", "a"), _power("a", "last"), LABELS) + HEAD
    pair = Pair(pool, text)
    pair.passes()


def test_a_top_may_be_read_by_layers_in_the_chain_and_beyond(pool: Threads) -> None:
    more = layer("mean", "Reduction", "shared1", "mean", "loss_weight: 0.5")
    pair = Pair(pool, _net() + more)
    pair.passes()


# -- changes between passes ----------------------------------------------------------------------


@pytest.fixture
def pair(pool: Threads) -> Pair:
    """A pair that works with kept steps already."""
    made = Pair(pool, _net())
    made.passes(2)
    return made


SIZELESS = layer("mean", "Pooling", "last", "mean", "pooling_param { global_pooling: true }")


@pytest.fixture
def sizeless(pool: Threads) -> Pair:
    """A pair that takes images of any size."""
    made = Pair(pool, _net(head=SIZELESS + HEAD.replace('"last"', '"mean"')))
    made.passes(2)
    return made


def _reshape(pair: Pair, count: int, height: int, width: int) -> None:
    shape = (count, 3, height, width)
    pair.both(lambda net: net.reshape(data=shape, label=(count,)))


def test_images_and_batches_of_other_sizes(sizeless: Pair) -> None:
    for count, height, width in [(6, 9, 13), (4, 9, 13), (9, 12, 10), (64, 5, 5), (6, 12, 10)]:
        _reshape(sizeless, count, height, width)
        sizeless.passes(2)
    # And one that is too small for a chain.
    _reshape(sizeless, 3, 9, 9)
    sizeless.forward()
    assert not sizeless.ran_apart()
    sizeless.backward()
    sizeless.compare()
    _reshape(sizeless, 6, 12, 10)
    sizeless.passes(2)


def test_an_input_that_alone_is_reshaped(sizeless: Pair) -> None:
    for height, width in [(9, 13), (14, 15), (12, 10)]:
        shape = (6, 3, height, width)
        sizeless.both(lambda net, shape=shape: net.blobs["data"].reshape(*shape))
        sizeless.passes(2)


def test_an_input_reshaped_to_and_fro(sizeless: Pair) -> None:
    sizeless.both(lambda net: net.blobs["data"].reshape(6, 3, 40, 40))
    sizeless.both(lambda net: net.blobs["data"].data)
    sizeless.both(lambda net: net.blobs["data"].reshape(6, 3, 12, 10))
    sizeless.passes(2)


def test_a_refused_shape_leaves_the_chain_usable(pair: Pair) -> None:
    with pytest.raises(cp.CaffeProtoError):
        pair.both(lambda net: net.reshape(data=(6, 5, 12, 10)))
    pair.passes(2)


def test_weights_written_in_place(pair: Pair) -> None:
    for name in ("conv1", "shared1"):
        values = pair.rng.normal(size=pair.plain.params[name][0].shape) * 0.3
        for net_ in (pair.plain, pair.chained):
            net_.params[name][0].data[...] = values
    pair.passes(2)


def test_weights_loaded_from_a_file(pair: Pair, tmp_path: Path) -> None:
    other = cp.build_net(_net(), seed=77, phase="TRAIN")
    other.save(tmp_path / "other.caffemodel")
    pair.both(lambda net: net.load(tmp_path / "other.caffemodel"))
    np.testing.assert_array_equal(
        pair.chained.params["conv1"][0].data, other.params["conv1"][0].data
    )
    pair.passes(2)


@pytest.mark.parametrize("between", [False, True])
def test_weights_taken_from_another_net(pair: Pair, between: bool) -> None:
    other = cp.build_net(_net(), seed=78, phase="TRAIN")
    if between:
        pair.forward()
    pair.both(lambda net: net.share_params(other))
    if between:
        pair.backward()
        pair.compare("between forward and backward")
    for _ in range(2):
        other.params["conv1"][0].data[...] *= 0.5
        pair.passes(2)


@pytest.mark.parametrize("name", ["data", "conv1", "pool1", "shared1", "last"])
def test_blobs_whose_memory_is_replaced(pair: Pair, name: str) -> None:
    def replace(net: cp.Net) -> None:
        blob = net.blobs[name]
        other = cp.Blob(blob.shape)
        other.data[...] = 0
        blob.share_data(other)
        blob.share_diff(other)

    pair.both(replace)
    pair.passes(3)


def test_gradients_of_parameters_whose_memory_is_replaced(pair: Pair) -> None:
    def replace(net: cp.Net) -> None:
        net.params["conv1"][0].share_diff(cp.Blob(net.params["conv1"][0].shape))

    pair.both(replace)
    pair.passes(2)


def test_a_parameter_of_another_shape(pool: Threads) -> None:
    pair = Pair(pool, _around("Scale", "", 1, 1, False, 6))
    pair.passes(2)
    pair.both(lambda net: net.params["op"][0].reshape(1, 4, 1))
    pair.passes(2)


# -- other ways to run ---------------------------------------------------------------------------


def _watch(net: cp.Net, what: str) -> None:
    getattr(net, what).append(lambda index: None)


@pytest.mark.parametrize("what", ["before_backward", "after_backward"])
def test_forward_by_chain_and_backward_watched(pair: Pair, what: str) -> None:
    for _ in range(2):
        pair.forward()
        pair.both(lambda net: _watch(net, what))
        pair.backward()
        pair.compare()
        pair.both(lambda net: getattr(net, what).clear())
    pair.passes(2)


@pytest.mark.parametrize("what", ["before_forward", "after_forward"])
def test_forward_watched_and_backward_not(pair: Pair, what: str) -> None:
    pair.both(lambda net: _watch(net, what))
    pair.forward()
    pair.both(lambda net: getattr(net, what).clear())
    assert not pair.ran_apart()
    pair.backward()
    pair.compare()
    pair.passes(2)


@pytest.mark.parametrize("on", [(True, False), (False, True)])
def test_debug_info_switched_between_passes(pair: Pair, on: tuple[bool, bool]) -> None:
    for _ in range(2):
        pair.both(lambda net: setattr(net, "debug_info", on[0]))
        pair.forward()
        pair.both(lambda net: setattr(net, "debug_info", on[1]))
        pair.backward()
        pair.compare()
    records = [
        [r.value for r in (*net.debug.forward, *net.debug.backward)]
        for net in (pair.plain, pair.chained)
    ]
    np.testing.assert_allclose(*records, rtol=1e-4)


def _middle(net: cp.Net, name: str) -> int:
    return next(i for i, layer in enumerate(net.layers) if layer.name == name)


@pytest.mark.parametrize("start, end", [("pool1", "sum"), ("data", "left"), ("cut", "loss")])
def test_parts_of_chains(pair: Pair, start: str, end: str) -> None:
    first, last = _middle(pair.plain, start), _middle(pair.plain, end)
    for _ in range(2):
        pair.feed()
        pair.both(lambda net: net.run_forward(first, last))
        pair.compare("part of forward")
        pair.both(lambda net: net.run_backward(last, first))
        pair.compare("backward of the same")
        pair.forward()
        pair.both(lambda net: net.run_backward(last, first))
        pair.compare("part of backward")
        pair.both(lambda net: net.run_forward(first, last))
        pair.backward()
        pair.compare("backward after part of forward")


def test_layers_run_backward_one_by_one(pair: Pair) -> None:
    for _ in range(3):
        pair.forward()

        def one_by_one(net: cp.Net) -> None:
            for each in reversed(net.layers):
                if each.needs_backward:
                    each.run_backward()

        pair.both(one_by_one)
        pair.compare()


def test_a_layer_run_backward_that_the_net_would_not_run(pool: Threads) -> None:
    text = net(_shape(6), _power("data", "x"), conv("op", "x", "y", 5, 3), _power("y", "z"))
    pair = Pair(pool, text)
    assert not pair.chained.layer("op").needs_backward
    for _ in range(3):
        pair.forward()
        dy = pair.rng.normal(size=pair.plain.blobs["y"].shape)
        for net_ in (pair.plain, pair.chained):
            net_.blobs["y"].diff[...] = dy
        pair.both(lambda net: net.layer("op").run_backward())
        pair.compare()
    assert np.any(pair.chained.params["op"][0].diff)


def test_two_forwards_and_one_backward(pair: Pair) -> None:
    for forwards, backwards in [(2, 1), (1, 2), (3, 2)]:
        for _ in range(forwards):
            pair.forward()
        for _ in range(backwards):
            pair.backward()
        pair.compare()


@pytest.mark.parametrize("forward, backward", [(1, 2), (2, 1), (3, 1), (2, 3), (1, 3)])
def test_the_number_of_threads_changes(pair: Pair, forward: int, backward: int) -> None:
    for _ in range(2):
        pair.forward(forward)
        pair.backward(backward)
        pair.compare()
    pair.forward()
    pair.forward(forward)
    pair.backward(backward)
    pair.compare()
    pair.passes(2)


def test_two_nets_at_once(pool: Threads) -> None:
    pairs = [Pair(pool, _net(), seed=seed) for seed in (11, 12)]
    for _ in range(3):
        ready, faults = threading.Barrier(2), []

        def run(net: cp.Net, ready: Any = ready, faults: Any = faults) -> None:
            try:
                ready.wait()
                for _ in range(4):
                    net.clear_param_diffs()
                    net.run_forward()
                    net.run_backward()
            except BaseException as fault:
                faults.append(fault)

        for each in pairs:
            each.feed()
            alone = threading.Barrier(1)
            run(each.plain, alone)
        with pool.use(2):
            running = [threading.Thread(target=run, args=(each.chained,)) for each in pairs]
            for one in running:
                one.start()
            for one in running:
                one.join()
        assert not faults
        for each in pairs:
            each.assert_chained()
            each.compare()


# -- layers that somebody has changed ------------------------------------------------------------


class Refusal(Exception):
    """What a test's layer raises."""


@pytest.mark.parametrize("fault", [Refusal, KeyboardInterrupt])
@pytest.mark.parametrize("failing", [1, 2, 3])
@pytest.mark.parametrize("step", ["forward", "backward"])
def test_a_failure_in_a_lane_leaves_the_net_usable(
    pool: Threads, monkeypatch: pytest.MonkeyPatch, fault: Any, failing: int, step: str
) -> None:
    pair = Pair(pool, _net())
    pair.passes(failing - 1)
    kind = type(pair.chained.layer("prelu_right"))
    original = getattr(kind, step)

    def fail(self: Layer, *args: Any) -> Any:
        if len(self.bottom_blobs[0].data) < 6 and self.runs_apart is None:
            raise fault("in a lane")
        return original(self, *args)

    pair.forward()
    with monkeypatch.context() as patch:
        patch.setattr(kind, step, fail)
        with pool.use(2), pytest.raises(fault, match="in a lane"):
            pair.chained.run_forward() if step == "forward" else pair.chained.run_backward()
    assert threads.available_threads() == 1
    assert not threads._is_alone()
    assert threads._blas._users == 0
    for net_ in (pair.plain, pair.chained):
        net_.clear_param_diffs()
    pair.passes(3)


@pytest.fixture
def registered() -> Any:
    """Types that are gone after the test."""
    before = dict(_types)
    yield register_layer
    _types.clear()
    _types.update(before)


def test_layers_of_a_user_run_as_they_are_written(pool: Threads, registered: Any) -> None:
    @registered("OwnConvolution")
    class OwnConvolution(Convolution):
        def forward(self, *xs: Any) -> None:
            super().forward(*xs)
            # Depends on all images.
            self.top()[...] -= self.top().mean(axis=0)

    @registered("OwnReLU")
    class OwnReLU(ReLU):
        def forward(self, x: Any) -> Any:
            return np.maximum(x, x.mean(), out=self.top())

    text = net(_shape(6), _power("data", "x"), _power("x", "x1"))
    settings = "convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: 'xavier' } }"
    text += layer("own", "OwnConvolution", "x1", "y", settings) + layer("r", "OwnReLU", "y", "z")
    text += _power("z", "a") + _power("a", "b")
    pair = Pair(pool, "force_backward: true\n" + text)
    pair.passes()
    assert {"own", "r"}.isdisjoint(pair.ran_apart())
    z = pair.chained.blobs["z"].data
    np.testing.assert_allclose(z, np.maximum(y := pair.chained.blobs["y"].data, y.mean()))


@pytest.mark.parametrize("when", [0, 1, 3])
def test_a_forward_replaced_in_one_layer_is_run(pool: Threads, when: int) -> None:
    pair = Pair(pool, _net())
    pair.passes(when)

    def replace(net: cp.Net) -> None:
        layer = net.layer("left")
        original = layer.forward

        def forward(*xs: Any) -> None:
            original(*xs)
            layer.top()[...] *= layer.top().mean()

        layer.forward = forward

    pair.both(replace)
    for _ in range(2):
        pair.forward()
        assert "left" not in pair.ran_apart()
        pair.backward()
        pair.compare()


@pytest.mark.parametrize("when", [0, 1, 3])
@pytest.mark.parametrize("between", [False, True])
def test_a_backward_replaced_in_one_layer_is_run(pool: Threads, when: int, between: bool) -> None:
    pair = Pair(pool, _net())
    pair.passes(when)
    calls: list[int] = []

    def replace(net: cp.Net) -> None:
        layer = net.layer("left")
        original = layer.backward

        def backward(*args: Any) -> None:
            calls.append(len(args[1][0]))
            original(*args)
            layer.params[0].diff[...] *= 2

        layer.backward = backward

    if between:
        pair.forward()
    pair.both(replace)
    for _ in range(2):
        if not between:
            pair.forward()
        pair.backward()
        pair.compare()
    assert calls == [6] * 4


def test_a_net_goes_when_nobody_has_it(pool: Threads) -> None:
    with pool.use(2):
        net_ = cp.build_net(_net(), phase="TRAIN")
        for _ in range(3):
            net_.run_forward()
            net_.run_backward()
    gc.collect()
    gc.disable()
    try:
        kept = weakref.ref(net_), weakref.ref(net_.layer("conv1"))
        del net_
        assert [ref() for ref in kept] == [None, None]
    finally:
        gc.enable()


# -- odd values ----------------------------------------------------------------------------------

ODD = [np.nan, np.inf, -np.inf, -3.4028235e38, 3.4028235e38, 0.0, -0.0]
POOLS = [
    "kernel_size: 2 stride: 2",
    "kernel_size: 3 stride: 1 pad: 2",
    "kernel_size: 4 stride: 5 pad: 3",
    "kernel_size: 11 stride: 2 pad: 5",
    "global_pooling: true",
    "kernel_size: 3 stride: 2 pad: 1 pool: AVE",
    "global_pooling: true pool: AVE",
    "kernel_size: 2 stride: 5 pool: AVE",
]


def _with_odd_values(pair: Pair, share: float) -> None:
    shape = pair.plain.blobs["data"].shape
    values = pair.rng.normal(size=shape).astype("f4")
    odd = pair.rng.choice(np.array(ODD, "f4"), shape)
    pair.feed({"data": np.where(pair.rng.random(shape) < share, odd, values)})


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("settings", POOLS)
def test_pooling_of_what_is_no_number(pool: Threads, settings: str) -> None:
    text = net((6, 2, 11, 9), layer("x", "Split", "data", "x"))
    text += layer("op", "Pooling", "x", "y", f"pooling_param {{ {settings} }}")
    pair = Pair(pool, "force_backward: true\n" + text)
    # All kinds of values in one pass and the next: what is kept must not depend on them.
    for share in (0.0, 0.05, 0.9, 1.0, 0.0):
        _with_odd_values(pair, share)
        pair.both(lambda net: net.run_forward())
        pair.assert_chained()
        pair.backward()
        pair.compare(f"{share}", exact=True)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("settings", ["kernel_size: 3 pad: 1", "kernel_size: 1"])
def test_convolution_of_what_is_no_number(pool: Threads, settings: str) -> None:
    text = net((6, 3, 8, 9), conv("op", "data", "y", 9, 3, settings.partition("3")[2]))
    text += layer("r", "ReLU", "y", "z")
    pair = Pair(pool, "force_backward: true\n" + text)
    for share in (0.0, 0.02, 0.0):
        _with_odd_values(pair, share)
        pair.both(lambda net: net.run_forward())
        pair.assert_chained()
        for one, other in zip(pair.plain.blob_list, pair.chained.blob_list, strict=True):
            np.testing.assert_array_equal(np.isnan(one.data), np.isnan(other.data))
        pair.backward()
        if not share:
            pair.both(lambda net: net.clear_param_diffs())


# -- against Caffe -------------------------------------------------------------------------------


# These have no chains, or inputs that are not all of the same images.
UNCHAINED = ("autoencoder", "rnn", "caption_lstm")
ENOUGH_IMAGES = ("lenet", "siamese", "misc_layers")
QUICK = ("misc_layers", "siamese", "squeezenet")


def _runs(only: tuple[str, ...] = ()) -> list[Any]:
    """Golden runs of the nets that are named, or all, most of them slow."""
    runs = []
    for run in test_runs._runs():
        name = run.values[0].name
        if name not in UNCHAINED and (not only or name in only):
            marks = () if only or name in QUICK else pytest.mark.slow
            runs.append(pytest.param(*run.values, id=run.id, marks=marks))
    return runs


@pytest.mark.parametrize("folder, phase", _runs(ENOUGH_IMAGES))
def test_a_whole_net_gives_the_values_of_caffe(pool: Threads, folder: Path, phase: str) -> None:
    with pool.use(2):
        test_runs.test_a_whole_net_gives_the_values_of_caffe(folder, phase)
        test_runs.test_a_whole_net_gives_the_gradients_of_caffe(folder, phase)


@pytest.mark.parametrize("folder, phase", _runs())
def test_a_whole_net_gives_the_same_for_more_images(
    pool: Threads, folder: Path, phase: str
) -> None:
    weights = folder / "weights.caffemodel"
    source = folder / "net.prototxt"
    pair = Pair(pool, source, phase=phase, dtype=np.float64, weights=weights, lanes=3)
    with np.load(folder / "data.npz") as arrays:
        inputs = {name: arrays[f"input/{name}"] for name in pair.plain.inputs}
    shapes = {name: (7, *values.shape[1:]) for name, values in inputs.items()}
    pair.both(lambda net: net.reshape(**shapes))
    for number in range(3):
        fed = {name: np.resize(values, shapes[name]) for name, values in inputs.items()}
        fed[pair.plain.inputs[0]] = fed[pair.plain.inputs[0]] * (1 + 0.1 * number)
        pair.feed(fed)
        pair.both(lambda net: net.run_forward())
        pair.assert_chained()
        pair.both(lambda net: net.run_backward())
        pair.compare(f"pass {number + 1}")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize("seed", range(12))
def test_random_nets_give_the_same(pool: Threads, seed: int, phase: str) -> None:
    lanes = 2 + seed % 2
    images = 2 * lanes + seed % 3
    text = re.sub(r"(shape \{ dim: )\d+", rf"\g<1>{images}", RandomNet(seed).text, count=1)
    try:
        pair = Pair(
            pool, f"force_backward: true\n{text}", lanes=lanes, phase=phase, dtype=np.float64
        )
    except cp.BuildError:
        pytest.skip("the net is for another number of images")
    for number in range(3):
        pair.forward()
        pair.assert_chained()
        # Some layers have no gradient.
        with contextlib.suppress(cp.LayerError):
            pair.backward()
        pair.compare(f"pass {number + 1}")
