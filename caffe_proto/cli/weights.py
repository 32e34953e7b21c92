"""``caffe-proto weights``: what a weights file holds, without its prototxt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from caffe_proto.cli._common import console, print_json

if TYPE_CHECKING:
    from typing import TypeAlias

    from rich.table import Table
    from rich.text import Text

    from caffe_proto.weights import WeightsFile
    from caffe_proto.weights.model import BlobView, LayerWeights
    from caffe_proto.weights.statistics import Statistics

    Rows: TypeAlias = list[tuple[LayerWeights, list[tuple[BlobView, Statistics]]]]

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto weights lenet.caffemodel
  caffe-proto weights lenet.caffemodel --json | jq '.layers[].blobs[].shape'
  caffe-proto weights lenet.caffemodel --extract-prototxt -o lenet.prototxt
"""


@click.command("weights", epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option(
    "--extract-prototxt",
    "extract",
    is_flag=True,
    help="Print the net's definition that a caffemodel carries.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where --extract-prototxt writes to, instead of printing.",
)
def command(file: Path, as_json: bool, extract: bool, output: Path | None) -> None:
    """What FILE holds: layers, types, every blob's shape, mean, std, min, max and size.

    FILE is a .caffemodel, .caffemodel.h5, .npz or .safetensors; its content decides.
    """
    from caffe_proto.weights import load_weights

    if output is not None and not extract:
        raise click.UsageError("-o belongs to --extract-prototxt")
    if extract and as_json:
        raise click.UsageError("--extract-prototxt prints a prototxt; leave --json out")
    weights = load_weights(file)
    if extract:
        _extract(weights, output)
    elif as_json:
        print_json(_as_dict(weights))
    else:
        _print_table(weights)


def _extract(weights: WeightsFile, output: Path | None) -> None:
    from caffe_proto.files import replacing
    from caffe_proto.prototxt import to_prototxt

    text = to_prototxt(weights.definition())
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    with replacing(output) as beside:
        beside.write_text(text, encoding="utf-8")


def _as_dict(weights: WeightsFile) -> dict[str, Any]:
    from caffe_proto.weights.statistics import blob_statistics

    layers = [
        {
            "name": layer.name,
            "type": layer.type,
            "blobs": [
                {
                    "index": blob.index,
                    "shape": list(blob.shape),
                    "legacy_shape": blob.legacy_shape,
                    "dtype": str(blob.dtype),
                    "count": blob.count,
                    "offset": blob.offset,
                    "nbytes": blob.nbytes,
                    "has_diff": blob.diff_values is not None,
                    **blob_statistics(blob).to_dict(),
                }
                for blob in layer.blobs
            ],
        }
        for layer in weights.layers
    ]
    return {
        "file": weights.filename,
        "format": weights.format,
        "name": weights.name,
        "file_size": weights.source.size if weights.source is not None else 0,
        "parameter_count": sum(blob.count for layer in weights for blob in layer.blobs),
        "layers": layers,
    }


def _print_table(weights: WeightsFile) -> None:
    from rich.markup import escape

    from caffe_proto.insight.fitting import Fitting
    from caffe_proto.weights.statistics import blob_statistics

    found = [(layer, [(blob, blob_statistics(blob)) for blob in layer.blobs]) for layer in weights]
    out = console()
    out.print(escape(_title(weights)), soft_wrap=True)
    out.print(Fitting(_columns(found), lambda: _lines(found)))


def _columns(layers: Rows) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from caffe_proto.weights.model import shape_text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("layer", "type"):
        table.add_column(heading, no_wrap=True)
    for heading in ("blob", "shape", "mean", "std", "min", "max", "size"):
        table.add_column(heading, justify="right", no_wrap=True)
    for layer, blobs in layers:
        names = [Text(layer.name, style="bold"), Text(layer.type, style="cyan")]
        if not blobs:
            table.add_row(*names)
        for blob, found in blobs:
            numbers = [f"{x:.4g}" for x in (found.mean, found.std, found.min, found.max)]
            if found.nonfinite:
                numbers[-1] += f" (+{found.nonfinite} not finite)"
            table.add_row(
                *names, str(blob.index), shape_text(blob.shape), *numbers, _size(blob.nbytes)
            )
            names = [Text(), Text()]
    return table


def _lines(layers: Rows) -> Text:
    """The same for narrow terminals: a line a layer, two a blob."""
    from rich.text import Text

    from caffe_proto.weights.model import shape_text

    text = Text()
    for layer, blobs in layers:
        text.append(layer.name, style="bold").append(" ").append(layer.type, style="cyan")
        text.append("\n")
        for blob, found in blobs:
            text.append(f"  {blob.index}: {shape_text(blob.shape)}, {_size(blob.nbytes)}\n")
            text.append(f"     mean {found.mean:.4g}, std {found.std:.4g}")
            text.append(f", from {found.min:.4g} to {found.max:.4g}")
            text.append(f", {found.nonfinite} not finite\n" if found.nonfinite else "\n")
    text.rstrip()
    return text


def _title(weights: WeightsFile) -> str:
    layers = sum(1 for layer in weights if layer.blobs)
    count = sum(blob.count for layer in weights for blob in layer.blobs)
    name = f'"{weights.name}", ' if weights.name else ""
    return (
        f"{weights.filename}: {name}{weights.format}, {len(weights)} layers, {layers} of them "
        f"with {count:,} parameters in {_size(weights.nbytes)}"
    )


def _size(nbytes: int) -> str:
    amount = float(nbytes)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} GB"
