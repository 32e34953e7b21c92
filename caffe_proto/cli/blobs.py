"""``caffe-proto blobs``: what the fillers, or trained weights, put into the parameters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from caffe_proto.cli._common import console, net_options, print_json

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from caffe_proto.insight.statistics import ParameterStatistics

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto blobs lenet.prototxt --seed 1701
  caffe-proto blobs deploy.prototxt --weights trained.caffemodel
"""


@click.command("blobs", epilog=EPILOG)
@click.argument("net", type=click.Path(path_type=Path))
@net_options
@click.option("--seed", type=int, help="Caffe's random_seed; a fresh one is drawn without it.")
@click.option(
    "--weights", multiple=True, type=click.Path(path_type=Path), help="Load these weights first."
)
@click.option("--bins", default=24, show_default=True, help="Bins of the histogram.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(
    net: Path,
    phase: str,
    level: int,
    stages: tuple[str, ...],
    allow_python_layers: bool,
    seed: int | None,
    weights: tuple[Path, ...],
    bins: int,
    as_json: bool,
) -> None:
    """Every parameter of NET: filler, shape, mean, standard deviation, range, histogram.

    Beside the standard deviation stands the one that the filler's formula predicts.
    """
    from rich.text import Text

    from caffe_proto.insight.fitting import Fitting
    from caffe_proto.insight.statistics import describe_parameters
    from caffe_proto.net import build_net

    if bins < 1:
        raise click.BadParameter("a histogram has at least 1 bin", param_hint="--bins")
    built = build_net(
        net,
        phase,
        weights or None,
        seed,
        level=level,
        stages=stages,
        allow_python_layers=allow_python_layers,
    )
    rows = describe_parameters(built, bins)
    if as_json:
        print_json(
            {"name": built.name, "seed": built.seed, "parameters": [r.to_dict() for r in rows]}
        )
        return
    out = console()
    source = f"weights {', '.join(map(str, weights))}" if weights else f"seed {built.seed}"
    out.print(Text(f"{built.name or '(unnamed net)'}, {built.phase}, {source}", style="bold"))
    if not rows:
        out.print("no parameters")
        return
    out.print(Fitting(columns(rows, bool(weights)), lambda: lines(rows, bool(weights))))


def columns(rows: list[ParameterStatistics], trained: bool) -> Table:
    """A row a parameter; what the filler predicts is left out of ``trained`` ones."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from caffe_proto.insight.summary import shape_text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("parameter", overflow="fold")
    table.add_column("shape", overflow="fold")
    table.add_column("filler", overflow="fold")
    for title in ("mean", "std", "predicted", "min", "max", "zeros"):
        table.add_column(title, justify="right")
    table.add_column("histogram (min … max)", no_wrap=True)
    for row in rows:
        values = row.values
        table.add_row(
            Text(f"{row.layer}/{row.index}", style="bold"),
            shape_text(row.shape),
            Text(row.filler),
            number(values.mean),
            number(values.std),
            "" if row.predicted_std is None or trained else number(row.predicted_std),
            number(values.min),
            number(values.max),
            f"{values.zeros:,}",
            Text(values.bars() + not_finite(row), style="cyan"),
        )
    return table


def lines(rows: list[ParameterStatistics], trained: bool) -> Text:
    """The same for narrow terminals: three lines a parameter."""
    from rich.text import Text

    from caffe_proto.insight.summary import shape_text

    text = Text()
    for row in rows:
        values = row.values
        predicted = "" if row.predicted_std is None or trained else number(row.predicted_std)
        text.append(f"{row.layer}/{row.index}", style="bold")
        text.append(f"  {shape_text(row.shape)}  {row.filler}\n")
        text.append(f"    mean {number(values.mean)}, std {number(values.std)}")
        text.append(f" (predicted {predicted})" if predicted else "")
        text.append(f", {values.zeros:,} zeros\n    {number(values.min)} ")
        text.append(values.bars(), style="cyan")
        text.append(f" {number(values.max)}{not_finite(row)}\n")
    text.rstrip()
    return text


def not_finite(row: ParameterStatistics) -> str:
    """A note on infinities and NaNs."""
    return f" {row.values.not_finite} not finite" if row.values.not_finite else ""


def number(value: float) -> str:
    """Four digits, short."""
    return f"{value:.4g}"
