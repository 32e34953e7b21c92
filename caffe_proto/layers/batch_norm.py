"""Batch normalization, as Caffe has it: without scale and shift, with running sums."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import TEST, Array, Layer, Shape
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.windows import scratch

__all__ = ["LEAST_EPS", "BatchNorm", "channel_sums", "column"]

# mean, variance and factor: kept by forward, not learned
STATISTICS = 3
# NVCaffe takes no smaller eps than cuDNN does.
LEAST_EPS = 1e-5


@register_layer("BatchNorm")
class BatchNorm(Layer):
    """Batch normalization: ``y = (x - mean) / sqrt(variance + eps)``, channel by channel.

    Bottom ``(N, C, ...)`` → top, the same shape. May run in place. Mean and variance are those of
    the batch in TRAIN, the running ones in TEST, or as ``use_global_stats`` says.

    Parameters: running mean ``(C)``, running variance ``(C)``, factor ``(1)``. Each forward with
    the batch's statistics adds to them: ``p = p * moving_average_fraction + new``, where new is
    the mean, the unbiased variance and 1; so mean and variance are the first two divided by the
    factor (0 as long as that is 0). They are not learned: their lr_mult is 0. There is no scale
    and shift: that is a Scale layer after this one.

    NVCaffe's form, where ``scale_bias`` is set, or ``scale_filler`` or ``bias_filler`` given: two
    more parameters, scale ``(C)`` and bias ``(C)``, follow, and ``y = scale * normalized + bias``.
    There the running statistics are means, not sums: the first forward that uses a batch's takes
    them as they are, later ones keep ``p * moving_average_fraction + new * (1 -
    moving_average_fraction)``, and the factor stays 1; ``eps`` is 1e-5 at least, and lr_mult and
    decay_mult are 0 for the statistics and 1 for scale and bias, whatever the net says. The
    variance that is kept is the unbiased one, as cuDNN has it, by which NVCaffe trains.

    Settings: ``batch_norm_param`` (use_global_stats, moving_average_fraction 0.999, eps 1e-5;
    scale_bias false, scale_filler 1, bias_filler 0). Ioffe and Szegedy, "Batch normalization",
    2015.
    """

    def setup(self, bottom: Shape) -> None:
        param = self.param.batch_norm_param
        if len(bottom) < 2:
            # Caffe sets up for one channel and then asks for the missing axis 1.
            raise self.error(f"takes a bottom of 2 axes or more (N, C, ...). Received: {bottom}")
        if not bottom[1]:
            raise self.error(f"the bottom has no channels. Received: {bottom}")
        given = param.HasField("scale_filler") or param.HasField("bias_filler")
        self.has_scale = bool(param.scale_bias) or given
        self.uses_global = self.phase == TEST
        if param.HasField("use_global_stats"):
            self.uses_global = bool(param.use_global_stats)
        self.fraction = float(param.moving_average_fraction)
        self.eps = max(float(param.eps), LEAST_EPS) if self.has_scale else float(param.eps)
        self.channels = bottom[1]
        self._untouched = True
        for shape in ((self.channels,), (self.channels,)):
            self.add_param(shape)
        self.add_param((1,), constant=1.0 if self.has_scale else 0.0)
        self._fix_statistics()
        if self.has_scale:
            filler = param.scale_filler if param.HasField("scale_filler") else None
            self.add_param((self.channels,), filler, constant=1.0)
            filler = param.bias_filler if param.HasField("bias_filler") else None
            self.add_param((self.channels,), filler)

    def _fix_statistics(self) -> None:
        specs = self.param.param
        for index in range(STATISTICS):
            if index == len(specs):
                specs.add(lr_mult=0.0)
            if self.has_scale:
                # NVCaffe corrects what BVLC Caffe refuses.
                specs[index].lr_mult = specs[index].decay_mult = 0.0
            elif specs[index].lr_mult != 0:
                raise self.error(
                    f"the running statistics are not learned. Received: lr_mult "
                    f"{specs[index].lr_mult:g} for parameter {index}. Expected: lr_mult: 0"
                )
        for index in range(STATISTICS, STATISTICS + 2 if self.has_scale else STATISTICS):
            if index == len(specs):
                specs.add()
            specs[index].lr_mult = specs[index].decay_mult = 1.0

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        if len(bottom) < 2 or bottom[1] != self.channels:
            raise self.error(
                f"the statistics are for {self.channels} channels. Received: a bottom of {bottom}"
            )
        return [bottom]

    def is_by_image(self) -> bool:
        return self.uses_global

    def forward(self, x: Array) -> Array:
        y = self.top()
        in_place = np.may_share_memory(x, y)
        self.mean, variance = self._running() if self.uses_global else self._of_batch(x)
        self.deviation = np.sqrt(variance + x.dtype.type(self.eps))
        # In place, backward finds neither x nor, if another layer follows in place, y.
        keeps = in_place and self.needs_backward and self._needs_normalized()
        if self.has_scale and self.uses_global and not keeps:
            self.normalized = None
            # One factor and one shift: two steps a value instead of four.
            factor = self.params[3].data / self.deviation
            np.multiply(x, column(factor, x), out=y)
            y += column(self.params[4].data - self.mean * factor, x)
            return y
        self._normalize(x, y)
        self.normalized = y.copy() if keeps else None
        if self.has_scale:
            y *= column(self.params[3].data, x)
            y += column(self.params[4].data, x)
        return y

    def _normalize(self, x: Array, y: Array) -> Array:
        np.subtract(x, column(self.mean, x), out=y)
        y *= column(1 / self.deviation, x)
        return y

    def _needs_normalized(self) -> bool:
        """Whether a gradient depends on the normalized values."""
        return not self.uses_global or (self.has_scale and self.params[3].needs_grad)

    def _running(self) -> tuple[Array, Array]:
        mean, variance, factor = (p.data for p in self.params[:STATISTICS])
        factor = factor.dtype.type(0 if factor[0] == 0 else 1 / factor[0])
        return mean * factor, variance * factor

    def _of_batch(self, x: Array) -> tuple[Array, Array]:
        """The batch's mean and variance, added to the running ones."""
        count = x.size // self.channels
        mean = channel_sums(x) / count
        centred = np.subtract(x, column(mean, x), out=scratch("centred", x.shape, x.dtype))
        variance = channel_sums(centred, centred) / count
        unbiased = variance * (count / (count - 1) if count > 1 else 1)
        if self.has_scale:
            self._average(mean, unbiased)
        else:
            for parameter, new in zip(self.params, (mean, unbiased, 1), strict=True):
                parameter.data *= x.dtype.type(self.fraction)
                parameter.data += new
        return mean, variance

    def _average(self, mean: Array, variance: Array) -> None:
        """NVCaffe's running means."""
        real = mean.dtype.type
        keep = real(0 if self._untouched else self.fraction)
        self._untouched = False
        # Sums that BVLC Caffe has left become means before they are continued.
        old = self._running()
        for parameter, before, new in zip(self.params, old, (mean, variance), strict=False):
            parameter.data[...] = before * keep + new * (1 - keep)
        self.params[2].data[...] = 1

    def backward(self, dy: Array, x: Array, y: Array) -> Array | None:
        normalized = self.normalized
        if normalized is None and self._needs_normalized():
            normalized = self._normalize(x, scratch("normalized", x.shape, x.dtype))
        if self.has_scale:
            scale, bias = self.params[STATISTICS:]
            if scale.needs_grad:
                scale.diff += channel_sums(dy, normalized)
            if bias.needs_grad:
                bias.diff += channel_sums(dy)
            dy = dy * column(scale.data, x)
        if not self.propagate_down[0]:
            return None
        if normalized is not None and not self.uses_global:
            # The statistics depend on x too:
            # dx = (dy - mean(dy) - y mean(dy y)) / deviation, y being the normalized value.
            count = x.size // self.channels
            mean, slope = channel_sums(dy) / count, channel_sums(dy, normalized) / count
            along = scratch("along", x.shape, x.dtype)
            np.multiply(normalized, column(slope, x), out=along)
            dy = np.subtract(dy, along, out=self.bottom_diff())
            dy -= column(mean, x)
        return np.multiply(dy, column(1 / self.deviation, x), out=self.bottom_diff())


def column(values: Array, x: Array) -> Array:
    """One value a channel, shaped to broadcast over ``x`` (N, C, ...)."""
    return values.reshape(-1, *(1,) * (x.ndim - 2))


def channel_sums(x: Array, other: Array | None = None) -> Array:
    """The sum of ``x``, or of ``x * other``, of each channel."""
    shape = (*x.shape[:2], math.prod(x.shape[2:]))
    x = x.reshape(shape)
    sums: Array
    if other is None:
        sums = x.sum(axis=2).sum(axis=0)
    else:
        sums = np.einsum("ncp,ncp->c", x, other.reshape(shape))
    return sums
