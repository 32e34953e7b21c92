"""Convolution, and what it has in common with deconvolution."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np

from caffe_proto.layers.base import Array, Layer, Parameter, Shape
from caffe_proto.layers.correlation import Correlation
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.steps import Step
from caffe_proto.layers.windows import Windows, read_windows, window_counts

__all__ = ["Convolution", "ConvolutionBase"]


class ConvolutionBase(Layer):
    """Settings, parameters and shapes of layers that slide one kernel over their bottoms."""

    num_bottoms = (1, None)
    num_tops = (1, None)
    tops_match_bottoms = True
    #: Whether the bottom has a value for each window and the top the pixels (deconvolution).
    is_transposed: ClassVar[bool] = False

    def setup(self, *bottoms: Shape) -> None:
        param = self.param.convolution_param
        first = bottoms[0]
        self.axis = self.canonical_axis(param.axis, len(first))
        self.channels = first[self.axis]
        self.axes = len(first)
        spatial = len(first) - self.axis - 1
        self.windows = read_windows(self, param, spatial, first)
        self.num_output, self.group = self.outputs_and_groups()
        self._check_channels()
        own, other = self.num_output, self.channels
        if self.is_transposed:
            own, other = other, own
        self.add_param((own, other // self.group, *self.windows.kernel), param.weight_filler)
        if param.bias_term:
            self.add_param((self.num_output,), param.bias_filler)
        # Without spatial axes a convolution is an inner product: one window over one pixel.
        sliding = self.windows if spatial else Windows((1,), (1,), (0,), (1,))
        self.correlation = Correlation(sliding, self.group)

    def outputs_and_groups(self) -> tuple[int, int]:
        """The number of output channels, and into how many groups the channels are split."""
        param = self.param.convolution_param
        return param.num_output, param.group

    def _check_channels(self) -> None:
        if self.num_output <= 0:
            raise self.error("num_output must be positive. Received: 0 (is it missing?)")
        if self.group <= 0:
            raise self.error("group must be positive. Received: 0")
        for what, count in (("input channels", self.channels), ("num_output", self.num_output)):
            if count % self.group:
                raise self.error(
                    f"group {self.group} does not divide the {what}. Received: {count} {what}. "
                    f"Expected: a multiple of {self.group}"
                )
        if self.channels <= 0:
            raise self.error("the bottom has no channels")

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        first = bottoms[0]
        if any(shape != first for shape in bottoms):
            raise self.error(
                f"all bottoms must have the same shape. Received: {', '.join(map(str, bottoms))}"
            )
        if len(first) != self.axes:
            raise self.error(
                f"the bottom's number of axes may not change. Received: {first}. "
                f"Expected: {self.axes} axes"
            )
        if first[self.axis] != self.channels:
            raise self.error(
                f"the filters are for {self.channels} channels. "
                f"Received: {first[self.axis]} on axis {self.axis} of {first}"
            )
        count = self.windows.covered if self.is_transposed else self.windows.sliding
        image = window_counts(self, self.windows, first[self.axis + 1 :], count)
        return [(*first[: self.axis], self.num_output, *image)] * len(bottoms)

    def is_by_image(self) -> bool:
        return self.axis > 0

    def macs(self) -> int:
        """One multiply-add for each window, filter value and image."""
        windowed = self.bottom_blobs if self.is_transposed else self.top_blobs
        return sum(self.params[0].count // blob.shape[self.axis] * blob.count for blob in windowed)

    # -- for the computation -----------------------------------------------------------------

    def planes(self, x: Array) -> Array:
        """``x`` with all axes before the channels made one: (N, C, H, W)."""
        spatial = x.shape[self.axis + 1 :] or (1,)
        images = math.prod(x.shape[: self.axis])
        return x.reshape(images, x.shape[self.axis], *spatial)

    @property
    def weight(self) -> Array:
        """The filters, (O, C / group, kernel_h, kernel_w), or (C, O / group, ...) transposed."""
        return self._filters(self.params[0].data)

    @property
    def bias(self) -> Array | None:
        """One value an output channel, or None."""
        return self.params[1].data if len(self.params) > 1 else None

    @staticmethod
    def apart(source: Array, target: Array) -> Array:
        """``source``, or a copy where ``target`` would be written over it, in place."""
        return source.copy() if np.may_share_memory(source, target) else source

    def _filters(self, values: Array) -> Array:
        return values if values.ndim > 2 else values[..., None]

    def weight_gradient_wanted(self) -> Parameter | None:
        """The filters, if their gradient is to be computed."""
        return self.params[0] if self.params[0].needs_grad else None

    def bias_gradient_wanted(self) -> Array | None:
        """The bias's gradient, if it is to be computed."""
        wanted = len(self.params) > 1 and self.params[1].needs_grad
        return self.params[1].diff if wanted else None

    def add_bias_gradient(self, dy: Array) -> None:
        """Add the sums of ``dy`` (N, O, H, W) over images and pixels to the bias's gradient."""
        if (bias := self.bias_gradient_wanted()) is not None:
            pixels = dy.reshape(*dy.shape[:2], math.prod(dy.shape[2:]))
            bias += pixels.sum(axis=2).sum(axis=0)


