"""The table of a net: every layer with its shapes, parameters and costs."""

from __future__ import annotations

import io
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from caffe_proto.blob import Shape
from caffe_proto.insight.fitting import UNLIMITED
from caffe_proto.net import Net

if TYPE_CHECKING:
    from rich.console import Group
    from rich.text import Text

    from caffe_proto.blob import Parameter

__all__ = ["LayerSummary", "NetSummary", "ParameterSummary", "describe_filler", "summarize"]


@dataclass(frozen=True)
class ParameterSummary:
    """One parameter: shape, count, multipliers, filler, sharing."""

    shape: Shape
    count: int
    lr_mult: float
    decay_mult: float
    filler: str
    name: str
    shared: bool


@dataclass(frozen=True)
class LayerSummary:
    """One layer: blobs with their shapes, parameters, multiply-adds of a forward pass."""

    name: str
    type: str
    bottoms: list[str]
    tops: list[str]
    top_shapes: list[Shape]
    parameters: list[ParameterSummary]
    macs: int

    @property
    def parameter_count(self) -> int:
        """Elements of all parameters, shared ones included."""
        return sum(p.count for p in self.parameters)


@dataclass(frozen=True)
class NetSummary:
    """All layers, and the totals: a shared parameter counts once, an in-place blob too."""

    name: str
    phase: str
    inputs: dict[str, Shape]
    outputs: dict[str, Shape]
    layers: list[LayerSummary]
    parameter_count: int
    macs: int
    parameter_bytes: int
    blob_bytes: int

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON-ready values."""
        result = asdict(self)
        for row, layer in zip(result["layers"], self.layers, strict=True):
            row["parameter_count"] = layer.parameter_count
        return result

    def table(self) -> Group:
        """The summary as a rich renderable."""
        from rich import box
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        from caffe_proto.insight.fitting import Fitting

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for title in ("layer", "type", "bottoms → tops", "output"):
            table.add_column(title, overflow="fold")
        table.add_column("parameters", overflow="fold")
        table.add_column("count", justify="right")
        table.add_column("MACs", justify="right")
        table.add_column("lr / decay", overflow="fold")
        table.add_column("filler", overflow="fold")
        for layer in self.layers:
            if layer.type == "Split":
                continue
            table.add_row(
                Text(layer.name, style="bold"),
                Text(layer.type, style="cyan"),
                Text(flow(layer.bottoms, layer.tops)),
                Text("\n".join(shape_text(s) for s in layer.top_shapes)),
                Text("\n".join(shape_text(p.shape) for p in layer.parameters)),
                count_text(layer.parameter_count) if layer.parameters else "",
                count_text(layer.macs) if layer.macs else "",
                Text("\n".join(f"{p.lr_mult:g} / {p.decay_mult:g}" for p in layer.parameters)),
                Text("\n".join(_origin(p) for p in layer.parameters)),
            )
        splits = sum(layer.type == "Split" for layer in self.layers)
        shown = len(self.layers) - splits
        head = Text()
        head.append(self.name or "(unnamed net)", style="bold")
        head.append(f", {self.phase}: {shown} layer{'s' * (shown != 1)}")
        if splits:
            head.append(f" and {splits} split layer{'s' * (splits > 1)} that Caffe inserts")
        lines = [
            f"inputs   {_blobs_text(self.inputs)}",
            f"outputs  {_blobs_text(self.outputs)}",
            f"total    {count_text(self.parameter_count)} parameters "
            f"({bytes_text(self.parameter_bytes)}), {count_text(self.macs)} MACs, "
            f"{bytes_text(self.blob_bytes)} of blobs",
        ]
        body = Fitting(table, self._lines)
        return Group(head, Text(), body, Text(), Text("\n".join(lines)))

    def _lines(self) -> Text:
        """What the table says, a line a layer and a line a parameter."""
        from rich.text import Text

        text = Text()
        for layer in self.layers:
            if layer.type == "Split":
                continue
            shapes = ", ".join(shape_text(s) for s in layer.top_shapes)
            text.append(layer.name, style="bold").append(" ").append(layer.type, style="cyan")
            text.append(f"  {flow(layer.bottoms, layer.tops)}  {shapes}")
            text.append(f"  {count_text(layer.macs)} MACs\n" if layer.macs else "\n")
            for p in layer.parameters:
                multipliers = f"lr {p.lr_mult:g}, decay {p.decay_mult:g}"
                text.append(f"    {shape_text(p.shape)}  {count_text(p.count)} values  ")
                text.append(f"{multipliers}  {_origin(p)}\n")
        text.rstrip()
        return text

    def to_text(self, width: int = UNLIMITED) -> str:
        """The table as plain text, ``width`` columns at most."""
        from rich.console import Console

        stream = io.StringIO()
        Console(file=stream, width=width, color_system=None, legacy_windows=False).print(
            self.table()
        )
        return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def summarize(net: Net) -> NetSummary:
    """The summary of a built net (no parameter is filled for it)."""
    layers = [
        LayerSummary(
            name=layer.name,
            type=layer.param.type,
            bottoms=list(layer.bottoms),
            tops=list(layer.tops),
            top_shapes=[blob.shape for blob in layer.top_blobs],
            parameters=[_parameter(p) for p in layer.params],
            macs=layer.macs(),
        )
        for layer in net.layers
    ]
    count = sum(p.count for p in net.learnable_params)
    storages = {id(blob.data_storage): blob for blob in net.blob_list}
    return NetSummary(
        name=net.name,
        phase=net.phase,
        inputs=net.input_shapes(),
        outputs={name: net.blobs[name].shape for name in net.outputs},
        layers=layers,
        parameter_count=count,
        macs=sum(layer.macs for layer in layers),
        parameter_bytes=sum(p.count * p.dtype.itemsize for p in net.learnable_params),
        blob_bytes=sum(blob.count * blob.dtype.itemsize for blob in storages.values()),
    )


def _parameter(parameter: Parameter) -> ParameterSummary:
    return ParameterSummary(
        shape=parameter.shape,
        count=parameter.count,
        lr_mult=parameter.lr_mult,
        decay_mult=parameter.decay_mult,
        filler=describe_filler(parameter),
        name=parameter.name,
        shared=parameter.owner is not None,
    )


def describe_filler(parameter: Parameter) -> str:
    """The filler and its settings in one phrase: ``gaussian std=0.01``."""
    filler = parameter.filler
    if filler is None:
        return "fixed"
    words = [filler.type]
    for descriptor, value in filler.ListFields():
        if descriptor.name == "type":
            continue
        if descriptor.enum_type is not None:
            value = descriptor.enum_type.values_by_number[value].name
        words.append(
            f"{descriptor.name}={value:.6g}"
            if isinstance(value, float)
            else f"{descriptor.name}={value}"
        )
    if filler.type == "constant" and len(words) == 1:
        words.append("value=0")
    return " ".join(words)


def flow(bottoms: list[str], tops: list[str]) -> str:
    """``a, b → c`` for a layer's blobs."""
    left, right = ", ".join(bottoms), ", ".join(tops)
    if bottoms == tops and bottoms:
        return f"{left} (in place)"
    return f"{left} → {right}" if left else f"→ {right}"


def shape_text(shape: Shape) -> str:
    """``20×1×5×5``, or ``scalar`` for a blob without axes."""
    return "×".join(map(str, shape)) if shape else "scalar"


def count_text(count: int) -> str:
    """A count with thousands separators up to a million, then with a unit: ``25.6 M``."""
    if count < 1_000_000:
        return f"{count:,}"
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6)):
        if count >= size:
            return f"{count / size:,.2f} {unit}"
    raise AssertionError(count)


def bytes_text(size: int) -> str:
    """Bytes in binary units: ``1.64 MiB``."""
    if size < 1024:
        return f"{size} B"
    power = min(int(math.log(size, 1024)), 4)
    return f"{size / 1024**power:.2f} {('B', 'KiB', 'MiB', 'GiB', 'TiB')[power]}"


def _origin(parameter: ParameterSummary) -> str:
    if parameter.shared:
        return f'shared "{parameter.name}"'
    return parameter.filler + (f' named "{parameter.name}"' if parameter.name else "")


def _blobs_text(shapes: dict[str, Shape]) -> str:
    return ", ".join(f"{name} {shape_text(shape)}" for name, shape in shapes.items()) or "none"
