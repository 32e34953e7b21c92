"""Images resized by interpolation: corners aligned (Interp), or by a filter (Resample)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.boxes import round_half_away
from caffe_proto.layers.registry import register_layer


def _apply(x: Array, rows: Array, columns: Array, out: Array) -> None:
    """``rows @ x @ columns.T`` on the last two axes, in the cheaper order."""
    (h2, h1), (w2, w1) = rows.shape, columns.shape
    if h2 * h1 * w1 + h2 * w1 * w2 <= h1 * w1 * w2 + h2 * h1 * w2:
        np.matmul(np.matmul(rows, x), columns.T, out=out)
    else:
        np.matmul(rows, np.matmul(x, columns.T), out=out)


class _Resized(Layer):
    """A layer whose top is ``rows @ x @ columns.T`` for each channel."""

    #: The weights of both axes, made when they are first needed: shapes alone take no memory.
    weights: tuple[Array, Array] | None = None

    def weigh(self) -> tuple[Array, Array]:
        """``rows`` and ``columns`` for the present shapes."""
        raise NotImplementedError

    def check_image(self, bottom: Shape) -> None:
        if len(bottom) != 4:
            raise self.error(f"the bottom has the shape {bottom}. Expected: 4 axes, (N, C, H, W)")
        if 0 in bottom[2:]:
            raise self.error(f"the bottom has the shape {bottom}. Expected: no empty image")

    def resize(self, x: Array) -> Array:
        """The top from the image."""
        y = self.top()
        if self.weights is None:
            self.weights = self.weigh()
        _apply(x, *self.weights, y)
        return y

    def adjoint(self, dy: Array) -> None:
        """The gradient of the image from that of the top."""
        if self.propagate_down[0] and self.weights is not None:
            rows, columns = self.weights
            _apply(dy, rows.T, columns.T, self.bottom_diff())


def _aligned_weights(size: int, begin: int, used: int, wanted: int, dtype: np.dtype[Any]) -> Array:
    """A row for each of ``wanted`` values: the weights of two neighbours among ``size``.

    The first and the last row are exactly the first and the last of the ``used`` values from
    ``begin`` on; a single row is the first.
    """
    ratio = (used - 1) / (wanted - 1) if wanted > 1 else 0.0
    places = np.minimum(np.arange(wanted) * ratio, used - 1)
    lower = places.astype(np.intp)
    upper = np.minimum(lower + 1, used - 1)
    share = places - lower
    weights = np.zeros((wanted, size), dtype)
    each = np.arange(wanted)
    weights[each, begin + lower] = 1 - share
    weights[each, begin + upper] += share.astype(dtype)
    return weights


@register_layer("Interp")
class Interp(_Resized):
    """Bilinear interpolation with aligned corners: corner pixels stay corner pixels.

    Bottom ``(N, C, H, W)`` → top ``(N, C, H', W')``. No parameters.
    Settings: ``interp_param``: pad_beg and pad_end (0 or negative: so many rows and columns are
    cut off in front and behind first), then, in this precedence, shrink_factor f alone,
    ``H' = (H - 1) / f + 1``; zoom_factor f alone, ``H' = H + (H - 1) (f - 1)``; height and width;
    shrink_factor and zoom_factor, one after the other. A size of 1 takes the first pixel.
    From DeepLab's and PSPNet's forks: Zhao et al., Pyramid Scene Parsing Network, CVPR 2017.
    """

    def setup(self, bottom: Shape) -> None:
        self.refuse_in_place()
        settings = self.param.interp_param
        for name in ("pad_beg", "pad_end"):
            if getattr(settings, name) > 0:
                raise self.error(
                    f"interp_param.{name} is {getattr(settings, name)}. "
                    "Expected: 0, or a negative number that cuts off"
                )
        for name in ("shrink_factor", "zoom_factor"):
            if settings.HasField(name) and getattr(settings, name) < 1:
                raise self.error(
                    f"interp_param.{name} is {getattr(settings, name)}. Expected: at least 1"
                )

    def infer_shapes(self, bottom: Shape) -> Sequence[Shape]:
        self.check_image(bottom)
        height = self._size(self._used(bottom[2]), "height")
        width = self._size(self._used(bottom[3]), "width")
        self.sizes = list(zip(bottom[2:], (height, width), strict=True))
        self.weights = None
        return [(*bottom[:2], height, width)]

    def weigh(self) -> tuple[Array, Array]:
        begin, dtype = -self.param.interp_param.pad_beg, np.dtype(self.context.dtype)
        rows, columns = (
            _aligned_weights(size, begin, self._used(size), wanted, dtype)
            for size, wanted in self.sizes
        )
        return rows, columns

    def _used(self, size: int) -> int:
        settings = self.param.interp_param
        used = size + settings.pad_beg + settings.pad_end
        if used < 1:
            raise self.error(
                f"interp_param.pad_beg {settings.pad_beg} and pad_end {settings.pad_end} leave "
                f"nothing of a size of {size}. Expected: at least 1"
            )
        return used

    def _size(self, used: int, name: str) -> int:
        settings = self.param.interp_param
        shrinks, zooms = settings.HasField("shrink_factor"), settings.HasField("zoom_factor")
        sized = settings.HasField("height") and settings.HasField("width")
        if shrinks != zooms or (shrinks and not sized):
            size = used
            if shrinks:
                size = (size - 1) // settings.shrink_factor + 1
            if zooms:
                size += (size - 1) * (settings.zoom_factor - 1)
        elif sized:
            size = int(getattr(settings, name))
        else:
            raise self.error(
                "interp_param gives no size. Expected: shrink_factor, zoom_factor, "
                "or height and width"
            )
        if size < 1:
            raise self.error(f"interp_param.{name} is {size}. Expected: at least 1")
        return size

    def forward(self, x: Array) -> Array:
        return self.resize(x)

    def backward(self, dy: Array, x: Array, y: Array) -> None:
        self.adjoint(dy)


NEAREST, LINEAR, CUBIC = 1, 2, 3


def _triangle(x: Array) -> Array:
    return np.asarray(np.maximum(1 - np.abs(x), 0))


def _cubic(x: Array) -> Array:
    """Keys' cubic convolution kernel with a = -1/2."""
    x = np.abs(x)
    near = x * x * (1.5 * x - 2.5) + 1
    far = x * (x * (-0.5 * x + 2.5) - 4) + 2
    return np.asarray(np.where(x <= 1, near, np.where(x < 2, far, 0)))


