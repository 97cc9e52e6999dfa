"""`simpul status`: how the city of the selected stack is."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simpul.errors import CityError, Problem
from simpul.status import CityStatus, gather
from simpul.status.model import BackupStatus, CertificateStatus, HostStatus


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def status(*, as_json: bool) -> None:
    """Say how the city is: sites, clusters, releases. Exit code 1 when it isn't well."""
    show(gather(kubeconfigs()), as_json=as_json)


def kubeconfigs() -> Path:
    """Give the folder for kubeconfigs: the lab's, or one beside the user's own."""
    return Path(os.environ.get("SIMPUL_KUBECONFIGS") or Path.home() / ".kube" / "simpul")


def show(city: CityStatus, *, as_json: bool) -> None:
    """Print `city`; raise CityError when it isn't well."""
    if as_json:
        click.echo(json.dumps(asdict(city), indent=2))
    else:
        _tables(city)
    if not city.well:
        raise CityError.of(
            [Problem(f"city {city.city.name}", "isn't well", next="simpul status shows what isn't; pulumi up")]
        )


def _tables(city: CityStatus) -> None:
    console = Console()
    console.print(
        f"[bold]{city.city.name}[/] ({city.city.wilayah}): {_well(city.well, 'well', 'NOT well')}, "
        f"{city.cloud.resources} resources in the cloud"
    )
    sites = Table("site", "name", "reachable", "hosts", box=None, header_style="dim")
    for site in city.sites:
        hosts = ", ".join(f"{host.name} {_host(host)}" for host in site.hosts)
        sites.add_row(site.code, site.name, _well(site.reachable, "yes", "no"), hosts)
    clusters = Table("cluster", "where", "nodes", "pods", box=None, header_style="dim")
    for cluster in city.clusters:
        clusters.add_row(
            cluster.name,
            cluster.site or "cloud",
            _share(cluster.nodes_ready, cluster.nodes),
            cluster.error or _share(cluster.pods_ready, cluster.pods),
        )
    releases = Table("release", "cluster", "chart", "revision", "status", box=None, header_style="dim")
    for release in city.releases:
        name = f"{release.namespace}/{release.name}"
        releases.add_row(name, release.cluster, release.chart, str(release.revision), release.status)
    backups = Table("backup of", "site", "last in the bucket", box=None, header_style="dim")
    for backup in city.backups:
        backups.add_row(backup.host, backup.site, _age(backup))
    for table in (sites, clusters, releases, backups, _certificates(city.certificates)):
        console.print()
        console.print(table)
    if city.clusters:
        console.print(f"\nkubeconfigs: {Path(city.clusters[0].kubeconfig).parent}/CLUSTER.yaml", soft_wrap=True)


def _certificates(certificates: Sequence[CertificateStatus]) -> Table:
    """Make a table of the first to end in each place; the JSON form has all."""
    table = Table("certificate", "where", "ends", "days left", box=None, header_style="dim")
    first = {each.where: each for each in reversed(certificates)}
    for each in certificates:
        if first[each.where] is each:
            left = str(each.days_left)
            table.add_row(each.what, each.where, each.ends[:10], _well(each.well, left, left))
    return table


def _age(backup: BackupStatus) -> str:
    if backup.error:
        return f"[red]{escape(backup.error)}[/]"
    if backup.age_hours is None:
        return _well(not backup.overdue, "none yet", "none")
    return _well(not backup.overdue, f"{backup.age_hours} h old", f"{backup.age_hours} h old: overdue")


def _host(host: HostStatus) -> str:
    if host.state != "ready":
        return f"[yellow]{host.state}[/]"
    return _well(host.ready, "ready", "not ready")


def _well(well: bool, yes: str, no: str) -> str:  # noqa: FBT001 a choice of two words
    return f"[green]{yes}[/]" if well else f"[red]{no}[/]"


def _share(ready: int, total: int) -> str:
    return _well(0 < total == ready, f"{ready}/{total} ready", f"{ready}/{total} ready")
