"""What windows see of images, laid out as the columns of a matrix.

Row k of the matrix is a tap of the kernel in a channel, column n a window of an image, so that a
convolution is a matrix product. In memory either a row is one piece (``Columns``) or a column
(``Patches``); which copies faster depends on how long the pieces are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from caffe_proto.layers.base import Array
from caffe_proto.layers.patches import add_patches, patches
from caffe_proto.layers.windows import Windows, col2im, im2col, scratch

__all__ = ["Columns", "Patches"]


class Columns:
    """Rows in one piece: the taps of a channel one after another, as in the filters."""

    def __init__(self, windows: Windows, groups: int) -> None:
        self.kernel = windows.kernel
        self.groups = groups

    def room(self, x: Array, counts: Sequence[int]) -> tuple[Array, Array]:
        """Memory for ``counts`` windows of each image ``x``, and the same as a matrix.

        The matrix is (groups, C / groups * kernel_h * kernel_w, N * windows_h * windows_w).
        """
        shape = (x.shape[1], *self.kernel, len(x), *counts)
        memory = scratch("columns", shape, x.dtype)
        return memory, memory.reshape(self.groups, -1, len(x) * math.prod(counts))

    def gather(self, x: Array, windows: Windows, memory: Array) -> None:
        """Fill the memory with what the windows see."""
        im2col(x, windows, memory)

    def give_back(self, memory: Array, windows: Windows, x: Array) -> None:
        """Add each value to the pixel that it would be gathered from."""
        col2im(memory, windows, x)

    def matrix(self, weight: Array) -> Array:
        """Filters (O, C / groups, kernel_h, kernel_w) as (groups, O / groups, K)."""
        return weight.reshape(self.groups, len(weight) // self.groups, -1)

    def add_to(self, weight: Array, matrix: Array) -> None:
        """Add a matrix of the filters' layout to filters."""
        weight += matrix.reshape(weight.shape)


class Patches:
    """Columns in one piece: all channels of a tap, then those of the next one."""

    def __init__(self, windows: Windows, groups: int) -> None:
        self.kernel = windows.kernel
        self.groups = groups

    def room(self, x: Array, counts: Sequence[int]) -> tuple[Array, Array]:
        """Memory for ``counts`` windows of each image ``x``, and the same as a matrix."""
        channels = x.shape[1] // self.groups
        shape = (self.groups, len(x), *counts, *self.kernel, channels)
        memory = scratch("columns", shape, x.dtype)
        rows = memory.reshape(self.groups, len(x) * math.prod(counts), -1)
        return memory, rows.swapaxes(1, 2)

    def gather(self, x: Array, windows: Windows, memory: Array) -> None:
        """Fill the memory with what the windows see."""
        for group, channels in enumerate(self._groups(x)):
            patches(channels, windows, memory[group])

    def give_back(self, memory: Array, windows: Windows, x: Array) -> None:
        """Add each value to the pixel that it would be gathered from."""
        for group, channels in enumerate(self._groups(x)):
            add_patches(memory[group], windows, channels)

    def matrix(self, weight: Array) -> Array:
        """Filters (O, C / groups, kernel_h, kernel_w) as (groups, O / groups, K)."""
        innermost: Array = weight.reshape(*weight.shape[:2], -1).swapaxes(1, 2)
        return innermost.reshape(self.groups, len(weight) // self.groups, -1)

    def add_to(self, weight: Array, matrix: Array) -> None:
        """Add a matrix of the filters' layout to filters."""
        taps = math.prod(self.kernel)
        by_channel = matrix.reshape(len(weight), taps, -1).swapaxes(1, 2)
        weight += by_channel.reshape(weight.shape)

    def _groups(self, x: Array) -> list[Array]:
        size = x.shape[1] // self.groups
        return [x[:, first : first + size] for first in range(0, x.shape[1], size)]
