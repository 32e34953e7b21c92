"""V0 nets (2013): ``layers { layer { type: "conv" ... } bottom: ... top: ... }``.

Each V0 layer keeps its settings flat in one message; the type decides what ``pad`` or ``source``
means. They become V1 layers, which :mod:`caffe_proto.prototxt.upgrade_v1` takes further. Rules as
in ``upgrade_proto.cpp`` of BVLC Caffe 1.0.
"""

from __future__ import annotations

from caffe_proto.errors import UpgradeError, did_you_mean
from caffe_proto.schema import NetParameter, V1LayerParameter

__all__ = ["is_v0", "upgrade_v0_net"]

_TYPES = {
    "accuracy": V1LayerParameter.ACCURACY,
    "bnll": V1LayerParameter.BNLL,
    "concat": V1LayerParameter.CONCAT,
    "conv": V1LayerParameter.CONVOLUTION,
    "data": V1LayerParameter.DATA,
    "dropout": V1LayerParameter.DROPOUT,
    "euclidean_loss": V1LayerParameter.EUCLIDEAN_LOSS,
    "flatten": V1LayerParameter.FLATTEN,
    "hdf5_data": V1LayerParameter.HDF5_DATA,
    "hdf5_output": V1LayerParameter.HDF5_OUTPUT,
    "im2col": V1LayerParameter.IM2COL,
    "images": V1LayerParameter.IMAGE_DATA,
    "infogain_loss": V1LayerParameter.INFOGAIN_LOSS,
    "innerproduct": V1LayerParameter.INNER_PRODUCT,
    "lrn": V1LayerParameter.LRN,
    "multinomial_logistic_loss": V1LayerParameter.MULTINOMIAL_LOGISTIC_LOSS,
    "pool": V1LayerParameter.POOLING,
    "relu": V1LayerParameter.RELU,
    "sigmoid": V1LayerParameter.SIGMOID,
    "softmax": V1LayerParameter.SOFTMAX,
    "softmax_loss": V1LayerParameter.SOFTMAX_LOSS,
    "split": V1LayerParameter.SPLIT,
    "tanh": V1LayerParameter.TANH,
    "window_data": V1LayerParameter.WINDOW_DATA,
}

_CONV = "convolution_param"
_DENSE = "inner_product_param"
_POOL = "pooling_param"

# V0 field -> {V0 type: (message of the V1 layer, field in it)}; for any other type the field is
# lost, and the result not fully compatible
_FIELDS: dict[str, dict[str, tuple[str, str]]] = {
    "num_output": {"conv": (_CONV, "num_output"), "innerproduct": (_DENSE, "num_output")},
    "biasterm": {"conv": (_CONV, "bias_term"), "innerproduct": (_DENSE, "bias_term")},
    "weight_filler": {"conv": (_CONV, "weight_filler"), "innerproduct": (_DENSE, "weight_filler")},
    "bias_filler": {"conv": (_CONV, "bias_filler"), "innerproduct": (_DENSE, "bias_filler")},
    "pad": {"conv": (_CONV, "pad"), "pool": (_POOL, "pad")},
    "kernelsize": {"conv": (_CONV, "kernel_size"), "pool": (_POOL, "kernel_size")},
    "group": {"conv": (_CONV, "group")},
    "stride": {"conv": (_CONV, "stride"), "pool": (_POOL, "stride")},
    "pool": {"pool": (_POOL, "pool")},
    "dropout_ratio": {"dropout": ("dropout_param", "dropout_ratio")},
    "local_size": {"lrn": ("lrn_param", "local_size")},
    "alpha": {"lrn": ("lrn_param", "alpha")},
    "beta": {"lrn": ("lrn_param", "beta")},
    "k": {"lrn": ("lrn_param", "k")},
    "source": {
        "data": ("data_param", "source"),
        "hdf5_data": ("hdf5_data_param", "source"),
        "images": ("image_data_param", "source"),
        "window_data": ("window_data_param", "source"),
        "infogain_loss": ("infogain_loss_param", "source"),
    },
    "batchsize": {
        "data": ("data_param", "batch_size"),
        "hdf5_data": ("hdf5_data_param", "batch_size"),
        "images": ("image_data_param", "batch_size"),
        "window_data": ("window_data_param", "batch_size"),
    },
    "rand_skip": {
        "data": ("data_param", "rand_skip"),
        "images": ("image_data_param", "rand_skip"),
    },
    "shuffle_images": {"images": ("image_data_param", "shuffle")},
    "new_height": {"images": ("image_data_param", "new_height")},
    "new_width": {"images": ("image_data_param", "new_width")},
    "concat_dim": {"concat": ("concat_param", "concat_dim")},
    "det_fg_threshold": {"window_data": ("window_data_param", "fg_threshold")},
    "det_bg_threshold": {"window_data": ("window_data_param", "bg_threshold")},
    "det_fg_fraction": {"window_data": ("window_data_param", "fg_fraction")},
    "det_context_pad": {"window_data": ("window_data_param", "context_pad")},
    "det_crop_mode": {"window_data": ("window_data_param", "crop_mode")},
}

# these move whatever the type
_TRANSFORM_FIELDS = {
    "scale": "scale",
    "meanfile": "mean_file",
    "cropsize": "crop_size",
    "mirror": "mirror",
}

_KEPT_NET_FIELDS = frozenset({"name", "layers", "input", "input_dim", "force_backward"})


