"""The nets that the benchmarks run, written out as prototxt, with weights drawn by a seed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import caffe_proto as cp

__all__ = ["BATCH", "NETS", "chain", "draw_weights", "face_model", "feed"]


@dataclass
class Definition:
    """A prototxt in the making; each method adds a layer and returns the name of its top."""

    name: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return f'name: "{self.name}"\n' + "\n".join(self.lines) + "\n"

    def add(
        self, kind: str, name: str, bottoms: str | Sequence[str], settings: str = "", top: str = ""
    ) -> str:
        bottoms = [bottoms] if isinstance(bottoms, str) else bottoms
        sides = " ".join(f'bottom: "{b}"' for b in bottoms)
        top = top or name
        self.lines.append(
            f'layer {{ name: "{name}" type: "{kind}" {sides} top: "{top}" {settings} }}'
        )
        return top

    def data(self, *shape: int) -> str:
        dims = " ".join(f"dim: {n}" for n in shape)
        return self.add("Input", "data", [], f"input_param {{ shape {{ {dims} }} }}")

    def conv(
        self,
        name: str,
        bottom: str,
        outputs: int,
        kernel: int,
        stride: int = 1,
        pad: int = 0,
        *,
        group: int = 1,
        bias: bool = True,
        relu: bool = True,
    ) -> str:
        settings = f"num_output: {outputs} kernel_size: {kernel} stride: {stride} pad: {pad}"
        if group > 1:
            settings += f" group: {group}"
        if not bias:
            settings += " bias_term: false"
        self.add("Convolution", name, bottom, f"convolution_param {{ {settings} }}")
        return self.relu(name) if relu else name

    def relu(self, top: str) -> str:
        return self.add("ReLU", f"{top}/relu", top, top=top)

    def norm(self, top: str, *, relu: bool = False, into: str = "") -> str:
        into = into or top
        self.add("BatchNorm", f"{into}/bn", top, top=into)
        self.add("Scale", f"{into}/scale", into, "scale_param { bias_term: true }", top=into)
        return self.relu(into) if relu else into

    def pool(
        self, name: str, bottom: str, kind: str, kernel: int, stride: int, pad: int = 0
    ) -> str:
        settings = f"pool: {kind} kernel_size: {kernel} stride: {stride} pad: {pad}"
        return self.add("Pooling", name, bottom, f"pooling_param {{ {settings} }}")

    def mean(self, name: str, bottom: str) -> str:
        settings = "pooling_param { pool: AVE global_pooling: true }"
        return self.add("Pooling", name, bottom, settings)

    def lrn(self, name: str, bottom: str) -> str:
        settings = "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }"
        return self.add("LRN", name, bottom, settings)

    def inner(self, name: str, bottom: str, outputs: int, *, relu: bool = False) -> str:
        self.add("InnerProduct", name, bottom, f"inner_product_param {{ num_output: {outputs} }}")
        return self.relu(name) if relu else name

    def concat(self, name: str, bottoms: Sequence[str]) -> str:
        return self.add("Concat", name, bottoms)

    def softmax(self, bottom: str) -> str:
        return self.add("Softmax", "prob", bottom)


def lenet() -> str:
    """LeNet for MNIST, as Caffe's example has it."""
    d = Definition("LeNet")
    x = d.conv("conv1", d.data(64, 1, 28, 28), 20, 5, relu=False)
    x = d.conv("conv2", d.pool("pool1", x, "MAX", 2, 2), 50, 5, relu=False)
    x = d.inner("ip1", d.pool("pool2", x, "MAX", 2, 2), 500, relu=True)
    d.softmax(d.inner("ip2", x, 10))
    return d.text


