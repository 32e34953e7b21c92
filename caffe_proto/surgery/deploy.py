"""From a training net to the net that answers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from caffe_proto.blob import Shape
from caffe_proto.errors import BuildError
from caffe_proto.net import Net, build_net, read_net
from caffe_proto.net.source import Source
from caffe_proto.net.state import filter_layers
from caffe_proto.schema import caffe_pb2
from caffe_proto.surgery.model import Model, take_apart

__all__ = ["deploy"]

DATA_TYPES = frozenset(
    {
        "Data",
        "ImageData",
        "HDF5Data",
        "MemoryData",
        "WindowData",
        "AnnotatedData",
        "DummyData",
        "DenseImageData",
        "VideoData",
        "BinSegData",
        "ImageSegData",
    }
)
#: What the answer of a loss is: the layer that turns its first bottom into probabilities.
ANSWERS = {
    "SoftmaxWithLoss": "Softmax",
    "InfogainLoss": "Softmax",
    "SoftmaxWithLossOHEM": "Softmax",
    "SigmoidCrossEntropyLoss": "Sigmoid",
}
#: Layers that only judge or train: gone, what they read becomes an output.
JUDGES = frozenset(
    {
        "Accuracy",
        "SegAccuracy",
        "L1Loss",
        "EuclideanLoss",
        "HingeLoss",
        "ContrastiveLoss",
        "MultinomialLogisticLoss",
        "SmoothL1Loss",
        "SmoothL1LossOHEM",
        "MultiBoxLoss",
        "RegionLoss",
        "CTCLoss",
        "BoxAnnotatorOHEM",
        "DetectionEvaluate",
        "EvalDetection",
        "HDF5Output",
        "Silence",
    }
)


def deploy(
    source: Net | Source,
    shapes: Mapping[str, Sequence[int]] | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    batch: int = 1,
    stages: Sequence[str] = (),
    notes: list[str] | None = None,
) -> Net:
    """The net that answers, from a training definition (``train_val.prototxt``) or a net.

    In the TEST phase, data layers become one Input each (labels go), losses become their answers
    (SoftmaxWithLoss a Softmax called ``prob``, SigmoidCrossEntropyLoss a Sigmoid, others leave
    what they were given), Accuracy and whatever else needs labels goes. The data set need not be
    there: an input's shape is taken from ``shapes`` (blob name → shape), from the net if one is
    given, or from the data layer's own settings (``crop_size``, ``new_height``, ...), with
    ``batch`` images. Weights come from the net or the file ``weights``.

    Raises :class:`BuildError` where a shape cannot be found out.
    """
    if isinstance(source, Net):
        definition = source.definition
        known = {name: blob.shape for name, blob in source.blobs.items()}
        carried = take_apart(source).weights
    else:
        definition, _ = read_net(source)
        known, carried = {}, {}
    state = caffe_pb2.NetState(phase=caffe_pb2.TEST, stage=[*definition.state.stage, *stages])
    resolved = caffe_pb2.NetParameter(state=state)
    resolved.layer.extend(definition.layer)
    model = Model(caffe_pb2.NetParameter(name=definition.name), {})
    layers = filter_layers(resolved)
    layers = [*_sources_of_training(definition, layers), *layers]
    _Deployment(model, known, dict(shapes or {}), batch).run(layers)
    net = build_net(model.definition)
    model.weights = {name: arrays for name, arrays in carried.items() if name in net.params}
    for name in carried.keys() - net.params.keys():
        model.notes.append(f'the weights of "{name}" are not needed')
    if carried:
        net = model.build()
    if weights is not None:
        net.load(weights if isinstance(weights, str) else os.fspath(weights))
    if notes is not None:
        notes.extend(model.notes)
    return net


class _Deployment:
    def __init__(
        self,
        model: Model,
        known: Mapping[str, Shape],
        shapes: Mapping[str, Sequence[int]],
        batch: int,
    ) -> None:
        self.model, self.known, self.shapes, self.batch = model, known, shapes, batch
        self.available: set[str] = set()

    def run(self, layers: Sequence[caffe_pb2.LayerParameter]) -> None:
        losses = sum(layer.type in ANSWERS for layer in layers)
        read = {name for layer in layers for name in layer.bottom}
        for layer in layers:
            if self._is_source(layer):
                self._add_input(layer, read)
            elif layer.type in ANSWERS and layer.bottom[0] in self.available:
                self._add_answer(layer, losses)
            elif layer.type in JUDGES or layer.type in ANSWERS:
                self.model.notes.append(f'removed "{layer.name}" ({layer.type})')
            elif not all(name in self.available for name in layer.bottom):
                missing = next(n for n in layer.bottom if n not in self.available)
                self.model.notes.append(
                    f'removed "{layer.name}" ({layer.type}): it needs "{missing}", which is gone'
                )
            else:
                self._keep(layer)
        if not self.model.definition.layer:
            raise BuildError("nothing is left to deploy: the net has no layer that needs no label")

    def _is_source(self, layer: caffe_pb2.LayerParameter) -> bool:
        if layer.bottom:
            return False
        if layer.type == "DummyData":
            # A constant other than zero is part of the net, not a stand-in for data.
            fillers = layer.dummy_data_param.data_filler
            return not fillers or any(f.type != "constant" or f.value == 0 for f in fillers)
        return layer.type in DATA_TYPES or layer.type == "Python"

    def _keep(self, layer: caffe_pb2.LayerParameter) -> None:
        own = self.model.definition.layer.add()
        own.CopyFrom(layer)
        for name in ("include", "exclude", "loss_weight", "propagate_down", "phase", "blobs"):
            own.ClearField(name)
        if own.type == "Input":
            for top, shape in zip(own.top, own.input_param.shape, strict=False):
                if top in self.shapes:
                    shape.dim[:] = self.shapes[top]
        self.available.update(layer.top)

    def _add_answer(self, loss: caffe_pb2.LayerParameter, losses: int) -> None:
        name = "prob" if losses == 1 and "prob" not in self.available else f"{loss.name}/prob"
        answer = self.model.definition.layer.add(name=name, type=ANSWERS[loss.type])
        answer.bottom.append(loss.bottom[0])
        answer.top.append(name)
        if answer.type == "Softmax":
            axis = loss.softmax_param if loss.type != "InfogainLoss" else loss.infogain_loss_param
            if axis.HasField("axis"):
                answer.softmax_param.axis = axis.axis
        self.available.add(name)
        self.model.notes.append(f'"{loss.name}" ({loss.type}) became "{name}" ({answer.type})')

    def _add_input(self, layer: caffe_pb2.LayerParameter, read: set[str]) -> None:
        top = layer.top[0]
        gone = list(layer.top[1:])
        kept = [name for name in gone if name in self.shapes]
        for name in gone:
            if name not in kept:
                self.model.notes.append(f'"{name}" of "{layer.name}" ({layer.type}) is gone')
        if top not in read and top not in self.shapes:
            return
        for name in (top, *kept):
            shape = self._shape(layer, name)
            made = self.model.definition.layer.add(name=name, type="Input")
            made.top.append(name)
            made.input_param.shape.add(dim=shape)
            self.available.add(name)

    def _shape(self, layer: caffe_pb2.LayerParameter, top: str) -> list[int]:
        if top in self.shapes:
            return [int(n) for n in self.shapes[top]]
        if top in self.known:
            return [self.batch, *self.known[top][1:]]
        found = _from_settings(layer)
        if found is None:
            raise BuildError(
                f'layer "{layer.name}" ({layer.type}): its settings do not tell the shape of '
                f'"{top}". Expected: shapes={{"{top}": (N, C, H, W)}} to say it'
            )
        return [self.batch, *found]


def _sources_of_training(
    definition: caffe_pb2.NetParameter, layers: Sequence[caffe_pb2.LayerParameter]
) -> list[caffe_pb2.LayerParameter]:
    """Data layers of the TRAIN phase that give what the TEST phase reads but does not produce."""
    produced = {name for layer in layers for name in layer.top}
    missing = {name for layer in layers for name in layer.bottom} - produced
    found = []
    for layer in definition.layer:
        if not layer.bottom and missing.intersection(layer.top):
            found.append(layer)
            missing.difference_update(layer.top)
    return found


def _from_settings(layer: caffe_pb2.LayerParameter) -> tuple[int, ...] | None:
    """Channels, height and width as the data layer's settings have them."""
    if layer.type == "MemoryData":
        memory = layer.memory_data_param
        return (memory.channels, memory.height, memory.width)
    if layer.type == "DummyData":
        dummy = layer.dummy_data_param
        if dummy.shape:
            return tuple(dummy.shape[0].dim[1:])
        if dummy.num:
            return (dummy.channels[0], dummy.height[0], dummy.width[0])
        return None
    transform = layer.transform_param
    image = layer.image_data_param
    channels = 3
    if transform.force_gray or (layer.type == "ImageData" and not image.is_color):
        channels = 1
    elif len(transform.mean_value) > 1:
        channels = len(transform.mean_value)
    crop = transform.crop_size or layer.window_data_param.crop_size
    if crop:
        return (channels, crop, crop)
    if transform.resize_param.height and transform.resize_param.width:
        return (channels, transform.resize_param.height, transform.resize_param.width)
    if layer.type == "ImageData" and image.new_height and image.new_width:
        return (channels, image.new_height, image.new_width)
    return None
