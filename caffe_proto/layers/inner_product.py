"""The fully connected layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from caffe_proto import threads
from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.steps import Step, run
from caffe_proto.layers.windows import scratch


@register_layer("InnerProduct")
class InnerProduct(Layer):
    """Fully connected: ``y = x W^T + b``, each row of x being all that follows ``axis``.

    Bottom ``(N, C, H, W)``: axes from ``axis`` on are one vector of K values → top
    ``(N, num_output)``; axes before it stay. Parameters: weights ``(num_output, K)``, or
    ``(K, num_output)`` with ``transpose``; bias ``(num_output)``.

    Settings: ``inner_product_param`` (num_output, bias_term true, weight_filler, bias_filler,
    axis 1, transpose false).
    """

    def setup(self, bottom: Shape) -> None:
        param = self.param.inner_product_param
        if not param.num_output:
            raise self.error("num_output must be positive. Received: 0 (is it missing?)")
        self.num_output = int(param.num_output)
        self.transposed = bool(param.transpose)
        axis = self.canonical_axis(param.axis, len(bottom))
        self.inputs = math.prod(bottom[axis:])
        shape = (self.num_output, self.inputs)
        self.add_param(shape[::-1] if self.transposed else shape, param.weight_filler)
        if param.bias_term:
            self.add_param((self.num_output,), param.bias_filler)

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        axis = self.canonical_axis(self.param.inner_product_param.axis, len(bottom))
        inputs = math.prod(bottom[axis:])
        if inputs != self.inputs:
            raise self.error(
                f"the weights are for {self.inputs} inputs. Received: a bottom of shape {bottom}, "
                f"which has {inputs} from axis {axis} on"
            )
        return [(*bottom[:axis], self.num_output)]

    def macs(self) -> int:
        """One multiply-add for each weight and row."""
        return self.top_blobs[0].count * (self.params[0].count // self.num_output)

    def forward(self, x: Array) -> Array:
        y = self.top()
        w = self.params[0].data
        threads.matmul(
            x.reshape(-1, self.inputs),
            w if self.transposed else w.T,
            out=y.reshape(-1, self.num_output),
        )
        if len(self.params) > 1:
            y += self.params[1].data
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        rows, dy = x.reshape(-1, self.inputs), dy.reshape(-1, self.num_output)
        if not self.propagate_down[0]:
            self._add_gradients(rows, dy)
            return None
        dx, w = self.bottom_diff(), self.params[0].data
        w = w.T if self.transposed else w
        if self.in_place:
            dy = dy.copy()
        steps: list[Step] = [
            partial(self._add_gradients, rows, dy),
            partial(threads.matmul, dy, w, dx.reshape(-1, self.inputs)),
        ]
        if self.macs() > threads.SMALL_PRODUCT:
            threads.at_once(steps)
        else:
            with threads.single_blas_thread():
                run(steps)
        return dx

    def _add_gradients(self, rows: Array, dy: Array) -> None:
        weights, *bias = self.params
        if weights.needs_grad:
            left, right = (rows, dy) if self.transposed else (dy, rows)
            self._add_product(left.T, right, weights.diff)
        if bias and bias[0].needs_grad:
            bias[0].diff += dy.sum(axis=0)

    def _add_product(self, a: Array, b: Array, total: Array) -> None:
        """``total += a @ b``, by rows."""

        def one(part: slice) -> None:
            product = scratch("product", total[part].shape, total.dtype)
            total[part] += np.matmul(a[part], b, out=product)

        threads.share(one, threads.parts(len(total), at_least=64))