@register_layer("Convolution")
class Convolution(ConvolutionBase):
    """Convolution: ``y[o, p] = b[o] + sum of w[o, c, k] x[c, stride p + dilation k - pad]``.

    Any number of bottoms ``(N, C, H, W)``, all of one shape → as many tops
    ``(N, num_output, H', W')`` with ``H' = (H + 2 pad - extent) / stride + 1`` rounded down and
    ``extent = dilation (kernel - 1) + 1``; the same filters for all. Everything after the channel
    axis is spatial: 1-D, 3-D and more work alike, and all axes before it are independent images.
    With ``group`` g, output group i sees input group i only.
    Parameters: filters ``(num_output, C / group, kernel_h, kernel_w)``, bias ``(num_output)``.

    Settings: ``convolution_param`` (num_output, kernel_size or kernel_h and kernel_w, stride 1 or
    stride_h and stride_w, pad 0 or pad_h and pad_w, dilation 1 or, as DeepLab named
    it, hole or hole_h and hole_w, group 1, bias_term true, weight_filler, bias_filler, axis 1).
    kernel_size, stride, pad and dilation are given once or once an axis. ``engine`` and
    ``force_nd_im2col`` change nothing.
    """

    def forward(self, *xs: Array) -> None:
        for index, x in enumerate(xs):
            y = self.planes(self.top(index))
            self.correlation.forward(self.apart(self.planes(x), y), self.weight, y, self.bias)

    def backward(self, dys: Sequence[Array], xs: Sequence[Array], ys: Sequence[Array]) -> None:
        for index, (dy, x) in enumerate(zip(dys, xs, strict=True)):
            dy, x = self.planes(dy), self.planes(x)
            if filters := self.weight_gradient_wanted():
                bias = self.bias_gradient_wanted()
                self.correlation.add_weight_gradient(x, dy, self._filters(filters.diff), bias)
            else:
                self.add_bias_gradient(dy)
            if self.propagate_down[index]:
                dx = self.planes(self.bottom_diff(index))
                self.correlation.transpose(self.apart(dy, dx), self.weight, dx)

    def forward_steps(self) -> Iterator[Step] | None:
        blobs = zip(self.bottom_blobs, self.top_blobs, strict=True)
        pairs = [(self.planes(bottom.data), self.planes(top.data)) for bottom, top in blobs]
        if any(np.may_share_memory(x, y) for x, y in pairs):
            return None
        return itertools.chain.from_iterable(
            self.correlation.forward_steps(x, self.weight, y, self.bias) for x, y in pairs
        )

    def backward_steps(self) -> Iterator[Step] | None:
        blobs = zip(self.bottom_blobs, self.top_blobs, strict=True)
        if any(np.may_share_memory(bottom.diff, top.diff) for bottom, top in blobs):
            return None
        if not self.weight_gradient_wanted():
            return None
        return self._backward_steps(self._filters(self.params[0].diff))

    def _backward_steps(self, gradient: Array) -> Iterator[Step]:
        bias = self.bias_gradient_wanted()
        for index, (bottom, top) in enumerate(zip(self.bottom_blobs, self.top_blobs, strict=True)):
            x, dy = self.planes(bottom.data), self.planes(top.diff)
            yield from self.correlation.add_weight_gradient_steps(x, dy, gradient, bias)
            if self.propagate_down[index]:
                dx = self.planes(bottom.diff)
                yield from self.correlation.transpose_steps(dy, self.weight, dx)
