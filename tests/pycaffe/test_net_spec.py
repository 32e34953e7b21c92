"""NetSpec: names, tops, settings, and that what it writes reads back equal."""

# ruff: noqa: C408 -- dict(...) is how settings are written in a NetSpec

from __future__ import annotations

import pytest
from google.protobuf import text_format

import caffe_proto as cp
import caffe_proto.pycaffe as caffe
from caffe_proto.pycaffe.net_spec import Function, Top, assign_proto, param_name_dict
from caffe_proto.pycaffe.proto import caffe_pb2

L, P = caffe.layers, caffe.params


def lenet() -> caffe_pb2.NetParameter:
    n = caffe.NetSpec()
    n.data, n.label = L.DummyData(
        shape=[dict(dim=[8, 1, 28, 28]), dict(dim=[8])],
        data_filler=[dict(type="gaussian", std=1), dict(type="constant")],
        ntop=2,
    )
    n.conv1 = L.Convolution(
        n.data,
        kernel_size=5,
        num_output=4,
        weight_filler=dict(type="xavier"),
        param=[dict(lr_mult=1), dict(lr_mult=2, decay_mult=0)],
    )
    n.pool1 = L.Pooling(n.conv1, kernel_size=2, stride=2, pool=P.Pooling.AVE)
    n.relu1 = L.ReLU(n.pool1, in_place=True, negative_slope=0.1)
    n.ip = L.InnerProduct(n.relu1, num_output=10, weight_filler=dict(type="xavier"))
    n.loss = L.SoftmaxWithLoss(n.ip, n.label, loss_weight=2)
    n["acc/top1"] = L.Accuracy(n.ip, n.label, include=dict(phase=caffe.TEST))
    return n.to_proto()


def test_layers_carry_names_tops_and_settings() -> None:
    net = lenet()
    assert [layer.name for layer in net.layer] == [
        "data",
        "conv1",
        "pool1",
        "relu1",
        "ip",
        "loss",
        "acc/top1",
    ]
    data, conv, pool, relu, ip, loss, accuracy = net.layer
    assert list(data.top) == ["data", "label"]
    assert [list(shape.dim) for shape in data.dummy_data_param.shape] == [[8, 1, 28, 28], [8]]
    assert list(conv.convolution_param.kernel_size) == [5]
    assert [(p.lr_mult, p.decay_mult) for p in conv.param] == [(1, 1), (2, 0)]
    assert pool.pooling_param.pool == caffe_pb2.PoolingParameter.AVE
    assert list(relu.bottom) == list(relu.top) == ["pool1"]
    assert relu.relu_param.negative_slope == pytest.approx(0.1)
    assert list(ip.bottom) == ["pool1"]
    assert list(loss.loss_weight) == [2]
    assert accuracy.include[0].phase == caffe.TEST


def test_what_is_written_reads_back_equal(tmp_path) -> None:
    net = lenet()
    read = caffe_pb2.NetParameter()
    text_format.Merge(str(net), read)
    assert read == net
    assert cp.parse(cp.to_prototxt(net)) == net
    path = tmp_path / "net.prototxt"
    path.write_text(str(net))
    built = caffe.Net(str(path), caffe.TEST)
    assert built.outputs == ["acc/top1", "loss"]


def test_layers_without_a_name_are_numbered_by_type() -> None:
    data, label = L.DummyData(shape=dict(dim=[2, 3]), ntop=2)
    first = L.InnerProduct(data, num_output=2)
    second = L.InnerProduct(L.ReLU(first, in_place=True), num_output=5)
    net = caffe.to_proto(second, L.Silence(label, ntop=0))
    assert [layer.name for layer in net.layer] == [
        "DummyData1",
        "InnerProduct1",
        "ReLU1",
        "InnerProduct2",
        "Silence1",
    ]
    assert list(net.layer[0].top) == ["DummyData1", "DummyData2"]
    assert list(net.layer[2].top) == ["InnerProduct1"]
    assert second.to_proto().layer[-1].name == "InnerProduct2"


def test_a_layer_without_tops_has_the_attributes_name() -> None:
    n = caffe.NetSpec()
    n.a, n.b = L.DummyData(shape=dict(dim=3), ntop=2)
    n.quiet = L.Silence(n.a, n.b, ntop=0)
    net = n.to_proto()
    assert net.layer[1].name == "quiet"
    assert list(net.layer[1].bottom) == ["a", "b"]
    assert not net.layer[1].top


