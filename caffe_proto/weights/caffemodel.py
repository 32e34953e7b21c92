"""Reading ``.caffemodel``: a ``NetParameter`` in protobuf's wire format, mapped and not copied.

Layers come in three shapes. Current nets have ``layer`` (field 100, ``LayerParameter``). Nets of
2014 have ``layers`` (field 2, ``V1LayerParameter``), whose type is a number. The first ones have
``layers`` too, each wrapping a ``V0LayerParameter`` with a type in words. Fields that are not
needed, those of any fork included, are stepped over.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from google.protobuf.message import DecodeError, Message

from caffe_proto.errors import WeightsError
from caffe_proto.weights.blobproto import Budget, read_blob
from caffe_proto.weights.model import BlobView, LayerWeights, WeightsFile
from caffe_proto.weights.sniff import refuse_other_kinds
from caffe_proto.weights.source import Source
from caffe_proto.weights.wire import (
    LENGTH,
    VARINT,
    Field,
    WireError,
    WireReader,
    encode_bytes,
    int32,
    read_varint,
)

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["parse_caffemodel", "read_caffemodel"]

M = TypeVar("M", bound=Message)

_NET_NAME, _NET_LAYERS, _NET_LAYER = 1, 2, 100


@dataclass(frozen=True)
class _Kind:
    """The field numbers of one generation of layer messages."""

    name: int
    type: int
    blobs: int
    #: The field that holds a layer of the generation before.
    nested: int = 0


_CURRENT = _Kind(name=1, type=2, blobs=7)
_V1 = _Kind(name=4, type=5, blobs=6, nested=1)
_V0 = _Kind(name=1, type=2, blobs=50)

# The words of V0LayerParameter.type.
_V0_TYPES = {
    "accuracy": "Accuracy", "bnll": "BNLL", "concat": "Concat", "conv": "Convolution",
    "data": "Data", "dropout": "Dropout", "euclidean_loss": "EuclideanLoss", "flatten": "Flatten",
    "hdf5_data": "HDF5Data", "hdf5_output": "HDF5Output", "im2col": "Im2col",
    "images": "ImageData", "infogain_loss": "InfogainLoss", "innerproduct": "InnerProduct",
    "lrn": "LRN", "multinomial_logistic_loss": "MultinomialLogisticLoss", "pool": "Pooling",
    "relu": "ReLU", "sigmoid": "Sigmoid", "softmax": "Softmax", "softmax_loss": "SoftmaxWithLoss",
    "split": "Split", "tanh": "TanH", "window_data": "WindowData",
}  # fmt: skip


@dataclass
class _Layer:
    """A layer message as it is read; ``parts`` is all of it but the blobs.

    A part is a range of the file or, for what a V1 layer wraps, a field number and a layer.
    """

    kind: _Kind
    name: str = ""
    type: str = ""
    code: int = 0
    blobs: list[BlobView] = field(default_factory=list)
    parts: list[tuple[int, int] | tuple[int, _Layer]] = field(default_factory=list)
    nested: _Layer | None = None

    def keep(self, start: int, end: int) -> None:
        """Add a range of the file to the definition."""
        if self.parts and self.parts[-1][1] == start:
            self.parts[-1] = (self.parts[-1][0], end)
        else:
            self.parts.append((start, end))

    def definition(self, source: Source) -> bytes:
        """The message without its blobs."""
        out = bytearray()
        for first, second in self.parts:
            if isinstance(second, _Layer):
                out += encode_bytes(first, second.definition(source))
            else:
                out += source.bytes[first:second]
        return bytes(out)

    @property
    def place(self) -> str:
        """How an error calls the layer."""
        inner = self.nested
        name = self.name or (inner.name if inner else "")
        kind = self.type_name or (inner.type_name if inner else "")
        return f'layer "{name}"' + (f" ({kind})" if kind else "")

    @property
    def type_name(self) -> str:
        """The type as it is called today."""
        if self.kind is _V1:
            return _v1_type(self.code)
        return _V0_TYPES.get(self.type, self.type) if self.kind is _V0 else self.type


def _v1_type(code: int) -> str:
    """The type of that number in ``V1LayerParameter.LayerType``, as it is called today."""
    from caffe_proto.prototxt.upgrade_v1 import V1_TYPES
    from caffe_proto.schema import V1LayerParameter

    types = V1LayerParameter.LayerType
    return V1_TYPES[types.Name(code)] if code in types.values() else str(code)


def read_caffemodel(
    path_or_bytes: str | os.PathLike[str] | bytes | bytearray | memoryview,
) -> WeightsFile:
    """The weights file at a path (or in bytes), its blobs as views of the mapped file.

    Layers and blobs come in the file's order; nothing but names and shapes is read yet. Blobs
    can be written to, which changes neither the file nor another reader's view. The file should
    not be rewritten in place while it is in use (replacing it is fine).

    Raises :class:`WeightsError`, with the byte offset and the layer, for a file that is not what
    it says: cut off, lengths that do not fit, more or fewer numbers than a shape holds.
    """
    source = Source(path_or_bytes)
    refuse_other_kinds(source)
    return parse_caffemodel(source)


def parse_caffemodel(source: Source) -> WeightsFile:
    """The ``NetParameter`` that ``source`` holds; see :func:`read_caffemodel`."""
    try:
        return _read_net(source)
    except WireError as error:
        raise error.within(source.name) from None


def _read_net(source: Source) -> WeightsFile:
    budget = Budget()
    name = ""
    current: list[_Layer] = []
    old: list[_Layer] = []
    frame: list[tuple[int, int] | tuple[int, _Layer]] = []
    reader = WireReader(source.bytes, 0, source.size)
    while True:
        try:
            item = next(reader, None)
        except WireError as error:
            raise _in_cut_layer(source, error) from None
        if item is None:
            break
        if item.kind == LENGTH and item.number in (_NET_LAYER, _NET_LAYERS):
            kind = _CURRENT if item.number == _NET_LAYER else _V1
            layer = _read_layer(source, item, kind, budget)
            (current if kind is _CURRENT else old).append(layer)
            frame.append((item.number, layer))
            continue
        if item.number == _NET_NAME and item.kind == LENGTH:
            name = _text(source, item)
        budget.spend(item.offset)
        frame.append((item.offset, item.end))
    if current and old:
        raise WeightsError(
            f'{source.name}: the net has both "layer" and "layers" fields, of two generations of '
            "Caffe; expected one kind"
        )
    if not current and not old:
        raise WeightsError(
            f"{source.name}: the {source.size} bytes hold no layer; expected a .caffemodel "
            "(a NetParameter with layers and their blobs)"
        )
    layers = _as_v0(old) if any(layer.nested for layer in old) else current or old
    net = _Layer(_CURRENT, parts=frame)
    weights = WeightsFile(name, [], "caffemodel", source, lambda: _net_message(source, net))
    upgraded = _Upgraded(weights)
    for layer in layers:
        make = _param_maker(source, layer) if current else upgraded.param_maker(layer.name)
        weights.layers.append(LayerWeights(layer.name, layer.type_name, layer.blobs, make))
    return weights


def _as_v0(layers: list[_Layer]) -> list[_Layer]:
    """The layers that V1 messages wrap; one without counts as empty, as in Caffe's upgrade."""
    return [layer.nested or _Layer(_V0) for layer in layers]


