"""What differs between two nets and between two sets of weights, layer by layer."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from caffe_proto.prototxt.fields import is_repeated
from caffe_proto.weights.model import BlobView, LayerWeights, WeightsFile
from caffe_proto.weights.statistics import chunks

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2

__all__ = [
    "BlobChange",
    "Comparison",
    "LayerChange",
    "SettingChange",
    "compare_messages",
    "compare_nets",
    "compare_weights",
    "without_splits",
]

Array = npt.NDArray[Any]
T = TypeVar("T")


@dataclass(frozen=True)
class SettingChange:
    """One field with different values; None where it is not set (and has no equal default)."""

    field: str
    a: Any
    b: Any


@dataclass(frozen=True)
class BlobChange:
    """One parameter that differs: only on one side, in its shape, or in ``differing`` values.

    ``max_abs`` is the largest ``|a - b|``, ``max_rel`` the largest ``|a - b| / max(|a|, |b|)``;
    both are NaN where only one of two values is a number.
    """

    index: int
    shape_a: tuple[int, ...] | None
    shape_b: tuple[int, ...] | None
    differing: int = 0
    max_abs: float = 0.0
    max_rel: float = 0.0


@dataclass
class LayerChange:
    """One layer that differs: ``status`` is ``added`` (only in b), ``removed`` or ``changed``."""

    name: str
    type: str
    status: str = "changed"
    settings: list[SettingChange] = field(default_factory=list)
    blobs: list[BlobChange] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is no difference after all."""
        return self.status == "changed" and not self.settings and not self.blobs


@dataclass
class Comparison:
    """All differences: of the net's own settings, and layer by layer."""

    net: list[SettingChange] = field(default_factory=list)
    layers: list[LayerChange] = field(default_factory=list)

    @property
    def different(self) -> bool:
        """Whether there is any difference."""
        return bool(self.net or self.layers)

    def merge(self, other: Comparison) -> None:
        """Take in another comparison of the same two sides."""
        self.net += other.net
        known = {(layer.name, layer.status): layer for layer in self.layers}
        for layer in other.layers:
            mine = known.get((layer.name, layer.status))
            if mine is None:
                self.layers.append(layer)
            else:
                mine.settings += layer.settings
                mine.blobs += layer.blobs


# -- definitions ---------------------------------------------------------------------------


def compare_messages(a: Message, b: Message, prefix: str = "") -> list[SettingChange]:
    """Every field that differs, by its path: ``convolution_param.num_output``.

    A field that is not set equals one that is set to its default.
    """
    changes: list[SettingChange] = []
    fields: Iterable[Any] = a.DESCRIPTOR.fields
    for descriptor in fields:
        name = f"{prefix}{descriptor.name}"
        left, right = getattr(a, descriptor.name), getattr(b, descriptor.name)
        if is_repeated(descriptor):
            changes += _compare_lists(descriptor, name, list(left), list(right))
        elif descriptor.type == FieldDescriptor.TYPE_MESSAGE:
            changes += compare_messages(left, right, f"{name}.")
        elif not _same(left, right):
            changes.append(
                SettingChange(
                    name,
                    _shown(descriptor, left) if a.HasField(descriptor.name) else None,
                    _shown(descriptor, right) if b.HasField(descriptor.name) else None,
                )
            )
    return changes


def _compare_lists(
    descriptor: Any, name: str, left: list[Any], right: list[Any]
) -> list[SettingChange]:
    if descriptor.type != FieldDescriptor.TYPE_MESSAGE:
        if len(left) == len(right) and all(map(_same, left, right)):
            return []
        shown = [[_shown(descriptor, value) for value in side] or None for side in (left, right)]
        return [SettingChange(name, *shown)]
    changes: list[SettingChange] = []
    for i in range(max(len(left), len(right))):
        if i < len(left) and i < len(right):
            changes += compare_messages(left[i], right[i], f"{name}[{i}].")
        else:
            sides = [_one_line(side[i]) if i < len(side) else None for side in (left, right)]
            changes.append(SettingChange(f"{name}[{i}]", *sides))
    return changes


