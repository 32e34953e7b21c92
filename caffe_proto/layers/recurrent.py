"""LSTM and RNN: sequences, step by step, with the state carried from step to step.

Caffe unrolls these into a net of small layers. Here one matrix product does all steps' inputs and
a loop does the rest; parameters, their order and the numbers drawn for them are those of the
unrolled net.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from caffe_proto.layers.base import Arity, Array, Blob, Layer, Shape
from caffe_proto.layers.lstm_unit import lstm_step, lstm_step_gradient
from caffe_proto.layers.registry import register_layer

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["LSTM", "RNN", "RecurrentLayer"]

log = logging.getLogger("caffe_proto")

Arrays = list[Array]


class RecurrentLayer(Layer):
    """Base of LSTM and RNN: bottoms, states, and the transforms of the inputs."""

    #: The names of the states that go from step to step.
    states: ClassVar[tuple[str, ...]] = ("h",)
    #: Rows of the input's transform for each unit of ``num_output``.
    rows: ClassVar[int] = 1

    # -- what a type defines ---------------------------------------------------------------

    def step_shapes(self) -> list[tuple[Shape, bool]]:
        """Shapes of the parameters of one time step, and whether each is a bias."""
        raise NotImplementedError

    def run(self, inputs: Array, cont: Array, states: Arrays) -> tuple[Array, Arrays]:
        """Outputs ``(T, N, D)`` and last states, from transformed inputs and first states."""
        raise NotImplementedError

    def run_gradient(self, dy: Array, y: Array, cont: Array) -> Array:
        """Gradient of the transformed inputs ``(T, N, rows * D)``; adds the step's parameters'."""
        raise NotImplementedError

    # -- shapes ----------------------------------------------------------------------------

    def setup(self, x: Shape, cont: Shape, *others: Shape) -> None:
        settings = self.param.recurrent_param
        self.num_output = int(settings.num_output)
        if self.num_output < 1:
            raise self.error("recurrent_param.num_output is 0. Expected: at least 1")
        self.exposes = bool(settings.expose_hidden)
        self.debug_info = bool(settings.debug_info)
        exposed = len(self.states) if self.exposes else 0
        self._check_numbers(len(others), exposed)
        self.has_static = len(others) > exposed
        self.steps = 0
        self._check(x, cont, *others)
        self.steps = x[0]
        self.inputs = math.prod(x[2:])
        self.static_inputs = math.prod(others[0][1:]) if self.has_static else 0
        self._state = [Blob((), self.context.dtype) for _ in self.states]
        self._workspace: dict[str, Array] = {}
        self._add_parameters(settings)

    def _check_numbers(self, others: int, exposed: int) -> None:
        names = " and ".join(f"{state}_0" for state in self.states)
        if others not in (exposed, exposed + 1):
            raise self.error(
                f"has {2 + others} bottoms. Expected: the input and cont, then perhaps a static "
                "input" + (f", then {names} (expose_hidden: true)" if exposed else "")
            )
        if len(self.top_blobs) != 1 + exposed:
            last = " and ".join(f"{state}_T" for state in self.states)
            raise self.error(
                f"has {len(self.top_blobs)} tops. Expected: {1 + exposed}, the output"
                + (f", then {last} (expose_hidden: true)" if exposed else "")
            )

    def _check(self, x: Shape, cont: Shape, *others: Shape) -> None:
        if len(x) < 3 or not x[0]:
            raise self.error(
                f'bottom "{self.bottoms[0]}" has the shape {x}. '
                "Expected: (T, N, ...), T >= 1 time steps of N sequences, 3 axes or more"
            )
        if self.steps and x[0] != self.steps:
            raise self.error(
                f'bottom "{self.bottoms[0]}" has {x[0]} time steps. '
                f"Expected: {self.steps}, as when the net was built"
            )
        if cont != x[:2]:
            raise self.error(
                f'bottom "{self.bottoms[1]}" (cont) has the shape {cont}. '
                f"Expected: {x[:2]}, one flag a time step and sequence"
            )
        if self.steps and math.prod(x[2:]) != self.inputs:
            raise self.error(
                f'bottom "{self.bottoms[0]}" of shape {x} has {math.prod(x[2:])} values a step. '
                f"Expected: {self.inputs}, as when the net was built"
            )
        if self.has_static:
            self._check_static(others[0], x[1])
        if self.exposes:
            expected = (1, x[1], self.num_output)
            for i, shape in enumerate(others[self.has_static :], 2 + self.has_static):
                if shape != expected:
                    raise self.error(
                        f'bottom {i} ("{self.bottoms[i]}"), a first state, has the shape {shape}. '
                        f"Expected: {expected}"
                    )

    def _check_static(self, static: Shape, streams: int) -> None:
        name = f'bottom 2 ("{self.bottoms[2]}"), the static input,'
        if len(static) < 2 or static[0] != streams:
            raise self.error(
                f"{name} has the shape {static}. "
                f"Expected: ({streams}, ...), one row a sequence, 2 axes or more"
            )
        if self.steps and math.prod(static[1:]) != self.static_inputs:
            raise self.error(
                f"{name} of shape {static} has {math.prod(static[1:])} values a sequence. "
                f"Expected: {self.static_inputs}, as when the net was built"
            )

    def _add_parameters(self, settings: caffe_pb2.RecurrentParameter) -> None:
        weight, bias = settings.weight_filler, settings.bias_filler
        rows = self.rows * self.num_output
        self.add_param((rows, self.inputs), weight)
        self.add_param((rows,), bias)
        if self.has_static:
            self.add_param((rows, self.static_inputs), weight)
        shared = len(self.params)
        # The steps share their parameters, but in Caffe every step fills its own first: the
        # numbers that later steps draw are lost.
        for step in range(1 if len(self.param.blobs) else self.steps):
            for shape, is_bias in self.step_shapes():
                self.add_param(shape, bias if is_bias else weight)
            if step:
                del self.params[shared + len(self.step_shapes()) :]

    def infer_shapes(self, x: Shape, cont: Shape, *others: Shape) -> Sequence[Shape]:
        self._check(x, cont, *others)
        last = (1, x[1], self.num_output)
        for blob in self._state:
            # As in Caffe, a smaller batch keeps its sequences' states; a larger one begins anew.
            blob.reshape(*last)
        exposed = len(self.states) if self.exposes else 0
        return [(x[0], x[1], self.num_output), *([last] * exposed)]

    def allow_force_backward(self, bottom: int) -> bool:
        return bottom != 1

    def reset(self) -> None:
        """Forget the states that the next forward pass would go on from."""
        for blob in self._state:
            blob.data[...] = 0

    # -- forward and backward --------------------------------------------------------------

    def forward(self, x: Array, cont: Array, *others: Array) -> Sequence[Array | None]:
        steps, streams = cont.shape
        rows = self.rows * self.num_output
        inputs = self._keep("inputs", (steps, streams, rows))
        flat = inputs.reshape(steps * streams, rows)
        np.matmul(x.reshape(steps * streams, self.inputs), self.params[0].data.T, out=flat)
        flat += self.params[1].data
        if self.has_static:
            inputs += others[0].reshape(streams, self.static_inputs) @ self.params[2].data.T
        if self.exposes:
            first = [state[0] for state in others[self.has_static :]]
        else:
            first = self._carried()
        y, last = self.run(inputs, cont, first)
        if self.debug_info:
            self._log(y, last)
        if self.exposes:
            return [y, *(state[None] for state in last)]
        for blob, state in zip(self._state, last, strict=True):
            blob.data[0] = state
        return [y]

    def _carried(self) -> Arrays:
        return [blob.data[0] for blob in self._state]

    def backward(self, dy: Arrays, x: Arrays, y: Arrays) -> Sequence[Array | None]:
        if self.propagate_down[1]:
            raise self.error(
                f'has no gradient for bottom 1 ("{self.bottoms[1]}"), where sequences begin, but '
                "it is asked for one. Expected: a blob that comes from an input or a data layer"
            )
        # No gradient goes through exposed states, in or out: Caffe shares their values only. And
        # Caffe computes those of the inputs and of all parameters unasked.
        dinputs = self.run_gradient(dy[0], y[0], x[1])
        steps, streams, rows = dinputs.shape
        flat = dinputs.reshape(steps * streams, rows)
        gradients: list[Array | None] = [None] * len(x)
        self.params[0].diff += flat.T @ x[0].reshape(steps * streams, self.inputs)
        self.params[1].diff += flat.sum(axis=0)
        dx = gradients[0] = self.bottom_diff(0)
        np.matmul(flat, self.params[0].data, out=dx.reshape(steps * streams, self.inputs))
        if self.has_static:
            total = dinputs.sum(axis=0)
            self.params[2].diff += total.T @ x[2].reshape(streams, self.static_inputs)
            dstatic = gradients[2] = self.bottom_diff(2)
            np.matmul(total, self.params[2].data, out=dstatic.reshape(streams, self.static_inputs))
        return gradients

    def _keep(self, name: str, shape: Shape) -> Array:
        """Memory that stays from one pass to the next while its shape does."""
        array = self._workspace.get(name)
        if array is None or array.shape != shape:
            array = self._workspace[name] = np.empty(shape, self.context.dtype)
        return array

    def _log(self, y: Array, last: Arrays) -> None:
        for t, step in enumerate(y, 1):
            log.info("[Forward] Layer %s, step %d: output %g", self.name, t, np.abs(step).mean())
        for name, state in zip(self.states, last, strict=True):
            log.info("[Forward] Layer %s, last %s: %g", self.name, name, np.abs(state).mean())

    def _step_params(self) -> Sequence[Any]:
        return self.params[2 + self.has_static :]


@register_layer("LSTM")
class LSTM(RecurrentLayer):
    """Long short-term memory: ``c_t = f c_(t-1) + i g``, ``h_t = o tanh(c_t)``.

    ``(i, f, o, g) = (s, s, s, tanh)(W_xc x_t + b_c + W_hc (cont_t h_(t-1)))``, s the sigmoid, f
    times cont_t. Bottoms: ``x`` ``(T, N, ...)``, T steps of N sequences; ``cont`` ``(T, N)``: 0
    where a sequence begins, else 1; perhaps a static input ``(N, ...)``, added at every step
    through W_xc_static; with expose_hidden h_0 and c_0, both ``(1, N, D)`` → tops: h
    ``(T, N, D)``; with expose_hidden h_T and c_T, both ``(1, N, D)``.
    Parameters: W_xc ``(4 D, inputs)``, b_c ``(4 D)``, perhaps W_xc_static
    ``(4 D, static inputs)``, W_hc ``(4 D, D)``; rows in the order i, f, o, g.
    Settings: ``recurrent_param`` (num_output D, weight_filler and bias_filler constant 0,
    expose_hidden false, debug_info false: log the mean absolute values of every step).
    Hochreiter, Schmidhuber, "Long short-term memory", 1997; Zaremba, Sutskever, "Learning to
    execute", 2014 (without peepholes).

    Without expose_hidden the last state enters the next forward pass where cont is 1. T cannot
    change once the net is built. ``cont`` takes no gradient, and none flows through exposed
    states.
    """

    num_bottoms: ClassVar[Arity] = (2, 5)
    num_tops: ClassVar[Arity] = (1, 3)
    states = ("h", "c")
    rows = 4

    def step_shapes(self) -> list[tuple[Shape, bool]]:
        return [((4 * self.num_output, self.num_output), False)]

    def _carried(self) -> Arrays:
        h, c = super()._carried()
        # With one step Caffe's top is the state itself, in-place changes included.
        return [self.top(0)[0] if self.steps == 1 else h, c]

    def reset(self) -> None:
        super().reset()
        if self.steps == 1:
            self.top(0)[...] = 0

    def run(self, inputs: Array, cont: Array, states: Arrays) -> tuple[Array, Arrays]:
        (weight,) = self._step_params()
        steps, streams = cont.shape
        shape = (steps, streams, self.num_output)
        after = (steps + 1, streams, self.num_output)
        h, c = self._keep("h", after), self._keep("c", after)
        h_cont, tanh_c = self._keep("h_cont", shape), self._keep("tanh_c", shape)
        product = self._keep("product", inputs.shape[1:])
        h[0], c[0] = states
        for t in range(steps):
            flag = cont[t][:, None]
            np.multiply(h[t], flag, out=h_cont[t])
            inputs[t] += np.matmul(h_cont[t], weight.data.T, out=product)
            lstm_step(inputs[t], c[t], flag, c[t + 1], h[t + 1], tanh_c[t])
        return h[1:], [h[-1], c[-1]]

    def run_gradient(self, dy: Array, y: Array, cont: Array) -> Array:
        (weight,) = self._step_params()
        kept = self._workspace
        gates, c, h_cont = kept["inputs"], kept["c"], kept["h_cont"]
        dgates = self._keep("dgates", gates.shape)
        dh = self._keep("dh", dy.shape[1:])
        dc = np.zeros_like(dh)
        dh[...] = 0
        for t in reversed(range(len(gates))):
            dh += dy[t]
            dc = lstm_step_gradient(dc, dh, gates[t], c[t], kept["tanh_c"][t], dgates[t])
            np.matmul(dgates[t], weight.data, out=dh)
            dh *= cont[t][:, None]
        d = self.num_output
        weight.diff += dgates.reshape(-1, 4 * d).T @ h_cont.reshape(-1, d)
        return dgates


@register_layer("RNN")
class RNN(RecurrentLayer):
    """Simple recurrent net: ``h_t = tanh(W_xh x_t + b_h + W_hh (cont_t h_(t-1)))``.

    The output is ``o_t = tanh(W_ho h_t + b_o)``. Bottoms: ``x`` ``(T, N, ...)``, T steps of N
    sequences; ``cont`` ``(T, N)``: 0 where a sequence begins, else 1; perhaps a static input
    ``(N, ...)``, added at every step through W_xh_static; with expose_hidden h_0 ``(1, N, D)``
    → tops: o ``(T, N, D)``; with expose_hidden h_T ``(1, N, D)``.
    Parameters: W_xh ``(D, inputs)``, b_h ``(D)``, perhaps W_xh_static ``(D, static inputs)``,
    W_hh ``(D, D)``, W_ho ``(D, D)``, b_o ``(D)``.
    Settings: ``recurrent_param`` (num_output D, weight_filler and bias_filler constant 0,
    expose_hidden false, debug_info false: log the mean absolute values of every step).
    Elman, "Finding structure in time", 1990.

    Without expose_hidden the last state enters the next forward pass where cont is 1. T cannot
    change once the net is built. ``cont`` takes no gradient, and none flows through exposed
    states.
    """

    num_bottoms: ClassVar[Arity] = (2, 4)
    num_tops: ClassVar[Arity] = (1, 2)

    def step_shapes(self) -> list[tuple[Shape, bool]]:
        d = self.num_output
        return [((d, d), False), ((d, d), False), ((d,), True)]

    def run(self, inputs: Array, cont: Array, states: Arrays) -> tuple[Array, Arrays]:
        recurrent, out, out_bias = self._step_params()
        steps, streams, d = inputs.shape
        h = self._keep("h", (steps + 1, streams, d))
        h_cont, o = self._keep("h_cont", inputs.shape), self._keep("o", inputs.shape)
        h[0] = states[0]
        for t in range(steps):
            np.multiply(h[t], cont[t][:, None], out=h_cont[t])
            np.matmul(h_cont[t], recurrent.data.T, out=h[t + 1])
            h[t + 1] += inputs[t]
            np.tanh(h[t + 1], out=h[t + 1])
        np.matmul(h[1:].reshape(-1, d), out.data.T, out=o.reshape(-1, d))
        o += out_bias.data
        np.tanh(o, out=o)
        return o, [h[-1]]

    def run_gradient(self, dy: Array, y: Array, cont: Array) -> Array:
        recurrent, out, out_bias = self._step_params()
        h, h_cont = self._workspace["h"], self._workspace["h_cont"]
        # With one step Caffe's top is the tanh's own, in-place changes included.
        o = y if self.steps == 1 else self._workspace["o"]
        d = self.num_output
        do = (dy * (1 - o * o)).reshape(-1, d)
        out.diff += do.T @ h[1:].reshape(-1, d)
        out_bias.diff += do.sum(axis=0)
        dh_out = (do @ out.data).reshape(dy.shape)
        dinputs = self._keep("dinputs", dy.shape)
        dh = np.zeros_like(dh_out[0])
        for t in reversed(range(len(dinputs))):
            dh += dh_out[t]
            np.multiply(dh, 1 - h[t + 1] * h[t + 1], out=dinputs[t])
            np.matmul(dinputs[t], recurrent.data, out=dh)
            dh *= cont[t][:, None]
        recurrent.diff += dinputs.reshape(-1, d).T @ h_cont.reshape(-1, d)
        return dinputs
