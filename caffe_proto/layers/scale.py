"""A factor and an offset that are broadcast over a blob: learned, or a second bottom."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.sums import sum_of, sum_of_products

if TYPE_CHECKING:
    from caffe_proto.blob import Parameter


class _Broadcast(Layer):
    """A blob combined with a smaller one whose axes fit some of its axes, from ``axis`` on.

    Seen as ``(outer, middle, inner)``, the smaller blob is ``(middle,)``.
    """

    num_bottoms = (1, 2)
    #: Where the smaller blob's axes begin, as the settings have it.
    axis: int

    def is_by_image(self) -> bool:
        # Another blob's axes say nothing of images.
        if len(self.bottom_blobs) > 1:
            return False
        return not self.params[0].shape or self.axis % len(self.bottom_blobs[0].shape) > 0

    def learned_shape(self, bottom: Shape, axis: int, num_axes: int, setting: str) -> Shape:
        """The shape of the learned blob: ``num_axes`` axes of the bottom from ``axis`` on."""
        begin = self.canonical_axis(axis, len(bottom), f"{setting}.axis")
        if num_axes < -1:
            raise self.error(
                f"{setting}.num_axes is {num_axes}. Expected: 0 or more, or -1 for all axes "
                f"from axis {axis} on"
            )
        if num_axes == -1:
            return bottom[begin:]
        if begin + num_axes > len(bottom):
            raise self.error(
                f"{setting}.num_axes {num_axes} from axis {axis} on goes beyond the bottom's "
                f"shape {bottom}. Expected: at most {len(bottom) - begin}"
            )
        return bottom[begin : begin + num_axes]

    def fold(self, bottom: Shape, small: Shape, axis: int, setting: str) -> tuple[int, int, int]:
        """``(outer, middle, inner)`` for a blob of shape ``small`` from ``axis`` on."""
        # One number fits everywhere, so its axis is not even looked at.
        begin = self.canonical_axis(axis, len(bottom), f"{setting}.axis") if small else 0
        end = begin + len(small)
        if bottom[begin:end] != small:
            raise self.error(
                f"a blob of shape {small} does not fit the bottom's shape {bottom} from axis "
                f"{axis} on. Expected: {bottom[begin:end]}"
            )
        return prod(bottom[:begin]), prod(small), prod(bottom[end:])


@register_layer("Scale")
class Scale(_Broadcast):
    """Scale: ``y = s * x + b``, s and b broadcast over the axes of x that they lack.

    Bottom ``(N, C, H, W)`` → top, the same shape; s is a parameter or the second bottom. May run
    in place. Parameters: s (only with one bottom) and, with bias_term, b, both of the shape of
    num_axes axes of the bottom from axis on: ``(C)`` by default. A second bottom gives its own
    number of axes, and b is like it.
    Settings: ``scale_param`` (axis 1, num_axes 1: 0 for one number, -1 for all that follow;
    filler constant 1, bias_term false, bias_filler constant 0; of a fork: min_value and
    max_value, which bound s at every forward pass).
    As in Caffe, the gradient of s is overwritten and not added to where s is as large as the
    bottom, and where there are several factors, several values a factor and nothing before them
    (a batch of one, for the default axis); elsewhere, and for b always, it is added to.
    """

    def setup(self, bottom: Shape, factor: Shape | None = None) -> None:
        settings = self.param.scale_param
        self.axis = settings.axis
        if factor is None:
            shape = self.learned_shape(bottom, settings.axis, settings.num_axes, "scale_param")
            # Without a filler s begins as 1 and the layer as the identity.
            filler = settings.filler if settings.HasField("filler") else None
            self.add_param(shape, filler, constant=1.0)
            num_axes = settings.num_axes
        else:
            num_axes = len(factor)
        if settings.bias_term:
            shape = self.learned_shape(bottom, settings.axis, num_axes, "scale_param")
            filler = settings.bias_filler if settings.HasField("bias_filler") else None
            self.add_param(shape, filler)
        self._input = np.empty(0, self.context.dtype)

    def is_by_image(self) -> bool:
        # Bounds are written into the parameter at every forward pass.
        settings = self.param.scale_param
        is_bounded = settings.HasField("min_value") or settings.HasField("max_value")
        return not is_bounded and super().is_by_image()

    @property
    def _bias(self) -> Parameter | None:
        return self.params[-1] if self.param.scale_param.bias_term else None

    def infer_shapes(self, bottom: Shape, factor: Shape | None = None) -> Sequence[Shape]:
        axis = self.param.scale_param.axis
        small = self.params[0].shape if factor is None else factor
        self.folded = self.fold(bottom, small, axis, "scale_param")
        if (bias := self._bias) is not None:
            self.folded_bias = self.fold(bottom, bias.shape, axis, "scale_param")
        return [bottom]

    def forward(self, x: Array, factor: Array | None = None) -> Array:
        y = self.top()
        if self.in_place and self.needs_backward:
            # Backward needs what is about to be overwritten.
            if self._input.shape != x.shape:
                self._input = np.empty_like(x)
            np.copyto(self._input, x)
        s = self._bounded(self.params[0].data) if factor is None else factor
        np.multiply(x.reshape(self.folded), s.reshape(-1, 1), out=y.reshape(self.folded))
        if (bias := self._bias) is not None:
            shifted = y.reshape(self.folded_bias)
            shifted += bias.data.reshape(-1, 1)
        return y

    def _bounded(self, s: Array) -> Array:
        settings = self.param.scale_param
        if settings.HasField("min_value"):
            np.maximum(s, settings.min_value, out=s)
        if settings.HasField("max_value"):
            np.minimum(s, settings.max_value, out=s)
        return s

    def backward(self, dy: Array, xs: list[Array], y: Array) -> None:
        if (bias := self._bias) is not None and bias.needs_grad:
            bias.diff += sum_of(dy.reshape(self.folded_bias)).reshape(bias.shape)
        x = self._input if self.in_place else xs[0]
        learned = len(xs) == 1
        s = self.params[0].data if learned else xs[1]
        if self.params[0].needs_grad if learned else self.propagate_down[1]:
            ds = self.params[0].diff if learned else self.bottom_diff(1)
            outer, middle, inner = self.folded
            if outer == 1 and inner == 1:
                np.multiply(dy.reshape(s.shape), x.reshape(s.shape), out=ds)
            else:
                total = sum_of_products(dy.reshape(self.folded), x.reshape(self.folded))
                if learned and not (outer == 1 and middle > 1):
                    ds += total.reshape(s.shape)
                else:
                    ds[...] = total.reshape(s.shape)
                if not (self.in_place or self.propagate_down[0]):
                    # Caffe computes the products there, and leaves them if nobody asks for more.
                    np.multiply(dy, x, out=self.bottom_diff())
        if self.propagate_down[0]:
            dx = self.bottom_diff().reshape(self.folded)
            np.multiply(dy.reshape(self.folded), s.reshape(-1, 1), out=dx)


@register_layer("Bias")
class Bias(_Broadcast):
    """Offset: ``y = x + b``, b broadcast over the axes of x that it lacks.

    Bottom ``(N, C, H, W)`` → top, the same shape; b is a parameter or the second bottom. May run
    in place. Parameters: b (only with one bottom), of the shape of num_axes axes of the bottom
    from axis on: ``(C)`` by default.
    Settings: ``bias_param`` (axis 1, num_axes 1: 0 for one number, -1 for all that follow;
    filler constant 0).
    """

    def setup(self, bottom: Shape, offset: Shape | None = None) -> None:
        settings = self.param.bias_param
        self.axis = settings.axis
        if offset is None:
            shape = self.learned_shape(bottom, settings.axis, settings.num_axes, "bias_param")
            self.add_param(shape, settings.filler if settings.HasField("filler") else None)

    def infer_shapes(self, bottom: Shape, offset: Shape | None = None) -> Sequence[Shape]:
        small = self.params[0].shape if offset is None else offset
        self.folded = self.fold(bottom, small, self.param.bias_param.axis, "bias_param")
        return [bottom]

    def forward(self, x: Array, offset: Array | None = None) -> Array:
        y = self.top()
        b = self.params[0].data if offset is None else offset
        np.add(x.reshape(self.folded), b.reshape(-1, 1), out=y.reshape(self.folded))
        return y

    def backward(self, dy: Array, xs: list[Array], y: Array) -> None:
        learned = len(xs) == 1
        if self.params[0].needs_grad if learned else self.propagate_down[1]:
            total = sum_of(dy.reshape(self.folded))
            if learned:
                self.params[0].diff[...] += total.reshape(self.params[0].shape)
            else:
                np.copyto(self.bottom_diff(1), total.reshape(xs[1].shape))
        if self.propagate_down[0] and not self.in_place:
            np.copyto(self.bottom_diff(), dy)
