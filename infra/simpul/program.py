"""The program, whole: a city and what of it is there already enter, resources and typed stack outputs leave."""

from __future__ import annotations

from typing import Any

import pulumi

from simpul.city import City, plan
from simpul.cloud import Cloud, Found
from simpul.cloud.identity import Identity
from simpul.cloud.registry import declared, problems
from simpul.edge import SiteArgs, SiteHosts
from simpul.errors import CityError
from simpul.platform import deploy


def verify(city: City, stack: str) -> None:
    """Hold `city` to what follows from the name of its `stack`. CityError with all problems."""
    if found := tuple(problems(city, Identity.of(city, stack))):
        raise CityError.of(found)


def compose(city: City, there: Found) -> dict[str, Any]:
    """Make `city`, of which the cloud holds `there` already; give its stack outputs by name."""
    addresses = plan(city)
    cloud = Cloud(city, addresses, there).estate
    sites = [
        SiteHosts(f"simpul-{site.slug}", SiteArgs(city, site, addresses.sites[site.code])).estate for site in city.sites
    ]
    images = cloud.image_registry or declared(city)
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
        "image_registry": images.export() if images else None,
        "tunnels": [each.export() for each in cloud.tunnels],
        "lines": [each.export() for each in cloud.lines],
    }
    return {**plain, **{name: pulumi.Output.secret(value) for name, value in secret.items()}}
