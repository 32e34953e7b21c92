"""``caffe-proto classify``: class probabilities, with the flags of pycaffe's classify.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import numpy as np

from caffe_proto.cli._flags import CaffeCommand, note
from caffe_proto.errors import DataError

__all__ = ["command"]

F = TypeVar("F", bound=Callable[..., Any])

EPILOG = """\b
Examples:
  caffe-proto classify cat.jpg probabilities.npy --model_def deploy.prototxt \\
      --pretrained_model net.caffemodel --mean_file mean.npy
  caffe-proto classify photos/ out.npy --ext png --model_def deploy.prototxt \\
      --pretrained_model net.caffemodel --center_only --images_dim 256,256

\b
OUTPUT gets an array (pictures, classes), float32, pictures of a folder in the order of their names.
"""


def numbers(ctx: click.Context, param: click.Parameter, value: str) -> list[int]:
    """The whole numbers of an option like ``256,256``."""
    try:
        return [int(part) for part in value.split(",") if part.strip()]
    except ValueError:
        raise click.BadParameter(
            f"{value!r} is no list of whole numbers like 2,1,0", ctx, param
        ) from None


def model_options(command: F) -> F:
    """The options that ``classify`` and ``detect`` share."""
    path = click.Path(path_type=Path)
    for option in (
        click.option(
            "--channel-swap",
            callback=numbers,
            default="2,1,0",
            show_default=True,
            help="Order of the channels; pictures are read red first. '' keeps it.",
        ),
        click.option(
            "--raw-scale",
            type=float,
            default=255.0,
            show_default=True,
            help="Factor before the mean; pictures are read as 0 to 1.",
        ),
        click.option("--input-scale", type=float, help="Factor after the mean."),
        click.option("--mean-file", default="", help="Mean, a .npy or .binaryproto file."),
        click.option("--gpu", is_flag=True, help="Taken from old scripts; the CPU computes."),
        click.option("--pretrained-model", type=path, required=True, help="The weights."),
        click.option("--model-def", type=path, required=True, help="The net's prototxt."),
    ):
        command = option(command)
    return command


def read_mean(name: str) -> np.ndarray[Any, Any] | None:
    """The mean of a .npy or .binaryproto file, without a batch axis; None for no file."""
    if not name:
        return None
    if name.endswith(".binaryproto"):
        from caffe_proto.weights import read_binaryproto

        mean = read_binaryproto(name)
    else:
        mean = load_npy(Path(name))
    return mean.reshape(mean.shape[-3:]) if mean.ndim > 3 else mean


def load_npy(path: Path) -> np.ndarray[Any, Any]:
    """The array of a .npy file (no pickled objects)."""
    try:
        array = np.load(path, allow_pickle=False)
    except ValueError as fault:
        raise DataError(f"{path}: no array of numbers: {fault}") from None
    if not isinstance(array, np.ndarray):
        raise DataError(f"{path}: holds several arrays. Expected: a .npy file with one")
    return array


def say_mode(gpu: bool) -> None:
    """Say where the net runs, as pycaffe's tools do."""
    if gpu:
        note("--gpu is ignored: this build computes on the CPU")
    click.echo("CPU mode")


@click.command("classify", cls=CaffeCommand, epilog=EPILOG)
@click.argument("inputs", metavar="INPUT", type=click.Path(path_type=Path, exists=True))
@click.argument("output", type=click.Path(path_type=Path))
@model_options
@click.option("--center-only", is_flag=True, help="The centre alone, not the mean over ten crops.")
@click.option(
    "--images-dim",
    callback=numbers,
    default="256,256",
    show_default=True,
    help="Height and width that pictures are scaled to before they are cropped.",
)
@click.option("--ext", default="jpg", show_default=True, help="Suffix of the pictures in a folder.")
def command(
    inputs: Path,
    output: Path,
    model_def: Path,
    pretrained_model: Path,
    gpu: bool,
    mean_file: str,
    input_scale: float | None,
    raw_scale: float,
    channel_swap: list[int],
    center_only: bool,
    images_dim: list[int],
    ext: str,
) -> None:
    """Classify INPUT (a picture, a folder or a .npy file of pictures) into OUTPUT, a .npy file."""
    from caffe_proto.files import replacing
    from caffe_proto.pycaffe import Classifier

    if len(images_dim) != 2:
        raise click.BadParameter("height and width, like 256,256", param_hint="--images_dim")
    say_mode(gpu)
    classifier = Classifier(
        model_def,
        pretrained_model,
        image_dims=images_dim,
        mean=read_mean(mean_file),
        input_scale=input_scale,
        raw_scale=raw_scale,
        channel_swap=channel_swap or None,
    )
    pictures = load_pictures(inputs.expanduser(), ext)
    click.echo(f"Classifying {len(pictures)} inputs.")
    start = time.perf_counter()
    predictions = classifier.predict(pictures, not center_only)
    click.echo(f"Done in {time.perf_counter() - start:.2f} s.")
    click.echo(f"Saving results into {output}")
    with replacing(output) as beside, open(beside, "wb") as stream:
        np.save(stream, predictions)


def load_pictures(path: Path, ext: str) -> list[np.ndarray[Any, Any]]:
    """The pictures of a .npy file ``(N, H, W, K)``, of a folder, or of one picture file."""
    from caffe_proto.pycaffe import io

    if path.suffix == ".npy":
        click.echo(f"Loading file: {path}")
        array = load_npy(path)
        if array.ndim == 3:
            array = array[None]
        if array.ndim != 4:
            raise DataError(f"{path}: has the shape {array.shape}. Expected: (N, H, W, K)")
        return list(array)
    if path.is_dir():
        click.echo(f"Loading folder: {path}")
        files = sorted(path.glob(f"*.{ext}"))
        if not files:
            raise DataError(f"{path}: has no file *.{ext}; --ext names another suffix")
        return [io.load_image(file) for file in files]
    click.echo(f"Loading file: {path}")
    return [io.load_image(path)]
