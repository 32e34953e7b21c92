"""Layers in a row that treat every image by itself, run in several threads, each with its images.

Layer by layer, threads meet after each one and wait for the slowest. Where image i of all blobs
depends on image i of the blobs before it alone, each thread can take its share of the batch through
all layers, and meets the others once: data parallelism, as between the GPUs of ``caffe train``.

Each thread has copies of the layers, with parts of the same blobs and with the same parameters.
Gradients of parameters are summed up thread by thread, always in the same order.
"""

from __future__ import annotations

import copy
import operator
import weakref
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from caffe_proto import threads
from caffe_proto.blob import Array, Blob, Parameter, Shape, Storage
from caffe_proto.layers.base import Layer
from caffe_proto.layers.steps import Step, Steps, run
from caffe_proto.layers.windows import Scratch, own_scratch

__all__ = ["Chain", "find_chains"]

# Elements of all tops, and multiply-adds, from which it is worth while to wake another thread.
WORTHWHILE_ELEMENTS, WORTHWHILE_MACS = 1 << 17, 1 << 22

# Methods that somebody may have replaced in one layer only: its copies would not know.
_METHODS = frozenset(
    ("forward", "backward", "run_forward", "run_backward", "infer_shapes", "reshape")
)


class Chain:
    """Layers ``first`` to ``stop`` (excluded) of a net, which treat every image by itself.

    ``scratch`` is memory for each thread, which the chains of a net can share.
    """

    def __init__(self, layers: Sequence[Layer], first: int, scratch: list[Scratch]) -> None:
        self.layers = list(layers)
        self.first = first
        self.stop = first + len(self.layers)
        blobs = {id(b): b for layer in layers for b in (*layer.bottom_blobs, *layer.top_blobs)}
        self._blobs = list(blobs.values())
        self._scratch = scratch
        self._backward_of: weakref.WeakMethod[Callable[[Layer], None]]
        self._backward_of = weakref.WeakMethod(self.backward_of)
        self._lanes: list[_Lane] = []
        self._cut_for: tuple[int, list[Shape]] | None = None
        self._pays = False

    def can_run(self) -> bool:
        """Whether the blobs' present shapes, and the threads at hand, make it worth while."""
        for layer in self.layers:
            layer.follow_bottoms()
        lanes, shapes = threads.available_threads(), [blob.shape for blob in self._blobs]
        if self._cut_for != (lanes, shapes):
            self._cut_for = lanes, shapes
            self._lanes = []
            self._pays = self._would_pay(lanes, shapes)
        return self._pays and self._is_as_written()

    def _is_as_written(self) -> bool:
        return not any(_METHODS & vars(layer).keys() for layer in self.layers)

    def _would_pay(self, lanes: int, shapes: list[Shape]) -> bool:
        images = {shape[0] if shape else 0 for shape in shapes}
        # With one image a part some layers would be in a special case that the batch is not.
        if lanes == 1 or len(images) != 1 or images.pop() < 2 * lanes:
            return False
        # An axis that is counted from the back may have become that of the images.
        if not all(layer.is_by_image() for layer in self.layers):
            return False
        elements = sum(blob.count for layer in self.layers for blob in layer.top_blobs)
        macs = sum(layer.macs() for layer in self.layers)
        return elements >= WORTHWHILE_ELEMENTS or macs >= WORTHWHILE_MACS

    def _cut(self) -> list[_Lane]:
        parts = threads.parts(self._blobs[0].shape[0])
        self._scratch.extend({} for _ in range(len(self._scratch), len(parts)))
        return [_Lane(self.layers, part, i, self._scratch[i]) for i, part in enumerate(parts)]

    def forward(self) -> None:
        """Compute all tops."""
        self._lanes = self._lanes or self._cut()
        for lane in self._lanes:
            lane.follow()
        threads.share(_Lane.forward, self._lanes, alone=True)
        for layer in self.layers:
            layer.runs_apart = self._backward_of

    def has_run(self) -> bool:
        """Whether the layers' last forward was this chain's, and backward can be."""
        apart = self._backward_of
        return all(layer.runs_apart is apart for layer in self.layers) and self._is_as_written()

    def backward(self) -> None:
        """Compute the gradients of all bottoms, and add those of the parameters.

        The layers' last forward must have been this chain's.
        """
        self._backward(range(len(self.layers) - 1, -1, -1))

    def backward_of(self, layer: Layer) -> None:
        """The same for one layer."""
        self._backward([self.layers.index(layer)])

    def _backward(self, chosen: Sequence[int]) -> None:
        for lane in self._lanes:
            lane.follow()
            lane.follow_gradients()
        threads.share(lambda lane: lane.backward(chosen), self._lanes, alone=True)
        for lane in self._lanes:
            lane.add_gradients(chosen)


