"""``.safetensors``: arrays under names, https://huggingface.co/docs/safetensors.

Eight bytes hold the length of a JSON header, which holds every array's type, shape and place in
the bytes that follow. That is little enough to read here, as views of the mapped file and with
every length checked, without one more package to install.
"""

from __future__ import annotations

import json
import math
import os
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from caffe_proto.errors import WeightsError
from caffe_proto.files import replacing
from caffe_proto.weights.model import WeightsFile
from caffe_proto.weights.named import layers_of
from caffe_proto.weights.outgoing import named_arrays, net_name
from caffe_proto.weights.source import DeferredValues, FileValues, Source, Values

__all__ = ["parse_safetensors", "save_safetensors"]

Array = npt.NDArray[Any]

#: The format's own limit on the header.
_MAX_HEADER = 100_000_000

_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "u1",
}
_BFLOAT16 = "BF16"


def parse_safetensors(source: Source) -> WeightsFile:
    """The weights in a safetensors file whose arrays are named ``layer/0``, ``layer/1``.

    Raises :class:`WeightsError` where the header and the bytes do not agree.
    """
    header, start = _header(source)
    metadata = header.pop("__metadata__", {})
    name = metadata.get("name", "") if isinstance(metadata, dict) else ""
    arrays: list[tuple[str, tuple[int, ...], Values]] = []
    places: list[tuple[int, int, str]] = []
    for key, entry in header.items():
        shape, values, begin, end = _entry(source, key, entry, start)
        arrays.append((key, shape, values))
        places.append((begin, end, key))
    _check_places(source, places, source.size - start)
    layers = layers_of(source.name, arrays)
    return WeightsFile(name if isinstance(name, str) else "", layers, "safetensors", source)


def _header(source: Source) -> tuple[dict[str, Any], int]:
    if source.size < 8:
        raise WeightsError(f"{source.name}: {source.size} bytes are no safetensors file")
    length = int.from_bytes(bytes(source.bytes[:8]), "little")
    if length > min(_MAX_HEADER, source.size - 8):
        raise WeightsError(
            f"{source.name}: at byte 0: the header claims {length} bytes, but "
            f"{source.size - 8} are left; the file is cut off or damaged"
        )
    try:
        text = bytes(source.bytes[8 : 8 + length]).decode("utf-8")
        header = json.loads(text, object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError) as error:
        raise WeightsError(f"{source.name}: at byte 8: the header is no JSON: {error}") from None
    if not isinstance(header, dict):
        raise WeightsError(f"{source.name}: at byte 8: the header is no JSON object")
    return header, 8 + length


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name is there twice")
    return result


def _entry(
    source: Source, key: str, entry: Any, start: int
) -> tuple[tuple[int, ...], Values, int, int]:
    where = f'{source.name}: the entry "{key}"'
    if not isinstance(entry, dict):
        raise WeightsError(f"{where} of the header is no object")
    kind, shape, offsets = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    if not isinstance(kind, str) or (kind not in _TYPES and kind != _BFLOAT16):
        known = ", ".join([*_TYPES, _BFLOAT16])
        raise WeightsError(f"{where} has the type {kind!r:.40}; expected one of {known}")
    if not _is_sizes(shape):
        raise WeightsError(f"{where} has no list of sizes as its shape")
    if not _is_sizes(offsets) or len(offsets) != 2:
        raise WeightsError(f"{where} has no two data_offsets")
    begin, end = offsets
    room = source.size - start
    if not begin <= end <= room:
        raise WeightsError(f"{where} lies in bytes {begin} to {end}, but there are {room}")
    dtype = np.dtype("<u2" if kind == _BFLOAT16 else _TYPES[kind])
    count = math.prod(shape)
    if count * dtype.itemsize != end - begin:
        raise WeightsError(
            f"{where} has {end - begin} bytes; its shape {tuple(shape)} of {kind} takes "
            f"{count * dtype.itemsize}"
        )
    at = start + begin
    stored = FileValues(source, dtype, [(at, count, dtype.itemsize)] if count else [], at)
    if kind != _BFLOAT16:
        return tuple(shape), stored, begin, end
    wide = DeferredValues(lambda: _widen(stored.read()), np.float32, count, at, end - begin)
    return tuple(shape), wide, begin, end


def _is_sizes(value: Any) -> TypeGuard[list[int]]:
    return (
        isinstance(value, list)
        and len(value) <= 64
        and all(type(n) is int and 0 <= n < 1 << 62 for n in value)
    )


def _widen(bfloats: Array) -> Array:
    # A bfloat16 is the upper half of a float32.
    wide = bfloats.astype(np.uint32)
    wide <<= np.uint32(16)
    return wide.view(np.float32)


def _check_places(source: Source, places: list[tuple[int, int, str]], room: int) -> None:
    """The arrays must cover the bytes once each, as the format demands."""
    reached = 0
    for begin, end, key in sorted(places):
        if begin != reached:
            what = "overlaps the one before" if begin < reached else "leaves a gap before it"
            raise WeightsError(f'{source.name}: the array "{key}" at {begin} {what}')
        reached = end
    if reached != room:
        raise WeightsError(
            f"{source.name}: the header describes {reached} bytes of arrays; there are {room}"
        )


def save_safetensors(net_or_layers: Any, path: str | os.PathLike[str]) -> None:
    """Write every parameter as float32 under ``layer/index``; the net's name is metadata.

    Raises :class:`WeightsError` where two layers have one name.
    """
    header: dict[str, Any] = {"__metadata__": {"format": "caffe", "name": net_name(net_or_layers)}}
    blobs = []
    at = 0
    for name, blob in named_arrays(net_or_layers, "safetensors"):
        nbytes = 4 * math.prod(blob.shape)
        header[name] = {
            "dtype": "F32",
            "shape": list(blob.shape),
            "data_offsets": [at, at + nbytes],
        }
        at += nbytes
        blobs.append(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    # Spaces behind the JSON align the first array, and with it all of them.
    text += b" " * (-len(text) % 8)
    with replacing(path, WeightsError) as beside, open(beside, "xb") as stream:
        stream.write(len(text).to_bytes(8, "little"))
        stream.write(text)
        for blob in blobs:
            stream.write(np.asarray(blob.data(), "<f4").reshape(-1).view(np.uint8).data)
