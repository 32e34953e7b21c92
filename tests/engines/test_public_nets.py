"""Public nets, compiled, against ``net.forward``, with random weights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import caffe_proto as cp
from tests.conftest import GOLDEN, reference_root
from tests.engines.agreement import assert_agrees, assert_same_outputs, random_inputs, randomize
from tests.net.test_nets import _nets, _replace_data, _zoo_file

pytestmark = pytest.mark.reference

#: Multiply-adds of a forward pass; larger nets would take minutes in all.
LARGEST = 40e9


def _zoo() -> Iterator[Any]:
    for case in _nets():
        source, state, facts = case.values
        if state.startswith("TEST"):
            yield pytest.param(source, state, facts, id=str(case.id))


@pytest.mark.slow
@pytest.mark.parametrize("source, state, facts", list(_zoo()))
def test_a_public_net_agrees(
    reference: Path, source: str, state: str, facts: dict[str, Any]
) -> None:
    definition = cp.parse_file(_zoo_file(reference, source))
    _replace_data(definition, facts.get("replaced", []))
    phase, *stages = state.split("+")
    net = cp.build_net(definition, phase=phase, stages=stages)
    # Training definitions come with batches of up to 256.
    before = net.input_shapes()
    _set_batch(net, min([2, *(shape[0] for shape in before.values() if shape)]))
    if sum(layer.macs() for layer in net.layers) > LARGEST:
        pytest.skip("takes minutes")
    randomize(net)
    run = assert_agrees(net, random_inputs(net), threads=2)
    try:
        _set_batch(net, 3)
    except cp.BuildError:
        return  # A definition that fixes its batch.
    inputs = random_inputs(net, seed=1)
    assert_same_outputs(run(**inputs), net.forward(**inputs))


def _set_batch(net: cp.Net, batch: int) -> None:
    shapes = {name: (batch, *shape[1:]) for name, shape in net.input_shapes().items() if shape}
    net.reshape(**shapes)


def _runs() -> Iterator[Any]:
    folders = {path.name: path for path in sorted((GOLDEN / "runs").iterdir()) if path.is_dir()}
    root = reference_root()
    for path in sorted((root / "golden" / "runs").iterdir()) if root is not None else ():
        if (path / "net.prototxt").is_file():
            folders.setdefault(path.name, path)
    for name, path in folders.items():
        expected = json.loads((path / "expected.json").read_text())
        for phase in ("TEST", "TRAIN"):
            if phase in expected:
                yield pytest.param(path, phase, id=f"{name}-{phase}")


@pytest.mark.parametrize("folder, phase", list(_runs()))
def test_what_caffe_ran_comes_out_the_same(folder: Path, phase: str) -> None:
    expected = json.loads((folder / "expected.json").read_text())
    net = cp.build_net(
        folder / "net.prototxt",
        phase=phase,
        weights=folder / "weights.caffemodel",
        seed=expected["seed"],
    )
    with np.load(folder / "data.npz") as file:
        arrays = dict(file)
    inputs = {key[6:]: values for key, values in arrays.items() if key.startswith("input/")}
    net.reshape(**{name: values.shape for name, values in inputs.items()})
    run = net.compile(threads=2)
    net.reseed(expected["seed_before_forward"])
    got = run(**inputs)
    its = {
        name: arrays[f"{phase}/output/{name}"] for name in got if f"{phase}/output/{name}" in arrays
    }
    assert its
    assert_same_outputs({name: got[name] for name in its}, its)


def test_layer_cases_agree(reference: Path) -> None:
    count, faults = 0, []
    for path in sorted((reference / "golden").glob("*layers/*/*.npz")):
        with np.load(path) as file:
            arrays = dict(file)
        try:
            results = [_layer_case(path, arrays, compiled) for compiled in (False, True)]
        except cp.CaffeProtoError:
            continue
        count += 1
        try:
            assert_same_outputs(results[1], results[0])
        except AssertionError as fault:
            faults.append(f"{path.parent.name}/{path.stem}: {fault}")
    assert count > 300
    assert not faults, "\n".join(faults)


def _layer_case(path: Path, arrays: dict[str, Any], compiled: bool) -> dict[str, Any]:
    net = cp.build_net(path.with_suffix(".prototxt"), phase=str(arrays["phase"]), seed=1)
    inputs = {}
    for key, values in arrays.items():
        kind, _, name = key.partition("/")
        if kind == "param":
            layer, index = name.rsplit("/", 1)
            parameter = net.params[layer][int(index)]
            parameter.data[...] = values.reshape(parameter.shape)
        elif kind == "bottom" and name in net.inputs:
            net.reshape(**{name: values.shape})
            inputs[name] = values
    call = net.compile(threads=2) if compiled else net.forward
    net.reseed(7)
    result: dict[str, Any] = call(**inputs)
    return result
