"""Arrays named ``layer/0``, ``layer/1``: how formats without layers hold a net's weights."""

from __future__ import annotations

from collections.abc import Iterable

from caffe_proto.errors import WeightsError
from caffe_proto.weights.blobproto import MAX_AXES, MAX_OBJECTS
from caffe_proto.weights.model import BlobView, LayerWeights
from caffe_proto.weights.source import Values

__all__ = ["check_inflation", "layers_of"]

# What a compressed file may grow to: weights themselves hardly shrink at all.
_FREE_BYTES = 256 << 20
_MOST_TIMES = 100


def layers_of(
    filename: str, arrays: Iterable[tuple[str, tuple[int, ...], Values]]
) -> list[LayerWeights]:
    """Layers, in order of first appearance, from ``(name, shape, values)``.

    Raises :class:`WeightsError` for a name that is not ``layer/index``, one given twice, and
    indices with a gap.
    """
    found: dict[str, dict[int, BlobView]] = {}
    for count, (name, shape, values) in enumerate(arrays):
        if count >= MAX_OBJECTS:
            raise WeightsError(f"{filename}: more than {MAX_OBJECTS} arrays; no net has that many")
        layer, slash, number = name.rpartition("/")
        # Digits of other scripts are digits to Python, too.
        plain = number.isascii() and number.isdigit() and len(number) <= 6
        if not slash or not plain or str(int(number)) != number:
            raise WeightsError(
                f'{filename}: the array "{name}" has no name of the kind "layer/0"; '
                "expected the layer's name, a slash and the index of the blob"
            )
        if len(shape) > MAX_AXES:
            raise WeightsError(
                f'{filename}: "{name}" has {len(shape)} axes; a blob has {MAX_AXES} at most'
            )
        blobs = found.setdefault(layer, {})
        index = int(number)
        if index in blobs:
            raise WeightsError(f'{filename}: the array "{name}" is there twice')
        blobs[index] = BlobView(shape, values, index=index)
    layers = []
    for layer, blobs in found.items():
        for index in range(len(blobs)):
            if index not in blobs:
                raise WeightsError(
                    f'{filename}: layer "{layer}" has {len(blobs)} arrays, but none is called '
                    f'"{layer}/{index}"'
                )
        layers.append(LayerWeights(layer, "", [blobs[i] for i in sorted(blobs)]))
    return layers


def check_inflation(filename: str, name: str, inflated: int, file_size: int) -> None:
    """Raise :class:`WeightsError` where a small compressed file would fill the memory."""
    most = max(_FREE_BYTES, _MOST_TIMES * file_size)
    if inflated > most:
        raise WeightsError(
            f'{filename}: "{name}" would grow from at most {file_size} bytes to {inflated}; '
            f"at most {most} are unpacked from such a file"
        )
