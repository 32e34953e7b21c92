"""``caffe.Layer`` for layers written in Python, and what ``net.layers`` holds for all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from caffe_proto.blob import Blob
from caffe_proto.errors import LayerError
from caffe_proto.layers.base import Layer as NativeLayer
from caffe_proto.layers.python_layer import BlobVector, PythonLayerBase

__all__ = ["BlobVec", "Layer", "NetLayer", "layer_object", "scripts_errors"]

#: pycaffe's name for a list of blobs.
BlobVec = BlobVector


class Layer(PythonLayerBase):
    """Base of layers written in Python: ``setup``, ``reshape``, ``forward``, ``backward``.

    In every method ``bottom`` and ``top`` are lists of blobs. ``self.param_str`` is what the
    prototxt says, ``self.phase`` is ``caffe.TRAIN`` or ``caffe.TEST``, ``self.blobs`` holds the
    parameters: ``self.blobs.add_blob(3, 4)`` in ``setup`` makes one.
    """


class NetLayer:
    """A layer of a net: ``type``, ``blobs``, and pycaffe's ``setup`` and ``reshape``."""

    def __init__(self, native: NativeLayer) -> None:
        self._native = native
        self._blobs = BlobVec(native.context.dtype)
        self._blobs.extend(native.params)

    @property
    def name(self) -> str:
        """The layer's name."""
        return self._native.name

    @property
    def type(self) -> str:
        """The layer's type, as the prototxt says it."""
        return self._native.param.type or self._native.type

    @property
    def blobs(self) -> BlobVec:
        """The parameters, each with ``data`` and ``diff``."""
        return self._blobs

    def setup(self, bottom: Sequence[Blob], top: Sequence[Blob]) -> None:
        """Read the settings again for these blobs; parameters that are there stay."""
        native = self._native
        present = iter(native.params)
        before = native.bottom_blobs, native.top_blobs
        # As in Caffe, a layer that has its parameters skips their initialization.
        native.add_param = lambda *_, **__: next(present)  # type: ignore[method-assign]
        try:
            native.bottom_blobs, native.top_blobs = list(bottom), list(top)
            native.setup(*(blob.shape for blob in bottom))
        finally:
            native.bottom_blobs, native.top_blobs = before
            del native.add_param

    def reshape(self, bottom: Sequence[Blob], top: Sequence[Blob]) -> None:
        """Shape the blobs of ``top`` for those of ``bottom``."""
        native = self._native
        before = native.bottom_blobs, native.top_blobs
        try:
            native.bottom_blobs, native.top_blobs = list(bottom), list(top)
            native.reshape()
        finally:
            native.bottom_blobs, native.top_blobs = before

    def __repr__(self) -> str:
        return f"<{self.type} layer {self.name!r}>"


@contextmanager
def scripts_errors() -> Iterator[None]:
    """Let what a Python layer raises come out as it is, as in pycaffe.

    Python 3.10 cannot add a note to an exception; there it is the cause of a LayerError.
    """
    try:
        yield
    except LayerError as fault:
        cause = fault.__cause__
        if fault.layer_type != "Python" or not isinstance(cause, Exception):
            raise
        fault.__cause__ = None
        raise cause from fault


def layer_object(native: NativeLayer) -> Any:
    """What stands for ``native`` in ``net.layers``: a Python layer is its own object."""
    own = getattr(native, "instance", None)
    return NetLayer(native) if own is None else own
