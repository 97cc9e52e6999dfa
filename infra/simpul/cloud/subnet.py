"""Which networks are at a site, for tunnels, lines and walls: the ranges of its cluster and its hosts' addresses.

In: the city's sites and its plan. Out: ranges, few enough for what takes them. Nothing here is a resource.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, collapse_addresses
from itertools import pairwise

from simpul.city import City, Plan, Site
from simpul.city.rule.link import ROUTED
from simpul.errors import CityError

MOST = 10
"""How many ranges an IPsec connection takes at each end, and as many a wall gets, whose entries are counted too."""


def cluster(site: Site, plan: Plan) -> tuple[IPv4Network, ...]:
    """Give the ranges of a site's cluster, as few as they can be."""
    ranges = plan.sites[site.code]
    return tuple(collapse_addresses([ranges.pods, ranges.services]))


def behind(site: Site, city: City, plan: Plan) -> tuple[IPv4Network, ...]:
    """Give all networks of a site, at most MOST: its cluster's, then its hosts'. Raises CityError.

    No network is of two sites: a range that holds several hosts of one holds none of another's.
    """
    own = cluster(site, plan)
    others = [IPv4Network(host.address) for each in city.sites if each.code != site.code for host in each.hosts]
    apart = [city.cloud.addresses, *others]
    return (*own, *gather((host.address for host in site.hosts), MOST - len(own), apart, site.code))


def linked(city: City) -> tuple[IPv4Network, ...]:
    """Give the hosts' networks of all sites that a link of the city's own joins to the cloud, at most MOST."""
    addresses = [host.address for site in city.sites if site.link.kind in ROUTED for host in site.hosts]
    return gather(addresses, MOST, [city.cloud.addresses], "")


def gather(addresses: Iterable[object], most: int, apart: Sequence[IPv4Network], site: str) -> tuple[IPv4Network, ...]:
    """Give at most `most` ranges that hold `addresses`, each as narrow as can be and apart from all of `apart`.

    Raises CityError where that can't be: the hosts of `site` ("" for several) have too little in common.
    """
    ranges = list(collapse_addresses(IPv4Network(str(each)) for each in addresses))
    while len(ranges) > most:
        wider = map(_join, *zip(*pairwise(ranges), strict=True))
        joined = [each for each in wider if not any(each.overlaps(other) for other in apart)]
        if not joined:
            where = f"city.sites ({site or 'all'}).hosts"
            advice = f"give them addresses of at most {most} networks that hold no other site's and no cloud.addresses"
            raise CityError.at(where, "have addresses of too many networks", str(len(ranges)), advice)
        ranges = list(collapse_addresses([*ranges, max(joined, key=lambda each: each.prefixlen)]))
    return tuple(ranges)


def office(what: str, name: str) -> str:
    """Say `what` of an office is described: `name` at the end, for a description begins with a letter.

    The names of a few kecamatan don't: "2 X 11 Enam Lingkung".
    """
    return f"{what} {name}"


def word(range_: IPv4Network) -> str:
    """Bring a range into a resource's name."""
    return str(range_).replace(".", "-").replace("/", "-")


def _join(one: IPv4Network, other: IPv4Network) -> IPv4Network:
    """Give the narrowest range that holds both."""
    while not other.subnet_of(one):
        one = one.supernet()
    return one
