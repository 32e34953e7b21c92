"""Rules, splits, sharing and backward flags of small nets, against what Caffe builds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from tests.net.golden_nets import assert_same, blob_facts, layer_facts, loss_facts

FOLDER = Path(__file__).resolve().parent.parent / "golden" / "netstate"

#: Nets that Caffe refuses and that work here on purpose.
ALLOWED_HERE = {"softmax_two_tops", "softmax_two_tops_default_weights"}

#: Words of Caffe's message and those that must stand in ours instead.
REFUSALS = {
    "Unknown bottom blob": "unknown blob",
    "produced by multiple sources": "produced by multiple sources",
    "Unknown layer type": "there is no layer type",
    "Specify either include rules or exclude rules": "include",
    "propagate_down param": "propagate_down",
    "mismatched lr_mult": "lr_mult",
    "mismatched decay_mult": "decay_mult",
    "shape mismatch": "shape",
    "count mismatch": "15",
    "Too many params": "param",
    "Cannot configure batch normalization": "lr_mult",
}


def _runs() -> list[Any]:
    expected = json.loads((FOLDER / "expected.json").read_text())
    found = []
    for case, runs in expected.items():
        for run in runs:
            state = "-".join([run["phase"], str(run["level"]), *run["stages"]])
            found.append(pytest.param(case, run, id=f"{case}-{state}"))
    return found


RUNS = _runs()
BUILT = [p for p in RUNS if "fatal" not in p.values[1]]
REFUSED = [p for p in RUNS if "fatal" in p.values[1] and p.values[0] not in ALLOWED_HERE]


def build(case: str, run: dict[str, Any]) -> cp.Net:
    return cp.build_net(
        FOLDER / f"{case}.prototxt",
        phase=run["phase"],
        level=run["level"],
        stages=run["stages"],
        seed=1,
    )


@pytest.mark.parametrize("case, run", BUILT)
def test_layers_and_blobs(case: str, run: dict[str, Any]) -> None:
    net = build(case, run)
    assert_same("layer", layer_facts(net), run["layers"])
    assert_same("blob", blob_facts(net), run["blobs"])
    assert_same("input", net.inputs, run["inputs"])
    assert_same("output", net.outputs, run["outputs"])
    assert_same("loss weight", loss_facts(net), run["loss_weights"])


@pytest.mark.parametrize("case, run", BUILT)
def test_who_takes_part_in_backward(case: str, run: dict[str, Any]) -> None:
    net = build(case, run)
    assert_same("layer's flag", net.layer_need_backward, run["layer_need_backward"])
    if "layer_need_backward_before_force" in run:
        unforced = net._graph.needs_backward_unforced
        assert_same("unforced flag", unforced, run["layer_need_backward_before_force"])
    if "backward_bottoms" not in run:
        return
    bottoms, params = [], []
    for layer, needed in reversed(list(zip(net.layers, net.layer_need_backward, strict=True))):
        if not needed:
            continue
        wanted = zip(layer.bottoms, layer.propagate_down, strict=True)
        bottoms += [[layer.name, name] for name, wants in wanted if wants]
        params += [[layer.name, i] for i, p in enumerate(layer.params) if p.needs_grad]
    assert_same("bottom with a gradient", bottoms, run["backward_bottoms"])
    assert_same("parameter with a gradient", params, run["backward_params"])


@pytest.mark.parametrize("case, run", BUILT)
def test_shared_parameters(case: str, run: dict[str, Any]) -> None:
    net = build(case, run)
    places = {
        id(parameter): (layer, i)
        for layer in net.layers
        for i, parameter in enumerate(layer.params)
    }
    shared, storage = [], {}
    for layer in net.layers:
        for i, parameter in enumerate(layer.params):
            if parameter.owner is not None:
                owner, index = places[id(parameter.owner)]
                shared.append([parameter.name, owner.name, index])
            group = storage.setdefault(id(parameter.data_storage), [])
            group.append([layer.name, i, list(parameter.shape)])
    assert_same("shared parameter", shared, run["shared"])
    assert_same("memory", list(storage.values()), run["param_storage"])


@pytest.mark.parametrize("case, run", [p for p in BUILT if "param_mults" in p.values[1]])
def test_multipliers(case: str, run: dict[str, Any]) -> None:
    net = build(case, run)
    shapes = [list(parameter.shape) for parameter in net.learnable_params]
    assert_same("learnable parameter", shapes, run["learnable_shapes"])
    mults = []
    for layer in net.layers:
        for i, parameter in enumerate(layer.params):
            # What a solver does to shared memory is what the owner's multipliers say.
            acting = parameter.owner or parameter
            decay = acting.decay_mult if acting.lr_mult else None
            mults.append([layer.name, i, acting.lr_mult, decay])
    expected = [[*place, pytest.approx(lr), decay] for *place, lr, decay in run["param_mults"]]
    assert_same("multipliers", mults, expected)


@pytest.mark.parametrize("case, run", [p for p in BUILT if "nonzero_param_diff" in p.values[1]])
def test_parameters_that_get_a_gradient(case: str, run: dict[str, Any]) -> None:
    net = build(case, run)
    rng = np.random.default_rng(0)
    for layer in net.layers:
        for parameter in layer.params:
            # A variance is positive.
            draw = rng.random if layer.type == "BatchNorm" else rng.standard_normal
            parameter.data = draw(parameter.shape)
    for name in net.inputs:
        net.blobs[name].data = rng.uniform(0.5, 1.5, size=net.blobs[name].shape)
    if case == "dummy_data":
        # Its labels are 2 of 2 classes: Caffe reads past the scores, here it is an error.
        with pytest.raises(cp.LayerError, match="label 2 "):
            net.forward()
        return
    net.forward()
    net.clear_param_diffs()
    if "backward_fatal" in run:
        with pytest.raises(cp.LayerError, match="no gradient"):
            net.backward()
        return
    net.backward()
    nonzero = [
        [layer.name, i]
        for layer in net.layers
        for i, parameter in enumerate(layer.params)
        if parameter.diff.any()
    ]
    assert_same("parameter with a gradient", nonzero, run["nonzero_param_diff"])


@pytest.mark.parametrize("case, run", REFUSED)
def test_what_caffe_refuses_is_refused(case: str, run: dict[str, Any]) -> None:
    words = [ours for caffes, ours in REFUSALS.items() if caffes in run["fatal"]]
    assert words, f"no words known for {run['fatal']!r}"
    with pytest.raises(cp.BuildError, match=words[0]):
        build(case, run)


@pytest.mark.parametrize("case", sorted(ALLOWED_HERE))
def test_a_softmax_loss_may_have_two_tops(case: str) -> None:
    net = cp.build_net(FOLDER / f"{case}.prototxt", phase="TRAIN", seed=1)
    net.forward()
    (loss,) = [layer for layer in net.layers if layer.type == "SoftmaxWithLoss"]
    probabilities = net.blobs[loss.tops[1]].data
    assert np.allclose(probabilities.sum(1), 1)
