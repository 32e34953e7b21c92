"""Windows that slide over an image's spatial axes: their settings, their places, their contents.

Convolution, deconvolution and im2col share this arithmetic. Everything works for any number of
spatial axes; shapes are written for two.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.steps import Step, run

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = [
    "Index",
    "Scratch",
    "Windows",
    "add_up",
    "at_tap",
    "col2im",
    "col2im_steps",
    "im2col",
    "im2col_steps",
    "own_scratch",
    "read_windows",
    "scratch",
    "window_counts",
]

# Caffe holds these in an int; a larger value in a file is a mistake or an attack.
MAX_SETTING = 2**31 - 1

Index = tuple[slice, ...]
_ALL, _NONE = slice(None), slice(0)

#: Memory for intermediate results, by purpose and type.
Scratch = dict[tuple[str, Any], Array]

_memory = threading.local()


def scratch(purpose: str, shape: Sequence[int], dtype: npt.DTypeLike) -> Array:
    """An array with leftovers in it, valid until the next call for the same ``purpose``.

    All layers of a thread use the same memory: what one has just written is still in the cache
    when the next one needs room.
    """
    count, kind = math.prod(shape), np.dtype(dtype)
    buffers: Scratch | None = getattr(_memory, "buffers", None)
    if buffers is None:
        buffers = _memory.buffers = {}
    buffer = buffers.get((purpose, kind))
    if buffer is None or buffer.size < count:
        buffer = buffers[purpose, kind] = np.empty(count, kind)
    return buffer[:count].reshape(shape)


@contextmanager
def own_scratch(buffers: Scratch) -> Iterator[None]:
    """Let :func:`scratch` in this thread take its memory from ``buffers``, and nowhere else.

    Steps that are kept hold on to what they were given: it must not be used by anybody else.
    """
    before = getattr(_memory, "buffers", None)
    _memory.buffers = buffers
    try:
        yield
    finally:
        _memory.buffers = before


@dataclass(frozen=True)
class Windows:
    """Kernel, stride, padding and dilation, one number a spatial axis."""

    kernel: Shape
    stride: Shape
    pad: Shape
    dilation: Shape

    @property
    def extent(self) -> Shape:
        """How much of the image a dilated kernel spans: ``dilation * (kernel - 1) + 1``."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    @property
    def is_pointwise(self) -> bool:
        """Whether every window is one pixel, and every pixel a window."""
        return (
            all(k == 1 for k in self.kernel)
            and all(s == 1 for s in self.stride)
            and not any(self.pad)
        )

    def taps(self) -> Iterator[Shape]:
        """The places within the kernel, row by row."""
        return itertools.product(*(range(k) for k in self.kernel))

    def sliding(self, image: Sequence[int]) -> Shape:
        """How many windows there are: ``(image + 2 pad - extent) / stride + 1``.

        Not positive where the kernel is too large.
        """
        settings = zip(image, self.pad, self.extent, self.stride, strict=True)
        # int() cuts towards zero as C does: less than a stride too small still gives one window.
        return tuple(int((n + 2 * p - e) / s) + 1 for n, p, e, s in settings)

    def covered(self, windows: Sequence[int]) -> Shape:
        """The image that these windows come from: ``stride (windows - 1) + extent - 2 pad``."""
        settings = zip(windows, self.pad, self.extent, self.stride, strict=True)
        return tuple(s * (n - 1) + e - 2 * p for n, p, e, s in settings)

    def overlap(
        self, tap: Shape, image: Sequence[int], counts: Sequence[int]
    ) -> tuple[Index, Index]:
        """Where one tap of the windows meets the image: indices of windows, and of their pixels.

        Both index arrays (N, C, H, W). There are ``counts`` windows along each axis; those left
        out see padding there.
        """
        within, pixels = [_ALL, _ALL], [_ALL, _ALL]
        for axis, (t, n, o) in enumerate(zip(tap, image, counts, strict=True)):
            inside, seen = self.meet(axis, t, n, o)
            within.append(inside)
            pixels.append(seen)
        return tuple(within), tuple(pixels)

    def meet(self, axis: int, tap: int, pixels: int, count: int) -> tuple[slice, slice]:
        """Along one axis: which windows see a pixel at ``tap``, and which pixels these are."""
        stride = self.stride[axis]
        start = self.dilation[axis] * tap - self.pad[axis]
        low = max(0, -(start // stride))
        high = max(low, min(count, (pixels - 1 - start) // stride + 1))
        begin = start + stride * low
        if high == low:
            return slice(low, high), _NONE
        return slice(low, high), slice(begin, begin + stride * (high - low - 1) + 1, stride)

    @lru_cache(maxsize=1024)  # noqa: B019 - keyed by the settings' values; there are not many
    def frame(self, image: Shape, counts: Shape) -> tuple[Shape, Index, Index]:
        """The padded image that ``counts`` windows see, and where in it is which of ``image``."""
        settings = zip(counts, self.stride, self.extent, strict=True)
        spans = tuple(s * (o - 1) + e for o, s, e in settings)
        begins = [min(p, span) for p, span in zip(self.pad, spans, strict=True)]
        ends = [min(p + n, span) for p, n, span in zip(self.pad, image, spans, strict=True)]
        inside = tuple(map(slice, begins, ends))
        seen = tuple(slice(0, end - begin) for begin, end in zip(begins, ends, strict=True))
        return spans, inside, seen

    def strides(self, axes: Sequence[int]) -> tuple[Shape, Shape]:
        """Steps from tap to tap and from window to window, in memory with steps ``axes``."""
        taps = tuple(a * d for a, d in zip(axes, self.dilation, strict=True))
        return taps, tuple(a * s for a, s in zip(axes, self.stride, strict=True))

    def rows(self, first: int, count: int, image: Sequence[int]) -> tuple[Windows, slice]:
        """``count`` rows of windows from row ``first`` on, and the image's rows that they see.

        The windows that come back are placed relative to these rows.
        """
        begin = first * self.stride[0] - self.pad[0]
        end = begin + (count - 1) * self.stride[0] + self.extent[0]
        seen = slice(min(max(begin, 0), image[0]), min(max(end, 0), image[0]))
        return replace(self, pad=(seen.start - begin, *self.pad[1:])), seen

    @cached_property
    def split(self) -> tuple[Windows, Windows] | None:
        """The windows along the last axis alone, and along the others alone.

        None where one of the two would do nothing.
        """
        if self.kernel[-1] == 1 or math.prod(self.kernel[:-1]) == 1:
            return None
        ones, zeros = (1,) * (len(self.kernel) - 1), (0,) * (len(self.kernel) - 1)
        own = (self.kernel, self.stride, self.pad, self.dilation)
        last = Windows(
            *((*rest, v[-1]) for rest, v in zip((ones, ones, zeros, ones), own, strict=True))
        )
        others = Windows(*((*v[:-1], rest) for v, rest in zip(own, (1, 1, 0, 1), strict=True)))
        return last, others


def im2col(x: Array, windows: Windows, cols: Array) -> None:
    """Copy the windows' contents out of images, zeros where a window lies in the padding.

    ``x`` (N, C, H, W) → ``cols`` (C, kernel_h, kernel_w, N, windows_h, windows_w).
    """
    run(im2col_steps(x, windows, cols))


def im2col_steps(x: Array, windows: Windows, cols: Array) -> Iterator[Step]:
    """The steps of :func:`im2col`."""
    counts = cols.shape[x.ndim :]
    spans, inside, seen = windows.frame(x.shape[2:], counts)
    pixels = x
    if any(place != slice(0, span) for place, span in zip(inside, spans, strict=True)):
        pixels = scratch("pixels", (*x.shape[:2], *spans), x.dtype)
        yield partial(pixels.fill, 0)
        target, source = (_ALL, _ALL, *inside), (_ALL, _ALL, *seen)
        yield partial(np.copyto, pixels[target], x[source])
    image, channel, *axes = pixels.strides
    taps, steps = windows.strides(axes)
    strides = (channel, *taps, image, *steps)
    yield partial(np.copyto, cols, as_strided(pixels, cols.shape, strides, writeable=False))


def col2im(cols: Array, windows: Windows, x: Array) -> None:
    """Add the windows' contents back to where :func:`im2col` takes them from."""
    run(col2im_steps(cols, windows, x))


def col2im_steps(cols: Array, windows: Windows, x: Array) -> Iterator[Step]:
    """The steps of :func:`col2im`."""
    if windows.split:
        last, others = windows.split
        wide = scratch("wide", _wide_shape(x, windows, cols), x.dtype)
        yield partial(wide.fill, 0)
        for target, source in _by_last_tap(wide, windows, cols):
            yield from col2im_steps(source, others, target)
        yield from col2im_steps(wide, last, x)
        return
    image, counts = x.shape[2:], cols.shape[x.ndim :]
    for tap in windows.taps():
        within, pixels = windows.overlap(tap, image, counts)
        yield add_up(x[pixels], cols[at_tap(tap)].swapaxes(0, 1)[within])


def add_up(total: Array, values: Array) -> Step:
    """The step ``total += values``."""
    return partial(np.add, total, values, total)


def at_tap(tap: Shape) -> tuple[Any, ...]:
    """The index of one tap in columns or filters (C, kernel_h, kernel_w, ...)."""
    return (_ALL, *tap)


def _wide_shape(x: Array, windows: Windows, cols: Array) -> Shape:
    """Columns (C, 1, kernel_w, N, H, windows_w): the windows along the last axis alone."""
    ones = (1,) * (len(windows.kernel) - 1)
    return (x.shape[1], *ones, windows.kernel[-1], x.shape[0], *x.shape[2:-1], cols.shape[-1])


def _by_last_tap(wide: Array, windows: Windows, cols: Array) -> Iterator[tuple[Array, Array]]:
    """For each tap along the last axis: images (N, C, H, windows_w), and their columns."""
    first = (0,) * (len(windows.kernel) - 1)
    before = (_ALL,) * len(windows.kernel)
    for tap in range(windows.kernel[-1]):
        its_columns = (*before, slice(tap, tap + 1))
        yield wide[at_tap((*first, tap))].swapaxes(0, 1), cols[its_columns]


def read_windows(
    layer: Layer, param: caffe_pb2.ConvolutionParameter, spatial: int, shape: Shape
) -> Windows:
    """The windows that ``convolution_param`` asks for, over ``spatial`` axes of ``shape``.

    Each setting is given once, once an axis, or as its ``_h`` and ``_w`` fields. Raises
    :class:`LayerError` where Caffe refuses.
    """

    def read(name: str, default: int | None, halves: str | None) -> Shape:
        if name == "hole":
            values = [int(param.hole)] if param.HasField("hole") else []
        else:
            values = [int(v) for v in getattr(param, name)]
        if halves and (param.HasField(f"{halves}_h") or param.HasField(f"{halves}_w")):
            high, wide = f"{halves}_h", f"{halves}_w"
            if spatial != 2:
                raise layer.error(
                    f"{high} and {wide} are for 2 spatial axes. "
                    f"Received: a bottom of shape {shape} with {spatial}. Expected: {name}"
                )
            if values:
                raise layer.error(
                    f"gives both {name} {values} and {high} or {wide}. Expected: one of them"
                )
            values = [getattr(param, high), getattr(param, wide)]
        if not values and default is not None:
            values = [default]
        if len(values) not in (1, spatial):
            raise layer.error(
                f"{name} is given {len(values)} time(s). "
                f"Expected: once, or once for each of {spatial} spatial axes"
            )
        if any(v > MAX_SETTING for v in values):
            raise layer.error(f"{name} {values} is too large. Expected: at most {MAX_SETTING}")
        # Caffe refuses neither padding nor dilation of 0; all taps then read the same pixel.
        if name in ("kernel_size", "stride") and not all(values):
            raise layer.error(
                f"{name} must be positive on every axis. Received: {values} "
                f"(of {halves}_h and {halves}_w, both are needed)"
            )
        return tuple(values * spatial if len(values) == 1 else values)

    return Windows(
        kernel=read("kernel_size", None, "kernel"),
        stride=read("stride", 1, "stride"),
        pad=read("pad", 0, "pad"),
        dilation=read("hole", 1, "hole") if _has_holes(layer, param) else read("dilation", 1, None),
    )


def _has_holes(layer: Layer, param: caffe_pb2.ConvolutionParameter) -> bool:
    """Whether dilation is given by DeepLab's name for it."""
    given = [name for name in ("hole", "hole_h", "hole_w") if param.HasField(name)]
    if given and param.dilation:
        raise layer.error(f"gives both dilation and {given[0]}. Expected: one of them")
    return bool(given)


Shaper = Callable[[Sequence[int]], Shape]


def window_counts(layer: Layer, windows: Windows, image: Shape, count: Shaper) -> Shape:
    """``count(image)``, which is ``windows.sliding`` or ``windows.covered``, if it is positive.

    Raises :class:`LayerError` where nothing would be left.
    """
    result = count(image)
    if any(n <= 0 for n in result):
        raise layer.error(
            f"kernel {windows.kernel} with dilation {windows.dilation}, stride {windows.stride} "
            f"and pad {windows.pad} leaves nothing of an input of {image}: the output would be "
            f"{result}. Expected: a smaller kernel, or a larger input or pad"
        )
    return result