def _same(left: Any, right: Any) -> bool:
    return bool(left == right or (left != left and right != right))


def _one_line(message: Message) -> str:
    text = " ".join(str(message).split())
    return "{ " + text + " }" if text else "{ }"


def _shown(descriptor: Any, value: Any) -> Any:
    """A value as a prototxt writes it."""
    if descriptor.type == FieldDescriptor.TYPE_ENUM:
        found = descriptor.enum_type.values_by_number.get(value)
        return found.name if found is not None else value
    if descriptor.type == FieldDescriptor.TYPE_FLOAT:
        return float(str(np.float32(value)))
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value


def without_splits(net: caffe_pb2.NetParameter) -> caffe_pb2.NetParameter:
    """A copy of the definition in a caffemodel, as its prototxt had it.

    The Split layers that Caffe inserts are gone and their tops called what was split; gone too is
    what layers write into their own definition: the phase, a loss's weight of 1, the multipliers
    of 0 of a BatchNorm.
    """
    out = type(net)()
    out.CopyFrom(net)
    source_of: dict[str, str] = {}
    kept = []
    for layer in out.layer:
        for i, bottom in enumerate(layer.bottom):
            layer.bottom[i] = source_of.get(bottom, bottom)
        if layer.type == "Split" and layer.name.endswith("_split") and layer.bottom:
            source_of.update(dict.fromkeys(layer.top, layer.bottom[0]))
            continue
        layer.ClearField("phase")
        if layer.type.endswith("Loss") and list(layer.loss_weight) == [1]:
            layer.ClearField("loss_weight")
        if layer.type == "BatchNorm" and not any(spec.lr_mult or spec.name for spec in layer.param):
            layer.ClearField("param")
        kept.append(layer)
    layers = [type(layer).FromString(layer.SerializePartialToString()) for layer in kept]
    del out.layer[:]
    out.layer.extend(layers)
    return out


def compare_nets(a: caffe_pb2.NetParameter, b: caffe_pb2.NetParameter) -> Comparison:
    """What differs between two upgraded definitions; layers meet by name, blobs are left out."""
    bare_a, bare_b = _frame(a), _frame(b)
    result = Comparison(compare_messages(bare_a, bare_b))
    left, right = _by_name(a.layer), _by_name(b.layer)
    for key, mine, its in _paired(left, right):
        if mine is None or its is None:
            one = mine if mine is not None else its
            assert one is not None
            status = "added" if mine is None else "removed"
            result.layers.append(LayerChange(key[0], one.type, status))
            continue
        change = LayerChange(key[0], its.type)
        change.settings = [
            setting
            for setting in compare_messages(_bare(mine), _bare(its))
            if setting.field != "name"
        ]
        if not change.is_empty:
            result.layers.append(change)
    common_a = [key for key in left if key in right]
    common_b = [key for key in right if key in left]
    if common_a != common_b:
        moved = next(i for i, (x, y) in enumerate(zip(common_a, common_b, strict=True)) if x != y)
        result.net.append(SettingChange("order of layers", common_a[moved][0], common_b[moved][0]))
    return result


def _frame(net: caffe_pb2.NetParameter) -> caffe_pb2.NetParameter:
    frame = type(net)()
    frame.CopyFrom(net)
    del frame.layer[:]
    return frame


def _bare(layer: caffe_pb2.LayerParameter) -> caffe_pb2.LayerParameter:
    if not layer.blobs:
        return layer
    bare = type(layer)()
    bare.CopyFrom(layer)
    bare.ClearField("blobs")
    return bare


def _by_name(layers: Iterable[T]) -> dict[tuple[str, int], T]:
    """Layers under their name and how often that name came before (TRAIN and TEST data)."""
    found: dict[tuple[str, int], T] = {}
    count: dict[str, int] = {}
    for layer in layers:
        name: str = layer.name  # type: ignore[attr-defined]
        found[name, count.get(name, 0)] = layer
        count[name] = count.get(name, 0) + 1
    return found


