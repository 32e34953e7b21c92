"""What the losses have in common: checks of batch and labels, ignored labels, normalization."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from caffe_proto.layers.base import Arity, Array, Layer, Shape

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = [
    "BATCH_SIZE",
    "FULL",
    "NONE",
    "PRE_FIXED",
    "VALID",
    "ClassAxis",
    "LossLayer",
    "Normalization",
    "check_labels",
    "legacy_axis",
]

FULL, VALID, BATCH_SIZE, NONE, PRE_FIXED = range(5)

IntArray = npt.NDArray[np.int64]


class LossLayer(Layer):
    """Base of the losses: prediction and target of one batch size → one number.

    The top may be left out; it counts with weight 1 unless ``loss_weight`` says otherwise.
    """

    num_bottoms: ClassVar[Arity] = 2
    auto_tops = True
    is_loss = True

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        self.check_batch(*bottoms[:2])
        self.check_shapes(*bottoms)
        return [(), *([bottoms[0]] * (len(self.top_blobs) - 1))]

    def check_shapes(self, *bottoms: Any) -> None:
        """Raise for shapes that the loss does not take; called at every reshape."""

    def allow_force_backward(self, bottom: int) -> bool:
        return bottom != 1

    def check_batch(self, first: Shape, second: Shape) -> None:
        """Raise unless both bottoms have the same number of rows along axis 0."""
        for i, shape in enumerate((first, second)):
            if not shape:
                raise self.error(
                    f'bottom {i} ("{self.bottoms[i]}") has no axes. '
                    "Expected: at least one, the batch"
                )
        if first[0] != second[0]:
            raise self.error(
                f'bottoms "{self.bottoms[0]}" {first} and "{self.bottoms[1]}" {second} differ '
                "along axis 0. Expected: one target (label) for each of the same examples"
            )

    def check_legacy_axes(self, *bottoms: Shape) -> None:
        """Raise above 4 axes: Caffe asks for the batch size by its old name ``num``."""
        for i, shape in enumerate(bottoms):
            if len(shape) > 4:
                raise self.error(
                    f'bottom {i} ("{self.bottoms[i]}") has the shape {shape}. '
                    "Expected: at most 4 axes; a Reshape or Flatten layer can merge some"
                )

    def check_pairs(self, a: Shape, b: Shape) -> None:
        """Raise unless both bottoms have at most 4 axes and as many values an example."""
        self.check_legacy_axes(a, b)
        if math.prod(a[1:]) != math.prod(b[1:]):
            raise self.error(
                f'bottoms "{self.bottoms[0]}" {a} and "{self.bottoms[1]}" {b} have '
                f"{math.prod(a[1:])} and {math.prod(b[1:])} values an example. "
                "Expected: the same number"
            )

    def check_rows(self, shape: Shape) -> None:
        """Raise for a batch without examples, by whose number Caffe divides the sizes."""
        if not shape[0]:
            raise self.error(
                f'bottom 0 ("{self.bottoms[0]}") has the shape {shape}. '
                "Expected: at least one example"
            )

    def refuse_label_gradient(self, *positions: int) -> None:
        """Raise where backward is asked for the gradient of a label."""
        for i in positions or (1,):
            if i < len(self.propagate_down) and self.propagate_down[i]:
                raise self.error(
                    f'has no gradient for bottom {i} ("{self.bottoms[i]}"), but it is asked for '
                    "one. Expected: labels that come from an input or a data layer, or "
                    "propagate_down: false for them"
                )


def legacy_axis(shape: Shape, axis: int) -> int:
    """The length of ``axis`` as Caffe's channels, height and width count: missing axes are 1."""
    return shape[axis] if axis < len(shape) else 1


