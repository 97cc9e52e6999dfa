"""The address plan: no overlap, no renumbering, and a range that is too small is told what would do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simpul.city import Plan, parse, plan
from simpul.city.address import MAX_NUMBER, MAX_ZONES, divide, find_lack
from simpul.city.form import PRIVATE
from simpul.errors import CityError

NUMBERS = st.integers(1, MAX_NUMBER)
SITES = st.lists(NUMBERS, unique=True, max_size=128).map(lambda numbers: {f"site-{n}": n for n in numbers})
ZONES = st.integers(1, MAX_ZONES).map(lambda count: [f"ap-southeast-5{chr(ord('a') + at)}" for at in range(count)])


@st.composite
def ranges(draw: st.DrawFn, longest: int = 11) -> IPv4Network:
    """Draw a private range of a prefix up to `longest`."""
    block = draw(st.sampled_from([block for block in PRIVATE if block.prefixlen <= longest]))
    prefix = draw(st.integers(block.prefixlen, longest))
    place = draw(st.integers(0, 2 ** (prefix - block.prefixlen) - 1))
    return IPv4Network((int(block.network_address) + (place << (32 - prefix)), prefix))


def leaves(made: Plan) -> Iterator[IPv4Network]:
    """Give every network that must be apart from every other."""
    yield from (made.vpc, made.cloud.pods, made.cloud.services)
    for site in made.sites.values():
        yield from (site.pods, site.services)


def apart(networks: Iterator[IPv4Network]) -> bool:
    """Tell whether none of `networks` overlaps another."""
    return all(one.broadcast_address < next_.network_address for one, next_ in pairwise(sorted(networks)))


@settings(deadline=None)
@given(ranges(), ZONES, SITES)
def test_networks_never_overlap_and_stay_in_the_range(
    addresses: IPv4Network, zones: list[str], sites: dict[str, int]
) -> None:
    made = divide(addresses, zones, sites)
    assert apart(leaves(made))
    assert all(network.subnet_of(addresses) for network in leaves(made))
    assert list(made.switches) == zones
    assert apart(iter(made.switches.values()))
    assert all(switch.subnet_of(made.vpc) for switch in made.switches.values())


@settings(deadline=None)
@given(ranges(), ZONES, ZONES, SITES, SITES)
def test_sites_that_come_and_go_renumber_no_other(
    addresses: IPv4Network,
    zones: list[str],
    other_zones: list[str],
    sites: dict[str, int],
    others: dict[str, int],
) -> None:
    before, after = divide(addresses, zones, sites), divide(addresses, other_zones, others)
    assert (before.vpc, before.cloud) == (after.vpc, after.cloud)
    assert all(before.sites[code] == after.sites[code] for code in sites.keys() & others.keys())
    assert all(before.switches[zone] == after.switches[zone] for zone in before.switches.keys() & after.switches.keys())


@settings(deadline=None)
@given(ranges(longest=16), SITES)
def test_a_range_that_is_too_small_is_told_the_smallest_that_would_do(
    addresses: IPv4Network, sites: dict[str, int]
) -> None:
    lack = find_lack(addresses, sites.values())
    if lack is None:
        assert apart(leaves(divide(addresses, ["a"], sites)))
        return
    assert (lack.where, lack.next is None) == ("city.cloud.addresses", False)
    wider = IPv4Network(re.findall(r'"(.+)"', lack.next or "")[0])
    assert any(wider.subnet_of(block) for block in PRIVATE)
    assert find_lack(wider, sites.values()) is None
    assert find_lack(next(wider.subnets()), sites.values()) is not None, "half of it wouldn't have done"
    with pytest.raises(CityError, match=re.escape(str(wider))):
        divide(addresses, ["a"], sites)


@settings(deadline=None)
@given(SITES)
def test_a_range_that_is_widened_behind_its_end_renumbers_nothing(sites: dict[str, int]) -> None:
    narrow, wide = IPv4Network("10.64.0.0/11"), IPv4Network("10.64.0.0/10")
    assert divide(narrow, ["a"], sites) == divide(wide, ["a"], sites)


def test_every_number_fits_in_a_slash_11() -> None:
    every: Mapping[str, int] = {str(number): number for number in range(1, MAX_NUMBER + 1)}
    assert apart(leaves(divide(IPv4Network("10.64.0.0/11"), ["a"], every)))


@pytest.mark.parametrize(("highest", "prefix"), [(0, 14), (1, 13), (32, 13), (33, 12), (96, 12), (97, 11), (200, 11)])
def test_the_prefix_that_a_number_needs(highest: int, prefix: int) -> None:
    numbers = [highest] if highest else []
    assert find_lack(IPv4Network(("10.64.0.0", prefix)), numbers) is None
    assert find_lack(IPv4Network(("10.64.0.0", prefix + 1)), numbers) is not None


def test_the_plan_of_a_city_goes_by_zone_and_site_code(declaration: dict[str, Any]) -> None:
    made = plan(parse(declaration))
    assert made.vpc == IPv4Network("10.64.0.0/16")
    assert made.switches["ap-southeast-5b"] == IPv4Network("10.64.16.0/20")
    assert made.cloud.pods == IPv4Network("10.66.0.0/15")
    assert made.cloud.services == IPv4Network("10.65.0.0/16")
    assert made.cloud.dns == IPv4Address("10.65.0.10")
    assert made.sites["64.71.05"].pods == IPv4Network("10.68.128.0/20")
    assert made.sites["64.71.05"].services == IPv4Network("10.68.144.0/20")
    assert made.sites["64.71.05"].dns == IPv4Address("10.68.144.10")
