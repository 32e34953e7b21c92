"""``caffe-proto check``: every fault of every file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from caffe_proto.cli._common import net_options, print_json, visible

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto check train_val.prototxt
  caffe-proto check models/*.prototxt --parse-only
"""


@click.command("check", epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@net_options
@click.option("--parse-only", is_flag=True, help="Do not build the nets.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.pass_context
def command(
    ctx: click.Context,
    files: tuple[Path, ...],
    phase: str,
    level: int,
    stages: tuple[str, ...],
    allow_python_layers: bool,
    parse_only: bool,
    as_json: bool,
) -> None:
    """Parse and build each of FILES and list every fault; exit status 1 if there is any.

    A solver's prototxt is parsed as a solver.
    """
    from caffe_proto.errors import CaffeProtoError
    from caffe_proto.net import build_net
    from caffe_proto.prototxt import parse_file

    results: list[dict[str, object]] = []
    for path in files:
        faults: list[str] = []
        detail = "parsed"
        try:
            if looks_like_solver(path):
                parse_file(path, "SolverParameter")
                detail = "a solver"
            else:
                message = parse_file(path)
                if not parse_only:
                    net = build_net(
                        message,
                        phase,
                        level=level,
                        stages=stages,
                        allow_python_layers=allow_python_layers,
                        directory=path.resolve().parent,
                    )
                    plural = "s" * (len(net.layers) != 1)
                    detail = f"{len(net.layers)} layer{plural} in phase {net.phase}"
        except CaffeProtoError as fault:
            found = getattr(fault, "faults", None)
            faults = [str(f) for f in found] if found else [prefixed(path, str(fault))]
        except OSError as fault:
            faults = [f"{path}: {fault.strerror or fault}"]
        results.append({"file": str(path), "ok": not faults, "detail": detail, "faults": faults})
        if not as_json:
            for text in faults:
                click.echo(visible(text), err=True)
            if not faults:
                click.echo(f"{path}: ok, {detail}")
    bad = sum(not result["ok"] for result in results)
    if as_json:
        print_json(results)
    elif len(files) > 1:
        click.echo(f"{len(files) - bad} of {len(files)} files are fine")
    sys.stdout.flush()
    if bad:
        ctx.exit(1)


def prefixed(path: Path, text: str) -> str:
    """``text`` with the file in front, unless it says so already."""
    return text if text.startswith(str(path)) else f"{path}: {text}"


def looks_like_solver(path: Path) -> bool:
    """Whether the text has a field at its start that only solvers have."""
    import re

    with open(path, "rb") as stream:
        head = stream.read(1 << 16)
    if re.search(rb"(?m)^\s*(layers?|input|input_dim)\s*[:{]", head):
        return False
    pattern = rb"(?m)^\s*(base_lr|lr_policy|max_iter|train_net|test_net|net|solver_mode)\s*:"
    return re.search(pattern, head) is not None
