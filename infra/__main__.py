"""The Pulumi program: read the city, compose it, export what others need."""

from __future__ import annotations

import pulumi

from simpul.city import City, parse, plan
from simpul.cloud import Cloud
from simpul.edge import SiteArgs, SiteHosts
from simpul.errors import SimpulError
from simpul.platform import deploy


def compose(city: City) -> None:
    """Make `city` and export its outputs."""
    addresses = plan(city)
    cloud = Cloud(city, addresses).estate
    sites = [
        SiteHosts(f"simpul-{site.slug}", SiteArgs(city, site, addresses.sites[site.code])).estate for site in city.sites
    ]
    endpoints = deploy(city, cloud, sites)

    pulumi.export("city", {"name": city.name, "wilayah": city.wilayah})
    pulumi.export(
        "cloud",
        {
            "region": city.cloud.region,
            "vpc_id": cloud.vpc_id,
            "entrance": cloud.balancer_address,
            "nat_address": cloud.nat_address,
        },
    )
    pulumi.export("sites", [site.export() for site in sites])
    clusters = [cloud.cluster, *(site.cluster for site in sites)]
    pulumi.export(
        "clusters",
        pulumi.Output.secret(
            [{"name": cluster.name, "site": cluster.site, "kubeconfig": cluster.kubeconfig} for cluster in clusters]
        ),
    )
    pulumi.export("endpoints", pulumi.Output.secret([endpoint.export() for endpoint in endpoints]))


try:
    compose(parse(pulumi.Config("simpul").require_object("city")))
except SimpulError as error:
    # A problem of the city is told in its own words, without the trace of the program that found it.
    raise pulumi.RunError(str(error)) from None
