"""InfogainLoss: cross entropy in which a matrix says what each confusion costs."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.loss import ClassAxis, LossLayer, Normalization, check_labels
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.softmax_function import softmax

# Caffe's floor for a probability.
FLOOR = 1e-20


@register_layer("InfogainLoss")
class InfogainLoss(LossLayer):
    """Weighted cross entropy: ``loss = -sum_n sum_k H[label_n, k] log softmax(x)_nk / normalizer``.

    Bottoms: scores ``(N, C, H, W)`` (any shape with a class axis), labels (one a position, 0 to
    C - 1), and ``H`` (C * C values, row by row) unless a file gives it → top ``()``; a second top,
    the scores' shape, gives the softmax. No parameters. Only the scores take a gradient. With H
    the identity this is SoftmaxWithLoss.
    Settings: ``infogain_loss_param`` (axis 1, source: a binaryproto file with H), ``loss_param``
    (ignore_label none; normalization VALID: divide by the counted labels, FULL: by all,
    BATCH_SIZE: by the positions before the class axis, NONE: by 1).

    Probabilities below 1e-20 count as that; the normalizer is at least 1. Two tops need two
    explicit loss weights in Caffe. ``loss_param { normalize }`` is refused.
    """

    num_bottoms = (2, 3)
    num_tops = (1, 2)

    def setup(self, scores: Shape, labels: Shape, *matrix: Shape) -> None:
        loss = self.param.loss_param
        if loss.HasField("normalize"):
            raise self.error(
                "loss_param.normalize is given, which InfogainLoss does not take. Expected: "
                f"normalization: {'VALID' if loss.normalize else 'BATCH_SIZE'}"
            )
        self.normalization = Normalization(self, loss)
        self._stored: Array | None = None
        if not matrix:
            settings = self.param.infogain_loss_param
            if not settings.HasField("source"):
                raise self.error(
                    "has no matrix H. Expected: a third bottom, or infogain_loss_param.source: "
                    "a binaryproto file"
                )
            axis = self.canonical_axis(settings.axis, len(scores), "infogain_loss_param.axis")
            self._stored = self._read_matrix(settings.source, scores[axis])

    def _read_matrix(self, source: str, classes: int) -> Array:
        from google.protobuf.message import DecodeError

        from caffe_proto.schema import caffe_pb2

        path = Path(source)
        if not path.is_file() and self.context.directory is not None:
            path = self.context.directory / source
        expected = f"a binaryproto file with {classes} x {classes} values for {classes} classes"
        blob = caffe_pb2.BlobProto()
        try:
            size = path.stat().st_size
            # Eight bytes a value if they are doubles; files are not trusted to be that small.
            if size > 16 * classes * classes + 4096:
                raise self.error(
                    f'infogain_loss_param.source "{source}" has {size} bytes, more than any '
                    f"matrix for {classes} classes. Expected: {expected}"
                )
            blob.ParseFromString(path.read_bytes())
        except OSError as fault:
            raise self.error(
                f'infogain_loss_param.source "{source}" cannot be read: '
                f"{fault.strerror or fault}. Expected: {expected}"
            ) from None
        except DecodeError:
            raise self.error(
                f'infogain_loss_param.source "{source}" is no BlobProto. Expected: {expected}'
            ) from None
        values = np.array(blob.data or blob.double_data, self.context.dtype)
        shape: tuple[int, ...] = tuple(blob.shape.dim)
        if any(blob.HasField(axis) for axis in ("num", "channels", "height", "width")):
            shape = (blob.num, blob.channels, blob.height, blob.width)
        if values.size != classes * classes or math.prod(shape) != values.size:
            raise self.error(
                f'infogain_loss_param.source "{source}" has {values.size} values of shape {shape}. '
                f"Expected: {classes * classes}, one a pair of the {classes} classes"
            )
        return values.reshape(classes, classes)

    def check_shapes(self, scores: Shape, labels: Shape, *matrix: Shape) -> None:
        axis = self.param.infogain_loss_param.axis
        self.classes = ClassAxis(self, scores, labels, axis, "infogain_loss_param.axis")
        classes = self.classes.classes
        count = math.prod(matrix[0]) if matrix else self._matrix().size
        if count != classes * classes:
            found = f'bottom 2 ("{self.bottoms[2]}") {matrix[0]}' if matrix else "the matrix"
            raise self.error(
                f"{found} has {count} values. "
                f"Expected: {classes * classes}, one a pair of the {classes} classes"
            )

    def _matrix(self, *given: Array) -> Array:
        if given:
            return given[0].reshape(self.classes.classes, self.classes.classes)
        assert self._stored is not None
        return self._stored

    def forward(self, scores: Array, labels: Array, *matrix: Array) -> list[Array | float | None]:
        at = self.classes
        whole, valid = check_labels(self, labels, at.classes, self.normalization.ignore)
        self._labels = whole.reshape(at.outer, at.inner)
        self._valid = None if valid is None else valid.reshape(at.outer, at.inner)
        self._prob = softmax(scores, at.axis, out=self.top(1) if len(self.top_blobs) == 2 else None)
        log = np.log(np.maximum(at.split(self._prob), scores.dtype.type(FLOOR)))
        rows = self._matrix(*matrix)[self._labels]
        losses = np.einsum("nik,nki->ni", rows, log)
        if self._valid is not None:
            losses = np.where(self._valid, losses, 0)
        counted = losses.size if self._valid is None else int(self._valid.sum())
        self._divisor = self.normalization.divisor(at.outer * at.inner, at.outer, counted)
        loss = (0 - losses.sum()) / scores.dtype.type(self._divisor)
        return [loss] if len(self.top_blobs) == 1 else [loss, self._prob]

    def backward(self, dy: list[Array], x: list[Array], y: list[Array]) -> list[Array | None]:
        self.refuse_label_gradient(1, 2)
        nothing: list[Array | None] = [None] * len(x)
        if not self.propagate_down[0]:
            return nothing
        at = self.classes
        matrix = self._matrix(*x[2:])
        dx = self.bottom_diff(0)
        inner = at.split(dx)
        sums = matrix.sum(axis=1)[self._labels]
        np.multiply(at.split(self._prob), sums[:, None, :], out=inner)
        inner -= matrix[self._labels].transpose(0, 2, 1)
        inner *= self._prob.dtype.type(float(dy[0]) / self._divisor)
        if self._valid is not None:
            np.copyto(inner, 0, where=~self._valid[:, None, :])
        return [dx, *nothing[1:]]
