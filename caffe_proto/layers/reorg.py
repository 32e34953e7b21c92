"""Space to depth as Darknet has it, and depth to space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


@register_layer("Reorg")
class Reorg(Layer):
    """Darknet's reorganisation: s² channels of a place for s x s places of a channel.

    Bottom ``(N, C, H, W)`` → top ``(N, C s², H / s, W / s)``; with reverse ``(N, C / s², H s,
    W s)``. C is a multiple of s², and H and W of s where they are divided. No parameters.
    Settings: ``reorg_param`` (stride s, required; reverse false).

    Without reverse this is no plain space to depth: the bottom's values, in their order in memory,
    are read as an image of C / s² channels of size H s x W s, whose s x s blocks give the channels
    (block position before channel); what comes out, again in its order in memory, is the top.
    With reverse it is a plain depth to space, block position before channel. So the two are not
    inverses. The gradient is the adjoint; the fork's own reads memory that nothing fills.
    Redmon and Farhadi, YOLO9000, CVPR 2017.
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()
        if self.param.reorg_param.stride < 1:
            raise self.error("reorg_param.stride is missing. Expected: at least 1")

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        s = self.param.reorg_param.stride
        reverse = self.param.reorg_param.reverse
        if len(bottom) != 4:
            raise self.error(f"the bottom has the shape {bottom}. Expected: 4 axes, (N, C, H, W)")
        n, c, h, w = bottom
        if c % (s * s):
            raise self.error(
                f"reorg_param.stride {s} does not fit {c} channels. "
                f"Expected: a multiple of {s * s} channels"
            )
        if not reverse and (h % s or w % s):
            raise self.error(
                f"reorg_param.stride {s} does not divide {h} x {w}. Expected: multiples of {s}"
            )
        #: The shallow image in blocks: (N, C / s², H, s, W, s).
        self.blocks = (n, c // (s * s), h, s, w, s)
        #: The deep one: (N, s, s, C / s², H, W).
        self.stacks = (n, s, s, c // (s * s), h, w)
        return [(n, c // (s * s), h * s, w * s) if reverse else (n, c * s * s, h // s, w // s)]

    def _to_stacks(self, source: Array, target: Array) -> None:
        blocks, stacks = source.reshape(self.blocks), target.reshape(self.stacks)
        for i, j in np.ndindex(self.stacks[1:3]):
            stacks[:, i, j] = blocks[:, :, :, i, :, j]

    def _to_blocks(self, source: Array, target: Array) -> None:
        stacks, blocks = source.reshape(self.stacks), target.reshape(self.blocks)
        for i, j in np.ndindex(self.stacks[1:3]):
            blocks[:, :, :, i, :, j] = stacks[:, i, j]

    def forward(self, x: Array) -> Array:
        y = self.top()
        move = self._to_blocks if self.param.reorg_param.reverse else self._to_stacks
        move(x, y)
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        if self.propagate_down[0]:
            move = self._to_stacks if self.param.reorg_param.reverse else self._to_blocks
            move(dy, self.bottom_diff())
