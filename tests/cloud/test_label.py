"""What people reword, the names of cities and offices: every one has room wherever the vendor is told of it.

Names of things come from the code and the stack, so that here it's about tags, titles and descriptions.
"""

from __future__ import annotations

from collections import Counter
from itertools import cycle

import pytest
import yaml

from cloud.change import declare
from simpul.city import City, area
from simpul.city.area import Area, Level
from simpul.cloud.identity import LONGEST_STACK, TITLE, Identity
from simpul.constraint import Violation, violations
from simpul.project import ROOT
from simpul.recording import record

CITIES = area.inside("", Level.CITY)
LONGEST = max((city.name for city in CITIES), key=len)
LABELS = {
    "the longest of the table": (LONGEST, f"Dinas Komunikasi dan Informatika {LONGEST}"[:60].rstrip()),
    "as many letters as there may be": ("Balikpapan " + "K" * 49, "K" * 60),
    "all marks that there may be": (
        "Kota Balikpapan, 'Madinatul-Iman' (B.)",
        "Diskominfo (Bidang Infrastruktur, TI), 'Kota' B.",
    ),
    "letters that aren't English": ("Kota Balikpapán", "Diskominfo Ünïcode Éé"),
    "the shortest": ("Batu", "K"),
}
"""A city's name and its owner's."""


PLACES = [place for level in (Level.KECAMATAN, Level.KELURAHAN) for place in area.inside("", level)]
TUNNEL, LINE = 2, 5
"""Offices of Balikpapan that have these links, by their numbers."""

MARKS = sorted({mark for place in PLACES for mark in place.name if not mark.isalnum() and mark != " "})
ODD = [
    max(PLACES, key=lambda place: len(place.name)),
    *(next(place for place in PLACES if mark in place.name) for mark in MARKS),
]
"""Of the 91,040 names of places that an office may be in, the longest, and one with each mark that is in any."""


def office(place: Area, kept: int) -> City:
    """Give a city whose only office is there, with the link that Balikpapan's office number `kept` has."""
    whole = area.find(place.code[: Level.CITY])
    assert whole is not None
    sites = yaml.safe_load((ROOT / "Pulumi.balikpapan.yaml").read_text())["config"]["simpul:city"]["sites"]
    [site] = [each for each in sites if each["number"] == kept]
    return declare({"name": whole.name, "wilayah": whole.code, "sites": [{**site, "code": place.code}]})


def broken(city: City, stack: str) -> list[tuple[str, str, Violation]]:
    """Give what the vendor would refuse of all that is sent to it."""
    resources = record(city, stack).resources
    return [(each.type, each.name, found) for each in resources for found in violations(each.type, each.inputs)]


@pytest.mark.parametrize(("place", "kept"), [(ODD[0], LINE), *zip(ODD, cycle((TUNNEL, LINE)), strict=False)], ids=str)
def test_the_vendor_takes_every_office_s_name(place: Area, kept: int) -> None:
    assert broken(office(place, kept), "a") == []


def test_a_stack_s_name_has_as_many_letters_as_the_vendor_takes() -> None:
    assert broken(declare(), "b" * LONGEST_STACK) == []
    assert broken(declare(), "b" * (LONGEST_STACK + 1))


@pytest.mark.parametrize("stack", ["bpn", "Balikpapan.Uji_coba-dengan-nama-panjang-40"])
@pytest.mark.parametrize("labels", LABELS)
def test_the_vendor_takes_every_label(labels: str, stack: str) -> None:
    name, owner = LABELS[labels]
    assert broken(declare().model_copy(update={"name": name, "owner": owner}), stack) == []


@pytest.mark.parametrize("name", [city.name for city in CITIES])
def test_every_city_s_title_fits_and_tells_its_city(name: str) -> None:
    identity = Identity("6471", "64.71", name, "Diskominfo", "balikpapan")
    assert len(identity.title) <= TITLE
    assert identity.title.removeprefix("Simpul ")[:3] == name[:3]


ALIKE = (
    "reports",
    "reports-db",
    "reports-cache",
    "database",
    "cache",
    "vault",
    "bucket",
    "diskusage",
    "reports-diskusage",
)


def test_no_two_things_share_a_name_whatever_stores_are_called() -> None:
    stores = [{"name": name, "data": "personal", "database": True, "cache": True, "bucket": True} for name in ALIKE]
    resources = record(declare({"cloud.stores": stores})).resources
    names = Counter((each.type, each.name) for each in resources)
    assert [name for name, count in names.items() if count > 1] == []
    records = Counter(each.inputs["rr"] for each in resources if each.type == "alicloud:pvtz/zoneRecord:ZoneRecord")
    assert len(records) == 2 + 2 * len(ALIKE), "the entrance, the API, and what each store has"
