"""``caffe-proto test``: what ``caffe test`` does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import numpy as np

from caffe_proto.cli._common import print_json
from caffe_proto.cli._flags import CaffeCommand, note, stage_list

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto test --model=train_val.prototxt --weights=lenet_iter_10000.caffemodel
  caffe-proto test -model net.prototxt -weights net.caffemodel -iterations 100 --json
"""


@click.command("test", cls=CaffeCommand, epilog=EPILOG)
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
    tester = _Tester(net, iterations)
    if as_json:
        tester.run(lambda line: None)
        print_json(tester.to_dict())
    elif sys.stdout.isatty():
        tester.run_with_progress()
    else:
        from caffe_proto.solver.log import attach, detach, say

        handler = attach(sys.stdout)
        try:
            tester.run(lambda line: say("caffe.cpp:313", line))
        finally:
            detach(handler)


class _Tester:
    """Runs the batches and keeps the sums, in float32 as Caffe does."""

    def __init__(self, net: Any, iterations: int) -> None:
        self.net = net
        self.iterations = iterations
        self.loss = np.float32(0)
        self.sums: list[Any] = []

    def batches(self) -> Any:
        """One pass after the other; yields the outputs of each."""
        from caffe_proto.errors import BuildError
        from caffe_proto.solver.events import outputs_of

        for i in range(self.iterations):
            self.loss += np.float32(self.net.run_forward())
            outputs = outputs_of(self.net)
            yield i, outputs
            if not self.sums:
                self.sums = outputs
                continue
            for total, output in zip(self.sums, outputs, strict=True):
                if total.values.shape != output.values.shape:
                    raise BuildError(
                        f'output "{output.name}" changes its shape from {total.values.shape} to '
                        f"{output.values.shape}, so it has no mean"
                    )
                total.values += output.values

    def run(self, say: Any) -> None:
        """Print Caffe's lines through ``say``."""
        from caffe_proto.solver.events import number

        say(f"Running for {self.iterations} iterations.")
        for i, outputs in self.batches():
            for output in outputs:
                for value in output.values.reshape(-1):
                    say(f"Batch {i}, {output.name} = {number(value)}")
        for line in self.results():
            say(line)

    def run_with_progress(self) -> None:
        """Show a bar, then the results."""
        from rich.progress import track

        for _ in track(self.batches(), "Testing", total=self.iterations, transient=True):
            pass
        for line in self.results():
            click.echo(line)

    def results(self) -> list[str]:
        """The lines that sum the test up; the means are taken here."""
        from caffe_proto.solver.events import number, output_lines

        lines = [f"Loss: {number(self.mean_loss)}"]
        return lines + [line for _, line in output_lines(self.means())]

    @property
    def mean_loss(self) -> float:
        return float(self.loss / np.float32(self.iterations))

    def means(self) -> list[Any]:
        from caffe_proto.solver.events import Output

        count = np.float32(self.iterations)
        return [Output(o.name, o.values / count, o.loss_weight) for o in self.sums]

    def to_dict(self) -> dict[str, Any]:
        """The results for programs."""
        return {
            "iterations": self.iterations,
            "loss": self.mean_loss,
            "outputs": {output.name: output.value for output in self.means()},
        }
