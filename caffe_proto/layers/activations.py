"""Nonlinearities: each element by itself, with a slope, a bound or a curve."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.steps import Step
from caffe_proto.layers.sums import sum_of_products
from caffe_proto.layers.windows import scratch


class _Activation(Layer):
    """One bottom, one top of the same shape; a derivative for each element."""

    def is_by_image(self) -> bool:
        return bool(self.bottom_blobs[0].shape)

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        return [bottom]

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if not self.propagate_down[0]:
            return None
        dx = self.bottom_diff()
        np.multiply(dy, self.derivative(x, y), out=dx)
        return dx

    def derivative(self, x: Array, y: Array) -> Array:
        """``dy / dx``; in place, ``x`` is ``y`` already."""
        raise NotImplementedError


def _above(x: Array, out: Array | None = None) -> Array:
    """``max(x, 0)``; NumPy clips several times faster than it compares with a number."""
    return np.asarray(np.clip(x, 0, np.inf, out=out))


def _below(x: Array) -> Array:
    """``min(x, 0)``."""
    return np.asarray(np.clip(x, -np.inf, 0))


def _rectify(x: Array, slope: Any, y: Array) -> Array:
    """``max(x, 0) + slope * min(x, 0)`` into ``y``, which may be ``x``."""
    if np.size(slope) and np.min(slope) >= 0 and np.max(slope) <= 1:
        # The same, in fewer passes.
        np.maximum(x, x * slope, out=y)
        return y
    below = _below(x)
    below *= slope
    _above(x, out=y)
    y += below
    return y


def _rectifier_derivative(x: Array, slope: Any) -> Array:
    """1 above 0, ``slope`` at 0 and below."""
    factor: Array = np.multiply(x <= 0, slope, dtype=x.dtype)
    factor += x > 0
    return factor


def sigmoid(x: Array, out: Array | None = None) -> Array:
    """``1 / (1 + exp(-x))``, element by element; ``out`` may be ``x``."""
    y = np.negative(x, out=out)
    with np.errstate(over="ignore"):
        np.exp(y, out=y)
    y += 1
    np.reciprocal(y, out=y)
    return y


@register_layer("ReLU")
class ReLU(_Activation):
    """Rectifier: ``y = max(x, 0) + negative_slope * min(x, 0)``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place.
    Settings: ``relu_param`` (negative_slope 0; engine is accepted and changes nothing).
    The gradient at exactly 0 is negative_slope.
    Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, ICML 2010.
    """

    def setup(self, bottom: Shape) -> None:
        self.slope = float(self.param.relu_param.negative_slope)

    def forward(self, x: Array) -> Array:
        y = self.top()
        if self.slope:
            _rectify(x, x.dtype.type(self.slope), y)
        else:
            _above(x, out=y)
        return y

    def forward_steps(self) -> list[Step] | None:
        if self.slope:
            return None
        return [partial(_above, self.bottom_blobs[0].data, self.top())]

    def backward_steps(self) -> list[Step] | None:
        if self.slope or not self.propagate_down[0]:
            return None
        x, dy = self.bottom_blobs[0].data, self.top_blobs[0].diff
        above = scratch("above", x.shape, bool)
        return [
            partial(np.greater, x, 0, above),
            partial(np.multiply, dy, above, self.bottom_diff()),
        ]

    def derivative(self, x: Array, y: Array) -> Array:
        # In place, x is already y: the sign is the same.
        if not self.slope:
            return x > 0
        return _rectifier_derivative(x, x.dtype.type(self.slope))


@register_layer("ReLU6")
class ReLU6(_Activation):
    """Rectifier with a ceiling: ``y = min(max(x, 0) + negative_slope * min(x, 0), 6)``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place.
    Settings: ``relu6_param`` (negative_slope 0). The gradient is 1 between 0 and 6,
    negative_slope at 0 and below, 0 at 6 and above.
    """

    def setup(self, bottom: Shape) -> None:
        self.slope = float(self.param.relu6_param.negative_slope)

    def forward(self, x: Array) -> Array:
        y = self.top()
        if not self.slope:
            np.clip(x, 0, 6, out=y)
            return y
        _rectify(x, x.dtype.type(self.slope), y)
        np.minimum(y, 6, out=y)
        return y

    def derivative(self, x: Array, y: Array) -> Array:
        inside = (x > 0) & (x < 6)
        if not self.slope:
            return inside
        factor: Array = np.multiply(x <= 0, x.dtype.type(self.slope), dtype=x.dtype)
        factor += inside
        return factor


@register_layer("PReLU")
class PReLU(Layer):
    """Rectifier with a learned slope: ``y = max(x, 0) + a * min(x, 0)``, a slope a channel.

    Bottom ``(N, C)``, ``(N, C, H)`` or ``(N, C, H, W)`` → top, the same shape. May run in place.
    Parameters: a, of shape ``(C)``, or ``()`` where channel_shared.
    Settings: ``prelu_param`` (filler constant 0.25, channel_shared false).
    The gradient at exactly 0 is the slope. He et al., Delving Deep into Rectifiers, ICCV 2015.
    """

    def setup(self, bottom: Shape) -> None:
        settings = self.param.prelu_param
        self._check(bottom)
        shape = () if settings.channel_shared else (bottom[1],)
        filler = settings.filler if settings.HasField("filler") else None
        self.add_param(shape, filler, constant=0.25)
        self._input = np.empty(0, self.context.dtype)

    def _check(self, bottom: Shape) -> None:
        # Caffe reads the channels with its 4-axes accessors, so it refuses a fifth axis.
        if not 2 <= len(bottom) <= 4:
            raise self.error(
                f"the bottom has {len(bottom)} axes, {bottom}. Expected: 2 to 4, (N, C, H, W)"
            )

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        self._check(bottom)
        slopes = self.params[0].count
        if slopes not in (1, bottom[1]):
            raise self.error(
                f"has {slopes} slopes for {bottom[1]} channels. Expected: one a channel"
            )
        self.folded = (bottom[0], bottom[1], prod(bottom[2:]))
        if slopes == 1:
            self.folded = (1, 1, prod(bottom))
        return [bottom]

    def is_by_image(self) -> bool:
        return True

    def forward(self, x: Array) -> Array:
        y = self.top()
        if self.in_place and self.needs_backward:
            # Backward needs what is about to be overwritten.
            if self._input.shape != x.shape:
                self._input = np.empty_like(x)
            np.copyto(self._input, x)
        slope = self.params[0].data.reshape(-1, 1)
        _rectify(x.reshape(self.folded), slope, y.reshape(self.folded))
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        x = (self._input if self.in_place else x).reshape(self.folded)
        dy = dy.reshape(self.folded)
        weight = self.params[0]
        if weight.needs_grad:
            weight.diff[...] += sum_of_products(dy, _below(x)).reshape(weight.shape)
        if self.propagate_down[0]:
            factor = _rectifier_derivative(x, weight.data.reshape(-1, 1))
            np.multiply(dy, factor, out=self.bottom_diff().reshape(self.folded))


@register_layer("CReLU")
class CReLU(Layer):
    """Both halves: the rectified x, then the rectified -x, one after the other along the channels.

    Bottom ``(N, C, ...)`` → top ``(N, 2 C, ...)``. No parameters, no settings.
    Shang et al., Understanding and Improving Convolutional Neural Networks via Concatenated
    Rectified Linear Units, ICML 2016.
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        if len(bottom) < 2:
            raise self.error(
                f"the bottom has the shape {bottom}. Expected: at least 2 axes, (N, C)"
            )
        return [(bottom[0], 2 * bottom[1], *bottom[2:])]

    def forward(self, x: Array) -> Array:
        y, channels = self.top(), x.shape[1]
        _above(x, out=y[:, :channels])
        np.negative(_below(x), out=y[:, channels:])
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if not self.propagate_down[0]:
            return None
        dx, channels = self.bottom_diff(), x.shape[1]
        np.multiply(dy[:, :channels], x > 0, out=dx)
        dx -= dy[:, channels:] * (x < 0)
        return dx


