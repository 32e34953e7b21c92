"""Public nets, built as Caffe builds them: layers, splits, shapes, outputs, backward flags."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import caffe_proto as cp
from caffe_proto.schema import caffe_pb2
from tests.conftest import reference_root
from tests.net.golden_nets import assert_same, blob_facts, layer_facts, loss_facts

pytestmark = pytest.mark.reference


def _zoo_file(root: Path, source: str) -> Path:
    owner, repository, path = source.split("/", 2)
    return root / "zoo" / f"{owner}+{repository}" / path


def _nets() -> Iterator[Any]:
    root = reference_root()
    if root is None:
        return
    for entry in json.loads((root / "golden" / "nets" / "nets.json").read_text()):
        states = [key for key in entry if key.startswith(("TEST", "TRAIN"))]
        for state in states:
            facts = entry["TEST"] if entry[state] == "same" else entry[state]
            # The facts cover more nets than there are files to build them from.
            source = next((s for s in entry["sources"] if _zoo_file(root, s).is_file()), None)
            if source is not None:
                yield pytest.param(source, state, facts, id=f"{source}-{state}")


def _replace_data(net: caffe_pb2.NetParameter, replaced: list[dict[str, Any]]) -> None:
    """Put Input layers in the place of data layers, with the same rules."""
    for entry in replaced:
        for layer in net.layer:
            if (layer.name, layer.type) != (entry["layer"], entry["type"]):
                continue
            layer.type = "Input"
            del layer.input_param.shape[:]
            for shape in entry["shapes"]:
                layer.input_param.shape.add(dim=shape)


@pytest.mark.parametrize("source, state, facts", list(_nets()))
def test_a_public_net_is_built_as_caffe_builds_it(
    reference: Path, source: str, state: str, facts: dict[str, Any]
) -> None:
    definition = cp.parse_file(_zoo_file(reference, source))
    _replace_data(definition, facts.get("replaced", []))
    phase, *stages = state.split("+")
    net = cp.build_net(definition, phase=phase, stages=stages)
    assert_same("layer", layer_facts(net), facts["layers"])
    assert_same("blob", blob_facts(net), facts["blobs"])
    assert_same("input", net.inputs, facts["inputs"])
    assert_same("output", net.outputs, facts["outputs"])
    assert_same("loss weight", loss_facts(net), facts["loss_weights"])
    if "need_backward" in facts:
        needed = [i for i, flag in enumerate(net.layer_need_backward) if flag]
        assert_same("layer in backward", needed, facts["need_backward"])


def _refused() -> Iterator[Any]:
    root = reference_root()
    if root is None:
        return
    refused = json.loads((root / "golden" / "nets" / "refused.json").read_text())
    for source in refused:
        if _zoo_file(root, source).is_file():
            yield pytest.param(source, id=source)


@pytest.mark.parametrize("source", list(_refused()))
def test_what_caffe_refuses_is_built_or_refused_in_clear_words(
    reference: Path, source: str
) -> None:
    # Forks' nets, and nets that no Caffe takes: whatever comes is an error of this package.
    path = _zoo_file(reference, source)
    for phase in ("TEST", "TRAIN"):
        said = _refusal(path, phase)
        assert said is None or len(said) > 20
        assert said is None or os.sep + "caffe_proto" + os.sep not in said


def _refusal(path: Path, phase: str) -> str | None:
    try:
        cp.build_net(path, phase=phase)
    except cp.CaffeProtoError as fault:
        return str(fault)
    return None
