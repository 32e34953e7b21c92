"""Pooling: windows of an image, each reduced to one value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.pools import Pool
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.steps import Step
from caffe_proto.layers.windows import Windows

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["AVE", "MAX", "MAX_WINDOW", "STOCHASTIC", "Pooling", "planes", "pooled_shape"]

MAX, AVE, STOCHASTIC = 0, 1, 2
FLOOR = 1
# A larger window is a mistake or an attack, unless it is that of global pooling.
MAX_WINDOW = 1 << 20


@register_layer("Pooling")
class Pooling(Layer):
    """Pooling: ``y[p] = max, or mean, of x[stride p - pad + k]`` over ``k < kernel``.

    Bottom ``(N, C, H, W)`` → top ``(N, C, H', W')`` with
    ``H' = ceil((H + 2 pad - kernel) / stride) + 1``; a last window that would begin beyond the
    image is dropped if there is padding. MAX takes a second top: where in its plane each maximum
    stands (``h * W + w``, the first of equals). No parameters.

    MAX ignores padding. AVE divides by the window clipped to the padded image, so padding counts
    as zeros. STOCHASTIC draws a value with a probability in proportion to it in TRAIN, and gives
    the expectation in TEST (Zeiler and Fergus, "Stochastic pooling", 2013). Without padding and
    with a stride larger than the kernel a last window can be empty: MAX gives -FLT_MAX (index -1),
    AVE 0 / 0.

    Settings: ``pooling_param`` (pool MAX, kernel_size or kernel_h and kernel_w, stride 1 or
    stride_h and stride_w, pad 0 or pad_h and pad_w, global_pooling false: one window over
    everything, round_mode CEIL, or ceil_mode true as some forks call it).
    """

    num_tops = (1, 2)

    def setup(self, bottom: Shape) -> None:
        param = self.param.pooling_param
        self.pool: int = param.pool
        if self.pool not in (MAX, AVE, STOCHASTIC):
            name = type(param).PoolMethod.Name(param.pool)
            raise self.error(f"pool {name} is not known. Expected: MAX, AVE or STOCHASTIC")
        if len(self.top_blobs) > 1 and self.pool != MAX:
            raise self.error("only MAX has a second top (the mask). Received: 2 tops")
        self.is_global = bool(param.global_pooling)
        self.rounds_up = param.round_mode != FLOOR
        if param.HasField("ceil_mode"):
            self.rounds_up = bool(param.ceil_mode)
        self.windows = self._read_windows(param)
        self.pooler: Pool | None = None
        self.chosen: Array | None = None
        self.maxima: Array | None = None

    def _read_windows(self, param: caffe_pb2.PoolingParameter) -> Windows | None:
        kernel = self._read_pair("kernel", "kernel_size")
        stride = self._read_pair("stride", "stride")
        pad = self._read_pair("pad", "pad")
        if self.is_global:
            if kernel is not None:
                raise self.error("global_pooling takes no kernel size: its window is the image")
            if pad not in (None, (0, 0)) or stride not in (None, (1, 1)):
                raise self.error(
                    f"global_pooling needs pad 0 and stride 1. Received: pad {pad or (0, 0)}, "
                    f"stride {stride or (1, 1)}"
                )
            return None
        if kernel is None:
            raise self.error("needs kernel_size, or kernel_h and kernel_w, or global_pooling")
        windows = Windows(kernel, stride or (1, 1), pad or (0, 0), (1, 1))
        for name, pair in (("kernel", kernel), ("stride", windows.stride)):
            if min(pair) <= 0:
                raise self.error(f"{name} must be positive. Received: {pair}")
        if max(kernel) > MAX_WINDOW:
            raise self.error(f"kernel {kernel} is too large. Expected: at most {MAX_WINDOW}")
        if any(windows.pad):
            if self.pool == STOCHASTIC:
                raise self.error(f"only MAX and AVE can be padded. Received: pad {windows.pad}")
            if any(p >= k for p, k in zip(windows.pad, kernel, strict=True)):
                raise self.error(
                    f"pad must be smaller than the kernel. Received: pad {windows.pad}, "
                    f"kernel {kernel}"
                )
        return windows

    def _read_pair(self, stem: str, name: str) -> Shape | None:
        """``name`` for both axes, or ``stem_h`` and ``stem_w``, or None if not given."""
        param = self.param.pooling_param
        once = param.HasField(name)
        high, wide = param.HasField(f"{stem}_h"), param.HasField(f"{stem}_w")
        # A kernel size beside only one of its _h and _w counts in Caffe; others are refused.
        ignores_half = stem == "kernel" and once and not (high and wide)
        if once and (high or wide) and not ignores_half:
            raise self.error(f"gives both {name} and {stem}_h or {stem}_w. Expected: one of them")
        if once:
            return (getattr(param, name),) * 2
        if high != wide:
            raise self.error(
                f"gives {stem}_{'h' if high else 'w'} alone. "
                f"Expected: {stem}_h and {stem}_w, or {name}"
            )
        return (getattr(param, f"{stem}_h"), getattr(param, f"{stem}_w")) if high else None

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        if len(bottom) != 4:
            raise self.error(f"takes a bottom of 4 axes (N, C, H, W). Received: {bottom}")
        image = bottom[2:]
        windows = self.windows or Windows(image, (1, 1), (0, 0), (1, 1))
        counts = pooled_shape(windows, image, self.rounds_up)
        if min(counts) <= 0 or min(image) <= 0:
            raise self.error(
                f"kernel {windows.kernel}, stride {windows.stride} and pad {windows.pad} leave "
                f"nothing of an image of {image}: the output would be {counts}. "
                "Expected: a smaller kernel or stride, or a larger image"
            )
        self.pooler = Pool(windows, image, counts)
        return [(*bottom[:2], *counts)] * len(self.top_blobs)

    def is_by_image(self) -> bool:
        # What is drawn comes in the order of the batch.
        return self.pool != STOCHASTIC or not self.is_training

    def forward(self, x: Array) -> None:
        assert self.pooler is not None
        y = planes(self.top())
        if self.pool == MAX:
            self.pooler.maximum(planes(x), y)
            self.maxima = None
            if self.needs_backward or len(self.top_blobs) > 1:
                self.maxima = self.pooler.choices(y.shape)
                self.pooler.choose(planes(x), y, self.maxima)
            if self.maxima is not None and len(self.top_blobs) > 1:
                mask = planes(self.top(1))
                mask[...] = self.pooler.places(self.maxima)
        elif self.pool == AVE:
            self.pooler.average(planes(x), y)
        elif self.is_training:
            uniform = self.rng.uniform(y.shape, 0, 1).astype(x.dtype, copy=False)
            self.chosen = self.pooler.draw(planes(x), uniform, y)
        else:
            self.pooler.expect(planes(x), y)

    def forward_steps(self) -> Iterator[Step] | None:
        if self.pool == STOCHASTIC or len(self.top_blobs) > 1:
            return None
        return self._steps(planes(self.bottom_blobs[0].data), planes(self.top()))

    def _steps(self, x: Array, y: Array) -> Iterator[Step]:
        assert self.pooler is not None
        if self.pool == AVE:
            yield from self.pooler.average_steps(x, y)
            return
        yield from self.pooler.maximum_steps(x, y)
        if self.needs_backward:
            self.maxima = self.pooler.choices(y.shape)
            yield from self.pooler.choose_steps(x, y, self.maxima)

    def backward_steps(self) -> Iterator[Step] | None:
        assert self.pooler is not None
        # Without steps forward keeps the maxima in new memory each time.
        if self.pool == STOCHASTIC or len(self.top_blobs) > 1 or not self.propagate_down[0]:
            return None
        dy, dx = planes(self.top_blobs[0].diff), planes(self.bottom_diff())
        if self.pool == AVE:
            return self.pooler.average_gradient_steps(dy, dx)
        assert self.maxima is not None
        return self.pooler.maximum_gradient_steps(dy, self.maxima, dx)

    def backward(self, dys: Sequence[Array], x: Array, ys: Sequence[Array]) -> None:
        assert self.pooler is not None
        if not self.propagate_down[0]:
            return
        dy, dx = planes(dys[0]), planes(self.bottom_diff())
        if self.pool == MAX:
            if self.maxima is None:
                raise self.error("backward needs a forward before it, to know the maxima")
            self.pooler.maximum_gradient(dy, self.maxima, dx)
        elif self.pool == AVE:
            self.pooler.average_gradient(dy, dx)
        elif self.chosen is not None:
            self.pooler.draw_gradient(dy, self.chosen, dx)
        else:
            raise self.error("STOCHASTIC pooling has a gradient in TRAIN only: it needs the draws")


def planes(x: Array) -> Array:
    """``(N, C, H, W)`` as planes ``(N C, 1, H, W)``, without a copy."""
    n, c, h, w = x.shape
    return x.reshape(n * c, 1, h, w)


def pooled_shape(windows: Windows, image: Shape, rounds_up: bool = True) -> Shape:
    """How many windows there are along each axis, as Caffe counts them."""
    counts = []
    settings = zip(image, windows.kernel, windows.stride, windows.pad, strict=True)
    for n, k, s, p in settings:
        span = n + 2 * p - k
        count = (-(-span // s) if rounds_up else span // s) + 1
        # Padding on either axis lets the last window of both be dropped, if it begins outside.
        if any(windows.pad) and (count - 1) * s >= n + p:
            count -= 1
        counts.append(count)
    return tuple(counts)