def is_v0(net: NetParameter) -> bool:
    """Whether any of the net's layers is written the V0 way."""
    return any(layer.HasField("layer") for layer in net.layers)


def upgrade_v0_net(net: NetParameter) -> tuple[list[str], list[str]]:
    """Turn a V0 net into a V1 net, in place; returns what was done, and what was lost.

    Raises ``UpgradeError`` for an unknown layer type or bottom, or a padding layer whose output
    is not the single input of a convolution or a pooling.
    """
    steps = [f"{len(net.layers)} layers from V0 to V1"]
    lost: list[str] = []
    dropped = [f.name for f, _ in net.ListFields() if f.name not in _KEPT_NET_FIELDS]
    if dropped:  # Caffe drops them without a word
        steps.append(f"dropped what V0 nets do not have: {', '.join(dropped)}")
    layers = _fold_padding(net)
    if len(layers) < len(net.layers):
        steps.append(f"{len(net.layers) - len(layers)} padding layers folded into their consumers")
    new = NetParameter(input=net.input, input_dim=net.input_dim)
    if net.HasField("name"):
        new.name = net.name
    if net.HasField("force_backward"):
        new.force_backward = net.force_backward
    for old in layers:
        lost.extend(_upgrade_layer(old, new.layers.add()))
    net.Clear()
    net.MergeFrom(new)
    return steps, lost


def _describe(index: int, layer: V1LayerParameter) -> str:
    return f'layers[{index}] "{layer.layer.name}" ({layer.layer.type})'


def _fold_padding(net: NetParameter) -> list[V1LayerParameter]:
    """The layers without the padding layers, whose ``pad`` goes to the layers that read them."""
    # index of the layer that last wrote a blob; -1 for the net's inputs
    producer = dict.fromkeys(net.input, -1)
    kept: list[V1LayerParameter] = []
    for i, layer in enumerate(net.layers):
        if layer.layer.type != "padding":
            copy = V1LayerParameter()
            copy.CopyFrom(layer)
            kept.append(copy)
        for j, bottom in enumerate(layer.bottom):
            if bottom not in producer:
                raise UpgradeError(
                    f'{_describe(i, layer)}: unknown bottom "{bottom}"; expected an input of the '
                    f"net or the top of an earlier layer{did_you_mean(bottom, producer)}"
                )
            if producer[bottom] < 0:
                continue
            source = net.layers[producer[bottom]]
            if source.layer.type == "padding":
                _check_padding(_describe(i, layer), layer, source)
                kept[-1].layer.pad = source.layer.pad
                kept[-1].bottom[j] = source.bottom[0]
        producer.update(dict.fromkeys(layer.top, i))
    return kept


def _check_padding(place: str, layer: V1LayerParameter, source: V1LayerParameter) -> None:
    padding = f'padding layer "{source.layer.name}"'
    if layer.layer.type not in ("conv", "pool"):
        raise UpgradeError(
            f"{place}: reads the {padding}, but type {layer.layer.type!r} takes no padding; "
            "expected conv or pool"
        )
    for what, blobs in (
        (f"{place}: reads the {padding} and has {{}} bottoms", layer.bottom),
        (f"{place}: the {padding} has {{}} bottoms", source.bottom),
        (f"{place}: the {padding} has {{}} tops", source.top),
    ):
        if len(blobs) != 1:
            raise UpgradeError(f"{what.format(len(blobs))}; expected exactly 1")


def _upgrade_layer(old: V1LayerParameter, new: V1LayerParameter) -> list[str]:
    """Fill ``new`` from ``old``; returns the fields that its type has no place for."""
    new.bottom.extend(old.bottom)
    new.top.extend(old.top)
    # a V1 layer among V0 layers keeps nothing but its blobs' names, as in Caffe
    if not old.HasField("layer"):
        return []
    flat = old.layer
    kind = flat.type
    if flat.HasField("name"):
        new.name = flat.name
    if flat.HasField("type"):
        if kind not in _TYPES:
            raise UpgradeError(
                f'layer "{flat.name}": unknown V0 layer type "{kind}"; expected one of '
                f"{', '.join(sorted(_TYPES))}{did_you_mean(kind, _TYPES)}"
            )
        new.type = _TYPES[kind]
    new.blobs.extend(flat.blobs)
    new.blobs_lr.extend(flat.blobs_lr)
    new.weight_decay.extend(flat.weight_decay)
    lost = []
    for field, places in _FIELDS.items():
        if not flat.HasField(field):
            continue
        if kind in places:
            message, target = places[kind]
            _put(getattr(new, message), target, getattr(flat, field))
        else:
            lost.append(f'layer "{flat.name}": unknown parameter {field} for layer type {kind!r}')
    for field, target in _TRANSFORM_FIELDS.items():
        if flat.HasField(field):
            setattr(new.transform_param, target, getattr(flat, field))
    if flat.HasField("hdf5_output_param"):
        if kind == "hdf5_output":
            new.hdf5_output_param.CopyFrom(flat.hdf5_output_param)
        else:
            lost.append(
                f'layer "{flat.name}": unknown parameter hdf5_output_param for layer type {kind!r}'
            )
    return lost


def _put(message: object, field: str, value: object) -> None:
    place = getattr(message, field)
    if hasattr(place, "CopyFrom"):
        place.CopyFrom(value)
    elif hasattr(place, "append"):  # a convolution's pad, kernel_size and stride are lists now
        place.append(value)
    else:
        setattr(message, field, value)
