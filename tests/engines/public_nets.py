"""Every public net in a form that can be run: inputs for data, images of a size worth running."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import caffe_proto as cp
from caffe_proto.schema import caffe_pb2
from caffe_proto.surgery import deploy
from tests.conftest import reference_root
from tests.engines.agreement import is_boxes
from tests.net.test_nets import _replace_data

#: Sizes of images tried where a data layer does not tell: colour, digits, pairs of digits, road
#: scenes.
SIZES = ((1, 3, 224, 224), (1, 1, 28, 28), (1, 2, 28, 28), (1, 3, 360, 480))
#: Shares of the own size of an image, the largest first.
SHARES = (1, 3 / 4, 1 / 2, 3 / 8, 1 / 4, 3 / 16, 1 / 8)
#: Pixels by which networks shrink images, one layer after the other.
STEP = 32
#: A definition for images of one pixel is for images of any size.
ANY_SIZE = 224
#: Regions of interest an image.
REGIONS = 3
#: Parts of the own number of channels, for nets whose definition names the sizes of their images.
PARTS = (2, 4, 8)
#: Numbers of channels that no class, box or anchor has asked for are multiples of this.
WIDTH = 32


@dataclass(frozen=True)
class PublicNet:
    """A net of the collection: its file, and what Caffe's facts say of it, if they do."""

    path: str
    #: Phases that Caffe builds, with stages: "TEST", "TEST+stage"; both without facts.
    states: tuple[str, ...] = ("TEST", "TRAIN")
    #: Data layers with the shapes of what they gave, a state.
    replaced: tuple[tuple[str, Any], ...] | None = None

    def definition(self, root: Path, state: str) -> caffe_pb2.NetParameter:
        """The definition with inputs in the place of data; raises where there is none."""
        message = cp.parse_file(root / "zoo" / self.path)
        if self.replaced is not None:
            _replace_data(message, dict(self.replaced)[state])
        elif not _is_fed(message):
            message = _deployed(message)
        for layer in message.layer:
            if layer.type == "DummyData":
                shapes = list(layer.dummy_data_param.shape)
                layer.type = "Input"
                del layer.input_param.shape[:]
                layer.input_param.shape.extend(shapes)
        return message


@cache
def public_nets() -> tuple[PublicNet, ...]:
    """All nets of the collection; none where it is absent."""
    root = reference_root()
    if root is None:
        return ()
    facts = {}
    for entry in json.loads((root / "golden" / "nets" / "nets.json").read_text()):
        built = {key: entry[key] for key in entry if key.startswith(("TEST", "TRAIN"))}
        replaced = tuple(
            (state, (entry["TEST"] if found == "same" else found).get("replaced", []))
            for state, found in built.items()
        )
        for source in entry["sources"]:
            facts[source.replace("/", "+", 1)] = replaced
    index = json.loads((root / "zoo" / "index.json").read_text())
    return tuple(
        PublicNet(path, tuple(state for state, _ in facts[path]), facts[path])
        if path in facts
        else PublicNet(path)
        for path, known in sorted(index.items())
        if known.get("kind") in (None, "NetParameter")
    )


def _is_fed(message: caffe_pb2.NetParameter) -> bool:
    try:
        cp.build_net(message)
    except cp.CaffeProtoError:
        return False
    return True


def _deployed(message: caffe_pb2.NetParameter) -> caffe_pb2.NetParameter:
    sources = [layer.top[0] for layer in message.layer if layer.top and not layer.bottom]
    fault = None
    for size in (None, *SIZES):
        try:
            net = deploy(message, dict.fromkeys(sources, size) if size else {})
        except cp.CaffeProtoError as refusal:
            fault = fault or refusal
        else:
            return net.definition
    assert fault is not None
    raise fault


def build(
    definition: caffe_pb2.NetParameter,
    state: str,
    batch: int | None,
    share: float = 1,
    part: int = 1,
) -> cp.Net:
    """The net for so many images of this share of their size, with a part of the channels.

    Without a batch it is the own one.
    """
    definition = _copy(definition)
    for layer in definition.layer:
        if layer.type == "Input":
            for name, shape in zip(layer.top, layer.input_param.shape, strict=False):
                shape.dim[:] = _shape(name, shape.dim, batch, share)
        # A few regions do, and each is run through half of the net.
        if layer.type == "Proposal":
            layer.proposal_param.post_nms_topn = REGIONS
        for settings in (layer.convolution_param, layer.inner_product_param):
            # The weights are the test's own: what Caffe would draw takes longer than the test.
            settings.ClearField("weight_filler")
            settings.ClearField("bias_filler")
        if part > 1:
            _narrow(layer, part)
    phase, *stages = state.split("+")
    return cp.build_net(definition, phase=phase, stages=stages)


def _copy(definition: caffe_pb2.NetParameter) -> caffe_pb2.NetParameter:
    copy = caffe_pb2.NetParameter()
    copy.CopyFrom(definition)
    return copy


def _shape(name: str, shape: Sequence[int], batch: int | None, share: float) -> list[int]:
    count, *rest = shape
    if batch is not None:
        count = _rows(name, shape, batch)
    if rest == [3, 1, 1]:
        rest[1:] = [ANY_SIZE, ANY_SIZE]
    if len(rest) == 3:
        rest[1:] = [_share(n, share) for n in rest[1:]]
    return [count, *rest]


def _rows(name: str, shape: Sequence[int], batch: int) -> int:
    """How many rows an input has for so many images."""
    if is_boxes(shape):
        return 1
    return batch * (REGIONS if "rois" in name else 1)


def _share(size: int, share: float) -> int:
    """About this share of a size; what it is above a multiple of STEP stays."""
    if size < 2 * STEP or share == 1:
        return size
    return max(1, round(size // STEP * share)) * STEP + size % STEP


def _narrow(layer: caffe_pb2.LayerParameter, part: int) -> None:
    for settings in (layer.convolution_param, layer.inner_product_param):
        if settings.num_output >= WIDTH and settings.num_output % WIDTH == 0:
            settings.num_output //= part
            if layer.convolution_param.group % part == 0:
                layer.convolution_param.group //= part


def fitting(
    definition: caffe_pb2.NetParameter, state: str, batch: int | None, most: float
) -> cp.Net:
    """The net for the largest images that take at most so many multiply-adds.

    Where none is that small: for the smallest that the net accepts, with as many channels as take
    no more, or the fewest that it can be built with.
    """
    net, smallest = build(definition, state, batch), 1.0
    tries = [(share, 1) for share in SHARES[1:]]
    for share, part in [*tries, *((0, part) for part in PARTS)]:
        if macs(net) <= most:
            break
        try:
            net = build(definition, state, batch, share or smallest, part)
        except cp.BuildError:
            continue
        smallest = share or smallest
    return net


def macs(net: cp.Net) -> int:
    """Multiply-adds of a forward pass."""
    return sum(layer.macs() for layer in net.layers)


def batch_shapes(net: cp.Net, batch: int) -> dict[str, tuple[int, ...]]:
    """The shapes of the inputs for so many images."""
    own = net.input_shapes()
    return {name: (_rows(name, shape, batch), *shape[1:]) for name, shape in own.items() if shape}