@register_layer("ELU")
class ELU(_Activation):
    """Exponential linear unit: ``y = x`` above 0, ``alpha * (exp(x) - 1)`` elsewhere.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place.
    Settings: ``elu_param`` (alpha 1). The gradient at exactly 0 is alpha.
    Clevert et al., Fast and Accurate Deep Network Learning by Exponential Linear Units, ICLR 2016.
    """

    def setup(self, bottom: Shape) -> None:
        self.alpha = float(self.param.elu_param.alpha)

    def forward(self, x: Array) -> Array:
        y = self.top()
        below = _below(x)
        np.exp(below, out=below)
        below -= 1
        below *= x.dtype.type(self.alpha)
        _above(x, out=y)
        y += below
        return y

    def derivative(self, x: Array, y: Array) -> Array:
        factor: Array = y + y.dtype.type(self.alpha)
        factor *= x <= 0
        factor += x > 0
        return factor


@register_layer("Sigmoid")
class Sigmoid(_Activation):
    """Logistic function: ``y = 1 / (1 + exp(-x))``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place.
    Settings: ``sigmoid_param`` (engine is accepted and changes nothing).
    """

    def forward(self, x: Array) -> Array:
        return sigmoid(x, out=self.top())

    def derivative(self, x: Array, y: Array) -> Array:
        factor = 1 - y
        factor *= y
        return factor


