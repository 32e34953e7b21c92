"""L1Loss: the mean absolute distance between two blobs."""

from __future__ import annotations

import numpy as np

from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.loss import LossLayer
from caffe_proto.layers.registry import register_layer

__all__ = ["L1Loss"]

# Settings by which FlowNet2's layer of this name computes another loss.
_OTHERS = ("l2_per_location", "l2_prescale_by_channels", "normalize_by_num_entries", "plateau")


@register_layer("L1Loss")
class L1Loss(LossLayer):
    """Sum of the absolute differences, per example: ``loss = sum |a - b| / N``.

    Bottoms ``a``, ``b``: ``(N, ...)`` with as many values an example each, at most 4 axes → top
    ``()``. No parameters. Both bottoms take a gradient, 0 where they are equal.
    Settings: none. From NVCaffe, where DetectNet trains with it. FlowNet2 has a layer of this name
    with ``l1_loss_param``; its settings l2_per_location, l2_prescale_by_channels,
    normalize_by_num_entries and plateau are refused.
    """

    def setup(self, *bottoms: Shape) -> None:
        for name in _OTHERS:
            if getattr(self.param.l1_loss_param, name):
                raise self.error(
                    f"l1_loss_param.{name} is a setting of FlowNet2's loss, which is not computed "
                    "here. Expected: the net without it"
                )

    def check_shapes(self, a: Shape, b: Shape) -> None:
        self.check_pairs(a, b)

    def allow_force_backward(self, bottom: int) -> bool:
        return True

    def forward(self, a: Array, b: Array) -> Array:
        self._difference = a - b.reshape(a.shape)
        with np.errstate(invalid="ignore"):  # An empty batch gives NaN, as in Caffe.
            loss: Array = np.abs(self._difference).sum() / a.dtype.type(len(a))
        return loss

    def backward(self, dy: Array, x: list[Array], y: Array) -> list[Array | None]:
        slope = np.sign(self._difference)
        slope *= dy / slope.dtype.type(max(len(slope), 1))
        gradients: list[Array | None] = [None, None]
        if self.propagate_down[0]:
            gradients[0] = slope
        if self.propagate_down[1]:
            gradients[1] = -slope.reshape(x[1].shape)
        return gradients
