"""V1 nets (2014): ``layers { type: CONVOLUTION blobs_lr: 1 ... }``.

They become today's ``layer { type: "Convolution" param { lr_mult: 1 } ... }``. Rules as in
``upgrade_proto.cpp`` of BVLC Caffe 1.0; the types that forks added to V1 are taken along.
"""

from __future__ import annotations

from caffe_proto.errors import UpgradeError
from caffe_proto.schema import LayerParameter, NetParameter, ParamSpec, V1LayerParameter

__all__ = ["V1_TYPES", "needs_data_upgrade", "upgrade_data_transformation", "upgrade_v1_net"]

#: V1 layer type (name of the enum value) -> type string of today
V1_TYPES = {
    "NONE": "",
    "ABSVAL": "AbsVal",
    "ACCURACY": "Accuracy",
    "ARGMAX": "ArgMax",
    "BNLL": "BNLL",
    "CONCAT": "Concat",
    "CONTRASTIVE_LOSS": "ContrastiveLoss",
    "CONVOLUTION": "Convolution",
    "DATA": "Data",
    "DECONVOLUTION": "Deconvolution",
    "DROPOUT": "Dropout",
    "DUMMY_DATA": "DummyData",
    "ELTWISE": "Eltwise",
    "EUCLIDEAN_LOSS": "EuclideanLoss",
    "EXP": "Exp",
    "FLATTEN": "Flatten",
    "HDF5_DATA": "HDF5Data",
    "HDF5_OUTPUT": "HDF5Output",
    "HINGE_LOSS": "HingeLoss",
    "IM2COL": "Im2col",
    "IMAGE_DATA": "ImageData",
    "INFOGAIN_LOSS": "InfogainLoss",
    "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN",
    "MEMORY_DATA": "MemoryData",
    "MULTINOMIAL_LOGISTIC_LOSS": "MultinomialLogisticLoss",
    "MVN": "MVN",
    "POOLING": "Pooling",
    "POWER": "Power",
    "RELU": "ReLU",
    "SIGMOID": "Sigmoid",
    "SIGMOID_CROSS_ENTROPY_LOSS": "SigmoidCrossEntropyLoss",
    "SILENCE": "Silence",
    "SLICE": "Slice",
    "SOFTMAX": "Softmax",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "SPLIT": "Split",
    "TANH": "TanH",
    "THRESHOLD": "Threshold",
    "WINDOW_DATA": "WindowData",
    # forks
    "BATCH_NORM": "BatchNorm",
    "BN": "BN",
    "CROP": "Crop",
    "ELTWISE_AFFINE": "EltwiseAffine",
    "IMAGE_SEG_DATA": "ImageSegData",
    "INSANITY": "Insanity",
    "LOCAL": "Local",
    "NORMALIZE": "Normalize",
    "RELU6": "ReLU6",
    "ROIPOOLING": "ROIPooling",
    "TRIPLET_LOSS": "TripletLoss",
    "UPSAMPLE": "Upsample",
}

# the layers whose own parameter once held the transformation
_TRANSFORMING = {
    V1LayerParameter.DATA: "data_param",
    V1LayerParameter.IMAGE_DATA: "image_data_param",
    V1LayerParameter.WINDOW_DATA: "window_data_param",
}
_TRANSFORM_FIELDS = ("scale", "mean_file", "crop_size", "mirror")


def needs_data_upgrade(net: NetParameter) -> bool:
    """Whether a V1 data layer still holds its transformation in its own parameter."""
    return any(
        getattr(layer, _TRANSFORMING[layer.type]).HasField(field)
        for layer in net.layers
        if layer.type in _TRANSFORMING
        for field in _TRANSFORM_FIELDS
    )


def upgrade_data_transformation(net: NetParameter) -> list[str]:
    """Move ``scale``, ``mean_file``, ``crop_size`` and ``mirror`` into ``transform_param``."""
    moved = 0
    for layer in net.layers:
        if layer.type not in _TRANSFORMING:
            continue
        source = getattr(layer, _TRANSFORMING[layer.type])
        # Caffe leaves both messages behind, empty or not, on every such layer
        source.SetInParent()
        layer.transform_param.SetInParent()
        for field in _TRANSFORM_FIELDS:
            if source.HasField(field):
                setattr(layer.transform_param, field, getattr(source, field))
                source.ClearField(field)
                moved += 1
    return [f"{moved} transformation fields moved into transform_param"]


def upgrade_v1_net(net: NetParameter) -> list[str]:
    """Turn a V1 net into one of today's, in place; returns what was done.

    Raises ``UpgradeError`` where the net has both ``layer`` and ``layers``.
    """
    if net.layer:
        raise UpgradeError(
            f"the net has both 'layer' ({len(net.layer)}) and 'layers' ({len(net.layers)}) "
            "fields; expected one of them: write every layer the current way, "
            "layer { type: 'Convolution' ... } instead of layers { type: CONVOLUTION ... }"
        )
    for old in net.layers:
        _upgrade_layer(old, net.layer.add())
    steps = [f"{len(net.layers)} layers from V1 to V2"]
    net.ClearField("layers")
    return steps


def _upgrade_layer(old: V1LayerParameter, new: LayerParameter) -> None:
    new.bottom.extend(old.bottom)
    new.top.extend(old.top)
    if old.HasField("name"):
        new.name = old.name
    new.include.extend(old.include)
    new.exclude.extend(old.exclude)
    if old.HasField("type"):
        new.type = V1_TYPES[V1LayerParameter.LayerType.Name(old.type)]
    new.blobs.extend(old.blobs)
    for i, name in enumerate(old.param):
        _spec(new, i).name = name
    for i, mode in enumerate(old.blob_share_mode):
        strict = mode == V1LayerParameter.STRICT
        _spec(new, i).share_mode = ParamSpec.STRICT if strict else ParamSpec.PERMISSIVE
    for i, lr_mult in enumerate(old.blobs_lr):
        _spec(new, i).lr_mult = lr_mult
    for i, decay_mult in enumerate(old.weight_decay):
        _spec(new, i).decay_mult = decay_mult
    new.loss_weight.extend(old.loss_weight)
    for field, value in old.ListFields():
        if field.name.endswith("_param"):
            getattr(new, field.name).CopyFrom(value)


def _spec(layer: LayerParameter, index: int) -> ParamSpec:
    while len(layer.param) <= index:
        layer.param.add()
    return layer.param[index]
