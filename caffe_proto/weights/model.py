"""A weights file as its reader presents it: layers, and blobs that are views of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import WeightsError, did_you_mean
from caffe_proto.weights.source import Source, Values

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["BlobView", "LayerWeights", "WeightsFile", "shape_text"]

Array = npt.NDArray[Any]


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as Caffe users write it: ``20x1x5x5``, and ``()`` for a single number."""
    return "x".join(map(str, shape)) if shape else "()"


@dataclass(slots=True)
class BlobView:
    """One blob of a weights file; its numbers stay in the file until they are used.

    ``shape`` is as the file has it: four axes where ``legacy_shape`` says that it was given as
    num, channels, height and width. ``index`` is the blob's place among the layer's parameters.
    """

    shape: tuple[int, ...]
    values: Values
    diff_values: Values | None = None
    legacy_shape: bool = False
    index: int = 0

    @property
    def count(self) -> int:
        """How many numbers the blob holds."""
        return self.values.count

    @property
    def offset(self) -> int:
        """Where in the file the first number begins, in bytes."""
        return self.values.offset

    @property
    def nbytes(self) -> int:
        """How many bytes of the file the numbers take."""
        return self.values.nbytes

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers in the file: float32, rarely float64 or float16."""
        return self.values.dtype

    @property
    def is_view(self) -> bool:
        """Whether :meth:`array` is a view of the file; else it makes a new array each time."""
        return self.dtype == np.float32 and self.values.view() is not None

    @property
    def aligned(self) -> bool:
        """Whether :meth:`array` is aligned in memory; a view of a caffemodel often is not.

        An unaligned array is right wherever it is used, but slow: copy it (or :meth:`read`)
        before computing with it.
        """
        view = self.values.view() if self.dtype == np.float32 else None
        return view is None or view.flags.aligned

    def array(self, data: Array | None = None) -> Array:
        """The values, float32, C-contiguous, in the blob's shape.

        A view of the file where the file holds float32 in one piece: it takes no memory, may be
        unaligned (see :attr:`aligned`), and what is written to it stays in this process.
        ``data`` is another map of the same file to view.
        """
        return _view_or_read(self.values, data).reshape(self.shape)

    def diff(self) -> Array | None:
        """The gradients as :meth:`array` gives the values, or None where the file has none."""
        if self.diff_values is None:
            return None
        return _view_or_read(self.diff_values, None).reshape(self.shape)

    def read(self) -> Array:
        """The values in memory of their own: float32, aligned, in the blob's shape."""
        return _as_float32(self.values.read()).reshape(self.shape)

    def raw(self) -> Array:
        """The values in the type that the file has them in."""
        view = self.values.view()
        return (self.values.read() if view is None else view).reshape(self.shape)


def _view_or_read(values: Values, data: Array | None) -> Array:
    if values.dtype == np.float32:
        view = values.view(data)
        if view is not None:
            return view
    return _as_float32(values.read())


def _as_float32(array: Array) -> Array:
    # Caffe's assignment of a double to a float makes inf of what is too large, silently.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.ascontiguousarray(array, np.float32)


@dataclass(slots=True)
class LayerWeights:
    """One layer of a weights file: its name, its type (``""`` if unknown), its blobs.

    ``message`` makes the layer's definition, a ``LayerParameter`` without blobs; None where the
    format has no definitions.
    """

    name: str
    type: str = ""
    blobs: list[BlobView] = field(default_factory=list)
    message: Callable[[], caffe_pb2.LayerParameter] | None = field(
        default=None, repr=False, compare=False
    )

    @property
    def param(self) -> caffe_pb2.LayerParameter:
        """The layer's definition without blobs, as far as the file knows it."""
        from caffe_proto.schema import LayerParameter

        if self.message is not None:
            return self.message()
        return LayerParameter(name=self.name, type=self.type or None)

    @property
    def nbytes(self) -> int:
        """How many bytes of the file the values take."""
        return sum(blob.nbytes for blob in self.blobs)


@dataclass
class WeightsFile:
    """What a weights file holds: the net's name and its layers, in the file's order.

    ``format`` is one of ``caffemodel``, ``hdf5``, ``npz``, ``safetensors``, ``prototxt``;
    ``source`` the mapped file.
    """

    name: str
    layers: list[LayerWeights]
    format: str = "caffemodel"
    source: Source | None = field(default=None, repr=False)
    define: Callable[[], caffe_pb2.NetParameter] | None = field(default=None, repr=False)

    @property
    def filename(self) -> str:
        """How messages call the file."""
        return self.source.name if self.source is not None else "<weights>"

    @property
    def nbytes(self) -> int:
        """How many bytes of the file the values take."""
        return sum(layer.nbytes for layer in self.layers)

    def definition(self, *, upgrade: bool = False) -> caffe_pb2.NetParameter:
        """The net's definition that the file carries, without blobs.

        It is as the file has it, or with ``upgrade`` in today's form.
        Raises :class:`WeightsError` for formats that hold arrays alone.
        """
        if self.define is None:
            raise WeightsError(
                f"{self.filename}: {self.format} files hold blobs alone; the net's definition is "
                "only in .caffemodel files"
            )
        message = self.define()
        if upgrade:
            from caffe_proto.prototxt.upgrade import upgrade_net

            upgrade_net(message)
        return message

    def __getitem__(self, name: str) -> LayerWeights:
        """The first layer of that name; raises :class:`KeyError`."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        hint = did_you_mean(name, [layer.name for layer in self.layers])
        raise KeyError(f'{self.filename}: no layer "{name}"{hint}')

    def __iter__(self) -> Iterator[LayerWeights]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def arrays(self) -> dict[str, Array]:
        """Every blob's values under ``layer/index``; the last wins where a name comes twice."""
        return {f"{x.name}/{b.index}": b.array() for x in self.layers for b in x.blobs}
