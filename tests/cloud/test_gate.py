"""The gate to the API: for the declared ranges and its one port, and not there where the API is private.

It comes and goes on a real engine with the large city of test_cities.py.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from cloud import change
from cloud.test_barrier import entries
from cloud.test_estate import CLUSTER, make
from recorder import Recorder
from simpul.city import City
from simpul.lab.cloud.product import nlb

RULE = "alicloud:ecs/securityGroupRule:SecurityGroupRule"
RECORD = "alicloud:dns/alidnsRecord:AlidnsRecord"
RANGES = ["203.0.113.0/28", "198.51.100.7/32"]


@pytest.fixture(scope="module")
def city() -> City:
    return change.declare({"cloud.api": {"public": True, "allow": RANGES}})


@pytest.fixture(scope="module")
def recorder(city: City) -> Recorder:
    return make(city)[0]


def rules(recorder: Recorder) -> list[dict[str, Any]]:
    """Give the rules of the gate's security group, in the order in which they count."""
    found = [each.inputs for each in recorder.of(RULE) if each.inputs["securityGroupId"] == "simpul-6471-gate-id"]
    return sorted(found, key=lambda each: each["priority"])


def test_the_declared_ranges_come_in_at_the_api_s_port_and_nobody_else(recorder: Recorder) -> None:
    assert recorder.one(nlb.BALANCER)["securityGroupIds"] == ["simpul-6471-gate-id"]
    *allowed, last = rules(recorder)
    assert {(each["cidrIp"], each["ipProtocol"], each["portRange"], each["policy"]) for each in allowed} == {
        (each, "tcp", "6443/6443", "accept") for each in RANGES
    }
    assert all(each["type"] == "ingress" and each["priority"] < last["priority"] for each in allowed)
    assert (last["policy"], last["cidrIp"], last["ipProtocol"]) == ("drop", "0.0.0.0/0", "all")


def test_nobody_comes_in_before_the_rules_are_there(recorder: Recorder) -> None:
    needs = {each.rpartition("::")[2] for each in recorder.needs[nlb.BALANCER, "simpul-6471-gate"]}
    assert {"simpul-6471-gate-rest", "simpul-6471-gate-203-0-113-0-28", "simpul-6471-gate-198-51-100-7-32"} <= needs


def test_the_wall_lets_the_same_ranges_in(city: City) -> None:
    found = {each["sourceCidrIp"] for each in entries(city, "ingress") if each["port"] == "6443/6443"}
    assert found == set(RANGES)
    assert all(ip_network(each) for each in found)


def test_it_leads_to_the_private_api_alone(recorder: Recorder) -> None:
    assert recorder.one(CLUSTER)["slbInternetEnabled"] is False
    listener, server = recorder.one(nlb.LISTENER), recorder.one(nlb.SERVER)
    assert (listener["listenerProtocol"], listener["listenerPort"]) == ("TCP", 6443)
    assert (server["serverType"], server["port"]) == ("Ip", 6443)
    assert server["serverId"] == server["serverIp"] == "simpul-6471-slbIntranet"
    assert listener["serverGroupId"] == server["serverGroupId"] == "simpul-6471-gate-id"
    assert recorder.one(nlb.SERVERS)["preserveClientIpEnabled"] is False


def test_it_stands_in_two_zones_on_the_internet(city: City, recorder: Recorder) -> None:
    balancer = recorder.one(nlb.BALANCER)
    assert balancer["addressType"] == "Internet"
    assert [each["zoneId"] for each in balancer["zoneMappings"]] == list(city.cloud.zones[:2])


@pytest.mark.parametrize("protect", [True, False])
def test_it_can_t_be_deleted_unless_the_city_is_a_rehearsal(city: City, protect: bool) -> None:  # noqa: FBT001 a case
    declared = city.model_copy(update={"cloud": city.cloud.model_copy(update={"protect": protect})})
    assert make(declared)[0].one(nlb.BALANCER)["deletionProtectionEnabled"] is protect


def test_the_api_has_one_name_within_and_at_the_gate(city: City, recorder: Recorder) -> None:
    [record] = [each.inputs for each in recorder.of(RECORD) if each.inputs["type"] == "CNAME"]
    assert record["value"] == "simpul-6471-gate-dnsName"
    assert f"{record['rr']}.{record['domainName']}" == f"api.simpul.{city.domain}"
    assert recorder.one(CLUSTER)["customSan"] == f"api.simpul.{city.domain}"


def test_a_private_city_has_none_of_it() -> None:
    private = change.declare()
    recorder, _ = make(private)
    assert not any(each.typ.startswith("alicloud:nlb/") for each in recorder.resources)
    assert rules(recorder) == []
    assert [each.inputs["rr"] for each in recorder.of(RECORD)] == ["simpul"]
    assert recorder.one(CLUSTER)["slbInternetEnabled"] is False
    assert not any(each["port"] == "6443/6443" for each in entries(private, "ingress"))


def test_what_a_cut_off_run_left_is_adopted(city: City) -> None:
    name = "simpul-6471-gate"
    left = {
        "nlb/getLoadBalancers:getLoadBalancers": {"balancers": [{"id": "nlb-left", "loadBalancerName": name}]},
        "nlb/getListeners:getListeners": {"listeners": [{"id": "lsn-left@6443"}]},
        "nlb/getServerGroups:getServerGroups": {"groups": [{"id": "sgp-left", "serverGroupName": name}]},
        "nlb/getServerGroupServerAttachments:getServerGroupServerAttachments": {
            "attachments": [{"id": "sgp-left_10.64.0.9_Ip_6443"}]
        },
    }
    recorder, _ = make(city, {f"alicloud:{token}": answer for token, answer in left.items()})
    kinds = (nlb.BALANCER, nlb.LISTENER, nlb.SERVERS, nlb.SERVER)
    adopted = [each.resource_id for kind in kinds for each in recorder.of(kind)]
    assert adopted == ["nlb-left", "lsn-left@6443", "sgp-left", "sgp-left_10.64.0.9_Ip_6443"]
