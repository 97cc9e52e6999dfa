"""`simpul site`: a site's backups, and a host that was lost."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, time, timedelta

import click

from simpul.errors import SimpulError, UsageError
from simpul.recovery import site as recovery
from simpul.recovery.site import Site
from simpul.status.backup import Backup


@click.group()
def site() -> None:
    """Look after a site's backups: take one, list them, put one back."""


@site.command()
@click.argument("code")
def backup(code: str) -> None:
    """Take a backup of the site CODE now, and send it to the city's bucket."""
    found, stop = recovery.find(code), threading.Event()
    for host in found.hosts:
        taken = recovery.take(found, host, stop=stop)
        click.echo(f"{host}: " + (f"kept there, and sent later: {taken.unsent}" if taken.unsent else "taken and sent"))


@site.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def backups(code: str, *, as_json: bool) -> None:
    """List the backups of the site CODE that are in the city's bucket."""
    found = recovery.find(code)
    if as_json:
        click.echo(
            json.dumps([{"host": each.host, "begun": each.begun.isoformat()} for each in found.backups], indent=2)
        )
        return
    for each in found.backups:
        click.echo(f"{each.host}  {_told(each, found)}")
    if not found.backups:
        click.echo("none yet")


@site.command()
@click.argument("code")
@click.option("--at", metavar="TIME", help="Take the last backup until then: 2026-11-29, 2026-11-29T13:30.")
@click.option("--host", help="The host to restore.  [default: the site's server]")
@click.option("--over", is_flag=True, help="Lose what the host has: its cluster and its volumes.")
@click.option("--yes", is_flag=True, help="Don't ask.")
def restore(code: str, *, at: str | None, host: str | None, over: bool, yes: bool) -> None:
    """Put a backup of the site CODE onto a blank host, and start its cluster with it."""
    found, stop = recovery.find(code), threading.Event()
    chosen = found.choose(host, _moment(at, found) if at else None)
    connection = found.machines[chosen.host].connection
    click.echo(f"{chosen.host} ({connection.address}) becomes what it was at {_told(chosen, found)}.")
    if over:
        click.echo("What it has now, cluster and volumes, is overwritten; its own copy of it is taken first.")
    if not yes:
        click.confirm("Go on?", abort=True)
    if over:
        _take_first(found, chosen.host, stop)
    recovery.restore(found, chosen, over=over, on_task=lambda task: click.echo(f"  {task}"), stop=stop)
    click.echo(
        f"{chosen.host} runs again, with the cluster's state, its keys and its volumes of {_told(chosen, found)}.\n"
        "What was changed in the city since then comes with: pulumi up --refresh"
    )


def _take_first(found: Site, host: str, stop: threading.Event) -> None:
    """Take a backup of what is about to be overwritten; on a host that is broken that may not be possible."""
    try:
        recovery.take(found, host, stop=stop)
    except SimpulError as error:
        click.echo(f"No backup of what it has now: {error}", err=True)


def _told(backup: Backup, found: Site) -> str:
    """Say when a backup was begun, in the city's time, and how long ago that is."""
    age = datetime.now(UTC) - backup.begun
    hours = age // timedelta(hours=1)
    ago = f"{hours // 24} days" if hours >= 48 else f"{hours} h" if hours else f"{age // timedelta(minutes=1)} min"  # noqa: PLR2004
    return f"{backup.begun.astimezone(found.timezone):%Y-%m-%d %H:%M:%S %Z} ({ago} ago)"


def _moment(text: str, found: Site) -> datetime:
    """Read a moment, in the city's time where it names none; a day is meant with all of it. UsageError."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError.at("--at", "isn't a moment", text, "such as 2026-11-29T13:30") from None
    if len(text) <= len("2026-11-29"):
        read = datetime.combine(read.date(), time.max)
    return (read if read.tzinfo else read.replace(tzinfo=found.timezone)).astimezone(UTC)
