"""Whole nets, forward and backward, against the values that Caffe gets.

Three small ones are part of the repository; the others are read from the full reference values.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import caffe_proto as cp
from tests.conftest import GOLDEN, reference_root

Arrays = dict[str, npt.NDArray[Any]]

# Sums run in another order than in Caffe: values may differ by some units in the last place of
# the largest term, in deep nets by more of them.
RTOL, ATOL = 1e-4, 1e-5


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


class Faults(list[str]):
    """Collects what differs, with a scale for absolute differences."""

    def close(self, what: str, got: Any, expected: Any, scale: float) -> None:
        got, expected = np.asarray(got, np.float64), np.asarray(expected, np.float64)
        if got.shape != expected.shape:
            self.append(f"{what}: shape {got.shape}, Caffe has {expected.shape}")
        elif not np.allclose(got, expected, rtol=RTOL, atol=ATOL * scale, equal_nan=True):
            off = np.nanmax(np.abs(got - expected))
            self.append(f"{what}: {got.ravel()[:4]}, Caffe has {expected.ravel()[:4]} (off {off})")


def _statistics(values: npt.NDArray[Any]) -> list[float]:
    v = values.astype(np.float64)
    return [v.mean(), v.std(), v.min(), v.max(), np.abs(v).mean()] if v.size else [0.0] * 5


def _run(folder: Path, phase: str) -> tuple[cp.Net, dict[str, Any], Arrays, float]:
    expected = json.loads((folder / "expected.json").read_text())
    net = cp.build_net(
        folder / "net.prototxt",
        phase=phase,
        weights=folder / "weights.caffemodel",
        seed=expected["seed"],
    )
    with np.load(folder / "data.npz") as arrays:
        data = {key: arrays[key] for key in arrays.files}
    for key, values in data.items():
        if key.startswith("input/"):
            net.blobs[key.removeprefix("input/")].data = values
    net.reseed(expected["seed_before_forward"])
    net.forward()
    loss = net.loss
    net.clear_param_diffs()
    return net, expected[phase], data, loss


@pytest.mark.parametrize("folder, phase", list(_runs()))
def test_a_whole_net_gives_the_values_of_caffe(folder: Path, phase: str) -> None:
    net, expected, data, loss = _run(folder, phase)
    faults = Faults()
    faults.close("loss", loss, expected["loss"], 1.0)
    assert net.outputs == expected["outputs"]
    assert len(net.layers) == expected["layers"]
    assert [[n, list(b.shape)] for n, b in zip(net.blob_names, net.blob_list, strict=True)] == [
        [name, shape] for name, shape, *_ in expected["blobs"]
    ]
    for blob, (name, _, statistics, first) in zip(net.blob_list, expected["blobs"], strict=True):
        scale = max(abs(statistics[2]), abs(statistics[3]))
        faults.close(f"statistics of {name}", _statistics(blob.data), statistics, scale)
        faults.close(f"begin of {name}", blob.data.ravel()[:4], first, scale)
    for key, values in data.items():
        group, kind, *rest = key.split("/", 2)
        if group != phase:
            continue
        scale = float(np.abs(values).max(initial=0))
        if kind == "output":
            faults.close(key, net.blobs[rest[0]].data, values, scale)
        elif kind == "after_forward":
            layer, index = rest[0].rsplit("/", 1)
            faults.close(key, net.params[layer][int(index)].data, values, scale)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("folder, phase", list(_runs()))
def test_a_whole_net_gives_the_gradients_of_caffe(folder: Path, phase: str) -> None:
    net, expected, data, _ = _run(folder, phase)
    net.backward()
    faults = Faults()
    for name, index, shape, statistics, first in expected["param_grads"]:
        diff = net.params[name][index].diff
        scale = max(abs(statistics[2]), abs(statistics[3]))
        assert list(diff.shape) == shape
        faults.close(f"gradient {name}[{index}]", _statistics(diff), statistics, scale)
        faults.close(f"gradient {name}[{index}]", diff.ravel()[:4], first, scale)
    for name, statistics in expected["blob_grads"]:
        scale = max(abs(statistics[2]), abs(statistics[3]))
        faults.close(f"gradient of {name}", _statistics(net.blobs[name].diff), statistics, scale)
    for key, values in data.items():
        if key.startswith(f"{phase}/grad/"):
            layer, index = key.removeprefix(f"{phase}/grad/").rsplit("/", 1)
            scale = float(np.abs(values).max(initial=0))
            faults.close(key, net.params[layer][int(index)].diff, values, scale)
    assert not faults, "\n".join(faults)


@pytest.mark.reference
def test_a_trained_lenet_reads_digits_as_caffe_does(reference: Path) -> None:
    folder = reference / "golden" / "runs" / "lenet_mnist"
    expected = json.loads((folder / "expected.json").read_text())
    net = cp.build_net(folder / "deploy.prototxt", weights=folder / expected["model"])
    with np.load(folder / "images.npz") as images:
        pictures = images["images"][images["test"][:300]].reshape(3, 100, 1, 28, 28)
    with np.load(folder / "expected.npz") as arrays:
        logits = arrays["test_logits"][:300]
    got = np.concatenate(
        [net.forward(data=batch.astype("f4") / 256, blobs=["ip2"])["ip2"] for batch in pictures]
    )
    assert np.allclose(got, logits, rtol=1e-4, atol=1e-4)
