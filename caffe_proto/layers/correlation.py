"""The linear map of a convolution layer, its transpose and its derivative by the weights.

Images ``x`` (N, C, H, W), windows ``y`` (N, O, windows_h, windows_w), weights
(O, C / groups, kernel_h, kernel_w), any number of spatial axes:

    y[n, o, p] = sum over c, k of  weight[o, c, k] * x[n, c, stride p + dilation k - pad]

The windows' contents are laid out as the columns of a matrix, so that each map is a matrix product;
this is done for as many images, or rows of one image, as keep the columns in the cache, and in
several threads. Chellapilla et al., "High performance convolutional neural networks for document
processing", 2006.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np

from caffe_proto import threads
from caffe_proto.layers.base import Array
from caffe_proto.layers.columns import Columns, Patches
from caffe_proto.layers.windows import Windows, scratch

__all__ = ["Correlation"]

# Elements of a block of columns: a few megabytes, so that they are still in the cache when the
# matrix product reads them.
BLOCK = 1 << 19

# Elements of a result for which np.matmul does not let other threads run, however long it takes.
SMALL_RESULT = 500

Block = tuple[slice, slice]


class Correlation:
    """Sliding ``windows`` over images, the channels split into ``groups``."""

    def __init__(self, windows: Windows, groups: int = 1) -> None:
        self.windows = windows
        self.groups = groups

    def forward(self, x: Array, weight: Array, y: Array, bias: Array | None = None) -> None:
        """Write ``weight * x + bias`` into ``y``."""
        if self.windows.is_pointwise:
            _product(self._matrix(weight), self._grouped(x), self._grouped(y), shared=True)
            if bias is not None:
                y += _column(bias, y.ndim - 1)
            return
        layout = self._layout(x, y, back=False)
        w = layout.matrix(weight)
        images, rows = self._blocks(x, y, len(weight))
        blocks = list(itertools.product(images, rows))

        def one(block: Block) -> None:
            cols = self._columns(layout, x, y, block)
            out = y[block[0], :, block[1]]
            shape = (*w.shape[:2], cols.shape[2])
            # The windows of one image are in the order of the product.
            product = out.reshape(shape) if len(out) == 1 else scratch("product", shape, y.dtype)
            _product(w, cols, product, shared=len(blocks) == 1)
            values = product.reshape(y.shape[1], len(out), *out.shape[2:]).swapaxes(0, 1)
            if bias is not None:
                np.add(values, _column(bias, y.ndim - 1), out=out)
            elif len(out) > 1:
                out[...] = values

        threads.share(one, blocks)

    def transpose(self, y: Array, weight: Array, x: Array, bias: Array | None = None) -> None:
        """Write into ``x`` what each window gives back to its pixels, plus ``bias``."""
        if self.windows.is_pointwise:
            w = self._matrix(weight).swapaxes(1, 2)
            _product(w, self._grouped(y), self._grouped(x), shared=True)
            if bias is not None:
                x += _column(bias, x.ndim - 1)
            return
        if self._can_be_mirrored(x, y):
            self._mirrored().forward(y, self._mirror(weight), x, bias)
            return
        layout = self._layout(x, y, back=True)
        w = layout.matrix(weight).swapaxes(1, 2)
        images, all_rows = self._blocks(x, y, len(weight))

        # Rows of windows of one image see the same pixels, so they must follow each other.
        def one(part: slice) -> None:
            x[part] = 0 if bias is None else _column(bias, x.ndim - 1)
            for rows in all_rows:
                given = y[part, :, rows]
                memory, cols = layout.room(x[part], given.shape[2:])
                _product(w, self._windows_first(given), cols, shared=len(images) == 1)
                windows, seen = self._windows_of(rows, x, y)
                layout.give_back(memory, windows, x[part, :, seen])

        threads.share(one, images)

    def add_weight_gradient(
        self, x: Array, y: Array, weight: Array, bias: Array | None = None
    ) -> None:
        """Add to ``weight``, and ``bias``, the derivative of ``forward(x)`` · ``y`` by them."""
        layout = self._layout(x, y, back=False)
        blocks = list(itertools.product(*self._blocks(x, y, len(weight))))
        shape = layout.matrix(weight).shape
        # The sums of each thread are added in a fixed order, whoever is ready first.
        lanes = threads.parts(len(blocks))
        sums: list[Array | None] = [None] * len(lanes)
        shifts = np.zeros((len(lanes), y.shape[1]), y.dtype)

        def one(lane: int) -> None:
            total = None
            for block in blocks[lanes[lane]]:
                cols = self._columns(layout, x, y, block).swapaxes(1, 2)
                part = self._windows_first(y[block[0], :, block[1]])
                if bias is not None:
                    shifts[lane] += part.sum(axis=2).reshape(-1)
                if total is None:
                    total = np.empty(shape, weight.dtype)
                    _product(part, cols, total, shared=len(blocks) == 1)
                else:
                    total += _product(part, cols, scratch("product", shape, weight.dtype))
            sums[lane] = total

        threads.share(one, range(len(lanes)))
        for total in sums:
            if total is not None:
                layout.add_to(weight, total)
        if bias is not None:
            bias += shifts.sum(axis=0)

    # -- the transpose as a correlation --------------------------------------------------------

    def _can_be_mirrored(self, x: Array, y: Array) -> bool:
        """Whether the transpose is faster as a correlation: values are gathered, not added up.

        That takes a stride of 1, and as many windows as pixels, or else the product is larger.
        """
        w = self.windows
        pixels, windows = math.prod(x.shape[2:]), math.prod(y.shape[2:])
        return (
            all(s == 1 for s in w.stride)
            and all(p < e for p, e in zip(w.pad, w.extent, strict=True))
            and pixels <= windows
            and y.shape[1] <= 2 * x.shape[1]
            and len(x) * pixels >= 4 * x.shape[1]
        )

    def _mirrored(self) -> Correlation:
        """The correlation that takes windows back to pixels, with mirrored filters."""
        w = self.windows
        pad = tuple(e - 1 - p for e, p in zip(w.extent, w.pad, strict=True))
        return Correlation(replace(w, pad=pad), self.groups)

    def _mirror(self, weight: Array) -> Array:
        """Filters (O, C / groups, ...) as (C, O / groups, ...), each from its end."""
        outputs, channels, *kernel = weight.shape
        by_group = weight.reshape(self.groups, outputs // self.groups, channels, *kernel)
        turned: Array = np.flip(by_group.swapaxes(1, 2), axis=tuple(range(3, 3 + len(kernel))))
        return turned.reshape(self.groups * channels, outputs // self.groups, *kernel)

    # -- columns -----------------------------------------------------------------------------

    def _layout(self, x: Array, y: Array, *, back: bool) -> Columns | Patches:
        """The layout whose pieces copy faster, or with ``back`` add up faster."""
        channels, width = x.shape[1] // self.groups, y.shape[-1]
        outputs = y.shape[1] // self.groups
        piece = channels * (self.windows.kernel[-1] if self.windows.dilation[-1] == 1 else 1)
        is_longer = piece * self.windows.stride[-1] >= 2 * width
        if back:
            is_longer = channels >= 16 and width <= 32
        # Patches need the filters in another order, which must not cost more than it spares.
        windows = len(y) * math.prod(y.shape[2:])
        if is_longer and windows >= 4 * outputs and self.groups <= 4:
            return Patches(self.windows, self.groups)
        return Columns(self.windows, self.groups)

    def _columns(self, layout: Columns | Patches, x: Array, y: Array, block: Block) -> Array:
        """What the windows of a block see, as a matrix (groups, K, windows)."""
        images, rows = block
        if self.windows.is_pointwise:
            return self._windows_first(x[images, :, rows], "columns")
        windows, seen = self._windows_of(rows, x, y)
        memory, cols = layout.room(x[images], y[images, :, rows].shape[2:])
        layout.gather(x[images, :, seen], windows, memory)
        return cols

    def _matrix(self, weight: Array) -> Array:
        return weight.reshape(self.groups, weight.shape[0] // self.groups, -1)

    def _grouped(self, x: Array) -> Array:
        """(N, C, H, W) → (N, groups, C / groups, H W), without a copy."""
        pixels = math.prod(x.shape[2:])
        return x.reshape(x.shape[0], self.groups, x.shape[1] // self.groups, pixels)

    def _windows_first(self, y: Array, purpose: str = "channels first") -> Array:
        """(N, O, H, W) → (groups, O / groups, N H W), the layout of columns."""
        channels_first: Array = y.swapaxes(0, 1)
        if len(y) > 1:
            # Into memory at hand: a fresh copy would have to be asked for page by page.
            memory = scratch(purpose, channels_first.shape, y.dtype)
            memory[...] = channels_first
            channels_first = memory
        windows = len(y) * math.prod(y.shape[2:])
        return channels_first.reshape(self.groups, y.shape[1] // self.groups, windows)

    def _windows_of(self, rows: slice, x: Array, y: Array) -> tuple[Windows, slice]:
        """The windows of some rows, and the rows of the images that they see."""
        first, end, _ = rows.indices(y.shape[2])
        if end - first == y.shape[2]:
            return self.windows, slice(None)
        return self.windows.rows(first, end - first, x.shape[2:])

    def _blocks(self, x: Array, y: Array, filters: int) -> tuple[list[slice], list[slice]]:
        """Images, and rows of windows, that are computed at a time.

        Their columns have about ``BLOCK`` elements, but more where the filters are large, which
        are read once a block. There is a block for each thread, if there is work for it.
        """
        height = x.shape[1] // self.groups * math.prod(self.windows.kernel)
        limit = max(BLOCK, height * self.groups * filters)
        total, row = (
            y.shape[2],
            x.shape[1] * math.prod(self.windows.kernel) * math.prod(y.shape[3:]),
        )
        lanes = threads.available_threads()
        if row * total <= limit and len(y) > 1:
            images = min(limit // max(row * total, 1), -(-len(y) // lanes))
            return threads.blocks(len(y), images), [slice(None)]
        rows = max(1, limit // row)
        if len(y) == 1 and math.prod(y.shape[2:]) >= lanes * filters:
            rows = min(rows, -(-total // lanes))
        return threads.blocks(len(y), 1), threads.blocks(total, rows)


def _product(a: Array, b: Array, out: Array, *, shared: bool = False) -> Array:
    """The matrix product ``a b``, stack by stack; ``shared`` by the threads or in this one."""
    # With one column (depthwise filters) it is each times each, which is faster as such.
    if a.shape[-1] == 1:
        return np.asarray(np.multiply(a, b, out=out))
    if out.ndim == 3 and len(out) == 1 and out.size <= SMALL_RESULT and out.flags.c_contiguous:
        np.dot(a[0], b[0], out=out[0])
        return out
    return threads.matmul(a, b, out) if shared else np.matmul(a, b, out=out)


def _column(values: Array, ndim: int) -> Array:
    """``values`` (C,) shaped to broadcast over (C, H, W) with ``ndim`` axes."""
    return values.reshape(-1, *(1,) * (ndim - 1))
