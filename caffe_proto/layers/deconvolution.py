"""Deconvolution: the transpose of a convolution."""

from __future__ import annotations

from collections.abc import Sequence

from caffe_proto.layers.base import Array
from caffe_proto.layers.convolution import ConvolutionBase
from caffe_proto.layers.registry import register_layer


@register_layer("Deconvolution")
class Deconvolution(ConvolutionBase):
    """Transposed convolution: each input value adds its filter, weighted, to the output.

    ``y[o, stride p + dilation k - pad] += w[c, o, k] * x[c, p]``, plus ``b[o]``: the gradient of a
    convolution by its input, as a layer; it enlarges by about ``stride``.

    Any number of bottoms ``(N, C, H, W)``, all of one shape → as many tops
    ``(N, num_output, H', W')`` with ``H' = stride (H - 1) + dilation (kernel - 1) + 1 - 2 pad``.
    Parameters: filters ``(C, num_output / group, kernel_h, kernel_w)``, input channels first, bias
    ``(num_output)``. A ``bilinear`` filler with one group a channel makes it an interpolation.

    Settings: ``convolution_param``, as for Convolution. Zeiler et al., "Deconvolutional networks",
    2010; Long et al., "Fully convolutional networks for semantic segmentation", 2015.
    """

    is_transposed = True

    def forward(self, *xs: Array) -> None:
        for index, x in enumerate(xs):
            y = self.planes(self.top(index))
            self.correlation.transpose(self.apart(self.planes(x), y), self.weight, y, self.bias)

    def backward(self, dys: Sequence[Array], xs: Sequence[Array], ys: Sequence[Array]) -> None:
        for index, (dy, x) in enumerate(zip(dys, xs, strict=True)):
            dy, x = self.planes(dy), self.planes(x)
            self.add_bias_gradient(dy)
            if filters := self.weight_gradient_wanted():
                self.correlation.add_weight_gradient(dy, x, self._filters(filters.diff))
            if self.propagate_down[index]:
                dx = self.planes(self.bottom_diff(index))
                self.correlation.forward(self.apart(dy, dx), self.weight, dx)
