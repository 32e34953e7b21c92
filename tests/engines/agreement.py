"""Whether a compiled net gives what ``net.forward`` gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

import caffe_proto as cp

Arrays = dict[str, npt.NDArray[Any]]

#: Parts of the names of inputs that hold small whole numbers.
LABELS = ("label", "sem", "geo")

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
                rng.standard_normal(dtype=values.dtype, out=values)
                values *= math.sqrt(2 / math.prod(shape[1:]))
            else:
                values[...] = rng.normal(0, 0.1, shape)


def random_inputs(net: cp.Net, seed: int = 0) -> Arrays:
    """Values for all inputs; small whole numbers for what looks like labels or indices.

    Regions of interest lie in the images, and sizes of images are theirs.
    """
    rng = np.random.default_rng(seed)
    shapes = net.input_shapes()
    images, _, *size = next((s for s in shapes.values() if len(s) == 4), (1, 1, 1, 1))
    inputs: Arrays = {}
    for name, shape in shapes.items():
        if "rois" in name:
            inputs[name] = _regions(rng, shape[0], images, size)
        elif name == "im_info":
            inputs[name] = np.tile(np.array([*size, 1], np.float32), (shape[0], 1))
        elif len(shape) < 2 or any(word in name for word in LABELS):
            inputs[name] = rng.integers(0, 2, shape).astype(np.float32)
        else:
            inputs[name] = rng.standard_normal(shape, dtype=np.float32)
    return inputs


def _regions(
    rng: np.random.Generator, count: int, images: int, size: Sequence[int]
) -> npt.NDArray[Any]:
    """Rows (image, x1, y1, x2, y2) with the corners in the image, or below it in feature maps."""
    height, width = (n if n > 64 else 16 * n for n in size)
    x = np.sort(rng.uniform(0, width, (count, 2)), axis=1)
    y = np.sort(rng.uniform(0, height, (count, 2)), axis=1)
    image = np.arange(count) * images // count
    return np.stack([image, x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1).astype(np.float32)


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
