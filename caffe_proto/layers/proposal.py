"""Region proposals of Faster R-CNN: the C++ layer, and the Python layer of py-faster-rcnn."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from caffe_proto.layers import boxes as box_math
from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.python_layer import KNOWN_PYTHON_LAYERS
from caffe_proto.layers.registry import register_layer

__all__ = ["Proposal", "PythonProposal", "anchors"]

RATIOS, SCALES = (0.5, 1.0, 2.0), (8.0, 16.0, 32.0)

# More would let a wild prediction overflow: the box is cut to the image anyway.
_LARGEST_LOG = float(np.log(1e30))


def anchors(base_size: int, ratios: Sequence[float], scales: Sequence[float]) -> Array:
    """Anchors ``(len(ratios) * len(scales), 4)`` around a cell, as py-faster-rcnn makes them.

    Boxes in pixels with their ends included, centred on a square of ``base_size`` at the origin;
    for each ratio (height / width, of the same area, rounded to whole pixels) all scales.
    """
    centre = 0.5 * (base_size - 1)
    boxes = []
    for ratio in ratios:
        width = np.round(np.sqrt(base_size * base_size / ratio))
        height = np.round(width * ratio)
        for scale in scales:
            x, y = 0.5 * (width * scale - 1), 0.5 * (height * scale - 1)
            boxes.append([centre - x, centre - y, centre + x, centre + y])
    return np.array(boxes, np.float32).reshape(-1, 4)


@register_layer("Proposal")
class Proposal(Layer):
    """Region proposals: anchors moved by predictions, cut, the best after suppression.

    Bottoms: scores ``(N, 2A, H, W)`` (background's, then objects'), deltas ``(N, 4A, H, W)``,
    im_info ``(N or 1, 3 or more)`` (height, width, scale of the net's input; a fourth value is the
    scale of the width) → tops: regions ``(R, 5)`` (image, x1, y1, x2, y2 in pixels of the net's
    input) and, if there is a second, their scores ``(R,)``. ``A`` anchors; at most post_nms_topn
    regions an image, in falling order of the score. No parameters, no gradient.
    Settings: ``proposal_param`` (feat_stride 16, base_size 16, min_size 16, ratio 0.5 1 2, scale
    8 16 32, pre_nms_topn 6000, post_nms_topn 300, nms_thresh 0.7).

    Ren et al., "Faster R-CNN", 2015, section 3.1. Ends belong to a box: it is x2 - x1 + 1 wide. A
    box smaller than min_size times the scale stays in the list with score 0.
    """

    num_bottoms = 3
    num_tops = (1, 2)

    stride: int
    smallest: float
    before: int
    after: int
    threshold: float

    def setup(self, *bottoms: Shape) -> None:
        p = self.param.proposal_param
        self.stride = int(p.feat_stride)
        self.smallest = float(p.min_size)
        self.before, self.after = int(p.pre_nms_topn), int(p.post_nms_topn)
        self.threshold = float(p.nms_thresh)
        ratios, scales = list(p.ratio) or RATIOS, list(p.scale) or SCALES
        if min(*ratios, *scales, p.base_size, self.stride) <= 0:
            raise self.error("ratio, scale, base_size and feat_stride must be above 0")
        self.anchors = anchors(p.base_size, ratios, scales)

    def infer_shapes(self, score: Shape, delta: Shape, info: Shape) -> Sequence[Shape]:
        count = len(self.anchors)
        if len(score) != 4 or score[1] != 2 * count:
            raise self.error(
                f"{count} anchors need scores (N, {2 * count}, H, W). Received: {score}"
            )
        expected = (score[0], 4 * count, *score[2:])
        if delta != expected:
            raise self.error(f"deltas have the shape {delta}. Expected: {expected}")
        values = int(np.prod(info[1:], dtype=np.int64)) if info else 0
        if values < 3 or info[0] not in (1, score[0]):
            raise self.error(f"im_info must have the shape ({score[0]}, 3). Received: {info}")
        # How many regions there will be is known after forward; this is the most.
        most = max(1, min(self.after, count * score[2] * score[3])) * score[0]
        return [(most, 5), self.score_shape(most)][: len(self.top_blobs)]

    def score_shape(self, count: int) -> Shape:
        """The shape of the second top for ``count`` regions."""
        return (count,)

    def forward(self, score: Array, delta: Array, info: Array) -> list[Array]:
        placed = self._placed(score.shape[2], score.shape[3]).astype(score.dtype)
        info = info.reshape(len(info), -1)
        regions: list[Array] = []
        scores: list[Array] = []
        for n in range(len(score)):
            image = info[min(n, len(info) - 1)]
            chance = score[n, len(self.anchors) :].transpose(1, 2, 0).reshape(-1)
            moves = delta[n].transpose(1, 2, 0).reshape(-1, 4)
            boxes, chance = self.propose(placed, moves, chance, image)
            regions.append(np.insert(boxes, 0, n, axis=1))
            scores.append(chance)
        count = sum(map(len, scores))
        tops = [np.concatenate(regions), np.concatenate(scores).reshape(self.score_shape(count))]
        return tops[: len(self.top_blobs)]

    def propose(
        self, placed: Array, moves: Array, chance: Array, image: Array
    ) -> tuple[Array, Array]:
        """Boxes ``(R, 4)`` and scores ``(R,)`` of one image from ``(K, 4)`` and ``(K,)``."""
        boxes = _moved(placed, moves, image)
        large = self._large(boxes, image)
        return self._best(boxes, np.where(large, chance, chance.dtype.type(0)))

    def _large(self, boxes: Array, image: Array) -> Array:
        scale_y, scale_x = image[2], image[3] if len(image) > 3 else image[2]
        width = boxes[:, 2] - boxes[:, 0] + 1
        height = boxes[:, 3] - boxes[:, 1] + 1
        least = boxes.dtype.type(self.smallest)
        return np.asarray((width >= least * scale_x) & (height >= least * scale_y))

    def _best(self, boxes: Array, chance: Array) -> tuple[Array, Array]:
        kept = box_math.nms(
            boxes,
            chance,
            self.threshold,
            top_k=self.before if self.before > 0 else -1,
            keep=self.after if self.after > 0 else -1,
            ends_included=True,
        )
        return boxes[kept], chance[kept]

    def _placed(self, height: int, width: int) -> Array:
        """The anchors at every cell ``(H * W * A, 4)``, row by row."""
        x = np.arange(width, dtype=np.float32) * self.stride
        y = np.arange(height, dtype=np.float32) * self.stride
        corner = np.stack(np.broadcast_arrays(x, y[:, None]), axis=-1)
        shift = np.concatenate([corner, corner], axis=-1)[:, :, None]
        return np.asarray((shift + self.anchors).reshape(-1, 4))


def _moved(placed: Array, moves: Array, image: Array) -> Array:
    """Anchors ``(K, 4)`` moved by ``(K, 4)`` and cut to the image (Faster R-CNN, equation 2)."""
    size = placed[:, 2:] - placed[:, :2] + 1
    centre = moves[:, :2] * size + (placed[:, :2] + size / 2)
    half = np.exp(np.minimum(moves[:, 2:], moves.dtype.type(_LARGEST_LOG))) * size / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1)
    return box_math.clip(boxes, float(image[1]) - 1, float(image[0]) - 1)


def _read_settings(text: str) -> dict[str, Any]:
    """``'feat_stride': 16`` and the like: names with numbers or lists of them, no code."""
    text = text.replace("!!python/tuple", "")
    found: dict[str, Any] = {}
    pair = r"""["']?(\w+)["']?\s*:\s*(\[[^\]]*\]|\([^)]*\)|[-+.\w]+)"""
    for name, value in re.findall(pair, text):
        try:
            found[name] = ast.literal_eval(value)
        except (SyntaxError, ValueError):
            found[name] = value
    return found


class PythonProposal(Proposal):
    """The layer ``ProposalLayer`` of the module ``rpn.proposal_layer`` (py-faster-rcnn, R-FCN).

    Bottoms and tops as of Proposal, for one image; the scores are ``(R, 1)``. Settings:
    ``python_param.param_str`` (feat_stride; scales 8 16 32); the others are those of
    py-faster-rcnn's configuration, held by the attributes ``configuration`` and ``smallest``.
    Boxes smaller than ``smallest`` times the scale are left out.
    """

    type = "Python"
    #: Per phase (TRAIN, TEST): proposals before and after suppression.
    configuration: ClassVar[tuple[tuple[int, int], tuple[int, int]]] = ((12000, 2000), (6000, 300))
    smallest = 16.0
    threshold = 0.7

    def setup(self, *bottoms: Shape) -> None:
        text = self.param.python_param.param_str
        settings = _read_settings(text)
        stride, scales = settings.get("feat_stride"), settings.get("scales", SCALES)
        if not isinstance(stride, int) or stride <= 0:
            raise self.error(f"param_str needs feat_stride, a whole number. Received: {text!r}")
        try:
            factors = [float(scale) for scale in scales]
        except (TypeError, ValueError):
            raise self.error(f"scales must be a list of numbers. Received: {scales!r}") from None
        self.stride = stride
        self.before, self.after = self.configuration[self.phase]
        self.anchors = anchors(16, RATIOS, factors)

    def infer_shapes(self, score: Shape, delta: Shape, info: Shape) -> Sequence[Shape]:
        if score and score[0] != 1:
            raise self.error(f"takes one image at a time. Received: {score[0]}")
        return super().infer_shapes(score, delta, info)

    def score_shape(self, count: int) -> Shape:
        return (count, 1)

    def propose(
        self, placed: Array, moves: Array, chance: Array, image: Array
    ) -> tuple[Array, Array]:
        boxes = _moved(placed, moves, image)
        large = self._large(boxes, image[:3])
        return self._best(boxes[large], chance[large])


KNOWN_PYTHON_LAYERS["rpn.proposal_layer", "ProposalLayer"] = PythonProposal
