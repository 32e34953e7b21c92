"""3 x 3 convolution with stride 1 by Winograd's minimal filtering F(4 x 4, 3 x 3).

Tiles of 6 x 6 pixels that overlap by 2 give tiles of 4 x 4 outputs with 36 multiplications a
channel pair instead of 144:  Y = A^T [(G g G^T) * (B^T d B)] A.  Lavin and Gray, "Fast algorithms
for convolutional neural networks", CVPR 2016, section 4.3.

Transforms are matrix products with Kronecker products, B^T x B^T and the like: fewer numbers would
do, but BLAS is faster than adding up. Rows 1 and 2 of B^T are a + b and a - b, where a is made of
the even pixels and b of the odd ones, and rows 3 and 4 are likewise: so the product splits into
four, for even and odd rows and columns, with a quarter of the multiplications, and sums after it.
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

__all__ = ["Winograd", "transformed_filters"]

TILE = 4
#: With more groups each product is too small.
MOST_GROUPS = 4
POINTS = 36
#: Rows of B^T: first those of the even pixels, then of the odd ones, sums before differences.
ORDER = ((0, 1, 3), (5, 2, 4))

# The even and the odd part of B^T: rows 0, a, c on pixels 0, 2, 4; rows 5, b, e on 1, 3, 5.
_EVEN = np.array([[4, -5, 1], [0, -4, 1], [0, -1, 1]])
_ODD = np.array([[4, -5, 1], [-4, 1, 0], [-2, 2, 0]])
_G = np.array(
    [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ]
)
_A = np.array(
    [
        [1, 1, 1, 1, 1, 0],
        [0, 1, -1, 2, -2, 0],
        [0, 1, 1, 4, 4, 0],
        [0, 1, -1, 8, -8, 1],
    ]
)


def _points() -> list[int]:
    """Which of the 6 x 6 points comes at each place."""
    return [
        6 * row + column
        for rows in ORDER
        for columns in ORDER
        for row in rows
        for column in columns
    ]


INPUT = np.stack([np.kron(r, c) for r in (_EVEN, _ODD) for c in (_EVEN, _ODD)]).astype(np.float32)
FILTER = np.ascontiguousarray(np.kron(_G, _G)[_points()].astype(np.float32))
OUTPUT = np.ascontiguousarray(np.kron(_A, _A)[:, _points()].astype(np.float32))
# Where A^T has a column of ones: what is added there is added to all outputs of a tile.
EVERYWHERE = _points().index(7)


def transformed_filters(weights: Weights) -> Array:
    """``G g G^T`` of all filters, (groups, 36, C / groups, O / groups)."""
    g = weights.geometry
    shape = g.channels // g.groups, g.outputs // g.groups
    taps = weights.matrix.reshape(g.groups, 9, math.prod(shape))
    filters: Array = np.matmul(FILTER, taps)
    return filters.reshape(g.groups, POINTS, *shape)


class Winograd(ConvKernel):
    """Blocks of tile rows; each by itself, or all in step so that weights are read once."""

    def __init__(
        self,
        op: Op,
        threads: int,
        weights: Weights,
        filters: Array,
        tiles: int,
        in_step: bool,
    ) -> None:
        super().__init__(op, threads, weights)
        g = self.geometry
        self.filters = filters
        self.in_step = in_step
        #: Whether the output is the largest of each 2 x 2 values.
        self.pools = "pooling" in op.facts
        #: Tiles of an image, down and across.
        self.grid = -(-g.result[0] // TILE), -(-g.result[1] // TILE)
        self.blocks = self._blocks(max(tiles, 1))
        counts = [self._tiles(block) for block in self.blocks]
        most = max(counts)
        self.variant = f"winograd {'in step' if in_step else 'blocks'} {most}"
        if self.pools:
            self.variant += ", pooled"
        patch = max(self._patch_size(block) for block in self.blocks) * g.channels
        if in_step:
            total = sum(counts)
            self.shared = [(POINTS, total, g.channels), (POINTS, total, g.outputs)]
            one, two = POINTS * most * g.channels, TILE * TILE * most * g.outputs
        else:
            # Pixels make room for products, transformed pixels for outputs.
            one = POINTS * most * max(g.channels, g.outputs)
            two = most * max(POINTS * g.channels, TILE * TILE * g.outputs)
        room = TILE * TILE * most * g.outputs if weights.epilogue.needs_room else 0
        self.lane = [(patch,), (one,), (two,), (room,)]

    def _blocks(self, tiles: int) -> list[Block]:
        g = self.geometry
        down, across = self.grid
        plane = down * across
        pieces = max(self.threads, -(-g.images * plane // tiles))
        pieces = -(-pieces // self.threads) * self.threads
        if pieces <= g.images:
            return [Block(images, slice(0, down)) for images in spans(g.images, pieces)]
        each = min(down, -(-pieces // g.images))
        return [Block(slice(n, n + 1), rows) for n in range(g.images) for rows in spans(down, each)]

    def _tiles(self, block: Block) -> int:
        return block.count * block.height * self.grid[1]

    def _patch_size(self, block: Block) -> int:
        return block.count * (TILE * block.height + 2) * (TILE * self.grid[1] + 2)

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
        for points in spans(POINTS, 6 * self.threads):
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
            matrices = two[: POINTS * tiles * g.channels].reshape(POINTS, tiles, g.channels)
            prepare = self._prepare(memory.inputs[0], block, patch, one, matrices)
            products = one[: POINTS * tiles * g.outputs].reshape(POINTS, tiles, g.outputs)
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
        """What copies the tiles' pixels and transforms them, into (36, tiles, C)."""
        g, across = self.geometry, self.grid[1]
        rows = TILE * block.rows.start - g.pad[0], TILE * block.height + 2
        patch = Patch(x, block.images, rows, (-g.pad[1], TILE * across + 2), patch_room)
        sn, sh, sw, sc = patch.array.strides
        tiles = as_strided(
            patch.array,
            (2, 2, 3, 3, block.count, block.height, across, g.channels),
            (sh, sw, 2 * sh, 2 * sw, sn, TILE * sh, TILE * sw, sc),
        )
        pixels = room[: tiles.size].reshape(tiles.shape)
        gathered = pixels.reshape(4, 9, -1)
        count = gathered.shape[2]
        target = _rows(transformed)
        parts = as_strided(target, (4, 9, count), (9 * target.strides[0], *target.strides))
        row, column = target.strides
        points = as_strided(
            target,
            (2, 2, 3, 3, count),
            (18 * row, 9 * row, 3 * row, row, column),
        )
        # The gathered pixels are no longer needed when sums are formed.
        spare = room[: 12 * count]
        calls: list[Call] = []
        for even, odd in (
            (points[0, :, 1:], points[1, :, 1:]),
            (points[:, 0, :, 1:], points[:, 1, :, 1:]),
        ):
            sums = spare.reshape(even.shape)
            calls.append((np.add, (even, odd), sums))
            calls.append((np.subtract, (even, odd), odd))
            calls.append((np.positive, (sums,), even))

        def prepare() -> None:
            patch.fill()
            np.copyto(pixels, tiles)
            np.matmul(INPUT, gathered, out=parts)
            run_calls(calls)

        return prepare

    def _finish(
        self, memory: Binding, block: Block, products: Array, room: Array, extra: Array
    ) -> Callable[[], None]:
        """Bias, transform to outputs, and what follows, into the output."""
        g, epilogue = self.geometry, self.weights.epilogue
        tiles = self._tiles(block)
        matrix = _rows(products)
        y = room[: TILE * TILE * tiles * g.outputs].reshape(TILE * TILE, tiles * g.outputs)
        before: list[Call] = []
        if epilogue.shift is not None:
            before = epilogue.only_shift.calls(products[EVERYWHERE])
        after: list[Call] = []
        shape = (TILE, TILE, block.count, block.height, self.grid[1], g.outputs)
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
            np.matmul(OUTPUT, matrix, out=y)
            run_calls(after)

        return finish

    def _places(
        self, image: Array, block: Block
    ) -> Sequence[tuple[tuple[slice | int, ...], Array]]:
        """Where the tiles' outputs belong: an index into (4, 4, images, down, across, O), a view.

        One for all, or, where tiles reach beyond the image, one for each place in a tile.
        """
        tile = TILE // 2 if self.pools else TILE
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
    """(36, tiles, C), perhaps some tiles of more, as 36 rows."""
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