def _read_layer(source: Source, item: Field, kind: _Kind, budget: Budget) -> _Layer:
    budget.spend(item.offset)
    layer = _Layer(kind)
    try:
        _read_layer_fields(source, item.start, item.end, layer, budget)
    except WireError as error:
        raise error.within(layer.place) from None
    return layer


def _read_layer_fields(source: Source, start: int, end: int, layer: _Layer, budget: Budget) -> None:
    kind = layer.kind
    for item in WireReader(source.bytes, start, end):
        if item.kind == LENGTH and item.number == kind.blobs:
            budget.spend(item.offset)
            layer.blobs.append(read_blob(source, item.start, item.end, len(layer.blobs), budget))
            continue
        if kind.nested and item.kind == LENGTH and item.number == kind.nested:
            budget.spend(item.offset)
            # A message that comes in pieces is one message.
            layer.nested = layer.nested or _Layer(_V0)
            piece = _Layer(_V0, layer.nested.name, layer.nested.type, blobs=layer.nested.blobs)
            layer.parts.append((item.number, piece))
            try:
                _read_layer_fields(source, item.start, item.end, piece, budget)
            finally:
                layer.nested.name, layer.nested.type = piece.name, piece.type
            continue
        if item.number == kind.name and item.kind == LENGTH:
            layer.name = _text(source, item)
        elif item.number == kind.type and item.kind == LENGTH and kind is not _V1:
            layer.type = _text(source, item)
        elif item.number == kind.type and item.kind == VARINT and kind is _V1:
            layer.code = int32(item.value)
        before = len(layer.parts)
        layer.keep(item.offset, item.end)
        if len(layer.parts) > before:
            budget.spend(item.offset)


