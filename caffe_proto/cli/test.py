"""``caffe-proto test``: what ``caffe test`` does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from caffe_proto.cli._common import print_json
from caffe_proto.cli._flags import BrewCommand, note, stage_list

if TYPE_CHECKING:
    from caffe_proto.solver.testing import Scoring

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto test --model=train_val.prototxt --weights=lenet_iter_10000.caffemodel
  caffe-proto test -model net.prototxt -weights net.caffemodel -iterations 100 --json
"""


@click.command("test", cls=BrewCommand, epilog=EPILOG)
@click.option("--model", type=click.Path(path_type=Path), help="The net's prototxt.")
@click.option("--weights", metavar="FILES", help="The trained weights, with commas between.")
@click.option(
    "--iterations", type=click.IntRange(min=1), default=50, show_default=True, help="Batches."
)
@click.option("--level", default=0, show_default=True, help="The level of the state.")
@click.option("--stage", "stages", multiple=True, help="Stages of the state, with commas.")
@click.option("--seed", type=int, help="Start the random stream here (random data, no weights).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option("--allow-python-layers", is_flag=True, help="Import and run what Python layers name.")
@click.option("--gpu", metavar="IDS", hidden=True)
def command(
    model: Path | None,
    weights: str | None,
    iterations: int,
    level: int,
    stages: tuple[str, ...],
    seed: int | None,
    as_json: bool,
    allow_python_layers: bool,
    gpu: str | None,
) -> None:
    """Score a trained net: the mean of its outputs over batches of its TEST data."""
    if model is None:
        raise click.UsageError("needs a model definition to score: --model=net.prototxt")
    if not weights:
        raise click.UsageError("needs weights to score: --weights=net.caffemodel")
    if gpu is not None:
        note("--gpu is ignored: the test runs on the CPU")

    from caffe_proto.net import build_net
    from caffe_proto.solver.source import find_file, split_names
    from caffe_proto.solver.testing import MeanScoring

    folder = model.resolve().parent
    files = [find_file(name, folder, "weights") for name in split_names([weights])]
    if not model.is_file():
        raise click.UsageError(f"{model}: there is no such file")
    net = build_net(
        model,
        "TEST",
        files,
        seed,
        level=level,
        stages=stage_list(stages),
        allow_python_layers=allow_python_layers,
    )
    scoring = MeanScoring(net)
    if as_json:
        for _ in range(iterations):
            scoring.run()
        print_json(
            {
                "iterations": iterations,
                "loss": scoring.mean_loss,
                "outputs": {output.name: output.value for output in scoring.outputs()},
            }
        )
    elif sys.stdout.isatty():
        from rich.progress import track

        for _ in track(range(iterations), "Testing", transient=True):
            scoring.run()
        for line in _results(scoring):
            click.echo(line)
    else:
        _print_log(scoring, iterations)


def _print_log(scoring: Scoring, iterations: int) -> None:
    """Caffe's lines, batch by batch."""
    from caffe_proto.solver.events import number
    from caffe_proto.solver.log import attach, detach, say

    handler = attach(sys.stdout)
    try:
        say("caffe.cpp:275", f"Running for {iterations} iterations.")
        for i in range(iterations):
            for output in scoring.run():
                for value in output.values.reshape(-1):
                    say("caffe.cpp:298", f"Batch {i}, {output.name} = {number(value)}")
        for line in _results(scoring):
            say("caffe.cpp:313", line)
    finally:
        detach(handler)


def _results(scoring: Scoring) -> list[str]:
    from caffe_proto.solver.events import number, output_lines

    lines = [line for _, line in output_lines(scoring.outputs())]
    return [f"Loss: {number(scoring.mean_loss)}", *lines]