@register_layer("TanH")
class TanH(_Activation):
    """Hyperbolic tangent: ``y = tanh(x)``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place.
    Settings: ``tanh_param`` (engine is accepted and changes nothing).
    """

    def forward(self, x: Array) -> Array:
        y = self.top()
        np.tanh(x, out=y)
        return y

    def derivative(self, x: Array, y: Array) -> Array:
        factor = np.asarray(y * y)
        np.subtract(1, factor, out=factor)
        return factor


@register_layer("Swish")
class Swish(_Activation):
    """Swish: ``y = x * sigmoid(beta * x)``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place.
    Settings: ``swish_param`` (beta 1).
    Ramachandran et al., Searching for Activation Functions, 2017.
    """

    def setup(self, bottom: Shape) -> None:
        self.beta = float(self.param.swish_param.beta)

    def forward(self, x: Array) -> Array:
        y = self.top()
        scaled = np.asarray(x * x.dtype.type(self.beta))
        self._sigmoid = sigmoid(scaled, out=scaled)
        np.multiply(x, self._sigmoid, out=y)
        return y

    def derivative(self, x: Array, y: Array) -> Array:
        # beta y + sigmoid (1 - beta y) needs y and the sigmoid, not x, so it holds in place too.
        scaled = y * y.dtype.type(self.beta)
        factor: Array = 1 - scaled
        factor *= self._sigmoid
        factor += scaled
        return factor


@register_layer("BNLL")
class BNLL(_Activation):
    """Binomial normal log likelihood (softplus): ``y = log(1 + exp(x))``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place, but then, as in
    Caffe, the gradient is taken at y instead of x. No settings.
    """

    def forward(self, x: Array) -> Array:
        # max(x, 0) + log(1 + exp(-|x|)) is the same and does not overflow.
        y = self.top()
        curve = np.asarray(np.abs(x))
        np.negative(curve, out=curve)
        np.exp(curve, out=curve)
        # NumPy's log is many times as fast as its log1p; what 1 + e rounds away of a small e is
        # added behind the logarithm, where it makes no difference.
        grown = np.asarray(curve + 1)
        curve -= grown - 1
        curve += np.log(grown, out=grown)
        _above(x, out=y)
        y += curve
        return y

    def derivative(self, x: Array, y: Array) -> Array:
        # Beyond 50 the derivative is 1 in any precision, and exp would overflow.
        grown = np.asarray(np.minimum(x, 50))
        np.exp(grown, out=grown)
        grown /= grown + 1
        return grown


@register_layer("Clip")
class Clip(_Activation):
    """Bounds: ``y = max(min, min(x, max))``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place, but then, as in
    Caffe, the gradient passes everywhere. Settings: ``clip_param`` (min and max, both required).
    The gradient passes at both bounds.
    """

    def setup(self, bottom: Shape) -> None:
        settings = self.param.clip_param
        for name in ("min", "max"):
            if not settings.HasField(name):
                raise self.error(f"clip_param.{name} is missing. Expected: both min and max")
        self.low, self.high = float(settings.min), float(settings.max)

    def forward(self, x: Array) -> Array:
        y = self.top()
        # With bounds that cross, the lower one is what Caffe gives.
        np.clip(x, self.low, max(self.low, self.high), out=y)
        return y

    def derivative(self, x: Array, y: Array) -> Array:
        inside: Array = (x >= x.dtype.type(self.low)) & (x <= x.dtype.type(self.high))
        return inside
