"""Weights into a net, as Caffe's ``Net::CopyTrainedLayersFrom`` matches them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy.typing as npt

from caffe_proto.errors import WeightsError, did_you_mean
from caffe_proto.weights.model import BlobView, LayerWeights, WeightsFile, shape_text
from caffe_proto.weights.read import load_weights

__all__ = ["LoadReport", "load_into", "shape_equals"]

log = logging.getLogger("caffe_proto.weights")

Array = npt.NDArray[Any]


class _Layer(Protocol):
    name: str

    @property
    def blobs(self) -> Iterable[Any]: ...


class _Net(Protocol):
    @property
    def layers(self) -> Iterable[Any]: ...


@dataclass
class LoadReport:
    """What a load did, in names of layers.

    ``loaded`` took values from the file, ``ignored`` are in the file alone, ``missing`` have
    parameters that the file says nothing of, under no sharer's name either, and keep what they had.
    """

    loaded: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def shape_equals(shape: tuple[int, ...], blob: BlobView) -> bool:
    """Whether a parameter of ``shape`` takes ``blob``: Caffe's ``Blob::ShapeEquals``.

    The four axes of an old file match a shape of at most four axes with ones in front.
    """
    if not blob.legacy_shape:
        return tuple(shape) == blob.shape
    return len(shape) <= 4 and (1,) * (4 - len(shape)) + tuple(shape) == blob.shape


def load_into(
    net: _Net,
    weights: WeightsFile | str | os.PathLike[str] | bytes,
    *,
    notices: Callable[[str], None] | None = None,
) -> LoadReport:
    """Give the layers of ``net`` the values that ``weights`` has for layers of their names.

    Layers that only the file has are ignored, with a notice; layers that only the net has keep
    their values. Several layers of one name in the file are taken one after the other. Values
    are not copied: parameters use this net's own, private map of the file. Either everything is
    taken or, on an error, nothing.
    ``notices`` is called with every notice; the report and the log ``caffe_proto.weights`` (at
    level INFO) have them as well.
    Raises :class:`WeightsError` where a layer of the net and one of the file share a name but
    not the number of blobs or their shapes.
    """
    if not isinstance(weights, WeightsFile):
        weights = load_weights(weights)
    report = LoadReport()
    plan = _plan(net, weights, report)
    _take(weights, plan)
    for notice in report.notices:
        log.info("%s", notice)
        if notices is not None:
            notices(notice)
    return report


def _plan(net: _Net, weights: WeightsFile, report: LoadReport) -> list[tuple[Any, BlobView]]:
    """Which parameter takes which blob, in the order in which Caffe copies."""
    by_name: dict[str, Any] = {}
    for layer in net.layers:
        # Of layers with one name Caffe fills the first from a caffemodel, the last from HDF5.
        if layer.name not in by_name or weights.format == "hdf5":
            by_name[layer.name] = layer
    plan: list[tuple[Any, BlobView]] = []
    for source in weights.layers:
        target = by_name.get(source.name)
        if target is None:
            report.ignored.append(source.name)
            kind = f" ({source.type})" if source.type else ""
            report.notices.append(
                f'{weights.filename}: layer "{source.name}"{kind} is not in the net; ignored'
            )
            continue
        pairs = _pairs(weights, source, target)
        if pairs:
            report.loaded.append(source.name)
        plan += pairs
    loaded = set(report.loaded)
    with_params = [layer.name for layer in net.layers if list(layer.blobs)]
    # What a layer shares may have come with another one: in HDF5 it is with its owner alone.
    taken = {id(_owner(param)) for param, _ in plan}
    report.missing = [
        layer.name
        for layer in net.layers
        if layer.name not in loaded and any(id(_owner(param)) not in taken for param in layer.blobs)
    ]
    if with_params and not loaded:
        names = [layer.name for layer in weights.layers if layer.blobs]
        report.notices.append(
            f"{weights.filename}: none of the net's layers is in the file: the net's "
            f'"{with_params[0]}" is not{did_you_mean(with_params[0], names)}'
        )
    return plan


def _owner(param: Any) -> Any:
    """The parameter that ``param`` shares, or itself."""
    return getattr(param, "owner", None) or param


def _pairs(
    weights: WeightsFile, source: LayerWeights, target: _Layer
) -> list[tuple[Any, BlobView]]:
    place = f'{weights.filename}: layer "{source.name}"'
    if source.type:
        place += f" ({source.type})"
    params = list(target.blobs)
    blobs = {blob.index: blob for blob in source.blobs}
    if weights.format == "hdf5":
        fits = all(
            i in blobs or getattr(param, "owner", None) is not None
            for i, param in enumerate(params)
        ) and all(i < len(params) for i in blobs)
    else:
        fits = len(params) == len(blobs)
    if not fits:
        raise WeightsError(
            f"{place} has {len(blobs)} blobs in the file, the net's has {len(params)}; "
            "is the file from another version of the net? To keep the net's own values, rename "
            "its layer"
        )
    pairs = []
    for index, param in enumerate(params):
        blob = blobs.get(index)
        if blob is None:
            # HDF5 files store a shared parameter at its owner alone.
            continue
        shape = tuple(param.shape)
        if not shape_equals(shape, blob):
            raise WeightsError(
                f"{place}, blob {index}: the file's shape is {shape_text(blob.shape)}, the net's "
                f"is {shape_text(shape)}. To learn this layer from scratch instead, rename it"
            )
        pairs.append((param, blob))
    return pairs


def _take(weights: WeightsFile, plan: list[tuple[Any, BlobView]]) -> None:
    # A map of its own: what training writes must not show in `weights` or in another net.
    data = weights.source.private() if weights.source is not None else None
    for param, blob in plan:
        if data is None or not blob.is_view:
            param.adopt(blob.read())
            continue
        view = blob.array(data)
        if view.flags.aligned:
            param.adopt(view)
        else:
            # The copy that comes at first use is read from the file, so that the mapped pages
            # do not count twice.
            param.adopt(view, blob.read)
        # Caffe's HDF5 reader takes values alone.
    if weights.format != "hdf5":
        for param, blob in plan:
            diff = blob.diff()
            if diff is not None:
                param.diff[...] = diff.reshape(param.shape)
