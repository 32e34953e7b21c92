"""Weights in a prototxt: a net's definition whose layers carry their ``blobs`` as text."""

from __future__ import annotations

from caffe_proto.errors import CaffeProtoError, WeightsError
from caffe_proto.weights.caffemodel import parse_caffemodel
from caffe_proto.weights.model import WeightsFile
from caffe_proto.weights.source import Source

__all__ = ["parse_text"]


def parse_text(source: Source) -> WeightsFile:
    """The blobs in a prototxt (text of any generation of Caffe).

    Raises :class:`WeightsError` for text that is no net, and for a net that carries no blobs.
    """
    from caffe_proto.prototxt import parse

    try:
        message = parse(bytes(source.bytes), filename=source.name, upgrade=False)
    except CaffeProtoError as error:
        raise WeightsError(
            f"{source.name}: this is text, and no prototxt with weights in it:\n{error}"
        ) from error
    content = Source(message.SerializePartialToString())
    content.name = source.name
    if not content.size:
        raise WeightsError(f"{source.name}: the text is a net without a layer")
    weights = parse_caffemodel(content)
    if not any(layer.blobs for layer in weights.layers):
        raise WeightsError(
            f"{source.name}: this prototxt defines a net and carries no weights; expected the "
            ".caffemodel that belongs to it"
        )
    weights.format = "prototxt"
    return weights
