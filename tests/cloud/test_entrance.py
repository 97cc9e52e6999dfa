"""The way in: who is on the list, and that there is none only where a site asks for it."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from cloud.test_estate import make
from simpul.city import City, load
from simpul.project import ROOT

ENTRY = "alicloud:slb/aclEntryAttachment:AclEntryAttachment"
BALANCER = "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def test_the_sites_routers_are_on_the_list_and_nobody_else(city: City) -> None:
    recorder, [estate] = make(city)
    assert {each.inputs["entry"] for each in recorder.of(ENTRY)} == {f"{site.link.gateway}/32" for site in city.sites}
    assert estate.guests_id is not None


def with_link(city: City, **changes: Any) -> City:
    """Give `city` with the link of its first site changed, without a gateway."""
    first, *others = city.sites
    moving = first.model_copy(update={"link": first.link.model_copy(update={"gateway": None, **changes})})
    return city.model_copy(update={"sites": (moving, *others)})


def test_a_site_whose_address_changes_is_on_it_by_its_carriers_ranges(city: City) -> None:
    ranges = (IPv4Network("36.66.0.0/16"), IPv4Network("36.67.0.0/16"))
    recorder, [estate] = make(with_link(city, ranges=ranges))
    routers = {f"{site.link.gateway}/32" for site in city.sites[1:]}
    assert {each.inputs["entry"] for each in recorder.of(ENTRY)} == routers | {str(each) for each in ranges}
    assert estate.guests_id is not None


def test_only_where_a_site_asks_for_it_is_there_no_list(city: City) -> None:
    recorder, [estate] = make(with_link(city, open=True))
    assert recorder.of(ENTRY) == []
    assert estate.guests_id is None


def test_a_city_without_a_site_lets_nobody_in(city: City) -> None:
    """It had no list, and the hub's ports answered everybody; the vendor takes an empty list for none."""
    recorder, [estate] = make(city.model_copy(update={"sites": ()}))
    assert [each.inputs["entry"] for each in recorder.of(ENTRY)] == [str(city.cloud.addresses)]
    assert estate.guests_id is not None


@pytest.mark.parametrize(("protect", "said"), [(True, "on"), (False, "off")])
def test_the_address_that_all_sites_know_can_t_be_deleted(city: City, protect: bool, said: str) -> None:  # noqa: FBT001 a case
    declared = city.model_copy(update={"cloud": city.cloud.model_copy(update={"protect": protect})})
    assert make(declared)[0].one(BALANCER)["deleteProtection"] == said
