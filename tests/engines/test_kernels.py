"""Every kernel and variant against the layers' own definition, on shapes that are not square."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import caffe_proto as cp
from caffe_proto.engines.graph import Op, build_graph
from caffe_proto.engines.kernels import winograd
from caffe_proto.engines.kernels.base import Binding, Kernel
from caffe_proto.engines.kernels.convolution import OutputConv, PixelConv, Weights, WindowConv
from caffe_proto.engines.passes import simplify
from caffe_proto.engines.threads import run_tasks
from tests.engines.agreement import assert_agrees, assert_same_outputs, random_inputs, randomize
from tests.engines.nets import conv, layer, net

RELU = layer("r", "ReLU", "c", "c")
LEAKY = layer("r", "ReLU", "c", "c", "relu_param { negative_slope: 0.1 }")
STEEP = layer("r", "ReLU", "c", "c", "relu_param { negative_slope: 2 }")
PRELU = layer("r", "PReLU", "c", "c")
NORM = layer("n", "BatchNorm", "c", "c") + layer(
    "s", "Scale", "c", "c", "scale_param { bias_term: true }"
)


def _conv_op(text: str) -> tuple[cp.Net, Op]:
    built = cp.build_net(text, seed=3)
    randomize(built)
    graph = build_graph(built, built.input_shapes())
    simplify(graph)
    (op,) = graph.ops
    return built, op


def _run(kernel: Kernel, op: Op, data: np.ndarray) -> np.ndarray:
    """The output of ``kernel``, its working memory full of NaN before."""

    def room(shape: tuple[int, ...]) -> np.ndarray:
        return np.full(shape, np.nan, np.float32)

    n, c, h, w = op.output.shape
    out = room((n, h, w, c))
    memory = Binding(
        [np.ascontiguousarray(data.transpose(0, 2, 3, 1))],
        [out],
        [room(shape) for shape in kernel.shared],
        [[room(shape) for shape in kernel.lane] for _ in range(kernel.threads)],
    )
    for phase in kernel.bind(memory):
        run_tasks(phase, kernel.threads)
    return out.transpose(0, 3, 1, 2)


def _windows(limit: int) -> Callable[[Op, Weights], Kernel]:
    return lambda op, weights: WindowConv(op, 2, weights, limit)


def _winograd(
    tiles: int, in_step: bool, scheme: winograd.Scheme = winograd.F4
) -> Callable[[Op, Weights], Kernel]:
    return lambda op, weights: winograd.Winograd(op, 2, weights, scheme, tiles, in_step)


@pytest.mark.parametrize("after", ["", RELU, LEAKY, STEEP, PRELU, NORM, NORM + RELU])
@pytest.mark.parametrize("shape", [(1, 8, 12, 8), (3, 9, 13, 7), (2, 8, 1, 5)])
@pytest.mark.parametrize(
    "make",
    [
        _windows(4),
        _windows(1000),
        lambda op, weights: OutputConv(op, 2, weights),
        _winograd(4, False),
        _winograd(1000, False),
        _winograd(5, True),
        _winograd(7, False, winograd.F2),
        _winograd(1000, False, winograd.F2),
        _winograd(9, True, winograd.F2),
    ],
    ids=[
        "rows",
        "images",
        "outputs",
        "winograd4",
        "winograd4-images",
        "winograd4-in-step",
        "winograd2",
        "winograd2-images",
        "winograd2-in-step",
    ],
)
def test_variants_of_a_3x3_convolution_agree(
    make: Callable[[Op, Weights], Kernel], shape: tuple[int, ...], after: str
) -> None:
    built, op = _conv_op(net(shape, conv("c", "data", "c", 10, 3, "pad: 1"), after))
    inputs = random_inputs(built)
    got = _run(make(op, Weights(op)), op, inputs["data"])
    assert_same_outputs({"c": got}, built.forward(**inputs))


@pytest.mark.parametrize("scheme", [winograd.F4, winograd.F2], ids=["4", "2"])
@pytest.mark.parametrize("in_step", [False, True])
@pytest.mark.parametrize("after", ["", RELU, PRELU])
def test_winograd_in_groups_agrees(in_step: bool, after: str, scheme: winograd.Scheme) -> None:
    text = net((2, 16, 13, 11), conv("c", "data", "c", 24, 3, "pad: 1 group: 2"), after)
    built, op = _conv_op(text)
    inputs = random_inputs(built)
    got = _run(_winograd(6, in_step, scheme)(op, Weights(op)), op, inputs["data"])
    assert_same_outputs({"c": got}, built.forward(**inputs))


@pytest.mark.parametrize("by, pieces", [("pixels", 1), ("pixels", 5), ("outputs", 3)])
@pytest.mark.parametrize("after", ["", LEAKY, PRELU, NORM + RELU])
def test_variants_of_a_1x1_convolution_agree(by: str, pieces: int, after: str) -> None:
    built, op = _conv_op(net((2, 5, 7, 3), conv("c", "data", "c", 11, 1), after))
    inputs = random_inputs(built)
    got = _run(PixelConv(op, 2, Weights(op), pieces, by), op, inputs["data"])
    assert_same_outputs({"c": got}, built.forward(**inputs))


@pytest.mark.parametrize(
    "channels, outputs, settings",
    [
        (4, 6, "kernel_size: 3 stride: 2 pad: 1"),
        (4, 6, "kernel_size: 3 dilation: 2 pad: 2"),
        (4, 6, "kernel_h: 1 kernel_w: 5 pad_h: 0 pad_w: 2"),
        (4, 6, "kernel_size: 5 stride_h: 3 stride_w: 2 pad_h: 4 pad_w: 1"),
        (4, 6, "kernel_size: 1 stride: 2"),
        (4, 6, "kernel_size: 1 pad: 1"),
        (4, 6, "kernel_size: 3 pad: 7"),
        (4, 6, "kernel_size: 3 group: 2 pad: 1"),
        (6, 6, "kernel_size: 1 group: 3"),
        (4, 8, "kernel_size: 3 group: 4"),
        (6, 6, "kernel_size: 3 group: 6 pad: 1"),
        (6, 6, "kernel_size: 3 group: 6 stride: 2 pad: 1"),
        (6, 6, "kernel_size: 3 group: 6 dilation: 2"),
        (600, 600, "kernel_size: 3 group: 600 pad: 1"),
        (6, 6, "kernel_size: 1 group: 6"),
        (4, 6, "kernel_size: 3 bias_term: false"),
        (1, 20, "kernel_size: 5"),
        (4, 6, "kernel_size: 8 stride: 8"),
        # Larger than the image by less than a stride: Caffe rounds to one window, zeros outside.
        (4, 6, "kernel_h: 11 kernel_w: 3 stride: 2"),
        (6, 6, "kernel_h: 3 kernel_w: 11 stride: 3 group: 3"),
        (6, 6, "kernel_h: 11 kernel_w: 3 stride: 2 group: 6"),
    ],
)
@pytest.mark.parametrize("after", ["", NORM + RELU, PRELU])
@pytest.mark.parametrize("batch", [1, 3])
def test_convolutions_of_all_kinds_agree(
    channels: int, outputs: int, settings: str, after: str, batch: int
) -> None:
    definition = layer(
        "c",
        "Convolution",
        "data",
        "c",
        f"convolution_param {{ num_output: {outputs} {settings} }}",
    )
    built = cp.build_net(net((batch, channels, 10, 9), definition, after), seed=1)
    randomize(built)
    run = assert_agrees(built, random_inputs(built), threads=2)
    assert [step.variant for step in run.steps] != ["reference"]


@pytest.mark.parametrize(
    "settings",
    [
        "pool: MAX kernel_size: 2 stride: 2",
        "pool: MAX kernel_size: 3 stride: 2",
        "pool: MAX kernel_size: 3 stride: 1 pad: 1",
        "pool: MAX kernel_size: 2 stride: 3",
        "pool: MAX kernel_size: 3 stride: 2 pad: 1 round_mode: FLOOR",
        "pool: MAX kernel_h: 1 kernel_w: 3 stride_h: 1 stride_w: 2",
        "pool: MAX global_pooling: true",
        "pool: AVE kernel_size: 3 stride: 2",
        "pool: AVE kernel_size: 3 stride: 2 pad: 1",
        "pool: AVE kernel_size: 5 stride: 1 pad: 2",
        "pool: AVE global_pooling: true",
        "pool: AVE kernel_size: 1 stride: 2",
    ],
)
@pytest.mark.parametrize("shape", [(1, 3, 9, 8), (4, 70, 10, 10), (2, 2, 4, 5)])
def test_pooling_agrees(settings: str, shape: tuple[int, ...]) -> None:
    definition = layer("p", "Pooling", "data", "p", f"pooling_param {{ {settings} }}")
    built = cp.build_net(net(shape, definition))
    run = assert_agrees(built, random_inputs(built), threads=2)
    assert run.steps[-1].variant != "reference"


@pytest.mark.parametrize("settings", ["kernel_size: 2 stride: 2", "global_pooling: true"])
@pytest.mark.parametrize("nothing", [np.nan, -np.inf])
def test_a_maximum_of_no_numbers_is_the_least_there_is(settings: str, nothing: float) -> None:
    definition = layer("p", "Pooling", "data", "p", f"pooling_param {{ pool: MAX {settings} }}")
    built = cp.build_net(net((1, 3, 6, 6), definition))
    data = random_inputs(built)["data"]
    data[:, 1], data[:, 2, 2:] = nothing, nothing
    run = assert_agrees(built, {"data": data}, threads=2)
    assert run(data=data)["p"][:, 1].max() == -np.finfo(np.float32).max


@pytest.mark.parametrize(
    "settings",
    [
        "local_size: 5 alpha: 0.0001",
        "local_size: 3 alpha: 2 beta: 0.5 k: 2",
        "local_size: 7 alpha: 1 beta: 1",
        "local_size: 1 alpha: 1 beta: 0.3",
        "local_size: 15 alpha: 0.5",
        "local_size: 3 norm_region: WITHIN_CHANNEL",
    ],
)
def test_local_response_normalization_agrees(settings: str) -> None:
    definition = layer("n", "LRN", "data", "n", f"lrn_param {{ {settings} }}")
    built = cp.build_net(net((2, 9, 5, 4), definition))
    assert_agrees(built, random_inputs(built), threads=2)


@pytest.mark.parametrize("shape", [(2, 6, 5, 4), (3, 8), (1, 70, 3, 2)])
@pytest.mark.parametrize(
    "definition",
    [
        layer("x", "Softmax", "data", "x"),
        layer("x", "Softmax", "data", "x", "softmax_param { axis: -1 }"),
        layer("x", "Softmax", "data", "x", "softmax_param { axis: 0 }"),
        layer("x", "Eltwise", ["data", "data"], "x", "eltwise_param { operation: PROD }"),
        layer("x", "Eltwise", ["data", "data"], "x", "eltwise_param { coeff: 2 coeff: -3 }"),
        layer("y", "TanH", "data", "y")
        + layer("x", "Eltwise", ["data", "y"], "x", "eltwise_param { operation: MAX }"),
        layer("x", "Scale", "data", "x", "scale_param { bias_term: true }"),
        layer("x", "Bias", "data", "x"),
        layer("x", "Power", "data", "x", "power_param { scale: 2 shift: 1 }"),
        layer("x", "Power", "data", "x", "power_param { power: 2 shift: 1 }"),
        layer("x", "PReLU", "data", "x"),
        layer("x", "ReLU", "data", "x", "relu_param { negative_slope: -0.5 }"),
        layer("x", "ELU", "data", "x"),
        layer("x", "Normalize", "data", "x"),
        layer("x", "Normalize", "data", "x", "norm_param { across_spatial: false eps: 0.1 }"),
        layer(
            "x",
            "Normalize",
            "data",
            "x",
            "norm_param { across_spatial: false channel_shared: false }",
        ),
        layer("x", "BatchNorm", "data", "x"),
        layer("x", "InnerProduct", "data", "x", "inner_product_param { num_output: 7 }"),
        layer("x", "InnerProduct", "data", "x", "inner_product_param { num_output: 7 axis: -1 }"),
        layer("x", "InnerProduct", "data", "x", "inner_product_param { num_output: 7 axis: -1 }")
        + layer("n", "BatchNorm", "x", "x")
        + layer("r", "PReLU", "x", "x"),
        layer(
            "x",
            "InnerProduct",
            "data",
            "x",
            "inner_product_param { num_output: 7 transpose: true }",
        )
        + layer("s", "Scale", "x", "y")
        + layer("r", "ReLU", "y", "y"),
    ],
)
def test_pointwise_layers_and_products_agree(definition: str, shape: tuple[int, ...]) -> None:
    built = cp.build_net(net(shape, definition), seed=1)
    randomize(built)
    assert_agrees(built, random_inputs(built), threads=2)


def test_an_unknown_layer_type_runs_as_it_is_defined() -> None:
    @cp.register_layer("PlanTestDouble")
    class Double(cp.Layer):  # type: ignore[misc]
        def infer_shapes(self, bottom: tuple[int, ...]) -> list[tuple[int, ...]]:
            return [bottom]

        def forward(self, x: np.ndarray) -> np.ndarray:
            return 2 * x

    built = cp.build_net(
        net(
            (1, 8, 6, 5),
            conv("c", "data", "c", 8, 3, "pad: 1"),
            layer("d", "PlanTestDouble", "c", "d"),
            conv("e", "d", "e", 4, 1),
        ),
        seed=1,
    )
    run = assert_agrees(built, random_inputs(built))
    assert "reference" in [step.variant for step in run.steps]


@pytest.mark.parametrize(
    "pooling",
    [
        "kernel_size: 2 stride: 2",
        "kernel_size: 3 stride: 2",
        "kernel_size: 3 stride: 2 pad: 1",
        "kernel_size: 3 stride: 1",
        "kernel_size: 2 stride: 2 round_mode: FLOOR",
        "kernel_h: 1 kernel_w: 3 stride_h: 1 stride_w: 2",
        "kernel_size: 2 stride: 3",
        "global_pooling: true",
    ],
)
@pytest.mark.parametrize(
    "shape, convolution",
    [
        ((1, 3, 40, 31), "kernel_size: 7 stride: 2 pad: 3"),
        ((5, 1, 14, 12), "kernel_size: 5"),
        ((1, 4, 90, 90), "kernel_size: 5 group: 2"),
        ((2, 64, 12, 16), "kernel_size: 3 pad: 1"),
        ((1, 64, 44, 44), "kernel_size: 3 pad: 1"),
        ((1, 256, 14, 14), "kernel_size: 3 pad: 1"),
        ((2, 64, 14, 10), "kernel_size: 3 pad: 1 group: 2"),
    ],
)
@pytest.mark.parametrize("after", ["", LEAKY, PRELU, STEEP])
def test_a_convolution_agrees_that_pools_what_it_writes(
    shape: tuple[int, ...], convolution: str, pooling: str, after: str
) -> None:
    built = cp.build_net(
        net(
            shape,
            layer(
                "c",
                "Convolution",
                "data",
                "c",
                f"convolution_param {{ num_output: 64 {convolution} }}",
            ),
            after,
            layer("p", "Pooling", "c", "p", f"pooling_param {{ pool: MAX {pooling} }}"),
        ),
        seed=1,
    )
    randomize(built)
    assert_agrees(built, random_inputs(built), threads=2)


def test_pooling_is_merged_only_where_the_activation_grows() -> None:
    falling = layer("r", "ReLU", "c", "c", "relu_param { negative_slope: -1 }")
    pool = layer("p", "Pooling", "c", "p", "pooling_param { kernel_size: 2 stride: 2 }")
    for after, steps in ((RELU, 1), (falling, 2)):
        built = cp.build_net(net((1, 3, 12, 12), conv("c", "data", "c", 8, 5), after, pool), seed=1)
        run = assert_agrees(built, random_inputs(built))
        assert len(run.steps) == steps
