"""``cv2.dnn`` for Caffe models: the names and habits of OpenCV 4, which OpenCV 5 dropped.

Instead of ``import cv2`` … ``cv2.dnn`` write::

    from caffe_proto import cv2dnn

    net = cv2dnn.readNetFromCaffe("deploy.prototxt", "model.caffemodel")
    net.setInput(cv2dnn.blobFromImage(image, 1.0, (300, 300), (104, 177, 123)))
    detections = net.forward()

Names, arguments, shapes and values are OpenCV's (which differ from Caffe's in DetectionOutput and
PriorBox; see :mod:`caffe_proto.cv2dnn_layers`); layers of the TRAIN phase are left out, as in
Caffe. Everything runs on the CPU: backends and targets
are accepted and ignored. Faults are raised as :class:`caffe_proto.CaffeProtoError`.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from caffe_proto import cv2dnn_layers, vision
from caffe_proto.blob import Array
from caffe_proto.errors import BuildError, did_you_mean
from caffe_proto.layers import boxes as box_math
from caffe_proto.layers.base import Layer as _Layer
from caffe_proto.net import Net as _Net
from caffe_proto.net import build_net
from caffe_proto.net.state import filter_layers
from caffe_proto.schema import caffe_pb2

__all__ = [
    "CV_8U",
    "CV_32F",
    "DNN_BACKEND_CANN",
    "DNN_BACKEND_CUDA",
    "DNN_BACKEND_DEFAULT",
    "DNN_BACKEND_HALIDE",
    "DNN_BACKEND_INFERENCE_ENGINE",
    "DNN_BACKEND_OPENCV",
    "DNN_BACKEND_TIMVX",
    "DNN_BACKEND_VKCOM",
    "DNN_BACKEND_WEBNN",
    "DNN_TARGET_CPU",
    "DNN_TARGET_CPU_FP16",
    "DNN_TARGET_CUDA",
    "DNN_TARGET_CUDA_FP16",
    "DNN_TARGET_FPGA",
    "DNN_TARGET_HDDL",
    "DNN_TARGET_MYRIAD",
    "DNN_TARGET_NPU",
    "DNN_TARGET_OPENCL",
    "DNN_TARGET_OPENCL_FP16",
    "DNN_TARGET_VULKAN",
    "Layer",
    "NMSBoxes",
    "NMSBoxesBatched",
    "Net",
    "blobFromImage",
    "blobFromImages",
    "imagesFromBlob",
    "readNet",
    "readNetFromCaffe",
]

DNN_BACKEND_DEFAULT = 0
DNN_BACKEND_HALIDE = 1
DNN_BACKEND_INFERENCE_ENGINE = 2
DNN_BACKEND_OPENCV = 3
DNN_BACKEND_VKCOM = 4
DNN_BACKEND_CUDA = 5
DNN_BACKEND_WEBNN = 6
DNN_BACKEND_TIMVX = 7
DNN_BACKEND_CANN = 8
DNN_TARGET_CPU = 0
DNN_TARGET_OPENCL = 1
DNN_TARGET_OPENCL_FP16 = 2
DNN_TARGET_MYRIAD = 3
DNN_TARGET_VULKAN = 4
DNN_TARGET_FPGA = 5
DNN_TARGET_CUDA = 6
DNN_TARGET_CUDA_FP16 = 7
DNN_TARGET_HDDL = 8
DNN_TARGET_NPU = 9
DNN_TARGET_CPU_FP16 = 10

#: ``ddepth`` of blobs: bytes, or float32.
CV_8U, CV_32F = 0, 5

Scalar = float | Sequence[float]
File = str | os.PathLike[str] | bytes | bytearray | memoryview | Array

# The types that OpenCV computes otherwise.
_REPLACED = ("DetectionOutput", "PriorBox")


class Layer:
    """One layer of a :class:`Net`: ``name``, ``type`` and ``blobs`` (its parameters)."""

    def __init__(self, layer: _Layer | None, name: str) -> None:
        self.name = name
        self.type = "" if layer is None else layer.param.type.removeprefix(cv2dnn_layers.PREFIX)
        self.preferableTarget = DNN_TARGET_CPU
        self._layer = layer

    @property
    def blobs(self) -> list[Array]:
        """Copies of the parameters; one-dimensional ones are columns, as in OpenCV."""
        return [] if self._layer is None else [_column(p.data.copy()) for p in self._layer.params]

    def outputNameToIndex(self, outputName: str) -> int:
        """Always 0: layers from Caffe name their outputs by number."""
        return 0

    def __repr__(self) -> str:
        return f"<dnn layer {self.name!r} ({self.type})>"


class Net:
    """A net with the methods of ``cv2.dnn.Net``; :func:`readNetFromCaffe` makes it.

    ``net.caffe`` is the :class:`caffe_proto.Net` behind it.
    """

    def __init__(self, definition: caffe_pb2.NetParameter | None = None) -> None:
        self._names: list[str] = []
        self._own_names: dict[str, int] = {}
        self._index: list[int] = []
        self._unread: list[int] = []
        self._inputs: dict[str, Array] = {}
        self._times: Array = np.zeros(0)
        self._fused = True
        self._compiled: Any = None
        self.caffe: _Net | None = None
        if definition is not None:
            self._read(definition)

    def _read(self, definition: caffe_pb2.NetParameter) -> None:
        definition.state.phase = caffe_pb2.TEST
        makers: dict[str, int] = {}
        unread: dict[int, None] = {}
        seen: Counter[str] = Counter()
        layers = filter_layers(definition)
        for layer in layers:
            if layer.type in _REPLACED:
                layer.type = cv2dnn_layers.PREFIX + layer.type
            if layer.type == "Input":
                continue
            # OpenCV calls a Convolution by its top; the layer's own name does here, too.
            name = layer.top[0] if layer.type == "Convolution" and layer.top else layer.name
            again = seen[name]
            seen[name] += 1
            self._names.append(f"{name}_{again}" if again else name)
            self._own_names.setdefault(layer.name, len(self._names))
            number = len(self._names)
            for bottom in layer.bottom:
                unread.pop(makers.get(bottom, 0), None)
            unread[number] = None
            makers.update(dict.fromkeys(layer.top, number))
        self._unread = list(unread)
        self.caffe = build_net(definition)
        # Split layers are the builder's own; in order the others are those of the definition.
        position = 0
        for wanted in layers:
            while self.caffe.layers[position].name != wanted.name:
                position += 1
            if wanted.type != "Input":
                self._index.append(position)
            position += 1
        self._times = np.zeros(len(self._names))

    def _built(self) -> _Net:
        if self.caffe is None:
            raise BuildError("the net is empty. Expected: one from readNetFromCaffe")
        return self.caffe

    def empty(self) -> bool:
        """Whether there are no layers."""
        return not self._names

    # -- input and output ------------------------------------------------------------------

    def setInput(
        self,
        blob: npt.ArrayLike,
        name: str = "",
        scalefactor: float = 1.0,
        mean: Scalar = (),
    ) -> None:
        """Set an input, the first one without a ``name``, to ``scalefactor * (blob - mean)``.

        Another shape than before reshapes the net. Raises :class:`BuildError` where no input has
        the name.
        """
        net = self._built()
        target = name or (net.inputs[0] if net.inputs else "")
        if target not in net.inputs:
            raise BuildError(f'the net has no input "{name}"' + did_you_mean(name, net.inputs))
        values = np.array(blob, np.float32)
        if _scalar(mean, 4).any():
            channels = values.shape[1] if values.ndim > 1 else 1
            values -= _scalar(mean, channels).reshape(-1, *(1,) * max(values.ndim - 2, 0))
        if scalefactor != 1.0:
            values *= np.float32(scalefactor)
        if values.shape != net.blobs[target].shape:
            net.reshape(**{target: values.shape})
        self._inputs[target] = values

    def forward(
        self,
        outputName: str | Iterable[str] | None = None,
        outBlobNames: Iterable[str] | None = None,
    ) -> Any:
        """Run the net; the first output of layer ``outputName``, of the last one without.

        With several names a tuple of arrays, in their order. Raises :class:`BuildError` for a name
        that no layer has.
        """
        if outBlobNames is None:
            if outputName is None or isinstance(outputName, str):
                return self.forwardAndRetrieve([outputName or ""])[0][0]
            outBlobNames = outputName
        return tuple(found[0] for found in self.forwardAndRetrieve(outBlobNames))

    def forwardAndRetrieve(self, outBlobNames: Iterable[str]) -> tuple[tuple[Array, ...], ...]:
        """Run the net; for each named layer all of its outputs."""
        self._built()
        wanted = [self._number(name) if name else len(self._names) for name in outBlobNames]
        self._times[:] = 0
        if self._fused and set(wanted) <= set(self._unread):
            found = self._run_compiled(wanted)
        else:
            found = self._run_layers(wanted)
        return tuple(found[number] for number in wanted)

    def _run_compiled(self, wanted: list[int]) -> dict[int, tuple[Array, ...]]:
        """All of the net at once, fused and on planned memory: only its outputs can be read."""
        net = self._built()
        began = time.perf_counter_ns()
        if self._compiled is None:
            self._compiled = net.compile()
        outputs = self._compiled(**self._inputs)
        self._times[-1] = time.perf_counter_ns() - began
        return {
            number: tuple(outputs[top] for top in net.layers[self._index[number - 1]].tops)
            for number in wanted
        }

    def _run_layers(self, wanted: list[int]) -> dict[int, tuple[Array, ...]]:
        """Layer by layer, as far as needed."""
        net = self._built()
        for name, values in self._inputs.items():
            net.blobs[name].data[...] = values
        found: dict[int, tuple[Array, ...]] = {}
        number, start = 0, 0
        while number < max(wanted):
            number += 1
            stop = self._index[number - 1]
            began = time.perf_counter_ns()
            net.run_forward(start, stop)
            self._times[number - 1] = time.perf_counter_ns() - began
            start = stop + 1
            if number in wanted:
                # Copied now: a later layer may work in place.
                tops = net.layers[stop].top_blobs
                found[number] = tuple(blob.data.copy() for blob in tops)
        return found

    # -- layers ----------------------------------------------------------------------------

    def getLayerNames(self) -> tuple[str, ...]:
        """The names of the layers, without inputs."""
        return tuple(self._names)

    def getLayerId(self, layer: str) -> int:
        """The number of the layer called so, from 1; 0 for ``_input``; -1 where there is none."""
        if layer == "_input":
            return 0
        if layer in self._names:
            return self._names.index(layer) + 1
        return self._own_names.get(layer, -1)

    def getLayer(self, layerId: int | str) -> Layer:
        """The layer of that number or name."""
        number = self._number(layerId)
        if number == 0:
            return Layer(None, "_input")
        return Layer(self._built().layers[self._index[number - 1]], self._names[number - 1])

    def getUnconnectedOutLayers(self) -> npt.NDArray[np.int32]:
        """The numbers of the layers whose outputs no other layer reads."""
        return np.array(self._unread, np.int32)

    def getUnconnectedOutLayersNames(self) -> tuple[str, ...]:
        """The names of the layers whose outputs no other layer reads."""
        return tuple(self._names[number - 1] for number in self._unread)

    def getLayerTypes(self) -> tuple[str, ...]:
        """The types that occur, sorted."""
        return tuple(sorted({self.getLayer(i + 1).type for i in range(len(self._names))}))

    def getLayersCount(self, layerType: str) -> int:
        """How many layers have this type."""
        return sum(self.getLayer(i + 1).type == layerType for i in range(len(self._names)))

    def getParam(self, layer: int | str, numParam: int = 0) -> Array:
        """A copy of parameter ``numParam`` of a layer."""
        parameters = self.getLayer(layer).blobs
        if not 0 <= numParam < len(parameters):
            raise BuildError(
                f'layer "{self.getLayer(layer).name}" has {len(parameters)} parameters. '
                f"Received: {numParam}"
            )
        return parameters[numParam]

    def setParam(self, layer: int | str, numParam: int, blob: npt.ArrayLike) -> None:
        """Set parameter ``numParam`` of a layer to the values of ``blob`` (as many)."""
        self.getParam(layer, numParam)
        found = self._built().layers[self._index[self._number(layer) - 1]]
        parameter = found.params[numParam]
        parameter.data[...] = np.asarray(blob, np.float32).reshape(parameter.shape)
        self._compiled = None

    def _number(self, layer: int | str) -> int:
        number = self.getLayerId(layer) if isinstance(layer, str) else int(layer)
        if not 0 <= number <= len(self._names):
            hint = did_you_mean(layer, self._names) if isinstance(layer, str) else ""
            raise BuildError(f"the net has no layer {layer!r}{hint}")
        return number

    # -- the rest --------------------------------------------------------------------------

    def setInputsNames(self, inputBlobNames: Sequence[str]) -> None:
        """Check that the names are the inputs'; they cannot be changed."""
        net = self._built()
        if list(inputBlobNames) != net.inputs:
            raise BuildError(f"the inputs are {net.inputs}. Received: {list(inputBlobNames)}")

    def setInputShape(self, inputName: str, shape: Sequence[int]) -> None:
        """Give an input another shape."""
        self._built().reshape(**{inputName: tuple(shape)})
        self._inputs.pop(inputName, None)

    def getPerfProfile(self) -> tuple[int, npt.NDArray[np.float64]]:
        """Nanoseconds (OpenCV's ticks) of the last forward: in all, and of each layer.

        Fused layers have no times of their own: all of it stands at the last one then.
        """
        return int(self._times.sum()), self._times.copy()

    def setPreferableBackend(self, backendId: int) -> None:
        """Accepted and ignored: everything is computed by NumPy."""

    def setPreferableTarget(self, targetId: int) -> None:
        """Accepted and ignored: everything runs on the CPU."""

    def enableFusion(self, fusion: bool) -> None:
        """Whether a net of which only outputs are asked for runs compiled (it does by default).

        A compiled net has the weights of its first run, or of the last :meth:`setParam`.
        """
        self._fused = bool(fusion)
        self._compiled = None

    def enableWinograd(self, useWinograd: bool) -> None:
        """Accepted and ignored."""

    def dump(self) -> str:
        """The table that ``caffe-proto show`` prints."""
        return str(self._built().summary())


