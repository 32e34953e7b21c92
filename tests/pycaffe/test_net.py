"""caffe.Net: its constructor's forms, its names, its arrays, and how it refuses."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import caffe_proto.pycaffe as caffe
from caffe_proto.errors import CaffeProtoError

Write = Callable[[str, str], str]

CHOICE = """
layer { name: "data" type: "DummyData" top: "data" dummy_data_param { shape { dim: 2 dim: 3 } } }
layer { name: "a" type: "AbsVal" bottom: "data" top: "a" include { min_level: 1 } }
layer { name: "b" type: "AbsVal" bottom: "data" top: "b" include { stage: "B" } }
layer { name: "train" type: "AbsVal" bottom: "data" top: "train" include { phase: TRAIN } }
layer { name: "all" type: "AbsVal" bottom: "data" top: "all" }
"""


# -- making one ----------------------------------------------------------------------------


def test_phase_level_and_stages_choose_the_layers(write: Write) -> None:
    path = write("choice.prototxt", CHOICE)
    assert caffe.Net(path, caffe.TEST).outputs == ["all"]
    assert caffe.Net(path, caffe.TRAIN).outputs == ["all", "train"]
    assert caffe.Net(path, caffe.TEST, level=1).outputs == ["a", "all"]
    assert caffe.Net(path, caffe.TEST, 0, ["B"]).outputs == ["all", "b"]
    assert caffe.Net(network_file=path, phase=caffe.TEST, stages=None).outputs == ["all"]


def test_weights_by_name_and_in_the_old_place_are_the_same(net: caffe.Net, net_file: str) -> None:
    saved = str(Path(net_file).with_name("weights"))
    net.save(saved)
    for other in (
        caffe.Net(net_file, caffe.TRAIN, weights=saved),
        caffe.Net(net_file, saved, caffe.TRAIN),
        caffe.Net(net_file, caffe.TRAIN, 0, None, saved),
    ):
        for name, blobs in net.params.items():
            for mine, theirs in zip(blobs, other.params[name], strict=True):
                np.testing.assert_array_equal(mine.data, theirs.data)


def test_a_missing_file_is_a_runtime_error(net_file: str) -> None:
    with pytest.raises(RuntimeError, match=r"Could not open file nowhere.prototxt"):
        caffe.Net("nowhere.prototxt", caffe.TEST)
    for wrong in (("nowhere.caffemodel", caffe.TEST), (caffe.TEST, 0, None, "nowhere.caffemodel")):
        with pytest.raises(RuntimeError, match=r"Could not open file nowhere.caffemodel"):
            caffe.Net(net_file, *wrong)


@pytest.mark.parametrize(
    "args, options, words",
    [
        ((), {}, "needs a phase"),
        ((7,), {}, "caffe.TRAIN or caffe.TEST"),
        ((1,), {"stage": []}, 'no argument "stage"; did you mean "stages"'),
        ((1, 0), {"level": 1}, "twice"),
        (("w.caffemodel",), {}, "Net\\(network_file, weights, phase\\)"),
    ],
)
def test_wrong_arguments_are_type_errors(
    net_file: str, args: tuple[object, ...], options: dict[str, object], words: str
) -> None:
    with pytest.raises(TypeError, match=words):
        caffe.Net(net_file, *args, **options)


def test_a_fault_in_the_net_names_its_place(write: Write) -> None:
    with pytest.raises(CaffeProtoError, match=r"bad.prototxt:1:\d+.*did you mean"):
        caffe.Net(write("bad.prototxt", 'layr { name: "x" }'), caffe.TEST)


# -- its names -----------------------------------------------------------------------------


def test_names_are_ordered_as_the_layers(net: caffe.Net) -> None:
    assert net.inputs == ["data", "label"]
    assert net.outputs == ["loss"]
    assert list(net._layer_names) == ["input", "conv", "relu", "ip", "loss"]
    assert list(net._blob_names) == ["data", "label", "conv", "score", "loss"]
    assert list(net.blobs) == list(net._blob_names)
    assert list(net.params) == ["conv", "ip"]
    assert net.top_names == OrderedDict(
        input=["data", "label"], conv=["conv"], relu=["conv"], ip=["score"], loss=["loss"]
    )
    assert net.bottom_names["loss"] == ["score", "label"]
    assert net.bottom_names["input"] == []
    assert list(net._inputs) == [0, 1]
    assert list(net._outputs) == [4]


def test_layers_by_place_and_by_name_are_the_same_objects(net: caffe.Net) -> None:
    assert [layer.type for layer in net.layers] == [
        "Input",
        "Convolution",
        "ReLU",
        "InnerProduct",
        "SoftmaxWithLoss",
    ]
    assert list(net.layer_dict) == list(net._layer_names)
    assert net.layer_dict["conv"] is net.layers[1]
    assert net.layers[1].blobs[0] is net.params["conv"][0]
    assert len(net.layers[2].blobs) == 0


def test_parameters_are_blob_vectors(net: caffe.Net) -> None:
    from caffe_proto.pycaffe import _caffe

    # What scripts that fold BatchNorm ask before they touch a layer.
    assert type(net.params["conv"]) is _caffe.BlobVec
    assert all(isinstance(blob, _caffe.Blob) for blob in net.blobs.values())
    assert isinstance(net, _caffe.Net)


def test_loss_weights_belong_to_blobs(net: caffe.Net) -> None:
    assert net.blob_loss_weights["loss"] == 1
    assert net.blob_loss_weights["score"] == 0
    assert list(net._blob_loss_weights) == [0, 0, 0, 0, 1]


def test_splits_are_seen_as_caffe_names_them(write: Write) -> None:
    net = caffe.Net(write("choice.prototxt", CHOICE), caffe.TRAIN)
    assert "data_data_0_split" in net.layer_dict
    assert net.top_names["data_data_0_split"] == [
        "data_data_0_split_0",
        "data_data_0_split_1",
    ]


def test_blobs_have_their_old_axes(net: caffe.Net) -> None:
    blob = net.blobs["data"]
    assert (blob.num, blob.channels, blob.height, blob.width) == (4, 2, 5, 6)
    assert blob.count == 240
    assert list(blob.shape) == [4, 2, 5, 6]
    assert net.params["ip"][0].num == 7
    assert net.params["ip"][0].width == 1


def test_scripts_may_set_attributes(net: caffe.Net) -> None:
    net.name = "another"
    net.my_own = 3
    assert (net.name, net.my_own) == ("another", 3)


# -- running -------------------------------------------------------------------------------


def fill(net: caffe.Net, seed: int = 0) -> None:
    random = np.random.default_rng(seed)
    net.blobs["data"].data[...] = random.standard_normal(net.blobs["data"].shape)
    net.blobs["label"].data[...] = random.integers(7, size=4)


def test_forward_returns_the_nets_own_memory(net: caffe.Net) -> None:
    fill(net)
    loss = net.forward()["loss"]
    first = float(loss)
    fill(net, 1)
    net.forward()
    assert float(loss) != first
    assert np.shares_memory(loss, net.blobs["loss"].data)


def test_data_stays_the_same_memory(net: caffe.Net) -> None:
    held = {name: blob.data for name, blob in net.blobs.items()}
    diffs = {name: blob.diff for name, blob in net.blobs.items()}
    fill(net)
    net.forward()
    net.backward()
    for name, blob in net.blobs.items():
        assert np.shares_memory(held[name], blob.data)
        assert np.shares_memory(diffs[name], blob.diff)
        np.testing.assert_array_equal(held[name], blob.data)


def test_arrays_outlive_the_net(net_file: str) -> None:
    net = caffe.Net(net_file, caffe.TRAIN)
    fill(net)
    net.forward()
    data, weights = net.blobs["score"].data, net.params["ip"][0].data
    before = data.copy(), weights.copy()
    del net
    np.testing.assert_array_equal(data, before[0])
    np.testing.assert_array_equal(weights, before[1])


def test_inputs_are_given_by_name_and_cast(net: caffe.Net) -> None:
    out = net.forward(
        blobs=["conv"], data=np.full((4, 2, 5, 6), 3, int), label=np.zeros(4, np.float64)
    )
    assert set(out) == {"loss", "conv"}
    assert net.blobs["data"].data.dtype == np.float32
    assert net.blobs["data"].data[0, 0, 0, 0] == 3


def test_a_part_of_the_net_runs(net: caffe.Net) -> None:
    fill(net)
    net.forward()
    conv = np.random.default_rng(1).random(net.blobs["conv"].shape, np.float32)
    net.blobs["conv"].data[...] = conv
    out = net.forward(start="ip", end="ip")
    assert list(out) == ["score"]
    weights, bias = (p.data for p in net.params["ip"])
    np.testing.assert_allclose(out["score"], conv.reshape(4, -1) @ weights.T + bias, rtol=1e-4)


def test_a_part_of_backward_runs(net: caffe.Net) -> None:
    fill(net)
    net.forward()
    net.blobs["score"].diff[...] = 1
    back = net.backward(start="ip", end="ip")
    assert list(back) == ["conv"]
    expected = np.ones((4, 7)) @ net.params["ip"][0].data
    np.testing.assert_allclose(back["conv"].reshape(4, -1), expected, rtol=1e-4, atol=1e-6)


def test_backward_starts_from_given_gradients(answers_file: str, write: Write) -> None:
    text = Path(answers_file).read_text().replace('"answers"', '"answers" force_backward: true')
    net = caffe.Net(write("forced.prototxt", text), caffe.TEST)
    net.forward(data=np.random.default_rng(0).random((2, 3, 8, 8)))
    diffs = net.backward(diffs=["fc"], prob=np.eye(2, 4))
    assert set(diffs) == {"data", "fc"}
    assert np.any(diffs["data"])


def test_clear_param_diffs(net: caffe.Net) -> None:
    fill(net)
    net.forward()
    net.backward()
    diff = net.params["conv"][0].diff
    assert np.any(diff)
    net.clear_param_diffs()
    assert not np.any(diff)


def test_hooks_get_the_layers_index(net: caffe.Net) -> None:
    seen: list[tuple[str, int]] = []
    for when in ("before_forward", "after_forward", "before_backward", "after_backward"):
        getattr(net, when)(lambda i, when=when: seen.append((when, i)))
    fill(net)
    net.forward(start="relu", end="ip")
    assert seen == [
        ("before_forward", 2),
        ("after_forward", 2),
        ("before_forward", 3),
        ("after_forward", 3),
    ]
    seen.clear()
    net.backward(start="ip", end="relu")
    assert [i for when, i in seen if when == "after_backward"] == [3, 2]


def test_forward_all_pads_the_last_batch(answers_file: str) -> None:
    net = caffe.Net(answers_file, caffe.TEST)
    images = np.random.default_rng(0).random((5, 3, 8, 8), np.float32)
    out = net.forward_all(blobs=["fc"], data=images)
    assert out["prob"].shape == (5, 4)
    for i, image in enumerate(images):
        single = net.forward(data=np.stack([image, image]))
        np.testing.assert_allclose(out["prob"][i], single["prob"][0], rtol=1e-6)


def test_forward_backward_all_gives_both(write: Write, answers_file: str) -> None:
    text = Path(answers_file).read_text().replace('"answers"', '"answers" force_backward: true')
    net = caffe.Net(write("forced.prototxt", text), caffe.TEST)
    random = np.random.default_rng(0)
    data, top = random.random((3, 3, 8, 8)), random.random((3, 4))
    values, gradients = net.forward_backward_all(data=data, prob=top)
    assert values["prob"].shape == (3, 4)
    assert gradients["data"].shape == (3, 3, 8, 8)
    net.forward(data=data[:2])
    np.testing.assert_allclose(gradients["data"][:2], net.backward(prob=top[:2])["data"])


def test_reshape_carries_a_blobs_new_shape_on(net: caffe.Net) -> None:
    net.blobs["data"].reshape(1, 2, 5, 6)
    net.blobs["label"].reshape(1)
    net.reshape()
    assert net.blobs["score"].data.shape == (1, 7)


def test_forward_reshapes_by_itself(answers_file: str) -> None:
    net = caffe.Net(answers_file, caffe.TEST)
    net.blobs["data"].reshape(7, 3, 20, 11)
    assert net.forward()["prob"].shape == (7, 4)


def test_a_layer_shapes_blobs_that_it_is_given(net: caffe.Net) -> None:
    from caffe_proto.blob import Blob

    top = Blob()
    conv = net.layer_dict["conv"]
    conv.setup([net.blobs["data"]], [top])
    conv.reshape([Blob((1, 2, 9, 9))], [top])
    assert top.shape == (1, 3, 9, 9)
    assert net.blobs["conv"].shape == (4, 3, 5, 6)
    assert len(conv.blobs) == 2


# -- how it refuses ------------------------------------------------------------------------


def test_wrong_names_and_shapes_raise_pycaffes_kinds(net: caffe.Net) -> None:
    batch, labels = np.zeros((4, 2, 5, 6)), np.zeros(4)
    with pytest.raises(Exception, match="do not match the net's inputs"):
        net.forward(data=batch)
    with pytest.raises(Exception, match="not one batch"):
        net.forward(data=np.zeros((3, 2, 5, 6)), label=labels)
    with pytest.raises(ValueError, match=r"\(4, 2, 5, 7\).*Expected: \(4, 2, 5, 6\)"):
        net.forward(data=np.zeros((4, 2, 5, 7)), label=labels)
    with pytest.raises(ValueError, match='no layer "cov"; did you mean "conv"'):
        net.forward(start="cov")
    with pytest.raises(ValueError, match='no layer "cov"'):
        net.backward(end="cov")
    with pytest.raises(KeyError, match='no blob "scor"; did you mean "score"'):
        net.forward(blobs=["scor"])
    with pytest.raises(KeyError, match='no "scor" here; did you mean "score"'):
        net.blobs["scor"]
    with pytest.raises(KeyError, match='no "cov" here; did you mean "conv"'):
        net.params["cov"]
    with pytest.raises(Exception, match="do not match the net's outputs"):
        net.backward(score=np.zeros((4, 7)))
    with pytest.raises(ValueError):
        net.blobs["data"].data[...] = np.zeros((9, 9))


# -- weights -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["", ".caffemodel"])
def test_what_save_writes_copy_from_reads(net: caffe.Net, net_file: str, kind: str) -> None:
    path = os.path.splitext(net_file)[0] + kind
    net.save(path)
    other = caffe.Net(net_file, caffe.TEST)
    held = other.params["conv"][0].data
    other.copy_from(path)
    np.testing.assert_array_equal(held, net.params["conv"][0].data)


def test_hdf5_goes_both_ways(net: caffe.Net, net_file: str) -> None:
    path = net_file + ".anything"
    net.save_hdf5(path)
    other = caffe.Net(net_file, caffe.TEST)
    other.load_hdf5(path)
    np.testing.assert_array_equal(other.params["ip"][1].data, net.params["ip"][1].data)
    np.testing.assert_array_equal(other.params["ip"][0].data, net.params["ip"][0].data)


def test_share_with_uses_one_memory(net: caffe.Net, net_file: str) -> None:
    other = caffe.Net(net_file, caffe.TEST)
    other.share_with(net)
    net.params["conv"][0].data[...] = 42
    assert np.all(other.params["conv"][0].data == 42)


def test_parameters_are_assigned_flat_and_whole(net: caffe.Net) -> None:
    weights, bias = net.params["ip"]
    weights.data.flat = np.arange(weights.count)
    bias.data[...] = 1
    assert weights.data[1, 0] == weights.shape[1]
    fill(net)
    net.blobs["conv"].data[...] = 0
    np.testing.assert_array_equal(net.forward(start="ip", end="ip")["score"], np.ones((4, 7)))


# -- random numbers ------------------------------------------------------------------------


def test_a_seed_makes_nets_repeatable_in_one_stream(net_file: str) -> None:
    def two() -> list[np.ndarray]:
        caffe.set_random_seed(7)
        return [caffe.Net(net_file, caffe.TEST).params["ip"][0].data.copy() for _ in range(2)]

    first, second = two(), two()
    np.testing.assert_array_equal(first, second)
    assert np.any(first[0] != first[1])


def test_a_seed_gives_caffes_numbers(net_file: str) -> None:
    import caffe_proto

    caffe.set_random_seed(1701)
    mine = caffe.Net(net_file, caffe.TEST).params["conv"][0].data
    theirs = caffe_proto.build_net(net_file, seed=1701).params["conv"][0].data
    np.testing.assert_array_equal(mine, theirs)


# -- data in memory ------------------------------------------------------------------------

MEMORY = """
layer { name: "data" type: "MemoryData" top: "data" top: "label"
  memory_data_param { batch_size: 2 channels: 1 height: 2 width: 3 } }
