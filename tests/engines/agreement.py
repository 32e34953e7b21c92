"""Whether a compiled net gives what ``net.forward`` gives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

import caffe_proto as cp

Arrays = dict[str, npt.NDArray[Any]]

# Sums run in another order, Winograd's over larger terms: relative to the output's largest value.
TOLERANCE = 1e-4


def randomize(net: cp.Net, seed: int = 0) -> None:
    """Give the net weights that keep signals near 1, and BatchNorm statistics worth folding."""
    rng = np.random.default_rng(seed)
    for layer in net.layers:
        for index, parameter in enumerate(layer.params):
            values, shape = parameter.data, parameter.shape
            if layer.type in ("BatchNorm", "Scale", "PReLU", "BN"):
                positive = rng.uniform(0.5, 1.2, shape)
                values[...] = positive if index != 0 or layer.type != "BatchNorm" else 0.1
                if layer.type == "BatchNorm" and index == 0:
                    values[...] = rng.normal(0, 0.1, shape)
                elif layer.type == "BatchNorm" and index == 2:
                    values[...] = 2.0
            elif len(shape) > 1:
                fan_in = math.prod(shape[1:])
                values[...] = rng.normal(0, math.sqrt(2 / fan_in), shape)
            else:
                values[...] = rng.normal(0, 0.1, shape)


def random_inputs(net: cp.Net, seed: int = 0) -> Arrays:
    """Values for all inputs; small whole numbers for what looks like labels or indices."""
    rng = np.random.default_rng(seed)
    inputs: Arrays = {}
    for name, shape in net.input_shapes().items():
        if len(shape) < 2 or "label" in name:
            inputs[name] = rng.integers(0, 2, shape).astype(np.float32)
        else:
            inputs[name] = rng.standard_normal(shape, dtype=np.float32)
    return inputs


def assert_same_outputs(got: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Assert equal names and shapes, and values within the tolerance."""
    assert list(got) == list(expected)
    for name, its in expected.items():
        mine = got[name]
        assert mine.shape == its.shape, f"{name}: {mine.shape}, forward gives {its.shape}"
        if not its.size:
            continue
        assert np.array_equal(np.isnan(mine), np.isnan(its)), f"{name}: NaN in other places"
        finite = its[np.isfinite(its)]
        scale = max(float(np.abs(finite).max(initial=0)), 1e-20)
        with np.errstate(invalid="ignore"):
            off = np.nanmax(np.abs(np.where(mine == its, 0, mine - its)), initial=0)
        assert off <= TOLERANCE * scale, f"{name}: off by {off:g} where values reach {scale:g}"


def assert_agrees(net: cp.Net, inputs: Arrays, **options: Any) -> Any:
    """Compile and compare with ``forward``; returns the compiled net."""
    run = net.compile(**options)
    expected = net.forward(**inputs)
    assert_same_outputs(run(**inputs), expected)
    # Memory is used again: the second run must not see what the first has left.
    assert_same_outputs(run(**inputs), expected)
    return run
