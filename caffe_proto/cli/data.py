"""``caffe-proto data``: databases of pictures and of features, their mean, what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from caffe_proto.cli._common import console, print_json
from caffe_proto.cli._counting import counting
from caffe_proto.cli._flags import CaffeCommand

if TYPE_CHECKING:
    from caffe_proto.data.statistics import DatabaseSummary

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto data convert-imageset images/ train.txt train_lmdb --resize 256x256 --shuffle
  caffe-proto data mean train_lmdb mean.binaryproto
  caffe-proto data show train_lmdb --images sheet.png
  caffe-proto data extract-features net.prototxt net.caffemodel fc7 --output fc7.h5
"""

_BACKENDS = {"leveldb": 0, "lmdb": 1}


def _example(arguments: str) -> str:
    """The end of a subcommand's help."""
    return f"\b\nExample:\n  caffe-proto data {arguments}"


@click.group("data", epilog=EPILOG)
def command() -> None:
    """Make databases, look into them, take their mean, write features."""


def _size(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Height and width from ``256x256``, or ``256`` for a square."""
    if value is None:
        return None
    parts = value.lower().split("x")
    if len(parts) == 1:
        parts *= 2
    if len(parts) != 2 or not all(part.isdigit() and int(part) > 0 for part in parts):
        raise click.BadParameter(f"{value!r} is no size; write 256x256 (height x width)")
    return int(parts[0]), int(parts[1])


_PATH = click.Path(path_type=Path)


@command.command(
    "convert-imageset",
    cls=CaffeCommand,
    short_help="Pictures into a database.",
    epilog=_example("convert-imageset images/ train.txt train_lmdb --resize 256x256 --shuffle"),
)
@click.argument("folder", type=_PATH)
@click.argument("list_file", metavar="LIST", type=_PATH)
@click.argument("database", metavar="DB", type=_PATH)
@click.option(
    "--backend",
    type=click.Choice(sorted(_BACKENDS), case_sensitive=False),
    default="lmdb",
    show_default=True,
    help="Kind of database.",
)
@click.option("--gray", is_flag=True, help="One channel instead of three.")
@click.option("--resize", callback=_size, metavar="HxW", help="Size to bring the pictures to.")
@click.option(
    "--resize-height",
    type=click.IntRange(min=0),
    default=0,
    help="Caffe's spelling.",
)
@click.option(
    "--resize-width",
    type=click.IntRange(min=0),
    default=0,
    help="Caffe's spelling.",
)
@click.option("--encoded", is_flag=True, help="Store compressed files instead of pixels.")
@click.option(
    "--encode-type",
    default="",
    help="Their format: png, jpg, ... (implies --encoded).",
)
@click.option("--shuffle", is_flag=True, help="Change the order of the pictures at random.")
@click.option("--seed", type=int, help="Seed of --shuffle.")
@click.option("--check-size", is_flag=True, help="Insist on pictures of one size.")
@click.option("--skip-unreadable", is_flag=True, help="Leave out what is missing or no picture.")
@click.option("--force", is_flag=True, help="Replace a database that is there.")
def convert_imageset(
    folder: Path,
    list_file: Path,
    database: Path,
    backend: str,
    gray: bool,
    resize: tuple[int, int] | None,
    resize_height: int,
    resize_width: int,
    encoded: bool,
    encode_type: str,
    shuffle: bool,
    seed: int | None,
    check_size: bool,
    skip_unreadable: bool,
    force: bool,
) -> None:
    """Write the pictures that LIST names (lines "name label", names within FOLDER) into DB."""
    from caffe_proto.data.convert import Conversion, convert_images

    if bool(resize_height) != bool(resize_width):
        raise click.UsageError("--resize-height and --resize-width go together")
    if resize_height:
        resize = (resize_height, resize_width)
    how = Conversion(gray, resize, encoded, encode_type.lower().lstrip("."), check_size)
    skipped: list[str] = []
    with counting("pictures") as progress:
        count = convert_images(
            folder,
            list_file,
            database,
            how,
            backend=_BACKENDS[backend.lower()],
            shuffle=shuffle,
            seed=seed,
            skip_unreadable=skip_unreadable,
            overwrite=force,
            progress=progress,
            skipped=skipped.append,
        )
    for fault in skipped[:10]:
        click.echo(f"caffe-proto: left out: {fault}", err=True)
    if len(skipped) > 10:
        click.echo(f"caffe-proto: ... and {len(skipped) - 10} more", err=True)
    click.echo(f"{database}: {count} pictures")


@command.command(
    "mean",
    cls=CaffeCommand,
    short_help="The mean picture of a database.",
    epilog=_example("mean train_lmdb mean.binaryproto"),
)
@click.argument("database", metavar="DB", type=_PATH)
@click.argument("output", metavar="[OUT.binaryproto]", type=_PATH, required=False)
@click.option(
    "--backend",
    type=click.Choice(sorted(_BACKENDS), case_sensitive=False),
    help="Kind of database; by default whichever it is.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def mean(database: Path, output: Path | None, backend: str | None, as_json: bool) -> None:
    """The mean picture of DB, written as a mean_file, and the mean of each channel."""
    from caffe_proto.data.database import open_database
    from caffe_proto.data.statistics import channel_means, mean_image

    opened = open_database(database, _BACKENDS[backend.lower()] if backend else None)
    with counting("records", opened.count()) as progress:
        image = mean_image(opened, lambda done: progress(done, None))
    means = channel_means(image)
    if output is not None:
        from caffe_proto.weights import write_binaryproto

        write_binaryproto(output, image)
    if as_json:
        print_json({"shape": list(image.shape), "channel_means": means})
        return
    click.echo(f"shape {'×'.join(map(str, image.shape))}")
    for channel, value in enumerate(means):
        click.echo(f"mean_value channel [{channel}]: {value:g}")


@command.command(
    "show",
    short_help="Counts, shapes and labels of a database.",
    epilog=_example("show train_lmdb --images sheet.png"),
)
@click.argument("database", metavar="DB", type=_PATH)
@click.option("--images", type=_PATH, help="Write a sheet of pictures with their labels.")
@click.option("--count", default=64, show_default=True, type=click.IntRange(1), help="How many.")
@click.option(
    "--decode",
    default=1000,
    show_default=True,
    type=click.IntRange(0),
    help="How many encoded records to decode for their sizes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def show(database: Path, images: Path | None, count: int, decode: int, as_json: bool) -> None:
    """How many records DB has, their shapes, and how often each label occurs."""
    from caffe_proto.data.database import backend_of, open_database
    from caffe_proto.data.statistics import contact_sheet, summarize

    opened = open_database(database)
    with counting("records", opened.count()) as progress:
        found = summarize(opened, decode, lambda done: progress(done, None))
    if images is not None:
        from caffe_proto.vision import save_image

        save_image(images, contact_sheet(opened, count))
    backend = "LMDB" if backend_of(database) == _BACKENDS["lmdb"] else "LevelDB"
    if as_json:
        print_json(_as_dict(found, backend))
    else:
        _print(found, f"{database}: {backend}")


def _as_dict(found: DatabaseSummary, backend: str) -> dict[str, Any]:
    return {
        "backend": backend,
        "count": found.count,
        "bytes": found.bytes,
        "first_key": found.first_key,
        "last_key": found.last_key,
        "kinds": dict(found.kinds),
        "shapes": [
            {"shape": list(shape), "count": count} for shape, count in found.shapes.most_common()
        ],
        "decoded": found.decoded,
        "labels": {str(label): count for label, count in sorted(found.labels.items())},
        "annotated": found.annotated,
        "boxes": {str(label): count for label, count in sorted(found.boxes.items())},
    }


def _print(found: DatabaseSummary, title: str) -> None:
    out = console()
    out.print(f"{title}, {found.count} records, {found.bytes:,} bytes", markup=False)
    if not found.count:
        return
    out.print(f"keys    {found.first_key} … {found.last_key}", markup=False)
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.kinds.most_common())
    out.print(f"stored  {kinds}", markup=False)
    shapes = [
        f"{'×'.join(map(str, shape))} ({count})" for shape, count in found.shapes.most_common(8)
    ]
    more = len(found.shapes) - len(shapes)
    note = f", {more} more" if more > 0 else ""
    if found.decoded < found.kinds["encoded"]:
        note += f"; of the encoded ones the first {found.decoded} were decoded"
    out.print(f"shapes  {', '.join(shapes)}{note}", markup=False)
    _print_histogram("label", found.labels)
    if found.annotated:
        out.print(f"{found.annotated} records have boxes")
        _print_histogram("class", found.boxes)


def _print_histogram(what: str, counts: Any, most: int = 40) -> None:
    from rich.table import Table

    if not counts:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(what, justify="right")
    table.add_column("count", justify="right")
    table.add_column("")
    highest = max(counts.values())
    for value, count in sorted(counts.items())[:most]:
        table.add_row(str(value), str(count), "█" * max(1, round(40 * count / highest)))
    out = console()
    out.print(table)
    if len(counts) > most:
        out.print(f"… {len(counts) - most} more (--json has all)")


@command.command(
    "extract-features",
    short_help="What blobs hold for every record.",
    epilog=_example("extract-features net.prototxt net.caffemodel fc7 --output fc7.h5"),
)
@click.argument("net", type=_PATH)
@click.argument("weights", type=_PATH)
@click.argument("blobs", metavar="BLOB...", nargs=-1, required=True)
@click.option("--output", "-o", type=_PATH, required=True, help="The database or file to write.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["lmdb", "leveldb", "hdf5", "npz"], case_sensitive=False),
    help="By default as the output's suffix says (.h5, .npz), else an LMDB.",
)
@click.option("--batches", type=click.IntRange(1), help="By default once through the data set.")
@click.option(
    "--phase",
    type=click.Choice(["TEST", "TRAIN"], case_sensitive=False),
    default="TEST",
    show_default=True,
    help="The phase to build the net in.",
)
@click.option("--seed", type=int, help="Seed of what is random.")
@click.option("--force", is_flag=True, help="Replace an output that is there.")
@click.option("--restart", is_flag=True, help="Drop what an interrupted run left.")
@click.option(
    "--allow-python-layers", is_flag=True, help="Import and run the code that Python layers name."
)
def extract(
    net: Path,
    weights: Path,
    blobs: tuple[str, ...],
    output: Path,
    kind: str | None,
    batches: int | None,
    phase: str,
    seed: int | None,
    force: bool,
    restart: bool,
    allow_python_layers: bool,
) -> None:
    """Run NET with WEIGHTS over its data set and write what each BLOB holds.

    An interrupted run goes on where it was when it is called again.
    """
    from caffe_proto.data.features import extract_features

    names = [name for blob in blobs for name in blob.split(",")]
    with counting("records") as progress:
        shapes = extract_features(
            net,
            [weights],
            names,
            output,
            kind=(kind or "").lower(),
            batches=batches,
            phase=phase.upper(),
            seed=seed,
            overwrite=force,
            restart=restart,
            progress=progress,
            allow_python_layers=allow_python_layers,
        )
    for name, shape in shapes.items():
        click.echo(f"{output}: {name} {'×'.join(map(str, shape))}")
