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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

import numpy as np

from caffe_proto import threads
from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.columns import Columns, Patches
from caffe_proto.layers.steps import Step, Steps, run
from caffe_proto.layers.windows import Windows, add_up, scratch

__all__ = ["Correlation"]

# Elements of a block of columns: a few megabytes, so that they are still in the cache when the
# matrix product reads them.
BLOCK = 1 << 19

# Windows of an image, and filters of a group, that are worth a matrix product of their own.
OWN_WINDOWS, OWN_FILTERS = 48, 8

# Elements of a result for which np.matmul does not let other threads run, however long it takes.
SMALL_RESULT = 500


@dataclass(frozen=True)
class _Block:
    """Images, and rows of windows, that are computed at a time."""

    images: slice
    rows: slice
    #: The windows of these rows, and the rows of the image that they see.
    windows: Windows
    seen: slice
    #: How many windows there are along each axis.
    counts: Shape


@dataclass(frozen=True)
class _Plan:
    """How a correlation of images and windows of some shape is done."""

    layout: Columns | Patches
    #: Blocks of the same images stand together.
    blocks: list[list[_Block]]
    #: Whether each image has a matrix of its own, so that products stand in their place at once.
    by_image: bool
    #: Whether the bias comes cheaper with the product, as filters of a row of ones.
    has_ones: bool

    @cached_property
    def all_blocks(self) -> list[_Block]:
        return [block for several in self.blocks for block in several]

    @cached_property
    def is_one_block(self) -> bool:
        return len(self.all_blocks) == 1


#: What has to be done first, and then parts that do not depend on each other.
_Work = tuple[Steps, Sequence[Steps]]