K = TypeVar("K", bound=Hashable)


def _paired(left: dict[K, T], right: dict[K, T]) -> Iterator[tuple[K, T | None, T | None]]:
    for key in dict.fromkeys([*left, *right]):
        yield key, left.get(key), right.get(key)


# -- weights -------------------------------------------------------------------------------


def compare_weights(
    a: WeightsFile, b: WeightsFile, *, atol: float = 0.0, rtol: float = 0.0
) -> Comparison:
    """What differs between the blobs of two weights files; layers without blobs do not count.

    Values count as different where ``|a - b| > atol + rtol * |b|``; NaN equals NaN.
    """
    result = Comparison()
    shared = _shared(a) | _shared(b) if "hdf5" in (a.format, b.format) else set()
    left = _by_name(layer for layer in a if layer.blobs)
    right = _by_name(layer for layer in b if layer.blobs)
    for key, mine, its in _paired(left, right):
        one = its if its is not None else mine
        assert one is not None
        status = "added" if mine is None else "removed" if its is None else "changed"
        kind = one.type or (mine.type if mine is not None else "")
        change = LayerChange(key[0], kind, status)
        blobs_a, blobs_b = _by_index(mine), _by_index(its)
        for index, x, y in _paired(blobs_a, blobs_b):
            if (key[0], index) in shared and (x is None or y is None):
                # HDF5 files store a shared parameter at its owner alone.
                continue
            blob = _compare_blobs(index, x, y, atol, rtol)
            if blob is not None:
                change.blobs.append(blob)
        if change.blobs:
            result.layers.append(change)
    return result


def _shared(weights: WeightsFile) -> set[tuple[str, int]]:
    """Layer and index of the parameters that share another's memory, as far as is known."""
    if weights.define is None:
        return set()
    names: set[str] = set()
    found = set()
    for layer in weights.definition(upgrade=True).layer:
        for index, spec in enumerate(layer.param):
            if spec.name and spec.name in names:
                found.add((layer.name, index))
            names.add(spec.name)
    return found


def _by_index(layer: LayerWeights | None) -> dict[int, BlobView]:
    return {} if layer is None else {blob.index: blob for blob in layer.blobs}


def _trimmed(blob: BlobView) -> tuple[int, ...]:
    """The shape; without the ones in front if it is four legacy axes."""
    shape = list(blob.shape)
    while blob.legacy_shape and shape and shape[0] == 1:
        del shape[0]
    return tuple(shape)


def _same_shape(a: BlobView, b: BlobView) -> bool:
    if not a.legacy_shape and not b.legacy_shape:
        return a.shape == b.shape
    old, other = (a, b) if a.legacy_shape else (b, a)
    shape = _trimmed(other) if other.legacy_shape else other.shape
    filled = (1,) * (4 - len(shape)) + shape
    return filled == old.shape


def _compare_blobs(
    index: int, a: BlobView | None, b: BlobView | None, atol: float, rtol: float
) -> BlobChange | None:
    if a is None or b is None:
        return BlobChange(index, a.shape if a else None, b.shape if b else None)
    if not _same_shape(a, b):
        return BlobChange(index, a.shape, b.shape)
    differing, largest, relative = 0, 0.0, 0.0
    for x, y in zip(chunks(a.array()), chunks(b.array()), strict=True):
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            gap = np.abs(x - y)
            same = (x == y) | (np.isnan(x) & np.isnan(y)) | (gap <= atol + rtol * np.abs(y))
            if same.all():
                continue
            differing += int(same.size - np.count_nonzero(same))
            part = gap / np.maximum(np.abs(x), np.abs(y))
        largest = float(np.maximum(largest, gap[~same].max()))
        relative = float(np.maximum(relative, part[~same].max()))
    if not differing:
        return None
    return BlobChange(index, a.shape, b.shape, differing, largest, relative)