def caffenet() -> str:
    """CaffeNet: AlexNet with pooling before normalization."""
    d = Definition("CaffeNet")
    x = d.conv("conv1", d.data(10, 3, 227, 227), 96, 11, 4)
    x = d.lrn("norm1", d.pool("pool1", x, "MAX", 3, 2))
    x = d.conv("conv2", x, 256, 5, 1, 2, group=2)
    x = d.lrn("norm2", d.pool("pool2", x, "MAX", 3, 2))
    x = d.conv("conv3", x, 384, 3, 1, 1)
    x = d.conv("conv4", x, 384, 3, 1, 1, group=2)
    x = d.conv("conv5", x, 256, 3, 1, 1, group=2)
    x = d.inner("fc6", d.pool("pool5", x, "MAX", 3, 2), 4096, relu=True)
    x = d.inner("fc7", d.add("Dropout", "drop6", x), 4096, relu=True)
    d.softmax(d.inner("fc8", d.add("Dropout", "drop7", x), 1000))
    return d.text


#: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection.
INCEPTIONS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def googlenet() -> str:
    """GoogLeNet (Szegedy et al., 2015) without its auxiliary classifiers."""
    d = Definition("GoogLeNet")
    x = d.conv("conv1", d.data(10, 3, 224, 224), 64, 7, 2, 3)
    x = d.lrn("norm1", d.pool("pool1", x, "MAX", 3, 2))
    x = d.conv("conv2", d.conv("conv2_reduce", x, 64, 1), 192, 3, 1, 1)
    x = d.pool("pool2", d.lrn("norm2", x), "MAX", 3, 2)
    for name, (one, three_in, three, five_in, five, pooled) in INCEPTIONS.items():
        branches = [
            d.conv(f"{name}/1x1", x, one, 1),
            d.conv(f"{name}/3x3", d.conv(f"{name}/3x3_reduce", x, three_in, 1), three, 3, 1, 1),
            d.conv(f"{name}/5x5", d.conv(f"{name}/5x5_reduce", x, five_in, 1), five, 5, 1, 2),
            d.conv(f"{name}/proj", d.pool(f"{name}/pool", x, "MAX", 3, 1, 1), pooled, 1),
        ]
        x = d.concat(name, branches)
        if name in ("3b", "4e"):
            x = d.pool(f"pool{name[0]}", x, "MAX", 3, 2)
    x = d.add("Dropout", "drop", d.pool("pool5", x, "AVE", 7, 1))
    d.softmax(d.inner("classifier", x, 1000))
    return d.text


def squeezenet() -> str:
    """SqueezeNet 1.1 (Iandola et al., 2016)."""
    d = Definition("SqueezeNet 1.1")
    x = d.conv("conv1", d.data(10, 3, 227, 227), 64, 3, 2)
    x = d.pool("pool1", x, "MAX", 3, 2)
    for i, (squeeze, expand) in enumerate(
        [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)], 2
    ):
        x = d.conv(f"fire{i}/squeeze", x, squeeze, 1)
        one, three = (d.conv(f"fire{i}/{k}x{k}", x, expand, k, 1, k // 2) for k in (1, 3))
        x = d.concat(f"fire{i}", [one, three])
        if i in (3, 5):
            x = d.pool(f"pool{i}", x, "MAX", 3, 2)
    x = d.conv("conv10", d.add("Dropout", "drop9", x), 1000, 1)
    d.softmax(d.mean("pool10", x))
    return d.text


def resnet50() -> str:
    """ResNet-50 (He et al., 2015)."""
    d = Definition("ResNet-50")
    x = d.conv("conv1", d.data(1, 3, 224, 224), 64, 7, 2, 3, bias=False, relu=False)
    x = d.pool("pool1", d.norm(x, relu=True), "MAX", 3, 2)
    for stage, (blocks, width) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], 2):
        for block in range(blocks):
            name = f"res{stage}{chr(ord('a') + block)}"
            stride = 2 if stage > 2 and block == 0 else 1
            side = x
            if block == 0:
                side = d.conv(f"{name}_1", x, 4 * width, 1, stride, bias=False, relu=False)
                d.norm(side)
            y = d.conv(f"{name}_2a", x, width, 1, stride, bias=False, relu=False)
            y = d.conv(f"{name}_2b", d.norm(y, relu=True), width, 3, 1, 1, bias=False, relu=False)
            y = d.conv(f"{name}_2c", d.norm(y, relu=True), 4 * width, 1, bias=False, relu=False)
            x = d.relu(d.add("Eltwise", name, [side, d.norm(y)]))
    d.softmax(d.inner("fc1000", d.mean("pool5", x), 1000))
    return d.text


