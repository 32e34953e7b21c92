"""Split layers: a blob that several layers read gets one copy a reader.

Each reader then has a gradient of its own, and the split adds them up. Names are Caffe's:
the layer ``<blob>_<layer>_<i>_split``, its tops ``<blob>_<layer>_<i>_split_<k>``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from caffe_proto.errors import LayerError, did_you_mean
from caffe_proto.schema import caffe_pb2

__all__ = ["insert_splits"]

_Top = tuple[int, int]  # index of the layer, index among its tops


def insert_splits(
    layers: Sequence[caffe_pb2.LayerParameter],
) -> list[caffe_pb2.LayerParameter]:
    """Copies of ``layers`` with split layers right after the producers that need them.

    Raises :class:`LayerError` for a bottom that no earlier layer produces.
    """
    latest: dict[str, _Top] = {}
    source: dict[tuple[int, int], _Top] = {}
    readers: dict[_Top, int] = defaultdict(int)
    weights: dict[_Top, float] = {}
    for i, layer in enumerate(layers):
        for j, name in enumerate(layer.bottom):
            if name not in latest:
                raise LayerError(layer.name, layer.type, _unknown_bottom(layers, i, j, latest))
            source[i, j] = latest[name]
            readers[latest[name]] += 1
        for j, name in enumerate(layer.top):
            latest[name] = (i, j)
        # An explicit loss weight reads the blob, like a layer. A loss's default weight does not.
        for name, weight in zip(layer.top, layer.loss_weight, strict=False):
            weights[latest[name]] = weight
            if weight:
                readers[latest[name]] += 1

    result: list[caffe_pb2.LayerParameter] = []
    given: dict[_Top, int] = defaultdict(int)
    for i, original in enumerate(layers):
        layer = caffe_pb2.LayerParameter()
        layer.CopyFrom(original)
        result.append(layer)
        for j, name in enumerate(layer.bottom):
            top = source[i, j]
            if readers[top] > 1:
                layer.bottom[j] = split_top(layers[top[0]].name, name, top[1], given[top])
                given[top] += 1
        for j, name in enumerate(layer.top):
            count = readers[i, j]
            if count > 1:
                weight = weights.get((i, j), 0.0)
                result.append(_split(layer.name, name, j, count, weight))
                if weight:
                    layer.ClearField("loss_weight")
                    given[i, j] += 1
    return result


def split_name(layer: str, blob: str, index: int) -> str:
    """The name of the split layer of a top."""
    return f"{blob}_{layer}_{index}_split"


def split_top(layer: str, blob: str, index: int, copy: int) -> str:
    """The name of one of a split's tops."""
    return f"{split_name(layer, blob, index)}_{copy}"


def _split(
    layer: str, blob: str, index: int, count: int, loss_weight: float
) -> caffe_pb2.LayerParameter:
    split = caffe_pb2.LayerParameter(name=split_name(layer, blob, index), type="Split")
    split.bottom.append(blob)
    for copy in range(count):
        split.top.append(split_top(layer, blob, index, copy))
        if loss_weight:
            # The first copy carries the loss.
            split.loss_weight.append(0.0 if copy else loss_weight)
    return split


def _unknown_bottom(
    layers: Sequence[caffe_pb2.LayerParameter], i: int, j: int, known: dict[str, _Top]
) -> str:
    name = layers[i].bottom[j]
    message = f'bottom {j} is the unknown blob "{name}"'
    later = [layer.name for layer in layers[i:] if name in layer.top]
    if later and later[0] == layers[i].name:
        return f"{message}: only this layer itself produces it"
    if later:
        return f'{message}: only the later layer "{later[0]}" produces it; layers go in order'
    hint = did_you_mean(name, known)
    if not hint:
        hint = f". Known here: {', '.join(list(known)[-8:]) or 'none'}"
    return message + hint
