"""The cloud: its region is where the data may be, its zones are the region's, its range has room."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from simpul.city.address import find_lack
from simpul.city.fault import Fault
from simpul.city.rule.draft import EACH, Draft
from simpul.city.wording import choice, show

if TYPE_CHECKING:
    from collections.abc import Iterator

REGIONS = {"ID": ("ap-southeast-5",)}
"""The cloud's regions in a country."""

ZONES = {"ap-southeast-5": ("ap-southeast-5a", "ap-southeast-5b", "ap-southeast-5c")}
"""The zones of a region: https://www.alibabacloud.com/help/en/ecs/product-overview/regions-and-zones."""

ZONES_NEEDED = {"small": 2, "standard": 2, "large": 3}
"""How many zones a profile is spread over at least."""

_VENDOR_REGISTRY = re.compile(
    r"(?:^registry(?:-vpc)?|\.)\.?(?P<region>[a-z]{2}(?:-[a-z]+)+(?:-\d+)?)(?:\.cr)?\.aliyuncs\.com$"
)


def check_region(draft: Draft) -> Iterator[Fault]:
    """Find a region abroad."""
    country = draft.get("residency")
    for spot in draft.find("cloud", "region"):
        allowed = REGIONS.get(country)
        if allowed and spot.value not in allowed:
            what = f"isn't in {country}, where the city's data must be kept"
            yield Fault(spot.loc, what, show(spot.value), f'Write "{choice(allowed)}".')


def check_zones(draft: Draft) -> Iterator[Fault]:
    """Find zones that aren't the region's."""
    region = draft.get("cloud", "region")
    zones = ZONES.get(str(region), ())
    for spot in draft.find("cloud", "zones", EACH):
        if zones and spot.value not in zones:
            yield Fault(spot.loc, f"isn't a zone of {region}", show(spot.value), f"Its zones: {choice(zones, 'and')}.")


def check_zone_count(draft: Draft) -> Iterator[Fault]:
    """Find fewer zones than the profile needs to outlive the loss of one."""
    needed = ZONES_NEEDED.get(str(draft.get("cloud", "profile")), 2)
    for spot in draft.find("cloud", "zones"):
        if isinstance(spot.value, list | tuple) and 0 < len(spot.value) < needed:
            what = f"has fewer than the {needed} zones that the profile needs"
            yield Fault(spot.loc, what, show(spot.value), f"Add zones of the region, to {needed} or more.")


def check_growth(draft: Draft) -> Iterator[Fault]:
    """Find a cluster that may not grow to what it has at least."""
    least = draft.get("cloud", "sizes", "work_nodes")
    for spot in draft.find("cloud", "sizes", "work_nodes_max"):
        if isinstance(least, int) and isinstance(spot.value, int) and spot.value < least:
            yield Fault(spot.loc, f"is less than work_nodes ({least})", show(spot.value), f"Write {least} or more.")


def check_registry(draft: Draft) -> Iterator[Fault]:
    """Find a registry of the vendor's that is abroad: images are kept there too."""
    country = draft.get("residency")
    allowed = REGIONS.get(country)
    for spot in draft.find("registry", "address"):
        host = spot.value.partition("/")[0].partition(":")[0]
        vendor = _VENDOR_REGISTRY.search(host)
        if allowed and vendor and vendor["region"] not in allowed:
            what = f"is a registry in {vendor['region']}, which isn't in {country}"
            advice = f'Write "{spot.value.replace(vendor["region"], allowed[0])}", or the city\'s own registry.'
            yield Fault(spot.loc, what, show(spot.value), advice)


def check_room(draft: Draft) -> Iterator[Fault]:
    """Find a range without room for the sites' numbers."""
    numbers = [spot.value for spot in draft.find("sites", EACH, "number")]
    for spot in draft.find("cloud", "addresses"):
        lack = find_lack(IPv4Network(str(spot.value)), numbers)
        if lack:
            yield Fault(spot.loc, lack.what, lack.got, lack.next or "")
