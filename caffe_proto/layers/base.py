"""What every layer is: bottoms and tops, parameters, shapes, forward, backward.

A layer type is one class in one module of this folder::

    @register_layer("Power")
    class Power(Layer):
        def infer_shapes(self, bottom):        # called at every change of a bottom's shape
            return [bottom]

        def forward(self, x):                  # returns the top
            return (self.shift + self.scale * x) ** self.power

        def backward(self, dy, x, y):          # returns the bottom's gradient
            ...

How blobs are handed over
-------------------------
``setup``, ``infer_shapes`` and ``forward`` take one argument a bottom. ``backward(dy, x, y)``
takes the tops' gradients, the bottoms and the tops. A side that the class declares to be exactly
one blob (``num_bottoms = 1``, the default; ``num_tops = 1``, the default) is a bare array there;
any other side is a list of arrays, even if it holds one at the moment.

``forward`` returns the top, or a sequence with one array (or None: already written) a top, or None
if it has written all of them. ``backward`` returns the bottom's gradient, or a sequence with one
array (or None: no gradient, or already written) a bottom. What is returned is copied into the
blobs; to spare that copy a layer may write into :meth:`Layer.top` and :meth:`Layer.bottom_diff`
and return that very array. A top whose array has another shape than inferred is reshaped.

Gradients of parameters are added: ``self.params[0].diff += ...``, where
``self.params[0].needs_grad``; gradients of bottoms are overwritten, where
``self.propagate_down[i]``.

In a layer that works in place (``top: "x"`` with ``bottom: "x"``) the arrays ``x`` and ``y`` of
``backward`` are the same memory, as are their gradients: keep what is needed from ``forward``.

Everything computes in the dtype of its input: float32 usually, float64 in checks of derivatives.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from caffe_proto import fillers
from caffe_proto.blob import Array, Blob, Parameter, Shape
from caffe_proto.errors import FillerError, LayerError
from caffe_proto.layers.steps import Steps
from caffe_proto.stream import RandomStream

if TYPE_CHECKING:
    from caffe_proto.rng import CaffeRandom
    from caffe_proto.schema import caffe_pb2

__all__ = ["Alias", "Arity", "Array", "Blob", "Layer", "LayerContext", "Parameter", "Shape"]

#: How many blobs a side takes: exactly n, or (at least, at most or None).
Arity = int | tuple[int, int | None]

TRAIN, TEST = 0, 1


@dataclass
class LayerContext:
    """What a layer may ask of the net that it is part of."""

    phase: int = TEST
    dtype: npt.DTypeLike = np.float32
    stream: RandomStream = field(default_factory=RandomStream)
    #: Where relative paths of a prototxt are looked up after the working directory.
    directory: Path | None = None
    allow_python_layers: bool = False
    #: Iteration-independent facts of a solver, for Python layers and data layers.
    solver_count: int = 1
    solver_rank: int = 0


@dataclass(frozen=True)
class Alias:
    """Top ``top`` uses the memory of bottom ``bottom`` (the gradients' too if ``diff``)."""

    top: int
    bottom: int
    diff: bool = True


def _no_gradient(self: Layer, dy: Any, x: Any, y: Any) -> None:
    if any(self.propagate_down):
        raise self.error("has no gradient, but one of its bottoms asks for it")


class Layer:
    """Base of all layer types; see the module's text for how blobs are handed over."""

    #: The registered type name; set by ``register_layer``.
    type: ClassVar[str] = ""
    num_bottoms: ClassVar[Arity] = 1
    num_tops: ClassVar[Arity] = 1
    #: The number of tops must equal the number of bottoms.
    tops_match_bottoms: ClassVar[bool] = False
    #: Tops that the prototxt leaves out are made up, named ``(automatic)`` (losses).
    auto_tops: ClassVar[bool] = False
    #: The first top is a loss with weight 1 unless ``loss_weight`` says otherwise.
    is_loss: ClassVar[bool] = False

    def __init__(self, param: caffe_pb2.LayerParameter, context: LayerContext) -> None:
        self.param = param
        self.name: str = param.name
        self.context = context
        self.params: list[Parameter] = []
        self.bottom_blobs: list[Blob] = []
        self.top_blobs: list[Blob] = []
        #: Names of the blobs, as the net has them (split copies included).
        self.bottoms: list[str] = list(param.bottom)
        self.tops: list[str] = list(param.top)
        #: One flag a bottom: is its gradient wanted? Set by the net.
        self.propagate_down: list[bool] = []
        #: Whether backward may follow forward, so that what it needs must be kept. Set by the net.
        self.needs_backward = True
        #: One weight a top: what it contributes to the net's loss.
        self.loss_weights: list[float] = []
        #: Set while the last forward was run by copies of this layer, each for a part of the batch:
        #: they know what backward needs. Weak, so that a net goes as soon as nobody has it.
        self.runs_apart: weakref.WeakMethod[Callable[[Layer], None]] | None = None
        self._inferred_for: list[Shape] | None = None
        self._aliases: tuple[Alias, ...] = ()
        self._in_place_fault: LayerError | None = None

    # -- what a type defines ---------------------------------------------------------------

    def setup(self, *bottoms: Any) -> None:
        """Check the settings and create the parameters (:meth:`add_param`); called once."""

    #: Shapes of the tops for shapes of the bottoms: one argument a bottom, a list comes back.
    infer_shapes: Callable[..., Sequence[Shape]]

    #: Values of the tops for values of the bottoms.
    forward: Callable[..., Any]

    #: Gradients of the bottoms, from those of the tops, the bottoms and the tops.
    backward: Callable[..., Any] = _no_gradient

    def aliases(self) -> Sequence[Alias]:
        """Tops that use a bottom's memory instead of their own."""
        return ()

    def allow_force_backward(self, bottom: int) -> bool:
        """Whether ``force_backward`` asks this bottom for a gradient (labels say no)."""
        return True

    def is_by_image(self) -> bool:
        """Whether part of a batch can be run apart from the rest.

        That is, axis 0 of all blobs counts images, which have nothing to do with each other: no
        statistics over the batch, no draws from the net's random stream, no state but what
        backward needs of forward.
        """
        return False

    def macs(self) -> int:
        """Multiply-adds of one forward pass with the present shapes (0: not worth counting)."""
        return 0

    def forward_steps(self) -> Steps | None:
        """The work of ``forward`` over the blobs' present memory, to be done any number of times.

        None where it depends on the values, or is not worth while.
        """
        return None

    def backward_steps(self) -> Steps | None:
        """The same of ``backward``, after :meth:`forward_steps`."""
        return None

    # -- what a type may use ---------------------------------------------------------------

    @property
    def blobs(self) -> list[Parameter]:
        """The parameters, under the name that Caffe gives them."""
        return self.params

    @property
    def is_training(self) -> bool:
        """Whether the layer runs in the TRAIN phase."""
        return self.phase == TRAIN

    @property
    def phase(self) -> int:
        """0 for TRAIN, 1 for TEST: the layer's own ``phase`` field, or the net's."""
        return self.param.phase if self.param.HasField("phase") else self.context.phase

    @property
    def rng(self) -> CaffeRandom:
        """The net's random stream, positioned where Caffe's would be."""
        return self.context.stream.random

    @property
    def in_place(self) -> bool:
        """Whether the first top is the first bottom (``top: "x"`` with ``bottom: "x"``)."""
        bottoms, tops = self.bottom_blobs, self.top_blobs
        return bool(bottoms) and bool(tops) and bottoms[0] is tops[0]

    def refuse_in_place(self) -> None:
        """Raise :class:`LayerError` where the layer is asked to work in place (in ``setup``)."""
        if self.in_place:
            raise self.error(
                "cannot work in place. Expected: a top with a name of its own. "
                f'Received: top "{self.tops[0]}", which is the bottom'
            )

    def top(self, index: int = 0) -> Array:
        """The memory of a top, to write into; it may be the bottom's, in place."""
        return self.top_blobs[index].data

    def bottom_diff(self, index: int = 0) -> Array:
        """The memory of a bottom's gradient, to write into; in place it is the top's."""
        return self.bottom_blobs[index].diff

    def error(self, message: str) -> LayerError:
        """An error that names this layer: ``raise self.error("...")``."""
        return LayerError(self.name, self.param.type or self.type, message)

    def canonical_axis(self, axis: int, ndim: int, setting: str = "axis") -> int:
        """``axis`` counted from the front; negative ones count from the back.

        Raises :class:`LayerError` naming ``setting`` where it is out of range.
        """
        if not -ndim <= axis < ndim:
            raise self.error(
                f"{setting} {axis} is out of range for a bottom of {ndim} axes. "
                f"Expected: {-ndim} to {ndim - 1}"
            )
        return axis % ndim if ndim else 0

    def add_param(
        self,
        shape: Sequence[int],
        filler: caffe_pb2.FillerParameter | None = None,
        *,
        constant: float = 0.0,
    ) -> Parameter:
        """Append a parameter, filled by ``filler`` or, without one, with ``constant``.

        Values that the layer's definition carries (``blobs``) are taken instead, and then
        nothing is drawn, as in Caffe.
        """
        axes = tuple(int(n) for n in shape)
        parameter = Parameter(axes, self.context.dtype, filler)
        index = len(self.params)
        self.params.append(parameter)
        if len(self.param.blobs):
            self._take_carried(parameter, index)
        elif filler is None:
            if constant:
                parameter.data[...] = constant
        else:
            try:
                fillers.check(filler, axes)
            except FillerError as fault:
                raise self.error(f"filler of parameter {index}, shape {axes}: {fault}") from None
            self.context.stream.defer(
                lambda random: fillers.fill(filler, axes, random), parameter.data_storage
            )
            if not fillers.is_builtin(filler.type):
                self.context.stream.flush()
        return parameter

    def _take_carried(self, parameter: Parameter, index: int) -> None:
        if index >= len(self.param.blobs):
            raise self.error(
                f"carries {len(self.param.blobs)} blobs in its definition. "
                f"Expected: one for parameter {index} of shape {parameter.shape} too"
            )
        proto = self.param.blobs[index]
        values = np.asarray(proto.data or proto.double_data, self.context.dtype)
        if values.size != parameter.count:
            raise self.error(
                f"blob {index} in its definition has {values.size} values. "
                f"Expected: {parameter.count} for the shape {parameter.shape}"
            )
        parameter.adopt(values)

    # -- what the net calls ----------------------------------------------------------------

    def connect(self, bottoms: Sequence[Blob], tops: Sequence[Blob]) -> None:
        """Bind the blobs, check their numbers, set the layer up and shape its tops."""
        self.bottom_blobs, self.top_blobs = list(bottoms), list(tops)
        self.propagate_down = [False] * len(self.bottom_blobs)
        self._check_arity()
        shapes = [blob.shape for blob in self.bottom_blobs]
        self.setup(*shapes)
        self.reshape()
        self._in_place_fault = self._changes_in_place(shapes)
        self._aliases = tuple(self.aliases())
        self._share_memory()
        self._set_loss_weights()

    def _changes_in_place(self, before: list[Shape]) -> LayerError | None:
        """An error where a layer in place changes its bottom's shape, as it would at every pass.

        Caffe builds such a layer too, and fails (or goes on changing the shape) in forward.
        """
        after = [blob.shape for blob in self.bottom_blobs]
        if after == before:
            return None
        tops = [blob.shape for blob in self.top_blobs]
        try:
            if [tuple(shape) for shape in self.infer_shapes(*after)] == tops:
                return None
        except LayerError:
            pass
        return self.error(
            "cannot work in place. Expected: a top with a name of its own, since its shape is "
            f"another one. Received: a bottom of {before[0]}, a top of {tops[0]}"
        )

    def _share_memory(self) -> None:
        """Give aliases their bottom's memory, which may be another one since they last had it.

        That of a Parameter layer is another one as soon as its parameter is shared.
        """
        for alias in self._aliases:
            top, bottom = self.top_blobs[alias.top], self.bottom_blobs[alias.bottom]
            if top.data_storage is not bottom.data_storage:
                top.share_data(bottom)
            if alias.diff and top.diff_storage is not bottom.diff_storage:
                top.share_diff(bottom)

    def reshape(self) -> None:
        """Shape the tops for the bottoms' present shapes."""
        shapes = [blob.shape for blob in self.bottom_blobs]
        inferred = self.infer_shapes(*shapes)
        for i, (blob, shape) in enumerate(zip(self.top_blobs, inferred, strict=True)):
            if blob.shape == tuple(shape):
                continue
            blob.reshape(*shape)
            if self.loss_weights and self.loss_weights[i]:
                # New memory, where the blob has grown, knows nothing of the loss weight yet.
                blob.diff[...] = self.loss_weights[i]
        # In place, the bottom's shape may be what was just set.
        self._inferred_for = [blob.shape for blob in self.bottom_blobs]

    def follow_bottoms(self) -> None:
        """Let the tops have the shapes, and aliases the memory, that the bottoms call for now."""
        if self._inferred_for != [blob.shape for blob in self.bottom_blobs]:
            self.reshape()
        if self._aliases:
            self._share_memory()

    def run_forward(self) -> float:
        """Compute the tops; returns what they contribute to the loss."""
        if self._in_place_fault is not None:
            raise self._in_place_fault
        self.follow_bottoms()
        self.runs_apart = None
        result = self.forward(*(blob.data for blob in self.bottom_blobs))
        if result is not None:
            if isinstance(result, np.ndarray) or np.isscalar(result):
                result = (result,)
            self._store(result)
        loss = 0.0
        for weight, blob in zip(self.loss_weights, self.top_blobs, strict=True):
            if weight:
                loss += float(np.vdot(blob.data, blob.diff))
        return loss

    def run_backward(self) -> None:
        """Compute the gradients of the bottoms and add those of the parameters."""
        apart = self.runs_apart() if self.runs_apart is not None else None
        # The copies know nothing of a backward that only this layer has, or that is not theirs.
        if apart is not None and self.needs_backward and "backward" not in vars(self):
            apart(self)
            return
        dys: Any = [blob.diff for blob in self.top_blobs]
        xs: Any = [blob.data for blob in self.bottom_blobs]
        ys: Any = [blob.data for blob in self.top_blobs]
        if self.num_tops == 1:
            dys, ys = dys[0], ys[0]
        if self.num_bottoms == 1:
            xs = xs[0]
        result = self.backward(dys, xs, ys)
        if result is None:
            return
        if isinstance(result, np.ndarray) or np.isscalar(result):
            result = (result,)
        wanted = zip(self.propagate_down, result, self.bottom_blobs, strict=True)
        for propagate, value, blob in wanted:
            if propagate and value is not None:
                _put(blob.diff, value)

    def _store(self, values: Sequence[Any]) -> None:
        if len(values) != len(self.top_blobs):
            raise self.error(
                f"forward returned {len(values)} arrays for {len(self.top_blobs)} tops"
            )
        for blob, value in zip(self.top_blobs, values, strict=True):
            if value is None:
                continue
            shape = np.shape(value)
            if shape != blob.shape:
                blob.reshape(*shape)
            _put(blob.data, value)

    def _check_arity(self) -> None:
        for side, arity, names in (
            ("bottom", self.num_bottoms, self.bottoms),
            ("top", self.num_tops, self.top_blobs),
        ):
            low, high = (arity, arity) if isinstance(arity, int) else arity
            count = len(names)
            if count < low or (high is not None and count > high):
                expected = (
                    f"exactly {low}"
                    if low == high
                    else f"at least {low}"
                    if high is None
                    else f"{low} to {high}"
                )
                raise self.error(f"takes {expected} {side} blob(s). Received: {count}")
        if self.tops_match_bottoms and len(self.top_blobs) != len(self.bottom_blobs):
            raise self.error(
                f"needs as many tops as bottoms. "
                f"Received: {len(self.bottom_blobs)} bottoms, {len(self.top_blobs)} tops"
            )

    def _set_loss_weights(self) -> None:
        weights = list(self.param.loss_weight)
        tops = len(self.top_blobs)
        if weights and len(weights) != tops:
            raise self.error(
                f"loss_weight is given {len(weights)} time(s) for {tops} top(s). "
                "Expected: none, or one a top"
            )
        if not weights:
            weights = [0.0] * tops
            if self.is_loss and tops:
                weights[0] = 1.0
        self.loss_weights = weights
        self._fill_loss_weights()

    def _fill_loss_weights(self) -> None:
        # The loss weight lives in the top's diff: that is where backward starts from.
        for weight, blob in zip(self.loss_weights, self.top_blobs, strict=True):
            if weight:
                blob.diff[...] = weight

    def __repr__(self) -> str:
        return f"<{self.type or type(self).__name__} layer {self.name!r}>"


def _put(memory: Array, value: Any) -> None:
    if value is memory:
        return
    np.copyto(memory, value, casting="same_kind")