class Correlation:
    """Sliding ``windows`` over images, the channels split into ``groups``.

    ``forward``, ``transpose`` and ``add_weight_gradient`` compute at once, in several threads;
    ``..._steps`` is the same as steps for the present thread.
    """

    def __init__(self, windows: Windows, groups: int = 1) -> None:
        self.windows = windows
        self.groups = groups
        self.is_pointwise = windows.is_pointwise

    # -- forward -----------------------------------------------------------------------------

    def forward(self, x: Array, weight: Array, y: Array, bias: Array | None = None) -> None:
        """Write ``weight * x + bias`` into ``y``."""
        _share(*self._forward(x, weight, y, bias))

    def forward_steps(
        self, x: Array, weight: Array, y: Array, bias: Array | None = None
    ) -> Iterator[Step]:
        """The steps of :meth:`forward`."""
        first, parts = self._forward(x, weight, y, bias)
        return itertools.chain(first, *parts)

    def _forward(self, x: Array, weight: Array, y: Array, bias: Array | None) -> _Work:
        if self.is_pointwise:
            return self._pointwise_steps(x, self._matrix(weight), y, bias), []
        plan = self._plan(x, y)
        w, prepare = self._filters(plan, weight, bias)
        return prepare, [self._block(plan, block, x, w, y, bias) for block in plan.all_blocks]

    def _pointwise_steps(self, x: Array, w: Array, y: Array, bias: Array | None) -> Iterator[Step]:
        yield _product(w, self._grouped(x), self._grouped(y), shared=True)
        if bias is not None:
            yield add_up(y, _column(bias, y.ndim - 1))

    def _filters(self, plan: _Plan, weight: Array, bias: Array | None) -> tuple[Array, list[Step]]:
        """The filters as a matrix (groups, O / groups, K), and what has to be done for it."""
        w, steps = plan.layout.matrix(weight)
        if bias is None or not plan.has_ones:
            return w, steps
        # The bias is the filters' value at a tap that always sees 1.
        longer = scratch("filters", (*w.shape[:2], w.shape[2] + 1), w.dtype)
        return longer, [
            partial(np.copyto, longer[..., :-1], w),
            partial(np.copyto, longer[..., -1], bias),
        ]

    def _block(
        self, plan: _Plan, block: _Block, x: Array, w: Array, y: Array, bias: Array | None
    ) -> Iterator[Step]:
        has_ones = plan.has_ones and bias is not None
        cols, gather = self._columns(plan, block, x, has_ones)
        yield from gather
        out = y[block.images, :, block.rows]
        if plan.by_image:
            yield _product(w, cols, self._grouped(out), shared=plan.is_one_block)
            if bias is not None and not has_ones:
                yield add_up(out, _column(bias, y.ndim - 1))
            return
        product = scratch("product", (*w.shape[:2], cols.shape[2]), y.dtype)
        yield _product(w, cols, product, shared=plan.is_one_block)
        values = product.reshape(y.shape[1], len(out), *out.shape[2:]).swapaxes(0, 1)
        if bias is None:
            yield partial(np.copyto, out, values)
        else:
            yield partial(np.add, values, _column(bias, y.ndim - 1), out)

    # -- its transpose -----------------------------------------------------------------------

    def transpose(self, y: Array, weight: Array, x: Array, bias: Array | None = None) -> None:
        """Write into ``x`` what each window gives back to its pixels, plus ``bias``."""
        _share(*self._transpose(y, weight, x, bias))

    def transpose_steps(
        self, y: Array, weight: Array, x: Array, bias: Array | None = None
    ) -> Iterator[Step]:
        """The steps of :meth:`transpose`."""
        first, parts = self._transpose(y, weight, x, bias)
        return itertools.chain(first, *parts)

    def _transpose(self, y: Array, weight: Array, x: Array, bias: Array | None) -> _Work:
        if self.is_pointwise:
            return self._pointwise_steps(y, self._matrix(weight).swapaxes(1, 2), x, bias), []
        if self._can_be_mirrored(x.shape, y.shape):
            turned, prepare = self._mirror(weight)
            first, parts = self._mirrored._forward(y, turned, x, bias)
            return [*prepare, *first], parts
        plan = self._plan(x, y, back=True)
        w, prepare = plan.layout.matrix(weight)
        return prepare, [self._back(plan, blocks, y, w, x, bias) for blocks in plan.blocks]

    def _back(
        self,
        plan: _Plan,
        blocks: list[_Block],
        y: Array,
        w: Array,
        x: Array,
        bias: Array | None,
    ) -> Iterator[Step]:
        """The steps for some images: rows that see the same pixels must follow each other."""
        images = blocks[0].images
        shift = 0 if bias is None else _column(bias, x.ndim - 1)
        yield partial(np.copyto, x[images], shift)
        for block in blocks:
            memory, cols = plan.layout.room(x[images], block.counts, by_image=plan.by_image)
            given, arrange = self._given(plan, block, y)
            yield from arrange
            yield _product(w.swapaxes(1, 2), given, cols, shared=len(plan.blocks) == 1)
            yield from plan.layout.give_back(memory, block.windows, x[images, :, block.seen])

    # -- the gradient of the filters -----------------------------------------------------------

    def add_weight_gradient(
        self, x: Array, y: Array, weight: Array, bias: Array | None = None
    ) -> None:
        """Add to ``weight``, and ``bias``, the derivative of ``forward(x)`` · ``y`` by them."""
        plan = self._plan(x, y, gradient=True)
        # The sums of each thread are added in a fixed order, whoever is ready first.
        lanes = threads.parts(len(plan.all_blocks))
        sums = [_Sums(plan, weight, bias) for _ in lanes]

        def one(lane: int) -> None:
            for block in plan.all_blocks[lanes[lane]]:
                run(self._gradient(plan, block, x, y, sums[lane]))

        threads.share(one, range(len(lanes)))
        for total in sums:
            run(total.add_to(weight, bias))

    def add_weight_gradient_steps(
        self, x: Array, y: Array, weight: Array, bias: Array | None = None
    ) -> Iterator[Step]:
        """The steps of :meth:`add_weight_gradient`."""
        plan = self._plan(x, y, gradient=True)
        sums = _Sums(plan, weight, bias)
        for block in plan.all_blocks:
            yield from self._gradient(plan, block, x, y, sums)
        yield from sums.add_to(weight, bias)

    def _gradient(
        self, plan: _Plan, block: _Block, x: Array, y: Array, sums: _Sums
    ) -> Iterator[Step]:
        cols, gather = self._columns(plan, block, x, sums.has_ones)
        yield from gather
        given, arrange = self._given(plan, block, y)
        yield from arrange
        yield from sums.add(given, cols.swapaxes(-1, -2), shared=plan.is_one_block)

    # -- the transpose as a correlation --------------------------------------------------------

    def _can_be_mirrored(self, x: Shape, y: Shape) -> bool:
        """Whether the transpose is faster as a correlation: values are gathered, not added up.

        That takes a stride of 1, and as many windows as pixels, or else the product is larger.
        """
        w = self.windows
        pixels, windows = math.prod(x[2:]), math.prod(y[2:])
        return (
            pixels <= windows
            and y[1] <= 2 * x[1]
            and x[0] * pixels >= 4 * x[1]
            and all(s == 1 for s in w.stride)
            and all(p < e for p, e in zip(w.pad, w.extent, strict=True))
        )

    @cached_property
    def _mirrored(self) -> Correlation:
        """The correlation that takes windows back to pixels, with mirrored filters."""
        w = self.windows
        pad = tuple(e - 1 - p for e, p in zip(w.extent, w.pad, strict=True))
        return Correlation(replace(w, pad=pad), self.groups)

    def _mirror(self, weight: Array) -> tuple[Array, list[Step]]:
        """Filters (O, C / groups, ...) as (C, O / groups, ...), each from its end."""
        outputs, channels, *kernel = weight.shape
        by_group = weight.reshape(self.groups, outputs // self.groups, channels, *kernel)
        turned = np.flip(by_group.swapaxes(1, 2), axis=tuple(range(3, 3 + len(kernel))))
        memory = scratch("turned", turned.shape, weight.dtype)
        filters = memory.reshape(self.groups * channels, outputs // self.groups, *kernel)
        return filters, [partial(np.copyto, memory, turned)]

    # -- columns -----------------------------------------------------------------------------

    def _plan(self, x: Array, y: Array, *, back: bool = False, gradient: bool = False) -> _Plan:
        lanes = threads.available_threads()
        return _plan(self.windows, self.groups, x.shape, y.shape, lanes, back, gradient)

    def _columns(
        self, plan: _Plan, block: _Block, x: Array, has_ones: bool
    ) -> tuple[Array, list[Step]]:
        """What the windows of a block see, (N, groups, K, P) or (groups, K, N P)."""
        images = x[block.images, :, block.seen]
        if self.is_pointwise:
            return self._as_columns(plan, images, "columns")
        memory, cols = plan.layout.room(images, block.counts, by_image=plan.by_image, ones=has_ones)
        steps = list(plan.layout.gather(images, block.windows, memory))
        if has_ones:
            steps.append(partial(cols[:, :, -1].fill, 1))
        return cols, steps

    def _given(self, plan: _Plan, block: _Block, y: Array) -> tuple[Array, list[Step]]:
        """A block of ``y``, (N, groups, O / groups, P) or (groups, O / groups, N P)."""
        return self._as_columns(plan, y[block.images, :, block.rows], "given")

    def _as_columns(self, plan: _Plan, y: Array, purpose: str) -> tuple[Array, list[Step]]:
        if plan.by_image:
            return self._grouped(y), []
        # Into memory at hand: a fresh copy would have to be asked for page by page.
        channels_first = y.swapaxes(0, 1)
        memory = scratch(purpose, channels_first.shape, y.dtype)
        shape = (self.groups, y.shape[1] // self.groups, len(y) * math.prod(y.shape[2:]))
        return memory.reshape(shape), [partial(np.copyto, memory, channels_first)]

    def _matrix(self, weight: Array) -> Array:
        return weight.reshape(self.groups, weight.shape[0] // self.groups, -1)

    def _grouped(self, x: Array) -> Array:
        """(N, C, H, W) → (N, groups, C / groups, H W), without a copy."""
        pixels = math.prod(x.shape[2:])
        return x.reshape(x.shape[0], self.groups, x.shape[1] // self.groups, pixels)


class _Sums:
    """The gradients of filters and bias, summed up block by block."""

    def __init__(self, plan: _Plan, weight: Array, bias: Array | None) -> None:
        groups, taps = plan.layout.groups, math.prod(weight.shape[1:])
        self.has_ones = plan.has_ones and bias is not None
        self._plan = plan
        self._taps = taps
        shape = (groups, len(weight) // groups, taps + self.has_ones)
        self._total = np.empty(shape, weight.dtype)
        self._shift = np.empty(shape[:2], weight.dtype)
        self._has_shift = bias is not None and not self.has_ones
        self._is_empty = True

    def add(self, given: Array, cols: Array, *, shared: bool) -> Iterator[Step]:
        """Add the product of ``given`` and ``cols``, and for the bias the sums of ``given``."""
        is_first, self._is_empty = self._is_empty, False
        if self._has_shift:
            yield partial(_add_sums, given, self._shift, is_first)
        total = self._total
        if is_first and (given.ndim == 3 or len(given) == 1):
            yield _product(given, cols, total.reshape(*given.shape[:-1], -1), shared=shared)
            return
        product = scratch("product", (*given.shape[:-1], total.shape[-1]), total.dtype)
        yield _product(given, cols, product, shared=shared)
        if given.ndim == 3:
            yield add_up(total, product)
        elif is_first:
            yield partial(np.add.reduce, product, 0, None, total)
        else:
            part = scratch("part", total.shape, total.dtype)
            yield partial(np.add.reduce, product, 0, None, part)
            yield add_up(total, part)

    def add_to(self, weight: Array, bias: Array | None) -> Iterator[Step]:
        """Add what was summed up to the gradients ``weight`` and ``bias``."""
        if self._is_empty:
            return
        yield self._plan.layout.add_to(weight, self._total[..., : self._taps])
        if bias is not None:
            shift = self._total[..., -1] if self.has_ones else self._shift
            yield add_up(bias.reshape(shift.shape), shift)


@lru_cache(maxsize=1024)
def _plan(
    windows: Windows,
    groups: int,
    x: Shape,
    y: Shape,
    lanes: int,
    back: bool,
    gradient: bool,
) -> _Plan:
    """The plan for images ``x`` and windows ``y`` of these shapes, in ``lanes`` threads.

    ``back`` is for values that are given back to images, ``gradient`` for that of the filters.
    """
    all_images, all_rows = _cuts(windows, groups, x, y, lanes)
    taps, count = x[1] // groups * math.prod(windows.kernel), math.prod(y[2:])
    by_image = count >= OWN_WINDOWS and y[1] // groups >= OWN_FILTERS
    if gradient:
        # Products of images have to be added up; this must not cost more than another copy of y.
        by_image = by_image and taps <= count
    by_image = by_image or len(all_images) == y[0]
    layout = _layout(windows, groups, x, y, back)
    blocks = [[_block(windows, images, rows, x, y) for rows in all_rows] for images in all_images]
    is_narrow = groups == 1 and taps <= count and not windows.is_pointwise
    return _Plan(layout, blocks, by_image, by_image and is_narrow and layout.takes_ones)


def _layout(windows: Windows, groups: int, x: Shape, y: Shape, back: bool) -> Columns | Patches:
    """The layout whose pieces copy faster, or with ``back`` add up faster."""
    channels, outputs, width = x[1] // groups, y[1] // groups, y[-1]
    piece = channels * (windows.kernel[-1] if windows.dilation[-1] == 1 else 1)
    is_longer = piece * windows.stride[-1] >= 2 * width
    if back:
        is_longer = channels >= 16 and width <= 32
    # Patches need the filters in another order, which must not cost more than it spares.
    if is_longer and y[0] * math.prod(y[2:]) >= 4 * outputs and groups <= 4:
        return Patches(windows, groups)
    return Columns(windows, groups)


def _cuts(
    windows: Windows, groups: int, x: Shape, y: Shape, lanes: int
) -> tuple[list[slice], list[slice]]:
    """Images, and rows of windows, that are computed at a time.

    Their columns have about ``BLOCK`` elements, but more where the filters are large, which
    are read once a block. There is a block for each thread, if there is work for it.
    """
    taps = math.prod(windows.kernel)
    limit = max(BLOCK, x[1] // groups * taps * y[1])
    total, row = y[2], x[1] * taps * math.prod(y[3:])
    if row * total <= limit and y[0] > 1:
        images = min(limit // max(row * total, 1), -(-y[0] // lanes))
        return threads.blocks(y[0], images), [slice(None)]
    rows = max(1, limit // row)
    if y[0] == 1 and math.prod(y[2:]) >= lanes * y[1]:
        rows = min(rows, -(-total // lanes))
    return threads.blocks(y[0], 1), threads.blocks(total, rows)


def _block(windows: Windows, images: slice, rows: slice, x: Shape, y: Shape) -> _Block:
    first, end, _ = rows.indices(y[2])
    if end - first == y[2]:
        return _Block(images, slice(None), windows, slice(None), y[2:])
    own, seen = windows.rows(first, end - first, x[2:])
    return _Block(images, rows, own, seen, (end - first, *y[3:]))


def _share(first: Steps, parts: Sequence[Steps]) -> None:
    run(first)
    threads.share(run, parts)


def _product(a: Array, b: Array, out: Array, *, shared: bool) -> Step:
    """The matrix product ``a b``, stack by stack; ``shared`` by the threads or in this one."""
    # With one column (depthwise filters) it is each times each, which is faster as such.
    if a.shape[-1] == 1:
        return partial(np.multiply, a, b, out)
    if out.size <= SMALL_RESULT and math.prod(out.shape[:-2]) == 1 and out.flags.c_contiguous:
        first = (0,) * (out.ndim - 2)
        left, right = a[(0,) * (a.ndim - 2)], b[(0,) * (b.ndim - 2)]
        return partial(np.dot, left, right, out[first])
    return partial(threads.matmul if shared else np.matmul, a, b, out)


def _add_sums(given: Array, total: Array, is_first: bool) -> None:
    """Sum over images and windows, (N, groups, O / groups, P) or (groups, O / groups, N P)."""
    sums = given.sum(axis=-1)
    if sums.ndim == 3:
        sums = sums.sum(axis=0)
    np.copyto(total, sums if is_first else total + sums)


def _column(values: Array, ndim: int) -> Array:
    """``values`` (C,) shaped to broadcast over (C, H, W) with ``ndim`` axes."""
    return values.reshape(-1, *(1,) * (ndim - 1))
