"""`simpul lab`: a city rehearsed on one machine."""

from __future__ import annotations

import os
import sys

import click

from simpul.cli import status as status_command
from simpul.cli.report import reporter
from simpul.errors import UsageError
from simpul.lab import engine, environment, network
from simpul.lab.down import down as take_down
from simpul.lab.toolchain import ensure
from simpul.lab.up import up as bring_up
from simpul.status import gather

NEXT = """
Try next, in this root shell:
  eval "$(.venv/bin/simpul lab env)"   # then pulumi, helm and simpul work on this lab
  pulumi preview                       # what would change
  pulumi stack output endpoints --show-secrets   # where a client gets in, and with what
  simpul lab cut {site}              # take an office off the network; simpul lab join brings it back
  simpul lab down                      # take it all down"""


@click.group()
def lab() -> None:
    """Rehearse a city on this machine: the same program, hosts and clusters; only the cloud's API is a stand-in."""


@lab.command()
@click.argument("city", default="balikpapan")
@click.option("--sites", default=2, show_default=True, help="How many of the city's sites to rehearse.")
def up(city: str, sites: int) -> None:
    """Bring CITY up, or bring a running lab up to date. Needs root on Linux."""
    made = bring_up(city, sites, reporter(), terminal=sys.stdout.isatty())
    click.echo()
    try:
        status_command.show(made, as_json=False)
    finally:
        click.echo(NEXT.format(site=made.sites[0].code))


@lab.command()
def down() -> None:
    """Take the lab down; what stays is told: the cache, and the packages that it installed."""
    take_down(reporter())


@lab.command()
def env() -> None:
    """Print what a shell needs for the lab: eval "$(simpul lab env)"."""
    click.echo(environment.shell())


@lab.command()
@click.argument("site")
def cut(site: str) -> None:
    """Cut the uplink of SITE (its code or number): the office and the cloud don't reach each other."""
    network.cut(_number(site))


@lab.command()
@click.argument("site")
def join(site: str) -> None:
    """Mend the uplink of SITE (its code or number)."""
    network.restore(_number(site))


def _number(site: str) -> int:
    """Give the number of the rehearsed site that `site` means."""
    numbers: dict[str, int] = {each["code"]: each["number"] for each in engine.rehearsed()["sites"]}
    if site in numbers:
        return numbers[site]
    if site.isdecimal() and int(site) in numbers.values():
        return int(site)
    raise UsageError.at("SITE", "isn't a site of this lab", site, f"one of: {', '.join(numbers)}")


@lab.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def status(*, as_json: bool) -> None:
    """Say how the lab's city is, as `simpul status` does."""
    os.environ.update(environment.variables())
    status_command.show(gather(environment.KUBECONFIGS), as_json=as_json)


@lab.command()
def tools() -> None:
    """Make sure of the programs that the tests need, and print their folders as PATH has them."""
    ensure(lambda text: click.echo(text, err=True))
    click.echo(os.pathsep.join(map(str, environment.tools())))
