"""Messages and nets to test with."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from caffe_proto.blob import Parameter
from caffe_proto.schema import BlobProto, LayerParameter, NetParameter


def blob_message(array: Any, *, legacy: bool = False, diff: Any = None) -> BlobProto:
    """A ``BlobProto`` as Caffe makes it."""
    array = np.asarray(array, np.float32)
    blob = BlobProto(data=array.ravel())
    if diff is not None:
        blob.diff.extend(np.asarray(diff, np.float32).ravel())
    if legacy:
        shape = (1,) * (4 - array.ndim) + array.shape
        blob.num, blob.channels, blob.height, blob.width = shape
    elif array.ndim:
        blob.shape.dim.extend(array.shape)
    return blob


def net_message(*layers: tuple[str, str, list[Any]], name: str = "net") -> NetParameter:
    """A net of ``(name, type, arrays)``."""
    net = NetParameter(name=name)
    for layer, kind, arrays in layers:
        net.layer.append(
            LayerParameter(name=layer, type=kind, blobs=[blob_message(a) for a in arrays])
        )
    return net


def net_bytes(*layers: tuple[str, str, list[Any]], name: str = "net") -> bytes:
    """The serialized :func:`net_message`."""
    return net_message(*layers, name=name).SerializeToString()


def small_net() -> bytes:
    """A caffemodel of two layers with parameters and one without."""
    return net_bytes(
        ("conv1", "Convolution", [np.arange(12).reshape(2, 1, 2, 3), [0.5, -0.5]]),
        ("relu1", "ReLU", []),
        ("ip1", "InnerProduct", [np.linspace(-1, 1, 6).reshape(3, 2), [1, 2, 3]]),
    )


def fake_net(*layers: tuple[str, list[tuple[int, ...]]], name: str = "net") -> Any:
    """A net with parameters alone: ``(layer name, shapes)``."""
    return SimpleNamespace(
        name=name,
        layers=[
            SimpleNamespace(
                name=layer,
                type="InnerProduct",
                param=LayerParameter(name=layer, type="InnerProduct"),
                blobs=[Parameter(shape) for shape in shapes],
            )
            for layer, shapes in layers
        ],
    )
