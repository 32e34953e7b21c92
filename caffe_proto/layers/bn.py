"""BN, batch normalization with scale and shift, of two forks that gave it two meanings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import TEST, Array, Layer, Shape
from caffe_proto.layers.batch_norm import channel_sums, column
from caffe_proto.layers.registry import register_layer

SEGNET_FIELDS = ("scale_filler", "shift_filler", "bn_mode")
PSPNET_FIELDS = ("slope_filler", "bias_filler", "momentum", "eps", "frozen")
INFERENCE = 1
SEGNET_EPS = 1e-9
MAX_AXES = 4


@register_layer("BN")
class BN(Layer):
    """Batch normalization with scale and shift: ``y = scale * (x - mean) / deviation + shift``.

    Bottom ``(N, C, H, W)`` → top, the same shape. May run in place. ``deviation`` is
    ``sqrt(variance + eps)``. Two forks use the name, and the settings tell which is meant.

    SegNet: two more tops may follow, the batch's mean and variance ``(1, C, 1, 1)``. bn_mode LEARN
    uses the statistics of the batch, in TEST too; INFERENCE only scales and shifts (the statistics
    were merged into the parameters). Parameters: scale, shift, both ``(1, C, 1, 1)``; their
    gradients are overwritten, not added to, as in the fork.
    Settings: ``bn_param`` (scale_filler, shift_filler, bn_mode LEARN).

    PSPNet: the statistics of the batch in TRAIN, added to the running ones as
    ``p = momentum * p + (1 - momentum) * new``; the running ones in TEST, or where ``frozen``. The
    gradient is always that for the batch's statistics, except where frozen; then the parameters
    have none. Parameters: slope, bias, running mean, running variance, all ``(1, C, 1, 1)``.
    Settings: ``bn_param`` (slope_filler, bias_filler, momentum 0.9, eps 1e-5, frozen false).

    Badrinarayanan et al., "SegNet", 2015; Zhao et al., "Pyramid scene parsing network", 2017.
    """

    num_tops = (1, 3)

    def setup(self, bottom: Shape) -> None:
        param = self.param.bn_param
        if not 2 <= len(bottom) <= MAX_AXES:
            raise self.error(f"takes a bottom of 2 to 4 axes (N, C, H, W). Received: {bottom}")
        self.channels = bottom[1]
        self.is_pspnet = self._tell_fork()
        # Without a filler's setting both forks fill with 0, as FillerParameter's default says.
        shape = (1, self.channels, 1, 1)
        if not self.is_pspnet:
            self.add_param(shape, param.scale_filler)
            self.add_param(shape, param.shift_filler)
            self.eps, self.frozen = SEGNET_EPS, False
            self.has_statistics = param.bn_mode != INFERENCE
            self.uses_batch = self.has_statistics
            return
        if len(self.top_blobs) > 1:
            raise self.error(
                f"PSPNet's form has one top. Received: {len(self.top_blobs)} "
                f"(SegNet's, with {', '.join(SEGNET_FIELDS)}, has up to 3)"
            )
        self.add_param(shape, param.slope_filler)
        self.add_param(shape, param.bias_filler)
        self.frozen = bool(param.frozen)
        self.add_param(shape)
        self.add_param(shape, constant=1.0 if self.frozen else 0.0)
        self.eps, self.momentum = float(param.eps), float(param.momentum)
        self.has_statistics = True
        self.uses_batch = not (self.frozen or self.phase == TEST)
        self._fix_rates()

    def _tell_fork(self) -> bool:
        """Whether PSPNet's form is meant."""
        param = self.param.bn_param
        segnet = [name for name in SEGNET_FIELDS if param.HasField(name)]
        pspnet = [name for name in PSPNET_FIELDS if param.HasField(name)]
        if segnet and pspnet:
            raise self.error(
                f"bn_param mixes SegNet's {', '.join(segnet)} with PSPNet's {', '.join(pspnet)}. "
                "Expected: the settings of one of them"
            )
        if not segnet and not pspnet:
            return max(len(self.param.blobs), len(self.param.param)) > 2
        return bool(pspnet)

    def _fix_rates(self) -> None:
        specs = self.param.param
        while len(specs) < 4:
            specs.add()
        # The statistics are not learned, and where frozen nothing is, whatever the net says.
        for spec in specs[0 if self.frozen else 2 :]:
            spec.lr_mult = spec.decay_mult = 0.0

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        if not 2 <= len(bottom) <= MAX_AXES or bottom[1] != self.channels:
            raise self.error(
                f"the parameters are for {self.channels} channels. "
                f"Received: a bottom of shape {bottom}"
            )
        statistics = [(1, self.channels, 1, 1)] * (len(self.top_blobs) - 1)
        # SegNet's top always has 4 axes.
        top = bottom if self.is_pspnet else (*bottom, *(1,) * (MAX_AXES - len(bottom)))
        return [top, *statistics]

    def forward(self, x: Array) -> None:
        y = self.top()
        in_place = np.may_share_memory(x, y)
        y = y.reshape(x.shape)
        self._measure(x)
        slope, bias = (p.data.reshape(-1) for p in self.params[:2])
        # In place, backward finds neither x nor, if another layer follows in place, y.
        self.normalized: Array | None = None
        if in_place and self.needs_backward and not self.frozen:
            self.normalized = self._normalize(x, np.empty_like(x))
        if not self.has_statistics:
            np.multiply(x, column(slope, x), out=y)
        elif self.uses_batch:
            self._normalize(x, y)
            y *= column(slope, x)
        else:
            # One factor and one shift: two steps a value instead of four.
            factor = slope / self.deviation
            np.multiply(x, column(factor, x), out=y)
            bias = bias - self.mean * factor
        y += column(bias, x)

    def _measure(self, x: Array) -> None:
        """Find the mean and the deviation that this pass uses."""
        if not self.has_statistics:
            return
        if self.uses_batch:
            count = x.size // self.channels
            mean = channel_sums(x) / count
            centred = x - column(mean, x)
            variance = channel_sums(centred, centred) / count
            self._keep(mean, variance)
        else:
            mean, variance = (p.data.reshape(-1) for p in self.params[2:])
        self.mean = mean
        self.deviation = np.sqrt(variance + x.dtype.type(self.eps))

    def _keep(self, mean: Array, variance: Array) -> None:
        shape = (1, self.channels, 1, 1)
        if not self.is_pspnet:
            for blob, values in zip(self.top_blobs[1:], (mean, variance), strict=False):
                blob.data[...] = values.reshape(shape)
            return
        for parameter, values in zip(self.params[2:], (mean, variance), strict=True):
            old, new = (values.dtype.type(m) for m in (self.momentum, 1 - self.momentum))
            parameter.data *= old
            parameter.data += new * values.reshape(shape)

    def _normalize(self, x: Array, y: Array) -> Array:
        if not self.has_statistics:
            y[...] = x
        else:
            np.subtract(x, column(self.mean, x), out=y)
            y *= column(1 / self.deviation, x)
        return y

    def backward(self, dys: Sequence[Array], x: Array, ys: Sequence[Array]) -> None:
        # The gradients of the mean and the variance are not looked at, as in the fork.
        dy = dys[0].reshape(x.shape)
        slope, bias = self.params[:2]
        if self.frozen:
            if self.propagate_down[0]:
                factor = slope.data.reshape(-1) / self.deviation
                np.multiply(dy, column(factor, x), out=self.bottom_diff())
            return
        normalized = self.normalized
        if normalized is None:
            normalized = self._normalize(x, np.empty_like(x))
        along, total = channel_sums(dy, normalized), channel_sums(dy)
        for parameter, gradient in ((slope, along), (bias, total)):
            if parameter.needs_grad:
                if not self.is_pspnet:
                    # SegNet's gradient takes the place of what was there.
                    parameter.diff[...] = 0
                parameter.diff += gradient.reshape(parameter.shape)
        if not self.propagate_down[0]:
            return
        dx = self.bottom_diff()
        if not self.has_statistics:
            np.multiply(dy, column(slope.data, x), out=dx)
            return
        # dx = (dy - mean(dy) - y mean(dy y)) scale / deviation, y being the normalized value; in
        # PSPNet's fork for running statistics too, which do not depend on x.
        count = x.size // self.channels
        np.subtract(dy, column(total / count, x), out=dx)
        dx -= normalized * column(along / count, x)
        dx *= column(slope.data.reshape(-1) / self.deviation, x)
