"""The way in: who is on the list, and when there is none."""

from __future__ import annotations

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


def test_where_a_site_could_not_be_on_it_there_is_no_list(city: City) -> None:
    first, *others = city.sites
    moving = first.model_copy(update={"link": first.link.model_copy(update={"gateway": None})})
    recorder, [estate] = make(city.model_copy(update={"sites": (moving, *others)}))
    assert recorder.of(ENTRY) == []
    assert estate.guests_id is None


@pytest.mark.parametrize(("protect", "said"), [(True, "on"), (False, "off")])
def test_the_address_that_all_sites_know_can_t_be_deleted(city: City, protect: bool, said: str) -> None:  # noqa: FBT001 a case
    declared = city.model_copy(update={"cloud": city.cloud.model_copy(update={"protect": protect})})
    assert make(declared)[0].one(BALANCER)["deleteProtection"] == said
