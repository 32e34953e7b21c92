"""Where a net comes from: a path, a text, or a message."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf.message import Message

from caffe_proto.errors import BuildError
from caffe_proto.layers.base import LayerContext
from caffe_proto.net.builder import build_graph
from caffe_proto.net.net import Net
from caffe_proto.schema import caffe_pb2
from caffe_proto.stream import RandomStream

__all__ = ["Source", "build_net", "read_net"]

Source = str | os.PathLike[str] | caffe_pb2.NetParameter


def read_net(source: Source) -> tuple[caffe_pb2.NetParameter, Path | None]:
    """The definition that ``source`` gives (a copy, old formats upgraded) and its folder.

    A ``str`` with a brace or a line break is prototxt text, any other one a path. A message may
    also be of another ``caffe.proto``, a converter's own for example.
    """
    if isinstance(source, Message) and source.DESCRIPTOR.full_name == "caffe.NetParameter":
        from caffe_proto.prototxt.upgrade import upgrade_net

        message = caffe_pb2.NetParameter()
        if isinstance(source, caffe_pb2.NetParameter):
            message.CopyFrom(source)
        else:
            message.ParseFromString(source.SerializePartialToString())
        upgrade_net(message)
        return message, None
    from caffe_proto import prototxt

    if isinstance(source, str) and ("{" in source or "\n" in source):
        return prototxt.parse(source), None
    if not isinstance(source, (str, os.PathLike)):
        raise BuildError(
            f"a net comes from a path, a prototxt text or a NetParameter. Received: {source!r}"
        )
    path = Path(source)
    return prototxt.parse_file(path), path.resolve().parent


def phase_number(phase: str | int) -> int:
    """0 for TRAIN, 1 for TEST, from a name or a number.

    Raises :class:`BuildError` for anything else.
    """
    if isinstance(phase, str) and phase.upper() in ("TRAIN", "TEST"):
        return 0 if phase.upper() == "TRAIN" else 1
    if phase in (0, 1):
        return int(phase)
    raise BuildError(f'phase is "TRAIN" or "TEST". Received: {phase!r}')


def build_net(
    source: Source,
    phase: str | int = "TEST",
    weights: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
    seed: int | None = None,
    *,
    level: int = 0,
    stages: str | Sequence[str] = (),
    allow_python_layers: bool = False,
    dtype: npt.DTypeLike = np.float32,
    stream: RandomStream | None = None,
    directory: str | os.PathLike[str] | None = None,
    **context: Any,
) -> Net:
    """Build a net from a path, a prototxt text or a ``NetParameter``.

    ``phase`` and ``level`` replace those of the file's ``state``, ``stages`` are added to its.
    ``seed`` plays the part of Caffe's ``random_seed``: the same seed gives the same float32
    values; without one a fresh seed is drawn and ``net.seed`` tells which. ``weights`` is a file,
    or several, loaded in turn. ``directory`` is where relative paths of data layers are looked up
    after the working directory (by default the prototxt's own). ``stream`` shares one random
    stream between nets.

    Raises :class:`ParseError`, :class:`BuildError` or :class:`WeightsError`, naming the place.
    """
    message, folder = read_net(source)
    number = phase_number(phase)
    message.state.phase = number  # type: ignore[assignment]
    message.state.level = level
    message.state.stage.extend([stages] if isinstance(stages, str) else stages)
    net = Net(
        build_graph(
            message,
            LayerContext(
                phase=number,
                dtype=dtype,
                stream=stream if stream is not None else RandomStream(seed),
                directory=Path(directory) if directory is not None else folder,
                allow_python_layers=allow_python_layers,
                **context,
            ),
        )
    )
    if weights is not None:
        paths = [weights] if isinstance(weights, (str, os.PathLike)) else list(weights)
        _load(net, [Path(path) for path in paths])
    return net


def _load(net: Net, paths: list[Path]) -> None:
    """Load the files in turn; warn of layers whose parameters stay as their fillers left them."""
    without: set[str] | None = None
    for path in paths:
        missing = set(net.load(path).missing)
        without = missing if without is None else without & missing
    # What a layer shares is stored once in HDF5, at its owner.
    own = {layer.name for layer in net.layers if any(p.owner is None for p in layer.params)}
    names = [layer.name for layer in net.layers if layer.name in own & (without or set())]
    if names:
        few = ", ".join(f'"{name}"' for name in names[:5]) + (", ..." if len(names) > 5 else "")
        warnings.warn(
            f"{', '.join(map(str, paths))}: no weights for {len(names)} of the net's layers: "
            f"{few}; their parameters are as filled",
            UserWarning,
            stacklevel=3,
        )
