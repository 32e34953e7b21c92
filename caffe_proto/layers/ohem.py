"""Online hard example mining, as R-FCN trains with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.loss import Normalization
from caffe_proto.layers.registry import register_layer
from caffe_proto.layers.smooth_l1_loss import check_same_sizes, smooth_l1, smooth_l1_slope
from caffe_proto.layers.softmax_loss import FLT_MIN, SoftmaxWithLoss

__all__ = ["BoxAnnotatorOHEM", "SmoothL1LossOHEM", "SoftmaxWithLossOHEM"]


@register_layer("BoxAnnotatorOHEM")
class BoxAnnotatorOHEM(Layer):
    """Pick the regions with the largest loss: the others' labels are ignored, their weights 0.

    Bottoms: regions ``(R, 5, H, W)`` (image first), loss of each ``(R, 1, H, W)``, labels
    ``(R, 1, H, W)``, weights of the box regression ``(R, C, H, W)`` → tops: labels
    ``(R, 1, H, W)``, ignore_label where a region is not among the roi_per_img hardest of its
    image, and weights ``(R, C, H, W)``, 0 there. Trailing axes may be missing. No parameters, no
    gradient.
    Settings: ``box_annotator_ohem_param`` (roi_per_img, ignore_label -1).

    Shrivastava et al., "Training Region-based Object Detectors with Online Hard Example Mining",
    2016; Dai et al., "R-FCN", 2016.
    """

    num_bottoms = 4
    num_tops = 2

    def setup(self, *bottoms: Shape) -> None:
        p = self.param.box_annotator_ohem_param
        self.count, self.ignore = int(p.roi_per_img), int(p.ignore_label)
        if self.count < 1:
            raise self.error(f"roi_per_img must be above 0. Received: {self.count}")

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        rois, loss, labels, weights = (_four_axes(shape) for shape in bottoms)
        if rois[1] != 5:
            raise self.error(f"regions must have the shape (R, 5). Received: {bottoms[0]}")
        for name, shape, channels in (
            ("losses", loss, 1),
            ("labels", labels, 1),
            ("weights", weights, weights[1]),
        ):
            expected = (rois[0], channels, *rois[2:])
            if shape != expected:
                raise self.error(f"{name} have the shape {shape}. Expected: {expected}")
        return [labels, weights]

    def forward(
        self, rois: Array, loss: Array, labels: Array, weights: Array
    ) -> tuple[Array, Array]:
        count = len(rois)
        image = rois.reshape(count, 5, -1)[:, 0].astype(np.int64).ravel()
        if image.min(initial=0) < 0:
            raise self.error(f"a region is of image {image.min()}. Expected: 0 or above")
        # By image, the hardest first; then its rank within the image decides.
        order = np.lexsort((-loss.ravel(), image))
        first = np.searchsorted(image[order], image[order])
        hard = np.zeros(image.size, bool)
        hard[order] = np.arange(image.size) - first < self.count
        kept_labels = np.where(hard, labels.ravel(), labels.dtype.type(self.ignore))
        kept_weights = weights.reshape(count, weights.shape[1], -1) * hard.reshape(count, 1, -1)
        shapes = [blob.shape for blob in self.top_blobs]
        return kept_labels.reshape(shapes[0]), kept_weights.reshape(shapes[1])

    def backward(self, dy: list[Array], x: list[Array], y: list[Array]) -> None:
        # Labels and weights carry no gradient; R-FCN's backward does nothing.
        return None


def _four_axes(shape: Shape) -> Shape:
    return (*shape, *(1,) * (4 - len(shape)))


@register_layer("SmoothL1LossOHEM")
class SmoothL1LossOHEM(Layer):
    """Smooth L1 loss that also tells each region's: ``sum f(w * (x - t)) / normalizer``.

    ``f(d) = 0.5 d²`` where ``|d| < 1``, else ``|d| - 0.5``. Bottoms: prediction ``x``, target
    ``t`` and perhaps weights ``w``, all ``(R, C, H, W)``, where ones at the end may be missing →
    tops: the loss ``()`` and, if there is
    a second, the loss of each region ``(R, 1, H, W)``, not normalized. No parameters. Prediction
    and target get a gradient (of the first top alone), without the factor w, as in R-FCN.
    Settings: ``loss_param`` (normalization: VALID, the default, and FULL divide by R * H * W,
    BATCH_SIZE by R, PRE_FIXED by pre_fixed_normalizer, NONE by 1; never by less than 1).

    Dai et al., "R-FCN", 2016.
    """

    num_bottoms = (2, 3)
    num_tops = (1, 2)
    is_loss = True
    auto_tops = True

    def setup(self, *bottoms: Shape) -> None:
        self.normalization = Normalization(self, self.param.loss_param)

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        shape = bottoms[0]
        if len(shape) < 2:
            raise self.error(f"needs a prediction (R, C, ...). Received: shape {shape}")
        check_same_sizes(self, bottoms)
        inner = int(np.prod(shape[2:], dtype=np.int64))
        full = shape[0] * inner
        self.divisor = max(1.0, self.normalization.divisor(full, shape[0], full))
        _, _, *plane = _four_axes(shape)
        return [(), (shape[0], 1, *plane)][: len(self.top_blobs)]

    def forward(self, x: Array, target: Array, *weights: Array) -> list[Array]:
        self._difference = x - target.reshape(x.shape)
        if weights:
            self._difference *= weights[0].reshape(x.shape)
        error = smooth_l1(self._difference)
        tops = [np.asarray(error.sum() / x.dtype.type(self.divisor))]
        if len(self.top_blobs) > 1:
            tops.append(error.sum(axis=1).reshape(self.top(1).shape))
        return tops

    def backward(self, dy: list[Array], x: list[Array], y: list[Array]) -> list[Array | None]:
        slope = smooth_l1_slope(self._difference)
        slope *= dy[0] / slope.dtype.type(self.divisor)
        gradients: list[Array | None] = [None] * len(x)
        if self.propagate_down[0]:
            gradients[0] = slope
        if self.propagate_down[1]:
            gradients[1] = -slope.reshape(x[1].shape)
        return gradients


@register_layer("SoftmaxWithLossOHEM")
class SoftmaxWithLossOHEM(SoftmaxWithLoss):
    """SoftmaxWithLoss that also tells the loss of each region.

    Bottoms: scores ``(R, C, H, W)``, labels ``(R, 1, H, W)`` or any shape of as many values → tops:
    the loss ``()``, the softmax ``(R, C, H, W)`` and the loss of each region in the labels' shape,
    not normalized, 0 where the label is ignored; the second and third may be missing. No
    parameters. The scores get the gradient of the first top.
    Settings: ``softmax_param``, ``loss_param``, as SoftmaxWithLoss has them.

    Shrivastava et al., "Training Region-based Object Detectors with Online Hard Example Mining",
    2016; Dai et al., "R-FCN", 2016.
    """

    num_tops = (1, 3)

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        shapes = list(super().infer_shapes(*bottoms))
        return [*shapes[:2], *([bottoms[1]] if len(self.top_blobs) == 3 else [])]

    def forward(self, scores: Array, labels: Array) -> list[Array | float | None]:
        tops = super().forward(scores, labels)
        if len(self.top_blobs) == 3:
            chosen = self.classes.split(self._prob)[self.classes.index(self._labels)]
            each = -np.log(np.maximum(chosen, chosen.dtype.type(FLT_MIN)))
            if self._valid is not None:
                each *= self._valid
            tops.append(each.reshape(labels.shape))
        return tops
