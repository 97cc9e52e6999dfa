"""Names of the city's cloud resources."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from simpul.city import area
from simpul.city.area import Level
from simpul.cloud.identity import STACK, TITLE, Identity, shorten

BALIKPAPAN = Identity("6471", "64.71", "Balikpapan", "Diskominfo Balikpapan", "balikpapan")
ACCOUNT = "5123456789012345"


def test_a_name_of_the_world_tells_accounts_apart_and_shows_none() -> None:
    name, other = (BALIKPAPAN.world_name("audit", account) for account in (ACCOUNT, "5000000000000000"))
    assert re.fullmatch(r"simpul-6471-balikpapan-audit-[0-9a-f]{6}", name)
    assert name != other
    assert ACCOUNT not in name


def test_a_name_of_the_world_stays_within_its_length() -> None:
    names = {BALIKPAPAN.world_name(part * 90, ACCOUNT, 63) for part in "ab"}
    assert {len(name) for name in names} == {63}
    assert len(names) == 2


@pytest.mark.parametrize(
    "label", [{"city": "Kota Balikpapan"}, {"owner": "Dinas Kominfo"}, {"city": "B", "owner": "K"}]
)
def test_a_label_changes_no_name(label: dict[str, str]) -> None:
    other = replace(BALIKPAPAN, **label)
    assert [other.name("vpc"), other.sole, other.sole_name("keys"), other.world_name("audit", ACCOUNT), other.mark] == [
        BALIKPAPAN.name("vpc"),
        BALIKPAPAN.sole,
        BALIKPAPAN.sole_name("keys"),
        BALIKPAPAN.world_name("audit", ACCOUNT),
        BALIKPAPAN.mark,
    ]
    assert other.titles(BALIKPAPAN.title)


STACKS = ("bpn", "bpn-uji", "bpn_uji", "bpnuji", "Bpn", "bpn.", "b" * 40, "b" * 41, "64", "-", "staging-bpn")


def test_no_name_of_a_stack_begins_as_another_s_do() -> None:
    soles = [replace(BALIKPAPAN, stack=stack).sole for stack in STACKS]
    assert all(re.fullmatch(rf"simpul-6471-[a-z0-9]{{1,{STACK}}}", sole) for sole in soles)
    assert not [(one, two) for one in soles for two in soles if one is not two and f"{two}-".startswith(f"{one}-")]


def test_a_title_is_known_as_its_stack_s_alone() -> None:
    stacks = [replace(BALIKPAPAN, stack=stack) for stack in STACKS]
    assert all(one.titles(two.title) == (one is two) for one in stacks for two in stacks)


@pytest.mark.parametrize("stack", ["bpn", "b" * 40])
def test_a_title_has_room_for_every_city_s_name(stack: str) -> None:
    cities = [each.name for each in area.inside("", Level.CITY)]
    assert len(cities) == 514
    titles = [replace(BALIKPAPAN, city=city, stack=stack).title for city in [*cities, "K" * 60]]
    assert max(map(len, titles)) == TITLE
    assert len(set(titles)) > 510  # a few of the longest differ in their ends alone; names tell them apart


def test_a_label_is_abbreviated_before_it_is_cut() -> None:
    long = "Kabupaten Kepulauan Siau Tagulandang Biaro"
    assert shorten(long, 42) == long
    assert shorten(long, 41) == "Kab. Kep. Siau Tagulandang Biaro"
    assert shorten(long, 30) == "Kab. Kep. Siau Tagulandang..."
    assert shorten("K" * 60, 24) == "K" * 21 + "..."