layer { name: "abs" type: "AbsVal" bottom: "data" top: "abs" }
"""


def test_set_input_arrays_feeds_batch_by_batch(write: Write) -> None:
    net = caffe.Net(write("memory.prototxt", MEMORY), caffe.TEST)
    data = -np.arange(24, dtype=np.float32).reshape(4, 1, 2, 3)
    net.set_input_arrays(data, np.arange(4, dtype=np.float32))
    for begin in (0, 2, 0):
        out = net.forward()
        np.testing.assert_array_equal(out["abs"], -data[begin : begin + 2])
        np.testing.assert_array_equal(out["label"].ravel(), [begin, begin + 1])


@pytest.mark.parametrize(
    "data, labels, words",
    [
        (np.zeros((2, 1, 2, 4), np.float32), np.zeros(2, np.float32), "has the shape"),
        (np.zeros((2, 1, 2, 3)), np.zeros(2, np.float32), "float32"),
        (np.zeros((2, 1, 3, 2), np.float32).swapaxes(2, 3), np.zeros(2, np.float32), "contiguous"),
        (np.zeros((4, 1, 2, 3), np.float32), np.zeros(2, np.float32), "same length"),
        (np.zeros((3, 1, 2, 3), np.float32), np.zeros(3, np.float32), "multiple of the batch"),
    ],
)
def test_set_input_arrays_refuses(
    write: Write, data: np.ndarray, labels: np.ndarray, words: str
) -> None:
    net = caffe.Net(write("memory.prototxt", MEMORY), caffe.TEST)
    with pytest.raises(RuntimeError, match=words):
        net.set_input_arrays(data, labels)


def test_set_input_arrays_needs_memory_data(net: caffe.Net) -> None:
    with pytest.raises(RuntimeError, match="first layer is MemoryData"):
        net.set_input_arrays(np.zeros((1, 1, 1, 1), np.float32), np.zeros(1, np.float32))


@pytest.mark.parametrize("suffix", [".caffemodel", ".npz", ".h5"])
def test_a_weights_file_may_be_written_anew_while_the_net_lives(
    net: caffe.Net, net_file: str, suffix: str
) -> None:
    path = Path(net_file).with_suffix(suffix)
    net._native.save(path)
    other = caffe.Net(net_file, caffe.TEST, weights=str(path))
    with open(path, "r+b") as stream:
        stream.write(b"\0" * path.stat().st_size)
    for name, blobs in net.params.items():
        for mine, theirs in zip(blobs, other.params[name], strict=True):
            np.testing.assert_array_equal(mine.data, theirs.data)
