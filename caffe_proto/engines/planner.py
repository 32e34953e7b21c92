"""Where each value of a run lies in one block of memory, room being used again and again."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import as_strided

from caffe_proto.blob import Array
from caffe_proto.engines.graph import Value
from caffe_proto.engines.lowering import IN_PLACE, Program

__all__ = ["Memory", "plan_memory"]

#: Elements that a piece of memory begins at a multiple of: a cache line.
ALIGN = 16


@dataclass
class Piece:
    """Some elements that are needed from one step to another, both included."""

    size: int
    first: int
    last: int
    offset: int = -1


@dataclass
class Memory:
    """The plan: one offset a value, and the working memory of each step."""

    program: Program
    dtype: np.dtype[np.float32]
    pieces: dict[Value, Piece] = field(default_factory=dict)
    shared: list[list[Piece]] = field(default_factory=list)
    total: int = 0

    def array(self, value: Value, memory: Array) -> Array:
        """The view of ``memory`` that holds ``value``, (N, H, W, C) where the channels are last."""
        if value.constant is not None:
            return value.constant
        if value.dynamic:
            return np.empty(0, self.dtype)
        parts, channel, root = self.program.parts, 0, value
        # The channels of the largest blob that this is some channels of.
        pitch, is_cut = value.shape[1:2], value.channels_last
        while root in parts:
            channel += parts[root].channel
            root = parts[root].whole
            is_cut = is_cut and root.channels_last
            if is_cut:
                pitch = root.shape[1:2]
        piece = self.pieces[root]
        begin = piece.offset + channel
        if not value.channels_last:
            return memory[begin : begin + math.prod(value.shape)].reshape(value.shape)
        n, c, h, w = value.shape
        pixel = pitch[0] * memory.itemsize
        strides = (h * w * pixel, w * pixel, pixel, memory.itemsize)
        return as_strided(memory[begin:], (n, h, w, c), strides)

    def rooms(self, step: int, memory: Array, shapes: list[tuple[int, ...]]) -> list[Array]:
        """The working memory of a step."""
        pairs = zip(self.shared[step], shapes, strict=True)
        return [memory[p.offset : p.offset + p.size].reshape(shape) for p, shape in pairs]


def plan_memory(program: Program, dtype: np.dtype[np.float32]) -> Memory:
    """Find a place for everything, the largest first, where nothing that is needed then is."""
    memory = Memory(program, dtype)
    last_read, family = _readers(program)
    pieces: dict[Value, Piece] = {}
    for value in program.graph.inputs.values():
        pieces[value] = Piece(math.prod(value.shape), -1, last_read.get(value, -1))
    for i, step in enumerate(program.steps):
        op = step.op
        for value in op.outputs:
            if value.dynamic or value.constant is not None:
                continue
            root = program.root(value)
            if root in pieces:
                continue
            last = last_read.get(root, i)
            source = op.inputs[0] if op.inputs and isinstance(step.kernel, IN_PLACE) else None
            if (
                source is not None
                and root is value
                and source in pieces
                and last_read.get(source) == i
                and family[source] == 1
                and source.channels_last == value.channels_last
                and op.inputs.count(source) == 1
            ):
                piece = pieces[root] = pieces[source]
                piece.last = max(piece.last, last)
                continue
            pieces[root] = Piece(math.prod(root.shape), i, last)
    for i, step in enumerate(program.steps):
        memory.shared.append([Piece(math.prod(shape), i, i) for shape in step.kernel.shared])
    memory.pieces = pieces
    everything = {id(piece): piece for piece in pieces.values()}
    everything.update((id(p), p) for pieces_of in memory.shared for p in pieces_of)
    memory.total = _assign(list(everything.values()))
    return memory


def _readers(program: Program) -> tuple[dict[Value, int], dict[Value, int]]:
    """The last step that reads (a part of) each root, and how many values share its memory."""
    last: dict[Value, int] = {}
    family: dict[Value, int] = {}
    for value in program.parts:
        root = program.root(value)
        family[root] = family.get(root, 1) + 1
    for i, step in enumerate(program.steps):
        for value in (*step.op.inputs, *step.op.outputs):
            root = program.root(value)
            last[root] = i
            family.setdefault(root, 1)
    for value in program.graph.outputs.values():
        root = program.root(value)
        last[root] = len(program.steps)
        family.setdefault(root, 1)
    return last, family


def _assign(pieces: list[Piece]) -> int:
    """Set the offsets; returns how many elements are needed in all."""
    placed: list[Piece] = []
    total = 0
    for piece in sorted(pieces, key=lambda p: -p.size):
        size = -(-piece.size // ALIGN) * ALIGN
        busy = sorted(
            (p.offset, p.offset + -(-p.size // ALIGN) * ALIGN)
            for p in placed
            if p.first <= piece.last and piece.first <= p.last
        )
        offset = 0
        for begin, end in busy:
            if begin - offset >= size:
                break
            offset = max(offset, end)
        piece.offset = offset
        placed.append(piece)
        total = max(total, offset + size)
    return total
