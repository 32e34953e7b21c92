"""``caffe-proto run``: the answer of a net to a picture or an array."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np

from caffe_proto.cli._common import console, net_options, print_json, visible
from caffe_proto.errors import BuildError, CaffeProtoError, DataError

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto run deploy.prototxt --weights net.caffemodel --input cat.jpg \\
      --mean 104,117,123 --labels synset_words.txt
  caffe-proto run ssd.prototxt --weights ssd.caffemodel --input street.png \\
      --resize 300x300 --mean 104,177,123 --draw out.png
  caffe-proto run net.prototxt --weights net.npz --input data=batch.npy --save answers.npz

\b
Pictures are resized to the input's height and width unless --resize says otherwise; channels are
in the order blue, green, red (--swap-rb for red first). First the mean is subtracted, then the
result is multiplied by --scale.
"""


class Size(click.ParamType):  # type: ignore[type-arg]
    """``300x200`` (width, height), or ``300`` for a square."""

    name = "WxH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """The width and height."""
        if isinstance(value, tuple):
            return value
        try:
            numbers = [int(part) for part in str(value).lower().split("x")]
        except ValueError:
            numbers = []
        if len(numbers) == 1:
            numbers *= 2
        if len(numbers) != 2 or min(numbers) < 1:
            self.fail(f"{value!r} is no size; write 300x200 (width x height)", param, ctx)
        return numbers[0], numbers[1]


@click.command("run", epilog=EPILOG)
@click.argument("net", type=click.Path(path_type=Path))
@net_options
@click.option(
    "--weights", multiple=True, type=click.Path(path_type=Path), help="A weights file; repeatable."
)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="[NAME=]FILE",
    help="A picture, or an array in a .npy file; NAME= where the net has several inputs.",
)
@click.option("--resize", type=Size(), help="Size of the picture that the net is given.")
@click.option("--crop", is_flag=True, help="Keep the proportions and cut out the centre.")
@click.option("--mean", help="One value a channel (104,117,123), or a .binaryproto or .npy file.")
@click.option("--scale", default=1.0, show_default=True, help="Factor after the mean.")
@click.option("--swap-rb", is_flag=True, help="Red first instead of blue.")
@click.option(
    "--labels", type=click.Path(path_type=Path), help="Names of the classes, a line each."
)
@click.option("--top", default=5, show_default=True, help="How many classes to list.")
@click.option("--threshold", default=0.5, show_default=True, help="Least score of a detection.")
@click.option("--draw", type=click.Path(path_type=Path), help="Write the picture with its boxes.")
@click.option("--save", type=click.Path(path_type=Path), help="Write all outputs to a .npz file.")
@click.option("--blob", "blobs", multiple=True, help="Report this blob too; repeatable.")
@click.option("--seed", type=int, help="Seed for parameters that no weights fill.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(
    net: Path,
    phase: str,
    level: int,
    stages: tuple[str, ...],
    allow_python_layers: bool,
    weights: tuple[Path, ...],
    inputs: tuple[str, ...],
    resize: tuple[int, int] | None,
    crop: bool,
    mean: str | None,
    scale: float,
    swap_rb: bool,
    labels: Path | None,
    top: int,
    threshold: float,
    draw: Path | None,
    save: Path | None,
    blobs: tuple[str, ...],
    seed: int | None,
    as_json: bool,
) -> None:
    """Run NET forward once and print its outputs: classes, detections, or statistics."""
    from caffe_proto import vision
    from caffe_proto.net import build_net

    names = vision.read_labels(labels) if labels else []
    built = build_net(
        net,
        phase,
        weights or None,
        seed,
        level=level,
        stages=stages,
        allow_python_layers=allow_python_layers,
    )
    if not weights and built.params:
        click.echo(f"no --weights: the parameters are as filled with seed {built.seed}", err=True)
    picture = None
    given = assigned(inputs, built.inputs)
    idle = [name for name in built.inputs if name not in dict(given)]
    if idle:
        click.echo(visible(f"no --input for {', '.join(idle)}: all zeros"), err=True)
    for name, path in given:
        if path.suffix.lower() == ".npy":
            array = read_array(path)
        else:
            channels = built.blobs[name].shape[1] if len(built.blobs[name].shape) == 4 else 3
            picture = vision.load_image(path, color=channels != 1)
            size = resize or input_size(built.blobs[name].shape)
            average = read_mean(mean)
            if average.ndim == 3 and size is not None and average.shape[1:] != size[::-1]:
                average = average.mean(axis=(1, 2))
            array = vision.image_to_blob(picture, scale, size, average, swap_rb, crop)
        feed(built, name, array)
    result = built.forward(blobs=blobs)
    if save:
        write_npz(save, result)
    report: dict[str, Any] = {}
    drawn = False
    for name, values in result.items():
        if is_detections(built, name):
            height, width = picture.shape[:2] if picture is not None else (1, 1)
            found = vision.detections_to_boxes(values, width, height, threshold)
            report[name] = {"shape": list(values.shape), "detections": [vars(d) for d in found]}
            if draw and picture is not None:
                vision.save_image(draw, vision.draw_boxes(picture, found, names))
                drawn = True
        elif is_classes(values):
            rows = values.reshape(values.shape[0], -1)
            report[name] = {
                "shape": list(values.shape),
                "top": [[list(pair) for pair in vision.top_k(row, top)] for row in rows],
            }
        else:
            report[name] = {"shape": list(values.shape), "values": describe(values)}
    if draw and not drawn:
        raise DataError("--draw needs a picture as input and a net that gives detections")
    if as_json:
        print_json(report)
    else:
        show(report, names)


def assigned(inputs: tuple[str, ...], names: list[str]) -> list[tuple[str, Path]]:
    """Pairs of input name and file; a file without a name goes to the net's first free input."""
    pairs: list[tuple[str, Path]] = []
    free = list(names)
    for text in inputs:
        name, equals, rest = text.partition("=")
        if equals and name in names:
            if name not in free:
                raise BuildError(f'{text}: the input "{name}" has a file already')
            pairs.append((name, Path(rest)))
            free.remove(name)
        elif not free:
            raise BuildError(f"{text}: the net has no further input. Its inputs: {names}")
        else:
            pairs.append((free.pop(0), Path(text)))
    return pairs


