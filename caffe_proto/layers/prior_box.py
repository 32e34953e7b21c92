"""Prior boxes: what a detector of SSD's family places at every cell of a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from caffe_proto.layers import boxes as box_math
from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.loss import legacy_axis
from caffe_proto.layers.registry import register_layer

__all__ = ["PriorBox", "PriorBoxClustered"]

# Pixels: more than any image has.
MAX_SIZE = 1_000_000_000


class _PriorLayer(Layer):
    """What both kinds have in common: the grid of centres, clipping, variances."""

    # SSD asks for two bottoms, but checks nothing: with a size given, the image is not looked at.
    num_bottoms = (1, None)

    def setup(self, *bottoms: Shape) -> None:
        p = self.param.prior_box_param
        self.clip = bool(p.clip)
        self.offset = np.float32(p.offset)
        self.image = self._image_size(p)
        self.step = self._step(p)
        self.variance = self._variance(list(p.variance))
        self._made_for: tuple[Shape, ...] | None = None

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        needed = bottoms[:1] if self.image else bottoms[:2]
        if not self.image and len(bottoms) < 2:
            raise self.error(
                "needs a second bottom, the image. Received: 1. "
                "Expected: 2, or img_size, or img_h and img_w"
            )
        for name, shape in zip(("feature map", "image"), needed, strict=False):
            if len(shape) > 4 or not all(_plane(shape)):
                raise self.error(f"needs a {name} (N, C, H, W). Received: shape {shape}")
        self._made_for = None
        rows, columns = _plane(bottoms[0])
        return [(1, 2, rows * columns * len(self.sizes()) * 4)]

    def sizes(self) -> Array:
        """Widths and heights ``(P, 2)`` in pixels of the priors of a cell, in their order."""
        raise NotImplementedError

    def forward(self, *bottoms: Array) -> Any:
        made_for = tuple(bottom.shape for bottom in bottoms)
        y = self.top()
        if made_for != self._made_for:
            # Nothing but the shapes counts, so this is computed once for each.
            self._priors = self._compute(*made_for).astype(y.dtype)
            self._made_for = made_for
        return self._priors

    def backward(self, dy: Any, x: Any, y: Any) -> Any:
        # Priors depend on no value: Caffe leaves the bottoms' gradients alone.
        return None

    def _compute(self, feature: Shape, *images: Shape) -> Array:
        rows, columns = _plane(feature)
        height, width = self.image if self.image else _plane(images[0])
        step_h, step_w = self.step or (
            np.float32(height) / np.float32(rows),
            np.float32(width) / np.float32(columns),
        )
        x = (np.arange(columns, dtype=np.float32) + self.offset) * np.float32(step_w)
        y = (np.arange(rows, dtype=np.float32) + self.offset) * np.float32(step_h)
        size = self.sizes()
        boxes = np.empty((rows, columns, len(size), 4), np.float32)
        boxes[..., 0] = (x[:, None] - size[:, 0] / 2) / width
        boxes[..., 1] = (y[:, None, None] - size[:, 1] / 2) / height
        boxes[..., 2] = (x[:, None] + size[:, 0] / 2) / width
        boxes[..., 3] = (y[:, None, None] + size[:, 1] / 2) / height
        if self.clip:
            boxes = box_math.clip(boxes)
        top = np.empty((1, 2, boxes.size), np.float32)
        top[0, 0] = boxes.ravel()
        top[0, 1] = np.resize(np.array(self.variance, np.float32), boxes.size)
        return top

    def _image_size(self, p: Any) -> tuple[int, int] | None:
        if p.HasField("img_h") or p.HasField("img_w"):
            if p.HasField("img_size"):
                raise self.error("has img_size and img_h or img_w. Expected: either, not both")
            if not (p.img_h and p.img_w):
                raise self.error(
                    f"img_h and img_w must both be above 0. Received: {p.img_h} and {p.img_w}"
                )
            return p.img_h, p.img_w
        if p.HasField("img_size"):
            if not p.img_size:
                raise self.error("img_size must be above 0. Received: 0")
            return p.img_size, p.img_size
        return None

    def _step(self, p: Any) -> tuple[Any, Any] | None:
        if p.HasField("step_h") or p.HasField("step_w"):
            if p.HasField("step"):
                raise self.error("has step and step_h or step_w. Expected: either, not both")
            if not (p.step_h > 0 and p.step_w > 0):
                raise self.error(
                    f"step_h and step_w must both be above 0. Received: {p.step_h:g}, {p.step_w:g}"
                )
            return np.float32(p.step_h), np.float32(p.step_w)
        if p.HasField("step"):
            if p.step <= 0:
                raise self.error(f"step must be above 0. Received: {p.step:g}")
            return np.float32(p.step), np.float32(p.step)
        return None

    def _variance(self, variance: list[float]) -> list[float]:
        if not variance:
            # SSD's default; its comment in the definition promises (0.1, 0.1, 0.2, 0.2).
            return [0.1]
        if len(variance) not in (1, 4):
            raise self.error(f"variance is given {len(variance)} times. Expected: none, 1 or 4")
        if min(variance) <= 0:
            raise self.error(f"variances must be above 0. Received: {min(variance):g}")
        return variance


def _plane(shape: Shape) -> tuple[int, int]:
    """Height and width as Caffe counts them: missing axes are 1."""
    return legacy_axis(shape, 2), legacy_axis(shape, 3)


@register_layer("PriorBox")
class PriorBox(_PriorLayer):
    """Prior boxes of SSD: boxes of given sizes and aspect ratios at each cell of a map.

    Bottoms: feature map ``(N, C, H, W)``, image ``(N, C', H', W')`` (only the shapes count; the
    image may be left out where its size is given) → top ``(1, 2, H * W * P * 4)``: first the
    boxes as fractions of the image, then their variances. No parameters, no gradient. ``P`` is
    one per ``min_size`` and aspect ratio (1 among them) and one per ``max_size``; at a cell they
    come, for each size, in the order: the square of ``min_size``, the square of
    ``sqrt(min_size * max_size)``, then the aspect ratios.
    Settings: ``prior_box_param`` (min_size, at least one; max_size, none or as many, each above
    its min_size; aspect_ratio; flip true: 1 / ratio too; clip false: cut to the image;
    variance 0.1: 1 or 4 values; img_size or img_h and img_w: instead of the image's;
    step or step_h and step_w: the distance of centres, by default image / map; offset 0.5).

    Liu et al., "SSD: Single Shot MultiBox Detector", 2016, section 2.2. As in the original,
    ``min_size`` and ``max_size`` are cut to whole pixels, and a ratio within 1e-6 of an earlier
    one is left out.
    """

    def setup(self, *bottoms: Shape) -> None:
        super().setup(*bottoms)
        p = self.param.prior_box_param
        smallest, largest = list(p.min_size), list(p.max_size)
        if not smallest:
            raise self.error("needs at least one min_size. Received: none")
        for name, sizes in (("min_size", smallest), ("max_size", largest)):
            for size in sizes:
                if not 0 < size < MAX_SIZE:
                    raise self.error(
                        f"{name} must be above 0 and below {MAX_SIZE}. Received: {size:g}"
                    )
        if largest and len(largest) != len(smallest):
            raise self.error(
                f"has {len(largest)} max_size for {len(smallest)} min_size. "
                "Expected: none, or as many"
            )
        for low, high in zip(smallest, largest, strict=False):
            if high <= low:
                raise self.error(f"max_size must be above min_size. Received: {high:g} and {low:g}")
        self._sizes = self._prior_sizes(smallest, largest, self._ratios(p))

    def _ratios(self, p: Any) -> list[np.float32]:
        ratios = [np.float32(1)]
        for value in p.aspect_ratio:
            ratio = np.float32(value)
            if not 0 < ratio < np.inf:
                raise self.error(f"aspect_ratio must be above 0 and finite. Received: {value:g}")
            if any(abs(ratio - known) < 1e-6 for known in ratios):
                continue
            ratios.append(ratio)
            if p.flip:
                ratios.append(np.float32(1 / float(ratio)))
        return ratios

    @staticmethod
    def _prior_sizes(
        smallest: list[float], largest: list[float], ratios: list[np.float32]
    ) -> Array:
        sizes: list[tuple[float, float]] = []
        for i, size in enumerate(smallest):
            low = int(size)
            sizes.append((low, low))
            if largest:
                middle = float(np.sqrt(low * int(largest[i])))
                sizes.append((middle, middle))
            for ratio in ratios[1:]:
                root = float(np.sqrt(ratio))
                sizes.append((low * root, low / root))
        return np.array(sizes, np.float32)

    def sizes(self) -> Array:
        return self._sizes


@register_layer("PriorBoxClustered")
class PriorBoxClustered(_PriorLayer):
    """Prior boxes with widths and heights of their own, as clustering of a data set gives them.

    Bottoms: feature map ``(N, C, H, W)``, image ``(N, C', H', W')`` (only the shapes count; the
    image may be left out where its size is given) → top ``(1, 2, H * W * P * 4)``: first the
    boxes as fractions of the image, then their variances. No parameters, no gradient. ``P`` is
    the number of widths.
    Settings: ``prior_box_param`` (width, height: as many of one as of the other, in pixels; clip
    false; variance 0.1: 1 or 4 values; img_size or img_h and img_w; step or step_h and step_w;
    offset 0.5). Defined by OpenVINO's operation PriorBoxClustered-1.
    """

    def setup(self, *bottoms: Shape) -> None:
        super().setup(*bottoms)
        p = self.param.prior_box_param
        if not p.width or len(p.width) != len(p.height):
            raise self.error(
                "needs as many width as height, at least one. "
                f"Received: {len(p.width)} and {len(p.height)}"
            )
        if min(*p.width, *p.height) <= 0:
            raise self.error(
                f"width and height must be above 0. Received: {min(*p.width, *p.height):g}"
            )
        self._sizes: Array = np.array([list(p.width), list(p.height)], np.float32).T

    def sizes(self) -> Array:
        return self._sizes
