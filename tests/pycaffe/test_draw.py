"""caffe.draw and the command that came with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import caffe_proto.pycaffe as caffe
from caffe_proto.cli import cli
from caffe_proto.errors import CaffeProtoError
from caffe_proto.pycaffe import draw
from caffe_proto.pycaffe.proto import caffe_pb2

pydot = pytest.importorskip("pydot")
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")

ROOT = Path(__file__).resolve().parent.parent.parent
LENET = str(ROOT / "examples/lenet/lenet.prototxt")
L, P = caffe.layers, caffe.params


def spec() -> caffe_pb2.NetParameter:
    n = caffe.NetSpec()
    n.data, n.label = L.Data(batch_size=64, source="db", ntop=2, include={"phase": caffe.TRAIN})
    n.conv = L.Convolution(
        n.data, num_output=20, kernel_h=3, kernel_w=5, stride=2, param=[{"lr_mult": 0.5}]
    )
    n.relu = L.ReLU(n.conv, in_place=True)
    n.pool = L.Pooling(n.relu, pool=P.Pooling.AVE, global_pooling=True)
    n.fc = L.InnerProduct(n.pool, num_output=10)
    n.acc = L.Accuracy(n.fc, n.label, exclude={"phase": caffe.TRAIN})
    return n.to_proto()


def names(graph: object) -> list[str]:
    return [node.get_name().strip('"') for node in graph.get_nodes()]  # type: ignore[attr-defined]


def test_layers_and_blobs_are_nodes() -> None:
    found = names(draw.get_pydot_graph(spec(), "TB"))
    assert "conv (Convolution) kernel size: 3x5 stride: 2 pad: 0" in found
    assert "relu (ReLU)" in found
    assert "pool (Pooling AVE) kernel size: all stride: 1 pad: 0" in found
    assert {"data", "label", "conv", "pool", "fc", "acc"} <= set(found)


def test_a_graph_to_the_side_breaks_the_lines() -> None:
    assert r"fc\n(InnerProduct)" in names(draw.get_pydot_graph(spec(), "LR"))


def test_arrows_say_how_much_goes_along() -> None:
    def labels(**options: bool) -> set[str]:
        edges = draw.get_pydot_graph(spec(), "LR", **options).get_edges()
        return {edge.get_label() for edge in edges}

    assert {"Batch 64", "20", "10", '""'} == {label.strip() for label in labels()}
    assert labels(label_edges=False) == {'""'}


@pytest.mark.parametrize("phase, there, gone", [(0, "data", "acc"), (1, "acc", "data")])
def test_a_phase_leaves_the_others_layers_out(phase: int, there: str, gone: str) -> None:
    found = " ".join(names(draw.get_pydot_graph(spec(), "TB", phase=phase)))
    assert f"{there} (" in found
    assert f"{gone} (" not in found


def test_learning_rates_are_written_where_asked() -> None:
    found = " ".join(names(draw.get_pydot_graph(spec(), "TB", display_lrm=True)))
    assert "lr mult: 0.5, 1.0" in found
    assert draw.get_layer_lr_mult(spec().layer[4]) == (1.0, 1.0)
    with pytest.raises(ValueError, match="no pair"):
        draw.get_layer_lr_mult(spec().layer[2])


def test_contradicting_rules_are_refused() -> None:
    net = spec()
    net.layer[0].exclude.add()
    with pytest.raises(ValueError, match=r'"data".*only one kind'):
        draw.get_pydot_graph(net, "LR", phase=caffe.TEST)


def test_old_nets_are_drawn_too() -> None:
    old = caffe_pb2.NetParameter(input=["data"], input_dim=[1, 1, 4, 4])
    old.layers.add(name="r", type=caffe_pb2.V1LayerParameter.RELU, bottom=["data"], top=["r"])
    assert "r (ReLU)" in names(draw.get_pydot_graph(old, "TB"))


@needs_dot
@pytest.mark.parametrize("rankdir", ["LR", "RL", "TB", "BT"])
def test_a_picture_in_every_direction(rankdir: str) -> None:
    assert draw.draw_net(spec(), rankdir).startswith(b"\x89PNG")


@needs_dot
def test_the_suffix_names_the_format(tmp_path: Path) -> None:
    draw.draw_net_to_file(spec(), str(tmp_path / "net.svg"), "TB", caffe.TEST, True)
    assert b"<svg" in (tmp_path / "net.svg").read_bytes()
    with pytest.raises(CaffeProtoError, match='draw the net as "nothing"'):
        draw.draw_net_to_file(spec(), str(tmp_path / "net.nothing"))
    assert [p.name for p in tmp_path.iterdir()] == ["net.svg"]


def test_text_needs_no_graphviz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    draw.draw_net_to_file(spec(), str(tmp_path / "net.raw"))
    assert (tmp_path / "net.raw").read_text().startswith("digraph")


def test_without_graphviz_the_error_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="apt-get install graphviz"):
        draw.draw_net_to_file(spec(), str(tmp_path / "net.png"))
    assert not list(tmp_path.iterdir())


def test_the_command_takes_the_old_flags(tmp_path: Path) -> None:
    target = tmp_path / "net.dot"
    args = ["draw", LENET, str(target), "--rankdir", "BT", "--phase=TEST", "--display_lrm"]
    result = CliRunner().invoke(cli, args, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "Drawing net to" in result.output
    text = target.read_text()
    assert "rankdir=BT" in text
    assert "lr mult" in text
