"""``caffe.Classifier``: a net that tells pictures apart, with the preparing of its inputs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto.pycaffe import io
from caffe_proto.pycaffe.net import Net

__all__ = ["Classifier"]

Array = npt.NDArray[Any]


class Classifier(Net):
    """A net with one image input: pictures in, class probabilities out.

    ``image_dims`` ``(height, width)`` is what pictures are scaled to before they are cropped to
    the net's input (default: the input's own size). ``mean``, ``input_scale``, ``raw_scale`` and
    ``channel_swap`` are those of :class:`caffe.io.Transformer`.
    """

    def __init__(
        self,
        model_file: str | os.PathLike[str],
        pretrained_file: str | os.PathLike[str] | None,
        image_dims: Sequence[int] | None = None,
        mean: Array | None = None,
        input_scale: float | None = None,
        raw_scale: float | None = None,
        channel_swap: Sequence[int] | None = None,
    ) -> None:
        super().__init__(model_file, 1, weights=pretrained_file)
        self.transformer = image_transformer(self, mean, input_scale, raw_scale, channel_swap)
        self.crop_dims = np.array(self.blobs[self.inputs[0]].shape[2:])
        self.image_dims = (
            self.crop_dims if image_dims is None or not len(image_dims) else np.array(image_dims)
        )

    def predict(self, inputs: Sequence[Array], oversample: bool = True) -> Array:
        """Class probabilities ``(N, classes)`` of N pictures ``(H, W, K)``.

        With ``oversample`` the mean over ten crops of each (corners, centre, mirrored), else the
        centre alone.
        """
        dims, size = [int(n) for n in self.image_dims], [int(n) for n in self.crop_dims]
        pictures = [io.resize_image(picture, dims) for picture in inputs]
        if oversample:
            crops = list(io.oversample(pictures, size))
        else:
            top, left = (int((n - c) / 2.0) for n, c in zip(dims, size, strict=True))
            rows, columns = slice(top, top + size[0]), slice(left, left + size[1])
            crops = [picture[rows, columns] for picture in pictures]
        name = self.inputs[0]
        batch = np.stack([self.transformer.preprocess(name, crop) for crop in crops])
        predictions = self.forward_all(None, **{name: batch})[self.outputs[0]]
        if oversample:
            predictions = predictions.reshape(len(predictions) // 10, 10, -1).mean(1)
        return predictions


def image_transformer(
    net: Net,
    mean: Array | None,
    input_scale: float | None,
    raw_scale: float | None,
    channel_swap: Sequence[int] | None,
) -> io.Transformer:
    """The transformer of a net's first input, for pictures ``(H, W, K)``."""
    name = net.inputs[0]
    transformer = io.Transformer({name: net.blobs[name].shape})
    transformer.set_transpose(name, (2, 0, 1))
    if mean is not None:
        transformer.set_mean(name, mean)
    if input_scale is not None:
        transformer.set_input_scale(name, input_scale)
    if raw_scale is not None:
        transformer.set_raw_scale(name, raw_scale)
    if channel_swap is not None:
        transformer.set_channel_swap(name, channel_swap)
    return transformer
