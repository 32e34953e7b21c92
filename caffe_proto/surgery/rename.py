"""Rename layers, blobs and shared parameters consistently, weights included."""

from __future__ import annotations

from collections.abc import Mapping

from caffe_proto.errors import BuildError, did_you_mean
from caffe_proto.net import Net
from caffe_proto.surgery.model import take_apart

__all__ = ["rename"]


def rename(
    net: Net,
    layers: Mapping[str, str] | None = None,
    blobs: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> Net:
    """A new net with other names: ``layers``, ``blobs``, ``params`` map old ones to new.

    Names may be swapped. Raises :class:`BuildError` for an old name that is not there, and where
    two would become one.
    """
    model = take_apart(net)
    definition = model.definition.layer
    layer_names = [layer.name for layer in definition]
    blob_names = list(dict.fromkeys(name for layer in definition for name in layer.top))
    param_names = list(
        dict.fromkeys(spec.name for layer in definition for spec in layer.param if spec.name)
    )
    new_layers = _complete("layer", layers, layer_names)
    new_blobs = _complete("blob", blobs, blob_names)
    new_params = _complete("shared parameter", params, param_names)
    for layer in definition:
        layer.name = new_layers[layer.name]
        for side in (layer.bottom, layer.top):
            side[:] = [new_blobs[name] for name in side]
        for spec in layer.param:
            if spec.name:
                spec.name = new_params[spec.name]
    model.weights = {new_layers[name]: arrays for name, arrays in model.weights.items()}
    return model.build()


def _complete(what: str, given: Mapping[str, str] | None, known: list[str]) -> dict[str, str]:
    given = given or {}
    for old, new in given.items():
        if old not in known:
            raise BuildError(f'there is no {what} "{old}"{did_you_mean(old, known)}')
        if not new:
            raise BuildError(f'{what} "{old}" cannot be given an empty name')
    result = {name: given.get(name, name) for name in known}
    seen: dict[str, str] = {}
    for old, new in result.items():
        if new in seen:
            raise BuildError(f'{what}s "{seen[new]}" and "{old}" would both be called "{new}"')
        seen[new] = old
    return result