def input_size(shape: tuple[int, ...]) -> tuple[int, int] | None:
    """Width and height of an image input."""
    return (shape[3], shape[2]) if len(shape) == 4 else None


def feed(net: Any, name: str, array: np.ndarray[Any, Any]) -> None:
    """Put ``array`` into an input, reshaping the net where its sizes differ."""
    shape = net.blobs[name].shape
    if array.ndim == len(shape) - 1:
        array = array[None]
    if array.ndim != len(shape):
        raise DataError(f'input "{name}" has {len(shape)} axes {shape}. Received: {array.shape}')
    if array.shape != shape:
        net.reshape(**{name: array.shape})
    net.blobs[name].data = array


def read_array(path: Path) -> np.ndarray[Any, Any]:
    """The array of a .npy file (no pickled objects)."""
    try:
        array = np.load(path, allow_pickle=False)
    except ValueError as fault:
        raise DataError(f"{path}: no array of numbers: {fault}") from None
    if not isinstance(array, np.ndarray):
        raise DataError(f"{path}: holds several arrays; give one .npy file an input")
    return array


def read_mean(text: str | None) -> np.ndarray[Any, Any]:
    """The mean: values, a .binaryproto or a .npy file; nothing gives an empty array."""
    if not text:
        return np.zeros(0, np.float32)
    path = Path(text)
    if path.suffix == ".npy":
        array = read_array(path)
    elif path.suffix == ".binaryproto":
        from caffe_proto.weights import read_binaryproto

        array = read_binaryproto(path)
    else:
        try:
            return np.array([float(part) for part in text.split(",")], np.float32)
        except ValueError:
            raise DataError(
                f"--mean {text}: neither numbers like 104,117,123 nor a .binaryproto or .npy file"
            ) from None
    return array.reshape(array.shape[-3:]) if array.ndim > 3 else array


def write_npz(path: Path, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    """Write arrays beside the target and rename."""
    from caffe_proto.files import replacing

    named: dict[str, Any] = {name.replace("/", "_"): a for name, a in arrays.items()}
    with replacing(path, CaffeProtoError) as beside, open(beside, "wb") as stream:
        np.savez(stream, **named)


def is_detections(net: Any, name: str) -> bool:
    """Whether a DetectionOutput layer gives the blob."""
    return any(name in layer.tops and layer.param.type == "DetectionOutput" for layer in net.layers)


def is_classes(values: np.ndarray[Any, Any]) -> bool:
    """Whether the blob looks like one score a class: (N, K) or (N, K, 1, 1)."""
    return values.ndim >= 2 and values.shape[1] > 1 and int(np.prod(values.shape[2:])) == 1


def describe(values: np.ndarray[Any, Any]) -> dict[str, Any]:
    """A few numbers about a blob."""
    if not values.size:
        return {"count": 0}
    return {
        "count": int(values.size),
        "mean": float(values.mean(dtype=np.float64)),
        "std": float(values.std(dtype=np.float64)),
        "min": float(values.min()),
        "max": float(values.max()),
        "first": [float(v) for v in values.reshape(-1)[:8]],
    }


def show(report: dict[str, Any], labels: list[str]) -> None:
    """Print the report for a person."""
    from rich.table import Table
    from rich.text import Text

    out = console()
    for name, entry in report.items():
        shape = "×".join(map(str, entry["shape"])) or "scalar"
        out.print(Text.assemble((name, "bold"), f"  {shape}"))
        if "top" in entry:
            for i, row in enumerate(entry["top"]):
                if len(entry["top"]) > 1:
                    out.print(f"  {i}:")
                for index, score in row:
                    label = f"  {labels[index]}" if index < len(labels) else ""
                    out.print(Text(f"  {score:9.4f}  {index:5d}{label}"))
        elif "detections" in entry:
            if not entry["detections"]:
                out.print("  nothing found")
                continue
            table = Table(box=None, pad_edge=True)
            for title in ("label", "score", "xmin", "ymin", "xmax", "ymax"):
                table.add_column(title, justify="right")
            for found in entry["detections"]:
                label = found["label"]
                table.add_row(
                    Text(labels[label] if label < len(labels) else str(label)),
                    f"{found['score']:.4f}",
                    *(f"{found[side]:.1f}" for side in ("xmin", "ymin", "xmax", "ymax")),
                )
            out.print(table)
        else:
            values = entry["values"]
            first = " ".join(f"{v:.6g}" for v in values.pop("first", []))
            facts = ", ".join(
                f"{key} {value:.6g}" if isinstance(value, float) else f"{key} {value}"
                for key, value in values.items()
            )
            out.print(Text(f"  {facts}\n  {first}{' …' if values['count'] > 8 else ''}"))