# -- reading -------------------------------------------------------------------------------------


def readNetFromCaffe(prototxt: File, caffeModel: File = "") -> Net:
    """Read a net: ``prototxt`` and ``caffeModel`` are paths, or buffers with what is in the files.

    Raises :class:`CaffeProtoError` naming file, line and column, or what does not fit.
    """
    from caffe_proto.prototxt import parse, parse_file
    from caffe_proto.weights import load_into, read_caffemodel

    if isinstance(prototxt, (str, os.PathLike)):
        message = parse_file(Path(prototxt))
    else:
        message = parse(_bytes(prototxt).decode("utf-8", "surrogateescape"))
    net = Net(message)
    if isinstance(caffeModel, (str, os.PathLike)):
        if os.fspath(caffeModel):
            net._built().load(Path(caffeModel))
    else:
        content = _bytes(caffeModel)
        if content:
            load_into(net._built(), read_caffemodel(content))
    return net


def readNet(model: File, config: File = "", framework: File = "") -> Net:
    """Read a Caffe net: ``.caffemodel`` and ``.prototxt`` in either order, by their suffixes.

    With buffers: ``readNet("caffe", weights, prototxt)``. Raises :class:`BuildError` for a file of
    another framework.
    """
    if isinstance(model, str) and model.lower() == "caffe" and not isinstance(config, str):
        return readNetFromCaffe(framework, config)
    if isinstance(framework, str) and framework.lower() not in ("", "caffe"):
        raise BuildError(f'only Caffe nets are read here. Received: framework "{framework}"')
    files = [file for file in (model, config) if not isinstance(file, str) or file]
    files.sort(key=lambda file: _suffix(file) == ".caffemodel")
    if not files or _suffix(files[0]) == ".caffemodel":
        raise BuildError("readNet needs a .prototxt, and a .caffemodel for its weights")
    return readNetFromCaffe(*files)


