"""The command ``caffe-proto``: one module of this folder a subcommand, its ``command`` object."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import warnings
from typing import NoReturn

import click

import caffe_proto
from caffe_proto.cli._common import visible, write_anywhere
from caffe_proto.errors import CaffeProtoError

__all__ = ["cli", "main"]

EXAMPLES = """\b
Examples:
  caffe-proto show lenet.prototxt                 every layer, shape and parameter
  caffe-proto blobs lenet.prototxt --seed 1701    the initialized parameters
  caffe-proto check *.prototxt                    every fault, with file, line and column
  caffe-proto run deploy.prototxt --weights x.caffemodel --input cat.jpg
"""


class LazyGroup(click.Group):
    """Finds subcommands as modules and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The modules of this folder, underscores as dashes."""
        return sorted(
            module.name.replace("_", "-")
            for module in pkgutil.iter_modules(__path__)
            if not module.name.startswith("_")
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The ``command`` object of the subcommand's module, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with a suggestion for a misspelt subcommand."""
        from caffe_proto.errors import did_you_mean

        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            commands = self.list_commands(ctx)
            hint = did_you_mean(name, commands) or f". Commands: {', '.join(commands)}"
            raise click.UsageError(f'there is no command "{name}"{hint}', ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(caffe_proto.__version__, prog_name="caffe-proto")
def cli() -> None:
    """Read, build, look into, run and train Caffe nets; no Caffe needed."""


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command; faults in files go to stderr in one piece, without a traceback."""
    warnings.showwarning = _show_warning
    write_anywhere()
    try:
        status = cli.main(args=argv, prog_name="caffe-proto", standalone_mode=False)
    except click.ClickException as fault:
        fault.show()
        sys.exit(fault.exit_code)
    except click.exceptions.Abort:
        click.echo("caffe-proto: interrupted", err=True)
        sys.exit(130)
    except KeyboardInterrupt:
        click.echo("caffe-proto: interrupted", err=True)
        sys.exit(130)
    except CaffeProtoError as fault:
        click.echo(visible(f"caffe-proto: {fault}"), err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader (head, less) has gone: nothing more to say, and nothing to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as fault:
        place = f"{fault.filename}: " if fault.filename else ""
        click.echo(visible(f"caffe-proto: {place}{fault.strerror or fault}"), err=True)
        sys.exit(1)
    except MemoryError:
        click.echo("caffe-proto: not enough memory for this net or file", err=True)
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    click.echo(visible(f"caffe-proto: note: {message}"), err=True)
