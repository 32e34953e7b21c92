"""Pooling over regions of interest: ROIPooling, PSROIPooling, ROIAlign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.boxes import round_half_away
from caffe_proto.layers.registry import register_layer

__all__ = ["PSROIPooling", "ROIAlign", "ROIPooling"]

# How many values of a map that is pooled along one axis are held at a time.
_WORKSPACE = 1 << 22


class _RegionLayer(Layer):
    """What the three have in common: the bottoms, and how many bins a region has."""

    num_bottoms = 2
    bins: tuple[int, int]
    scale: float

    def infer_shapes(self, feature: Shape, rois: Shape) -> Sequence[Shape]:
        if len(feature) != 4:
            raise self.error(f"needs a feature map (N, C, H, W). Received: shape {feature}")
        if len(rois) < 2 or rois[1] != 5 or any(n != 1 for n in rois[2:]):
            raise self.error(f"regions must have the shape (R, 5). Received: {rois}")
        return [(rois[0], self.pooled_channels(feature[1]), *self.bins)]

    def pooled_channels(self, channels: int) -> int:
        """Channels of the top for ``channels`` of the feature map."""
        return channels

    def read_pooled_size(self, p: Any) -> None:
        """Take ``pooled_h``, ``pooled_w`` and ``spatial_scale`` from the settings ``p``."""
        self.bins = (int(p.pooled_h), int(p.pooled_w))
        self.scale = float(p.spatial_scale)
        if min(self.bins) < 1:
            raise self.error(
                f"pooled_h and pooled_w must be above 0. Received: {p.pooled_h} and {p.pooled_w}"
            )

    def read_regions(self, rois: Array, images: int) -> tuple[Array, Array]:
        """Image numbers ``(R,)`` and boxes ``(R, 4)``; raises for an image that is not there."""
        rois = rois.reshape(-1, 5)
        image = rois[:, 0].astype(np.intp)
        wrong = np.flatnonzero((image < 0) | (image >= images))
        if len(wrong):
            raise self.error(
                f"region {wrong[0]} is of image {rois[wrong[0], 0]:g}. "
                f"Expected: 0 to {images - 1}, the feature map's images"
            )
        return image, rois[:, 1:]


def _edges(start: Array, size: Array, bins: int, length: int) -> tuple[Array, Array]:
    """Where bins begin and end ``(R, bins)`` on an axis of ``length`` cells, cut to it.

    ``start (R,)`` is the region's begin, ``size (R,)`` its length, both in cells.
    """
    number = np.arange(bins, dtype=size.dtype)
    each = (size / size.dtype.type(bins))[:, None]
    whole = np.issubdtype(start.dtype, np.integer)
    begin, end = number * each, (number + 1) * each
    if not whole:
        # Position-sensitive pooling adds the begin before it rounds, the other one after.
        begin, end = begin + start[:, None], end + start[:, None]
    first = np.floor(begin).astype(np.intp)
    last = np.ceil(end).astype(np.intp)
    if whole:
        first, last = first + start[:, None], last + start[:, None]
    return np.clip(first, 0, length), np.clip(last, 0, length)


@register_layer("ROIPooling")
class ROIPooling(_RegionLayer):
    """Max pooling of regions: each is cut into pooled_h * pooled_w bins, whatever its size.

    Bottoms: feature map ``(N, C, H, W)``, regions ``(R, 5)`` (image, x1, y1, x2, y2 in pixels of
    the net's input; ends included) → top ``(R, C, pooled_h, pooled_w)``. No parameters; the
    feature map gets a gradient. Coordinates times spatial_scale are rounded to cells, halves away
    from zero; a bin covers every cell that it touches. Empty bins give 0, and a region that ends
    before it begins counts as one cell.
    Settings: ``roi_pooling_param`` (pooled_h, pooled_w, spatial_scale 1).

    Girshick, "Fast R-CNN", 2015, section 2.1.
    """

    def setup(self, feature: Shape, rois: Shape) -> None:
        p = self.param.roi_pooling_param
        self.read_pooled_size(p)
        if p.pad_ratio:
            raise self.error(f"pad_ratio {p.pad_ratio:g} is not supported. Expected: none, or 0")

    def _bins(self, feature: Array, rois: Array) -> tuple[Array, Array, Array, Array, Array]:
        image, boxes = self.read_regions(rois, len(feature))
        cells = round_half_away(boxes * boxes.dtype.type(self.scale))
        size = np.maximum(cells[:, 2:] - cells[:, :2] + 1, 1).astype(feature.dtype)
        height, width = feature.shape[2:]
        top, bottom = _edges(cells[:, 1], size[:, 1], self.bins[0], height)
        left, right = _edges(cells[:, 0], size[:, 0], self.bins[1], width)
        return image, top, bottom, left, right

    def forward(self, feature: Array, rois: Array) -> Array:
        y = self.top()
        largest, _ = _window_max(feature, *self._bins(feature, rois), places=False)
        y[...] = largest.transpose(0, 3, 1, 2)
        return y

    def backward(self, dy: Array, x: list[Array], y: Array) -> tuple[Array | None, None]:
        if not self.propagate_down[0]:
            return None, None
        feature, rois = x
        # The places of the maxima are sought here, as only training needs them.
        _, place = _window_max(feature, *self._bins(feature, rois), places=True)
        place = place.transpose(0, 3, 1, 2)
        _, channels, height, width = feature.shape
        image = rois.reshape(-1, 5)[:, 0].astype(np.intp)
        plane = image[:, None] * channels + np.arange(channels)
        flat = plane[:, :, None, None] * (height * width) + place
        taken = place >= 0
        gradient = np.bincount(flat[taken], weights=dy[taken], minlength=feature.size)
        return gradient.astype(dy.dtype).reshape(feature.shape), None


def _window_max(
    feature: Array,
    image: Array,
    top: Array,
    bottom: Array,
    left: Array,
    right: Array,
    *,
    places: bool,
) -> tuple[Array, Array]:
    """Maxima ``(R, h, w, C)`` of the windows, and with ``places`` where they stand in a plane.

    ``image (R,)``, ``top``, ``bottom (R, h)``, ``left``, ``right (R, w)``; an empty window has
    the maximum 0 and the place -1. Of equal values the first counts.

    A window is covered by four, perhaps overlapping, squares whose sides are powers of two, so
    that four look-ups in tables of maxima do, however large the windows are.
    """
    _, channels, height, width = feature.shape
    shape = (len(image), top.shape[1], left.shape[1])
    high = np.broadcast_to((bottom - top)[:, :, None], shape)
    wide = np.broadcast_to((right - left)[:, None, :], shape)
    level_y = np.where(high > 0, np.frexp(np.maximum(high, 1))[1] - 1, -1)
    level_x = np.where(wide > 0, np.frexp(np.maximum(wide, 1))[1] - 1, -1)
    largest = np.zeros((*shape, channels), feature.dtype)
    place = np.full((*shape, channels) if places else (0,), -1, np.intp)
    value_y = np.ascontiguousarray(feature.transpose(0, 2, 3, 1))
    where_y = np.arange(height * width).reshape(1, height, width, 1) if places else None
    if where_y is not None:
        where_y = np.broadcast_to(where_y, value_y.shape)
    last_y, last_x = int(level_y.max(initial=-1)), int(level_x.max(initial=-1))
    for y in range(last_y + 1):
        value, where = value_y, where_y
        for x in range(last_x + 1):
            chosen = np.nonzero((level_y == y) & (level_x == x))
            if len(chosen[0]):
                region, row, column = chosen
                first_y = top[region, row], bottom[region, row] - (1 << y)
                first_x = left[region, column], right[region, column] - (1 << x)
                corners = [(image[region], i, j) for i in first_y for j in first_x]
                best = value[corners[0]]
                at = where[corners[0]] if where is not None else None
                for corner in corners[1:]:
                    best, at = _larger(
                        best, at, value[corner], where[corner] if where is not None else None
                    )
                largest[chosen] = best
                if at is not None:
                    place[chosen] = at
            if x < last_x:
                value, where = _doubled(value, where, 1 << x, axis=2)
        if y < last_y:
            value_y, where_y = _doubled(value_y, where_y, 1 << y, axis=1)
    return largest, place


def _larger(a: Array, at_a: Array | None, b: Array, at_b: Array | None) -> tuple[Array, Any]:
    if at_a is None or at_b is None:
        return np.maximum(a, b), None
    second = (b > a) | ((b == a) & (at_b < at_a))
    return np.where(second, b, a), np.where(second, at_b, at_a)


def _doubled(value: Array, where: Array | None, step: int, axis: int) -> tuple[Array, Any]:
    """Maxima of windows twice as long along ``axis``, from those of ``step`` cells."""
    length = value.shape[axis] - step
    near = (slice(None),) * axis + (slice(max(length, 0)),)
    far = (slice(None),) * axis + (slice(step, None),)
    if where is None:
        return np.maximum(value[near], value[far]), None
    return _larger(value[near], where[near], value[far], where[far])


@register_layer("PSROIPooling")
class PSROIPooling(_RegionLayer):
    """Position-sensitive pooling of regions: each bin is the mean over its own channel.

    Bottoms: feature map ``(N, output_dim * group_size², H, W)``, regions ``(R, 5)`` (image, x1,
    y1, x2, y2 in pixels of the net's input; ends included) → top
    ``(R, output_dim, group_size, group_size)``. Bin (i, j) of output c is the mean of channel
    ``(c * group_size + i) * group_size + j`` over the cells that the bin touches; an empty bin
    gives 0. Coordinates are rounded, halves away from zero, and then scaled; a region is at least
    0.1 cells long. No parameters; the feature map gets a gradient.
    Settings: ``psroi_pooling_param`` (spatial_scale, output_dim, group_size).

    Dai et al., "R-FCN: Object Detection via Region-based Fully Convolutional Networks", 2016.
    """

    def setup(self, feature: Shape, rois: Shape) -> None:
        p = self.param.psroi_pooling_param
        for setting in ("output_dim", "group_size", "spatial_scale"):
            if not getattr(p, setting) > 0:
                raise self.error(f"{setting} must be above 0. Received: {getattr(p, setting):g}")
        self.bins = (int(p.group_size), int(p.group_size))
        self.outputs = int(p.output_dim)
        self.scale = float(p.spatial_scale)

    def pooled_channels(self, channels: int) -> int:
        expected = self.outputs * self.bins[0] * self.bins[1]
        if channels != expected:
            raise self.error(
                f"the feature map has {channels} channels. "
                f"Expected: output_dim * group_size² = {expected}"
            )
        return self.outputs

    def _windows(self, feature: Array, rois: Array) -> tuple[Array, ...]:
        """Plane, top, bottom, left, right and area of every bin, each ``(R, outputs, h, w)``."""
        image, boxes = self.read_regions(rois, len(feature))
        dtype = boxes.dtype.type
        cells = round_half_away(boxes).astype(boxes.dtype)
        start = cells[:, :2] * dtype(self.scale)
        size = np.maximum((cells[:, 2:] + 1) * dtype(self.scale) - start, dtype(0.1))
        group = self.bins[0]
        top, bottom = _edges(start[:, 1], size[:, 1], group, feature.shape[2])
        left, right = _edges(start[:, 0], size[:, 0], group, feature.shape[3])
        channel = np.arange(feature.shape[1]).reshape(self.outputs, group, group)
        plane = image[:, None, None, None] * feature.shape[1] + channel
        high = np.maximum(bottom - top, 0)[:, None, :, None]
        wide = np.maximum(right - left, 0)[:, None, None, :]
        return (
            plane,
            top[:, None, :, None],
            bottom[:, None, :, None],
            left[:, None, None, :],
            right[:, None, None, :],
            (high * wide).astype(feature.dtype),
        )

    def forward(self, feature: Array, rois: Array) -> Array:
        plane, top, bottom, left, right, area = self._windows(feature, rois)
        images, channels, height, width = feature.shape
        # Sums of windows are differences of running sums; these need float64's digits.
        total = np.zeros((images * channels, height + 1, width + 1))
        inner = total[:, 1:, 1:]
        np.cumsum(feature.reshape(-1, height, width), axis=1, out=inner)
        np.cumsum(inner, axis=2, out=inner)
        inside = (
            total[plane, bottom, right]
            - total[plane, top, right]
            - total[plane, bottom, left]
            + total[plane, top, left]
        )
        y = self.top()
        y[...] = np.where(area > 0, inside / np.maximum(area, 1), 0)
        return y

    def backward(self, dy: Array, x: list[Array], y: Array) -> tuple[Array | None, None]:
        if not self.propagate_down[0]:
            return None, None
        feature, rois = x
        plane, top, bottom, left, right, area = self._windows(feature, rois)
        share = np.where(area > 0, dy / np.maximum(area, 1), 0)
        images, channels, height, width = feature.shape
        shape = (images * channels, height + 1, width + 1)
        # The adjoint of a difference of running sums: mark the corners, then sum up.
        marks = np.zeros(shape)
        for row, column, sign in (
            (top, left, 1),
            (bottom, left, -1),
            (top, right, -1),
            (bottom, right, 1),
        ):
            place = np.ravel_multi_index(np.broadcast_arrays(plane, row, column), shape)
            weights = (sign * share).ravel()
            marks += np.bincount(place.ravel(), weights, minlength=marks.size).reshape(shape)
        gradient = marks.cumsum(axis=1).cumsum(axis=2)[:, :height, :width]
        return gradient.astype(dy.dtype).reshape(feature.shape), None


@register_layer("ROIAlign")
class ROIAlign(_RegionLayer):
    """Mean pooling of regions without rounding: bins are sampled between the cells.

    Bottoms: feature map ``(N, C, H, W)``, regions ``(R, 5)`` (image, x1, y1, x2, y2 in pixels of
    the net's input) → top ``(R, C, pooled_h, pooled_w)``. A bin, cut to the map, is the mean of
    ``ceil(height) * ceil(width)`` bilinear samples; an empty one gives 0. A region is at least one
    cell long. No parameters; the feature map gets a gradient.
    Settings: ``roi_align_param`` (pooled_h, pooled_w, spatial_scale 1).

    He et al., "Mask R-CNN", 2017, section 3. The forks differ in how many samples a bin has and
    what is made of them; this is the form of ncnn.
    """

    def setup(self, feature: Shape, rois: Shape) -> None:
        self.read_pooled_size(self.param.roi_align_param)

    def _weights(self, feature: Array, rois: Array) -> tuple[Array, Array, Array]:
        """Images ``(R,)`` and, for every bin, weights of rows ``(R, h, H)``, columns ``(R, w, W)``.

        The samples of a bin form a grid, so its mean is a weighted sum over rows and columns.
        """
        image, boxes = self.read_regions(rois, len(feature))
        scaled = boxes * boxes.dtype.type(self.scale)
        start = scaled[:, :2]
        size = np.maximum(scaled[:, 2:] - start, boxes.dtype.type(1))
        rows = _sample_weights(start[:, 1], size[:, 1], self.bins[0], feature.shape[2])
        columns = _sample_weights(start[:, 0], size[:, 0], self.bins[1], feature.shape[3])
        return image, rows, columns

    def _chunks(self, feature: Array, image: Array) -> list[tuple[int, Array]]:
        """Images with the regions to pool from them, so many at a time as fit the workspace."""
        each = self.bins[0] * feature.shape[1] * feature.shape[3]
        count = max(1, _WORKSPACE // max(each, 1))
        chunks: list[tuple[int, Array]] = []
        for n in np.unique(image).tolist():
            regions = np.flatnonzero(image == n)
            chunks += [(n, regions[i : i + count]) for i in range(0, len(regions), count)]
        return chunks

    def forward(self, feature: Array, rois: Array) -> Array:
        y = self.top()
        image, rows, columns = self._weights(feature, rois)
        for n, some in self._chunks(feature, image):
            # (r, 1, h, H) @ (C, H, W) @ (r, 1, W, w)
            pooled = np.matmul(rows[some][:, None], feature[n])
            y[some] = np.matmul(pooled, columns[some][:, None].swapaxes(2, 3))
        return y

    def backward(self, dy: Array, x: list[Array], y: Array) -> tuple[Array | None, None]:
        if not self.propagate_down[0]:
            return None, None
        feature, rois = x
        gradient = self.bottom_diff(0)
        gradient[...] = 0
        image, rows, columns = self._weights(feature, rois)
        for n, some in self._chunks(feature, image):
            spread = np.matmul(dy[some], columns[some][:, None])
            gradient[n] += np.einsum("rhH,rchW->cHW", rows[some], spread, optimize=True)
        return gradient, None


def _sample_weights(start: Array, size: Array, bins: int, length: int) -> Array:
    """Weights ``(R, bins, length)`` of an axis' cells in the mean over each bin's samples.

    ``start (R,)`` is the region's begin, ``size (R,)`` its length, both in cells.
    """
    dtype = size.dtype.type
    number = np.arange(bins, dtype=size.dtype)
    each = size[:, None] / dtype(bins)
    begin = np.clip(start[:, None] + number * each, 0, dtype(length))
    end = np.clip(start[:, None] + (number + 1) * each, 0, dtype(length))
    samples = np.ceil(end - begin).astype(np.intp)
    weights = np.zeros((*begin.shape, length), size.dtype)
    region, bin_number = np.indices(begin.shape)
    for i in range(int(samples.max(initial=0))):
        # The samples stand as far apart as in a whole bin, even where the bin is cut.
        place = begin + (dtype(i) + dtype(0.5)) * each / np.maximum(samples, 1).astype(size.dtype)
        near = np.minimum(place.astype(np.intp), length - 1)
        far = np.minimum(near + 1, length - 1)
        share = np.where(near + 1 < length, place - near, dtype(0))
        share = np.clip(share, 0, 1)
        counts = np.where(i < samples, 1 / np.maximum(samples, 1), 0).astype(size.dtype)
        weights[region, bin_number, near] += (1 - share) * counts
        weights[region, bin_number, far] += share * counts
    return weights
