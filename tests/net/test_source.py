"""What a net is built from, and what is said about its weights."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import pytest

import caffe_proto as cp
from caffe_proto.schema import caffe_pb2

ROOT = Path(__file__).resolve().parent.parent.parent
LENET = ROOT / "examples/lenet/lenet.prototxt"
WEIGHTS = ROOT / "examples/lenet/lenet.caffemodel"


def test_layers_that_no_weights_fill_are_told() -> None:
    text = LENET.read_text().replace('"ip2"', '"other"')
    with pytest.warns(UserWarning, match=r"lenet.caffemodel: no weights for 1 .* \"other\""):
        cp.build_net(text, weights=WEIGHTS)


def test_weights_for_every_layer_are_not_worth_a_word() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cp.build_net(LENET, weights=WEIGHTS)


def test_what_one_of_several_files_fills_is_not_missing(tmp_path: Path) -> None:
    first = cp.build_net(LENET.read_text().replace('"ip1"', '"a"'), seed=1)
    second = cp.build_net(LENET.read_text().replace('"ip2"', '"b"'), seed=2)
    first.save(tmp_path / "first.caffemodel")
    second.save(tmp_path / "second.caffemodel")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cp.build_net(LENET, weights=[tmp_path / "first.caffemodel", tmp_path / "second.caffemodel"])


def test_source_layers_that_the_net_lacks_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "caffe_proto.weights")
    report = cp.build_net(LENET).load(WEIGHTS)
    assert report.ignored == ["mnist", "loss"]
    assert 'layer "mnist" (Data) is not in the net; ignored' in caplog.text


def test_what_a_layer_shares_is_not_missing(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    text = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [2, 4] } } }
        layer { name: "a" type: "InnerProduct" bottom: "x" top: "a" param { name: "w" }
                inner_product_param { num_output: 4 bias_term: false } }
        layer { name: "b" type: "InnerProduct" bottom: "a" top: "b" param { name: "w" }
                inner_product_param { num_output: 4 bias_term: false } }
    """
    cp.build_net(text).save(tmp_path / "shared.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cp.build_net(text, weights=tmp_path / "shared.h5")


def test_a_message_of_another_caffe_proto_is_taken_too() -> None:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    own = descriptor_pb2.FileDescriptorProto()
    caffe_pb2.DESCRIPTOR.CopyToProto(own)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(own)
    descriptor = pool.FindMessageTypeByName("caffe.NetParameter")
    foreign = message_factory.GetMessageClass(descriptor)()
    layer = foreign.layer.add(name="data", type="Input", top=["data"])
    layer.input_param.shape.add(dim=[2, 3])
    assert not isinstance(foreign, caffe_pb2.NetParameter)
    assert cp.build_net(foreign).input_shapes() == {"data": (2, 3)}


@pytest.mark.parametrize("stages", ["deploy", ["deploy"]])
def test_one_stage_may_be_given_by_its_name(stages: str | list[str]) -> None:
    text = (
        'layer { name: "a" type: "Input" top: "a" input_param { shape { dim: 1 } } } '
        'layer { name: "b" type: "ReLU" bottom: "a" top: "b" include { stage: "deploy" } }'
    )
    assert cp.build_net(text, stages=stages).outputs == ["b"]
