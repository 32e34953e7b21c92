"""3 x 3 convolution with stride 1 by Winograd's minimal filtering.

F(4 x 4, 3 x 3): tiles of 6 x 6 pixels that overlap by 2 give tiles of 4 x 4 outputs with 36
multiplications a channel pair instead of 144:  Y = A^T [(G g G^T) * (B^T d B)] A. F(2 x 2, 3 x 3):
tiles of 4 x 4 pixels give 2 x 2 outputs with 16 instead of 36. That is more an output, but there
are fewer filters to read, which counts where images are small, and fewer outputs beyond the image.
Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016, sections 4.1, 4.3.

Transforms are matrix products with Kronecker products, B^T x B^T and the like: fewer numbers would
do, but BLAS is faster than adding up. The inner rows of B^T come in pairs a + b and a - b, where a
is made of the even pixels and b of the odd ones: so along the rows the product splits into two of
half the multiplications, and sums after it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.lib.stride_tricks import as_strided

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Op
from caffe_proto.engines.kernels.base import Binding, Call, Phase, per_lane, run_calls, spans
from caffe_proto.engines.kernels.convolution import (
    Block,
    ConvKernel,
    Geometry,
    Patch,
    Weights,
)
from caffe_proto.engines.threads import Task

__all__ = ["F2", "F4", "Scheme", "Winograd", "transformed_filters"]

#: With more groups each product is too small.
MOST_GROUPS = 4


class Scheme:
    """F(tile x tile, 3 x 3): its transforms as matrices.

    ``even`` and ``odd`` are rows of B^T, on the even and the odd pixels: first the row that these
    have for themselves, then what is added and subtracted in pairs. So the points' rows come in
    this order: the even one, sums, the odd one, differences; ``order`` says which rows of B^T
    these are.
    """

    def __init__(
        self,
        even: Sequence[Sequence[float]],
        odd: Sequence[Sequence[float]],
        order: Sequence[int],
        g: Sequence[Sequence[float]],
        a: Sequence[Sequence[float]],
    ) -> None:
        #: Outputs of a tile along each axis, and pixels.
        self.tile, self.width = len(a), len(a[0])
        self.points = self.width**2
        self.half = self.width // 2
        b = np.zeros((self.width, self.width))
        b[: self.half, ::2], b[self.half :, 1::2] = even, odd
        sums, differences = b[1 : self.half].copy(), b[self.half + 1 :].copy()
        b[1 : self.half], b[self.half + 1 :] = sums + differences, sums - differences
        # All of this with rows and columns in the order of the points.
        g_rows, a_columns = np.array(g)[list(order)], np.array(a)[:, list(order)]
        halves = np.stack([np.kron(rows, b) for rows in (even, odd)])
        self.input: Array = halves.astype(np.float32)
        self.filter: Array = np.kron(g_rows, g_rows).astype(np.float32)
        self.output: Array = np.kron(a_columns, a_columns).astype(np.float32)
        #: A point whose value is added to all outputs of a tile: A^T has a column of ones there.
        self.everywhere = self.width + 1

    def tiles(self, geometry: Geometry) -> tuple[int, int]:
        """Tiles of an image, down and across."""
        down, across = (-(-n // self.tile) for n in geometry.result)
        return down, across


F4 = Scheme(
    even=[[4, -5, 1], [0, -4, 1], [0, -1, 1]],
    odd=[[4, -5, 1], [-4, 1, 0], [-2, 2, 0]],
    order=(0, 1, 3, 5, 2, 4),
    g=[
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ],
    a=[
        [1, 1, 1, 1, 1, 0],
        [0, 1, -1, 2, -2, 0],
        [0, 1, 1, 4, 4, 0],
        [0, 1, -1, 8, -8, 1],
    ],
)
F2 = Scheme(
    even=[[1, -1], [0, 1]],
    odd=[[1, -1], [1, 0]],
    order=(0, 1, 3, 2),
    g=[[1, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]],
    a=[[1, 1, 1, 0], [0, 1, -1, -1]],
)


def transformed_filters(weights: Weights, scheme: Scheme) -> Array:
    """``G g G^T`` of all filters, (groups, points, C / groups, O / groups)."""
    g = weights.geometry
    shape = g.channels // g.groups, g.outputs // g.groups
    taps = weights.matrix.reshape(g.groups, 9, math.prod(shape))
    filters: Array = np.matmul(scheme.filter, taps)
    return filters.reshape(g.groups, scheme.points, *shape)


class Winograd(ConvKernel):
    """Blocks of tile rows; each by itself, or all in step so that weights are read once."""

    def __init__(
        self,
        op: Op,
        threads: int,
        weights: Weights,
        scheme: Scheme,
        tiles: int,
        in_step: bool,
    ) -> None:
        super().__init__(op, threads, weights)
        g = self.geometry
        self.scheme = scheme
        square, points = scheme.tile**2, scheme.points
        self.filters = transformed_filters(weights, scheme)
        self.in_step = in_step
        #: Whether the output is the largest of each 2 x 2 values.
        self.pools = "pooling" in op.facts
        self.grid = scheme.tiles(g)
        # The largest first, so that all threads end at about the same time.
        self.blocks = sorted(self._blocks(max(tiles, 1)), key=self._tiles, reverse=True)
        counts = [self._tiles(block) for block in self.blocks]
        most = max(counts)
        self.variant = f"winograd{scheme.tile} {'in step' if in_step else 'blocks'} {most}"
        if self.pools:
            self.variant += ", pooled"
        patch = max(self._patch_size(block) for block in self.blocks) * g.channels
        if in_step:
            # BLAS multiplies four tiles at a time: what is beyond the last one nobody reads.
            total = -(-sum(counts) // 4) * 4
            self.shared = [(points, total, g.channels), (points, total, g.outputs)]
            one, two = points * most * g.channels, square * most * g.outputs
        else:
            # Pixels make room for products, transformed pixels for outputs.
            one = points * most * max(g.channels, g.outputs)
            two = most * max(points * g.channels, square * g.outputs)
        room = square * most * g.outputs if weights.epilogue.needs_room else 0
        self.lane = [(patch,), (one,), (two,), (room,)]

    def _blocks(self, tiles: int) -> list[Block]:
        g = self.geometry
        down, across = self.grid
        plane = down * across
        pieces = max(self.threads, -(-g.images * plane // tiles))
        pieces = -(-pieces // self.threads) * self.threads
        if pieces <= g.images:
            return [Block(images, slice(0, down)) for images in spans(g.images, pieces)]
        least = min(down, -(-pieces // g.images))
        # Blocks of one size keep all threads busy until the end.
        equal = (n for n in range(least, min(2 * least, down + 1)) if not down % n)
        each = next((n for n in equal if n * g.images % self.threads == 0), least)
        return [Block(slice(n, n + 1), rows) for n in range(g.images) for rows in spans(down, each)]

    def _tiles(self, block: Block) -> int:
        return block.count * block.height * self.grid[1]

    def _patch_size(self, block: Block) -> int:
        tile = self.scheme.tile
        return block.count * (tile * block.height + 2) * (tile * self.grid[1] + 2)

    def bind(self, memory: Binding) -> list[Phase]:
        if not self.in_step:
            return [[self._alone(memory, block) for block in self.blocks]]
        transformed, products = memory.shared
        phases: list[Phase] = [[], [], []]
        begin = 0
        for block in self.blocks:
            tiles = slice(begin, begin + self._tiles(block))
            begin = tiles.stop
            phases[0].append(self._transform_task(memory, block, transformed[:, tiles]))
            phases[2].append(self._output_task(memory, block, products[:, tiles]))
        at_once = max(1, self.scheme.points // (9 * self.threads))
        for points in spans(self.scheme.points, self.scheme.points // at_once):
            for factors in self._factors(transformed, products):
                phases[1].append(_multiply(*(array[points] for array in factors)))
        return phases

    def _factors(self, transformed: Array, products: Array) -> list[tuple[Array, Array, Array]]:
        """For each group: its transformed pixels, its filters, and where the products belong."""
        groups = self.geometry.groups
        inputs = np.split(transformed, groups, axis=2)
        outputs = np.split(products, groups, axis=2)
        return list(zip(inputs, self.filters, outputs, strict=True))

    # -- tasks -------------------------------------------------------------------------------

    def _alone(self, memory: Binding, block: Block) -> Task:
        g, tiles = self.geometry, self._tiles(block)
        lanes = []
        for patch, one, two, room in memory.lanes:
            points = self.scheme.points
            matrices = two[: points * tiles * g.channels].reshape(points, tiles, g.channels)
            prepare = self._prepare(memory.inputs[0], block, patch, one, matrices)
            products = one[: points * tiles * g.outputs].reshape(points, tiles, g.outputs)
            finish = self._finish(memory, block, products, two, room)
            lanes.append((prepare, self._factors(matrices, products), finish))

        def task(lane: int) -> None:
            prepare, factors, finish = lanes[lane]
            prepare()
            for pixels, filters, products in factors:
                np.matmul(pixels, filters, out=products)
            finish()

        return task

    def _transform_task(self, memory: Binding, block: Block, transformed: Array) -> Task:
        lanes = [
            self._prepare(memory.inputs[0], block, patch, one, transformed)
            for patch, one, _, _ in memory.lanes
        ]
        return per_lane(lanes)

    def _output_task(self, memory: Binding, block: Block, products: Array) -> Task:
        lanes = [
            self._finish(memory, block, products, two, room) for _, _, two, room in memory.lanes
        ]
        return per_lane(lanes)

    # -- steps -------------------------------------------------------------------------------

    def _prepare(
        self, x: Array, block: Block, patch_room: Array, room: Array, transformed: Array
    ) -> Callable[[], None]:
        """What copies the tiles' pixels and transforms them, into (points, tiles, C)."""
        g, across = self.geometry, self.grid[1]
        tile, half, width = self.scheme.tile, self.scheme.half, self.scheme.width
        transform = self.scheme.input
        rows = tile * block.rows.start - g.pad[0], tile * block.height + 2
        patch = Patch(x, block.images, rows, (-g.pad[1], tile * across + 2), patch_room)
        sn, sh, sw, sc = patch.array.strides
        tiles = as_strided(
            patch.array,
            (2, half, width, block.count, block.height, across, g.channels),
            (sh, 2 * sh, sw, sn, tile * sh, tile * sw, sc),
        )
        pixels = room[: tiles.size].reshape(tiles.shape)
        gathered = pixels.reshape(2, half * width, -1)
        count = gathered.shape[2]
        target = _rows(transformed)
        row, column = target.strides
        parts = as_strided(target, gathered.shape, (half * width * row, row, column))
        points = as_strided(
            target, (2, half, width, count), (half * width * row, width * row, row, column)
        )
        even, odd = points[0, 1:], points[1, 1:]
        # The gathered pixels are no longer needed when sums are formed.
        sums = room[: even.size].reshape(even.shape)

        def prepare() -> None:
            patch.fill()
            np.copyto(pixels, tiles)
            np.matmul(transform, gathered, out=parts)
            np.add(even, odd, out=sums)
            np.subtract(even, odd, out=odd)
            np.copyto(even, sums)

        return prepare

    def _finish(
        self, memory: Binding, block: Block, products: Array, room: Array, extra: Array
    ) -> Callable[[], None]:
        """Bias, transform to outputs, and what follows, into the output."""
        g, epilogue, tile = self.geometry, self.weights.epilogue, self.scheme.tile
        tiles, transform = self._tiles(block), self.scheme.output
        matrix = _rows(products)
        y = room[: tile * tile * tiles * g.outputs].reshape(tile * tile, tiles * g.outputs)
        before: list[Call] = []
        if epilogue.shift is not None:
            before = epilogue.only_shift.calls(products[self.scheme.everywhere])
        after: list[Call] = []
        shape = (tile, tile, block.count, block.height, self.grid[1], g.outputs)
        outs = self._places(memory.outputs[0], block)
        values = y.reshape(shape)
        if self.pools:
            # A tile holds whole windows; what follows grows with the value, so it can come later.
            upper, lower = values[::2], values[1::2]
            after.append((np.maximum, (upper, lower), upper))
            left, right = values[::2, ::2], values[::2, 1::2]
            after.append((np.maximum, (left, right), left))
            values = left
        parts = [values[place] for place, _ in outs]
        if self.op.residual is not None:
            for part, (_, other) in zip(
                parts, self._places(memory.inputs[self.op.residual], block), strict=True
            ):
                after.append((np.add, (part, other), part))
        if epilogue.slope is not None:
            rows = y.reshape(-1, g.outputs)
            after += epilogue.only_activation.calls(rows, room=extra)
        for part, (_, out) in zip(parts, outs, strict=True):
            if epilogue.zeros is not None and epilogue.slope is None:
                after.append((np.maximum, (part, epilogue.zeros[: g.outputs]), out))
            else:
                after.append((np.positive, (part,), out))

        def finish() -> None:
            run_calls(before)
            np.matmul(transform, matrix, out=y)
            run_calls(after)

        return finish

    def _places(
        self, image: Array, block: Block
    ) -> Sequence[tuple[tuple[slice | int, ...], Array]]:
        """Where the tiles' outputs belong: indices into (tile, tile, images, down, across, O).

        One for all, or, where tiles reach beyond the image, one for each place in a tile.
        """
        tile = self.scheme.tile // 2 if self.pools else self.scheme.tile
        first = tile * block.rows.start
        rows = min(tile * block.height, image.shape[1] - first)
        part = image[block.images, first : first + rows]
        if rows == tile * block.height and image.shape[2] == tile * self.grid[1]:
            sn, sh, sw, sc = part.strides
            shape = (tile, tile, block.count, block.height, self.grid[1], image.shape[3])
            view = as_strided(part, shape, (sh, sw, sn, tile * sh, tile * sw, sc))
            return [((slice(None),), view)]
        places: list[tuple[tuple[slice | int, ...], Array]] = []
        for i in range(tile):
            for j in range(tile):
                view = part[:, i::tile, j::tile]
                if view.size:
                    place = (i, j, slice(None), slice(view.shape[1]), slice(view.shape[2]))
                    places.append((place, view))
        return places


def _rows(matrices: Array) -> Array:
    """(points, tiles, C), perhaps some tiles of more, as a row a point."""
    points, tiles, channels = matrices.shape
    strides = (matrices.strides[0], matrices.strides[2])
    return as_strided(matrices, (points, tiles * channels), strides)


def _multiply(x: Array, w: Array, y: Array) -> Task:
    def task(lane: int) -> None:
        np.matmul(x, w, out=y)

    return task


def suits(g: Geometry) -> bool:
    """Whether a convolution is of the kind that this is for."""
    return (
        g.kernel == (3, 3)
        and g.stride == g.dilation == (1, 1)
        and g.groups <= MOST_GROUPS
        and min(g.channels, g.outputs) // g.groups >= 8
    )
