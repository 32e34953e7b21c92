"""Other axes for the same values."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from caffe_proto.layers.base import Alias, Array, Layer, Shape
from caffe_proto.layers.registry import register_layer


class _Renamed(Layer):
    """A top that is the bottom's memory, gradients too, under another shape."""

    def aliases(self) -> Sequence[Alias]:
        return [Alias(0, 0)]

    def forward(self, x: Array) -> None:
        return None

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        return None


@register_layer("Flatten")
class Flatten(_Renamed):
    """Makes one axis of several: ``(N, C, H, W)`` → ``(N, C * H * W)`` by default.

    The top shares the bottom's memory, gradients too. No parameters. Settings: ``flatten_param``
    (axis 1, end_axis -1: the first and the last axis that become one; negative ones count from
    the back; an end_axis right before axis puts in an axis of size 1).
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        settings = self.param.flatten_param
        begin = self.canonical_axis(settings.axis, len(bottom), "flatten_param.axis")
        last = self.canonical_axis(settings.end_axis, len(bottom), "flatten_param.end_axis")
        if begin > last + 1:
            raise self.error(
                f"flatten_param.axis {settings.axis} comes after flatten_param.end_axis "
                f"{settings.end_axis} in a bottom of shape {bottom}. Expected: axis <= end_axis"
            )
        return [(*bottom[:begin], prod(bottom[begin : last + 1]), *bottom[last + 1 :])]


@register_layer("Reshape")
class Reshape(_Renamed):
    """Gives the same values other axes.

    Bottom ``(any shape)`` → top of the shape that the settings give; the counts are equal. The
    top shares the bottom's memory, gradients too. No parameters.
    Settings: ``reshape_param`` (shape: a size, 0 to take the bottom's axis at that place, or -1,
    once, for what is left over; axis 0 and num_axes -1: which of the bottom's axes the shape
    replaces, -1 all that follow; a negative axis counts from behind the last one, so that
    axis -1 with num_axes 0 appends).
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()
        self.dims = [int(n) for n in self.param.reshape_param.shape.dim]
        if self.dims.count(-1) > 1:
            raise self.error(
                f"reshape_param.shape {self.dims} has several dims of -1. Expected: at most one"
            )
        if min(self.dims, default=0) < -1:
            raise self.error(
                f"reshape_param.shape {self.dims} has a dim below -1. "
                "Expected: sizes, 0 for the bottom's, or -1 for the rest"
            )
        if self.param.reshape_param.pixelshuffler != 1:
            raise self.error(
                f"reshape_param.pixelshuffler is {self.param.reshape_param.pixelshuffler}, which "
                "this project does not have. Expected: 1, or a Reorg layer with reverse"
            )

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        begin, end = self._replaced(bottom)
        new = list(self.dims)
        for i, n in enumerate(new):
            if n == 0:
                if begin + i >= len(bottom):
                    raise self.error(
                        f"reshape_param.shape {self.dims} has a 0 at position {i}, but the "
                        f"bottom's shape {bottom} has no axis {begin + i} to copy"
                    )
                new[i] = bottom[begin + i]
        if -1 in new:
            at = new.index(-1)
            given = prod(n for i, n in enumerate(new) if i != at)
            given *= prod(bottom[:begin]) * prod(bottom[end:])
            if not given or prod(bottom) % given:
                raise self.error(
                    f"reshape_param.shape {self.dims} leaves no size for the -1: the bottom's "
                    f"shape {bottom} has {prod(bottom)} values, the other axes {given}. "
                    "Expected: a divisor"
                )
            new[at] = prod(bottom) // given
        top = (*bottom[:begin], *new, *bottom[end:])
        if prod(top) != prod(bottom):
            raise self.error(
                f"reshape_param.shape {self.dims} makes {top} of the bottom's shape {bottom}. "
                f"Expected: {prod(bottom)} values. Received: {prod(top)}"
            )
        return [top]

    def _replaced(self, bottom: Shape) -> tuple[int, int]:
        """The first of the bottom's axes that the shape replaces, and the one after the last."""
        settings = self.param.reshape_param
        ndim = len(bottom)
        begin = settings.axis if settings.axis >= 0 else ndim + settings.axis + 1
        if not 0 <= begin <= ndim:
            raise self.error(
                f"reshape_param.axis {settings.axis} is out of range for a bottom of {ndim} axes. "
                f"Expected: {-ndim - 1} to {ndim}"
            )
        if settings.num_axes < -1:
            raise self.error(
                f"reshape_param.num_axes is {settings.num_axes}. Expected: 0 or more, or -1 for all"
            )
        end = ndim if settings.num_axes == -1 else begin + settings.num_axes
        if end > ndim:
            raise self.error(
                f"reshape_param.num_axes {settings.num_axes} from axis {settings.axis} on goes "
                f"beyond the bottom's {ndim} axes. Expected: at most {ndim - begin}"
            )
        return begin, end
