"""``caffe-proto draw``: a net's graph as a picture, with the flags of pycaffe's draw_net.py."""

from __future__ import annotations

from pathlib import Path

import click

from caffe_proto.cli._flags import CaffeCommand

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto draw lenet.prototxt lenet.png
  caffe-proto draw train_val.prototxt net.svg --rankdir TB --phase TEST --display_lrm
  caffe-proto draw lenet.prototxt lenet.dot      the graph's text; needs no Graphviz

\b
Needs pydot (pip install "caffe-proto[draw]") and Graphviz (apt-get install graphviz).
"""


@click.command("draw", cls=CaffeCommand, epilog=EPILOG)
@click.argument("net", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
@click.option(
    "--rankdir",
    type=click.Choice(["LR", "RL", "TB", "BT"], case_sensitive=False),
    default="LR",
    show_default=True,
    help="Direction: left to right, right to left, top to bottom, bottom to top.",
)
@click.option(
    "--phase",
    type=click.Choice(["TRAIN", "TEST", "ALL"], case_sensitive=False),
    default="ALL",
    show_default=True,
    help="Draw the layers of this phase.",
)
@click.option(
    "--display-lrm", is_flag=True, help="Write the learning rate's multipliers on the layers."
)
def command(net: Path, output: Path, rankdir: str, phase: str, display_lrm: bool) -> None:
    """Draw NET into OUTPUT, whose suffix names the format (png, svg, pdf, dot, ...)."""
    from caffe_proto import prototxt
    from caffe_proto.pycaffe.draw import draw_net_to_file

    number = {"TRAIN": 0, "TEST": 1}.get(phase)
    draw_net_to_file(prototxt.parse_file(net), str(output), rankdir, number, display_lrm)
    click.echo(f"Drawing net to {output}")
