"""What differs between nets and between weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from caffe_proto.prototxt import parse
from caffe_proto.weights import load_weights, read_caffemodel
from caffe_proto.weights.compare import (
    compare_messages,
    compare_nets,
    compare_weights,
    without_splits,
)
from caffe_proto.weights.statistics import blob_statistics

from .helpers import blob_message, net_bytes, net_message

NET = """
name: "n"
layer { name: "data" type: "Data" top: "x" include { phase: TRAIN } data_param { batch_size: 8 } }
layer { name: "data" type: "Data" top: "x" include { phase: TEST } data_param { batch_size: 2 } }
layer { name: "conv" type: "Convolution" bottom: "x" top: "y" param { lr_mult: 1 }
  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "pool" type: "Pooling" bottom: "y" top: "z" pooling_param { pool: MAX } }
"""


def changes(a: str, b: str) -> dict[str, tuple[object, object]]:
    result = compare_nets(parse(a), parse(b))
    found = {f"{x.name}: {s.field}": (s.a, s.b) for x in result.layers for s in x.settings}
    found.update({s.field: (s.a, s.b) for s in result.net})
    found.update({x.name: (x.status, x.type) for x in result.layers if x.status != "changed"})
    return found


def test_a_net_equals_itself() -> None:
    assert changes(NET, NET) == {}
    assert not compare_nets(parse(NET), parse(NET)).different


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ('name: "n"', 'name: "m"', {"name": ("n", "m")}),
        ("num_output: 4", "num_output: 5", {"conv: convolution_param.num_output": (4, 5)}),
        ("kernel_size: 3", "kernel_size: 5", {"conv: convolution_param.kernel_size": ([3], [5])}),
        ("kernel_size: 3 ", "", {"conv: convolution_param.kernel_size": ([3], None)}),
        ("xavier", "msra", {"conv: convolution_param.weight_filler.type": ("xavier", "msra")}),
        ("lr_mult: 1", "lr_mult: 0.1", {"conv: param[0].lr_mult": (1.0, 0.1)}),
        ("param { lr_mult: 1 }", "", {"conv: param[0]": ("{ lr_mult: 1 }", None)}),
        ("pool: MAX", "pool: AVE", {"pool: pooling_param.pool": ("MAX", "AVE")}),
        ("batch_size: 2", "batch_size: 3", {"data: data_param.batch_size": (2, 3)}),
        ('type: "Pooling"', 'type: "ReLU"', {"pool: type": ("Pooling", "ReLU")}),
        ('name: "pool"', 'name: "p"', {"pool": ("removed", "Pooling"), "p": ("added", "Pooling")}),
    ],
)
def test_a_changed_setting_is_found_by_its_path(
    old: str, new: str, expected: dict[str, tuple[object, object]]
) -> None:
    assert changes(NET, NET.replace(old, new)) == expected


@pytest.mark.parametrize(
    "old, new",
    [
        ("lr_mult: 1", "lr_mult: 1 decay_mult: 1"),
        ("lr_mult: 1", ""),
        ("pool: MAX", ""),
        ("num_output: 4", "num_output: 4 bias_term: true"),
    ],
)
def test_a_default_that_is_written_out_is_no_difference(old: str, new: str) -> None:
    assert changes(NET, NET.replace(old, new)) == {}


def test_another_order_of_layers_is_found() -> None:
    a = 'layer { name: "a" type: "ReLU" } layer { name: "b" type: "ReLU" }'
    b = 'layer { name: "b" type: "ReLU" } layer { name: "a" type: "ReLU" }'
    assert changes(a, b) == {"order of layers": ("a", "b")}


def test_nan_settings_are_equal() -> None:
    net = parse('layer { name: "a" type: "Power" power_param { scale: nan } }')
    assert compare_messages(net, net) == []


def test_an_old_net_is_compared_in_todays_form() -> None:
    old = 'layers { name: "r" type: RELU bottom: "x" top: "x" } input: "x" input_dim: [1,1,1,1]'
    new = """layer { name: "input" type: "Input" top: "x" input_param { shape { dim: [1,1,1,1] } } }
    layer { name: "r" type: "ReLU" bottom: "x" top: "x" }"""
    assert changes(old, new) == {}


def test_what_a_built_net_adds_is_taken_out(golden: Path) -> None:
    built = read_caffemodel(golden / "weights/model.caffemodel").definition()
    written = parse((golden / "weights/model.prototxt").read_text())
    assert compare_nets(written, built).different
    assert not compare_nets(written, without_splits(built)).different


# -- weights -----------------------------------------------------------------------------------


def test_equal_weights_do_not_differ_whatever_the_format(golden: Path) -> None:
    pytest.importorskip("h5py")
    a = load_weights(golden / "weights/model.caffemodel")
    b = load_weights(golden / "weights/model.caffemodel.h5")
    assert not compare_weights(a, b).different
    assert not compare_weights(b, a).different


def test_the_largest_differences_are_given() -> None:
    a = load_weights(net_bytes(("l", "Scale", [[1, 2, 100, np.nan, np.inf, 0]])))
    b = load_weights(net_bytes(("l", "Scale", [[1, 3, 110, np.nan, np.inf, 0]])))
    change = compare_weights(a, b).layers[0].blobs[0]
    assert (change.differing, change.max_abs) == (2, 10.0)
    assert change.max_rel == pytest.approx(1 / 3)


def test_tolerances_are_numpys() -> None:
    a = load_weights(net_bytes(("l", "Scale", [[1.0, 100.0]])))
    b = load_weights(net_bytes(("l", "Scale", [[1.25, 125.0]])))
    assert compare_weights(a, b).layers[0].blobs[0].differing == 2
    assert compare_weights(a, b, atol=0.25).layers[0].blobs[0].differing == 1
    assert not compare_weights(a, b, rtol=0.2).different
    assert compare_weights(a, b, rtol=0.19).different


def test_a_value_that_is_no_number_on_one_side_differs() -> None:
    a = load_weights(net_bytes(("l", "Scale", [[1.0, 2.0]])))
    b = load_weights(net_bytes(("l", "Scale", [[np.nan, 2.0]])))
    change = compare_weights(a, b, atol=1e9).layers[0].blobs[0]
    assert change.differing == 1
    assert np.isnan(change.max_abs)


def test_added_removed_and_reshaped_are_told_apart() -> None:
    a = load_weights(net_bytes(("a", "X", [[1]]), ("s", "X", [[1, 2], [3]]), ("r", "ReLU", [])))
    b = load_weights(net_bytes(("b", "X", [[1]]), ("s", "X", [[[1, 2]]])))
    found = {layer.name: layer for layer in compare_weights(a, b).layers}
    assert {name: layer.status for name, layer in found.items()} == {
        "a": "removed",
        "b": "added",
        "s": "changed",
    }
    first, second = found["s"].blobs
    assert (first.shape_a, first.shape_b) == ((2,), (1, 2))
    assert (second.shape_a, second.shape_b) == ((1,), None)


def test_legacy_shapes_equal_todays() -> None:
    old = net_message(("l", "X", []))
    old.layer[0].blobs.append(blob_message([[1, 2]], legacy=True))
    a = load_weights(old.SerializeToString())
    assert not compare_weights(a, load_weights(net_bytes(("l", "X", [[[1, 2]]])))).different
    assert not compare_weights(a, load_weights(net_bytes(("l", "X", [[1, 2]])))).different
    assert not compare_weights(a, a).different
    assert compare_weights(a, load_weights(net_bytes(("l", "X", [[[1], [2]]])))).different


def test_statistics_are_numpys() -> None:
    values = np.random.default_rng(1).normal(3, 2, 3_000_000).astype(np.float32)
    blob = load_weights(net_bytes(("l", "X", [np.float32([1])])))["l"].blobs[0]
    assert blob_statistics(blob).mean == 1
    from caffe_proto.weights import BlobView
    from caffe_proto.weights.source import DeferredValues

    found = blob_statistics(
        BlobView(values.shape, DeferredValues(lambda: values, "f4", values.size))
    )
    assert found.mean == pytest.approx(values.mean(dtype=np.float64), rel=1e-12)
    assert found.std == pytest.approx(values.std(dtype=np.float64), rel=1e-12)
    assert (found.min, found.max) == (values.min(), values.max())


def test_statistics_leave_out_what_is_not_finite_and_count_it() -> None:
    blob = load_weights(net_bytes(("l", "X", [[1, np.nan, 3, np.inf]])))["l"].blobs[0]
    found = blob_statistics(blob)
    assert (found.mean, found.std, found.min, found.max, found.nonfinite) == (2, 1, 1, 3, 2)
    empty = load_weights(net_bytes(("l", "X", [np.zeros(0)])))["l"].blobs[0]
    assert np.isnan(blob_statistics(empty).mean)
