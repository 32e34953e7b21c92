"""A net taken apart: the layers of one phase as Caffe's files have them, and their weights.

Operations work on this and put a new net together; splits are not part of it, phase rules are
resolved, and each layer's arrays are found under its name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from caffe_proto.blob import Array, Shape
from caffe_proto.errors import BuildError
from caffe_proto.net import Net, build_net
from caffe_proto.net.state import filter_layers
from caffe_proto.schema import caffe_pb2

__all__ = ["Model", "Value", "Wiring", "take_apart"]


@dataclass
class Model:
    """Definition and weights; ``notes`` says what an operation left as it was, and why."""

    definition: caffe_pb2.NetParameter
    weights: dict[str, list[Array]]
    phase: str = "TEST"
    notes: list[str] = field(default_factory=list)

    def build(self) -> Net:
        """The net, its parameters holding the weights.

        Raises :class:`BuildError` where the definition does not build or a weight does not fit.
        """
        net = build_net(self.definition, self.phase)
        for name, arrays in self.weights.items():
            parameters = net.params.get(name, [])
            if len(parameters) != len(arrays):
                raise BuildError(
                    f'layer "{name}" has {len(parameters)} parameters; there are {len(arrays)} '
                    "arrays for it"
                )
            for parameter, array in zip(parameters, arrays, strict=True):
                if parameter.shape != array.shape:
                    raise BuildError(
                        f'layer "{name}" has a parameter of shape {parameter.shape}; the array '
                        f"for it has {array.shape}"
                    )
                parameter.adopt(np.array(array, np.float32, order="C"))
        return net


def take_apart(net: Net) -> Model:
    """The definition and the weights of ``net`` as a :class:`Model` of its own (copies).

    The sizes of the inputs are those that the net has now.
    """
    definition = caffe_pb2.NetParameter()
    definition.CopyFrom(net.definition)
    layers = filter_layers(definition)
    kept = caffe_pb2.NetParameter(name=definition.name)
    if definition.force_backward:
        kept.force_backward = True
    for layer in layers:
        own = kept.layer.add()
        own.CopyFrom(layer)
        for name in ("include", "exclude", "blobs"):
            own.ClearField(name)
        if own.type == "Input":
            own.input_param.ClearField("shape")
            for top in own.top:
                own.input_param.shape.add(dim=net.blobs[top].shape)
    counts = Counter(layer.name for layer in kept.layer)
    repeated = sorted(name for name, count in counts.items() if count > 1)
    if repeated:
        raise BuildError(
            f"several layers are called {', '.join(repeated)}: weights go by name, so give every "
            "layer a name of its own"
        )
    weights = {name: [p.data.copy() for p in params] for name, params in net.params.items()}
    return Model(kept, weights, net.phase)


@dataclass(frozen=True)
class Value:
    """What one layer writes into a blob: a blob that is changed in place has several values."""

    layer: int
    top: int


class Wiring:
    """Who writes and who reads each value, in a list of layers without splits."""

    def __init__(self, layers: Sequence[caffe_pb2.LayerParameter]) -> None:
        self.layers = layers
        latest: dict[str, Value] = {}
        #: The value behind each bottom: ``read[layer][bottom]``.
        self.read: list[list[Value]] = []
        self.readers: dict[Value, list[int]] = defaultdict(list)
        for index, layer in enumerate(layers):
            sources = [latest[name] for name in layer.bottom]
            self.read.append(sources)
            for source in sources:
                self.readers[source].append(index)
            for top, name in enumerate(layer.top):
                latest[name] = Value(index, top)
        #: The last value of each blob name.
        self.latest = latest

    def outputs(self) -> Iterator[str]:
        """Names of the blobs whose last value nobody reads."""
        return (name for name, value in self.latest.items() if not self.readers[value])

    def only_reader(self, layer: int) -> int | None:
        """The one layer that reads the one top of ``layer``; None if there are several or none."""
        if len(self.layers[layer].top) != 1:
            return None
        readers = self.readers[Value(layer, 0)]
        return readers[0] if len(readers) == 1 else None


def shapes_of(net: Net) -> dict[str, tuple[list[Shape], list[Shape]]]:
    """Shapes of bottoms and tops by layer name, as the net has them now."""
    return {
        layer.name: (
            [blob.shape for blob in layer.bottom_blobs],
            [blob.shape for blob in layer.top_blobs],
        )
        for layer in net.layers
    }
