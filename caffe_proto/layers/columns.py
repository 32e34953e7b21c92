"""What windows see of images, laid out as the columns of matrices.

Row k of a matrix is a tap of the kernel in a channel, column p a window, so that a convolution is a
product of matrices. In memory either a row is one piece (``Columns``) or a column (``Patches``);
which copies faster depends on how long the pieces are. There is a matrix an image, or where images
have few windows one matrix for several images, their windows one after another.

What takes time is written as steps (see :mod:`caffe_proto.layers.steps`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from caffe_proto.layers.base import Array
from caffe_proto.layers.patches import add_patches_steps, patches_steps
from caffe_proto.layers.steps import Step
from caffe_proto.layers.windows import Windows, add_up, col2im_steps, im2col_steps, scratch

__all__ = ["Columns", "Patches"]


class Columns:
    """Rows in one piece: the taps of a channel one after another, as in the filters."""

    #: A row of ones can stand below the taps.
    takes_ones = True

    def __init__(self, windows: Windows, groups: int) -> None:
        self.kernel = windows.kernel
        self.groups = groups

    def room(
        self, x: Array, counts: Sequence[int], *, by_image: bool, ones: bool = False
    ) -> tuple[Array, Array]:
        """Memory for ``counts`` windows of each image ``x``, and the same as matrices.

        The matrices are (N, groups, K, P) with K = C / groups * kernel_h * kernel_w taps and
        P = windows_h * windows_w windows, or not ``by_image`` (groups, K, N * P). ``ones`` adds a
        row to each image's.
        """
        taps, windows = x.shape[1] * math.prod(self.kernel), math.prod(counts)
        if not by_image:
            memory = scratch("columns", (x.shape[1], *self.kernel, len(x), *counts), x.dtype)
            return memory, memory.reshape(self.groups, -1, len(x) * windows)
        matrix = scratch("columns", (len(x), taps + ones, windows), x.dtype)
        places = matrix[:, :taps].reshape(len(x), x.shape[1], *self.kernel, *counts)
        images_at = len(self.kernel) + 1
        order = (*range(1, images_at + 1), 0, *range(images_at + 1, places.ndim))
        return places.transpose(order), matrix.reshape(len(x), self.groups, -1, windows)

    def gather(self, x: Array, windows: Windows, memory: Array) -> Iterator[Step]:
        """Fill the memory with what the windows see."""
        return im2col_steps(x, windows, memory)

    def give_back(self, memory: Array, windows: Windows, x: Array) -> Iterator[Step]:
        """Add each value to the pixel that it would be gathered from."""
        return col2im_steps(memory, windows, x)

    def matrix(self, weight: Array) -> tuple[Array, list[Step]]:
        """Filters (O, C / groups, kernel_h, kernel_w) as (groups, O / groups, K)."""
        return weight.reshape(self.groups, len(weight) // self.groups, -1), []

    def add_to(self, weight: Array, matrix: Array) -> Step:
        """Add a matrix of the filters' layout to filters."""
        return add_up(weight, matrix.reshape(weight.shape))


class Patches:
    """Columns in one piece: all channels of a tap, then those of the next one."""

    takes_ones = False

    def __init__(self, windows: Windows, groups: int) -> None:
        self.kernel = windows.kernel
        self.groups = groups

    def room(
        self, x: Array, counts: Sequence[int], *, by_image: bool, ones: bool = False
    ) -> tuple[Array, Array]:
        """Memory for ``counts`` windows of each image ``x``, and the same as matrices."""
        channels, windows = x.shape[1] // self.groups, math.prod(counts)
        shape = (self.groups, len(x), *counts, *self.kernel, channels)
        memory = scratch("columns", shape, x.dtype)
        if by_image:
            rows = memory.reshape(self.groups, len(x), windows, -1)
            return memory, rows.transpose(1, 0, 3, 2)
        return memory, memory.reshape(self.groups, len(x) * windows, -1).swapaxes(1, 2)

    def gather(self, x: Array, windows: Windows, memory: Array) -> Iterator[Step]:
        """Fill the memory with what the windows see."""
        for group, channels in enumerate(self._groups(x)):
            yield from patches_steps(channels, windows, memory[group])

    def give_back(self, memory: Array, windows: Windows, x: Array) -> Iterator[Step]:
        """Add each value to the pixel that it would be gathered from."""
        for group, channels in enumerate(self._groups(x)):
            yield from add_patches_steps(memory[group], windows, channels)

    def matrix(self, weight: Array) -> tuple[Array, list[Step]]:
        """Filters (O, C / groups, kernel_h, kernel_w) as (groups, O / groups, K)."""
        outputs, channels = weight.shape[:2]
        turned = scratch("filters", (outputs, math.prod(self.kernel), channels), weight.dtype)
        by_tap = weight.reshape(outputs, channels, -1).swapaxes(1, 2)
        matrix = turned.reshape(self.groups, outputs // self.groups, -1)
        return matrix, [partial(np.copyto, turned, by_tap)]

    def add_to(self, weight: Array, matrix: Array) -> Step:
        """Add a matrix of the filters' layout to filters."""
        outputs, channels = weight.shape[:2]
        by_channel = matrix.reshape(outputs, -1, channels).swapaxes(1, 2)
        return add_up(weight.reshape(outputs, channels, -1), by_channel)

    def _groups(self, x: Array) -> list[Array]:
        size = x.shape[1] // self.groups
        return [x[:, first : first + size] for first in range(0, x.shape[1], size)]
