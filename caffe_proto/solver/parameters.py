"""The parameters that a solver updates: their history, and the update of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from caffe_proto import threads
from caffe_proto.blob import Array, Parameter
from caffe_proto.errors import SolverError
from caffe_proto.layers.windows import scratch
from caffe_proto.solver.updates import UpdateRule

if TYPE_CHECKING:
    from caffe_proto.net import Net
    from caffe_proto.schema import caffe_pb2

__all__ = ["LearnedParameters"]

#: Elements of a piece: large enough that NumPy's calls do not count, small enough for the cache.
PIECE = 1 << 16
#: Pieces that make it worth while to ask another thread.
PIECES_PER_THREAD = 2

_REGULARIZATIONS = ("L2", "L1")


class _Piece(NamedTuple):
    """Flat views of one stretch of a parameter."""

    data: Array
    diff: Array
    history: tuple[Array, ...]


class _Todo(NamedTuple):
    """One piece to update, with the parameter's own rate and decay."""

    piece: _Piece
    rate: Any
    decay: Any


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

    def pieces(self) -> list[_Piece]:
        """The parameter cut into pieces, anew where its memory is another than before."""
        data, diff = self.parameter.data, self.parameter.diff
        if self._of is None or self._of[0] is not data or self._of[1] is not diff:
            self._of = data, diff
            self._pieces = list(self._cut(data.reshape(-1), diff.reshape(-1)))
        return self._pieces

    def _cut(self, data: Array, diff: Array) -> Iterator[_Piece]:
        history = [h.reshape(-1) for h in self.history]
        for begin in range(0, data.size, PIECE):
            part = slice(begin, min(begin + PIECE, data.size))
            yield _Piece(data[part], diff[part], tuple(h[part] for h in history))

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
        todo = [item for p in self.parameters for item in self._todo(p, np.float32(rate))]

        def several(part: slice) -> None:
            with np.errstate(all="ignore"):
                for item in todo[part]:
                    self._update_piece(item, factor, average)

        threads.share(several, threads.parts(len(todo), at_least=PIECES_PER_THREAD))
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

    def _todo(self, p: _Learned, rate: Any) -> Iterator[_Todo]:
        parameter = p.parameter
        local_rate = rate * np.float32(parameter.lr_mult)
        decay = self.decay * np.float32(parameter.decay_mult)
        frozen = parameter.lr_mult == 0 and not p.computed and not p.touched
        if frozen and (self.rule.idle_at_zero_rate or not decay):
            # Nothing would change; in the other rules the history would gather the decay.
            return
        p.touched = True
        for piece in p.pieces():
            yield _Todo(piece, local_rate, decay)

    def _update_piece(self, item: _Todo, factor: Any, average: Any) -> None:
        (data, g, history), rate, decay = item
        one, other = scratch("update", (2, data.size), data.dtype)
        if factor != 1:
            g *= factor
        if self.iter_size != 1:
            g *= average
        if decay:
            if self.regularization == "L1":
                np.sign(data, out=one)
                one *= decay
            else:
                np.multiply(data, decay, out=one)
            g += one
        self.rule.update(g, history, rate, (one, other))
        data -= g
