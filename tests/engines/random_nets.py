"""Definitions of small nets put together at random: layers of many kinds on blobs used again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

import caffe_proto as cp
from tests.engines.nets import layer, net

Shape = tuple[int, ...]

#: What a layer does to the blobs that are there: its type, how many bottoms, its settings.
Drawn = tuple[str, Sequence[str], str]


class RandomNet:
    """The text of a net and the shapes of its blobs, grown layer by layer."""

    def __init__(self, seed: int, layers: int = 12) -> None:
        self.rng = np.random.default_rng(seed)
        shape = (self.among(1, 2, 3), self.among(1, 3, 4, 8), *self.rng.integers(5, 15, 2).tolist())
        self.text = net(shape)
        self.shapes: dict[str, Shape] = {"data": shape}
        #: Blobs that are read: Caffe lets nobody change them after that.
        self.read: set[str] = set()
        self.count = 0
        while self.count < layers:
            self.grow()

    # -- drawing -----------------------------------------------------------------------------

    def among(self, *choices: int) -> int:
        """One of the numbers."""
        return int(self.rng.choice(choices))

    def word(self, *choices: str) -> str:
        """One of the words."""
        return str(self.rng.choice(choices))

    def chance(self, probability: float) -> bool:
        """True this often."""
        return bool(self.rng.random() < probability)

    def blob(self, fits: Callable[[Shape], bool] = lambda shape: True) -> str | None:
        """One of the blobs that fit, the late ones rather than the early ones."""
        names = [name for name, shape in self.shapes.items() if fits(shape)]
        if not names:
            return None
        back = min(int(self.rng.exponential(1.5)), len(names) - 1)
        return names[-1 - back]

    # -- layers ------------------------------------------------------------------------------

    def grow(self) -> None:
        """Put one more layer on what is there, if what is drawn fits."""
        kind = self.word(*KINDS)
        put = getattr(self, kind, None)
        bottom = self.blob(_is_image) if kind in OF_IMAGES else self.blob()
        if bottom is None:
            return
        if kind in POINTWISE:
            self.pointwise(kind, bottom, 0.6)
        elif put is not None:
            put(bottom)

    def add(
        self,
        kind: str,
        bottoms: Sequence[str],
        settings: str,
        *,
        tops: int = 1,
        in_place: bool = False,
    ) -> list[str]:
        """Add a layer where its bottoms fit; its tops, or none where they do not."""
        if not bottoms:
            return []
        name = f"{kind.lower()}{self.count}"
        in_place = in_place and bottoms[0] not in self.read
        names = list(bottoms) if in_place else [f"{name}_{i}" for i in range(tops)]
        feeds = dict.fromkeys(bottoms)
        alone = "".join(
            layer(b, "Input", [], b, f"input_param {{ shape {{ {_dims(self.shapes[b])} }} }}")
            for b in feeds
        )
        text = layer(name, kind, bottoms, names, settings)
        try:
            built = cp.build_net(alone + text)
        except cp.BuildError:
            return []
        shapes = {top: built.blobs[top].shape for top in names}
        if any(np.prod(shape) > 20000 or 0 in shape for shape in shapes.values()):
            return []
        self.text += text
        self.count += 1
        self.read.update(set(bottoms) - set(names))
        for top in names:
            # What is changed last is the likeliest to be read next.
            self.shapes.pop(top, None)
            self.shapes[top] = shapes[top]
        return names

    def pointwise(self, kind: str, bottom: str, in_place: float) -> list[str]:
        """Add a layer that works element by element, in place in this share of the cases."""
        settings = POINTWISE[kind](self)
        tops = self.add(kind, [bottom], settings, in_place=self.chance(in_place))
        if "use_global_stats: false" in settings or "power: 2" in settings:
            self.tame(tops)
        return tops

    def tame(self, tops: list[str]) -> None:
        """Leave no room for what cannot be compared further on.

        That is values too large or small for float32, and means that are nothing but noise.
        """
        self.add("ELU", tops, "elu_param { alpha: 0.5 }", in_place=True)
        self.add("TanH", tops, "", in_place=True)

    def Convolution(self, bottom: str) -> None:
        channels = self.shapes[bottom][1]
        kernel = self.among(1, 1, 3, 3, 3, 3, 5, 7)
        group = self.among(*(g for g in (1, 1, 1, 2, 3, 4, channels) if channels % g == 0))
        outputs = group * self.among(1, 2, 3) if group > 1 else self.among(1, 4, 7, 8, 16, 32)
        settings = f"num_output: {outputs} group: {group} "
        if self.chance(0.8):
            settings += f"kernel_size: {kernel} stride: {self.among(1, 1, 1, 2, 3)} "
        else:
            settings += (
                f"kernel_h: {kernel} kernel_w: {self.among(1, 2, 3)} stride_h: 2 stride_w: 1 "
            )
        pad = self.among(0, kernel // 2, kernel // 2, kernel)
        settings += f"pad: {pad} dilation: {self.among(1, 1, 1, 2)} "
        settings += f"bias_term: {self.word('true', 'true', 'false')} "
        kind = "Deconvolution" if self.chance(0.1) else "Convolution"
        tops = self.add(kind, [bottom], f"convolution_param {{ {settings} }}")
        # What follows convolutions in nets that are used.
        for name in ("BatchNorm", "Scale", "ReLU", "PReLU", "Pooling"):
            if tops and self.chance(0.3):
                if name == "Pooling":
                    self.Pooling(tops[0])
                else:
                    tops = self.pointwise(name, tops[0], 0.7) or tops

    def InnerProduct(self, bottom: str) -> None:
        axis = self.among(1, 1, 1, len(self.shapes[bottom]) - 1)
        self.add(
            "InnerProduct",
            [bottom],
            f"inner_product_param {{ num_output: {self.among(1, 5, 16)} axis: {axis} "
            f"transpose: {self.word('false', 'false', 'true')} }}",
        )

    def Pooling(self, bottom: str) -> None:
        method = self.word("MAX", "MAX", "AVE")
        kernel, stride = self.among(2, 2, 3, 3, 5), self.among(1, 2, 2, 3)
        if self.chance(0.15):
            settings = "global_pooling: true"
        else:
            # An average over nothing is no number: such windows are for maxima only.
            stride = min(stride, kernel) if method == "AVE" else stride
            pad = int(self.rng.integers(0, kernel)) if self.chance(0.5) else 0
            settings = f"kernel_size: {kernel} stride: {stride} pad: {pad} "
            settings += "round_mode: FLOOR" if self.chance(0.2) else ""
        tops = self.add("Pooling", [bottom], f"pooling_param {{ pool: {method} {settings} }}")
        if stride > kernel:
            # A window behind the image gives the least number that there is.
            self.tame(tops)

    def LRN(self, bottom: str) -> None:
        region = self.word("ACROSS_CHANNELS", "ACROSS_CHANNELS", "WITHIN_CHANNEL")
        self.add(
            "LRN",
            [bottom],
            f"lrn_param {{ norm_region: {region} local_size: {self.among(1, 3, 5)} "
            f"alpha: {self.word('0.0001', '0.5')} beta: {self.word('0.75', '0.6')} }}",
        )

    def Eltwise(self, bottom: str) -> None:
        same = self.shapes[bottom]
        others = [self.blob(lambda shape: shape == same) for _ in range(self.among(1, 1, 1, 2))]
        bottoms = [bottom, *(str(other) for other in others)]
        settings = f"operation: {self.word('SUM', 'SUM', 'SUM', 'MAX', 'PROD')}"
        if settings.endswith("SUM") and self.chance(0.3):
            settings += " coeff: 0.5" * (len(bottoms) - 1) + " coeff: -1"
        tops = self.add("Eltwise", bottoms, f"eltwise_param {{ {settings} }}")
        if settings.endswith("PROD"):
            self.tame(tops)
        elif self.chance(0.4):
            self.add("ReLU", tops, POINTWISE["ReLU"](self), in_place=True)

    def Concat(self, bottom: str) -> None:
        axis, mine = self.among(1, 1, 1, 1, 0, 2, 3), self.shapes[bottom]

        def fits(shape: Shape) -> bool:
            pairs = enumerate(zip(shape, mine, strict=False))
            return len(shape) == len(mine) and all(a == b for i, (a, b) in pairs if i != axis)

        others = [str(self.blob(fits)) for _ in range(self.among(0, 1, 1, 2, 3))]
        self.add("Concat", [*others, bottom], f"concat_param {{ axis: {axis} }}")

    def Slice(self, bottom: str) -> None:
        axis = self.among(1, 1, 1, 2)
        size = self.shapes[bottom][axis] if axis < len(self.shapes[bottom]) else 0
        if size > 1:
            points = np.unique(self.rng.integers(1, size, 2))
            cuts = " ".join(f"slice_point: {p}" for p in points)
            settings = f"slice_param {{ axis: {axis} {cuts} }}"
            self.add("Slice", [bottom], settings, tops=len(points) + 1)

    def Split(self, bottom: str) -> None:
        self.add("Split", [bottom], "", tops=2)

    def Softmax(self, bottom: str) -> None:
        axis = self.among(1, 1, len(self.shapes[bottom]) - 1)
        self.add("Softmax", [bottom], f"softmax_param {{ axis: {axis} }}")

    def Flatten(self, bottom: str) -> None:
        settings = self.word("", "", "axis: 2", "axis: 1 end_axis: 2")
        self.add("Flatten", [bottom], f"flatten_param {{ {settings} }}")

    def Reshape(self, bottom: str) -> None:
        dims = self.word("0 -1", "0 0 -1", "0 -1 2 1", "0 0 0 -1", "-1 0 1 1", "0 0 -1 1")
        text = " ".join(f"dim: {n}" for n in dims.split())
        self.add("Reshape", [bottom], f"reshape_param {{ shape {{ {text} }} }}")

    def Permute(self, bottom: str) -> None:
        order = self.word("0 2 3 1", "0 2 3 1", "0 1 3 2", "0 3 1 2")
        text = " ".join(f"order: {n}" for n in order.split())
        self.add("Permute", [bottom], f"permute_param {{ {text} }}")

    def Gate(self, bottom: str) -> None:
        """A factor a channel, computed from the image itself."""
        tops = self.add("Pooling", [bottom], "pooling_param { pool: AVE global_pooling: true }")
        tops = self.add("Sigmoid", tops, "", in_place=True)
        tops = self.add("Flatten", tops, "")
        self.add("Scale", [bottom, *tops], "scale_param { axis: 0 }")

    def Crop(self, bottom: str) -> None:
        mine = self.shapes[bottom]
        smaller = self.blob(
            lambda shape: (
                _is_image(shape) and all(a <= b for a, b in zip(shape[2:], mine[2:], strict=True))
            )
        )
        if smaller is not None:
            self.add("Crop", [bottom, smaller], "crop_param { axis: 2 }")

    def MVN(self, bottom: str) -> None:
        if np.prod(self.shapes[bottom][2:]) > 6:
            flags = f"across_channels: {self.word('false', 'true')}"
            tops = self.add("MVN", [bottom], f"mvn_param {{ {flags} eps: 0.1 }}")
            self.tame(tops)

    def Tile(self, bottom: str) -> None:
        self.add("Tile", [bottom], f"tile_param {{ axis: {self.among(1, 2)} tiles: 2 }}")

    def Reduction(self, bottom: str) -> None:
        if self.chance(0.3):
            self.add("Reduction", [bottom], "reduction_param { operation: MEAN axis: 1 }")

    def Normalize(self, bottom: str) -> None:
        settings = f"across_spatial: {self.word('false', 'true')}"
        self.add("Normalize", [bottom], f"norm_param {{ {settings} }}")


#: Layers that give each element, or each channel, another value; they may work in place.
POINTWISE: dict[str, Callable[[RandomNet], str]] = {
    "ReLU": lambda r: r.word("", "", "relu_param { negative_slope: 0.1 }"),
    "PReLU": lambda r: r.word("", "prelu_param { channel_shared: true }"),
    "ELU": lambda r: r.word("", "elu_param { alpha: 0.3 }"),
    "Sigmoid": lambda r: "",
    "TanH": lambda r: "",
    "AbsVal": lambda r: "",
    "BNLL": lambda r: "",
    "Power": lambda r: r.word(
        "power_param { scale: 0.5 shift: 0.3 }",
        "power_param { shift: -1 }",
        "power_param { scale: 0 shift: 2 }",
        "power_param { power: 2 scale: 0.3 }",
    ),
    "BatchNorm": lambda r: r.word(
        "", "", "", "batch_norm_param { use_global_stats: false eps: 0.01 }"
    ),
    "Scale": lambda r: r.word(
        "", "scale_param { bias_term: true }", "scale_param { axis: 0 num_axes: 0 }"
    ),
    "Bias": lambda r: "",
    "Dropout": lambda r: r.word("", "dropout_param { dropout_ratio: 0.2 }"),
}
#: What is drawn, as often as it is here.
KINDS = (
    *(["Convolution"] * 10),
    *(["Pooling", "Eltwise", "Concat", "BatchNorm", "Scale", "ReLU", "Slice"] * 3),
    *(["InnerProduct", "LRN", "Softmax", "Flatten", "Reshape", "Permute", "Gate", "Split"] * 1),
    *("PReLU", "ELU", "Sigmoid", "TanH", "Power", "Bias", "Dropout", "AbsVal", "BNLL"),
    *("Crop", "MVN", "Tile", "Reduction", "Normalize"),
)
OF_IMAGES = frozenset({"Convolution", "Pooling", "LRN", "Gate", "Crop", "MVN", "Normalize"})


def _is_image(shape: Shape) -> bool:
    return len(shape) == 4


def _dims(shape: Shape) -> str:
    return " ".join(f"dim: {n}" for n in shape)
