"""What is saved: layers with blobs, taken alike from a net, from layers or from a weights file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import WeightsError
from caffe_proto.weights.model import BlobView, LayerWeights

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = ["OutBlob", "OutLayer", "named_arrays", "net_name", "outgoing"]

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class OutBlob:
    """One parameter to be saved; its arrays are made when they are asked for."""

    blob: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """The blob's axes."""
        return tuple(int(n) for n in self.blob.shape)

    @property
    def is_owner(self) -> bool:
        """Whether the values are stored here and not at a layer that this one shares with."""
        return getattr(self.blob, "owner", None) is None

    def data(self) -> Array:
        """The values, float32."""
        values = self.blob.array() if isinstance(self.blob, BlobView) else self.blob.data
        return _float32(values)

    def diff(self) -> Array:
        """The gradients, float32; zeros where there are none."""
        values = self.blob.diff() if isinstance(self.blob, BlobView) else self.blob.diff
        return np.zeros(self.shape, np.float32) if values is None else _float32(values)


@dataclass(frozen=True)
class OutLayer:
    """One layer to be saved."""

    name: str
    blobs: list[OutBlob]
    layer: Any

    @property
    def is_loss(self) -> bool:
        """Whether it is a built net's loss layer."""
        return bool(getattr(self.layer, "is_loss", False))

    def param(self) -> caffe_pb2.LayerParameter:
        """The layer's definition."""
        message: caffe_pb2.LayerParameter = self.layer.param
        return message


def outgoing(net_or_layers: Any) -> Iterator[OutLayer]:
    """The layers of a net, of a weights file or of an iterable of layers, in order."""
    layers: Iterable[Any] = getattr(net_or_layers, "layers", net_or_layers)
    for layer in layers:
        blobs = list(layer.blobs)
        if isinstance(layer, LayerWeights) and [b.index for b in blobs] != [*range(len(blobs))]:
            raise WeightsError(
                f'layer "{layer.name}": the file stores some of its blobs at the layers that it '
                "shares them with; load it into its net and save that"
            )
        yield OutLayer(layer.name, [OutBlob(blob) for blob in blobs], layer)


def net_name(net_or_layers: Any) -> str:
    """The name of a net or weights file, ``""`` for bare layers."""
    return str(getattr(net_or_layers, "name", ""))


def named_arrays(net_or_layers: Any, kind: str) -> Iterator[tuple[str, OutBlob]]:
    """Every blob under ``layer/index``, the names of ``.npz`` and ``.safetensors`` files.

    Raises :class:`WeightsError` where two layers have one name.
    """
    seen: set[str] = set()
    for layer in outgoing(net_or_layers):
        if not layer.blobs:
            continue
        if layer.name in seen:
            raise WeightsError(
                f'two layers are called "{layer.name}"; {kind} files tell layers apart by name. '
                "Save a .caffemodel, or rename one"
            )
        seen.add(layer.name)
        for index, blob in enumerate(layer.blobs):
            yield f"{layer.name}/{index}", blob


def _float32(values: Any) -> Array:
    with np.errstate(over="ignore"):
        array = np.asarray(values, np.float32)
    # ascontiguousarray would give a blob without axes one.
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)
