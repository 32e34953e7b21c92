"""``caffe-proto detect``: classifies windows of pictures, with the flags of pycaffe's detect.py."""

from __future__ import annotations

import csv
import importlib
import time
from pathlib import Path
from typing import Any

import click
import numpy as np

from caffe_proto.cli._flags import CaffeCommand
from caffe_proto.cli.classify import model_options, read_mean, say_mode
from caffe_proto.errors import DataError, MissingDependencyError

__all__ = ["command"]

CORNERS = ("ymin", "xmin", "ymax", "xmax")

EPILOG = """\b
Examples:
  caffe-proto detect windows.csv out.csv --crop_mode list --model_def deploy.prototxt \\
      --pretrained_model rcnn.caffemodel --mean_file mean.npy

\b
A .csv INPUT has the header filename,ymin,xmin,ymax,xmax (in any order) and a line a window, in
pixels; a .txt INPUT has a picture a line, for --crop_mode selective_search. OUTPUT is a .csv file
(a line a window, a column a class) or a .h5 file (needs pandas and tables).
"""


@click.command("detect", cls=CaffeCommand, epilog=EPILOG)
@click.argument("inputs", metavar="INPUT", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
@model_options
@click.option(
    "--crop-mode",
    type=click.Choice(["list", "selective_search"]),
    default="selective_search",
    show_default=True,
    help="Windows from INPUT, or those that selective search proposes.",
)
@click.option(
    "--context-pad",
    type=click.IntRange(0),
    default=16,
    show_default=True,
    help="Pixels of surroundings on each side of the net's input.",
)
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
    crop_mode: str,
    context_pad: int,
) -> None:
    """Classify the windows that INPUT lists into OUTPUT."""
    from caffe_proto.pycaffe import Detector

    if output.suffix.lower() not in (".csv", ".h5"):
        raise DataError(f"{output}: no format has this suffix. Expected: .csv or .h5")
    mean = read_mean(mean_file)
    if mean is not None and mean.ndim == 3:
        # One value a channel: windows have no fixed place in the picture.
        mean = mean.mean(axis=(1, 2))
    say_mode(gpu)
    detector = Detector(
        model_def,
        pretrained_model,
        mean=mean,
        input_scale=input_scale,
        raw_scale=raw_scale,
        channel_swap=channel_swap or None,
        context_pad=context_pad,
    )
    start = time.perf_counter()
    click.echo("Loading input...")
    if crop_mode == "list":
        found = detector.detect_windows(read_windows(inputs))
    else:
        found = detector.detect_selective_search(read_names(inputs))
    click.echo(f"Processed {len(found)} windows in {time.perf_counter() - start:.3f} s.")
    (write_csv if output.suffix.lower() == ".csv" else write_h5)(output, found)
    click.echo(f"Saved to {output}")


def read_names(path: Path) -> list[str]:
    """The pictures that a .txt file lists, or those of a .csv file, each once."""
    if path.suffix.lower() == ".csv":
        return [name for name, _ in read_windows(path)]
    if path.suffix.lower() != ".txt":
        raise DataError(f"{path}: unknown input. Expected: a .txt or .csv file")
    names = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [name for name in names if name]


def read_windows(path: Path) -> list[tuple[str, list[np.ndarray[Any, Any]]]]:
    """Pictures and their windows ``(ymin, xmin, ymax, xmax)`` from a .csv file."""
    if path.suffix.lower() != ".csv":
        raise DataError(f"{path}: a list of windows is a .csv file")
    windows: dict[str, list[np.ndarray[Any, Any]]] = {}
    with open(path, newline="", encoding="utf-8-sig") as stream:
        rows = csv.DictReader(stream, skipinitialspace=True)
        header = [name.strip() for name in rows.fieldnames or ()]
        missing = [name for name in ("filename", *CORNERS) if name not in header]
        if missing:
            raise DataError(
                f"{path}:1: no column {', '.join(missing)}. Expected: filename,{','.join(CORNERS)}"
            )
        rows.fieldnames = header
        for row in rows:
            try:
                window = np.array([int(float(row[name])) for name in CORNERS])
            except (TypeError, ValueError):
                raise DataError(
                    f"{path}:{rows.line_num}: a window is four numbers of pixels. Received: {row}"
                ) from None
            windows.setdefault(row["filename"], []).append(window)
    return list(windows.items())


def write_csv(path: Path, found: list[dict[str, Any]]) -> None:
    """A line a window: file name, corners, and a column a class."""
    from caffe_proto.files import replacing

    classes = np.size(found[0]["prediction"]) if found else 0
    with replacing(path) as beside, open(beside, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["filename", *CORNERS, *(f"class{i}" for i in range(classes))])
        for entry in found:
            scores = np.ravel(entry["prediction"])
            writer.writerow([entry["filename"], *map(int, entry["window"]), *map(repr_of, scores)])


def repr_of(score: Any) -> str:
    """A float32 in the fewest digits that give it back."""
    return np.format_float_positional(np.float32(score), unique=True, trim="-")


def write_h5(path: Path, found: list[dict[str, Any]]) -> None:
    """The table ``df`` that pycaffe's notebooks read with pandas."""
    try:
        pandas = importlib.import_module("pandas")
        importlib.import_module("tables")
    except ImportError:
        raise MissingPandasError from None
    frame = pandas.DataFrame(found)
    if found:
        corners = np.vstack([entry["window"] for entry in found])
        for i, name in enumerate(CORNERS):
            frame[name] = corners[:, i]
        frame = frame.drop(columns="window").set_index("filename")
    from caffe_proto.files import replacing

    with replacing(path) as beside:
        frame.to_hdf(str(beside), key="df", mode="w")


class MissingPandasError(MissingDependencyError):
    """A table in HDF5 is asked for, which pandas writes."""

    def __init__(self) -> None:
        ImportError.__init__(
            self,
            "writing a table in HDF5 needs pandas and PyTables: pip install pandas tables; "
            "an output that ends in .csv needs neither",
        )
