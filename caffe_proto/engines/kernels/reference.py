"""The layer's own definition, for what no kernel is made for: every net compiles."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np

from caffe_proto.blob import Blob
from caffe_proto.engines.graph import Op, clone_layer
from caffe_proto.engines.kernels.base import Binding, Kernel, Phase
from caffe_proto.layers.base import Layer

__all__ = ["Reference", "ShapeChanged"]

_locks: weakref.WeakKeyDictionary[Layer, threading.Lock] = weakref.WeakKeyDictionary()
_locks_lock = threading.Lock()


class ShapeChanged(Exception):
    """A top got another shape than was inferred; ``op`` is the operation."""

    def __init__(self, op: Op) -> None:
        super().__init__(f"{op.names[0]} gives another shape than it had announced")
        self.op = op


def _lock_of(layer: Layer) -> threading.Lock:
    # State that a layer carries (a cursor, a recurrent state) is the net's, whoever runs it.
    with _locks_lock:
        return _locks.setdefault(layer, threading.Lock())


class Reference(Kernel):
    """Runs ``layer.forward`` on blobs that lie in the plan's memory.

    Values whose shape only the run tells are in blobs of their own.
    """

    variant = "reference"

    def __init__(self, op: Op, threads: int) -> None:
        super().__init__(op, threads)
        assert op.original is not None
        self.lock = _lock_of(op.original)

    def macs(self) -> int:
        return self.op.layer.macs() if self.op.layer is not None else 0

    def bind_blobs(self, memory: Binding, blobs: dict[Any, Blob]) -> list[Phase]:
        """As ``bind``; ``blobs`` holds those of dynamic values, and gets this one's."""
        op, original = self.op, self.op.original
        assert original is not None
        assert op.layer is not None
        bottoms = []
        for value, array, blob in zip(op.inputs, memory.inputs, op.layer.bottom_blobs, strict=True):
            if value.dynamic:
                bottoms.append(blobs[value])
            else:
                mine = Blob(array.shape, blob.dtype)
                mine.data_storage.adopt(array)
                bottoms.append(mine)
        tops = []
        for value, array, blob in zip(op.outputs, memory.outputs, op.layer.top_blobs, strict=True):
            mine = Blob(value.shape if value.dynamic else array.shape, blob.dtype)
            if value.dynamic:
                blobs[value] = mine
            elif bottoms:
                mine.data_storage.adopt(array)
            tops.append(mine)
        if not bottoms:
            # A source may have been filled when the net was built, and never again: it has memory
            # of its own, for the plan's is used by others too.
            for mine, blob in zip(tops, original.top_blobs, strict=True):
                if mine.shape == blob.shape:
                    mine.data[...] = blob.data
        layer = clone_layer(original, bottoms, tops)
        if bottoms:
            layer.reshape()
        for alias in layer.aliases():
            tops[alias.top].share_data(bottoms[alias.bottom])
        fixed = [
            (mine, array)
            for mine, array, value in zip(tops, memory.outputs, op.outputs, strict=True)
            if not value.dynamic
        ]

        def task(lane: int) -> None:
            with self.lock:
                layer.run_forward()
            for mine, array in fixed:
                if mine.shape != array.shape:
                    raise ShapeChanged(op)
                if mine.data_storage.buffer is None or not np.may_share_memory(mine.data, array):
                    np.copyto(array, mine.data)

        return [[task]]
