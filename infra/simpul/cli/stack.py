"""`simpul stack`: save a stack for the holders of named keys, and get it back from what was saved."""

from __future__ import annotations

import os
from pathlib import Path

import click

from simpul import safe
from simpul.errors import UsageError
from simpul.safe.passphrase import FILE

PATH = click.Path(path_type=Path, dir_okay=False)


@click.group()
def stack() -> None:
    """Keep the stack's state, settings and passphrase safe, and get a city back from them.

    They alone hold the city's authority, tokens and passwords. What is saved is one file of age's.
    """


@stack.command()
@click.option("--recipient", "given", multiple=True, metavar="age1…", help="Who may open it; several may be named.")
@click.option("--recipients", "files", multiple=True, type=PATH, metavar="FILE", help="A file with one a line.")
@click.option("--to", type=PATH, metavar="FILE", help="Where to; STACK-TIME.age here, if it isn't said.")
@click.option("--stack", "name", metavar="STACK", help="Which stack; else the selected one.")
def save(given: tuple[str, ...], files: tuple[Path, ...], to: Path | None, name: str | None) -> None:
    """Save the stack for the holders of the keys that are named. Any `age -d` with one of them opens it."""
    saved = safe.save(safe.recipients(given, files), to, name)
    click.echo(f"stack {saved.stack}, {saved.resources} resources, is saved in {saved.file}")
    click.echo(f"keep it away from this machine; to get it back: simpul stack restore {saved.file} --identity KEY")


@stack.command()
@click.argument("file", type=PATH)
@click.option("--identity", type=PATH, required=True, metavar="KEY", help="The private key, as age-keygen writes it.")
@click.option("--passphrase-file", type=PATH, metavar="FILE", help=f"Where the passphrase goes; else what {FILE} says.")
@click.option("--overwrite", is_flag=True, help="Lose a stack, settings and passphrase that are there.")
def restore(file: Path, identity: Path, passphrase_file: Path | None, *, overwrite: bool) -> None:
    """Get the stack in FILE back: into the backend that `pulumi login` names, with its settings and its passphrase."""
    kept = passphrase_file or (Path(os.environ[FILE]) if os.environ.get(FILE) else None)
    if kept is None:
        raise UsageError.at("--passphrase-file", "is missing", None, f"name the file, or export {FILE}=FILE")
    done = safe.restore(file, safe.identities(identity), kept, overwrite=overwrite)
    click.echo(f"stack {done.stack}, {done.resources} resources, is as on {done.saved} (Simpul {done.version})")
    click.echo(f"its passphrase is in {done.passphrase}: export {FILE}={done.passphrase}")
    click.echo("then: pulumi preview")
