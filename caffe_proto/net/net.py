"""A built net: blobs and parameters to look into, forward and backward to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from caffe_proto.blob import Array, Blob, Parameter, Shape
from caffe_proto.errors import BuildError, did_you_mean
from caffe_proto.layers.base import Layer
from caffe_proto.net.chains import Chain, find_chains
from caffe_proto.net.debug import DebugLog
from caffe_proto.schema import caffe_pb2

if TYPE_CHECKING:
    from caffe_proto.net.builder import Graph

__all__ = ["Net"]

Hook = Callable[[int], None]


class Net:
    """A Caffe net in memory. Made by :func:`caffe_proto.build_net`.

    ``layers`` are in order of execution, with the split layers that Caffe inserts;
    ``blobs`` and ``params`` are ordered mappings as in pycaffe: blob name → :class:`Blob`, layer
    name → list of :class:`Parameter`.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.definition: caffe_pb2.NetParameter = graph.definition
        self.layers: list[Layer] = graph.layers
        self.blobs: dict[str, Blob] = dict(zip(graph.blob_names, graph.blob_list, strict=True))
        self.inputs: list[str] = graph.inputs
        self.outputs: list[str] = graph.outputs
        #: Parameters that own their memory, in order: what a solver updates.
        self.learnable_params: list[Parameter] = graph.learnable
        self.params: dict[str, list[Parameter]] = {}
        for layer in self.layers:
            if layer.params:
                # Of layers with the same name the last one is found by name, as in pycaffe.
                self.params[layer.name] = layer.params
        #: The weighted sum of all losses in the last forward pass.
        self.loss = 0.0
        #: Per layer mean absolute values of data and diff, kept while ``debug_info`` is on.
        self.debug = DebugLog(enabled=graph.definition.debug_info)
        self.before_forward: list[Hook] = []
        self.after_forward: list[Hook] = []
        self.before_backward: list[Hook] = []
        self.after_backward: list[Hook] = []

    # -- facts -----------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The net's name, as the prototxt gives it."""
        return self.definition.name

    @property
    def phase(self) -> str:
        """``"TRAIN"`` or ``"TEST"``."""
        return str(caffe_pb2.Phase.Name(self._graph.context.phase))

    @property
    def seed(self) -> int:
        """The seed that the random stream was last started from: it rebuilds this very net."""
        return self._graph.context.stream.seed

    @property
    def loss_weights(self) -> list[tuple[str, float]]:
        """The blobs that count as losses, with their weights, in order of creation."""
        names, weights = self._graph.blob_names, self._graph.blob_loss_weights
        return [(n, w) for n, w in zip(names, weights, strict=True) if w]

    @property
    def blob_names(self) -> list[str]:
        """All blob names in order of creation (``(automatic)`` may occur repeatedly)."""
        return list(self._graph.blob_names)

    @property
    def blob_list(self) -> list[Blob]:
        """All blobs in order of creation, aligned with :attr:`blob_names`."""
        return list(self._graph.blob_list)

    @property
    def layer_need_backward(self) -> list[bool]:
        """One flag a layer: does it take part in backward?"""
        return list(self._graph.needs_backward)

    @property
    def debug_info(self) -> bool:
        """Whether forward and backward record the mean absolute values of what they compute."""
        return self.debug.enabled

    @debug_info.setter
    def debug_info(self, on: bool) -> None:
        self.debug.enabled = bool(on)

    def layer(self, name: str) -> Layer:
        """The layer called ``name``.

        Raises :class:`BuildError` with the nearest names where there is none.
        """
        return self.layers[self._layer_index(name)]

    # -- running ---------------------------------------------------------------------------

    def forward(
        self,
        *,
        start: str | None = None,
        end: str | None = None,
        blobs: Iterable[str] = (),
        **inputs: npt.ArrayLike,
    ) -> dict[str, Array]:
        """Run the layers from ``start`` to ``end`` (names, both included; all by default).

        ``inputs`` are copied into the blobs of these names and must have their shapes
        (:meth:`reshape` changes those). Returns copies of the net's outputs by name, or with
        ``end`` of that layer's tops, and of the further ``blobs``; every blob can be read
        afterwards under :attr:`blobs`.
        """
        first = self._layer_index(start) if start is not None else 0
        last = self._layer_index(end) if end is not None else len(self.layers) - 1
        self._feed(inputs, diff=False)
        self.run_forward(first, last)
        wanted = list(self.outputs) if end is None else list(self.layers[last].tops)
        return {name: self._blob(name).data.copy() for name in dict.fromkeys([*wanted, *blobs])}

    def run_forward(self, first: int = 0, last: int | None = None) -> float:
        """Run layers ``first`` to ``last`` (indices, both included); returns their loss."""
        loss = 0.0
        stop = len(self.layers) if last is None else last + 1
        if self.debug.enabled:
            self.debug.begin_forward()
        watched = self.debug.enabled or self.before_forward or self.after_forward
        i = first
        while i < stop:
            chain = None if watched else self._chains.get(i)
            if chain is not None and chain.stop <= stop and chain.can_run():
                chain.forward()
                i = chain.stop
                continue
            for hook in self.before_forward:
                hook(i)
            loss += self.layers[i].run_forward()
            if self.debug.enabled:
                self.debug.after_forward(self, i)
            for hook in self.after_forward:
                hook(i)
            i += 1
        self.loss = loss
        return loss

    def backward(
        self,
        *,
        start: str | None = None,
        end: str | None = None,
        diffs: Iterable[str] = (),
        **top_diffs: npt.ArrayLike,
    ) -> dict[str, Array]:
        """Run backward from layer ``start`` down to ``end`` (names, both included).

        ``top_diffs`` are copied into the gradients of the blobs of these names; without them
        backward starts from what the tops' gradients hold, for a loss its loss weight.
        Parameters' gradients are added to (:meth:`clear_param_diffs`). Returns copies of the
        inputs' gradients, or with ``end`` of that layer's bottoms, and of the further ``diffs``.
        """
        first = self._layer_index(start) if start is not None else len(self.layers) - 1
        last = self._layer_index(end) if end is not None else 0
        self._feed(top_diffs, diff=True)
        self.run_backward(first, last)
        wanted = list(self.inputs) if end is None else list(self.layers[last].bottoms)
        return {name: self._blob(name).diff.copy() for name in dict.fromkeys([*wanted, *diffs])}

    def run_backward(self, first: int | None = None, last: int = 0) -> None:
        """Run backward from layer index ``first`` (the end by default) down to ``last``."""
        begin = len(self.layers) - 1 if first is None else first
        needs = self._graph.needs_backward
        watched = self.debug.enabled or self.before_backward or self.after_backward
        i = begin + 1
        while i > last:
            i -= 1
            chain = None if watched else self._chains_by_end.get(i)
            if chain is not None and chain.first >= last and chain.has_run():
                chain.backward()
                i = chain.first
                continue
            for hook in self.before_backward:
                hook(i)
            if needs[i]:
                self.layers[i].run_backward()
                if self.debug.enabled:
                    self.debug.after_backward(self, i)
            for hook in self.after_backward:
                hook(i)
        # Caffe sums the parameters up after a whole pass only.
        if self.debug.enabled and begin == len(self.layers) - 1 and last == 0:
            self.debug.end_backward(self)

    @cached_property
    def _chains(self) -> dict[int, Chain]:
        """Chains of layers that threads can share image by image, by their first layer."""
        return {chain.first: chain for chain in find_chains(self.layers)}

    @cached_property
    def _chains_by_end(self) -> dict[int, Chain]:
        return {chain.stop - 1: chain for chain in self._chains.values()}

    def clear_param_diffs(self) -> None:
        """Set the gradients of all parameters to zero."""
        for parameter in self.learnable_params:
            parameter.diff[...] = 0

    def reseed(self, seed: int) -> None:
        """Start the net's random stream anew, as Caffe's ``set_random_seed``."""
        self._graph.context.stream.reseed(seed)

    # -- shapes ----------------------------------------------------------------------------

    def reshape(self, **shapes: Iterable[int]) -> None:
        """Give inputs other shapes; all sizes follow and memory is kept where it is enough.

        Without arguments the shapes that the blobs have now are carried through. Raises
        :class:`BuildError` naming the first layer that a shape does not fit; the net then has
        its former shapes.
        """
        before = {name: self._input(name).shape for name in shapes}
        try:
            for name, shape in shapes.items():
                self._input(name).reshape(*shape)
            self._reshape_layers()
        except BuildError:
            for name, old in before.items():
                self._input(name).reshape(*old)
            self._reshape_layers()
            raise

    def _reshape_layers(self) -> None:
        for layer in self.layers:
            # An Input layer's shape is now the blob's, not the definition's.
            if layer.bottom_blobs:
                layer.reshape()

    # -- weights ---------------------------------------------------------------------------

    def load(self, path: str | Path) -> Any:
        """Load weights by layer name from a ``.caffemodel``, ``.h5``, ``.npz``, ``.safetensors``.

        What the file has and the net lacks is ignored; returns a report that lists both sides.
        Raises :class:`WeightsError` for a file that cannot be read and for a blob that fits by
        name but not by shape.
        """
        from caffe_proto.weights import load_into, load_weights

        return load_into(self, load_weights(path))

    def save(self, path: str | Path, *, diffs: bool = False) -> None:
        """Save the weights in the format that the suffix names; ``diffs`` adds the gradients.

        Formats: ``.caffemodel``, ``.h5``, ``.npz``, ``.safetensors``. The file is written beside
        its target and renamed, so that a whole file is there at any moment.
        """
        from caffe_proto.weights import save_weights

        save_weights(self, path, diffs=diffs)

    def share_params(self, other: Net) -> None:
        """Use the parameter values of ``other`` from now on, layer by layer name.

        Layers that ``other`` lacks keep their own. Raises :class:`BuildError` where a layer of
        both has other numbers or shapes of parameters.
        """
        theirs = {layer.name: layer for layer in other.layers}
        for layer in self.layers:
            source = theirs.get(layer.name)
            if source is None:
                continue
            if len(source.params) != len(layer.params):
                raise layer.error(
                    f"has {len(layer.params)} parameters, the net it shares with has "
                    f"{len(source.params)}"
                )
            for index, (mine, its) in enumerate(zip(layer.params, source.params, strict=True)):
                if mine.shape != its.shape:
                    raise layer.error(
                        f"parameter {index} has the shape {mine.shape}, in the net it shares "
                        f"with {its.shape}"
                    )
                mine.share_data(its)

    # -- what a person sees ----------------------------------------------------------------

    def summary(self) -> str:
        """The table of layers, shapes, parameters and costs that ``caffe-proto show`` prints."""
        from caffe_proto.insight.summary import summarize

        return summarize(self).to_text()

    def compile(self, engine: str = "numpy", **options: Any) -> Any:
        """A callable made for speed: ``run(data=x)`` gives what :meth:`forward` gives."""
        from caffe_proto.engines import compile_net

        return compile_net(self, engine, **options)

    def __reduce__(self) -> Any:
        # A copy of arrays that share memory would be arrays that do not.
        raise TypeError(
            "a net is neither copied nor pickled: its blobs share memory. Expected: another one "
            "from cp.build_net(net.definition), with other.share_params(net) or net.save(path)"
        )

    def __repr__(self) -> str:
        return (
            f"<Net {self.name!r}: {len(self.layers)} layers, {self.phase}, "
            f"inputs {self.inputs}, outputs {self.outputs}>"
        )

    # -- help ------------------------------------------------------------------------------

    def _layer_index(self, name: str) -> int:
        for i, layer in enumerate(self.layers):
            if layer.name == name:
                return i
        names = [layer.name for layer in self.layers]
        raise BuildError(f'the net has no layer "{name}"{did_you_mean(name, names)}')

    def _blob(self, name: str) -> Blob:
        try:
            return self.blobs[name]
        except KeyError:
            raise BuildError(
                f'the net has no blob "{name}"{did_you_mean(name, self.blobs)}'
            ) from None

    def _input(self, name: str) -> Blob:
        if name not in self.inputs:
            raise BuildError(
                f'"{name}" is not an input of the net{did_you_mean(name, self.inputs)} '
                f"Its inputs: {', '.join(self.inputs) or 'none'}"
            )
        return self.blobs[name]

    def _feed(self, arrays: Mapping[str, npt.ArrayLike], *, diff: bool) -> None:
        for name, values in arrays.items():
            blob = self._blob(name)
            array = np.asarray(values)
            if array.shape != blob.shape:
                hint = (
                    f"; net.reshape({name}={array.shape}) changes the net's"
                    if not diff and name in self.inputs
                    else ""
                )
                raise BuildError(
                    f'blob "{name}" has the shape {blob.shape}. Received: {array.shape}{hint}'
                )
            (blob.diff if diff else blob.data)[...] = array

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def input_shapes(self) -> dict[str, Shape]:
        """The shapes of the inputs, by name."""
        return {name: self.blobs[name].shape for name in self.inputs}