def _suffix(file: File) -> str:
    return Path(file).suffix.lower() if isinstance(file, (str, os.PathLike)) else ""


def _bytes(buffer: Any) -> bytes:
    if isinstance(buffer, np.ndarray):
        return buffer.astype(np.uint8).tobytes()
    return bytes(buffer)


# -- pictures ------------------------------------------------------------------------------------


def blobFromImage(
    image: npt.NDArray[Any],
    scalefactor: float = 1.0,
    size: tuple[int, int] = (0, 0),
    mean: Scalar = (),
    swapRB: bool = False,
    crop: bool = False,
    ddepth: int = CV_32F,
) -> Array:
    """A picture ``(H, W)`` or ``(H, W, C)`` as a blob ``(1, C, H, W)``; as OpenCV's."""
    return blobFromImages([image], scalefactor, size, mean, swapRB, crop, ddepth)


def blobFromImages(
    images: Sequence[npt.NDArray[Any]],
    scalefactor: float = 1.0,
    size: tuple[int, int] = (0, 0),
    mean: Scalar = (),
    swapRB: bool = False,
    crop: bool = False,
    ddepth: int = CV_32F,
) -> Array:
    """Pictures as one blob ``(N, C, H, W)``: resized to ``size`` (width, height), or cropped.

    ``scalefactor * (picture - mean)``, the mean in the order of the blob's channels. With
    ``ddepth`` CV_8U bytes, neither scaled nor shifted.
    """
    pictures = [np.asarray(image) for image in images]
    if not pictures:
        raise BuildError("no pictures")
    channels = pictures[0].shape[2] if pictures[0].ndim == 3 else 1
    shift = _scalar(mean, channels)
    if ddepth == CV_8U and (scalefactor != 1 or shift.any()):
        raise BuildError("a blob of bytes is neither scaled nor shifted. Expected: ddepth CV_32F")
    if not size[0] and not size[1]:
        # Without a size all take the first one's.
        size = (pictures[0].shape[1], pictures[0].shape[0])
    blob = vision.images_to_blob(
        pictures, scalefactor, size, shift if shift.any() else (), swapRB, crop
    )
    return blob.astype(np.uint8) if ddepth == CV_8U else blob


