"""The command line: the only part that prints and exits."""

from __future__ import annotations

import sys

import click

from simpul.cli.check import check
from simpul.cli.lab import lab
from simpul.cli.status import status
from simpul.errors import SimpulError

INTERRUPTED = 130


@click.group()
@click.version_option(package_name="simpul")
def cli() -> None:
    """Set up a city's hybrid cloud from one declaration.

    The declaration is Pulumi.CITY.yaml, and `pulumi up` makes it true. These commands stand beside Pulumi's own.
    """


cli.add_command(check)
cli.add_command(lab)
cli.add_command(status)


def main() -> None:
    """Run the command line; every error of Simpul's own is told here, and nowhere else."""
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
