"""Blobs: an array of values and an array of gradients of one shape, and parameters.

A blob's memory is a :class:`Storage`. Blobs that alias each other (a split and its source, a
reshape and its bottom, two layers that share a parameter) hold the same storage, so that what one
writes the other reads, as in Caffe.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import BuildError

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["MAX_AXES", "Array", "Blob", "Parameter", "Shape", "Storage"]

Array = npt.NDArray[Any]
Shape = tuple[int, ...]

# Caffe counts a blob's elements in a C int.
MAX_COUNT = 2**31 - 1
#: The most axes that a Caffe blob may have.
MAX_AXES = 32


class Storage:
    """A flat buffer that grows on demand and is allocated when it is first read.

    ``pending`` is called (once) before the first read: it lets a parameter put off its filler's
    draws until somebody looks, or for ever if trained weights come first.
    """

    __slots__ = ("_copy", "_handed_out", "buffer", "dtype", "pending")

    def __init__(self, dtype: npt.DTypeLike = np.float32) -> None:
        self.dtype = np.dtype(dtype)
        self.buffer: Array | None = None
        self.pending: Callable[[], None] | None = None
        self._copy: Callable[[], Array] | None = None
        self._handed_out = False

    def flat(self, count: int) -> Array:
        """The buffer, with room for ``count`` elements at least."""
        if self.pending is not None:
            pending, self.pending = self.pending, None
            pending()
        buffer = self.buffer
        if buffer is None:
            buffer = self.buffer = np.zeros(count, self.dtype)
        elif buffer.size < count:
            # Zeros, not leftovers: Caffe's fresh memory reads as zero too.
            buffer = self.buffer = np.zeros(count, self.dtype)
        elif not buffer.flags.aligned:
            copy, self._copy = self._copy, None
            values = buffer if copy is None else copy().reshape(-1)
            buffer = self.buffer = np.require(values, self.dtype, ["A", "W", "C"])
        self._handed_out = True
        return buffer

    def adopt(self, array: Array, copy: Callable[[], Array] | None = None) -> None:
        """Take ``array`` (any shape, C-contiguous, perhaps unaligned) as the buffer, uncopied.

        Where somebody has been given the present buffer the values are copied into it instead, so
        that his array follows. ``copy`` makes the aligned copy of an unaligned array better than
        NumPy would: a view of a file is cheaper to read once more than to copy.
        """
        self.pending = None
        if self._handed_out and self.buffer is not None and self.buffer.size >= array.size:
            self.buffer[: array.size] = array.reshape(-1)
            return
        self._copy = copy
        if array.dtype != self.dtype:
            array = array.astype(self.dtype)
        self.buffer = array.reshape(-1)

    def detach(self) -> None:
        """Copy values that lie in a mapped file, which may be written anew while they are used.

        Values that nobody has asked for yet stay where they are if they are not read from a file.
        """
        if self.pending is not None or self.buffer is None:
            return
        buffer: Any = self.flat(self.buffer.size)
        owner = buffer
        while isinstance(owner, np.ndarray) and owner.base is not None:
            owner = owner.base
        if not isinstance(owner, np.ndarray):
            self.buffer = buffer.copy()


class Blob:
    """``data`` and ``diff``, two arrays of one shape.

    Arrays keep their memory as long as the shape's element count does not grow beyond what was
    allocated, so a reference to ``blob.data`` stays valid from one forward pass to the next.
    """

    def __init__(self, shape: Sequence[int] = (), dtype: npt.DTypeLike = np.float32) -> None:
        self._shape: Shape = ()
        self.count = 1
        self.data_storage = Storage(dtype)
        self.diff_storage = Storage(dtype)
        self._data_view: tuple[Array, Array] | None = None
        self._diff_view: tuple[Array, Array] | None = None
        self.reshape(*shape)

    @property
    def shape(self) -> Shape:
        """The axes, outermost first: ``(N, C, H, W)`` for images, ``()`` for one number."""
        return self._shape

    @property
    def num(self) -> int:
        """Axis 0 under its old name; like the three others 1 where the blob has fewer axes.

        Raises :class:`BuildError` above 4 axes, which the old names do not cover.
        """
        return self._legacy_axis(0)

    @property
    def channels(self) -> int:
        """Axis 1 under its old name."""
        return self._legacy_axis(1)

    @property
    def height(self) -> int:
        """Axis 2 under its old name."""
        return self._legacy_axis(2)

    @property
    def width(self) -> int:
        """Axis 3 under its old name."""
        return self._legacy_axis(3)

    def _legacy_axis(self, axis: int) -> int:
        if len(self._shape) > 4:
            raise BuildError(
                f"num, channels, height and width name 4 axes; a blob of shape {self._shape} has "
                "more. Expected: shape"
            )
        return self._shape[axis] if axis < len(self._shape) else 1

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the elements, float32 unless the net was built otherwise."""
        return self.data_storage.dtype

    @property
    def data(self) -> Array:
        """The values, C-contiguous, writable in place."""
        buffer = self.data_storage.flat(self.count)
        view = self._data_view
        if view is None or view[0] is not buffer:
            view = self._data_view = (buffer, buffer[: self.count].reshape(self._shape))
        return view[1]

    @data.setter
    def data(self, values: npt.ArrayLike) -> None:
        self.data[...] = _fitting(values, self._shape, "data")

    @property
    def diff(self) -> Array:
        """The gradients, of the same shape as ``data``."""
        buffer = self.diff_storage.flat(self.count)
        view = self._diff_view
        if view is None or view[0] is not buffer:
            view = self._diff_view = (buffer, buffer[: self.count].reshape(self._shape))
        return view[1]

    @diff.setter
    def diff(self, values: npt.ArrayLike) -> None:
        self.diff[...] = _fitting(values, self._shape, "diff")

    def reshape(self, *shape: int) -> None:
        """Give the blob other axes; memory is kept where it is large enough.

        Raises :class:`BuildError` for a negative axis, more than 32 axes, or more than 2**31 - 1
        elements.
        """
        axes = tuple(int(n) for n in shape)
        if axes == self._shape and self.count:
            return
        if len(axes) > MAX_AXES:
            raise BuildError(f"a blob cannot have {len(axes)} axes; at most {MAX_AXES}")
        if any(n < 0 for n in axes):
            raise BuildError(f"a blob cannot have the shape {axes}: an axis is negative")
        count = math.prod(axes)
        if count > MAX_COUNT:
            raise BuildError(f"a blob of shape {axes} has {count} elements; at most {MAX_COUNT}")
        self._shape = axes
        self.count = count
        self._data_view = self._diff_view = None

    def share_data(self, other: Blob) -> None:
        """Read and write the values of ``other`` from now on (the counts must agree)."""
        self.data_storage = other.data_storage
        self._data_view = None

    def share_diff(self, other: Blob) -> None:
        """Read and write the gradients of ``other`` from now on (the counts must agree)."""
        self.diff_storage = other.diff_storage
        self._diff_view = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(shape={self._shape})"