def mobilenet() -> str:
    """MobileNet v1 (Howard et al., 2017)."""
    d = Definition("MobileNet")
    x = d.conv("conv1", d.data(1, 3, 224, 224), 32, 3, 2, 1, bias=False, relu=False)
    d.norm(x, relu=True)
    channels = 32
    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
    plan += [(512, 1)] * 5 + [(1024, 2), (1024, 1)]
    for i, (outputs, stride) in enumerate(plan, 2):
        x = d.conv(f"conv{i}/dw", x, channels, 3, stride, 1, group=channels, bias=False, relu=False)
        d.norm(x, relu=True)
        x = d.conv(f"conv{i}/sep", x, outputs, 1, bias=False, relu=False)
        d.norm(x, relu=True)
        channels = outputs
    d.softmax(d.conv("fc7", d.mean("pool6", x), 1000, 1, relu=False))
    return d.text


def vgg16() -> str:
    """VGG-16 (Simonyan and Zisserman, 2014)."""
    d = Definition("VGG-16")
    x = d.data(1, 3, 224, 224)
    for stage, (outputs, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], 1):
        for i in range(1, count + 1):
            x = d.conv(f"conv{stage}_{i}", x, outputs, 3, 1, 1)
        x = d.pool(f"pool{stage}", x, "MAX", 2, 2)
    for name in ("fc6", "fc7"):
        x = d.add("Dropout", f"{name}/drop", d.inner(name, x, 4096, relu=True))
    d.softmax(d.inner("fc8", x, 1000))
    return d.text


def _residual(
    d: Definition, name: str, x: str, side: str, widths: tuple[int, int], stride: int
) -> str:
    """Two 3x3 convolutions; ``side`` is what is added to them."""
    y = d.conv(f"{name}_1", x, widths[0], 3, stride, 1, bias=False, relu=False)
    y = d.conv(f"{name}_2", d.norm(y, relu=True), widths[1], 3, 1, 1, bias=False, relu=False)
    return d.add("Eltwise", f"{name}_sum", [y, side])


def face() -> str:
    """A single-shot detector on a thin ResNet-10 of 300 x 300 pixels, as OpenCV's for faces is."""
    d = Definition("res10 SSD")
    x = d.norm(d.data(1, 3, 300, 300), into="scaled")
    x = d.conv("conv1", x, 32, 7, 2, 3, relu=False)
    x = d.pool("pool1", d.norm(x, relu=True), "MAX", 3, 2)
    x = _residual(d, "res1", x, x, (32, 32), 1)
    feature: dict[str, str] = {}
    for name, inner, width, stride in (
        ("res2", 128, 128, 2),
        ("res3", 256, 256, 2),
        ("res4", 128, 256, 1),
    ):
        x = d.norm(x, relu=True, into=f"{name}_in")
        if name == "res3":
            feature["a"] = x
        side = d.conv(f"{name}_side", x, width, 1, stride, bias=False, relu=False)
        x = _residual(d, name, x, side, (inner, width), stride)
    feature["b"] = d.norm(x, relu=True, into="last")
    x = feature["b"]
    for key, narrow, wide, stride, pad in (
        ("c", 128, 256, 2, 1),
        ("d", 64, 128, 2, 1),
        ("e", 64, 128, 1, 1),
        ("f", 64, 128, 1, 1),
    ):
        x = d.conv(f"{key}_1", x, narrow, 1)
        x = feature[key] = d.conv(f"{key}_2", x, wide, 3, stride, pad)
    feature["a"] = d.add(
        "Normalize",
        "a_norm",
        feature["a"],
        "norm_param { across_spatial: false channel_shared: false "
        'scale_filler { type: "constant" value: 20 } }',
    )
    joined: dict[str, list[str]] = {"loc": [], "conf": [], "prior": []}
    sizes = (30, 60, 111, 162, 213, 264, 315)
    for i, (key, top) in enumerate(feature.items()):
        ratios = (2,) if key in "aef" else (2, 3)
        boxes = 2 + 2 * len(ratios)
        for part, values in (("loc", 4), ("conf", 2)):
            y = d.conv(f"{key}_{part}", top, boxes * values, 3, 1, 1, relu=False)
            order = "permute_param { order: 0 order: 2 order: 3 order: 1 }"
            joined[part].append(
                d.add("Flatten", f"{y}_flat", d.add("Permute", f"{y}_perm", y, order))
            )
        settings = f"min_size: {sizes[i]} max_size: {sizes[i + 1]} flip: true "
        settings += " ".join(f"aspect_ratio: {r}" for r in ratios)
        settings += " variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2"
        joined["prior"].append(
            d.add("PriorBox", f"{key}_prior", [top, "data"], f"prior_box_param {{ {settings} }}")
        )
    loc, conf = (d.concat(f"mbox_{part}", joined[part]) for part in ("loc", "conf"))
    priors = d.add("Concat", "mbox_prior", joined["prior"], "concat_param { axis: 2 }")
    shape = "reshape_param { shape { dim: 0 dim: -1 dim: 2 } }"
    conf = d.add(
        "Softmax",
        "mbox_prob",
        d.add("Reshape", "mbox_rows", conf, shape),
        "softmax_param { axis: 2 }",
    )
    d.add(
        "DetectionOutput",
        "detection_out",
        [loc, d.add("Flatten", "mbox_flat", conf), priors],
        "detection_output_param { num_classes: 2 background_label_id: 0 keep_top_k: 200 "
        "nms_param { nms_threshold: 0.45 top_k: 400 } code_type: CENTER_SIZE "
        "confidence_threshold: 0.01 }",
    )
    return d.text


