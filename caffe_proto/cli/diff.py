"""``caffe-proto diff``: what differs between two nets, two weights files, or one of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from caffe_proto.cli._common import console, print_json
from caffe_proto.errors import CaffeProtoError, DataError, ParseError

if TYPE_CHECKING:
    from caffe_proto.schema import caffe_pb2
    from caffe_proto.weights import WeightsFile
    from caffe_proto.weights.compare import BlobChange, Comparison, LayerChange

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto diff train_val.prototxt deploy.prototxt
  caffe-proto diff iter_1000.caffemodel iter_2000.caffemodel --rtol 1e-4
  caffe-proto diff deploy.prototxt net.caffemodel     does the file fit the net?
\b
Exit status: 0 nothing differs, 1 something differs, 2 a file cannot be read.
"""


class _Trouble(click.ClickException):
    """A file that cannot be read; 1 already means "different"."""

    exit_code = 2


@dataclass
class _Side:
    """One of the two files."""

    path: Path
    #: The definition in today's form; None for weights without one.
    net: caffe_pb2.NetParameter | None = None
    #: None for a prototxt.
    weights: WeightsFile | None = None
    solver: caffe_pb2.SolverParameter | None = None


@click.command("diff", epilog=EPILOG)
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--atol", default=0.0, show_default=True, help="Absolute tolerance for weights.")
@click.option("--rtol", default=0.0, show_default=True, help="Relative tolerance for weights.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.pass_context
def command(ctx: click.Context, a: Path, b: Path, atol: float, rtol: float, as_json: bool) -> None:
    """What differs from A to B: prototxts, weights files, or one of each.

    Layers are compared by name: those added and removed, settings field by field, shapes, and
    the largest absolute and relative difference of the weights. A prototxt and a weights file
    are compared by what the net's parameters and the file's blobs are; with a caffemodel also by
    the definition that it carries.
    """
    try:
        left, right = _open(a), _open(b)
        result = _compare(left, right, atol, rtol)
    except (CaffeProtoError, OSError) as fault:
        raise _Trouble(str(fault)) from fault
    if as_json:
        print_json(_as_dict(a, b, result))
    else:
        _print(a, b, result)
    ctx.exit(1 if result.different else 0)


# -- reading -------------------------------------------------------------------------------


def _open(path: Path) -> _Side:
    from caffe_proto.weights.caffemodel import parse_caffemodel
    from caffe_proto.weights.read import load_weights
    from caffe_proto.weights.sniff import kind_of
    from caffe_proto.weights.source import Source

    source = Source(path)
    kind = kind_of(source)
    if kind == "prototxt":
        return _open_text(path, bytes(source.bytes))
    weights = parse_caffemodel(source) if kind == "caffemodel" else load_weights(path)
    net = weights.definition(upgrade=True) if weights.define is not None else None
    return _Side(path, net, weights)


def _open_text(path: Path, text: bytes) -> _Side:
    from caffe_proto.prototxt import parse

    try:
        return _Side(path, parse(text, filename=str(path)))
    except ParseError as as_net:
        try:
            return _Side(path, solver=parse(text, "SolverParameter", filename=str(path)))
        except CaffeProtoError:
            raise as_net from None


# -- comparing -----------------------------------------------------------------------------


def _compare(left: _Side, right: _Side, atol: float, rtol: float) -> Comparison:
    from caffe_proto.weights.compare import (
        Comparison,
        compare_messages,
        compare_nets,
        compare_weights,
        without_splits,
    )

    if left.solver is not None or right.solver is not None:
        if left.solver is None or right.solver is None:
            one = left if left.solver is not None else right
            raise click.UsageError(f"{one.path} is a solver's prototxt, the other file is not")
        return Comparison(compare_messages(left.solver, right.solver))
    result = Comparison()
    if left.net is not None and right.net is not None:
        net_a, net_b = left.net, right.net
        # What a built net adds to its definition is no difference from its prototxt.
        if left.weights is None and right.weights is not None:
            net_a, net_b = _as_built(net_a, net_b), without_splits(net_b)
        elif left.weights is not None and right.weights is None:
            net_a, net_b = without_splits(net_a), _as_built(net_b, net_a)
        result.merge(compare_nets(net_a, net_b))
    if left.weights is not None and right.weights is not None:
        result.merge(compare_weights(left.weights, right.weights, atol=atol, rtol=rtol))
    elif left.weights is not None or right.weights is not None:
        result.merge(_compare_fit(left, right))
    return result


def _as_built(net: caffe_pb2.NetParameter, built: caffe_pb2.NetParameter) -> Any:
    """The definition ``net`` with the layers alone that the phase of ``built`` includes."""
    from caffe_proto.net.state import filter_layers
    from caffe_proto.schema import TRAIN
    from caffe_proto.weights.compare import without_splits

    filtered = type(net)()
    filtered.CopyFrom(net)
    phases = [layer.phase for layer in built.layer if layer.HasField("phase")]
    # Snapshots are of nets that train.
    filtered.state.phase = phases[0] if phases else TRAIN
    layers = filter_layers(filtered)
    plain = type(net)(name=net.name)
    plain.layer.extend(layers)
    return without_splits(plain)


def _compare_fit(left: _Side, right: _Side) -> Comparison:
    """The parameters of the net that a prototxt defines beside the blobs of a weights file."""
    from caffe_proto.net import build_net
    from caffe_proto.weights.compare import BlobChange, Comparison, LayerChange
    from caffe_proto.weights.load import shape_equals

    text, file = (left, right) if left.weights is None else (right, left)
    assert file.weights is not None
    try:
        net = build_net(text.path)
    except DataError:
        if file.net is None:
            raise
        # Without its database a data layer has no shapes; the definitions were compared.
        return Comparison()
    flip = text is right
    result = Comparison()
    wanted = {layer.name: layer for layer in net.layers if layer.blobs}
    found = {layer.name: layer for layer in file.weights if layer.blobs}
    for name in dict.fromkeys([*wanted, *found]):
        params = wanted[name].blobs if name in wanted else []
        blobs = {b.index: b for b in found[name].blobs} if name in found else {}
        change = LayerChange(name, wanted[name].param.type if name in wanted else found[name].type)
        if name not in wanted or name not in found:
            change.status = "added" if (name in wanted) == flip else "removed"
        for index in range(max([len(params), *(i + 1 for i in blobs)])):
            shape = tuple(params[index].shape) if index < len(params) else None
            blob = blobs.get(index)
            shared = shape is not None and params[index].owner is not None
            if blob is None and shared and file.weights.format == "hdf5":
                continue
            if shape is not None and blob is not None and shape_equals(shape, blob):
                continue
            shapes = (shape, blob.shape if blob is not None else None)
            change.blobs.append(BlobChange(index, *(shapes[::-1] if flip else shapes)))
        if change.blobs:
            result.layers.append(change)
    return result


# -- printing ------------------------------------------------------------------------------


def _as_dict(a: Path, b: Path, result: Comparison) -> dict[str, Any]:
    from dataclasses import asdict

    layers = [
        {
            "name": layer.name,
            "type": layer.type,
            "status": layer.status,
            "settings": [asdict(setting) for setting in layer.settings],
            "blobs": [asdict(blob) for blob in layer.blobs],
        }
        for layer in result.layers
    ]
    return {
        "a": str(a),
        "b": str(b),
        "different": result.different,
        "net": [asdict(setting) for setting in result.net],
        "layers": layers,
    }


def _print(a: Path, b: Path, result: Comparison) -> None:
    from rich.text import Text

    out = console()
    if not result.different:
        out.print(Text(f"{a} and {b}: nothing differs"), soft_wrap=True)
        return
    lines = [Text(f"--- {a}", "red"), Text(f"+++ {b}", "green")]
    for setting in result.net:
        lines.append(Text(f"  {setting.field}: {_value(setting.a)} -> {_value(setting.b)}"))
    for layer in result.layers:
        lines += _layer_lines(layer)
    for line in lines:
        out.print(line, soft_wrap=True)


def _layer_lines(layer: LayerChange) -> list[Any]:
    from rich.text import Text

    kind = f" ({layer.type})" if layer.type else ""
    mark, style = {"added": ("+", "green"), "removed": ("-", "red")}.get(
        layer.status, ("~", "yellow")
    )
    lines = [Text(f'{mark} layer "{layer.name}"{kind}', style)]
    for setting in layer.settings:
        lines.append(Text(f"    {setting.field}: {_value(setting.a)} -> {_value(setting.b)}"))
    lines += [Text(f"    {_blob_line(blob)}") for blob in layer.blobs]
    return lines


def _blob_line(blob: BlobChange) -> str:
    import math

    from caffe_proto.weights.model import shape_text

    start = f"blob {blob.index}: "
    if blob.shape_a is None or blob.shape_b is None:
        shape = blob.shape_a if blob.shape_a is not None else blob.shape_b
        side = "first" if blob.shape_a is not None else "second"
        return start + f"{shape_text(shape or ())}, only in the {side}"
    if not blob.differing:
        return start + f"shape {shape_text(blob.shape_a)} -> {shape_text(blob.shape_b)}"
    count = math.prod(blob.shape_a)
    return start + (
        f"{shape_text(blob.shape_b)}, {blob.differing} of {count} values differ, "
        f"at most by {blob.max_abs:.4g} (relative {blob.max_rel:.4g})"
    )


def _value(value: Any) -> str:
    if value is None:
        return "(not set)"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) and not value.startswith("{") else str(value)
