"""What a graph is after simplification: fewer operations, merged as they should be."""

from __future__ import annotations

from caffe_proto import build_net
from caffe_proto.engines.graph import Graph, build_graph
from caffe_proto.engines.passes import simplify
from tests.engines.nets import CONV, INPUT, layer


def _simplified(text: str) -> Graph:
    net = build_net(text, seed=1)
    graph = build_graph(net, net.input_shapes())
    simplify(graph)
    return graph


def _names(graph: Graph) -> list[list[str]]:
    return [op.names for op in graph.ops]


def test_batch_norm_scale_and_relu_go_into_the_convolution() -> None:
    graph = _simplified(
        INPUT
        + CONV.format(name="c", bottom="data", top="c")
        + layer("b", "BatchNorm", "c", "c")
        + layer("s", "Scale", "c", "c", "scale_param { bias_term: true }")
        + layer("r", "ReLU", "c", "c")
    )
    assert _names(graph) == [["c", "b", "s", "r"]]
    assert graph.ops[0].types == ["Convolution", "BatchNorm", "Scale", "ReLU"]


def test_batch_norm_of_the_batch_is_not_folded() -> None:
    graph = _simplified(
        INPUT
        + CONV.format(name="c", bottom="data", top="c")
        + layer("b", "BatchNorm", "c", "b", "batch_norm_param { use_global_stats: false }")
    )
    assert _names(graph) == [["c"], ["b"]]


def test_a_value_with_two_readers_is_not_folded_away() -> None:
    graph = _simplified(
        INPUT
        + CONV.format(name="c", bottom="data", top="c")
        + layer("r", "ReLU", "c", "r")
        + layer("t", "TanH", "c", "t")
    )
    assert _names(graph) == [["c"], ["r"], ["t"]]


def test_a_residual_sum_goes_into_the_later_convolution() -> None:
    graph = _simplified(
        INPUT
        + CONV.format(name="a", bottom="data", top="a")
        + CONV.format(name="b", bottom="a", top="b")
        + layer("sum", "Eltwise", ["a", "b"], "sum")
        + layer("r", "ReLU", "sum", "sum")
    )
    assert _names(graph) == [["a"], ["b", "sum", "r"]]
    assert graph.ops[1].residual == 1


def test_a_difference_is_not_taken_for_a_sum() -> None:
    graph = _simplified(
        INPUT
        + CONV.format(name="a", bottom="data", top="a")
        + CONV.format(name="b", bottom="a", top="b")
        + layer("d", "Eltwise", ["a", "b"], "d", "eltwise_param { coeff: 1 coeff: -1 }")
    )
    assert _names(graph) == [["a"], ["b"], ["d"]]


def test_splits_and_dropout_are_left_out() -> None:
    graph = _simplified(
        INPUT
        + layer("d", "Dropout", "data", "d")
        + layer("t", "TanH", "d", "t")
        + layer("s", "Sigmoid", "d", "s")
    )
    assert _names(graph) == [["t"], ["s"]]


def test_prior_boxes_are_computed_once_for_all() -> None:
    graph = _simplified(
        INPUT
        + CONV.format(name="c", bottom="data", top="c")
        + layer("p", "PriorBox", ["c", "data"], "p", "prior_box_param { min_size: 2 }")
    )
    # Nobody but they looked at the convolution, and they at its shape alone.
    assert _names(graph) == []
    assert graph.outputs["p"].constant is not None


def test_what_only_silence_reads_is_left_out() -> None:
    graph = _simplified(
        INPUT
        + layer("r", "ReLU", "data", "r")
        + CONV.format(name="c", bottom="data", top="c")
        + layer("q", "Silence", "r", [])
    )
    assert _names(graph) == [["c"]]
