"""A net as operations on values: what is computed from what, whatever blob it is kept in.

A blob that a layer changes in place is two values here, so that an operation can be moved into
another, or left out, without a look at who overwrites whom.
"""

from __future__ import annotations

import copy
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from caffe_proto.blob import Array, Blob, Shape
from caffe_proto.layers.base import Layer
from caffe_proto.layers.reshape import Reshape
from caffe_proto.schema import caffe_pb2

if TYPE_CHECKING:
    from caffe_proto.net.net import Net

__all__ = ["Activation", "Graph", "Op", "Value", "build_graph"]

#: Types whose tops get their shapes when they run, not before.
DYNAMIC = frozenset(
    {
        "AnnotatedData",
        "BoxAnnotatorOHEM",
        "Data",
        "DetectionEvaluate",
        "DetectionOutput",
        "Filter",
        "HDF5Data",
        "ImageData",
        "MemoryData",
        "Proposal",
        "Python",
        "WindowData",
        "Yolov3DetectionOutput",
    }
)


@dataclass(eq=False)
class Value:
    """What one operation gives and others take: an array of a shape known before the run."""

    name: str
    shape: Shape
    producer: Op | None = None
    #: Whether the shape is known only when the producer has run.
    dynamic: bool = False
    #: The values, where they depend on shapes alone.
    constant: Array | None = None
    #: Kept with the channels innermost, (N, H, W, C).
    channels_last: bool = False

    def __repr__(self) -> str:
        return f"<{self.name} {self.shape}>"


@dataclass(frozen=True)
class Activation:
    """``y = x`` above 0, ``y = slope * x`` below; the slope is a number, or one a channel."""

    slope: float | Array = 0.0


@dataclass(eq=False)
class Op:
    """One step of the computation: a layer, and what has been merged into it."""

    kind: str
    inputs: list[Value]
    outputs: list[Value]
    #: The layer, bound to blobs of its own; None for what a pass has made up.
    layer: Layer | None = None
    #: The layer in the net that ``layer`` is a copy of.
    original: Layer | None = None
    #: Names of all layers that this does.
    names: list[str] = field(default_factory=list)
    #: Their types, in order.
    types: list[str] = field(default_factory=list)
    #: ``y = scale * x + shift`` a channel, done last but for what follows here.
    scale: Array | None = None
    shift: Array | None = None
    #: Position in ``inputs`` of a value of the output's shape that is added.
    residual: int | None = None
    activation: Activation | None = None
    #: Further facts of a kind.
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def output(self) -> Value:
        return self.outputs[0]

    def merge(self, other: Op) -> None:
        """Note that this does what ``other`` did."""
        self.names += other.names
        self.types += other.types

    def affine(self, scale: Array | None, shift: Array | None) -> None:
        """Let ``scale * y + shift`` follow what is there."""
        if scale is not None:
            self.scale = scale if self.scale is None else self.scale * scale
            if self.shift is not None:
                self.shift = self.shift * scale
        if shift is not None:
            self.shift = shift if self.shift is None else self.shift + shift

    def __repr__(self) -> str:
        return f"<{self.kind} {'+'.join(self.names)}: {self.inputs} -> {self.outputs}>"


@dataclass(eq=False)
class Graph:
    """Operations in order of execution, and the values that go in and come out."""

    ops: list[Op]
    inputs: dict[str, Value]
    outputs: dict[str, Value]

    def consumers(self) -> dict[Value, list[Op]]:
        """Who reads each value; an operation that reads it twice is there twice."""
        readers: dict[Value, list[Op]] = {}
        for op in self.ops:
            for value in op.inputs:
                readers.setdefault(value, []).append(op)
        return readers

    def is_output(self, value: Value) -> bool:
        """Whether the caller gets this value."""
        return any(value is output for output in self.outputs.values())

    def replace(self, old: Value, new: Value) -> None:
        """Let everybody who takes ``old`` take ``new``."""
        for op in self.ops:
            op.inputs = [new if value is old else value for value in op.inputs]
        for name, value in self.outputs.items():
            if value is old:
                self.outputs[name] = new


