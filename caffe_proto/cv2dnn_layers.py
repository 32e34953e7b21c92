"""Layer types that OpenCV's Caffe importer computes otherwise than Caffe, as it computes them.

:mod:`caffe_proto.cv2dnn` puts them in the places of the types they stand for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from caffe_proto.layers import boxes as box_math
from caffe_proto.layers.base import Array, Shape
from caffe_proto.layers.detection_output import DetectionOutput, split_predictions
from caffe_proto.layers.prior_box import PriorBox
from caffe_proto.layers.registry import register_layer

__all__ = ["PREFIX", "OpenCVDetectionOutput", "OpenCVPriorBox"]

#: What stands before the name of the type that a type here replaces.
PREFIX = "cv2."


@register_layer(PREFIX + "DetectionOutput")
class OpenCVDetectionOutput(DetectionOutput):
    """DetectionOutput as OpenCV computes it: always keep_top_k rows an image.

    Rows of an image are sorted by score over all labels, and rows of zeros fill the top up to
    ``(1, 1, N * keep_top_k, 7)``. Candidates score above 0 unless confidence_threshold says
    otherwise, ``top_k: 0`` means all, and eta is 1.
    """

    def setup(self, *bottoms: Shape) -> None:
        super().setup(*bottoms)
        p = self.param.detection_output_param
        if self.keep_top_k < 1:
            raise self.error("OpenCV needs keep_top_k. Expected: the most rows an image can have")
        if not p.HasField("confidence_threshold"):
            self.threshold = 0.0
        if self.top_k == 0:
            self.top_k = -1
        self.eta = 1.0

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        super().infer_shapes(*bottoms)
        return [(1, 1, bottoms[0][0] * self.keep_top_k, 7)]

    def forward(self, loc: Array, conf: Array, prior: Array, *image: Array) -> Array:
        codes, scores, priors, variances = split_predictions(
            loc, conf, prior, self.num_classes, self.share_location
        )
        top = self.top()
        top[...] = 0
        count = 0
        for n in range(len(codes)):
            rows = self.detect(n, codes[n], scores[n], priors, variances)
            rows = rows[box_math.top_scores(rows[:, 2])]
            top[0, 0, count : count + len(rows)] = rows
            count += len(rows)
        return top


@register_layer(PREFIX + "PriorBox")
class OpenCVPriorBox(PriorBox):
    """PriorBox as OpenCV computes it: sizes keep their fractions, clip is true by default.

    The image's size is always the second bottom's; width and height may give the sizes.
    """

    def setup(self, *bottoms: Shape) -> None:
        p = self.param.prior_box_param
        for name in ("img_size", "img_h", "img_w"):
            p.ClearField(name)
        if not p.HasField("clip"):
            p.clip = True
        if not p.width:
            super().setup(*bottoms)
            return
        if len(p.width) != len(p.height):
            raise self.error(f"has {len(p.width)} width and {len(p.height)} height")
        super(PriorBox, self).setup(*bottoms)
        self._sizes: Array = np.array([list(p.width), list(p.height)], np.float32).T

    @staticmethod
    def _prior_sizes(
        smallest: list[float], largest: list[float], ratios: list[np.float32]
    ) -> Array:
        sizes: list[tuple[Any, Any]] = []
        for i, size in enumerate(smallest):
            low = np.float32(size)
            sizes.append((low, low))
            if largest:
                middle = np.sqrt(low * np.float32(largest[i]))
                sizes.append((middle, middle))
            sizes += [(low * np.sqrt(ratio), low / np.sqrt(ratio)) for ratio in ratios[1:]]
        return np.array(sizes, np.float32)
