"""From a definition to a net: layers, blobs, parameters, and who needs a gradient."""

from __future__ import annotations

from dataclasses import dataclass, field

from caffe_proto.blob import Blob, Parameter
from caffe_proto.errors import BuildError, LayerError, did_you_mean
from caffe_proto.layers.base import Layer, LayerContext
from caffe_proto.layers.foreign import foreign_settings, warn_of_foreign_settings
from caffe_proto.layers.registry import layer_class
from caffe_proto.net.sharing import ParameterTable
from caffe_proto.net.splits import insert_splits
from caffe_proto.net.state import filter_layers
from caffe_proto.schema import caffe_pb2

__all__ = ["Graph", "build_graph"]

#: The name of a top that a loss makes up for itself.
AUTOMATIC = "(automatic)"


@dataclass
class Graph:
    """A built net before anybody runs it; :class:`~caffe_proto.net.net.Net` wraps it."""

    definition: caffe_pb2.NetParameter
    context: LayerContext
    layers: list[Layer] = field(default_factory=list)
    #: Blobs in the order of creation, with their names (``(automatic)`` may occur repeatedly).
    blob_names: list[str] = field(default_factory=list)
    blob_list: list[Blob] = field(default_factory=list)
    blob_loss_weights: list[float] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    #: One flag a layer: does it take part in backward?
    needs_backward: list[bool] = field(default_factory=list)
    #: The same before ``force_backward`` was applied.
    needs_backward_unforced: list[bool] = field(default_factory=list)
    learnable: list[Parameter] = field(default_factory=list)


def build_graph(definition: caffe_pb2.NetParameter, context: LayerContext) -> Graph:
    """Build the net that ``definition`` describes in its state (``definition.state``).

    Raises :class:`BuildError` (usually :class:`LayerError`) for whatever does not fit.
    """
    return _Builder(definition, context).build()