def chain(layers: int, channels: int = 16, size: int = 16, batch: int = 1) -> str:
    """3x3 convolutions in a row, for how costs grow."""
    d = Definition(f"chain of {layers}")
    x = d.data(batch, channels, size, size)
    for i in range(layers):
        x = d.conv(f"conv{i}", x, channels, 3, 1, 1)
    return d.text


NETS: dict[str, Callable[[], str]] = {
    "LeNet": lenet,
    "CaffeNet": caffenet,
    "GoogLeNet": googlenet,
    "SqueezeNet 1.1": squeezenet,
    "ResNet-50": resnet50,
    "MobileNet v1": mobilenet,
    "VGG-16": vgg16,
    "res10 SSD face": face,
}
#: Images at a time, as the definitions have them.
BATCH = {"LeNet": 64, "CaffeNet": 10, "GoogLeNet": 10, "SqueezeNet 1.1": 10}


def face_model(reference: Path) -> tuple[Path, Path] | None:
    """Definition and weights of the real face detector, where the reference folder has them."""
    folder = reference / "models" / "face-res10"
    weights = sorted(folder.glob("*.caffemodel"))
    definition = folder / "deploy.prototxt"
    return (definition, weights[0]) if weights and definition.is_file() else None


def draw_weights(net: cp.Net, seed: int = 1) -> None:
    """Weights that keep the signal's size from layer to layer, and BatchNorm statistics."""
    rng = np.random.default_rng(seed)
    for layer in net.layers:
        for index, parameter in enumerate(layer.params):
            values, shape = parameter.data, parameter.shape
            if layer.type == "BatchNorm":
                mean, variance = rng.normal(0, 0.1, shape), rng.uniform(0.5, 1.5, shape)
                values[...] = (mean, variance, 1.0)[index]
            elif layer.type in ("Scale", "Normalize"):
                values[...] = rng.uniform(0.3, 0.6, shape) if index == 0 else 0.1
            elif len(shape) > 1:
                deviation = math.sqrt(2 / math.prod(shape[1:]))
                values[...] = rng.standard_normal(shape, dtype=np.float32) * np.float32(deviation)
            else:
                values[...] = rng.normal(0, 0.1, shape)


def feed(net: cp.Net, seed: int = 2) -> dict[str, np.ndarray]:
    """Values for the net's inputs."""
    rng = np.random.default_rng(seed)
    shapes = net.input_shapes()
    return {n: rng.standard_normal(shape, dtype=np.float32) for n, shape in shapes.items()}
