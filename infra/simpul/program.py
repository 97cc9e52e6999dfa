"""The program, whole: a city and what of it is there already enter, resources and typed stack outputs leave."""

from __future__ import annotations

from typing import Any, Literal

import pulumi

from simpul.city import City, plan
from simpul.city.stack import unfit_part
from simpul.cloud import Cloud, Found, identity, registry
from simpul.edge import SiteArgs, SiteHosts, give_up
from simpul.errors import CityError
from simpul.handover import Endpoint, SiteEstate
from simpul.platform import deploy
from simpul.policy import day

Part = Literal["all", "cloud"]
"""What a run makes: the whole city, or on its first day the cloud alone (docs/adr/0029-first-day.md)."""


def verify(city: City, stack: str) -> None:
    """Hold the name of its `stack`, and `city` to what follows from it. CityError with all problems."""
    whose = identity.Identity.of(city, stack)
    if found := (*identity.problems(whose), *registry.problems(city, whose)):
        raise CityError.of(found)


def choose(wanted: str | None, there: Found) -> Part:
    """Give the part of a city that a run makes, as the stack's config `simpul:part` wants it.

    Raises CityError for no part, and for the cloud alone where the rest stands: the run would take that away.
    """
    if wanted in (None, "all"):
        return "all"
    if wanted != "cloud":
        raise CityError(unfit_part(wanted))
    if there.placed:
        got = f"{len(there.placed)} of them, such as {there.placed[0]}"
        what = "would take away the hosts and releases that stand: the cloud alone is for the first day"
        raise CityError.at("config.simpul:part", what, got, "pulumi config rm simpul:part")
    return "cloud"


def confirm(city: City, there: Found) -> None:
    """Hold `city` to what it says of itself. CityError where it calls itself a rehearsal and something is protected."""
    if city.rehearsal and (kept := sorted(name for _, name in {*there.protected, *there.locked})):
        got = f"{len(kept)} of it are locked or protected, such as {kept[0]}"
        advice = "Take city.rehearsal out. docs/run-a-city.md, Take it away, says how a city goes."
        raise CityError.at("city.rehearsal", "can't be said of a city that stands: it was used as one", got, advice)


def compose(city: City, there: Found, part: Part = "all") -> dict[str, Any]:
    """Make `city` or a `part` of it, of which the cloud holds `there` already; give its stack outputs by name.

    Raises CityError where a host would go with a volume on it that the declaration doesn't let go.
    """
    let_go = give_up(city, there.volumes, day.today())
    addresses = plan(city)
    cloud = Cloud(city, addresses, there).estate
    images = cloud.image_registry or registry.declared(city)
    sites: list[SiteEstate] = []
    endpoints: tuple[Endpoint, ...] = ()
    if part == "all":
        sites = [
            SiteHosts(f"simpul-{site.slug}", SiteArgs(city, site, addresses.sites[site.code], store, let_go)).estate
            for site, store in zip(city.sites, cloud.backups, strict=True)
        ]
        endpoints = deploy(city, cloud, sites, images)
    clusters = [cloud.cluster, *(site.cluster for site in sites)]
    plain = {
        "city": {"name": city.name, "wilayah": city.wilayah},
        "cloud": {
            "region": city.cloud.region,
            "vpc_id": cloud.vpc_id,
            "entrance": cloud.balancer_address,
            "nat_address": cloud.nat_address,
        },
        "sites": [site.export() for site in sites],
        "roles": [each.export() for each in cloud.roles],
        "stays": [each.export() for each in cloud.stays],
    }
    secret = {
        "clusters": [{"name": each.name, "site": each.site, "kubeconfig": each.kubeconfig} for each in clusters],
        "endpoints": [each.export() for each in endpoints],
        "databases": [each.export() for each in cloud.databases],
        "caches": [each.export() for each in cloud.caches],
        "buckets": [each.export() for each in cloud.buckets],
        "backups": [site.backup.export() for site in sites],
        "image_registry": images.export() if images else None,
        "tunnels": [each.export() for each in cloud.tunnels],
        "lines": [each.export() for each in cloud.lines],
    }
    return {**plain, **{name: pulumi.Output.secret(value) for name, value in secret.items()}}
