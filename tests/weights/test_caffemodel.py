"""Reading caffemodels of every generation and fork."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from caffe_proto.errors import WeightsError
from caffe_proto.prototxt.upgrade import upgrade_net
from caffe_proto.schema import BlobProto, LayerParameter, NetParameter, V1LayerParameter
from caffe_proto.weights import load_weights, read_caffemodel
from caffe_proto.weights.caffemodel import _V0_TYPES
from caffe_proto.weights.wire import encode_bytes, encode_uint

from .helpers import blob_message, net_bytes, net_message, small_net


def one_blob(content: bytes) -> bytes:
    """A caffemodel with a single layer "l" whose single blob is ``content``."""
    layer = encode_bytes(1, b"l") + encode_bytes(2, b"Scale") + encode_bytes(7, content)
    return encode_bytes(100, layer)


def test_caffes_own_file_reads_as_measured(golden: Path) -> None:
    weights = read_caffemodel(golden / "weights/model.caffemodel")
    expected = np.load(golden / "weights/model.npz")
    assert weights.name == "model"
    assert [(layer.name, layer.type) for layer in weights][:3] == [
        ("in", "Input"),
        ("data2_in_1_split", "Split"),
        ("conv.1", "Convolution"),
    ]
    keys = [key for key in expected.files if key.startswith("param/")]
    assert set(weights.arrays()) == {key.removeprefix("param/") for key in keys}
    for key in keys:
        np.testing.assert_array_equal(weights.arrays()[key.removeprefix("param/")], expected[key])


def test_v1_layers_have_todays_types_and_legacy_shapes(golden: Path) -> None:
    weights = read_caffemodel(golden / "weights/model_v1.caffemodel")
    expected = np.load(golden / "weights/model.npz")
    assert [layer.type for layer in weights] == ["Convolution", *["InnerProduct"] * 3]
    blob = weights["ip"].blobs[0]
    assert blob.shape == (1, 1, 5, 64)
    assert blob.legacy_shape
    np.testing.assert_array_equal(blob.array()[0, 0], expected["param/ip/0"])


def test_v0_layers_are_found_in_what_wraps_them(golden: Path) -> None:
    layer = read_caffemodel(golden / "weights/v0_blobs.caffemodel")["ip"]
    assert layer.type == "InnerProduct"
    assert [blob.shape for blob in layer.blobs] == [(1, 1, 2, 3), (1, 1, 1, 2)]
    np.testing.assert_array_equal(layer.blobs[1].diff(), [[[[3, 4]]]])
    assert layer.blobs[0].diff() is None


def test_doubles_become_floats(golden: Path) -> None:
    blob = read_caffemodel(golden / "weights/v1_double_blob.caffemodel")["ip"].blobs[0]
    assert blob.dtype == np.float64
    assert not blob.is_view
    assert blob.array().dtype == np.float32
    np.testing.assert_array_equal(blob.array(), np.float32([0.1, 2, -3]))
    np.testing.assert_array_equal(blob.raw(), [0.1, 2, -3])


def test_a_double_too_large_becomes_infinite_without_a_warning() -> None:
    blob = BlobProto(double_data=[1e300])
    blob.shape.dim.append(1)
    assert read_caffemodel(one_blob(blob.SerializeToString()))["l"].blobs[0].array() == np.inf


def test_diffs_are_read(golden: Path) -> None:
    path = golden / "weights/snapshot_diff.caffemodel"
    message = NetParameter.FromString(path.read_bytes())
    weights = read_caffemodel(path)
    for layer, expected in zip(weights, message.layer, strict=True):
        for blob, proto in zip(layer.blobs, expected.blobs, strict=True):
            diff = blob.diff()
            assert diff is not None
            np.testing.assert_array_equal(diff.ravel(), np.float32(proto.diff))
            assert diff.shape == blob.shape


@pytest.mark.reference
def test_every_caffemodel_at_hand_reads_as_protobuf_reads_it(reference: Path) -> None:
    paths = [*reference.rglob("*.caffemodel"), *reference.glob("golden/upgrade/*.*.binaryproto")]
    blobs = 0
    for path in paths:
        weights = read_caffemodel(path)
        message = NetParameter.FromString(path.read_bytes())
        layers = [
            old.layer if old.HasField("layer") else old for old in message.layers
        ] or message.layer
        assert [layer.name for layer in weights] == [layer.name for layer in layers]
        for layer, expected in zip(weights, layers, strict=True):
            assert len(layer.blobs) == len(expected.blobs)
            for blob, proto in zip(layer.blobs, expected.blobs, strict=True):
                values = np.float32(proto.double_data or proto.data)
                np.testing.assert_array_equal(blob.array().ravel(), values)
                blobs += 1
            expected.ClearField("blobs")
        assert weights.definition() == message
    assert blobs > 500


# -- encodings ---------------------------------------------------------------------------------


def test_unpacked_data_is_read() -> None:
    values = np.arange(1000, dtype=np.float32)
    content = b"".join(b"\x2d" + v.tobytes() for v in values) + encode_bytes(
        7, encode_uint(1, 10) + encode_uint(1, 100)
    )
    blob = read_caffemodel(one_blob(content))["l"].blobs[0]
    assert blob.shape == (10, 100)
    assert not blob.is_view
    np.testing.assert_array_equal(blob.array(), values.reshape(10, 100))
    np.testing.assert_array_equal(blob.read(), values.reshape(10, 100))


def test_data_in_pieces_is_joined_in_order() -> None:
    def single(value: float) -> bytes:
        return b"\x2d" + np.float32(value).tobytes()

    packed = encode_bytes(5, np.float32([3, 4]).tobytes())
    content = single(1) + single(2) + packed + encode_bytes(5, b"") + single(5) + packed
    content += encode_bytes(7, encode_uint(1, 7))
    np.testing.assert_array_equal(
        read_caffemodel(one_blob(content))["l"].blobs[0].array(), [1, 2, 3, 4, 5, 3, 4]
    )


def test_data_and_diff_interleaved_are_told_apart() -> None:
    content = b"".join(
        b"\x2d" + np.float32(i).tobytes() + b"\x35" + np.float32(-i).tobytes() for i in range(20)
    ) + encode_bytes(7, encode_uint(1, 20))
    blob = read_caffemodel(one_blob(content))["l"].blobs[0]
    np.testing.assert_array_equal(blob.array(), np.arange(20))
    np.testing.assert_array_equal(blob.diff(), -np.arange(20))


def test_unpacked_doubles_are_read() -> None:
    values = np.linspace(0, 1, 37)
    content = b"".join(b"\x41" + v.tobytes() for v in values)
    content += encode_bytes(7, encode_bytes(1, b"\x25"))
    np.testing.assert_array_equal(
        read_caffemodel(one_blob(content))["l"].blobs[0].array(), np.float32(values)
    )


def test_doubles_beat_floats_as_in_caffe() -> None:
    blob = BlobProto(data=[1, 2], double_data=[3, 4])
    blob.shape.dim.append(2)
    array = read_caffemodel(one_blob(blob.SerializeToString()))["l"].blobs[0].array()
    np.testing.assert_array_equal(array, [3, 4])


@pytest.mark.parametrize(
    "code, dtype", [(0, "<f8"), (1, "<f4"), (2, "<f2"), (3, "<i4"), (4, "<u4"), (5, "u1")]
)
def test_raw_data_of_nvidias_caffe_is_read(code: int, dtype: str) -> None:
    values = np.array([0, 1, 7, 100], dtype)
    content = encode_uint(10, code) + encode_bytes(12, values.tobytes())
    content += encode_uint(11, 2) + encode_bytes(13, np.float16([1, 2, 3, 0.5]).tobytes())
    content += encode_bytes(7, encode_bytes(1, b"\x02\x02"))
    blob = read_caffemodel(one_blob(content))["l"].blobs[0]
    assert blob.dtype == np.dtype(dtype)
    assert blob.array().dtype == np.float32
    np.testing.assert_array_equal(blob.array(), np.float32(values).reshape(2, 2))
    np.testing.assert_array_equal(blob.diff(), [[1, 2], [3, 0.5]])


def test_raw_data_without_a_type_is_refused() -> None:
    content = encode_bytes(12, b"1234") + encode_bytes(7, encode_bytes(1, b"\x01"))
    with pytest.raises(WeightsError, match=r'layer "l" \(Scale\).*raw data of no type'):
        read_caffemodel(one_blob(content))


def test_a_shape_in_pieces_is_one_shape() -> None:
    content = encode_bytes(5, bytes(24)) + encode_bytes(7, encode_uint(1, 2))
    content += encode_bytes(7, encode_bytes(1, b"\x03") + encode_uint(2, 9))
    assert read_caffemodel(one_blob(content))["l"].blobs[0].shape == (2, 3)


def test_a_blob_without_a_shape_holds_one_number() -> None:
    blob = read_caffemodel(net_bytes(("l", "Scale", [np.float32(7)])))["l"].blobs[0]
    assert blob.shape == ()
    assert blob.array() == 7


def test_any_legacy_field_overrules_the_shape_as_in_caffe() -> None:
    message = blob_message(np.zeros((2, 3)))
    message.num = message.channels = 1
    message.height, message.width = 3, 2
    blob = read_caffemodel(one_blob(message.SerializeToString()))["l"].blobs[0]
    assert blob.shape == (1, 1, 3, 2)
    assert blob.legacy_shape


def test_an_empty_blob_is_read() -> None:
    blob = read_caffemodel(net_bytes(("l", "Scale", [np.zeros((0, 3))])))["l"].blobs[0]
    assert blob.array().shape == (0, 3)
    assert blob.aligned


def test_a_field_of_the_wrong_wire_type_is_unknown_as_in_protobuf() -> None:
    content = encode_uint(5, 1) + encode_uint(7, 1) + encode_bytes(1, b"x")
    content += blob_message([1, 2]).SerializeToString()
    assert BlobProto.FromString(content).shape.dim == [2]
    blob = read_caffemodel(one_blob(content))["l"].blobs[0]
    np.testing.assert_array_equal(blob.array(), [1, 2])
    assert not blob.legacy_shape


def test_unknown_fields_of_a_fork_are_skipped() -> None:
    extra = encode_bytes(4321, b"\xff\xff\xff") + encode_uint(4322, 9) + b"\x9b\x06\x9c\x06"
    net = net_message(("l", "Forked", [[1, 2]]))
    layer = net.layer[0].SerializeToString()
    weights = read_caffemodel(extra + encode_bytes(100, extra + layer + extra) + extra)
    np.testing.assert_array_equal(weights["l"].blobs[0].array(), [1, 2])
    assert weights.definition().layer[0].type == "Forked"


def test_fields_come_in_any_order_and_the_last_name_counts() -> None:
    layer = net_message(("old", "A", [[1]])).layer[0].SerializeToString()
    content = encode_bytes(100, layer + encode_bytes(1, b"new") + encode_bytes(2, b"B"))
    found = read_caffemodel(content + encode_bytes(1, b"x") + encode_bytes(1, b"net"))
    assert (found.name, found.layers[0].name, found.layers[0].type) == ("net", "new", "B")


def test_a_wrapped_layer_in_two_pieces_is_merged() -> None:
    inner = encode_bytes(50, blob_message([1, 2], legacy=True).SerializeToString())
    layer = encode_bytes(1, encode_bytes(1, b"ip")) + encode_bytes(1, inner)
    layer += encode_bytes(1, encode_bytes(2, b"innerproduct") + inner)
    weights = read_caffemodel(encode_bytes(2, layer))
    assert (weights.layers[0].name, weights.layers[0].type) == ("ip", "InnerProduct")
    assert [blob.index for blob in weights.layers[0].blobs] == [0, 1]
    assert weights.definition().layers[0].layer.name == "ip"


def test_a_name_that_is_no_utf8_stays_readable() -> None:
    content = encode_bytes(100, encode_bytes(1, b"\xff\xfe") + encode_bytes(2, b"ReLU"))
    assert read_caffemodel(content).layers[0].name == r"\xff\xfe"


def test_v1_types_of_forks_keep_their_number() -> None:
    layer = encode_bytes(4, b"x") + encode_uint(5, 77)
    assert read_caffemodel(encode_bytes(2, layer)).layers[0].type == "77"


def test_every_v1_type_has_the_name_that_the_upgrade_gives_it() -> None:
    codes = V1LayerParameter.LayerType.values()
    net = NetParameter(layers=[V1LayerParameter(name="x", type=code) for code in codes])
    found = [layer.type for layer in read_caffemodel(net.SerializeToString())]
    upgrade_net(net)
    assert found == [layer.type for layer in net.layer]
    assert "Convolution" in found


@pytest.mark.parametrize("word", [*_V0_TYPES])
def test_every_v0_type_has_the_name_that_the_upgrade_gives_it(word: str) -> None:
    net = NetParameter()
    net.layers.add(top=["a"]).layer.name = "x"
    net.layers[0].layer.type = word
    found = read_caffemodel(net.SerializeToString()).layers[0].type
    upgrade_net(net)
    assert found == net.layer[0].type


# -- views -------------------------------------------------------------------------------------


def test_blobs_are_views_of_the_file_at_their_offset(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(small_net())
    for layer in read_caffemodel(path):
        for blob in layer.blobs:
            assert blob.is_view
            assert not blob.array().flags.owndata
            stored = path.read_bytes()[blob.offset : blob.offset + blob.nbytes]
            assert blob.array().tobytes() == stored
            assert blob.nbytes == 4 * blob.count


@pytest.mark.parametrize("shift", range(4))
def test_whether_a_view_is_aligned_is_told(tmp_path: Path, shift: int) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(net_bytes(("l", "Scale", [[1, 2]]), name="n" * shift))
    blob = read_caffemodel(path)["l"].blobs[0]
    assert blob.aligned == (blob.offset % 4 == 0)
    assert blob.array().flags.aligned == blob.aligned
    np.testing.assert_array_equal(blob.array(), [1, 2])
    assert blob.read().flags.aligned
    assert blob.read().flags.owndata or blob.read().base is not None


def test_writing_to_a_view_changes_neither_file_nor_another_reader(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(small_net())
    first, second = read_caffemodel(path), read_caffemodel(path)
    first["ip1"].blobs[1].array()[:] = 99
    np.testing.assert_array_equal(first["ip1"].blobs[1].array(), 99)
    np.testing.assert_array_equal(second["ip1"].blobs[1].array(), [1, 2, 3])
    assert path.read_bytes() == small_net()


def test_the_file_may_be_replaced_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(small_net())
    weights = read_caffemodel(path)
    other = tmp_path / "y"
    other.write_bytes(b"something else")
    os.replace(other, path)
    np.testing.assert_array_equal(weights["ip1"].blobs[1].array(), [1, 2, 3])
    np.testing.assert_array_equal(weights["ip1"].blobs[1].read(), [1, 2, 3])


def test_bytes_are_read_as_a_file_is() -> None:
    for content in (small_net(), bytearray(small_net()), memoryview(small_net())):
        assert len(read_caffemodel(content)) == 3


@pytest.mark.slow
def test_a_file_above_4_gb_is_read_where_its_bytes_are(tmp_path: Path) -> None:
    count = 300_000_000
    path = tmp_path / "large.caffemodel"
    with open(path, "wb") as stream:
        for name in (b"a", b"b", b"c", b"d"):
            head = encode_bytes(7, encode_bytes(1, b"\x80\xc6\x86\x8f\x01"))
            data = b"\x2a" + _varint(4 * count)
            size = len(head) + len(data) + 4 * count
            layer = encode_bytes(1, name) + b"\x3a" + _varint(size)
            stream.write(b"\xa2\x06" + _varint(len(layer) + size) + layer + head + data)
            stream.seek(4 * count - 4, os.SEEK_CUR)
            stream.write(np.float32(ord(name)).tobytes())
    assert path.stat().st_size > 4 << 30
    weights = load_weights(path)
    assert [layer.blobs[0].shape for layer in weights] == [(count,)] * 4
    for layer in weights:
        assert layer.blobs[0].array()[-1] == ord(layer.name)
        assert layer.blobs[0].array()[12345] == 0


def _varint(value: int) -> bytes:
    from caffe_proto.weights.wire import encode_varint

    return encode_varint(value)


# -- definitions -------------------------------------------------------------------------------


def test_the_definition_is_the_message_without_blobs(golden: Path) -> None:
    for name in ("model", "model_v1", "v0_blobs"):
        path = golden / f"weights/{name}.caffemodel"
        expected = NetParameter.FromString(path.read_bytes())
        for layer in [*expected.layer, *expected.layers]:
            layer.ClearField("blobs")
            if layer.DESCRIPTOR.name == "V1LayerParameter" and layer.HasField("layer"):
                layer.layer.ClearField("blobs")
        assert read_caffemodel(path).definition() == expected


def test_the_definition_can_be_upgraded(golden: Path) -> None:
    net = read_caffemodel(golden / "weights/model_v1.caffemodel").definition(upgrade=True)
    assert [layer.type for layer in net.layer] == ["Convolution", *["InnerProduct"] * 3]


def test_a_layers_definition_is_upgraded_too(golden: Path) -> None:
    layer = read_caffemodel(golden / "weights/v0_blobs.caffemodel")["ip"].param
    assert isinstance(layer, LayerParameter)
    assert layer.inner_product_param.num_output == 2
    assert not layer.blobs


def test_a_definition_that_is_no_message_is_a_weights_error() -> None:
    layer = encode_bytes(1, b"l") + encode_bytes(106, b"\xff\xff\xff")
    weights = read_caffemodel(encode_bytes(100, layer))
    with pytest.raises(WeightsError, match="definition cannot be decoded"):
        weights.definition()
    with pytest.raises(WeightsError, match='layer "l" cannot be decoded'):
        _ = weights["l"].param


def test_a_misspelt_layer_is_named_with_its_neighbour() -> None:
    with pytest.raises(KeyError, match='did you mean "conv1"'):
        _ = read_caffemodel(small_net())["conv_1"]


def test_no_pickle_is_offered(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="Python pickle"):
        load_weights(pickle.dumps({"a": 1}))


def test_large_blobs_are_read_in_parts_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from caffe_proto.weights import source

    path = tmp_path / "x.caffemodel"
    values = np.arange(1000, dtype=np.float32)
    path.write_bytes(net_bytes(("l", "Scale", [values])))
    blob = read_caffemodel(path)["l"].blobs[0]
    monkeypatch.setattr(source, "_READ_AT_ONCE", 96)
    np.testing.assert_array_equal(blob.read(), values)


def test_a_file_that_becomes_shorter_is_a_weights_error(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(small_net())
    blob = read_caffemodel(path)["ip1"].blobs[0]
    os.truncate(path, 20)
    with pytest.raises(WeightsError, match="the file has become shorter"):
        blob.read()
