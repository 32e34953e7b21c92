"""``caffe-proto format``: one look for all prototxt files, comments kept."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from caffe_proto.errors import CaffeProtoError

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto format net.prototxt             print the formatted text
  caffe-proto format --write *.prototxt       format the files where they are
  caffe-proto format --check *.prototxt       exit status 1 if any would change
  caffe-proto format --upgrade old.prototxt   print the net in today's format
"""


@click.command("format", epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Replace the files by what they become.")
@click.option("--check", is_flag=True, help="Change nothing; exit status 1 if any would change.")
@click.option("--diff", is_flag=True, help="Print what would change.")
@click.option(
    "--upgrade",
    is_flag=True,
    help="Bring V0 and V1 layers and old inputs to today's format (comments are lost).",
)
@click.pass_context
def command(
    ctx: click.Context,
    files: tuple[Path, ...],
    write: bool,
    check: bool,
    diff: bool,
    upgrade: bool,
) -> None:
    """Format FILES: two spaces a level, one field a line, comments and order kept."""
    changed = 0
    for path in files:
        text = read(path)
        result = upgraded(path) if upgrade else formatted(path, text)
        changed += result != text
        if diff:
            lines = difflib.unified_diff(
                text.splitlines(keepends=True),
                result.splitlines(keepends=True),
                str(path),
                f"{path} (formatted)",
            )
            put("".join(lines))
        elif check:
            if result != text:
                click.echo(f"{path}: would change", err=True)
        elif write:
            if result != text:
                replace(path, result)
                click.echo(f"{path}: formatted", err=True)
        else:
            put(result)
    if check and changed:
        ctx.exit(1)


def put(text: str) -> None:
    """Print ``text``, the very bytes of its file, whatever the terminal's encoding."""
    click.echo(text.encode("utf-8", "surrogateescape"), nl=False)


def read(path: Path) -> str:
    """The text of a file; bytes that are no UTF-8 are kept as lone surrogates."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def formatted(path: Path, text: str) -> str:
    """``text`` in the one look; faults are named with the file."""
    from caffe_proto.prototxt import format_prototxt

    return format_prototxt(text.encode("utf-8", "surrogateescape"), filename=str(path))


def upgraded(path: Path) -> str:
    """The file's message, upgraded and printed."""
    from caffe_proto.cli.check import looks_like_solver
    from caffe_proto.prototxt import parse_file, to_prototxt

    kind = "SolverParameter" if looks_like_solver(path) else "NetParameter"
    return to_prototxt(parse_file(path, kind))


def replace(path: Path, text: str) -> None:
    """Write beside the file and rename."""
    from caffe_proto.files import replacing

    with replacing(path, CaffeProtoError) as beside:
        beside.write_bytes(text.encode("utf-8", "surrogateescape"))
