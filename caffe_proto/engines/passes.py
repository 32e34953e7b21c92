"""Simplifications of a graph: fewer operations that give the same outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Activation, Graph, Op, Value
from caffe_proto.layers.pooling import MAX
from caffe_proto.layers.windows import Windows

__all__ = ["CONVOLUTIONS", "fold_pooling", "is_plain", "simplify"]

CONVOLUTIONS = frozenset({"Convolution", "DepthwiseConvolution", "ConvolutionDepthwise"})
#: Linear maps with one row of weights an output channel: an affine map after them goes into these.
LINEAR = CONVOLUTIONS | {"InnerProduct", "Affine"}
#: Types that can apply a rectifier to what they are about to write.
RECTIFIES = LINEAR | {"Eltwise"}
#: Types whose tops depend on the shapes of their bottoms alone.
OF_SHAPES = frozenset({"PriorBox", "PriorBoxClustered"})
#: Types that give the same for the same.
PURE = frozenset({"Concat", "Permute", "Reshape", "Flatten", "Slice", "Power", "Crop"})
SUM = 1


def simplify(graph: Graph) -> None:
    """Apply all passes, in the order in which one makes room for the next."""
    drop_copies(graph)
    fold_constants(graph)
    make_affine(graph)
    fold_affine(graph)
    fold_activations(graph)
    fold_residuals(graph)
    fold_activations(graph)
    drop_unread(graph)


def _single(graph: Graph, value: Value, readers: dict[Value, list[Op]]) -> bool:
    """Whether just one operation reads ``value``, and the caller does not."""
    return len(readers.get(value, ())) == 1 and not graph.is_output(value)


def drop_copies(graph: Graph) -> None:
    """Leave out operations whose tops are their bottom: splits, dropout in TEST, identities."""
    kept = []
    for op in graph.ops:
        if op.outputs and not op.output.dynamic and _is_copy(op):
            source = op.inputs[0]
            for value in op.outputs:
                graph.replace(value, source)
            continue
        kept.append(op)
    graph.ops = kept


def _is_copy(op: Op) -> bool:
    layer = op.layer
    if op.kind == "Split":
        return True
    if op.kind == "Dropout":
        return not layer.drops and layer.param.dropout_param.scale_train  # type: ignore[union-attr]
    if op.kind in ("Concat", "Slice"):
        return len(op.inputs) == len(op.outputs) == 1
    if op.kind in ("Flatten", "Reshape"):
        return op.inputs[0].shape == op.output.shape
    return False


def fold_constants(graph: Graph) -> None:
    """Compute now what depends on shapes alone: prior boxes, and what is joined from them."""
    kept = []
    for op in graph.ops:
        known = op.inputs and all(value.constant is not None for value in op.inputs)
        if op.kind in OF_SHAPES or (op.kind in PURE and known):
            _compute(op)
            continue
        kept.append(op)
    graph.ops = kept


def _compute(op: Op) -> None:
    assert op.layer is not None
    for value, blob in zip(op.inputs, op.layer.bottom_blobs, strict=True):
        if value.constant is not None:
            blob.data[...] = value.constant
    for alias in op.layer.aliases():
        op.layer.top_blobs[alias.top].share_data(op.layer.bottom_blobs[alias.bottom])
    op.layer.run_forward()
    for value, blob in zip(op.outputs, op.layer.top_blobs, strict=True):
        value.constant = blob.data.copy()


# -- affine maps -------------------------------------------------------------------------------


def make_affine(graph: Graph) -> None:
    """Turn BatchNorm with fixed statistics, Scale, Bias and linear Power into ``s x + t``."""
    for op in graph.ops:
        reader = _AFFINE.get(op.kind)
        if reader is None or len(op.inputs) != 1 or op.output.dynamic:
            continue
        if op.output.shape != op.inputs[0].shape or len(op.output.shape) not in (2, 4):
            continue
        maps = reader(op)
        if maps is not None:
            op.kind = "Affine"
            op.scale, op.shift = maps


Maps = tuple["Array | None", "Array | None"]


def _batch_norm(op: Op) -> Maps | None:
    layer = op.layer
    if not layer.uses_global:  # type: ignore[union-attr]
        return None
    mean, variance, factor = (p.data for p in layer.params[:3])  # type: ignore[union-attr]
    unit = 0 if factor[0] == 0 else 1 / factor[0]
    mean, variance = mean * unit, variance * unit
    scale = 1 / np.sqrt(variance + np.float32(layer.eps))  # type: ignore[union-attr]
    shift = -mean * scale
    if layer.has_scale:  # type: ignore[union-attr]
        gain, bias = (p.data for p in layer.params[3:5])  # type: ignore[union-attr]
        scale, shift = scale * gain, shift * gain + bias
    return scale, shift


def _one_a_channel(op: Op, parameter: Array) -> Array | None:
    """The parameter as one value a channel, if its axis is 1."""
    channels = op.output.shape[1]
    if parameter.size == 1:
        return np.repeat(parameter.reshape(1), channels)
    setting = op.layer.param.scale_param if op.kind == "Scale" else op.layer.param.bias_param  # type: ignore[union-attr]
    axis = setting.axis % len(op.output.shape)
    if axis == 1 and parameter.shape == (channels,):
        return parameter
    return None


def _scale(op: Op) -> Maps | None:
    layer = op.layer
    settings = layer.param.scale_param  # type: ignore[union-attr]
    if settings.HasField("min_value") or settings.HasField("max_value"):
        return None
    maps = [_one_a_channel(op, p.data) for p in layer.params]  # type: ignore[union-attr]
    if any(m is None for m in maps):
        return None
    return maps[0], maps[1] if len(maps) > 1 else None


def _bias(op: Op) -> Maps | None:
    shift = _one_a_channel(op, op.layer.params[0].data)  # type: ignore[union-attr]
    return None if shift is None else (None, shift)


def _power(op: Op) -> Maps | None:
    layer = op.layer
    if layer.power != 1 or layer.scale == 0:  # type: ignore[union-attr]
        return None
    channels = op.output.shape[1]
    scale = np.full(channels, layer.scale, np.float32)  # type: ignore[union-attr]
    shift = np.full(channels, layer.shift, np.float32)  # type: ignore[union-attr]
    return scale, shift if layer.shift else None  # type: ignore[union-attr]


_AFFINE: dict[str, Callable[[Op], Maps | None]] = {
    "BatchNorm": _batch_norm,
    "Scale": _scale,
    "Bias": _bias,
    "Power": _power,
}


def _followers(graph: Graph, changes: Callable[[Op, Op], bool]) -> None:
    """Merge into each operation, front to back, those that alone read its only output.

    ``changes(op, following)`` says whether ``op`` has taken over what ``following`` does.
    """
    readers = graph.consumers()
    gone: set[Op] = set()
    for op in graph.ops:
        if op in gone:
            continue
        while len(op.outputs) == 1 and _single(graph, op.output, readers):
            following = readers[op.output][0]
            if len(following.outputs) != 1 or not changes(op, following):
                break
            _absorb(op, following)
            gone.add(following)
    graph.ops = [op for op in graph.ops if op not in gone]


def _absorb(op: Op, following: Op) -> None:
    """Let ``op`` stand for itself and ``following``."""
    op.outputs = following.outputs
    op.output.producer = op
    op.merge(following)


def fold_affine(graph: Graph) -> None:
    """Fold each affine map into the linear map before it."""

    def changes(op: Op, following: Op) -> bool:
        if following.kind != "Affine" or op.activation is not None or op.residual is not None:
            return False
        if op.kind not in LINEAR or not is_plain(op):
            return False
        # One weight row an element of axis 1.
        if op.kind == "InnerProduct" and len(op.output.shape) != 2:
            return False
        op.affine(following.scale, following.shift)
        op.activation = following.activation
        return True

    _followers(graph, changes)


def fold_activations(graph: Graph) -> None:
    """Let the operation before a rectifier apply it."""

    def changes(op: Op, following: Op) -> bool:
        activation = _activation(following)
        if activation is None or op.activation is not None or op.output.dynamic:
            return False
        if op.kind not in RECTIFIES or (op.kind in LINEAR and not is_plain(op)):
            return False
        # Slopes are those of axis 1, and what a product of matrices counts last may be another.
        by_channel = not isinstance(activation.slope, float)
        if by_channel and (len(op.output.shape) != 4 or op.kind == "InnerProduct"):
            return False
        op.activation = activation
        return True

    _followers(graph, changes)


def _activation(op: Op) -> Activation | None:
    if op.kind == "ReLU":
        return Activation(float(op.layer.slope))  # type: ignore[union-attr]
    if op.kind == "PReLU":
        slopes = op.layer.params[0].data.reshape(-1)  # type: ignore[union-attr]
        return Activation(float(slopes[0])) if slopes.size == 1 else Activation(slopes)
    return None


def fold_residuals(graph: Graph) -> None:
    """Let a convolution add the other side of the sum that it goes into."""
    readers = graph.consumers()
    order = {op: i for i, op in enumerate(graph.ops)}
    gone: set[Op] = set()
    for total in graph.ops:
        if not _is_plain_sum(total):
            continue
        sides = []
        for side, value in enumerate(total.inputs):
            conv = value.producer
            if conv in order and _takes_residual(conv) and _single(graph, value, readers):
                sides.append((order[conv], side))
        if not sides:
            continue
        place, side = max(sides)
        conv, other = graph.ops[place], total.inputs[1 - side]
        # The other side must be there when the convolution runs.
        if other.producer in order and order[other.producer] > place:
            continue
        conv.residual = len(conv.inputs)
        conv.inputs.append(other)
        conv.activation = total.activation
        readers[other] = [conv if op is total else op for op in readers[other]]
        _absorb(conv, total)
        gone.add(total)
        # What reads the sum finds it where the convolution is.
        order[total] = place
    graph.ops = [op for op in graph.ops if op not in gone]


def _is_plain_sum(op: Op) -> bool:
    if op.kind != "Eltwise" or len(op.inputs) != 2 or op.output.dynamic:
        return False
    layer = op.layer
    if op.inputs[0] is op.inputs[1]:
        return False
    return layer.operation == SUM and list(layer.coeffs) == [1.0, 1.0]  # type: ignore[union-attr]


def _takes_residual(op: Op) -> bool:
    return (
        op.kind in CONVOLUTIONS and op.activation is None and op.residual is None and is_plain(op)
    )


def is_plain(op: Op) -> bool:
    """Whether the operation is of the usual form, which the kernels are for."""
    if op.output.dynamic or op.output.constant is not None:
        return False
    if op.kind in CONVOLUTIONS:
        windows = op.layer.windows  # type: ignore[union-attr]
        return (
            len(op.outputs) == 1
            and len(op.output.shape) == 4
            and op.layer.axis == 1  # type: ignore[union-attr]
            and all(windows.dilation)
            and min(op.output.shape) > 0
        )
    return True


def fold_pooling(graph: Graph, takes: Callable[[Op, Windows], bool]) -> None:
    """Let convolutions pool what they are about to write, where ``takes`` says that they can."""

    def changes(op: Op, following: Op) -> bool:
        if op.kind not in CONVOLUTIONS or not is_plain(op) or len(op.inputs) != 1:
            return False
        if following.kind != "Pooling" or len(following.outputs) != 1:
            return False
        layer: Any = following.layer
        windows = layer.pooler.windows
        if layer.pool != MAX or not _never_empty(windows) or not _grows(op.activation):
            return False
        if "pooling" in op.facts or not takes(op, windows):
            return False
        op.facts["result"], op.facts["pooling"] = op.output.shape[2:], windows
        return True

    _followers(graph, changes)


def _never_empty(windows: Windows) -> bool:
    """Whether every window sees a pixel."""
    return all(s <= k for s, k in zip(windows.stride, windows.kernel, strict=True))


def _grows(activation: Activation | None) -> bool:
    """Whether a larger value stays one, so that the maximum may be taken before."""
    return activation is None or bool(np.all(np.asarray(activation.slope) >= 0))


def drop_unread(graph: Graph) -> None:
    """Leave out what nobody reads, Silence layers above all; what has effects stays."""
    while True:
        readers = graph.consumers()
        kept = [
            op
            for op in graph.ops
            if op.kind != "Silence"
            and (
                op.kind not in _NO_EFFECT
                or any(value in readers or graph.is_output(value) for value in op.outputs)
            )
        ]
        if len(kept) == len(graph.ops):
            return
        graph.ops = kept


_NO_EFFECT = LINEAR | PURE | {"Pooling", "LRN", "ReLU", "Eltwise", "Softmax", "PReLU"}
