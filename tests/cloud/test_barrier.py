"""The wall around the city's switches, and what is written down of who goes through."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from cloud.test_estate import make
from simpul.city import City, load
from simpul.project import ROOT

WORLD = "0.0.0.0/0"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def entries(city: City, way: str) -> list[dict[str, Any]]:
    recorder, _ = make(city)
    found: list[dict[str, Any]] = recorder.one("alicloud:vpc/networkAcl:NetworkAcl")[f"{way}AclEntries"]
    return found


def test_every_switch_is_behind_the_wall(city: City) -> None:
    recorder, _ = make(city)
    bound = {
        each.inputs["resourceId"]
        for each in recorder.of("alicloud:vpc/vpcNetworkAclAttachment:VpcNetworkAclAttachment")
    }
    assert bound == {f"{switch.name}-id" for switch in recorder.of("alicloud:vpc/switch:Switch")}


def test_of_the_world_only_answers_come_in(city: City) -> None:
    world = [each for each in entries(city, "ingress") if each["sourceCidrIp"] == WORLD and each["policy"] == "accept"]
    assert [(each["protocol"], each["port"]) for each in world] == [("tcp", "30000/65535"), ("icmp", "-1/-1")]


def test_whoever_else_comes_in_is_the_city_s_or_the_vendor_s(city: City) -> None:
    named = [each["sourceCidrIp"] for each in entries(city, "ingress") if each["sourceCidrIp"] != WORLD]
    assert named[:2] == [str(city.cloud.addresses), "100.64.0.0/10"]
    linked = [host.address for site in city.sites if site.link.kind != "internet" for host in site.hosts]
    assert all(any(address in ip_network(each) for each in named[2:]) for address in linked)
    assert city.sites[0].hosts[0].address not in [ip_network(each)[0] for each in named[2:]]


def test_out_go_the_web_and_answers_and_all_within(city: City) -> None:
    world = [each for each in entries(city, "egress") if each["destinationCidrIp"] == WORLD]
    assert [(each["protocol"], each["port"], each["policy"]) for each in world] == [
        ("tcp", "443/443", "accept"),
        ("tcp", "80/80", "accept"),
        ("tcp", "1024/65535", "accept"),
        ("icmp", "-1/-1", "accept"),
        ("all", "-1/-1", "drop"),
    ]


@pytest.mark.parametrize("way", ["ingress", "egress"])
def test_what_isn_t_named_is_dropped(city: City, way: str) -> None:
    last = entries(city, way)[-1]
    assert (last["policy"], last["protocol"], last["port"]) == ("drop", "all", "-1/-1")


def test_all_traffic_is_written_down(city: City) -> None:
    recorder, _ = make(city)
    flow = recorder.one("alicloud:vpc/flowLog:FlowLog")
    assert (flow["resourceType"], flow["resourceId"], flow["trafficType"]) == ("VPC", "simpul-6471-vpc-id", "All")
    assert flow["logStoreName"] == "flow"
