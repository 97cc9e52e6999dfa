"""The network: what nodes need before they can be nodes, and what of it stays when a declaration changes."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from cloud import change
from cloud.test_estate import CLUSTER, make
from lab.cloud.estate import ADDRESS, BALANCER, GATEWAY, POOL, RULE, SECURITY_GROUP
from recorder import Recorder
from simpul.city import City, load, plan
from simpul.cloud.profile import PROFILES
from simpul.lab.cloud.product import nlb, vpn
from simpul.project import ROOT
from simpul.recording import record

NODES = "simpul-6471-nodes"
ZONES = ["ap-southeast-5a", "ap-southeast-5b"]
TOLD = {ADDRESS, BALANCER, nlb.BALANCER, vpn.GATEWAY}
"""What has an address that others were told."""


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


@pytest.fixture(scope="module")
def recorder(city: City) -> Recorder:
    return make(city)[0]


def rules(recorder: Recorder, way: str) -> list[dict[str, Any]]:
    found = [each.inputs for each in recorder.of(RULE)]
    return [each for each in found if each["type"] == way and each["securityGroupId"] == f"{NODES}-id"]


def test_nodes_speak_to_the_city_the_vendor_the_offices_and_the_web(city: City, recorder: Recorder) -> None:
    said = {(each["cidrIp"], each["ipProtocol"], each["portRange"]) for each in rules(recorder, "egress")}
    hosts = {f"{host.address}/32" for site in city.sites if site.link.kind != "internet" for host in site.hosts}
    inside = {str(city.cloud.addresses), "100.64.0.0/10", *hosts}
    assert said == {
        *((each, "all", "-1/-1") for each in inside),
        ("0.0.0.0/0", "tcp", "443/443"),
        ("0.0.0.0/0", "tcp", "80/80"),
    }
    assert plan(city).vpc.subnet_of(city.cloud.addresses)


def test_the_group_of_the_nodes_drops_what_no_rule_lets_through(recorder: Recorder) -> None:
    [group] = [each.inputs for each in recorder.of(SECURITY_GROUP) if each.name == NODES]
    assert group["securityGroupType"] == "enterprise"
    assert {each["policy"] for way in ("ingress", "egress") for each in rules(recorder, way)} == {"accept"}


@pytest.mark.parametrize(
    ("token", "name"), [(CLUSTER, "simpul-6471"), (POOL, "simpul-6471-system"), (POOL, "simpul-6471-work")]
)
def test_no_node_comes_before_the_way_out_and_all_rules(recorder: Recorder, token: str, name: str) -> None:
    needed = {each.rpartition("::")[2] for each in recorder.needs[token, name]}
    ways = {each.name for each in recorder.of(RULE) if each.inputs["securityGroupId"] == f"{NODES}-id"}
    assert len(ways) > 5
    assert ways | {"simpul-6471-nat"} <= needed


def test_a_rule_keeps_its_name_as_long_as_its_range(city: City, recorder: Recorder) -> None:
    """The vendor knows a rule by what it says: one that passed from one name to another would go with the first."""
    changed = make(change.declare({"sites.1.hosts.0.address": "10.31.2.11"}))[0]
    before, after = ({each.name: each.inputs for each in one.of(RULE)} for one in (recorder, changed))
    assert before.keys() != after.keys()
    assert all(before[name] == after[name] for name in before.keys() & after.keys())


def test_no_profile_changes_an_address() -> None:
    """Routers, clients and other offices were told them."""
    zones = [f"ap-southeast-5{letter}" for letter in "abc"]
    gate = {"cloud.zones": zones, "cloud.api": {"public": True, "allow": ["203.0.113.0/28"]}}
    cities = [record(change.declare({**gate, "cloud.profile": each})) for each in PROFILES]
    told = {change.name(each) for each in cities[0].resources if each.type in TOLD}
    assert len(told) == len(TOLD)
    for before, after in permutations(cities, 2):
        effects = change.by_schema(before, after)
        assert effects
        assert not told & {each for each, effect in effects.items() if effect != "update"}


@pytest.mark.parametrize("zones", ["ba", "abc", "ca"])
def test_other_zones_touch_no_address(zones: str) -> None:
    """A gateway stays in its switches: the vendor has no call that moves one."""
    named = [f"ap-southeast-5{letter}" for letter in zones]
    before, after = (record(change.declare({"cloud.zones": each})) for each in (ZONES, named))
    effects = change.by_schema(before, after)
    still = {change.name(each) for each in before.resources if each.type in (*TOLD, GATEWAY)}
    assert len(still) == 4
    assert not still & effects.keys()