@register_layer("Resample")
class Resample(_Resized):
    """Resizes with a filter: the weighted mean of the pixels around each place.

    Bottom ``(N, C, H, W)``, and perhaps a second one that only gives the size → top
    ``(N, C, H', W')``. No parameters. Settings: ``resample_param`` (width and height, where there
    is no second bottom; type LINEAR, or CUBIC, NEAREST; antialias true: where an axis shrinks,
    the filter widens with it). AREA and factor have no meaning in the fork either.

    From FlowNet2's fork (Ilg et al., 2017), whose places are odd: with factors ``fx = W / W'`` and
    ``fy = H / H'``, column x stands at ``x fx + fy / 2 - 1/2``, row y at ``y fy + fx / 2 - 1/2``.
    With unequal factors NEAREST can point outside of the image, where the fork reads whatever is
    in memory; here that is an error. The fork has no gradient; here it is the derivative.
    """

    num_bottoms = (1, 2)

    def setup(self, bottom: Shape, like: Shape | None = None) -> None:
        self.refuse_in_place()
        kind = self.param.resample_param.type
        if kind not in (NEAREST, LINEAR, CUBIC):
            raise self.error("resample_param.type is AREA. Expected: NEAREST, LINEAR or CUBIC")

    def infer_shapes(self, bottom: Shape, like: Shape | None = None) -> Sequence[Shape]:
        self.check_image(bottom)
        if like is None:
            settings = self.param.resample_param
            height, width = int(settings.height), int(settings.width)
            if height < 1 or width < 1:
                raise self.error(
                    f"resample_param gives the size {height} x {width}. "
                    "Expected: height and width of at least 1, or a second bottom of that size"
                )
        else:
            if len(like) != 4 or 0 in like[2:]:
                raise self.error(
                    f"bottom 1 has the shape {like}. Expected: 4 axes, (N, C, H, W), not empty"
                )
            height, width = like[2:]
        self.sizes = list(zip(bottom[2:], (height, width), strict=True))
        self.weights = None
        if self.param.resample_param.type == NEAREST:
            self._check_nearest()
        return [(*bottom[:2], height, width)]

    def _places(self) -> tuple[tuple[Array, float], tuple[Array, float]]:
        """For the rows and the columns of the top: where they stand in the image, the factor."""
        fy, fx = (np.float32(size) / np.float32(wanted) for size, wanted in self.sizes)
        (_, height), (_, width) = self.sizes
        half = np.float32(0.5)
        # The two factors have changed places in the offsets, as in the fork.
        y = np.arange(height, dtype=np.float32) * fy + fx * half - half
        x = np.arange(width, dtype=np.float32) * fx + fy * half - half
        return (y, float(fy)), (x, float(fx))

    def _check_nearest(self) -> None:
        (height, new_height), (width, new_width) = self.sizes
        fy, fx = height / new_height, width / new_width
        for what, size, last in (
            ("row", height, (new_height - 1) * fy + fx / 2 - 0.5),
            ("column", width, (new_width - 1) * fx + fy / 2 - 0.5),
        ):
            if last >= size - 0.5:
                raise self.error(
                    f"NEAREST takes the last {what} of the top from {what} {int(last + 0.5)} of an "
                    f"image of {size}. Expected: width and height changed by the same factor"
                )

    def weigh(self) -> tuple[Array, Array]:
        (y, fy), (x, fx) = self._places()
        (height, _), (width, _) = self.sizes
        if self.param.resample_param.type == NEAREST:
            return self._nearest(y, height), self._nearest(x, width)
        widened = self.param.resample_param.antialias and (fx > 1 or fy > 1)
        return self._filter(y, height, fy, widened), self._filter(x, width, fx, widened)

    def _nearest(self, places: Array, size: int) -> Array:
        weights = np.zeros((len(places), size), self.context.dtype)
        # Rounding in float32 may go one beyond the last.
        weights[np.arange(len(places)), np.minimum(round_half_away(places), size - 1)] = 1
        return weights

    def _filter(self, places: Array, size: int, factor: float, widened: bool) -> Array:
        cubic = self.param.resample_param.type == CUBIC
        narrow = 1 / factor if widened else 1.0
        reach = 2 if factor < 1 else int(np.ceil((4 if cubic else 2) / narrow))
        pixels = np.arange(size)
        distance = places.astype(np.float64)[:, None] - pixels
        weights = (_cubic if cubic else _triangle)(narrow * distance)
        weights[np.abs(round_half_away(places)[:, None] - pixels) > reach] = 0
        total = weights.sum(axis=1, keepdims=True)
        # Nothing within reach gives 0, as in the fork.
        np.divide(weights, total, out=weights, where=total != 0)
        return weights.astype(self.context.dtype)

    def forward(self, x: Array, like: Array | None = None) -> Array:
        return self.resize(x)

    def backward(self, dy: Array, xs: list[Array], y: Array) -> None:
        self.adjoint(dy)
        if len(xs) == 2 and self.propagate_down[1]:
            self.bottom_diff(1)[...] = 0
