"""LSTMUnit: one time step of a long short-term memory, its gates already summed up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer

__all__ = ["LSTMUnit", "lstm_step", "lstm_step_gradient", "sigmoid"]


def sigmoid(x: Array, out: Array | None = None) -> Array:
    """``1 / (1 + exp(-x))``, as ``tanh(x / 2) / 2 + 1 / 2``, which cannot overflow."""
    half = x.dtype.type(0.5)
    y: Array = np.multiply(x, half, out=out)
    np.tanh(y, out=y)
    y *= half
    y += half
    return y


def lstm_step(
    gates: Array, c_before: Array, cont: Array, c: Array, h: Array, tanh_c: Array
) -> None:
    """One step: ``c = f * c_before + i * g``, ``h = o * tanh(c)``.

    ``gates`` ``(N, 4 D)`` holds the inputs of i, f, o and g and is overwritten by the gates
    themselves, f times ``cont`` ``(N, 1)``; ``c``, ``h`` and ``tanh_c`` ``(N, D)`` are written.
    """
    d = c.shape[-1]
    sigmoid(gates[:, : 3 * d], out=gates[:, : 3 * d])
    np.tanh(gates[:, 3 * d :], out=gates[:, 3 * d :])
    i, f, o, g = (gates[:, k * d : (k + 1) * d] for k in range(4))
    f *= cont
    np.multiply(f, c_before, out=c)
    c += i * g
    np.tanh(c, out=tanh_c)
    np.multiply(o, tanh_c, out=h)


def lstm_step_gradient(
    dc: Array, dh: Array, gates: Array, c_before: Array, tanh_c: Array, dgates: Array
) -> Array:
    """Gradient of :func:`lstm_step`: fills ``dgates`` ``(N, 4 D)``, returns that of ``c_before``.

    The forget gate's is ``f (1 - f)`` with f = cont * sigmoid, which is exact for a cont of 0 or
    1; Caffe has it so for fractions too.
    """
    d = dh.shape[-1]
    i, f, o, g = (gates[:, k * d : (k + 1) * d] for k in range(4))
    total = dc + dh * o * (1 - tanh_c * tanh_c)
    dgates[:, :d] = total * g * i * (1 - i)
    dgates[:, d : 2 * d] = total * c_before * f * (1 - f)
    dgates[:, 2 * d : 3 * d] = dh * tanh_c * o * (1 - o)
    dgates[:, 3 * d :] = total * i * (1 - g * g)
    dc_before: Array = total * f
    return dc_before


@register_layer("LSTMUnit")
class LSTMUnit(Layer):
    """One LSTM step: ``c = cont f c_before + i g``, ``h = o tanh(c)``; i, f, o sigmoids, g a tanh.

    Bottoms: ``c_before`` ``(1, N, D)``, the gates' inputs ``(1, N, 4 D)`` in the order i, f, o, g,
    ``cont`` ``(1, N)``: 0 where a sequence begins, else 1 → tops ``c``, ``h``, both
    ``(1, N, D)``. No parameters, no settings; ``cont`` takes no gradient.
    Hochreiter, Schmidhuber, "Long short-term memory", 1997; Zaremba, Sutskever, "Learning to
    execute", 2014 (without peepholes).

    For a fractional ``cont`` the forget gate's gradient is f (1 - f) with f = cont * sigmoid.
    """

    num_bottoms = 3
    num_tops = 2

    def infer_shapes(self, c: Shape, gates: Shape, cont: Shape) -> Sequence[Shape]:
        for i, (shape, axes, meaning) in enumerate(
            ((c, 3, "(1, N, D)"), (gates, 3, "(1, N, 4 D)"), (cont, 2, "(1, N)"))
        ):
            if len(shape) != axes or shape[0] != 1 or shape[1] != (c[1] if len(c) > 1 else -1):
                raise self.error(
                    f'bottom {i} ("{self.bottoms[i]}") has the shape {shape}. '
                    f"Expected: {meaning}, one time step, with N as in bottom 0 {c}"
                )
        if gates[2] != 4 * c[2]:
            raise self.error(
                f'bottom 1 ("{self.bottoms[1]}") has the shape {gates}. '
                f"Expected: (1, {c[1]}, {4 * c[2]}), four gates for each of {c[2]} cells"
            )
        return [c, c]

    def allow_force_backward(self, bottom: int) -> bool:
        return bottom != 2

    def forward(self, c_before: Array, gates: Array, cont: Array) -> Sequence[Array]:
        c, h = self.top(0), self.top(1)
        self._gates = gates[0].copy()
        self._tanh_c = np.empty_like(c[0])
        lstm_step(self._gates, c_before[0], cont[0][:, None], c[0], h[0], self._tanh_c)
        return c, h

    def backward(self, dy: list[Array], x: list[Array], y: list[Array]) -> list[Array | None]:
        if self.propagate_down[2]:
            raise self.error(
                f'has no gradient for bottom 2 ("{self.bottoms[2]}"), where sequences begin, but '
                "it is asked for one. Expected: a blob that comes from an input or a data layer"
            )
        dgates = self.bottom_diff(1) if self.propagate_down[1] else np.empty_like(x[1])
        dc = lstm_step_gradient(dy[0][0], dy[1][0], self._gates, x[0][0], self._tanh_c, dgates[0])
        return [dc[None], dgates, None]
