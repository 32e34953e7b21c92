"""SSD's detections: decode the predicted boxes, suppress overlapping ones, keep the best."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from caffe_proto.layers import boxes as box_math
from caffe_proto.layers.base import Array, Layer, Shape
from caffe_proto.layers.detection_files import ResultFiles
from caffe_proto.layers.registry import register_layer

__all__ = ["DetectionOutput", "check_predictions", "check_priors", "split_predictions"]


def split_predictions(
    loc: Array, conf: Array, prior: Array, num_classes: int, share_location: bool
) -> tuple[Array, Array, Array, Array]:
    """SSD's flat bottoms as arrays that say what they hold.

    ``loc (N, P * L * 4)``, ``conf (N, P * num_classes)`` and ``prior (1, 2, P * 4)`` become codes
    ``(N, L, P, 4)``, scores ``(N, num_classes, P)``, prior boxes ``(P, 4)`` and their variances
    ``(P, 4)``. ``L`` is 1 if the classes share their boxes, else ``num_classes``.
    """
    flat = prior.reshape(-1)
    # As in SSD the first item of a batch of priors counts.
    count = prior.shape[2] // 4
    priors = flat[: count * 4].reshape(count, 4)
    variances = flat[count * 4 : count * 8].reshape(count, 4)
    groups = 1 if share_location else num_classes
    codes = loc.reshape(len(loc), count, groups, 4).transpose(0, 2, 1, 3)
    scores = conf.reshape(len(conf), count, num_classes).transpose(0, 2, 1)
    return codes, scores, priors, variances


@register_layer("DetectionOutput")
class DetectionOutput(Layer):
    """Detections of SSD: decoded boxes, suppressed class by class, the best of each image.

    Bottoms: locations ``(N, P * L * 4)``, confidences ``(N, P * num_classes)``, priors
    ``(1, 2, P * 4)``; a fourth (the image, for ``visualize``) is not read. ``P`` priors; ``L`` is
    1, or num_classes without share_location. → top ``(1, 1, detections, 7)``, a row each: image,
    label, score, xmin, ymin, xmax, ymax (fractions of the image, not clipped). Nothing found at
    all: one row per image with -1 after the image's number. No parameters, no gradient.

    Rows are sorted by image, by label, then by falling score; equal scores keep the priors' order.
    Settings: ``detection_output_param`` (num_classes; share_location true; background_label_id 0,
    the class left out, -1: none; code_type CORNER; variance_encoded_in_target false;
    nms_param: nms_threshold 0.3, top_k: candidates a class, all by default, eta 1: adaptive
    suppression; keep_top_k -1: detections an image, all by default; confidence_threshold: none).
    ``save_output_param`` writes result files once :meth:`allow_files` has been called;
    ``visualize`` is ignored with a warning.

    Liu et al., "SSD: Single Shot MultiBox Detector", 2016.
    """

    num_bottoms = (3, 4)

    def setup(self, *bottoms: Shape) -> None:
        p = self.param.detection_output_param
        if not p.HasField("num_classes"):
            raise self.error("needs num_classes. Received: none")
        self.num_classes = int(p.num_classes)
        self.share_location = bool(p.share_location)
        self.background = int(p.background_label_id)
        self.code_type = int(p.code_type)
        self.variance_in_target = bool(p.variance_encoded_in_target)
        self.keep_top_k = int(p.keep_top_k)
        self.threshold = (
            float(p.confidence_threshold)
            if p.HasField("confidence_threshold")
            else -float(np.finfo(np.float32).max)
        )
        self.nms_threshold = float(p.nms_param.nms_threshold)
        self.eta = float(p.nms_param.eta)
        self.top_k = int(p.nms_param.top_k) if p.nms_param.HasField("top_k") else -1
        if self.nms_threshold < 0:
            raise self.error(f"nms_threshold must not be below 0. Received: {self.nms_threshold:g}")
        if not 0 < self.eta <= 1:
            raise self.error(f"eta must be above 0 and at most 1. Received: {self.eta:g}")
        if self.share_location and self.background == -1:
            # SSD takes the shared boxes (label -1) for the background's and finds none.
            raise self.error(
                "background_label_id -1 needs a box per class. Expected: share_location: false"
            )
        self._files: ResultFiles | None = None
        if p.visualize:
            warnings.warn(
                f'layer "{self.name}": visualize is ignored; '
                "caffe_proto.vision.draw_boxes draws boxes into a picture",
                stacklevel=2,
            )
        if p.save_output_param.output_directory:
            warnings.warn(
                f'layer "{self.name}": result files for '
                f'"{p.save_output_param.output_directory}" are not written unless '
                f'net.layer("{self.name}").allow_files() is called',
                stacklevel=2,
            )

    def allow_files(self, directory: str | Path | None = None) -> None:
        """Let ``save_output_param`` write its files, in ``directory`` if one is given.

        A file of the same name is replaced; unlike in Caffe nothing else in the directory is
        touched. Raises :class:`LayerError` where label_map_file or name_size_file is missing.
        """
        p = self.param.detection_output_param
        self._files = ResultFiles(
            p.save_output_param, self.background, self.num_classes, self.error, directory
        )

    def infer_shapes(self, *bottoms: Shape) -> Sequence[Shape]:
        loc, conf, prior = bottoms[:3]
        check_predictions(self, loc, conf, prior, self.num_classes, self.share_location)
        # How many detections there will be is not known yet.
        return [(1, 1, 1, 7)]

    def forward(self, loc: Array, conf: Array, prior: Array, *image: Array) -> Array:
        codes, scores, priors, variances = split_predictions(
            loc, conf, prior, self.num_classes, self.share_location
        )
        if self.code_type != box_math.CORNER:
            check_priors(self, priors)
        found: list[Array] = []
        for n in range(len(codes)):
            rows = self.detect(n, codes[n], scores[n], priors, variances)
            found.append(rows)
            if self._files is not None:
                self._files.add(rows)
        top = np.concatenate(found) if found else np.zeros((0, 7), loc.dtype)
        if not len(top):
            top = np.full((len(codes), 7), -1, loc.dtype)
            top[:, 0] = np.arange(len(codes))
        return top[None, None]

    def detect(
        self, image: int, codes: Array, scores: Array, priors: Array, variances: Array
    ) -> Array:
        """The detections ``(n, 7)`` of one image from codes ``(L, P, 4)``, scores ``(K, P)``."""
        found: list[Array] = []
        decoded: dict[int, Array] = {}
        for label in range(self.num_classes):
            if label == self.background:
                continue
            group = 0 if self.share_location else label
            # Candidates first: decoding all priors of all classes would be most of the work.
            order = box_math.top_scores(scores[label], self.threshold, self.top_k)
            if not len(order):
                continue
            if group in decoded:
                candidates = decoded[group][order]
            elif self.share_location and self.num_classes > 2:
                decoded[group] = self._decode(codes[group], priors, variances)
                candidates = decoded[group][order]
            else:
                candidates = self._decode(codes[group][order], priors[order], variances[order])
            kept = box_math.nms(candidates, threshold=self.nms_threshold, eta=self.eta)
            rows = np.empty((len(kept), 7), codes.dtype)
            rows[:, 0] = image
            rows[:, 1] = label
            rows[:, 2] = scores[label][order[kept]]
            rows[:, 3:] = candidates[kept]
            found.append(rows)
        if not found:
            return np.zeros((0, 7), codes.dtype)
        rows = np.concatenate(found)
        if -1 < self.keep_top_k < len(rows):
            rows = rows[box_math.top_scores(rows[:, 2], top_k=self.keep_top_k)]
            # SSD groups what it keeps by label again.
            rows = rows[np.argsort(rows[:, 1], kind="stable")]
        return rows

    def _decode(self, codes: Array, priors: Array, variances: Array) -> Array:
        return box_math.decode(
            codes,
            priors,
            variances,
            self.code_type,
            variance_in_target=self.variance_in_target,
        )


def check_predictions(
    layer: Layer, loc: Shape, conf: Shape, prior: Shape, num_classes: int, share_location: bool
) -> None:
    """Check that the shapes of predictions and priors fit; raises the layer's error."""
    if len(prior) < 3 or prior[1] != 2 or prior[2] % 4:
        raise layer.error(f"priors must have the shape (1, 2, 4 * priors). Received: {prior}")
    priors = prior[2] // 4
    if loc[:1] != conf[:1]:
        raise layer.error(
            f"locations and confidences differ in the number of images. Received: {loc}, {conf}"
        )
    groups = 1 if share_location else num_classes
    for what, shape, each in (("locations", loc, groups * 4), ("confidences", conf, num_classes)):
        count = int(np.prod(shape[1:], dtype=np.int64))
        if count != priors * each:
            raise layer.error(
                f"{what} of shape {shape} do not fit {priors} priors. "
                f"Expected: {priors} * {each} = {priors * each} values an image"
            )


def check_priors(layer: Layer, priors: Array) -> None:
    """Check that every prior ``(P, 4)`` has a size, which other codes than CORNER divide by."""
    size = priors[:, 2:] - priors[:, :2]
    if not (size > 0).all():
        first = int(np.flatnonzero(~(size > 0).all(axis=1))[0])
        raise layer.error(
            f"prior {first} has no size: {[round(float(v), 6) for v in priors[first]]}. "
            "Expected: xmax > xmin and ymax > ymin"
        )
