"""Writing caffemodels: byte for byte what Caffe writes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from caffe_proto.errors import WeightsError
from caffe_proto.net import build_net
from caffe_proto.schema import LayerParameter, NetParameter
from caffe_proto.weights import load_weights, read_caffemodel, save_caffemodel

from .helpers import fake_net, small_net


@pytest.mark.parametrize("name", ["model", "snapshot_shared", "snapshot_diff"])
def test_caffes_file_read_and_saved_is_the_same_file(
    golden: Path, tmp_path: Path, name: str
) -> None:
    source = golden / f"weights/{name}.caffemodel"
    target = tmp_path / "x.caffemodel"
    save_caffemodel(read_caffemodel(source), target, diffs="diff" in name)
    assert target.read_bytes() == source.read_bytes()


def test_a_net_with_caffes_weights_is_saved_as_caffe_saves_it(golden: Path, tmp_path: Path) -> None:
    source = golden / "weights/model.caffemodel"
    net = build_net(golden / "weights/model.prototxt", weights=source)
    save_caffemodel(net, tmp_path / "x.caffemodel")
    assert (tmp_path / "x.caffemodel").read_bytes() == source.read_bytes()


@pytest.mark.reference
def test_every_caffemodel_of_caffe_is_saved_byte_for_byte(reference: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.caffemodel"
    count = 0
    for source in (reference / "golden").rglob("*.caffemodel"):
        weights = read_caffemodel(source)
        if source.name == "model_v1.caffemodel":
            continue
        diffs = any(blob.diff_values for layer in weights for blob in layer.blobs)
        save_caffemodel(weights, target, diffs=diffs)
        assert target.read_bytes() == source.read_bytes(), source
        count += 1
    assert count > 30


@pytest.mark.reference
def test_every_run_is_saved_from_its_net_as_caffe_saved_it(reference: Path, tmp_path: Path) -> None:
    from caffe_proto.errors import UnknownLayerError

    count = 0
    for source in sorted((reference / "golden/runs").glob("*/weights.caffemodel")):
        prototxt = source.with_name("net.prototxt")
        if not prototxt.exists():
            continue
        try:
            net = build_net(prototxt, weights=source)
        except UnknownLayerError:
            continue
        save_caffemodel(net, tmp_path / "x.caffemodel")
        assert (tmp_path / "x.caffemodel").read_bytes() == source.read_bytes(), source
        count += 1
    assert count >= 10


def test_old_generations_are_saved_in_todays_form(golden: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.caffemodel"
    save_caffemodel(read_caffemodel(golden / "weights/v0_blobs.caffemodel"), target)
    net = NetParameter.FromString(target.read_bytes())
    assert [layer.type for layer in net.layer] == ["InnerProduct"]
    assert net.layer[0].inner_product_param.num_output == 2
    assert list(net.layer[0].blobs[0].shape.dim) == [1, 1, 2, 3]


@settings(max_examples=40, deadline=None)
@given(
    npst.arrays(np.float32, npst.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4)),
    st.text(max_size=5),
    st.booleans(),
)
def test_what_is_saved_protobuf_reads(
    tmp_path_factory: pytest.TempPathFactory, values: np.ndarray, name: str, diffs: bool
) -> None:
    target = tmp_path_factory.mktemp("saved") / "x.caffemodel"
    blob = SimpleNamespace(shape=values.shape, data=values, diff=values + np.float32(1))
    param = LayerParameter(name=name, type="Scale", bottom=["b"], phase=1)
    save_caffemodel(
        [SimpleNamespace(name=name, type="Scale", param=param, blobs=[blob])],
        target,
        diffs=diffs,
        name="a net",
    )
    net = NetParameter.FromString(target.read_bytes())
    assert net.name == "a net"
    proto = net.layer[0].blobs[0]
    assert tuple(proto.shape.dim) == values.shape
    np.testing.assert_array_equal(np.array(proto.data, np.float32), values.ravel())
    expected_diff = blob.diff.ravel() if diffs else []
    np.testing.assert_array_equal(np.array(proto.diff, np.float32), expected_diff)
    net.layer[0].ClearField("blobs")
    assert net.layer[0] == param
    again = load_weights(target).layers[0].blobs[0]
    assert again.shape == values.shape
    np.testing.assert_array_equal(again.array(), values)


def test_blobs_that_a_definition_carries_are_not_written_twice(tmp_path: Path) -> None:
    net = fake_net(("l", [(2,)]))
    net.layers[0].param.blobs.add(data=[9, 9])
    save_caffemodel(net, tmp_path / "x.caffemodel")
    message = NetParameter.FromString((tmp_path / "x.caffemodel").read_bytes())
    assert [list(blob.data) for blob in message.layer[0].blobs] == [[0, 0]]
    assert len(net.layers[0].param.blobs) == 1


def test_a_file_that_is_loaded_can_be_saved_over(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(small_net())
    net = fake_net(("conv1", [(2, 1, 2, 3), (2,)]), ("ip1", [(3, 2), (3,)]))
    from caffe_proto.weights import load_into

    load_into(net, path)
    net.layers[1].blobs[1].data[:] = 8
    save_caffemodel(net, path)
    np.testing.assert_array_equal(load_weights(path)["ip1"].blobs[1].array(), 8)
    np.testing.assert_array_equal(
        load_weights(path)["conv1"].blobs[0].array().ravel(), np.arange(12)
    )


def test_a_failed_save_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(b"old")

    class Broken:
        shape = (2,)

        @property
        def data(self) -> np.ndarray:
            raise RuntimeError("cannot be had")

    layer = SimpleNamespace(name="l", type="", param=LayerParameter(), blobs=[Broken()])
    with pytest.raises(RuntimeError):
        save_caffemodel([layer], path)
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["x.caffemodel"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"nowhere.x\.caffemodel: cannot be written: No such"):
        save_caffemodel(fake_net(), tmp_path / "nowhere" / "x.caffemodel")
    with pytest.raises(WeightsError, match="this is a directory"):
        save_caffemodel(fake_net(), tmp_path)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.caffemodel").write_bytes(b"old")
    (tmp_path / "link.caffemodel").symlink_to(tmp_path / "real.caffemodel")
    save_caffemodel(fake_net(("l", [(2,)])), tmp_path / "link.caffemodel")
    assert (tmp_path / "link.caffemodel").is_symlink()
    assert len(load_weights(tmp_path / "real.caffemodel")) == 1


@pytest.mark.slow
def test_a_file_above_2_gb_is_written_and_read(tmp_path: Path) -> None:
    row = np.arange(1_000_000, dtype=np.float32)
    values = np.broadcast_to(row, (280, 1_000_000))
    blobs = [SimpleNamespace(shape=values.shape, data=values) for _ in range(2)]
    layers = [
        SimpleNamespace(name=n, type="Scale", param=LayerParameter(name=n), blobs=[b])
        for n, b in zip("ab", blobs, strict=True)
    ]
    path = tmp_path / "large.caffemodel"
    save_caffemodel(layers, path)
    assert path.stat().st_size > 2 << 30
    for layer in load_weights(path):
        np.testing.assert_array_equal(layer.blobs[0].array()[-1], row)
