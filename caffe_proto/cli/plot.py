"""``caffe-proto plot``: curves of trainings from their logs."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto plot run.jsonl -o curves.png
  caffe-proto plot baseline.log wider.log --name baseline --name wider -o compare.svg
"""


@click.command("plot", epilog=EPILOG)
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("curves.png"),
    show_default=True,
    help="The picture; its suffix (.png, .svg, .pdf) gives the format.",
)
@click.option("--name", "names", multiple=True, help="A name for each log, instead of its file's.")
@click.option("--title", default="", help="A title above the curves.")
@click.option("--log-scale", is_flag=True, help="Draw the loss on a logarithmic scale.")
def command(
    logs: tuple[Path, ...], output: Path, names: tuple[str, ...], title: str, log_scale: bool
) -> None:
    """Draw loss, accuracy and learning rate from LOGS: of caffe, caffe-proto train, or --log."""
    if names and len(names) != len(logs):
        raise click.UsageError(f"--name is given {len(names)} time(s) for {len(logs)} log(s)")
    from caffe_proto.solver.logfiles import read_log
    from caffe_proto.view.plots import plot_runs

    runs = [read_log(path) for path in logs]
    if len({run.name for run in runs}) < len(runs):
        # As in a/train.log and b/train.log.
        for run, path in zip(runs, logs, strict=True):
            run.name = str(path)
    for run, name in zip(runs, names, strict=False):
        run.name = name
    plot_runs(runs, output, title=title, log_scale=log_scale)
    for run in runs:
        points = len(run.loss)
        last = f", last loss {run.loss.values[-1]:g}" if points else ""
        click.echo(f"{run.name}: {points} reports{last}")
    click.echo(f"wrote {output}")