def check_labels(
    layer: Layer, labels: Array, classes: int, ignore: int | None = None
) -> tuple[IntArray, npt.NDArray[np.bool_] | None]:
    """Labels as whole numbers, and which of them count (None: all).

    Fractions are cut off, as in Caffe. Labels that are ignored come back as 0. Raises
    :class:`LayerError` with the label and its place for one that is no number or no class.
    """
    with np.errstate(invalid="ignore"):
        whole = labels.astype(np.int64)
    valid: npt.NDArray[np.bool_] | None = None
    wrong = (whole < 0) | (whole >= classes)
    if not np.isfinite(labels).all():
        wrong |= ~np.isfinite(labels)
    if ignore is not None:
        valid = whole != ignore
        if not np.isfinite(labels).all():
            valid |= ~np.isfinite(labels)
        wrong &= valid
    if wrong.any():
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        expected = f"0 to {classes - 1} ({classes} classes)" if classes else "no class at all"
        if ignore is not None:
            expected += f", or ignore_label {ignore}"
        else:
            expected += "; loss_param { ignore_label: ... } leaves a label out"
        name = layer.bottoms[1]
        raise layer.error(
            f'label {labels[first]:g} at {place(first)} of bottom "{name}" is no class '
            f"({int(wrong.sum())} of {labels.size} labels are wrong). Expected: {expected}"
        )
    if valid is not None:
        if valid.all():
            return whole, None
        whole[~valid] = 0
    return whole, valid


def place(index: tuple[int, ...]) -> str:
    """``(n, h, w) = (0, 1, 2)``: an index with the names of its axes where they are usual."""
    names = {1: "(n)", 2: "(n, i)", 3: "(n, h, w)", 4: "(n, c, h, w)"}.get(len(index), "index")
    values = f"({', '.join(map(str, index))})" if len(index) != 1 else f"({index[0]})"
    return f"{names} = {values}"


class ClassAxis:
    """Scores as ``(outer, classes, inner)`` around the class axis, labels as ``(outer, inner)``.

    Raises :class:`LayerError` unless there is one label a position.
    """

    def __init__(self, layer: Layer, scores: Shape, labels: Shape, axis: int, setting: str) -> None:
        self.axis = layer.canonical_axis(axis, len(scores), setting)
        self.outer = math.prod(scores[: self.axis])
        self.classes = scores[self.axis]
        self.inner = math.prod(scores[self.axis + 1 :])
        if self.outer * self.inner != math.prod(labels):
            raise layer.error(
                f'bottom "{layer.bottoms[1]}" of shape {labels} has {math.prod(labels)} labels. '
                f'Expected: {self.outer * self.inner}, one a position of "{layer.bottoms[0]}" '
                f"{scores} without its class axis {self.axis} ({setting})"
            )

    def split(self, scores: Array) -> Array:
        """A view ``(outer, classes, inner)`` of an array of the scores' shape."""
        return scores.reshape(self.outer, self.classes, self.inner)

    def index(self, labels: IntArray) -> tuple[Any, Any, Any]:
        """Where the labels' entries stand in an array ``(outer, classes, inner)``."""
        return np.arange(self.outer)[:, None], labels, np.arange(self.inner)


class Normalization:
    """By what a loss is divided: ``loss_param { normalization ignore_label normalize }``."""

    def __init__(self, layer: Layer, param: caffe_pb2.LossParameter, default: int = VALID) -> None:
        self.layer = layer
        self.ignore = int(param.ignore_label) if param.HasField("ignore_label") else None
        self.mode = int(param.normalization) if param.HasField("normalization") else default
        if not param.HasField("normalization") and param.HasField("normalize"):
            self.mode = VALID if param.normalize else BATCH_SIZE
        self.fixed = float(param.pre_fixed_normalizer)
        if self.mode == PRE_FIXED and not self.fixed > 0:
            raise layer.error(
                f"loss_param.pre_fixed_normalizer is {self.fixed:g}. Expected: a positive number"
            )

    def divisor(self, full: int, batch: int, valid: int) -> float:
        """The divisor for ``full`` positions in ``batch`` rows, ``valid`` of them counted.

        It is never below 1, so that a batch without a counted label gives a loss of 0.
        """
        if self.mode == PRE_FIXED:
            return self.fixed
        value = {FULL: full, VALID: valid, BATCH_SIZE: batch, NONE: 1}[self.mode]
        return max(1.0, float(value))
