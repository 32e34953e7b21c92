"""``caffe-proto surgery``: nets into nets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from caffe_proto.errors import CaffeProtoError

if TYPE_CHECKING:
    from caffe_proto.net import Net

__all__ = ["command"]

F = TypeVar("F", bound=Callable[..., Any])

EPILOG = """\b
Examples:
  caffe-proto surgery deploy train_val.prototxt --weights net.caffemodel -o deploy
  caffe-proto surgery fold-batchnorm deploy.prototxt --weights net.caffemodel -o folded
  caffe-proto surgery prune deploy.prototxt --output pool5 -o features
  caffe-proto surgery rename deploy.prototxt --blob data=image -o renamed
"""


@click.group("surgery", epilog=EPILOG)
def command() -> None:
    """Make a net into another one: OUT.prototxt and, with weights, OUT.caffemodel."""


def files(function: F) -> F:
    """The argument and options that every operation has."""
    for option in (
        click.option(
            "-o",
            "--out",
            required=True,
            type=click.Path(path_type=Path),
            help="Where to write: OUT.prototxt, OUT.caffemodel.",
        ),
        click.option("--weights", type=click.Path(path_type=Path), help="Weights of the net."),
        click.argument("net", type=click.Path(path_type=Path)),
    ):
        function = option(function)
    return function


def write(net: Net, out: Path, with_weights: bool, notes: list[str]) -> None:
    """Write the files, each beside its target and renamed, and say what was done."""
    from caffe_proto.files import replacing
    from caffe_proto.prototxt import to_prototxt
    from caffe_proto.schema import caffe_pb2

    definition = caffe_pb2.NetParameter()
    definition.CopyFrom(net.definition)
    definition.ClearField("state")
    base = out.with_suffix("") if out.suffix in (".prototxt", ".caffemodel") else out
    prototxt = base.with_name(base.name + ".prototxt")
    with replacing(prototxt, CaffeProtoError) as beside:
        beside.write_text(to_prototxt(definition), encoding="utf-8")
    for note in notes:
        click.echo(note, err=True)
    click.echo(f"wrote {prototxt}: {len(definition.layer)} layers")
    if with_weights:
        caffemodel = base.with_name(base.name + ".caffemodel")
        net.save(caffemodel)
        click.echo(f"wrote {caffemodel}: {sum(p.count for p in net.learnable_params):,} parameters")


def example(arguments: str) -> str:
    """The end of an operation's help."""
    return f"\b\nExample:\n  caffe-proto surgery {arguments}"


def pairs(values: tuple[str, ...]) -> dict[str, str]:
    """``OLD=NEW`` texts as a mapping."""
    result = {}
    for text in values:
        old, equals, new = text.partition("=")
        if not equals or not old or not new:
            raise click.BadParameter(f"{text!r} is not OLD=NEW")
        result[old] = new
    return result


@command.command(
    "fold-batchnorm",
    epilog=example("fold-batchnorm deploy.prototxt --weights net.caffemodel -o folded"),
)
@files
def fold_command(net: Path, weights: Path | None, out: Path) -> None:
    """Fold BatchNorm, Scale and Bias into the layer before them."""
    from caffe_proto import build_net, surgery

    if weights is None:
        raise click.UsageError("folding changes weights: say --weights FILE")
    notes: list[str] = []
    write(surgery.fold_batchnorm(build_net(net, weights=weights), notes), out, True, notes)


@command.command(
    "deploy",
    epilog=example(
        "deploy train_val.prototxt --weights net.caffemodel --shape data=1x3x224x224 -o deploy"
    ),
)
@files
@click.option("--shape", multiple=True, metavar="BLOB=1x3x224x224", help="An input's shape.")
@click.option("--batch", default=1, show_default=True, help="Images in an inferred shape.")
@click.option("--stage", "stages", multiple=True, help="A stage of the state; repeatable.")
def deploy_command(
    net: Path,
    weights: Path | None,
    out: Path,
    shape: tuple[str, ...],
    batch: int,
    stages: tuple[str, ...],
) -> None:
    """From a training net to the net that answers; the data set need not be there."""
    from caffe_proto import surgery

    try:
        shapes = {name: [int(n) for n in text.split("x")] for name, text in pairs(shape).items()}
    except ValueError:
        raise click.BadParameter("a shape is written BLOB=1x3x224x224") from None
    notes: list[str] = []
    made = surgery.deploy(net, shapes, weights=weights, batch=batch, stages=stages, notes=notes)
    write(made, out, weights is not None, notes)


@command.command(
    "prune",
    epilog=example("prune deploy.prototxt --weights net.caffemodel --output pool5 -o features"),
)
@files
@click.option("--output", "outputs", multiple=True, help="A blob that is wanted; repeatable.")
def prune_command(net: Path, weights: Path | None, out: Path, outputs: tuple[str, ...]) -> None:
    """Keep only what the wanted outputs need."""
    from caffe_proto import build_net, surgery

    notes: list[str] = []
    made = surgery.prune(build_net(net, weights=weights), outputs or None, notes)
    write(made, out, weights is not None, notes)


@command.command(
    "rename",
    epilog=example("rename deploy.prototxt --weights net.caffemodel --layer fc8=scores -o renamed"),
)
@files
@click.option("--layer", "layers", multiple=True, metavar="OLD=NEW")
@click.option("--blob", "blobs", multiple=True, metavar="OLD=NEW")
@click.option("--param", "params", multiple=True, metavar="OLD=NEW", help="A sharing name.")
def rename_command(
    net: Path,
    weights: Path | None,
    out: Path,
    layers: tuple[str, ...],
    blobs: tuple[str, ...],
    params: tuple[str, ...],
) -> None:
    """Rename layers, blobs and shared parameters, weights included."""
    from caffe_proto import build_net, surgery

    made = surgery.rename(
        build_net(net, weights=weights), pairs(layers), pairs(blobs), pairs(params)
    )
    write(made, out, weights is not None, [])


@command.command(
    "convolutional",
    epilog=example("convolutional deploy.prototxt --weights net.caffemodel --layer fc6 -o dense"),
)
@files
@click.option("--layer", "layers", multiple=True, help="Only this InnerProduct; repeatable.")
@click.option("--suffix", default="-conv", show_default=True, help="Added to the layers' names.")
def convolutional_command(
    net: Path, weights: Path | None, out: Path, layers: tuple[str, ...], suffix: str
) -> None:
    """Make InnerProduct layers Convolutions, so that larger pictures fit."""
    from caffe_proto import build_net, surgery

    notes: list[str] = []
    made = surgery.fully_convolutional(
        build_net(net, weights=weights), layers or None, suffix, notes
    )
    write(made, out, weights is not None, notes)
