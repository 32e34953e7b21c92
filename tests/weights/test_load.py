"""Weights into nets: what Caffe's CopyTrainedLayersFrom matches, and what it refuses."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from caffe_proto.blob import Parameter
from caffe_proto.errors import WeightsError
from caffe_proto.net import build_net
from caffe_proto.schema import NetParameter
from caffe_proto.weights import load_into, load_weights, read_caffemodel, save_hdf5

from .helpers import blob_message, fake_net, net_bytes, net_message, small_net


def value(net: Any, layer: str, index: int = 0) -> np.ndarray:
    found = [x for x in net.layers if x.name == layer]
    return np.asarray(found[0].blobs[index].data)


@pytest.mark.parametrize("suffix", ["caffemodel", "caffemodel.h5"])
def test_caffes_weights_arrive_in_the_net(golden: Path, suffix: str) -> None:
    net = build_net(golden / "weights/model.prototxt")
    report = load_into(net, golden / f"weights/model.{suffix}")
    expected = np.load(golden / "weights/model.npz")
    for key in expected.files:
        if key.startswith("param/"):
            _, layer, index = key.split("/")
            np.testing.assert_array_equal(net.params[layer][int(index)].data, expected[key])
    assert report.missing == []
    assert report.ignored == []


def test_forward_after_loading_gives_what_caffe_gives(golden: Path) -> None:
    net = build_net(golden / "weights/model.prototxt")
    net.load(golden / "weights/model.caffemodel")
    expected = np.load(golden / "weights/model.npz")
    net.forward(data=expected["input/data"], data2=expected["input/data2"])
    for key in expected.files:
        if key.startswith("blob/"):
            blob = net.blobs[key.removeprefix("blob/")].data
            np.testing.assert_allclose(blob, expected[key], rtol=1e-5, atol=1e-6)


def test_legacy_shapes_fit_where_only_ones_are_in_front(golden: Path) -> None:
    net = build_net(golden / "weights/model.prototxt")
    report = load_into(net, golden / "weights/model_v1.caffemodel")
    expected = np.load(golden / "weights/model.npz")
    np.testing.assert_array_equal(net.params["ip"][0].data, expected["param/ip/0"])
    assert net.params["ip"][0].data.shape == (5, 64)
    assert report.missing == ["bn", "scale", "par"]


@pytest.mark.parametrize(
    "shape, legacy, fits",
    [
        ((6,), (1, 1, 1, 6), True),
        ((2, 3), (1, 1, 2, 3), True),
        ((1, 2, 3), (1, 1, 2, 3), True),
        ((), (1, 1, 1, 1), True),
        ((1, 1, 2, 3), (1, 1, 2, 3), True),
        ((6,), (6, 1, 1, 1), False),
        ((6,), (1, 6, 1, 1), False),
        ((2, 3), (2, 3, 1, 1), False),
        ((2, 3), (1, 1, 3, 2), False),
        ((1, 1, 1, 2, 3), (1, 1, 2, 3), False),
    ],
)
def test_legacy_shapes_match_as_in_caffe(
    shape: tuple[int, ...], legacy: tuple[int, ...], fits: bool
) -> None:
    message = net_message(("l", "Scale", []))
    message.layer[0].blobs.append(blob_message(np.zeros(legacy), legacy=True))
    net = fake_net(("l", [shape]))
    if fits:
        load_into(net, message.SerializeToString())
        return
    with pytest.raises(WeightsError, match="the file's shape is"):
        load_into(net, message.SerializeToString())


def test_a_current_shape_with_ones_in_front_does_not_fit() -> None:
    with pytest.raises(WeightsError, match="the file's shape is 1x1x2x3, the net's is 2x3"):
        load_into(fake_net(("l", [(2, 3)])), net_bytes(("l", "Scale", [np.zeros((1, 1, 2, 3))])))


def test_a_wrong_shape_names_file_layer_and_both_shapes(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(small_net())
    net = fake_net(("ip1", [(4, 2), (4,)]))
    with pytest.raises(
        WeightsError,
        match=r'x\.caffemodel: layer "ip1" \(InnerProduct\), blob 0: the file\'s shape is 3x2, '
        "the net's is 4x2.*rename",
    ):
        load_into(net, path)


def test_another_number_of_blobs_is_an_error() -> None:
    with pytest.raises(WeightsError, match=r'"ip1".*has 2 blobs in the file, the net\'s has 1'):
        load_into(fake_net(("ip1", [(3, 2)])), small_net())
    with pytest.raises(WeightsError, match="has 0 blobs in the file, the net's has 1"):
        load_into(fake_net(("relu1", [(3, 2)])), small_net())


def test_layers_that_only_the_file_has_are_ignored_with_a_notice() -> None:
    notices: list[str] = []
    net = fake_net(("ip1", [(3, 2), (3,)]), ("new", [(2,)]), ("relu", []))
    report = load_into(net, small_net(), notices=notices.append)
    assert report.loaded == ["ip1"]
    assert report.ignored == ["conv1", "relu1"]
    assert report.missing == ["new"]
    assert notices == report.notices
    assert 'layer "conv1" (Convolution) is not in the net; ignored' in notices[0]


def test_a_file_for_another_net_altogether_is_noticed() -> None:
    report = load_into(fake_net(("ip_1", [(3, 2), (3,)])), small_net())
    assert (
        "none of the net's layers is in the file: the net's \"ip_1\" is not" in report.notices[-1]
    )
    assert 'did you mean "ip1"' in report.notices[-1]


def test_an_error_leaves_the_net_as_it_was() -> None:
    net = fake_net(("conv1", [(2, 1, 2, 3), (2,)]), ("ip1", [(9, 9), (9,)]))
    with pytest.raises(WeightsError):
        load_into(net, small_net())
    assert not value(net, "conv1").any()


def test_of_several_layers_of_one_name_in_the_file_the_last_counts() -> None:
    net = fake_net(("l", [(2,)]))
    load_into(net, net_bytes(("l", "Scale", [[1, 2]]), ("l", "Scale", [[3, 4]])))
    np.testing.assert_array_equal(value(net, "l"), [3, 4])


def test_of_several_layers_of_one_name_in_the_net_the_first_is_filled() -> None:
    net = fake_net(("l", [(2,)]), ("l", [(2,)]))
    load_into(net, net_bytes(("l", "Scale", [[1, 2]])))
    np.testing.assert_array_equal(net.layers[0].blobs[0].data, [1, 2])
    np.testing.assert_array_equal(net.layers[1].blobs[0].data, [0, 0])


def shared_net() -> Any:
    net = fake_net(("a", [(2,)]), ("b", [(2,)]))
    owner, sharer = (layer.blobs[0] for layer in net.layers)
    sharer.share_data(owner)
    sharer.owner = owner
    return net


def test_of_shared_parameters_the_files_last_copy_counts_as_in_caffe() -> None:
    net = shared_net()
    load_into(net, net_bytes(("a", "Scale", [[1, 2]]), ("b", "Scale", [[3, 4]])))
    np.testing.assert_array_equal(value(net, "a"), [3, 4])
    np.testing.assert_array_equal(value(net, "b"), [3, 4])


def test_hdf5_fills_shared_parameters_from_their_owner(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    net = shared_net()
    value(net, "a")[:] = [5, 6]
    path = tmp_path / "x.h5"
    save_hdf5(net, path)
    assert [len(layer.blobs) for layer in load_weights(path)] == [1, 0]
    other = shared_net()
    load_into(other, path)
    np.testing.assert_array_equal(value(other, "b"), [5, 6])


def test_what_comes_with_its_sharer_is_not_missing(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    path = tmp_path / "shared.h5"
    save_hdf5(shared_net(), path)
    assert load_into(shared_net(), path).missing == []
    other = fake_net(("other", [(2,)]))
    save_hdf5(other, tmp_path / "other.h5")
    assert load_into(shared_net(), tmp_path / "other.h5").missing == ["a", "b"]


def test_hdf5_without_a_parameter_that_is_not_shared_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    path = tmp_path / "x.h5"
    save_hdf5(shared_net(), path)
    with pytest.raises(WeightsError, match='"b" has 0 blobs in the file, the net\'s has 1'):
        load_into(fake_net(("b", [(2,)])), path)


def test_hdf5_fills_the_last_layer_of_a_name_as_caffe_does(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    path = tmp_path / "x.h5"
    save_hdf5(load_weights(net_bytes(("l", "Scale", [[1, 2]]))), path)
    net = fake_net(("l", [(2,)]), ("l", [(2,)]))
    load_into(net, path)
    np.testing.assert_array_equal(net.layers[0].blobs[0].data, [0, 0])
    np.testing.assert_array_equal(net.layers[1].blobs[0].data, [1, 2])


def test_diffs_are_taken_where_the_file_has_them(golden: Path) -> None:
    message = NetParameter.FromString((golden / "weights/snapshot_diff.caffemodel").read_bytes())
    layers = [layer for layer in message.layer if layer.blobs]
    net = fake_net(*[(x.name, [tuple(b.shape.dim) for b in x.blobs]) for x in layers])
    load_into(net, golden / "weights/snapshot_diff.caffemodel")
    for mine, theirs in zip(net.layers, layers, strict=True):
        for parameter, blob in zip(mine.blobs, theirs.blobs, strict=True):
            np.testing.assert_array_equal(parameter.diff.ravel(), np.float32(blob.diff))


# -- without a copy ----------------------------------------------------------------------------


@pytest.mark.parametrize("shift", range(4))
def test_parameters_are_aligned_and_private_wherever_the_data_lies(
    tmp_path: Path, shift: int
) -> None:
    path = tmp_path / "x.caffemodel"
    content = net_bytes(("l", "Scale", [[1, 2]]), name="n" * shift)
    path.write_bytes(content)
    weights = read_caffemodel(path)
    first, second = fake_net(("l", [(2,)])), fake_net(("l", [(2,)]))
    load_into(first, weights)
    load_into(second, weights)
    assert value(first, "l").flags.aligned
    value(first, "l")[:] = 7
    np.testing.assert_array_equal(value(second, "l"), [1, 2])
    np.testing.assert_array_equal(weights["l"].blobs[0].array(), [1, 2])
    assert path.read_bytes() == content


def test_aligned_parameters_are_views_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    load = load_weights(small_net())
    from caffe_proto.weights import save_weights

    save_weights(load, path)
    net = fake_net(("ip1", [(3, 2), (3,)]))
    load_into(net, path)
    assert not value(net, "ip1").flags.owndata
    np.testing.assert_array_equal(value(net, "ip1", 1), [1, 2, 3])


def test_parameters_outlive_the_weights_file_object(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(small_net())
    net = fake_net(("ip1", [(3, 2), (3,)]))
    load_into(net, path)
    gc.collect()
    path.unlink()
    np.testing.assert_array_equal(value(net, "ip1", 1), [1, 2, 3])


def test_unaligned_parameters_are_not_read_before_they_are_used(tmp_path: Path) -> None:
    path = tmp_path / "x.caffemodel"
    for shift in range(4):
        path.write_bytes(net_bytes(("l", "Scale", [[1, 2]]), name="n" * shift))
        if not read_caffemodel(path)["l"].blobs[0].aligned:
            break
    parameter = Parameter((2,))
    blob = read_caffemodel(path)["l"].blobs[0]
    reads = []

    def copy() -> np.ndarray:
        reads.append(1)
        return blob.read()

    parameter.adopt(blob.array(), copy)
    assert not reads
    np.testing.assert_array_equal(parameter.data, [1, 2])
    np.testing.assert_array_equal(parameter.data, [1, 2])
    assert len(reads) == 1


def test_fillers_that_run_late_do_not_overwrite_what_was_loaded() -> None:
    text = """
    layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
    layer { name: "ip1" type: "InnerProduct" bottom: "x" top: "y"
      inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
    layer { name: "ip2" type: "InnerProduct" bottom: "y" top: "z"
      inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
    """
    for shift in range(4):
        net = build_net(text, seed=1)
        expected = build_net(text, seed=1).params["ip2"][0].data.copy()
        content = net_bytes(("ip1", "InnerProduct", [np.ones((3, 2)), [1, 2, 3]]), name="n" * shift)
        load_into(net, content)
        np.testing.assert_array_equal(net.params["ip2"][0].data, expected)
        np.testing.assert_array_equal(net.params["ip1"][0].data, np.ones((3, 2)))


@pytest.mark.reference
def test_every_run_takes_caffes_weights_whole(reference: Path) -> None:
    """The golden runs' nets and files fit: nothing is ignored, nothing is missing."""
    from caffe_proto.errors import UnknownLayerError

    loaded = 0
    for folder in sorted((reference / "golden/runs").iterdir()):
        files = [folder / "net.prototxt", folder / "weights.caffemodel"]
        if not all(file.exists() for file in files):
            continue
        try:
            net = build_net(files[0])
        except UnknownLayerError:
            continue
        report = load_into(net, files[1])
        assert not report.ignored
        assert not report.missing
        for layer in read_caffemodel(files[1]):
            for blob in layer.blobs:
                held = net.layer(layer.name).params[blob.index].data
                np.testing.assert_array_equal(held, blob.array().reshape(held.shape))
        loaded += 1
    assert loaded >= 10