class _Lane:
    """Copies of the layers for some images of the batch.

    The first pass over some memory is done as in any net. Later ones are done by the steps that
    layers give for this memory: that leaves the interpreter to the other threads.
    """

    def __init__(
        self, layers: Sequence[Layer], images: slice, number: int, scratch: Scratch
    ) -> None:
        self._originals = layers
        self._images = images
        self._scratch = scratch
        self._blobs: dict[int, _Part] = {}
        # The first one adds to the gradients themselves.
        self._has_own_gradients = number > 0
        self._shares: list[list[_Share]] = []
        self._layers = [self._copy(layer) for layer in layers]
        self._passes = 0
        self._values: list[object] = []
        self._gradients: list[object] = []
        self._forward: list[list[Step]] = []
        self._backward: list[list[Step]] = []

    def _copy(self, layer: Layer) -> Layer:
        mine = copy.copy(layer)
        for name, value in vars(mine).items():
            # What the layer keeps in memory of its own each copy has to keep for itself.
            if isinstance(value, np.ndarray):
                setattr(mine, name, value.copy())
        mine.bottom_blobs = [self._part(blob) for blob in layer.bottom_blobs]
        mine.top_blobs = [self._part(blob) for blob in layer.top_blobs]
        shares = [_Share(p) for p in layer.params] if self._has_own_gradients else []
        self._shares.append(shares)
        if shares:
            mine.params = [share.mine for share in shares]
        mine.runs_apart = None
        mine.reshape()
        return mine

    def _part(self, blob: Blob) -> Blob:
        if id(blob) not in self._blobs:
            self._blobs[id(blob)] = _Part(blob, self._images)
        return self._blobs[id(blob)].blob

    # -- forward -----------------------------------------------------------------------------

    def follow(self) -> None:
        """Use the memory that blobs and parameters have now."""
        for shares in self._shares:
            for share in shares:
                share.follow()
        used: list[object] = [part.follow() for part in self._blobs.values()]
        used += [parameter.data for layer in self._layers for parameter in layer.params]
        if not _are_same(used, self._values):
            self._values = used
            self._passes, self._forward, self._backward = 0, [], []

    def forward(self) -> None:
        with own_scratch(self._scratch):
            self._passes += 1
            if self._passes == 1:
                for layer in self._layers:
                    layer.run_forward()
                return
            if not self._forward:
                self._forward = [
                    _steps(layer.forward_steps(), layer.run_forward) for layer in self._layers
                ]
            for steps in self._forward:
                run(steps)

    # -- backward ----------------------------------------------------------------------------

    def follow_gradients(self) -> None:
        """Use the memory that the blobs' gradients have now."""
        used: list[object] = []
        for original, mine in zip(self._originals, self._layers, strict=True):
            mine.needs_backward = original.needs_backward
            mine.propagate_down = original.propagate_down
            used += [mine.needs_backward, *mine.propagate_down]
            if mine.needs_backward:
                blobs = (*original.bottom_blobs, *original.top_blobs)
                used += [self._blobs[id(blob)].follow_gradient() for blob in blobs]
                used += [p.diff if p.needs_grad else None for p in mine.params]
        if not _are_same(used, self._gradients):
            self._gradients, self._backward = used, []

    def backward(self, chosen: Sequence[int]) -> None:
        with own_scratch(self._scratch):
            if self._forward and not self._backward:
                self._backward = [
                    _steps(layer.backward_steps(), layer.run_backward)
                    if layer.needs_backward
                    else []
                    for layer in self._layers
                ]
            for index in chosen:
                layer = self._layers[index]
                if not layer.needs_backward:
                    continue
                for share in self._shares[index]:
                    share.clear()
                if self._backward:
                    run(self._backward[index])
                else:
                    layer.run_backward()

    def add_gradients(self, chosen: Sequence[int]) -> None:
        """Add what :meth:`backward` has summed up to the gradients of the net's parameters."""
        for index in chosen:
            if self._layers[index].needs_backward:
                for share in self._shares[index]:
                    share.add()


def _steps(steps: Steps | None, otherwise: Step) -> list[Step]:
    return [otherwise] if steps is None else list(steps)


def _are_same(some: Sequence[object], others: Sequence[object]) -> bool:
    return len(some) == len(others) and all(map(operator.is_, some, others))


class _Part:
    """Some images of a blob, as a blob."""

    def __init__(self, whole: Blob, images: slice) -> None:
        self._whole = whole
        self._images = images
        self.blob = Blob((images.stop - images.start, *whole.shape[1:]), whole.dtype)
        self._data: Array | None = None
        self._diff: Array | None = None

    def follow(self) -> Array:
        """Use the values' present memory, which is returned."""
        whole = self._whole.data
        if self._data is not whole:
            self._data = whole
            self.blob.share_data(self._view(whole))
        return whole

    def follow_gradient(self) -> Array:
        """The same for the gradients."""
        whole = self._whole.diff
        if self._diff is not whole:
            self._diff = whole
            self.blob.share_diff(self._view(whole))
        return whole

    def _view(self, array: Array) -> Blob:
        view = Blob((0,), array.dtype)
        values = array[self._images].reshape(-1)
        view.data_storage.buffer = view.diff_storage.buffer = values
        return view


class _Share:
    """A parameter with gradients of its own."""

    def __init__(self, whole: Parameter) -> None:
        self._whole = whole
        self._gradients = Storage(whole.dtype)
        self.mine = Parameter(whole.shape, whole.dtype)
        self.follow()

    def follow(self) -> None:
        mine, whole = self.mine, self._whole
        mine.needs_grad, mine.lr_mult = whole.needs_grad, whole.lr_mult
        if mine.shape != whole.shape:
            mine.reshape(*whole.shape)
        mine.diff_storage = self._gradients
        if mine.data_storage is not whole.data_storage:
            mine.share_data(whole)

    def clear(self) -> None:
        if self.mine.needs_grad:
            self.mine.diff[...] = 0

    def add(self) -> None:
        if self.mine.needs_grad:
            whole = self._whole.diff
            whole += self.mine.diff


def find_chains(layers: Sequence[Layer]) -> Iterator[Chain]:
    """The longest chains of two layers or more, in order."""
    scratch: list[Scratch] = []
    begin = 0
    for index in range(len(layers) + 1):
        if index < len(layers) and _fits(layers[index]):
            continue
        if index - begin > 1:
            yield Chain(layers[begin:index], begin, scratch)
        begin = index + 1


def _fits(layer: Layer) -> bool:
    # A user's own layer may be derived from one of ours and be quite another one.
    is_known = type(layer).__module__.startswith("caffe_proto.")
    return is_known and layer.is_by_image() and not any(layer.loss_weights)
