"""``caffe-proto show``: the table of a net."""

from __future__ import annotations

from pathlib import Path

import click

from caffe_proto.cli._common import console, net_options, print_json

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto show lenet.prototxt
  caffe-proto show train_val.prototxt --phase TRAIN
  caffe-proto show deploy.prototxt --json | jq .parameter_count
"""


@click.command("show", epilog=EPILOG)
@click.argument("net", type=click.Path(path_type=Path))
@net_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(
    net: Path,
    phase: str,
    level: int,
    stages: tuple[str, ...],
    allow_python_layers: bool,
    as_json: bool,
) -> None:
    """Every layer of NET: blobs, shapes, parameters, multiply-adds, multipliers, fillers."""
    from caffe_proto.insight.summary import summarize
    from caffe_proto.net import build_net

    built = build_net(
        net, phase, level=level, stages=stages, allow_python_layers=allow_python_layers
    )
    summary = summarize(built)
    if as_json:
        print_json(summary.to_dict())
    else:
        console().print(summary.table())
