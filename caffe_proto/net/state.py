"""Which layers are part of a net: phase, level and stages against include and exclude rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caffe_proto.errors import LayerError

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["filter_layers", "meets"]


def meets(state: caffe_pb2.NetState, rule: caffe_pb2.NetStateRule) -> bool:
    """Whether ``state`` satisfies every condition of ``rule``."""
    if rule.HasField("phase") and rule.phase != state.phase:
        return False
    if rule.HasField("min_level") and state.level < rule.min_level:
        return False
    if rule.HasField("max_level") and state.level > rule.max_level:
        return False
    stages = set(state.stage)
    return all(s in stages for s in rule.stage) and not any(s in stages for s in rule.not_stage)


def is_included(layer: caffe_pb2.LayerParameter, state: caffe_pb2.NetState) -> bool:
    """Whether ``layer`` is part of a net in ``state``.

    Raises :class:`LayerError` for a layer with both include and exclude rules.
    """
    if layer.include and layer.exclude:
        raise LayerError(
            layer.name, layer.type, "has include and exclude rules. Expected: only one kind"
        )
    if layer.include:
        return any(meets(state, rule) for rule in layer.include)
    return not any(meets(state, rule) for rule in layer.exclude)


def filter_layers(net: caffe_pb2.NetParameter) -> list[caffe_pb2.LayerParameter]:
    """The layers of ``net`` that its state includes, in order."""
    return [layer for layer in net.layer if is_included(layer, net.state)]
