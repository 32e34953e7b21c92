"""Where a NaN or an infinity first came up in a forward pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.errors import NonFiniteError

if TYPE_CHECKING:
    from caffe_proto.layers import Layer
    from caffe_proto.net import Net

__all__ = ["non_finite_error"]


def non_finite_error(net: Net, loss: float, iteration: int) -> NonFiniteError:
    """The error to raise for a ``loss`` of ``net`` that is not finite.

    It names the first layer whose output was not finite, and what of its inputs was not.
    """
    found = _first(net)
    text = f"iteration {iteration}: the loss is {loss:g}; "
    if found is None:
        return NonFiniteError(text + "every layer's output is finite, their losses' sum is not")
    layer, blob, values = found
    text += (
        f'the first layer whose output is not finite is "{layer.name}" ({layer.type}): '
        f'{_count(values)} in top "{blob}"'
    )
    bad = [i for i, parameter in enumerate(layer.params) if not _finite(parameter.data)]
    if bad:
        text += f"; its parameter {bad[0]} holds {_count(layer.params[bad[0]].data)}"
    if layer.bottoms or bad:
        text += (
            ". If training diverged: a lower base_lr, or clip_gradients. "
            "To go on as Caffe does: --keep-going (keep_going=True)"
        )
    else:
        text += ". The data itself is not finite"
    return NonFiniteError(text)


def _first(net: Net) -> tuple[Layer, str, Array] | None:
    for i, layer in enumerate(net.layers):
        for name, blob in zip(layer.tops, layer.top_blobs, strict=True):
            if _finite(blob.data):
                continue
            return _within(net, i, name) or (layer, name, blob.data)
    return None


def _within(net: Net, first: int, name: str) -> tuple[Layer, str, Array] | None:
    """Of layers that worked in place on one blob the one that spoilt it.

    Layer ``first`` made the blob; what it had computed was overwritten, so it runs once more, and
    then those in place, one after the other. (Training ends here: what that draws is not missed.)
    """
    maker = net.layers[first]
    chain = [layer for layer in net.layers[first + 1 :] if layer.in_place and layer.tops[0] == name]
    if not chain or not maker.bottoms or maker.in_place:
        return None
    for layer in [maker, *chain]:
        kept = [parameter.data.copy() for parameter in layer.params]
        layer.run_forward()
        for parameter, values in zip(layer.params, kept, strict=True):
            parameter.data[...] = values  # running statistics stay as they were
        values = layer.top_blobs[layer.tops.index(name)].data
        if not _finite(values):
            return layer, name, values
    return None


def _finite(values: Array) -> bool:
    return bool(np.isfinite(values).all())


def _count(values: Array) -> str:
    nan = int(np.isnan(values).sum())
    infinite = int(np.isinf(values).sum())
    parts = [f"{nan} NaN"] * bool(nan) + [f"{infinite} infinite"] * bool(infinite)
    return f"{' and '.join(parts)} of {values.size} value(s)"
