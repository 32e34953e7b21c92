"""``caffe.Detector``: classifies windows of pictures, as R-CNN does (Girshick et al. 2014)."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import MissingDependencyError
from caffe_proto.pycaffe import io
from caffe_proto.pycaffe.classifier import image_transformer
from caffe_proto.pycaffe.net import Net

__all__ = ["Detector"]

Array = npt.NDArray[Any]


class Detector(Net):
    """A net with one square image input that windows of pictures are warped to.

    ``context_pad`` is how many pixels of the net's input, on each side, show the surroundings of
    the window; beyond the picture there is the mean. The other arguments are those of
    :class:`caffe.Classifier`.
    """

    def __init__(
        self,
        model_file: str | os.PathLike[str],
        pretrained_file: str | os.PathLike[str] | None,
        mean: Array | None = None,
        input_scale: float | None = None,
        raw_scale: float | None = None,
        channel_swap: Sequence[int] | None = None,
        context_pad: int | None = None,
    ) -> None:
        super().__init__(model_file, 1, weights=pretrained_file)
        self.transformer = image_transformer(self, mean, input_scale, raw_scale, channel_swap)
        self.configure_crop(context_pad)

    def detect_windows(
        self, images_windows: Iterable[tuple[str, Iterable[Array]]]
    ) -> list[dict[str, Any]]:
        """Predictions for windows: pairs of a picture's file name and its windows.

        A window is ``(ymin, xmin, ymax, xmax)`` in pixels. Returns one dict a window, with its
        ``filename``, ``window`` and ``prediction``.
        """
        found: list[dict[str, Any]] = []
        crops = []
        for filename, windows in images_windows:
            image = io.load_image(filename)
            for window in windows:
                crops.append(self.crop(image, window))
                found.append({"filename": filename, "window": window})
        if not found:
            return []
        name = self.inputs[0]
        batch = np.stack([self.transformer.preprocess(name, crop) for crop in crops])
        predictions = self.forward_all(None, **{name: batch})[self.outputs[0]]
        for detection, prediction in zip(found, predictions, strict=True):
            detection["prediction"] = prediction
        return found

    def detect_selective_search(self, image_fnames: Sequence[str]) -> list[dict[str, Any]]:
        """Predictions for the windows that selective search proposes.

        Raises :class:`ImportError` without the package ``selective_search_ijcv_with_python``.
        """
        try:
            selective_search = importlib.import_module("selective_search_ijcv_with_python")
        except ImportError:
            raise MissingSelectiveSearchError from None
        # MATLAB, which runs it, has another working directory.
        names = [os.path.abspath(name) for name in image_fnames]
        windows = selective_search.get_windows(names, cmd="selective_search_rcnn")
        return self.detect_windows(zip(names, windows, strict=True))

    def crop(self, im: Array, window: Sequence[float] | Array) -> Array:
        """The window ``(ymin, xmin, ymax, xmax)`` of a picture, with its surroundings if asked."""
        ymin, xmin, ymax, xmax = (int(n) for n in window)
        if not self.context_pad:
            return im[ymin:ymax, xmin:xmax]
        size = self.blobs[self.inputs[0]].width
        # The window itself shall fill the input less the padding on both sides.
        scale = size / (size - 2.0 * self.context_pad)
        half = np.array([ymax - ymin + 1, xmax - xmin + 1]) / 2.0
        centre = np.array([ymin, xmin]) + half
        low = np.round(centre - scale * half)
        high = np.round(centre + scale * half)
        to_input = size / (high - low + 1)
        pad = [round(n) for n in np.maximum(0, -low) * to_input]
        limit = im.shape[:2]
        low, high = np.clip(low, 0, limit), np.clip(high, 0, limit)
        inside = high - low + 1
        if np.any(high <= low):
            raise ValueError(f"the window {tuple(window)} lies outside of the picture {limit}")
        rows, columns = (
            min(round(n), size - p) for n, p in zip(inside * to_input, pad, strict=True)
        )
        part = im[int(low[0]) : int(high[0]), int(low[1]) : int(high[1])]
        crop = np.ones(tuple(self.crop_dims), np.float32) * self.crop_mean
        crop[pad[0] : pad[0] + rows, pad[1] : pad[1] + columns] = io.resize_image(
            part, (rows, columns)
        )
        return crop

    def configure_crop(self, context_pad: int | None) -> None:
        """Set how much surroundings a window gets, and prepare the mean that lies beyond it."""
        name = self.inputs[0]
        steps = self.transformer
        order = [int(n) for n in np.argsort(steps.transpose[name])]
        self.crop_dims = np.array(self.blobs[name].shape[1:])[order]
        self.context_pad = context_pad
        self.crop_mean: Array = np.zeros(tuple(self.crop_dims), np.float32)
        mean = steps.mean.get(name)
        if context_pad and mean is not None:
            # The mean as the picture has it, before all preparing.
            mean = np.array(mean, np.float32)
            if name in steps.channel_swap:
                mean = mean[np.argsort(steps.channel_swap[name])]
            mean = mean.transpose(order)
            if name in steps.raw_scale:
                mean = mean / np.float32(steps.raw_scale[name])
            self.crop_mean = mean


class MissingSelectiveSearchError(MissingDependencyError):
    """Selective search, a package of MATLAB code, is asked for."""

    def __init__(self) -> None:
        ImportError.__init__(
            self,
            "selective search needs the package selective_search_ijcv_with_python (MATLAB code, "
            "from its authors' repository); without it give the windows: detect_windows",
        )
