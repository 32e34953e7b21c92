"""Functions of one number, applied to each element: powers, logarithms, absolute values."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


class _Function(Layer):
    """One bottom, one top of the same shape."""

    def is_by_image(self) -> bool:
        return bool(self.bottom_blobs[0].shape)

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        return [bottom]

    def times(self, dy: Array, factor: Array, dx: Array) -> Array:
        """``dy * factor`` into ``dx``; in place ``factor * factor``.

        In place Caffe's derivative is written over the top's gradient, and so meets itself.
        """
        return np.asarray(np.multiply(factor if self.in_place else dy, factor, out=dx))


def _scaled(x: Array, scale: float, shift: float, out: Array | None = None) -> Array:
    """``scale * x + shift``; ``x`` itself where there is nothing to do and no ``out``."""
    if scale != 1:
        x = np.asarray(np.multiply(x, x.dtype.type(scale), out=out))
    if shift != 0:
        x = np.add(x, x.dtype.type(shift), out=out if scale == 1 else x)
    return x


@register_layer("AbsVal")
class AbsVal(_Function):
    """Absolute value: ``y = |x|``.

    Bottom ``(any shape)`` → top, the same shape. No parameters, no settings. Not in place.
    The gradient at exactly 0 is 0.
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()

    def forward(self, x: Array) -> Array:
        y = self.top()
        np.abs(x, out=y)
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if not self.propagate_down[0]:
            return None
        dx = self.bottom_diff()
        np.sign(x, out=dx)
        dx *= dy
        return dx


@register_layer("Power")
class Power(_Function):
    """Shift, scale and raise: ``y = (shift + scale * x) ** power``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place, but then, as in
    Caffe, the gradient is wrong: the square of the derivative at y, whatever the top's gradient.
    Settings: ``power_param`` (power 1, scale 1, shift 0).
    The derivative is ``power * scale * y / (shift + scale * x)``, so NaN where that is 0 / 0, but
    for power 2 it is exact, and it is 0 where power or scale is 0.
    """

    def setup(self, bottom: Shape) -> None:
        settings = self.param.power_param
        self.power = float(settings.power)
        self.scale = float(settings.scale)
        self.shift = float(settings.shift)

    @property
    def _slope(self) -> float:
        return self.power * self.scale

    def forward(self, x: Array) -> Array:
        y = self.top()
        if not self._slope:
            # A constant, whatever x is.
            with np.errstate(all="ignore"):
                y[...] = 1 if self.power == 0 else np.power(x.dtype.type(self.shift), self.power)
            return y
        base = _scaled(x, self.scale, self.shift, y)
        if self.power == 1:
            if base is not y:
                np.copyto(y, base)
        elif self.power == 2:
            np.multiply(base, base, out=y)
        else:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                if self.power == 0.5:
                    np.sqrt(base, out=y)
                elif self.power == -0.5:
                    np.sqrt(base, out=y)
                    # The root of -0 is -0, but its power is inf.
                    np.reciprocal(np.abs(y, out=y), out=y)
                elif self.power == -1:
                    np.reciprocal(base, out=y)
                elif self.power == 3:
                    np.multiply(base * base, base, out=y)
                else:
                    np.power(base, x.dtype.type(self.power), out=y)
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if not self.propagate_down[0]:
            return None
        dx = self.bottom_diff()
        slope = x.dtype.type(self._slope)
        if slope == 0:
            dx[...] = 0
            return dx
        if self.power == 1:
            return self.times(dy, slope, dx)
        if self.power == 2:
            factor = x * (slope * x.dtype.type(self.scale))
            if self.shift:
                factor += slope * x.dtype.type(self.shift)
            return self.times(dy, factor, dx)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            factor = np.asarray(y / _scaled(x, self.scale, self.shift))
            factor *= slope
            return self.times(dy, factor, dx)


def _log_of_base(layer: Layer, base: float, setting: str) -> float:
    """The natural logarithm of ``base``; -1 stands for e."""
    if base == -1:
        return 1.0
    if not base > 0 or math.isinf(base):
        raise layer.error(
            f"{setting}.base is {base:g}. Expected: a number above 0, or -1 for the natural base e"
        )
    return math.log(base)


@register_layer("Exp")
class Exp(_Function):
    """Exponential: ``y = base ** (shift + scale * x)``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place.
    Settings: ``exp_param`` (base -1, which stands for e, scale 1, shift 0).
    """

    def setup(self, bottom: Shape) -> None:
        settings = self.param.exp_param
        log_base = _log_of_base(self, settings.base, "exp_param")
        self.inner = log_base * settings.scale
        self.outer = float(np.exp(log_base * settings.shift))

    def forward(self, x: Array) -> Array:
        y = self.top()
        with np.errstate(over="ignore"):
            np.exp(_scaled(x, self.inner, 0, y), out=y)
            if self.outer != 1:
                y *= y.dtype.type(self.outer)
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if not self.propagate_down[0]:
            return None
        dx = self.bottom_diff()
        np.multiply(dy, y, out=dx)
        if self.inner != 1:
            dx *= dx.dtype.type(self.inner)
        return dx


@register_layer("Log")
class Log(_Function):
    """Logarithm: ``y = log(shift + scale * x) / log(base)``.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place, but then, as in
    Caffe, the gradient is wrong: the square of the derivative at y, whatever the top's gradient.
    NaN below 0, -inf at 0.
    Settings: ``log_param`` (base -1, which stands for e, scale 1, shift 0).
    """

    def setup(self, bottom: Shape) -> None:
        settings = self.param.log_param
        self.log_base = _log_of_base(self, settings.base, "log_param")
        if self.log_base == 0:
            raise self.error("log_param.base is 1, whose logarithm is 0. Expected: another base")
        self.scale, self.shift = float(settings.scale), float(settings.shift)

    def forward(self, x: Array) -> Array:
        y = self.top()
        with np.errstate(divide="ignore", invalid="ignore"):
            np.log(_scaled(x, self.scale, self.shift, y), out=y)
        if self.log_base != 1:
            y *= y.dtype.type(1 / self.log_base)
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        if not self.propagate_down[0]:
            return None
        dx = self.bottom_diff()
        slope = x.dtype.type(self.scale / self.log_base)
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.asarray(slope / _scaled(x, self.scale, self.shift))
            return self.times(dy, factor, dx)


@register_layer("Threshold")
class Threshold(_Function):
    """Step: ``y = 1`` where ``x > threshold``, else 0.

    Bottom ``(any shape)`` → top, the same shape. No parameters. May run in place. No gradient:
    a net that asks for one fails in backward. Settings: ``threshold_param`` (threshold 0).
    """

    def forward(self, x: Array) -> Array:
        y = self.top()
        y[...] = x > x.dtype.type(self.param.threshold_param.threshold)
        return y
