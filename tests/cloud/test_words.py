"""What the network's resources say of offices and cities fits the vendor's words, for every area of the country."""

from __future__ import annotations

from typing import Any

import pytest

from cloud import change
from simpul.city import area
from simpul.city.area import Level
from simpul.cloud.identity import Identity
from simpul.cloud.tagging import NLB
from simpul.constraint import violations
from simpul.lab.cloud.product import bgp, cen, nlb, vpn
from simpul.recording import Recording, record

DESCRIBED = (cen.BORDER, bgp.GROUP, vpn.CUSTOMER)


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record(change.declare({"cloud.api": {"public": True, "allow": ["203.0.113.0/28"]}}))


def test_the_name_of_every_kecamatan_and_desa_fits_what_is_said_of_its_office(recording: Recording) -> None:
    names = {each.name for each in area.inside("", Level.KECAMATAN)}
    names |= {each.name for each in area.inside("", Level.KELURAHAN) if not each.name.isalpha()}
    assert any(name[:1].isdigit() for name in names)
    own = [site.name for site in change.declare().sites]
    for token in DESCRIBED:
        said = [each.inputs["description"] for each in recording.of(token)]
        heads = {text.removesuffix(name) for text in said for name in own if text.endswith(name)}
        assert len(heads) == 1
        broken = {name for name in names for head in heads if list(violations(token, {"description": f"{head}{name}"}))}
        assert broken == set()


def test_the_name_of_every_city_fits_the_tags_of_a_gate(recording: Recording) -> None:
    cities = {each.name for each in area.inside("", Level.CITY)}
    assert len(cities) > 500
    for token in (nlb.BALANCER, nlb.SERVERS, nlb.LISTENER):
        [one] = recording.of(token)
        assert not list(violations(token, one.inputs))
        for city in cities:
            for title in (city, f"Kota {city}", f"Dinas Komunikasi dan Informatika {city}"):
                assert not list(violations(token, {"tags": tags(title)})), title


def tags(title: str) -> dict[str, Any]:
    return NLB.tags(Identity("6471", "64.71", title, title, "balikpapan").tags())
