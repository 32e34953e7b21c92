"""Vectors brought to length 1, and scaled."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.sums import sum_of_products


def _length(x: Array, axes: tuple[int, ...], eps: float) -> Array:
    """``sqrt(sum x^2 + eps)`` over ``axes``, which stay with size 1."""
    squares = np.einsum("nci,nci->ni", x, x)[:, None]
    if axes == (1, 2):
        squares = squares.sum(axis=2, keepdims=True)
    squares += x.dtype.type(eps)
    return np.asarray(np.sqrt(squares))


def _project(dy: Array, x: Array, length: Array, axes: tuple[int, ...], out: Array) -> None:
    """``(dy - x (x . dy) / length^2) / length``: what of ``dy`` turns the vector ``x``."""
    along = np.einsum("nci,nci->ni", x, dy)[:, None]
    if axes == (1, 2):
        along = along.sum(axis=2, keepdims=True)
    along /= length
    along /= length
    np.multiply(x, along, out=out)
    np.subtract(dy, out, out=out)
    out /= length


@register_layer("Normalize")
class Normalize(Layer):
    """Divides by the length and scales: ``y = s * x / sqrt(sum x^2 + eps)``.

    Two forks give the name different meanings; the fields that are present decide.

    SSD's (``norm_param``, or no settings at all): bottom ``(N, C, H, W)``, or fewer axes from
    ``(N, C)`` on, but not more → top, the same shape. The sum runs over C, H and W, or over C
    alone where across_spatial is false. Parameters: s, of shape ``()``, or ``(C)`` where
    channel_shared is false. May run in place, but then has no gradient. Settings: ``norm_param``
    (across_spatial true, channel_shared true, scale_filler constant 1, eps 1e-10). The gradient
    of x leaves a scale a channel out of the inner product, as the fork does. Liu et al.,
    ParseNet, 2015.

    caffe-windows' (``normalize_param``, or a second top): ``y = x / norm`` over the channels at
    each place, with ``norm = sqrt(sum x^2 + 1e-6)``, or ``sum |x| + 1e-6`` for normalize_type
    "L1"; a second top ``(N, 1, H, W)`` is the norm. No parameters. Settings: ``normalize_param``
    (normalize_type "L2"; bp_norm false: whether the gradient of the norm flows back;
    fix_gradient is accepted and changes nothing, as there).
    """

    num_tops = (1, 2)

    def setup(self, bottom: Shape) -> None:
        self._check(bottom)
        self.scaled = len(self.top_blobs) == 1 and not self.param.HasField("normalize_param")
        if not self.scaled:
            self.refuse_in_place()
            kind = self.param.normalize_param.normalize_type
            if kind not in ("L1", "L2"):
                raise self.error(
                    f'normalize_param.normalize_type is "{kind}". Expected: "L2" or "L1"'
                )
            return
        settings = self.param.norm_param
        shape = () if settings.channel_shared else (bottom[1],)
        filler = settings.scale_filler if settings.HasField("scale_filler") else None
        self.add_param(shape, filler, constant=1.0)

    def _check(self, bottom: Shape) -> None:
        if not 2 <= len(bottom) <= 4:
            raise self.error(
                f"the bottom has the shape {bottom}. Expected: 2 to 4 axes, (N, C, H, W)"
            )

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        self._check(bottom)
        self.folded = (bottom[0], bottom[1], prod(bottom[2:]))
        if self.scaled and self.params[0].count not in (1, bottom[1]):
            raise self.error(
                f"has {self.params[0].count} scales for {bottom[1]} channels. Expected: one each"
            )
        across = self.scaled and self.param.norm_param.across_spatial
        self.axes = (1, 2) if across else (1,)
        norm = (bottom[0], 1, *bottom[2:])
        return [bottom, norm][: len(self.top_blobs)]

    def forward(self, x: Array) -> None:
        y = self.top().reshape(self.folded)
        x = x.reshape(self.folded)
        if self.scaled:
            self._norm = _length(x, self.axes, self.param.norm_param.eps)
        elif self.param.normalize_param.normalize_type == "L2":
            self._norm = _length(x, self.axes, 1e-6)
        else:
            self._norm = np.abs(x).sum(axis=1, keepdims=True)
            self._norm += x.dtype.type(1e-6)
        np.divide(x, self._norm, out=y)
        if self.scaled:
            y *= self.params[0].data.reshape(-1, 1)
        elif len(self.top_blobs) == 2:
            np.copyto(self.top(1), self._norm.reshape(self.top(1).shape))

    def backward(self, dys: list[Array], x: Array, ys: list[Array]) -> None:
        # SSD's forward may run in place, but its backward then reads what has been overwritten.
        self.refuse_in_place()
        x = x.reshape(self.folded)
        dy = dys[0].reshape(self.folded)
        if not self.scaled:
            if self.propagate_down[0]:
                self._backward_unscaled(dys, x, ys[0].reshape(self.folded))
            return
        scale = self.params[0]
        if scale.needs_grad:
            ds = sum_of_products(dy, x / self._norm)
            scale.diff[...] += ds.sum() if scale.shape == () else ds
        if self.propagate_down[0]:
            dx = self.bottom_diff().reshape(self.folded)
            _project(dy, x, self._norm, self.axes, dx)
            dx *= scale.data.reshape(-1, 1)

    def _backward_unscaled(self, dys: list[Array], x: Array, y: Array) -> None:
        settings = self.param.normalize_param
        dy, dx = dys[0].reshape(self.folded), self.bottom_diff().reshape(self.folded)
        # The derivative of the norm by x.
        slope = y if settings.normalize_type == "L2" else np.sign(x)
        along = np.einsum("nci,nci->ni", y, dy)[:, None]
        np.multiply(slope, along, out=dx)
        np.subtract(dy, dx, out=dx)
        dx /= self._norm
        if settings.bp_norm and len(dys) == 2:
            dx += slope * dys[1].reshape(self._norm.shape)


@register_layer("L2Norm")
class L2Norm(Layer):
    """Divides each item by its length: ``y = x / sqrt(sum x^2 + 1e-10)``.

    Bottom ``(N, ...)``, the sum over all that follows N → top, the same shape. No parameters, no
    settings: a Normalize layer with its defaults, without the scale.
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        if not bottom:
            raise self.error("the bottom has no axes. Expected: at least one, (N, ...)")
        self.folded = (bottom[0], prod(bottom[1:]), 1)
        return [bottom]

    def forward(self, x: Array) -> Array:
        y = self.top()
        rows = x.reshape(self.folded)
        self._norm = _length(rows, (1,), 1e-10)
        np.divide(rows, self._norm, out=y.reshape(self.folded))
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        if self.propagate_down[0]:
            dx = self.bottom_diff().reshape(self.folded)
            _project(dy.reshape(self.folded), x.reshape(self.folded), self._norm, (1,), dx)
