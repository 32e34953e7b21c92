"""Every layer type against values measured on Caffe: one test a case, forward and backward.

``tests/golden/layers`` holds BVLC Caffe's types, ``tests/golden/fork_layers`` those of its forks;
the README files there say what the arrays are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import caffe_proto as cp

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
Arrays = dict[str, npt.NDArray[Any]]


def _cases() -> list[Any]:
    found = []
    for folder in ("layers", "fork_layers"):
        for entry in json.loads((GOLDEN / folder / "cases.json").read_text()):
            path = GOLDEN / folder / entry["type"] / entry["case"]
            found.append(pytest.param(path, entry, id=f"{entry['type']}-{entry['case']}"))
    return found


class Comparison:
    """Collects every array of a case that is not as it should be."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.rtol, self.atol = entry.get("rtol", 1e-5), entry.get("atol", 1e-6)
        self.what = entry["what"]
        self.faults: list[str] = []

    def check(self, name: str, got: npt.NDArray[Any], expected: npt.NDArray[Any]) -> None:
        if got.shape != expected.shape:
            self.faults.append(f"{name}: shape {got.shape}, Caffe has {expected.shape}")
            return
        with np.errstate(all="ignore"):
            right = np.isclose(got, expected, rtol=self.rtol, atol=self.atol, equal_nan=True)
            if right.all():
                return
            distance = np.nanmax(np.abs(got.astype("f8") - expected))
        first = tuple(int(i) for i in np.argwhere(~right)[0])
        self.faults.append(
            f"{name}: {(~right).sum()} of {right.size} values differ, at most by {distance:.2e}; "
            f"at {first}: {got[first]:.8g}, Caffe has {expected[first]:.8g}"
        )

    def verdict(self) -> None:
        assert not self.faults, f"({self.what})\n" + "\n".join(self.faults)


def _grouped(path: Path) -> dict[str, Arrays]:
    groups: dict[str, Arrays] = defaultdict(dict)
    with np.load(path) as arrays:
        for key in arrays.files:
            group, _, name = key.partition("/")
            groups[group][name] = arrays[key]
    return groups


@pytest.mark.parametrize("path, entry", _cases())
def test_layer_gives_the_values_of_caffe(path: Path, entry: dict[str, Any]) -> None:
    arrays = _grouped(path.with_suffix(".npz"))
    seed = int(arrays["seed"][""]) if "seed" in arrays else 1
    net = cp.build_net(path.with_suffix(".prototxt"), phase=entry["phase"], seed=seed)
    comparison = Comparison(entry)

    def parameter(key: str) -> cp.Parameter:
        layer, index = key.rsplit("/", 1)
        return net.params[layer][int(index)]

    def feed() -> None:
        for name, values in arrays["bottom"].items():
            net.blobs[name].data = values

    def backward() -> None:
        for name, values in arrays["top_diff"].items():
            net.blobs[name].diff = values
        net.backward()

    if entry.get("params") == "filled":
        for key, values in arrays["param"].items():
            comparison.check(f"filled parameter {key}", parameter(key).data, values)
    for key, values in arrays["param"].items():
        parameter(key).data = values
    feed()
    if "forward_seed" in arrays:
        net.reseed(int(arrays["forward_seed"][""]))
    net.forward()
    for name, values in arrays["top"].items():
        comparison.check(f"top {name}", net.blobs[name].data, values)
    for key, values in arrays["param_after"].items():
        comparison.check(f"parameter {key} after forward", parameter(key).data, values)

    if arrays["top_diff"]:
        net.clear_param_diffs()
        backward()
        for name, values in arrays["bottom_diff"].items():
            comparison.check(f"gradient of {name}", net.blobs[name].diff, values)
        for key, values in arrays["param_diff"].items():
            comparison.check(f"gradient of parameter {key}", parameter(key).diff, values)

    if arrays["top_again"] or arrays["param_diff_twice"]:
        feed()
        net.forward()
        for name, values in arrays["top_again"].items():
            comparison.check(f"top {name} of the second forward", net.blobs[name].data, values)
        if arrays["param_diff_twice"]:
            backward()
            for key, values in arrays["param_diff_twice"].items():
                comparison.check(
                    f"gradient of parameter {key} after two passes", parameter(key).diff, values
                )
    comparison.verdict()