def clone_layer(layer: Layer, bottoms: list[Blob], tops: list[Blob]) -> Layer:
    """A copy of ``layer`` with the same parameters, bound to other blobs, its tops not shaped."""
    clone = copy.copy(layer)
    clone.bottom_blobs, clone.top_blobs = bottoms, tops
    clone.propagate_down = [False] * len(bottoms)
    clone._inferred_for = None
    return clone


def build_graph(net: Net, shapes: Mapping[str, Shape], dynamic: Container[str] = ()) -> Graph:
    """The graph of ``net`` for inputs of these shapes; the net itself is not touched.

    ``dynamic`` names layers whose tops are known to change their shapes.

    Raises :class:`~caffe_proto.errors.LayerError` for the first layer that a shape does not fit.
    """
    graph = Graph([], {}, {})
    current: dict[str, tuple[Value, Blob]] = {}
    #: Names of the blobs that share memory, under each of them.
    together: dict[str, set[str]] = {}
    read = {name: i for i, layer in enumerate(net.layers) for name in layer.bottoms}
    read.update(dict.fromkeys(net.outputs, len(net.layers)))
    for place, layer in enumerate(net.layers):
        bottoms = [current[name] for name in layer.bottoms]
        blobs = [Blob((), blob.dtype) for blob in layer.top_blobs]
        clone = clone_layer(layer, [blob for _, blob in bottoms], blobs)
        if layer.bottom_blobs:
            clone.reshape()
        else:
            for name, blob, source in zip(layer.tops, blobs, layer.top_blobs, strict=True):
                blob.reshape(*shapes.get(name, source.shape))
        varies = (
            layer.type in DYNAMIC
            or layer.name in dynamic
            or any(value.dynamic for value, _ in bottoms)
        )
        op = Op(layer.type, [value for value, _ in bottoms], [], clone, layer)
        op.names, op.types = [layer.name], [layer.type]
        # What the caller feeds needs no operation.
        if layer.type != "Input":
            graph.ops.append(op)
        shared = {alias.top: layer.bottoms[alias.bottom] for alias in clone.aliases()}
        for i, (name, blob) in enumerate(zip(layer.tops, blobs, strict=True)):
            value = Value(name, blob.shape, op, varies)
            op.outputs.append(value)
            current[name] = (value, blob)
            if layer.type == "Input":
                graph.inputs[name] = value
            if i in shared:
                together[name] = together[shared[i]]
                together[name].add(name)
            elif name not in layer.bottoms:
                together[name] = {name}
            else:
                # In Caffe whoever reads the same memory under another name sees the change.
                for other in sorted(together[name] - {name}):
                    if read.get(other, -1) <= place:
                        continue
                    current[other] = _seen_as(graph, layer, current[name], current[other])
    graph.outputs = {name: current[name][0] for name in net.outputs}
    return graph


def _seen_as(
    graph: Graph, layer: Layer, changed: tuple[Value, Blob], former: tuple[Value, Blob]
) -> tuple[Value, Blob]:
    """What ``layer`` has changed in place, as a blob sees it that shares the memory."""
    value, blob = changed
    name, shape = former[0].name, former[0].shape
    if shape == value.shape:
        return value, blob
    param = caffe_pb2.LayerParameter(name=name, type="Reshape", bottom=[value.name], top=[name])
    param.reshape_param.shape.dim.extend((-1, *shape[1:]) if value.dynamic else shape)
    view, mine = Reshape(param, layer.context), Blob((), blob.dtype)
    view.connect([blob], [mine])
    op = Op("Reshape", [value], [], view, view, [name], ["Reshape"])
    op.outputs.append(Value(name, mine.shape, op, value.dynamic))
    graph.ops.append(op)
    return op.output, mine
