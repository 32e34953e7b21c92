"""What scripts written for caffe_pb2 expect of the module, and how it lives with other schemas."""

from __future__ import annotations

import copy
import gc
import importlib
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import text_format

import caffe_proto.schema
from caffe_proto.schema import caffe_pb2

ROOT = Path(__file__).resolve().parent.parent.parent

NET = """
name: "n"
layer { name: "c" type: "Convolution" convolution_param { num_output: 3 pad: 1 pad: 2 } }
layer { name: "g" detectnet_groundtruth_param { object_class { src: 1 dst: 2 } } }
layers { type: CONVOLUTION layer { type: "conv" } }
"""


@pytest.fixture
def net() -> caffe_pb2.NetParameter:
    return text_format.Merge(NET, caffe_pb2.NetParameter())


def run(code: str, implementation: str = "") -> str:
    environment = dict(os.environ)
    if implementation:
        environment["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = implementation
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_enums_have_wrappers_and_values() -> None:
    assert caffe_pb2.TRAIN == 0
    assert caffe_pb2.TEST == 1
    assert caffe_pb2.Phase.Value("TEST") == caffe_pb2.TEST
    assert caffe_pb2.Phase.Name(0) == "TRAIN"
    types = caffe_pb2.V1LayerParameter.LayerType
    assert types.Value("CONVOLUTION") == caffe_pb2.V1LayerParameter.CONVOLUTION == 4
    assert caffe_pb2.PoolingParameter.PoolMethod.Name(caffe_pb2.PoolingParameter.AVE) == "AVE"


def test_an_enum_field_takes_the_value(net: caffe_pb2.NetParameter) -> None:
    net.state.phase = caffe_pb2.TEST
    assert "phase: TEST" in str(net)


def test_every_name_is_listed_and_importable() -> None:
    namespace: dict[str, object] = {}
    exec("from caffe_proto.schema.caffe_pb2 import *", namespace)
    assert namespace["SolverParameter"] is caffe_pb2.SolverParameter
    assert set(caffe_pb2.DESCRIPTOR.message_types_by_name) <= set(dir(caffe_pb2))
    assert set(caffe_proto.schema.__all__) <= set(dir(caffe_pb2))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'NetParametre'"):
        _ = caffe_pb2.NetParametre  # type: ignore[attr-defined]


def test_a_name_gives_the_same_class_each_time(net: caffe_pb2.NetParameter) -> None:
    assert type(net.layer[0]) is caffe_pb2.LayerParameter
    assert caffe_proto.schema.NetParameter is caffe_pb2.NetParameter


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_messages_survive_pickling(net: caffe_pb2.NetParameter, protocol: int) -> None:
    ground_truth = net.layer[1].detectnet_groundtruth_param
    for message in (net, net.layer[0].convolution_param, ground_truth.object_class[0]):
        again = pickle.loads(pickle.dumps(message, protocol))
        assert again == message
        assert type(again) is type(message)


def test_a_class_that_nobody_asked_for_keeps_its_name() -> None:
    # protobuf holds its classes weakly; one that was made twice could not be pickled
    gc.collect()
    layer = caffe_pb2.LayerParameter()
    layer.psroi_pooling_param.output_dim = 21
    gc.collect()
    assert pickle.loads(pickle.dumps(layer.psroi_pooling_param)).output_dim == 21


def test_messages_survive_deepcopy(net: caffe_pb2.NetParameter) -> None:
    again = copy.deepcopy(net)
    again.layer[0].convolution_param.pad.append(7)
    assert list(net.layer[0].convolution_param.pad) == [1, 2]


def test_the_generated_files_are_current() -> None:
    pytest.importorskip("grpc_tools", reason="the schema is compiled by grpcio-tools")
    done = subprocess.run(
        [sys.executable, "src/generate.py", "--check"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_check_tells_a_stale_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("grpc_tools", reason="the schema is compiled by grpcio-tools")
    monkeypatch.syspath_prepend(str(ROOT / "src"))
    generate = importlib.import_module("generate")

    monkeypatch.setattr(generate, "TARGET", tmp_path)
    assert generate.main(["--check"]) == 1
    assert not list(tmp_path.iterdir())
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    stub = tmp_path / "caffe_pb2.pyi"
    stub.write_text(stub.read_text() + "\n")
    assert generate.main(["--check"]) == 1


# what pycaffe and converters do: a caffe.proto of package caffe in protobuf's default pool
FOREIGN = """
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
file = descriptor_pb2.FileDescriptorProto(name="caffe.proto", package="caffe")
net = file.message_type.add(name="NetParameter")
net.field.add(name="only_theirs", number=1, type=9, label=1)
pool = descriptor_pool.Default()
pool.AddSerializedFile(file.SerializeToString())
theirs = message_factory.GetMessageClass(pool.FindMessageTypeByName("caffe.NetParameter"))
"""
OWN = "from caffe_proto.schema import NetParameter\n"
CHECK = """
import pickle
net = NetParameter(name="ours")
net.layer.add(name="x").convolution_param.num_output = 3
other = theirs(only_theirs="theirs")
assert NetParameter.FromString(net.SerializeToString()) == net
assert pickle.loads(pickle.dumps(net)) == net
assert "only_theirs" not in NetParameter.DESCRIPTOR.fields_by_name
assert list(theirs.DESCRIPTOR.fields_by_name) == ["only_theirs"]
print("both")
"""


@pytest.mark.parametrize("implementation", ["upb", "python"])
@pytest.mark.parametrize("order", ["theirs first", "ours first"])
def test_another_caffe_proto_in_the_process_is_no_obstacle(order: str, implementation: str) -> None:
    parts = [FOREIGN, OWN] if order == "theirs first" else [OWN, FOREIGN]
    assert run("".join([*parts, CHECK]), implementation) == "both\n"


def test_the_import_stays_light() -> None:
    code = "import sys, caffe_proto.schema; print(*sys.modules)"
    loaded = set(run(code).split())
    assert not loaded & {"grpc_tools", "numpy", "lark", "click"}


def test_loading_takes_less_time_than_importing_protobuf() -> None:
    code = """
import time
start = time.perf_counter()
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.internal import enum_type_wrapper
middle = time.perf_counter()
import caffe_proto.schema
print(middle - start, time.perf_counter() - middle)
"""
    runs = [tuple(map(float, run(code, "upb").split())) for _ in range(3)]
    assert min(own for _, own in runs) < min(protobuf for protobuf, _ in runs)
