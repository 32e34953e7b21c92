"""Fold BatchNorm, Scale and Bias into the layer before them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from caffe_proto.blob import Array, Shape
from caffe_proto.layers.batch_norm import LEAST_EPS
from caffe_proto.net import Net
from caffe_proto.schema import caffe_pb2
from caffe_proto.surgery.model import Model, Wiring, shapes_of, take_apart

__all__ = ["fold_batchnorm"]

CONVOLUTIONS = ("Convolution", "DepthwiseConvolution", "ConvolutionDepthwise", "Deconvolution")
FOLDED = ("BatchNorm", "Scale", "Bias", "BN")


@dataclass(frozen=True)
class Affine:
    """``y = factor * x + shift``, one pair a channel, in float64."""

    factor: Array
    shift: Array


class _CannotFold(Exception):
    """Why a pair of layers stays as it is."""


def fold_batchnorm(net: Net, notes: list[str] | None = None) -> Net:
    """A new net in which BatchNorm, Scale and Bias are part of the layer before them.

    After a Convolution, Deconvolution or InnerProduct ``y = W x + b`` a channel-wise
    ``z = a y + c`` is the same as ``z = (a W) x + (a b + c)``: with BatchNorm
    ``a = 1 / sqrt(variance + eps)``, ``c = -mean a``. Outputs are equal up to float32 rounding.

    The layer takes over the name of the last folded layer's top. Left as they are, and listed in
    ``notes`` with the reason: layers whose values somebody else reads too, layers that share
    parameters, BatchNorm on the statistics of the batch (TRAIN).
    """
    model = take_apart(net)
    shapes = shapes_of(net)
    while _fold_one(model, shapes):
        pass
    if notes is not None:
        notes.extend(dict.fromkeys(model.notes))
    return model.build()


def _fold_one(model: Model, shapes: dict[str, tuple[list[Shape], list[Shape]]]) -> bool:
    layers = model.definition.layer
    wiring = Wiring(layers)
    shared = _shared_names(model)
    model.notes.clear()
    for index, layer in enumerate(layers):
        if layer.type not in FOLDED or len(layer.bottom) != 1 or not layer.top:
            continue
        source = wiring.read[index][0].layer
        before = layers[source]
        if before.type not in (*CONVOLUTIONS, "InnerProduct"):
            model.notes.append(
                f'"{layer.name}" ({layer.type}) follows "{before.name}" ({before.type}), which '
                "has no weights to fold it into"
            )
            continue
        try:
            if wiring.only_reader(source) != index or len(before.bottom) != 1:
                raise _CannotFold(f'others read what "{before.name}" gives')
            if shared & {spec.name for spec in (*before.param, *layer.param) if spec.name}:
                raise _CannotFold("they share parameters with other layers")
            bottom = shapes[layer.name][0][0]
            affine = _affine(model, layer, bottom)
            _apply(model, before, affine, bottom)
        except _CannotFold as why:
            model.notes.append(f'"{layer.name}" ({layer.type}) stays behind "{before.name}": {why}')
            continue
        before.top[0] = layer.top[0]
        model.weights.pop(layer.name, None)
        del layers[index]
        return True
    return False


def _shared_names(model: Model) -> set[str]:
    seen: set[str] = set()
    shared: set[str] = set()
    for layer in model.definition.layer:
        for spec in layer.param:
            if spec.name:
                (shared if spec.name in seen else seen).add(spec.name)
    return shared


def _affine(model: Model, layer: caffe_pb2.LayerParameter, bottom: Shape) -> Affine:
    """What ``layer`` does to each channel (axis 1) of its bottom."""
    arrays = [a.astype(np.float64) for a in model.weights.get(layer.name, [])]
    if len(layer.top) > 1:
        raise _CannotFold("it has further tops")
    if layer.type == "BatchNorm":
        return _batch_norm(model, layer, arrays)
    if layer.type == "BN":
        return _bn(layer, arrays, model.phase)
    settings = layer.scale_param if layer.type == "Scale" else layer.bias_param
    if settings.axis not in (1, 1 - len(bottom)) or settings.num_axes not in (1, 0):
        raise _CannotFold("it does not work channel by channel")
    if layer.type == "Scale" and any(
        f.name in ("min_value", "max_value") for f, _ in layer.scale_param.ListFields()
    ):
        raise _CannotFold("its factors are bounded")
    channels = bottom[1]
    first = np.broadcast_to(arrays[0].reshape(-1), (channels,))
    if layer.type == "Bias":
        return Affine(np.ones(channels), first)
    shift = arrays[1].reshape(-1) if len(arrays) > 1 else np.zeros(1)
    return Affine(first, np.broadcast_to(shift, (channels,)))


def _batch_norm(model: Model, layer: caffe_pb2.LayerParameter, arrays: list[Array]) -> Affine:
    param = layer.batch_norm_param
    uses_global = model.phase == "TEST"
    if param.HasField("use_global_stats"):
        uses_global = param.use_global_stats
    if not uses_global:
        raise _CannotFold("it normalizes by the statistics of the batch")
    # The stored sums are divided by the stored factor; a factor of 0 means none was ever added.
    factor = 0.0 if arrays[2][0] == 0 else 1 / arrays[2][0]
    mean, variance = arrays[0] * factor, arrays[1] * factor
    # With a scale of its own, NVCaffe's form, eps is 1e-5 at least.
    eps = max(param.eps, LEAST_EPS) if len(arrays) == 5 else param.eps
    scale = 1 / np.sqrt(variance + eps)
    shift = -mean * scale
    if len(arrays) == 5:
        scale, shift = scale * arrays[3], shift * arrays[3] + arrays[4]
    return Affine(scale, shift)


def _bn(layer: caffe_pb2.LayerParameter, arrays: list[Array], phase: str) -> Affine:
    param = layer.bn_param
    flat = [a.reshape(-1) for a in arrays]
    if len(flat) == 2:
        if param.bn_mode != 1:
            raise _CannotFold("SegNet's LEARN mode normalizes by the statistics of the batch")
        return Affine(flat[0], flat[1])
    if phase != "TEST" and not param.frozen:
        raise _CannotFold("it normalizes by the statistics of the batch")
    slope, bias, mean, variance = flat
    scale = slope / np.sqrt(variance + param.eps)
    return Affine(scale, bias - mean * scale)


def _apply(model: Model, layer: caffe_pb2.LayerParameter, affine: Affine, output: Shape) -> None:
    """Multiply and shift the outputs of ``layer``, whose top has the shape ``output``."""
    weight, *rest = (a.astype(np.float64) for a in model.weights[layer.name])
    channels = len(affine.factor)
    if layer.type == "InnerProduct":
        param = layer.inner_product_param
        if len(output) != 2:
            raise _CannotFold("its channels are not the inner product's outputs")
        factor = affine.factor[None] if param.transpose else affine.factor[:, None]
    else:
        if layer.convolution_param.axis not in (1, 1 - len(output)):
            raise _CannotFold("its channels are not the convolution's outputs")
        factor = affine.factor.reshape(-1, *[1] * (weight.ndim - 1))
        if layer.type == "Deconvolution":
            # The weight is (inputs, outputs of a group, ...): group by group.
            groups = layer.convolution_param.group
            per_group = affine.factor.reshape(groups, 1, -1)
            repeated = np.repeat(per_group, weight.shape[0] // groups, axis=1)
            factor = repeated.reshape(weight.shape[0], -1, *[1] * (weight.ndim - 2))
    bias = rest[0] if rest else np.zeros(channels)
    bias = bias * affine.factor + affine.shift
    message = layer.inner_product_param if layer.type == "InnerProduct" else layer.convolution_param
    message.bias_term = True
    model.weights[layer.name] = [
        (weight * factor).astype(np.float32),
        bias.astype(np.float32),
    ]
