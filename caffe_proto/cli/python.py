"""``caffe-proto python``: run a script that was written for pycaffe."""

from __future__ import annotations

import click

__all__ = ["command"]

EPILOG = """\b
Examples:
  caffe-proto python train.py --gpu 0          the script gets all that follows its name
  caffe-proto python -m pytest test_net.py     a module, as python -m
  caffe-proto python -c "import caffe; print(caffe.__version__)"
  caffe-proto python                           an interactive session

\b
"import caffe" then gives caffe_proto.pycaffe, in the script and in Python processes that it starts.
"""


class _PythonCommand(click.Command):
    """Takes its arguments as they are: what looks like an option is the script's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep ``args``, but for a help option in front."""
        if args[:1] in (["-h"], ["--help"]):
            return super().parse_args(ctx, args)
        ctx.params = {"arguments": tuple(args)}
        return []


@click.command("python", cls=_PythonCommand, epilog=EPILOG)
@click.argument("arguments", nargs=-1, metavar="SCRIPT|-m MODULE|-c CODE [ARGS]...")
def command(arguments: tuple[str, ...]) -> None:
    """Run SCRIPT, MODULE or CODE with "import caffe" giving the drop-in for pycaffe."""
    from caffe_proto.pycaffe.running import run

    raise SystemExit(run(list(arguments)))
