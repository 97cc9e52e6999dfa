"""The address plan: no overlap, no renumbering, and a range that is too small is told what would do.

All of it is tried on CITIES random cities of up to MOST_SITES sites, in PARTS that run side by side, and on a few that
hypothesis draws, which shrinks one that fails. Of their sites' numbers it draws only how many they are and a seed: two
choices cost it less than a hundred, and still shrink to few sites.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simpul.city import Plan, parse, plan
from simpul.city.address import MAX_NUMBER, MAX_ZONES, divide, find_lack
from simpul.city.form import PRIVATE
from simpul.errors import CityError

CITIES = 10_000
PARTS = 4
MOST_SITES = 128


def name_zones(count: int) -> list[str]:
    """Give so many zones."""
    return [f"ap-southeast-5{letter}" for letter in string.ascii_lowercase[:count]]


ZONES = st.integers(1, MAX_ZONES).map(name_zones)


def draw_numbers(count: int, seed: int) -> dict[str, int]:
    """Give so many sites by code, with different numbers."""
    numbers = Random(seed).sample(range(1, MAX_NUMBER + 1), count)  # noqa: S311 nothing is kept secret by them
    return {f"site-{number}": number for number in numbers}


SITES = st.builds(draw_numbers, st.integers(0, 8) | st.integers(0, MOST_SITES), st.integers(0, 2**32))


@st.composite
def ranges(draw: st.DrawFn) -> IPv4Network:
    """Draw a private range of any size."""
    block = draw(st.sampled_from(PRIVATE))
    prefix = draw(st.integers(block.prefixlen, 30))
    return cut(block, prefix, draw(st.integers(0, 2 ** (prefix - block.prefixlen) - 1)))


def cut(block: IPv4Network, prefix: int, place: int) -> IPv4Network:
    """Give the network of `prefix` at `place` in `block`."""
    return IPv4Network((int(block.network_address) + (place << (32 - prefix)), prefix))


def leaves(made: Plan) -> Iterator[IPv4Network]:
    """Give every network that must be apart from every other."""
    yield from (made.vpc, made.cloud.pods, made.cloud.services)
    for site in made.sites.values():
        yield from (site.pods, site.services)


def apart(networks: Iterable[IPv4Network], inside: IPv4Network) -> bool:
    """Tell whether all of `networks` are in `inside`, and none overlaps another."""
    starts = sorted((int(each.network_address), 1 << (32 - each.prefixlen)) for each in networks)
    ends = [int(inside.network_address), *(start + size for start, size in starts)]
    last = int(inside.network_address) + (1 << (32 - inside.prefixlen))
    return ends[-1] <= last and all(end <= start for end, (start, _) in zip(ends, starts, strict=False))


@pytest.mark.parametrize("part", range(PARTS))
def test_a_city_s_networks_are_apart_and_keep_their_place(part: int) -> None:
    for seed in range(part, CITIES, PARTS):
        chance = Random(seed)  # noqa: S311 nothing is kept secret by it
        block = chance.choice(PRIVATE)
        prefix = chance.randint(block.prefixlen, 30)
        addresses = cut(block, prefix, chance.randrange(2 ** (prefix - block.prefixlen)))
        zones, more = (name_zones(chance.randint(1, MAX_ZONES)) for _ in "ab")
        sites, others = (
            draw_numbers(chance.randint(0, chance.choice((8, MOST_SITES))), seed + at) for at in (0, CITIES)
        )
        try:
            compare(addresses, zones, more, sites, others)
        except AssertionError as error:
            error.add_note(f"the city of seed {seed}")
            raise


@given(ranges(), ZONES, ZONES, SITES, SITES)
def test_so_are_those_of_a_city_that_shrinks(
    addresses: IPv4Network, zones: list[str], more: list[str], sites: dict[str, int], others: dict[str, int]
) -> None:
    compare(addresses, zones, more, sites, others)


def compare(
    addresses: IPv4Network, zones: list[str], more: list[str], sites: dict[str, int], others: dict[str, int]
) -> None:
    """Plan a city with its `zones` and `sites`, and again with `more` and `others`; see that both hold together."""
    addresses = widen(addresses, [*sites.values(), *others.values()])
    before, after = divide(addresses, zones, sites), divide(addresses, more, others)
    for made in (before, after):
        assert apart(leaves(made), addresses)
        assert apart(made.switches.values(), made.vpc)
    assert (list(before.switches), before.sites.keys()) == (zones, sites.keys())
    assert (before.vpc, before.cloud) == (after.vpc, after.cloud)
    assert all(before.sites[code] == after.sites[code] for code in sites.keys() & others.keys())
    assert all(before.switches[zone] == after.switches[zone] for zone in before.switches.keys() & after.switches.keys())


def widen(addresses: IPv4Network, numbers: list[int]) -> IPv4Network:
    """Give the range that is said to do where `addresses` has no room; assert that it is the smallest."""
    lack = find_lack(addresses, numbers)
    if lack is None:
        return addresses
    said = re.fullmatch(r'A /(\d+) would do, such as "(.+/(\d+))"\.', lack.next or "")
    assert said is not None
    assert (lack.where, said[1]) == ("city.cloud.addresses", said[3])
    wider = IPv4Network(said[2])
    assert wider.prefixlen < addresses.prefixlen
    assert any(wider.subnet_of(block) for block in PRIVATE)
    half = IPv4Network((wider.network_address, wider.prefixlen + 1))
    with pytest.raises(CityError, match=re.escape(str(half))):
        divide(half, ["a"], {str(number): number for number in numbers})
    return wider


@given(SITES)
def test_a_range_that_is_widened_behind_its_end_renumbers_nothing(sites: dict[str, int]) -> None:
    narrow, wide = IPv4Network("10.64.0.0/11"), IPv4Network("10.64.0.0/10")
    assert divide(narrow, ["a"], sites) == divide(wide, ["a"], sites)


def test_every_number_fits_in_a_slash_11() -> None:
    every: Mapping[str, int] = {str(number): number for number in range(1, MAX_NUMBER + 1)}
    wide = IPv4Network("10.64.0.0/11")
    assert apart(leaves(divide(wide, ["a"], every)), wide)


@pytest.mark.parametrize(("highest", "prefix"), [(0, 14), (1, 13), (32, 13), (33, 12), (96, 12), (97, 11), (200, 11)])
def test_the_prefix_that_a_number_needs(highest: int, prefix: int) -> None:
    numbers = [highest] if highest else []
    assert find_lack(IPv4Network(("10.64.0.0", prefix)), numbers) is None
    assert find_lack(IPv4Network(("10.64.0.0", prefix + 1)), numbers) is not None


def test_the_plan_of_a_city_goes_by_zone_and_site_code(declaration: dict[str, Any]) -> None:
    made = plan(parse(declaration))
    assert made.vpc == IPv4Network("10.64.0.0/16")
    assert made.switches["ap-southeast-5b"] == IPv4Network("10.64.16.0/20")
    assert made.cloud.pods == IPv4Network("10.66.0.0/16")
    assert made.pod_switches["ap-southeast-5b"] == IPv4Network("10.66.16.0/20")
    assert made.cloud.services == IPv4Network("10.65.0.0/16")
    assert made.cloud.dns == IPv4Address("10.65.0.10")
    assert made.sites["64.71.05"].pods == IPv4Network("10.68.128.0/20")
    assert made.sites["64.71.05"].services == IPv4Network("10.68.144.0/20")
    assert made.sites["64.71.05"].dns == IPv4Address("10.68.144.10")


def test_zones_that_change_places_and_one_that_goes_move_no_range() -> None:
    addresses = IPv4Network("10.64.0.0/12")
    zones = ["ap-southeast-5a", "ap-southeast-5b", "ap-southeast-5c"]
    first = divide(addresses, zones, {})
    for others in (zones[::-1], ["ap-southeast-5c", "ap-southeast-5a"]):
        assert {zone: first.switches[zone] for zone in others} == divide(addresses, others, {}).switches


def test_a_zone_past_the_last_letter_has_a_place_too() -> None:
    zones = ["ap-southeast-5z", "ap-southeast-5p", "ap-southeast-5y"]
    assert len(set(divide(IPv4Network("10.64.0.0/12"), zones, {}).switches.values())) == 3
