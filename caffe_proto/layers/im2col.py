"""The windows of an image as channels."""

from __future__ import annotations

import math
from collections.abc import Sequence

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.windows import col2im, im2col, read_windows, window_counts


@register_layer("Im2col")
class Im2col(Layer):
    """Image to columns: what each window sees becomes its channels.

    Bottom ``(N, C, H, W)`` → top ``(N, C * kernel_h * kernel_w, H', W')``, ``H'`` as for
    Convolution; channel ``(c * kernel_h + i) * kernel_w + j`` holds pixel (i, j) of each window of
    channel c. Everything after the channel axis is spatial. No parameters.

    Settings: ``convolution_param`` (kernel_size, stride 1, pad 0, dilation 1, or their ``_h`` and
    ``_w`` forms; axis 1). ``force_nd_im2col`` changes nothing.
    """

    def setup(self, bottom: Shape) -> None:
        param = self.param.convolution_param
        self.axis = self.canonical_axis(param.axis, len(bottom))
        self.spatial = len(bottom) - self.axis - 1
        if not self.spatial:
            raise self.error(
                f"needs a spatial axis after the channel axis {self.axis}. Received: {bottom}"
            )
        self.windows = read_windows(self, param, self.spatial, bottom)

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        image = bottom[self.axis + 1 :]
        if len(image) != self.spatial:
            raise self.error(
                f"the bottom's number of axes may not change. Received: {bottom}. "
                f"Expected: {self.axis + 1 + self.spatial} axes"
            )
        counts = window_counts(self, self.windows, image, self.windows.sliding)
        channels = bottom[self.axis] * math.prod(self.windows.kernel)
        return [(*bottom[: self.axis], channels, *counts)]

    def forward(self, x: Array) -> Array:
        y = self.top()
        im2col(self._planes(x), self.windows, self._columns(x, y))
        return y

    def backward(self, dy: Array, x: Array, y: Array) -> Array:
        dx = self.bottom_diff()
        dx[...] = 0
        col2im(self._columns(x, dy), self.windows, self._planes(dx))
        return dx

    def _planes(self, x: Array) -> Array:
        """(N, C, H, W), all axes before the channels made one."""
        return x.reshape(math.prod(x.shape[: self.axis]), *x.shape[self.axis :])

    def _columns(self, x: Array, y: Array) -> Array:
        """The top as columns (C, kernel_h, kernel_w, N, windows_h, windows_w), without a copy."""
        images = math.prod(x.shape[: self.axis])
        counts = y.shape[self.axis + 1 :]
        columns = y.reshape(images, x.shape[self.axis], *self.windows.kernel, *counts)
        after = range(self.spatial + 2, columns.ndim)
        channels_first: Array = columns.transpose(*range(1, self.spatial + 2), 0, *after)
        return channels_first
