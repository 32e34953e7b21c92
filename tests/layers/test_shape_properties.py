"""What must hold of the layers that move values about, whatever the shape."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import caffe_proto as cp
from tests.layers.gradients import declare_inputs
from tests.layers.single import layer_net

SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


@given(SHAPES, st.data())
@settings(max_examples=40, deadline=None)
def test_concat_undoes_slice(shape: tuple[int, ...], data: st.DataObject) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    cuts = data.draw(st.sets(st.integers(1, 3).filter(lambda n: n < shape[axis])))
    points = " ".join(f"slice_point: {n}" for n in sorted(cuts))
    names = [f"p{i}" for i in range(len(cuts) + 1)]
    text = (
        'layer { name: "s" type: "Slice" bottom: "x" '
        + " ".join(f'top: "{name}"' for name in names)
        + f" slice_param {{ axis: {axis} {points} }} }}"
        'layer { name: "c" type: "Concat" top: "y" '
        + " ".join(f'bottom: "{name}"' for name in names)
        + f" concat_param {{ axis: {axis} }} }}"
    )
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    net = cp.build_net("force_backward: true\n" + declare_inputs(text, {"x": x}))
    assert np.array_equal(net.forward(x=x)["y"], x)
    assert np.array_equal(net.backward(y=x)["x"], x)


@given(SHAPES, st.data())
@settings(max_examples=40, deadline=None)
def test_the_gradient_of_permute_takes_the_way_back(
    shape: tuple[int, ...], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(shape))))
    text = "permute_param { " + " ".join(f"order: {axis}" for axis in order) + " }"
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    net = layer_net("Permute", text, x)
    assert np.array_equal(net.backward(y=net.forward()["y"])["x"], x)


@given(SHAPES, st.data())
@settings(max_examples=40, deadline=None)
def test_reshape_finds_the_missing_size(shape: tuple[int, ...], data: st.DataObject) -> None:
    missing = data.draw(st.integers(0, len(shape) - 1))
    copied = data.draw(st.sets(st.integers(0, len(shape) - 1)))
    dims = [-1 if i == missing else 0 if i in copied else n for i, n in enumerate(shape)]
    text = "reshape_param { shape { " + " ".join(f"dim: {n}" for n in dims) + " } }"
    assert layer_net("Reshape", text, np.zeros(shape)).blobs["y"].shape == shape