class _Builder:
    def __init__(self, definition: caffe_pb2.NetParameter, context: LayerContext) -> None:
        self.graph = Graph(definition, context)
        self.context = context
        self.table = ParameterTable()
        self.index: dict[str, int] = {}
        self.available: dict[str, None] = {}
        self.blob_needs_backward: list[bool] = []
        self.bottom_ids: list[list[int]] = []
        self.top_ids: list[list[int]] = []
        self.foreign: dict[str, list[str]] = {}

    def build(self) -> Graph:
        graph = self.graph
        definition = graph.definition
        if not definition.layer:
            raise BuildError(
                "the net has no layers"
                + (": is this a solver, or a file of another kind?" if not definition.name else "")
            )
        included = filter_layers(definition)
        for param in insert_splits(included):
            if not param.HasField("phase"):
                param.phase = self.context.phase  # type: ignore[assignment]
            self._add_layer(param)
        self.table.finish()
        warn_of_foreign_settings(self.foreign)
        graph.learnable = self.table.learnable
        self._skip_what_no_loss_needs()
        graph.needs_backward_unforced = list(graph.needs_backward)
        if definition.force_backward:
            self._force_backward()
        for layer, needed in zip(graph.layers, graph.needs_backward, strict=True):
            layer.needs_backward = needed
        # Caffe keeps the unread blobs in a set of names: outputs are sorted as bytes.
        graph.outputs = sorted(self.available, key=lambda name: name.encode())
        return graph

    def _add_layer(self, param: caffe_pb2.LayerParameter) -> None:
        graph = self.graph
        cls = layer_class(param.type, param.name)
        if param.propagate_down and len(param.propagate_down) != len(param.bottom):
            raise LayerError(
                param.name,
                param.type,
                f"propagate_down is given {len(param.propagate_down)} time(s). "
                f"Expected: none, or {len(param.bottom)}, one a bottom",
            )
        if cls.__module__.startswith("caffe_proto."):  # a user's own layer may follow anything
            for setting in foreign_settings(param):
                self.foreign.setdefault(setting, []).append(f'"{param.name}" ({param.type})')
        own = caffe_pb2.LayerParameter()
        own.CopyFrom(param)
        layer = cls(own, self.context)
        bottoms = [self._bottom(layer, name) for name in param.bottom]
        propagate = [self.blob_needs_backward[b] for b in bottoms]
        # What the bottoms bring decides whether the layer takes part ...
        needs_backward = any(propagate)
        # ... propagate_down only which gradients are passed on.
        if param.propagate_down:
            propagate = list(param.propagate_down)
        tops = [self._top(layer, i, name) for i, name in enumerate(param.top)]
        if cls.auto_tops:
            needed = cls.num_tops if isinstance(cls.num_tops, int) else cls.num_tops[0]
            while len(tops) < max(needed, 1):
                tops.append(self._new_blob(AUTOMATIC))
                layer.tops.append(AUTOMATIC)
        if param.type == "Input":
            graph.inputs.extend(param.top)

        try:
            layer.connect([graph.blob_list[b] for b in bottoms], [graph.blob_list[t] for t in tops])
        except BuildError as fault:
            if isinstance(fault, LayerError):
                raise
            raise layer.error(str(fault)) from None
        layer.propagate_down = propagate
        for top, weight in zip(tops, layer.loss_weights, strict=True):
            graph.blob_loss_weights[top] = weight

        self.table.add(layer, param)
        needs_backward |= any(parameter.needs_grad for parameter in layer.params)
        if needs_backward:
            for top in tops:
                self.blob_needs_backward[top] = True
        graph.layers.append(layer)
        graph.needs_backward.append(needs_backward)
        self.bottom_ids.append(bottoms)
        self.top_ids.append(tops)

    def _bottom(self, layer: Layer, name: str) -> int:
        if name not in self.available:
            raise layer.error(f'unknown bottom blob "{name}"' + did_you_mean(name, self.available))
        del self.available[name]
        return self.index[name]

    def _top(self, layer: Layer, position: int, name: str) -> int:
        in_place = position < len(layer.bottoms) and layer.bottoms[position] == name
        if in_place:
            blob = self.index[name]
        elif name in self.index:
            raise layer.error(self._produced_twice(name))
        else:
            blob = self._new_blob(name)
            self.index[name] = blob
        self.available[name] = None
        return blob

    def _produced_twice(self, name: str) -> str:
        producer = next((la.name for la in self.graph.layers if name in la.tops), "this layer")
        message = f'top "{name}" is produced by multiple sources: by "{producer}" before'
        if f"{name}_{producer}_0_split" in {la.name for la in self.graph.layers}:
            message += (
                ", where another layer reads it before it is modified in place; "
                "give this layer a top of another name"
            )
        return message

    def _new_blob(self, name: str) -> int:
        graph = self.graph
        graph.blob_list.append(Blob((), self.context.dtype))
        graph.blob_names.append(name)
        graph.blob_loss_weights.append(0.0)
        self.blob_needs_backward.append(False)
        return len(graph.blob_list) - 1

    def _skip_what_no_loss_needs(self) -> None:
        """Go backwards: layers that no loss hangs on, or whose tops ask for nothing, are skipped.

        Blobs are told apart by name, as in Caffe, so in-place layers count with their blob.
        """
        graph = self.graph
        under_loss: set[str] = set()
        skipped: set[str] = set()
        for i in reversed(range(len(graph.layers))):
            layer = graph.layers[i]
            contributes, all_skipped = False, True
            for top, weight in zip(self.top_ids[i], layer.loss_weights, strict=True):
                name = graph.blob_names[top]
                if weight or name in under_loss:
                    contributes = True
                if name not in skipped:
                    all_skipped = False
                if contributes and not all_skipped:
                    break
            if graph.needs_backward[i] and all_skipped:
                graph.needs_backward[i] = False
                layer.propagate_down = [False] * len(layer.propagate_down)
            if not contributes:
                graph.needs_backward[i] = False
            for position, bottom in enumerate(self.bottom_ids[i]):
                name = graph.blob_names[bottom]
                if contributes:
                    under_loss.add(name)
                else:
                    layer.propagate_down[position] = False
                if not layer.propagate_down[position]:
                    skipped.add(name)

    def _force_backward(self) -> None:
        graph = self.graph
        for i, layer in enumerate(graph.layers):
            graph.needs_backward[i] = True
            layer.propagate_down = [
                wanted or layer.allow_force_backward(position)
                for position, wanted in enumerate(layer.propagate_down)
            ]
            for parameter in layer.params:
                parameter.needs_grad = True
