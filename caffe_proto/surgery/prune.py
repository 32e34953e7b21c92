"""Keep only what the wanted outputs need."""

from __future__ import annotations

from collections.abc import Sequence

from caffe_proto.errors import BuildError, did_you_mean
from caffe_proto.net import Net
from caffe_proto.surgery.model import Model, Value, Wiring, take_apart

__all__ = ["prune"]


def prune(net: Net, outputs: Sequence[str] | None = None, notes: list[str] | None = None) -> Net:
    """A new net with only the layers that ``outputs`` (blob names) need.

    By default all outputs are wanted, so only branches that end in Silence go. Inputs that
    nobody reads go too. Raises :class:`BuildError` for an unknown blob.
    """
    model = take_apart(net)
    wanted = list(outputs) if outputs is not None else list(net.outputs)
    prune_model(model, wanted)
    if notes is not None:
        notes.extend(model.notes)
    return model.build()


def prune_model(model: Model, outputs: Sequence[str]) -> None:
    """Remove from ``model`` every layer that none of ``outputs`` needs, and its weights."""
    layers = model.definition.layer
    wiring = Wiring(layers)
    unknown = [name for name in outputs if name not in wiring.latest]
    if unknown:
        raise BuildError(
            f'there is no blob "{unknown[0]}"{did_you_mean(unknown[0], wiring.latest)}'
        )
    if not outputs:
        raise BuildError("nothing would be left: no output is wanted")
    needed: set[int] = set()
    used = {wiring.latest[name] for name in outputs}
    waiting = [value.layer for value in used]
    while waiting:
        index = waiting.pop()
        if index in needed:
            continue
        needed.add(index)
        used.update(wiring.read[index])
        waiting.extend(value.layer for value in wiring.read[index])
    for index in reversed(range(len(layers))):
        layer = layers[index]
        if index not in needed:
            model.weights.pop(layer.name, None)
            model.notes.append(f'removed "{layer.name}" ({layer.type})')
            del layers[index]
        elif layer.type == "Input":
            _drop_unread_inputs(model, wiring, index, used)
        else:
            for top, name in enumerate(layer.top):
                if name not in outputs and not any(
                    value.layer == index and value.top == top for value in used
                ):
                    model.notes.append(f'"{name}", another top of "{layer.name}", is now an output')


def _drop_unread_inputs(model: Model, wiring: Wiring, index: int, used: set[Value]) -> None:
    layer = model.definition.layer[index]
    tops, shapes = list(layer.top), list(layer.input_param.shape)
    kept = [top for top in range(len(tops)) if any(v.layer == index and v.top == top for v in used)]
    if len(kept) == len(tops):
        return
    layer.ClearField("top")
    layer.top.extend(tops[top] for top in kept)
    layer.input_param.ClearField("shape")
    layer.input_param.shape.extend(shapes[top] for top in kept)
    gone = [name for top, name in enumerate(tops) if top not in kept]
    model.notes.append(f"removed the input {', '.join(gone)}")
