"""The command line: the only part that prints and exits."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from simpul.errors import SimpulError
from simpul.garbage import look_seldom

INTERRUPTED = 130


class Commands(click.Group):
    """Commands, each in the module of its name, which is imported when the command is used: some need much."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's own signature
        return ["check", "image", "lab", "site", "stack", "status"]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        command: click.Command = getattr(import_module(f"simpul.cli.{name}"), name)
        return command


@click.group(cls=Commands)
@click.version_option(package_name="simpul")
def cli() -> None:
    """Set up a city's hybrid cloud from one declaration.

    The declaration is Pulumi.CITY.yaml, and `pulumi up` makes it true. These commands stand beside Pulumi's own.
    """


def main() -> None:
    """Run the command line; every error of Simpul's own is told here, and nowhere else."""
    look_seldom()
    try:
        sys.exit(cli(standalone_mode=False))
    except SimpulError as error:
        for problem in error.problems:
            click.echo(f"{click.style('error', fg='red')}: {problem}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
