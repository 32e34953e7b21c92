"""Depthwise convolution under the names that Caffe's forks gave it."""

from __future__ import annotations

from caffe_proto.layers.convolution import Convolution
from caffe_proto.layers.registry import register_layer


@register_layer("DepthwiseConvolution")
class DepthwiseConvolution(Convolution):
    """Depthwise convolution: a Convolution with one group a channel.

    Any number of bottoms ``(N, C, H, W)`` → as many tops ``(N, num_output, H', W')``. Parameters:
    filters ``(num_output, 1, kernel_h, kernel_w)``, bias ``(num_output)``.

    Settings: ``convolution_param``, as for Convolution; ``group`` is the number of channels where
    it is not given, ``num_output`` too. Howard et al., "MobileNets", 2017.
    """

    def outputs_and_groups(self) -> tuple[int, int]:
        param = self.param.convolution_param
        group = param.group if param.HasField("group") else self.channels
        return param.num_output or self.channels, group


@register_layer("ConvolutionDepthwise")
class ConvolutionDepthwise(Convolution):
    """Depthwise convolution: each channel has its own filter; there are as many outputs.

    Any number of bottoms ``(N, C, H, W)`` → as many tops ``(N, C, H', W')``. Parameters: filters
    ``(C, 1, kernel_h, kernel_w)``, bias ``(C)``.

    Settings: ``convolution_param``, as for Convolution; ``group`` and ``num_output`` are the number
    of channels, whatever they say. Howard et al., "MobileNets", 2017.
    """

    def outputs_and_groups(self) -> tuple[int, int]:
        return self.channels, self.channels