class Parameter(Blob):
    """A learned blob of a layer, with what the prototxt says of it.

    ``name`` is the sharing name (``param { name }``, often empty), ``lr_mult`` and ``decay_mult``
    multiply the solver's rate and decay, ``filler`` is the message that initialized it (None
    where the layer sets a fixed value).
    """

    def __init__(
        self,
        shape: Sequence[int],
        dtype: npt.DTypeLike = np.float32,
        filler: caffe_pb2.FillerParameter | None = None,
    ) -> None:
        super().__init__(shape, dtype)
        self.filler = filler
        self.name = ""
        self.lr_mult = 1.0
        self.decay_mult = 1.0
        #: Whether the layer computes this parameter's gradient in ``backward``.
        self.needs_grad = True
        #: The parameter whose memory this one uses (``param { name }``), or None.
        self.owner: Parameter | None = None

    def adopt(self, array: Array, copy: Callable[[], Array] | None = None) -> None:
        """Take the values of ``array`` (same count, C-contiguous) without copying them now.

        An unaligned view of a file is copied when the values are first asked for, by ``copy``
        (which gives the same values in fresh memory) if there is one.
        """
        if array.size != self.count:
            raise BuildError(f"{array.size} values do not fill a parameter of shape {self.shape}")
        self.data_storage.adopt(array, copy)


def _fitting(values: npt.ArrayLike, shape: Shape, what: str) -> Array:
    array = np.asarray(values)
    if array.shape != shape and array.shape != ():
        raise ValueError(f"{what} has the shape {shape}. Received: {array.shape}")
    return array
