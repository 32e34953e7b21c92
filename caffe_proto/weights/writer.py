"""Writing ``.caffemodel``: what Caffe's ``Net::ToProto`` and ``WriteProtoToBinaryFile`` write.

The file is streamed: every length is known from the shapes, so no message of the whole net is
ever in memory, and files may pass protobuf's 2 GB (Caffe itself reads no larger ones).
"""

from __future__ import annotations

import os
from typing import Any, BinaryIO

from caffe_proto.errors import WeightsError
from caffe_proto.files import replacing
from caffe_proto.weights.blobproto import blob_size, write_blob
from caffe_proto.weights.outgoing import OutLayer, net_name, outgoing
from caffe_proto.weights.wire import WireReader, encode_bytes, encode_header

__all__ = ["save_caffemodel"]

_NET_NAME, _NET_LAYER, _LAYER_BLOBS = 1, 100, 7


def save_caffemodel(
    net_or_layers: Any,
    path: str | os.PathLike[str],
    *,
    diffs: bool = False,
    name: str | None = None,
) -> None:
    """Write a net's layers and their blobs as a ``.caffemodel``.

    ``net_or_layers`` is a net, a weights file that was read, or layers with ``param`` (the
    ``LayerParameter``) and ``blobs``. Each layer's definition is written, then its blobs with
    shape and packed values, and gradients if ``diffs``; a layer that shares parameters gets its
    own copy, as in Caffe. ``name`` is the net's name where it has another.
    Raises :class:`WeightsError` where ``path`` cannot be written.
    """
    title = net_name(net_or_layers) if name is None else name
    with replacing(path, WeightsError) as beside, open(beside, "xb") as stream:
        # Caffe sets the name even where it is empty.
        stream.write(encode_bytes(_NET_NAME, title.encode("utf-8", "surrogateescape")))
        for layer in outgoing(net_or_layers):
            _write_layer(stream, layer, diffs)


def _write_layer(stream: BinaryIO, layer: OutLayer, diffs: bool) -> None:
    before, after = _around_blobs(_definition(layer))
    sizes = [blob_size(blob.shape, diff=diffs) for blob in layer.blobs]
    headers = [encode_header(_LAYER_BLOBS, size) for size in sizes]
    total = len(before) + len(after) + sum(sizes) + sum(map(len, headers))
    stream.write(encode_header(_NET_LAYER, total))
    stream.write(before)
    for blob, header in zip(layer.blobs, headers, strict=True):
        stream.write(header)
        write_blob(stream, blob.data(), blob.diff() if diffs else None)
    stream.write(after)


def _definition(layer: OutLayer) -> bytes:
    message = layer.param()
    # A loss layer writes its default weight into its own definition when Caffe sets it up.
    weight = layer.is_loss and not message.loss_weight and len(message.top) <= 1
    if len(message.blobs) or weight:
        bare = type(message)()
        bare.CopyFrom(message)
        bare.ClearField("blobs")
        if weight:
            bare.loss_weight.append(1)
        message = bare
    return message.SerializePartialToString(deterministic=True)


def _around_blobs(definition: bytes) -> tuple[bytes, bytes]:
    """The fields that come before the blobs in Caffe's files (by number), and those after."""
    for field in WireReader(memoryview(definition), 0, len(definition)):
        if field.number > _LAYER_BLOBS:
            return definition[: field.offset], definition[field.offset :]
    return definition, b""
