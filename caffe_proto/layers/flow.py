"""Layers of optical flow: how well displaced patches of two images agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer

MULTIPLY, SUBTRACT = 0, 1


@register_layer("Correlation")
class Correlation(Layer):
    """Compares each patch of a with displaced patches of b: the mean of a * b, or of |a - b|.

    Bottoms a and b ``(N, C, H, W)`` → top ``(N, D * D, H', W')``, a channel for each displacement
    (vertical, then horizontal), with ``D = 2 (max_displacement / stride_2) + 1`` and
    ``H' = (H + 2 pad - 2 (max_displacement + (kernel_size - 1) / 2)) / stride_1``, rounded up.
    The mean is over the channels and the kernel_size x kernel_size pixels of a patch. No
    parameters. Settings: ``correlation_param`` (kernel_size, odd, and max_displacement, both
    required; pad 0, stride_1 1: between the patches of a; stride_2 1: between displacements;
    correlation_type MULTIPLY, or SUBTRACT; do_abs and single_direction are accepted and change
    nothing, as in the fork).
    From FlowNet2's fork: Dosovitskiy et al., FlowNet, ICCV 2015, eq. 1. The gradient of SUBTRACT
    is the derivative (1 at equal values); the fork's own takes both images at the wrong place.
    """

    num_bottoms = 2

    def setup(self, a: Shape, b: Shape) -> None:
        self.refuse_in_place()
        settings = self.param.correlation_param
        for name in ("kernel_size", "max_displacement"):
            if not settings.HasField(name):
                raise self.error(f"correlation_param.{name} is missing. Expected: a number")
        if settings.kernel_size % 2 == 0:
            raise self.error(
                f"correlation_param.kernel_size is {settings.kernel_size}. Expected: an odd number"
            )
        for name in ("stride_1", "stride_2"):
            if getattr(settings, name) < 1:
                raise self.error(f"correlation_param.{name} is 0. Expected: at least 1")
        self.kernel, self.reach = int(settings.kernel_size), int(settings.max_displacement)
        self.pad, self.step = int(settings.pad), int(settings.stride_1)
        stride = int(settings.stride_2)
        farthest = self.reach // stride * stride
        self.shifts = range(-farthest, farthest + 1, stride)

    def infer_shapes(self, a: Shape, b: Shape) -> Sequence[Shape]:
        if len(a) != 4 or a != b:
            raise self.error(
                f"the bottoms have the shapes {a} and {b}. Expected: the same, (N, C, H, W)"
            )
        border = 2 * self.reach + self.kernel - 1
        self.size = tuple(-((border - n - 2 * self.pad) // self.step) for n in a[2:])
        if min(self.size) < 1:
            raise self.error(
                f"images of {a[2]} x {a[3]} with correlation_param.pad {self.pad} are too small "
                f"for kernel_size {self.kernel} and max_displacement {self.reach}. "
                f"Expected: more than {border} with the padding"
            )
        return [(a[0], len(self.shifts) ** 2, *self.size)]

    def _padded(self, x: Array) -> Array:
        """``(N, H + 2 pad, W + 2 pad, C)``: the channels last, so that their sums run in memory."""
        n, c, h, w = x.shape
        padded = np.zeros((n, h + 2 * self.pad, w + 2 * self.pad, c), x.dtype)
        padded[:, self.pad : self.pad + h, self.pad : self.pad + w] = x.transpose(0, 2, 3, 1)
        return padded

    def _pairs(self) -> Iterator[tuple[int, tuple[slice, ...], tuple[slice, ...]]]:
        """For each displacement and each pixel of a patch: channel, places in a, places in b."""
        channel = 0
        for down in self.shifts:
            for right in self.shifts:
                for i in range(self.kernel):
                    for j in range(self.kernel):
                        y, x = self.reach + i, self.reach + j
                        yield channel, self._window(y, x), self._window(y + down, x + right)
                channel += 1

    def _window(self, y: int, x: int) -> tuple[slice, ...]:
        height, width = self.size
        return (
            slice(None),
            slice(y, y + (height - 1) * self.step + 1, self.step),
            slice(x, x + (width - 1) * self.step + 1, self.step),
        )

    def forward(self, a: Array, b: Array) -> Array:
        y = self.top()
        y[...] = 0
        self._a, self._b = self._padded(a), self._padded(b)
        multiplies = self.param.correlation_param.correlation_type == MULTIPLY
        for channel, here, there in self._pairs():
            if multiplies:
                y[:, channel] += np.einsum("nhwc,nhwc->nhw", self._a[here], self._b[there])
            else:
                y[:, channel] += np.abs(self._a[here] - self._b[there]).sum(axis=3)
        y /= self.kernel * self.kernel * a.shape[1]
        return y

    def backward(self, dy: Array, xs: list[Array], y: Array) -> None:
        count = self.kernel * self.kernel * xs[0].shape[1]
        dy = (dy / dy.dtype.type(count))[..., None]
        da, db = (
            np.zeros_like(x) if self.propagate_down[i] else None
            for i, x in enumerate((self._a, self._b))
        )
        multiplies = self.param.correlation_param.correlation_type == MULTIPLY
        for channel, here, there in self._pairs():
            a, b, d = self._a[here], self._b[there], dy[:, channel]
            if multiplies:
                if da is not None:
                    da[here] += d * b
                if db is not None:
                    db[there] += d * a
                continue
            signed = np.where(a >= b, d, -d)
            if da is not None:
                da[here] += signed
            if db is not None:
                db[there] -= signed
        for i, gradient in enumerate((da, db)):
            if gradient is not None:
                h, w = xs[i].shape[2:]
                inner = gradient[:, self.pad : self.pad + h, self.pad : self.pad + w]
                np.copyto(self.bottom_diff(i), inner.transpose(0, 3, 1, 2))