def imagesFromBlob(blob_: npt.NDArray[np.float32]) -> tuple[Array, ...]:
    """The pictures ``(H, W, C)``, or ``(H, W)`` for one channel, of a blob ``(N, C, H, W)``."""
    blob = np.asarray(blob_)
    if blob.ndim != 4:
        raise BuildError(f"a blob of pictures is (N, C, H, W). Received: shape {blob.shape}")
    if blob.shape[1] == 1:
        return tuple(image[0].copy() for image in blob)
    return tuple(np.ascontiguousarray(image.transpose(1, 2, 0)) for image in blob)


# -- boxes ---------------------------------------------------------------------------------------


def NMSBoxes(
    bboxes: npt.ArrayLike,
    scores: npt.ArrayLike,
    score_threshold: float,
    nms_threshold: float,
    eta: float = 1.0,
    top_k: int = 0,
) -> npt.NDArray[np.int32] | tuple[()]:
    """Indices of the boxes (x, y, width, height) that suppression leaves, best first.

    Nothing left is the empty tuple, as in OpenCV.
    """
    boxes = np.asarray(bboxes, np.float64).reshape(-1, 4)
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
    kept = box_math.nms(
        corners,
        np.asarray(scores, np.float32).reshape(-1),
        nms_threshold,
        score_threshold=score_threshold,
        top_k=top_k if top_k > 0 else -1,
        eta=eta,
    )
    return kept.astype(np.int32) if len(kept) else ()


def NMSBoxesBatched(
    bboxes: npt.ArrayLike,
    scores: npt.ArrayLike,
    class_ids: npt.ArrayLike,
    score_threshold: float,
    nms_threshold: float,
    eta: float = 1.0,
    top_k: int = 0,
) -> npt.NDArray[np.int32] | tuple[()]:
    """As :func:`NMSBoxes`, but boxes of different classes do not suppress each other."""
    boxes = np.array(bboxes, np.float64).reshape(-1, 4)
    if len(boxes):
        # Each class is moved to a place of its own.
        reach = (boxes[:, :2] + boxes[:, 2:]).max() - min(float(boxes[:, :2].min()), 0.0) + 1
        boxes[:, :2] += (np.asarray(class_ids, np.float64) * reach)[:, None]
    return NMSBoxes(boxes, scores, score_threshold, nms_threshold, eta, top_k)


def _scalar(values: Scalar, channels: int) -> Array:
    """OpenCV's Scalar for ``channels``: what is not given is 0, also after a single number."""
    given = np.atleast_1d(np.asarray(values, np.float32)).ravel()[:channels]
    return np.pad(given, (0, channels - len(given)))


def _column(values: Array) -> Array:
    return values.reshape(-1, 1) if values.ndim == 1 else values