def _in_cut_layer(source: Source, error: WireError) -> WireError:
    """``error`` at the top of a file, with the name of the layer that begins there, if one does."""
    try:
        tag, start = read_varint(source.bytes, error.offset, source.size)
        _, start = read_varint(source.bytes, start, source.size)
    except WireError:
        return error
    if tag not in (_NET_LAYER << 3 | LENGTH, _NET_LAYERS << 3 | LENGTH):
        return error
    layer = _Layer(_CURRENT if tag >> 3 == _NET_LAYER else _V1)
    with contextlib.suppress(WireError):
        _read_layer_fields(source, start, source.size, layer, Budget())
    return error.within(layer.place)


def _text(source: Source, item: Field) -> str:
    # Names are bytes to Caffe; one that is no UTF-8 stays printable and distinct.
    return bytes(source.bytes[item.start : item.end]).decode("utf-8", "backslashreplace")


class _Upgraded:
    """The layers of an old net in today's form, made when the first of them is asked for."""

    def __init__(self, weights: WeightsFile) -> None:
        self._define = weights.define
        self._found: dict[str, list[caffe_pb2.LayerParameter]] | None = None
        self._count: dict[str, int] = {}

    def param_maker(self, name: str) -> Callable[[], caffe_pb2.LayerParameter]:
        """What makes the definition of the next layer called ``name``."""
        occurrence = self._count.get(name, 0)
        self._count[name] = occurrence + 1
        return lambda: self._layer(name, occurrence)

    def _layer(self, name: str, occurrence: int) -> caffe_pb2.LayerParameter:
        from caffe_proto.prototxt.upgrade import upgrade_net
        from caffe_proto.schema import LayerParameter

        if self._found is None:
            self._found = {}
            assert self._define is not None
            net = self._define()
            upgrade_net(net)
            for layer in net.layer:
                self._found.setdefault(layer.name, []).append(layer)
        same_name = self._found.get(name, [])
        # The upgrade drops V0's padding layers.
        return same_name[occurrence] if occurrence < len(same_name) else LayerParameter(name=name)


def _param_maker(source: Source, layer: _Layer) -> Callable[[], caffe_pb2.LayerParameter]:
    def make() -> Any:
        from caffe_proto.schema import LayerParameter

        return _decoded(source, LayerParameter(), layer.definition(source), layer.place)

    return make


def _net_message(source: Source, net: _Layer) -> caffe_pb2.NetParameter:
    from caffe_proto.schema import NetParameter

    return _decoded(source, NetParameter(), net.definition(source), "the net's definition")


def _decoded(source: Source, message: M, content: bytes, what: str) -> M:
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise WeightsError(f"{source.name}: {what} cannot be decoded: {error}") from error
    return message
