"""What things are called: the entrance for the world, the rest within."""

from __future__ import annotations

import pytest

from cloud.test_estate import CLUSTER, make
from recorder import Recorder
from simpul.city import City, load
from simpul.project import ROOT

RECORD = "alicloud:pvtz/zoneRecord:ZoneRecord"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


@pytest.fixture(scope="module")
def recorder(city: City) -> Recorder:
    return make(city)[0]


def test_the_world_finds_the_entrance_and_nothing_else(city: City, recorder: Recorder) -> None:
    assert recorder.one("alicloud:dns/alidnsDomain:AlidnsDomain")["domainName"] == city.domain
    record = recorder.one("alicloud:dns/alidnsRecord:AlidnsRecord")
    assert (record["rr"], record["type"], record["value"]) == ("simpul", "A", "simpul-6471-entrance-address")


def test_the_city_s_network_alone_sees_the_names_within(city: City, recorder: Recorder) -> None:
    assert recorder.one("alicloud:pvtz/zone:Zone")["zoneName"] == f"simpul.{city.domain}"
    [bound] = recorder.one("alicloud:pvtz/zoneAttachment:ZoneAttachment")["vpcs"]
    assert bound == {"vpcId": "simpul-6471-vpc-id", "regionId": "ap-southeast-5"}


def test_the_cluster_s_api_answers_to_its_name(city: City, recorder: Recorder) -> None:
    records = {each.inputs["rr"]: each.inputs for each in recorder.of(RECORD)}
    assert records["api"]["value"] == "simpul-6471-slbIntranet"
    assert recorder.one(CLUSTER)["customSan"] == f"api.simpul.{city.domain}"


def test_the_entrance_has_its_name_within_too(recorder: Recorder) -> None:
    records = {each.inputs["rr"]: each.inputs for each in recorder.of(RECORD)}
    assert (records["@"]["type"], records["@"]["value"]) == ("A", "simpul-6471-entrance-address")
