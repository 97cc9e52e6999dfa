"""The address plan: which range every network of the city has.

The city's range, the letters of its zones and the sites' numbers enter, a Plan leaves. Nothing else counts, so
a site or a zone that comes or goes changes no range but its own, zones may change places, and a range that is widened
behind its end changes none.

The range is cut into blocks of a /19. The first CLOUD_BLOCKS are the cloud's, then every site has
one, at the place that its number gives:

    cloud    VPC /16 | services /16 | pods /16 | a /16 that is kept free
    site n   pods /20 | services /20

The VPC and the cloud's pods have a switch /20 a zone, at the place of its letter.

A /13 has room for the numbers 1 to 32, a /12 for 1 to 96, a /11 for all 200.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from types import MappingProxyType
from typing import TYPE_CHECKING

from simpul.city.form.special import PRIVATE
from simpul.city.wording import show
from simpul.errors import CityError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from simpul.city.model import City

MAX_NUMBER = 200
"""The highest number of a site."""

MAX_VLAN = 2999
"""The highest VLAN of a line that the vendor ends."""

MAX_ZONES = 16
"""A VPC /16 has this many switches /20."""

MAX_NODES_PER_SITE = 16
"""A site's pods /20 are this many nodes' /24."""

BLOCK_PREFIX = 19
CLOUD_BLOCKS = 32
_SWITCH_PREFIX = 20
_DNS = 10
_USUALLY_FREE = "10.64.0.0"


@dataclass(frozen=True)
class ClusterRanges:
    """The networks of a cluster, and its DNS server's address."""

    pods: IPv4Network
    services: IPv4Network

    @property
    def dns(self) -> IPv4Address:
        return self.services[_DNS]


@dataclass(frozen=True)
class Plan:
    """The networks of a city. They never overlap."""

    vpc: IPv4Network
    switches: Mapping[str, IPv4Network]
    """By zone."""

    pod_switches: Mapping[str, IPv4Network]
    """By zone too: where the cloud's pods have their addresses, in `cloud.pods`."""

    cloud: ClusterRanges
    sites: Mapping[str, ClusterRanges]
    """By the site's code."""


def plan(city: City) -> Plan:
    """Work out the networks of `city`. CityError if its range has no room for them."""
    numbers = {site.code: site.number for site in city.sites}
    return divide(city.cloud.addresses, city.cloud.zones, numbers)


def divide(addresses: IPv4Network, zones: Sequence[str], numbers: Mapping[str, int]) -> Plan:
    """Divide `addresses` among the cloud with its `zones` and the sites, whose `numbers` go by code.

    CityError if there is no room; it says which range would do.
    """
    problem = find_lack(addresses, numbers.values())
    if problem:
        raise CityError(problem)
    vpc, services, pods = (_network(addresses, place, 16) for place in range(3))
    return Plan(
        vpc=vpc,
        switches=_switches(vpc, zones),
        pod_switches=_switches(pods, zones),
        cloud=ClusterRanges(pods=pods, services=services),
        sites=MappingProxyType({code: _site(addresses, number) for code, number in numbers.items()}),
    )


def find_lack(addresses: IPv4Network, numbers: Iterable[int]) -> Problem | None:
    """Give the problem of a range without room for the cloud and sites of these `numbers`, or None."""
    highest = max(numbers, default=0)
    prefix = BLOCK_PREFIX - (CLOUD_BLOCKS + highest - 1).bit_length()
    if addresses.prefixlen <= prefix:
        return None
    reason = f"sites up to number {highest}" if highest else "the cloud's networks"
    return Problem(
        where="city.cloud.addresses",
        what=f"has no room for {reason}",
        got=show(str(addresses)),
        next=f'A /{prefix} would do, such as "{_wider(addresses, prefix)}".',
    )


def _switches(range_: IPv4Network, zones: Sequence[str]) -> Mapping[str, IPv4Network]:
    ranges = list(range_.subnets(new_prefix=_SWITCH_PREFIX))
    return MappingProxyType({zone: ranges[place] for zone, place in _places(zones).items()})


def _places(zones: Sequence[str]) -> Mapping[str, int]:
    """Give the place of each zone's switch: that of its letter; past the last one, from the end what is free."""
    lettered = {zone: ord(zone[-1]) - ord("a") for zone in zones}
    places = {zone: place for zone, place in lettered.items() if 0 <= place < MAX_ZONES}
    free = (place for place in reversed(range(MAX_ZONES)) if place not in places.values())
    return {zone: places[zone] if zone in places else next(free) for zone in zones}


def _wider(addresses: IPv4Network, prefix: int) -> IPv4Network:
    """Give a private range of `prefix`, around `addresses` if there is one, else one that is usually free."""
    around = addresses.supernet(new_prefix=prefix)
    private = any(around.subnet_of(block) for block in PRIVATE)
    return around if private else IPv4Network((_USUALLY_FREE, prefix))


def _site(addresses: IPv4Network, number: int) -> ClusterRanges:
    half = 2 * (CLOUD_BLOCKS + number - 1)
    return ClusterRanges(
        pods=_network(addresses, half, BLOCK_PREFIX + 1), services=_network(addresses, half + 1, BLOCK_PREFIX + 1)
    )


def _network(addresses: IPv4Network, place: int, prefix: int) -> IPv4Network:
    """Give the network of `prefix` at `place` from the start of `addresses`."""
    return IPv4Network((int(addresses.network_address) + (place << (32 - prefix)), prefix))
