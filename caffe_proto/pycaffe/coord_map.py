"""Where a pixel of one top lies in another: how layers shift and scale coordinates.

A map is ``(axis, scale, shift)``: position ``x`` of the one top is at ``scale * x + shift`` of the
other, from the spatial axis after ``axis`` on; pointwise layers have axis None. Fully convolutional
nets find the offsets of their Crop layers with it (Long, Shelhamer, Darrell, Fully Convolutional
Networks for Semantic Segmentation, 2015).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from caffe_proto.errors import CaffeProtoError
from caffe_proto.pycaffe.net_spec import Function, Top
from caffe_proto.pycaffe.net_spec import layers as L

__all__ = [
    "PASS_THROUGH_LAYERS",
    "AxisMismatchException",
    "UndefinedMapException",
    "compose",
    "conv_params",
    "coord_map",
    "coord_map_from_to",
    "crop",
    "crop_params",
    "inverse",
]

#: Axis (None: any), scale, shift; numbers, or one a spatial axis.
Map = tuple[Any, Any, Any]

PASS_THROUGH_LAYERS = [
    "AbsVal",
    "BatchNorm",
    "Bias",
    "BNLL",
    "Dropout",
    "Eltwise",
    "ELU",
    "Log",
    "LRN",
    "Exp",
    "MVN",
    "Power",
    "ReLU",
    "PReLU",
    "Scale",
    "Sigmoid",
    "Split",
    "TanH",
    "Threshold",
]

_LEGACY = ("kernel_h", "kernel_w", "stride_h", "stride_w", "pad_h", "pad_w")


class UndefinedMapException(CaffeProtoError):
    """A layer that keeps no relation between places, such as InnerProduct."""


class AxisMismatchException(CaffeProtoError):
    """Maps over different axes, which cannot follow each other."""


class LegacySettingsError(CaffeProtoError, AssertionError):
    """Settings for height and width apart, which a map is not worked out from."""


class CropError(CaffeProtoError, AssertionError):
    """Tops that no Crop layer brings to each other."""


class UnconnectedError(CaffeProtoError, RuntimeError):
    """Tops that no chain of spatial layers connects."""


class MissingSettingError(UndefinedMapException, KeyError):
    """A window whose size the settings do not give."""

    def __str__(self) -> str:
        return str(self.args[0])


def conv_params(fn: Function) -> tuple[int, Any, Any, Any]:
    """Axis, stride, extent of the (dilated) kernel and padding of a layer with windows."""
    settings = fn.params.get("convolution_param", fn.params.get("pooling_param", fn.params))
    legacy = [name for name in _LEGACY if name in settings or name in fn.params]
    if legacy:
        raise LegacySettingsError(
            f"{fn.type_name} is set by {', '.join(legacy)}, which a coordinate map does not "
            "support. Expected: kernel_size, stride, pad as lists, one number an axis"
        )
    if "kernel_size" not in settings:
        raise MissingSettingError(
            f"{fn.type_name} has no kernel_size (global pooling has none), "
            "so it maps no coordinates"
        )
    kernel = np.array(settings["kernel_size"], ndmin=1)
    dilation = np.array(settings.get("dilation", 1), ndmin=1)
    return (
        settings.get("axis", 1),
        np.array(settings.get("stride", 1), ndmin=1),
        (kernel - 1) * dilation + 1,
        np.array(settings.get("pad", 0), ndmin=1),
    )


def crop_params(fn: Function) -> tuple[int, Any]:
    """Axis (2 unless set) and offsets of a Crop layer."""
    settings = fn.params.get("crop_param", fn.params)
    return settings.get("axis", 2), np.array(settings.get("offset", 0), ndmin=1)


def coord_map(fn: Function) -> Map:
    """The map of one layer, from its bottoms to its tops.

    Raises :class:`UndefinedMapException` for a type that keeps no places.
    """
    if fn.type_name in ("Convolution", "Pooling", "Im2col"):
        axis, stride, extent, pad = conv_params(fn)
        return axis, 1 / stride, (pad - (extent - 1) / 2) / stride
    if fn.type_name == "Deconvolution":
        axis, stride, extent, pad = conv_params(fn)
        return axis, stride, (extent - 1) / 2 - pad
    if fn.type_name in PASS_THROUGH_LAYERS:
        return None, 1, 0
    if fn.type_name == "Crop":
        axis, offset = crop_params(fn)
        # Crop counts the first axis that it cuts, a map the last one before the places.
        return axis - 1, 1, -offset
    raise UndefinedMapException(f"{fn.type_name} has no coordinate map")


def compose(base_map: Map, next_map: Map) -> Map:
    """The map that is ``base_map`` after ``next_map``.

    Raises :class:`AxisMismatchException` where both have axes and these differ.
    """
    base_axis, base_scale, base_shift = base_map
    next_axis, next_scale, next_shift = next_map
    if base_axis is not None and next_axis is not None and base_axis != next_axis:
        raise AxisMismatchException(
            f"a map over the axes after {base_axis} cannot follow one after {next_axis}"
        )
    axis = next_axis if base_axis is None else base_axis
    return axis, base_scale * next_scale, base_scale * next_shift + base_shift


def inverse(coord_map: Map) -> Map:
    """The map back: from the second top to the first."""
    axis, scale, shift = coord_map
    return axis, 1 / scale, -shift / scale


def _walk(start: Top, until: dict[Top, Map]) -> tuple[dict[Top, Map], Top | None]:
    """Maps from the tops behind ``start`` to it; stops at the first that is in ``until``."""
    maps: dict[Top, Map] = {start: (None, 1, 0)}
    waiting = [start]
    while waiting:
        top = waiting.pop()
        if top in until:
            return maps, top
        try:
            step = coord_map(top.fn)
        except UndefinedMapException:
            continue
        # The second bottom of a Crop gives a size, not values.
        bottoms = top.fn.inputs[:1] if top.fn.type_name == "Crop" else top.fn.inputs
        for bottom in bottoms:
            if bottom not in maps:
                maps[bottom] = compose(maps[top], step)
                waiting.append(bottom)
    return maps, None


def coord_map_from_to(top_from: Top, top_to: Top) -> Map:
    """The map ``(axis, scale, shift)`` from ``top_from`` to ``top_to``.

    Raises :class:`RuntimeError` where they have no common origin through spatial layers.
    """
    from_maps, _ = _walk(top_from, {})
    to_maps, common = _walk(top_to, from_maps)
    if common is None:
        raise UnconnectedError(
            f"no coordinate map between the tops of {top_from.fn.type_name} and "
            f"{top_to.fn.type_name}: no spatial layers connect them with a common bottom"
        )
    return compose(to_maps[common], inverse(from_maps[common]))


def crop(top_from: Top, top_to: Top) -> Top:
    """A Crop layer that cuts ``top_from`` to the size of ``top_to``, with the right offset.

    Raises :class:`AssertionError` where the scales differ, or the offset is negative or not whole.
    """
    axis, scale, shift = coord_map_from_to(top_from, top_to)
    if axis is None:
        raise CropError("the two tops have the same places already; nothing has to be cropped")
    if not np.all(scale == 1):
        raise CropError(f"cannot crop: the scales of the two tops differ by {scale}. Expected: 1")
    if not np.all(shift <= 0):
        raise CropError(f"cannot crop by a negative offset: {-shift}")
    if not np.all(np.round(shift) == shift):
        raise CropError(f"cannot crop by a part of a pixel: the offset is {-shift}")
    offset = [int(n) for n in -np.round(np.atleast_1d(shift))]
    made: Top = L.Crop(top_from, top_to, crop_param={"axis": axis + 1, "offset": offset})
    return made
