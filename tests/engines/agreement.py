"""Whether a compiled net gives what ``net.forward`` gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

import caffe_proto as cp
from caffe_proto.schema import caffe_pb2

Arrays = dict[str, npt.NDArray[Any]]

#: Parts of the names of inputs that hold small whole numbers.
LABELS = ("label", "sem", "geo")

#: Types with parameters that are no factors of what they give.
NORMALIZED = frozenset({"BatchNorm", "BN", "LSTM", "Normalize", "Parameter", "PReLU", "Scale"})

#: Types of layers that rank, round or pick a place.
JUMPS = frozenset(
    {
        "Accuracy",
        "ArgMax",
        "BoxAnnotatorOHEM",
        "DetectionEvaluate",
        "DetectionOutput",
        "EvalDetection",
        "MultiBoxLoss",
        "Proposal",
        "SegAccuracy",
    }
)

#: So many weights of a layer are drawn, and repeated for the others: a prime number.
DRAWN = 65537

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
                drawn = rng.standard_normal(min(values.size, DRAWN), values.dtype)
                drawn *= math.sqrt(2 / math.prod(shape[1:]))
                values[...] = np.resize(drawn, shape)
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
        elif is_boxes(shape):
            inputs[name] = _boxes(rng, shape)
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


def assert_same_outputs(
    got: Mapping[str, Any], expected: Mapping[str, Any], tolerance: float = TOLERANCE
) -> None:
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
        assert off <= tolerance * scale, f"{name}: off by {off:g} where values reach {scale:g}"


def is_boxes(shape: Sequence[int]) -> bool:
    """Whether an input of this shape holds true boxes, as SSD labels images."""
    return len(shape) == 4 and tuple(shape[:2]) == (1, 1) and shape[3] == 8


def _boxes(rng: np.random.Generator, shape: Sequence[int]) -> npt.NDArray[Any]:
    """Rows (image, class, number, x1, y1, x2, y2, difficult), corners as shares of the image."""
    boxes = np.zeros(shape, np.float32)
    boxes[..., 1] = 1
    boxes[..., 3:5] = rng.uniform(0, 0.4, (*shape[:3], 2))
    boxes[..., 5:7] = rng.uniform(0.5, 1, (*shape[:3], 2))
    return boxes


def calm(net: cp.Net, inputs: Arrays) -> None:
    """Scale weights so that what each layer with weights gives has a deviation of 1.

    In a deep net without normalization values would grow until differences in the last digit
    decide what a Softmax gives.
    """

    def after(index: int) -> None:
        layer = net.layers[index]
        if layer.params and layer.type not in NORMALIZED:
            values = layer.top_blobs[0].data
            deviation = float(values.std())
            if np.isfinite(deviation) and deviation > 0:
                values /= deviation
                for parameter in layer.params:
                    parameter.data[...] /= deviation

    net.after_forward.append(after)
    try:
        net.forward(**inputs)
    finally:
        net.after_forward.clear()


def watched(definition: caffe_pb2.NetParameter) -> caffe_pb2.NetParameter:
    """The definition with outputs that show what goes into layers where a hair decides.

    They rank, round or pick a place: from values that differ in the last digit they may make quite
    another output. :func:`assert_follows` compares what goes in and hands it on.
    """
    copy = caffe_pb2.NetParameter()
    copy.CopyFrom(definition)
    del copy.layer[:]
    for layer in definition.layer:
        if _jumps(layer):
            for i, bottom in enumerate(layer.bottom):
                probe = copy.layer.add(name=_probe(layer.name, i), type="Split")
                probe.bottom.append(bottom)
                probe.top.append(probe.name)
                probe.include.extend(layer.include)
                probe.exclude.extend(layer.exclude)
        copy.layer.add().CopyFrom(layer)
    return copy


def _jumps(layer: caffe_pb2.LayerParameter) -> bool:
    if layer.type == "Python":
        return "roposal" in layer.python_param.layer
    # The second top says where the maximum was.
    return layer.type in JUMPS or (layer.type == "Pooling" and len(layer.top) > 1)


def _probe(layer: str, bottom: int) -> str:
    return f"bottom {bottom} of {layer}"


def assert_follows(
    net: cp.Net,
    inputs: Arrays,
    got: Mapping[str, Any],
    seed: int = 7,
    tolerance: float = TOLERANCE,
) -> None:
    """Assert that ``got`` is what ``forward`` gives, its random stream begun with ``seed``.

    Where a hair decides, ``forward`` goes on from the values in ``got`` (:func:`watched`), which
    are compared before.
    """

    def before(index: int) -> None:
        layer = net.layers[index]
        if not _jumps(layer.param):
            return
        for i, blob in enumerate(layer.bottom_blobs):
            name = _probe(layer.name, i)
            seen = got[name]
            assert_same_outputs({name: seen}, {name: blob.data}, tolerance)
            blob.data[...] = seen

    net.reseed(seed)
    if any(_jumps(layer.param) for layer in net.layers):
        net.before_forward.append(before)
    try:
        expected = net.forward(**inputs)
    finally:
        net.before_forward.clear()
    assert_same_outputs(got, expected, tolerance)


def assert_agrees(net: cp.Net, inputs: Arrays, **options: Any) -> Any:
    """Compile and compare with ``forward``; returns the compiled net."""
    run = net.compile(**options)
    expected = net.forward(**inputs)
    assert_same_outputs(run(**inputs), expected)
    # Memory is used again: the second run must not see what the first has left.
    assert_same_outputs(run(**inputs), expected)
    return run
