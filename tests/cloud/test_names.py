"""What things are called: the entrance for the world, the rest within."""

from __future__ import annotations

import pytest

from cloud.test_estate import CLUSTER, GROUP, make
from recorder import Recorder
from simpul.city import City, area, load
from simpul.cloud.identity import Identity
from simpul.cloud.tagging import ALIDNS
from simpul.constraint import violations
from simpul.project import ROOT

DOMAIN = "alicloud:dns/alidnsDomain:AlidnsDomain"
ZONE = "alicloud:pvtz/zone:Zone"

RECORD = "alicloud:pvtz/zoneRecord:ZoneRecord"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


@pytest.fixture(scope="module")
def recorder(city: City) -> Recorder:
    return make(city)[0]


def test_the_world_finds_the_entrance_and_nothing_else(city: City, recorder: Recorder) -> None:
    assert recorder.one(DOMAIN)["domainName"] == city.domain
    record = recorder.one("alicloud:dns/alidnsRecord:AlidnsRecord")
    assert (record["rr"], record["type"], record["value"]) == ("simpul", "A", "simpul-6471-entrance-address")


def test_the_city_s_network_alone_sees_the_names_within(city: City, recorder: Recorder) -> None:
    assert recorder.one(ZONE)["zoneName"] == f"simpul.{city.domain}"
    [bound] = recorder.one("alicloud:pvtz/zoneAttachment:ZoneAttachment")["vpcs"]
    assert bound == {"vpcId": "simpul-6471-vpc-id", "regionId": "ap-southeast-5"}


def test_the_cluster_s_api_answers_to_its_name(city: City, recorder: Recorder) -> None:
    records = {each.inputs["rr"]: each.inputs for each in recorder.of(RECORD)}
    assert records["api"]["value"] == "simpul-6471-slbIntranet"
    assert recorder.one(CLUSTER)["customSan"] == f"api.simpul.{city.domain}"


def test_the_entrance_has_its_name_within_too(recorder: Recorder) -> None:
    records = {each.inputs["rr"]: each.inputs for each in recorder.of(RECORD)}
    assert (records["@"]["type"], records["@"]["value"]) == ("A", "simpul-6471-entrance-address")


def test_what_is_sent_of_the_domain_is_what_the_vendor_takes(recorder: Recorder) -> None:
    assert list(violations(DOMAIN, recorder.one(DOMAIN))) == []
    assert recorder.one(DOMAIN)["tags"]["simpul-wilayah"] == "6471"


def test_the_domain_of_every_city_can_be_tagged() -> None:
    cities = area.inside("", area.Level.CITY)
    assert len(cities) == 514
    for each in cities:
        slug, owner = each.code.replace(".", ""), f"Dinas Komunikasi dan Informatika {each.name}"
        tags = ALIDNS.tags(Identity(slug, each.code, each.name, owner, each.name.lower()).tags(data="public"))
        assert list(violations(DOMAIN, {"tags": tags})) == [], each.name
        assert all(tags.values()), each.name


def test_long_values_of_tags_are_told_apart() -> None:
    owners = [f"Dinas Komunikasi dan Informatika Kota {name}" for name in ("Bima", "Bitung")]
    assert len({ALIDNS.tags({"simpul:owner": owner})["simpul-owner"] for owner in owners}) == 2


def test_names_are_found_by_the_stack_s_group_whatever_is_said_of_them(city: City) -> None:
    group = make(city)[0].one(GROUP)
    shown = {"id": "rg-1", "name": group["resourceGroupName"], "displayName": group["displayName"]}
    zone = {"zoneId": "z-1", "zoneName": f"simpul.{city.domain}", "remark": "said by somebody", "bindVpcs": []}
    recorder, _ = make(
        city,
        {
            "alicloud:resourcemanager/getResourceGroups:getResourceGroups": {"groups": [shown]},
            "alicloud:dns/getAlidnsDomains:getAlidnsDomains": {"domains": [{"domainName": city.domain}]},
            "alicloud:dns/getAlidnsRecords:getAlidnsRecords": {"records": [{"rr": "simpul", "recordId": "1"}]},
            "alicloud:pvtz/getZones:getZones": {"zones": [zone]},
            "alicloud:pvtz/getZoneRecords:getZoneRecords": {"records": [{"rr": "api", "recordId": "2"}]},
        },
    )
    assert recorder.of(DOMAIN)[0].resource_id == city.domain
    assert recorder.of("alicloud:dns/alidnsRecord:AlidnsRecord")[0].resource_id == "1"
    assert recorder.of(ZONE)[0].resource_id == "z-1"
    assert "2:z-1" in {each.resource_id for each in recorder.of(RECORD)}
