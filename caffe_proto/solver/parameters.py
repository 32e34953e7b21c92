"""The parameters that a solver updates: their history, and the update of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from caffe_proto.blob import Array, Parameter
from caffe_proto.errors import SolverError
from caffe_proto.solver.updates import Scratch, UpdateRule

if TYPE_CHECKING:
    from caffe_proto.net import Net
    from caffe_proto.schema import caffe_pb2

__all__ = ["LearnedParameters"]

#: Elements of a piece: five float32 arrays of it fit into a core's second-level cache.
PIECE = 1 << 15

_REGULARIZATIONS = ("L2", "L1")


class _Piece(NamedTuple):
    """Flat views of one stretch of a parameter."""

    data: Array
    diff: Array
    history: tuple[Array, ...]
    scratch: Scratch


class _Learned:
    """One parameter with its history; ``computed`` tells whether backward writes its gradient."""

    def __init__(self, parameter: Parameter, histories: int, computed: bool) -> None:
        self.parameter = parameter
        self.computed = computed
        #: Zeros that take no memory until somebody writes to them.
        self.history = [np.zeros(parameter.shape, parameter.dtype) for _ in range(histories)]
        #: Whether the history was ever written to.
        self.touched = False
        self._pieces: list[_Piece] = []
        self._of: tuple[Array, Array] | None = None

    def pieces(self, scratch: Scratch) -> list[_Piece]:
        """The parameter cut into pieces, anew where its memory is another than before."""
        data, diff = self.parameter.data, self.parameter.diff
        if self._of is None or self._of[0] is not data or self._of[1] is not diff:
            self._of = data, diff
            self._pieces = list(self._cut(data.reshape(-1), diff.reshape(-1), scratch))
        return self._pieces

    def _cut(self, data: Array, diff: Array, scratch: Scratch) -> Iterator[_Piece]:
        history = [h.reshape(-1) for h in self.history]
        for begin in range(0, data.size, PIECE):
            part = slice(begin, min(begin + PIECE, data.size))
            size = part.stop - part.start
            yield _Piece(
                data[part],
                diff[part],
                tuple(h[part] for h in history),
                (scratch[0][:size], scratch[1][:size]),
            )

    def restored(self) -> None:
        """Take note that the history was filled from outside."""
        self.touched = any(bool(h.any()) for h in self.history)


class LearnedParameters:
    """All parameters of a net that own their memory, and how a solver changes them."""

    def __init__(self, net: Net, settings: caffe_pb2.SolverParameter, rule: UpdateRule) -> None:
        self.rule = rule
        self.iter_size = settings.iter_size
        self.decay = np.float32(settings.weight_decay)
        self.regularization = settings.regularization_type
        self.clip = float(np.float32(settings.clip_gradients))
        # A gradient that any of its sharers computes is added to the owner's.
        computed = {
            id(parameter.owner or parameter)
            for layer in net.layers
            for parameter in layer.params
            if parameter.needs_grad
        }
        self.parameters = [
            _Learned(parameter, rule.histories, id(parameter) in computed)
            for parameter in net.learnable_params
        ]
        dtype = self.parameters[0].parameter.dtype if self.parameters else np.dtype(np.float32)
        largest = max((p.parameter.count for p in self.parameters), default=0)
        size = min(largest, PIECE)
        self._scratch: Scratch = np.empty(size, dtype), np.empty(size, dtype)

    # -- history ---------------------------------------------------------------------------

    @property
    def history(self) -> list[Array]:
        """The history blobs in Caffe's order: the first of every parameter, then the second."""
        return [p.history[k] for k in range(self.rule.histories) for p in self.parameters]

    def check_history(self, blobs: Sequence[Sequence[int]]) -> None:
        """Raise :class:`SolverError` where blobs of these shapes do not fit the history."""
        own = self.history
        if len(blobs) != len(own):
            raise SolverError(
                f"it has {len(blobs)} history blobs. Expected: {len(own)} for {self.rule.type} "
                f"and {len(self.parameters)} learnable parameters; is it of another net or "
                "another type of solver?"
            )
        for i, (shape, mine) in enumerate(zip(blobs, own, strict=True)):
            if int(np.prod(shape)) != mine.size:
                raise SolverError(
                    f"history blob {i} has the shape {tuple(shape)}. Expected: {mine.shape}"
                )

    def set_history(self, blobs: Sequence[Array]) -> None:
        """Fill the history from ``blobs``, which :meth:`check_history` has accepted."""
        for mine, values in zip(self.history, blobs, strict=True):
            mine[...] = values.reshape(mine.shape)
        for parameter in self.parameters:
            parameter.restored()

    # -- gradients -------------------------------------------------------------------------

    def clear_diffs(self) -> None:
        """Set all gradients to zero; those that nobody computes are zero and stay untouched."""
        for p in self.parameters:
            if p.computed or p.touched:
                p.parameter.diff[...] = 0

    def check(self) -> None:
        """Raise :class:`SolverError` where decay is asked for and its kind is unknown."""
        if self.regularization in _REGULARIZATIONS:
            return
        if any(self.decay * p.parameter.decay_mult for p in self.parameters):
            raise SolverError(
                f'unknown regularization_type "{self.regularization}". Expected: "L2" or "L1"'
            )

    def update(self, rate: float, iteration: int) -> tuple[float, float] | None:
        """Clip, average over ``iter_size``, decay, update; ``diff`` then holds what was subtracted.

        Returns the norm of all gradients and the factor where they were clipped.
        """
        clipped = self._clip_factor()
        factor = np.float32(1) if clipped is None else np.float32(clipped[1])
        average = np.float32(1) / np.float32(self.iter_size)
        self.rule.begin(iteration)
        with np.errstate(all="ignore"):
            for p in self.parameters:
                self._update_one(p, np.float32(rate), factor, average)
        return clipped

    def _clip_factor(self) -> tuple[float, float] | None:
        if self.clip < 0:
            return None
        # The norm is that of the sum over iter_size, before it is averaged.
        squares = np.float32(0)
        for p in self.parameters:
            if p.computed:
                diff = p.parameter.diff
                squares += np.float32(np.vdot(diff, diff))
        norm = float(np.sqrt(squares))
        if not norm > self.clip:
            return None
        return norm, float(np.float32(self.clip) / np.float32(norm))

    def _update_one(self, p: _Learned, rate: Any, factor: Any, average: Any) -> None:
        parameter = p.parameter
        local_rate = rate * np.float32(parameter.lr_mult)
        decay = self.decay * np.float32(parameter.decay_mult)
        frozen = parameter.lr_mult == 0 and not p.computed and not p.touched
        if frozen and (self.rule.idle_at_zero_rate or not decay):
            # Nothing would change; in the other rules the history would gather the decay.
            return
        p.touched = True
        for data, g, history, scratch in p.pieces(self._scratch):
            if factor != 1:
                g *= factor
            if self.iter_size != 1:
                g *= average
            if decay:
                work = scratch[0]
                if self.regularization == "L1":
                    np.sign(data, out=work)
                    work *= decay
                else:
                    np.multiply(data, decay, out=work)
                g += work
            self.rule.update(g, history, local_rate, scratch)
            data -= g