def test_an_explicit_name_is_kept() -> None:
    n = caffe.NetSpec()
    n.data = L.Input(shape=dict(dim=[1, 3]), name="in")
    n.out = L.InnerProduct(n.data, num_output=2, name="fc")
    net = n.to_proto()
    assert [(layer.name, layer.top[0]) for layer in net.layer] == [("in", "data"), ("fc", "out")]


def test_messages_of_other_types_are_given_whole() -> None:
    n = caffe.NetSpec()
    n.data = L.Input(shape=dict(dim=[1, 3, 4, 4]))
    n.up = L.Deconvolution(
        n.data,
        convolution_param=dict(num_output=3, kernel_size=4, stride=2, bias_term=False),
        param=dict(lr_mult=0),
    )
    n.own = L.Python(n.up, module="m", layer="C", param_str="{}", loss_weight=1)
    net = n.to_proto()
    assert net.layer[1].convolution_param.stride == [2]
    assert net.layer[2].python_param.module == "m"


def test_a_deep_chain_needs_no_deep_stack() -> None:
    top = L.Input(shape=dict(dim=[1]))
    for _ in range(3000):
        top = L.ReLU(top)
    assert len(top.to_proto().layer) == 3001


def test_settings_belong_to_types_as_in_pycaffe() -> None:
    names = param_name_dict()
    assert names["Convolution"] == "convolution"
    assert names["ReLU"] == "relu"
    assert names["InnerProduct"] == "inner_product"
    assert names["HDF5Data"] == "hdf5_data"
    assert names["Transformation"] == "transform"
    assert "SoftmaxWithLoss" not in names


def test_assign_proto_takes_dicts_lists_and_single_values() -> None:
    layer = caffe_pb2.LayerParameter()
    assign_proto(layer, "name", "x")
    assign_proto(layer, "bottom", "one")
    assign_proto(layer, "bottom", ["two", "three"])
    assign_proto(layer, "param", [dict(name="w"), dict(name="b")])
    assign_proto(layer, "convolution_param", dict(weight_filler=dict(type="msra"), pad=[1, 2]))
    assign_proto(layer, "blobs", [])
    assert list(layer.bottom) == ["one", "two", "three"]
    assert [p.name for p in layer.param] == ["w", "b"]
    assert layer.convolution_param.weight_filler.type == "msra"
    assert list(layer.convolution_param.pad) == [1, 2]


def test_tops_and_functions_can_be_looked_into() -> None:
    a, b = L.Slice(L.Input(shape=dict(dim=[2, 2])), ntop=2, axis=1)
    assert isinstance(a, Top)
    assert isinstance(a.fn, Function)
    assert (a.fn.type_name, a.fn.ntop, a.n, b.n) == ("Slice", 2, 0, 1)
    assert a.fn.params == {"axis": 1}
    assert a.fn is b.fn
    assert a.fn.inputs[0].fn.type_name == "Input"


def test_a_bottom_that_is_no_top_is_a_type_error() -> None:
    both = L.DummyData(ntop=2)
    with pytest.raises(TypeError, match=r"^Silence input 0 is not a Top \(type is <class 'tuple'"):
        L.Silence(both, ntop=0)


def test_unknown_settings_are_attribute_errors_with_a_hint() -> None:
    data = L.Input(shape=dict(dim=[1]))
    with pytest.raises(AttributeError, match='"num_outputs"; did you mean "num_output"'):
        L.InnerProduct(data, num_outputs=3).to_proto()
    with pytest.raises(AttributeError, match="no field"):
        L.Convolution(data, weight_filler=dict(typ="xavier")).to_proto()
    with pytest.raises(AttributeError, match="convolution_param=dict"):
        L.Deconvolution(data, num_output=3).to_proto()


def test_what_is_not_assigned_is_missed() -> None:
    n = caffe.NetSpec()
    n.data = L.Input(shape=dict(dim=[1]))
    with pytest.raises(KeyError, match=r'"dat".*did you mean "data"'):
        n.dat  # noqa: B018
    assert not hasattr(n, "dat")
    assert n["data"] is n.data is n.tops["data"]


def test_several_tops_under_one_name_are_refused() -> None:
    n = caffe.NetSpec()
    n.data = L.DummyData(ntop=2)
    with pytest.raises(TypeError, match=r'"data".*Unpack'):
        n.to_proto()


def test_ssds_additions() -> None:
    n = caffe.NetSpec()
    n.data = L.Input(shape=dict(dim=[1, 3]))
    n.fc = L.InnerProduct(n.data, num_output=2)
    n.update("fc", {"num_output": 5})
    assert n.keys() == ["data", "fc"]
    assert n.vals()[1] is n.fc
    assert n.to_proto().layer[1].inner_product_param.num_output == 5
