"""Inner products into convolutions, so that a classifier slides over a larger picture."""

from __future__ import annotations

from collections.abc import Iterable

from caffe_proto.blob import Shape
from caffe_proto.errors import BuildError, did_you_mean
from caffe_proto.net import Net
from caffe_proto.schema import caffe_pb2
from caffe_proto.surgery.model import Model, Value, Wiring, shapes_of, take_apart

__all__ = ["fully_convolutional"]

#: Layers that keep every axis, so that (N, K) may become (N, K, 1, 1) through them.
SHAPE_KEEPING = frozenset(
    {
        "ReLU",
        "PReLU",
        "ELU",
        "Sigmoid",
        "TanH",
        "Swish",
        "AbsVal",
        "BNLL",
        "Clip",
        "Exp",
        "Log",
        "Power",
        "Threshold",
        "Dropout",
        "ReLU6",
        "BatchNorm",
        "Scale",
        "Bias",
        "Softmax",
        "Eltwise",
        "Concat",
        "Split",
        "LRN",
    }
)


def fully_convolutional(
    net: Net,
    layers: Iterable[str] | None = None,
    suffix: str = "-conv",
    notes: list[str] | None = None,
) -> Net:
    """A new net whose InnerProduct layers (all, or those named) are Convolutions.

    An inner product over ``(N, C, H, W)`` is a convolution with a kernel as large as the picture:
    the weight ``(K, C H W)`` is read as ``(K, C, H, W)``, and the output ``(N, K)`` becomes
    ``(N, K, 1, 1)``. Given a larger picture (``net.reshape``), the new net answers for every
    position, as in Caffe's net surgery example (Long, Shelhamer, Darrell 2015).

    Converted layers are called ``<name><suffix>``, so that old weights are not loaded into them by
    mistake. Layers that cannot be converted are left, with the reason in ``notes``. Raises
    :class:`BuildError` for a name in ``layers`` that is no InnerProduct layer.
    """
    model = take_apart(net)
    shapes = shapes_of(net)
    candidates = [layer.name for layer in model.definition.layer if layer.type == "InnerProduct"]
    wanted = set(candidates if layers is None else layers)
    for name in wanted:
        if name not in candidates:
            raise BuildError(
                f'"{name}" is no InnerProduct layer{did_you_mean(name, candidates)} '
                f"Those are: {', '.join(candidates) or 'none'}"
            )
    wiring = Wiring(model.definition.layer)
    spatial: set[Value] = set()
    for index, layer in enumerate(model.definition.layer):
        if layer.type == "InnerProduct" and layer.name in wanted:
            kernel = _kernel(shapes[layer.name][0][0], wiring.read[index][0] in spatial)
            if kernel is None or layer.inner_product_param.axis not in (1,):
                model.notes.append(
                    f'"{layer.name}" stays: its bottom {shapes[layer.name][0][0]} has no height '
                    "and width"
                )
                continue
            _convert(model, layer, kernel, layer.name + suffix)
            spatial.add(Value(index, 0))
        elif layer.type in SHAPE_KEEPING and any(v in spatial for v in wiring.read[index]):
            spatial.update(Value(index, top) for top in range(len(layer.top)))
    if notes is not None:
        notes.extend(model.notes)
    return model.build()


def _kernel(bottom: Shape, converted: bool) -> Shape | None:
    """Channels, height and width that the inner product joins; None if there is no picture."""
    if len(bottom) == 4:
        return bottom[1:]
    if len(bottom) == 2 and converted:
        return (bottom[1], 1, 1)
    return None


def _convert(model: Model, layer: caffe_pb2.LayerParameter, kernel: Shape, new_name: str) -> None:
    old = layer.inner_product_param
    weight, *bias = model.weights.pop(layer.name)
    if old.transpose:
        weight = weight.T
    model.weights[new_name] = [weight.reshape(old.num_output, *kernel), *bias]
    layer.name = new_name
    layer.type = "Convolution"
    new = layer.convolution_param
    new.num_output = old.num_output
    if kernel[1] == kernel[2]:
        new.kernel_size.append(kernel[1])
    else:
        new.kernel_h, new.kernel_w = kernel[1:]
    if old.HasField("bias_term"):
        new.bias_term = old.bias_term
    for filler in ("weight_filler", "bias_filler"):
        if old.HasField(filler):
            getattr(new, filler).CopyFrom(getattr(old, filler))
    layer.ClearField("inner_product_param")
