"""The cloud side, as the engine would see it."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from ipaddress import IPv4Network
from typing import Any

import pulumi
import pytest

from recorder import Recorder, record
from simpul.city import City, Sizes, load, plan
from simpul.cloud import Cloud, find
from simpul.cloud.profile import Size, size
from simpul.errors import OutsideError
from simpul.handover import CloudEstate
from simpul.project import ROOT
from simpul.recording import CREDENTIAL

VPC = "alicloud:vpc/network:Network"
BLOCK = "alicloud:vpc/ipv4CidrBlock:Ipv4CidrBlock"
GROUP = "alicloud:resourcemanager/resourceGroup:ResourceGroup"
CLUSTER = "alicloud:cs/managedKubernetes:ManagedKubernetes"
INSTANCES: dict[str, Any] = {"ids": ["cri-1"], "instances": []}
"""No registry is listed, to adopt it; what is asked for the state of its endpoint is told as closed."""
NOTHING: dict[str, dict[str, Any]] = {
    "pulumi:pulumi:readStackResourceOutputs": {"outputs": {}},
    "alicloud:resourcemanager/getResourceGroups:getResourceGroups": {"groups": []},
    "alicloud:vpc/getNetworks:getNetworks": {"vpcs": []},
    "alicloud:vpc/getSwitches:getSwitches": {"vswitches": []},
    "alicloud:vpc/getNetworkAcls:getNetworkAcls": {"acls": []},
    "alicloud:vpn/getCustomerGateways:getCustomerGateways": {"gateways": []},
    "alicloud:vpn/getGateways:getGateways": {"gateways": []},
    "alicloud:expressconnect/getVirtualBorderRouters:getVirtualBorderRouters": {"routers": []},
    "alicloud:cen/getInstances:getInstances": {"instances": []},
    "alicloud:ram/getRoles:getRoles": {"roles": []},
    "alicloud:slb/getAcls:getAcls": {"acls": []},
    "alicloud:dns/getAlidnsDomains:getAlidnsDomains": {"domains": []},
    "alicloud:pvtz/getZones:getZones": {"zones": []},
    "alicloud:vpc/getNatGateways:getNatGateways": {"gateways": []},
    "alicloud:ecs/getEipAddresses:getEipAddresses": {"addresses": []},
    "alicloud:ecs/getSecurityGroups:getSecurityGroups": {"groups": []},
    "alicloud:slb/getApplicationLoadBalancers:getApplicationLoadBalancers": {"balancers": []},
    "alicloud:nlb/getLoadBalancers:getLoadBalancers": {"balancers": []},
    "alicloud:nlb/getServerGroups:getServerGroups": {"groups": []},
    "alicloud:cs/getClusters:getClusters": {"clusters": []},
    "alicloud:cr/getEndpointAclService:getEndpointAclService": {"instanceId": "cri-1", "status": "RUNNING"},
    "alicloud:cs/getClusterCredential:getClusterCredential": {"certificateAuthority": CREDENTIAL},
    "alicloud:index/getAccount:getAccount": {"id": "0000000000000000"},
    "alicloud:kms/getInstances:getInstances": {"instances": []},
    "alicloud:kms/getKeys:getKeys": {"keys": []},
    "alicloud:kms/getAliases:getAliases": {"aliases": []},
    "alicloud:log/getProjects:getProjects": {"projects": []},
    "alicloud:oss/getBuckets:getBuckets": {"buckets": []},
    "alicloud:actiontrail/getTrails:getTrails": {"trails": []},
    "alicloud:cloudmonitor/getServiceMetricAlarmRules:getServiceMetricAlarmRules": {"rules": []},
    "alicloud:cms/getAlarmContactGroups:getAlarmContactGroups": {"groups": []},
    "alicloud:cms/getAlarmContacts:getAlarmContacts": {"contacts": []},
    "alicloud:cms/getMonitorGroups:getMonitorGroups": {"groups": []},
    "alicloud:cs/getRegistryEnterpriseInstances:getRegistryEnterpriseInstances": INSTANCES,
    "alicloud:hbr/getVaults:getVaults": {"vaults": []},
    "alicloud:index/getCallerIdentity:getCallerIdentity": {"arn": "acs:ram::0000000000000000:user/deployer"},
    "alicloud:kvstore/getInstances:getInstances": {"instances": []},
    "alicloud:rds/getInstances:getInstances": {"instances": []},
    "alicloud:ram/getPolicies:getPolicies": {"policies": []},
    "alicloud:ram/getUsers:getUsers": {"users": []},
}


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def make(city: City, answers: dict[str, dict[str, Any]] | None = None) -> tuple[Recorder, list[CloudEstate]]:
    """Make the cloud side of a city; without answers of its own it is made once for all who look at it."""
    return _make(city, answers) if answers else _once(city)


@cache
def _once(city: City) -> tuple[Recorder, list[CloudEstate]]:
    return _make(city, {})


def _make(city: City, answers: dict[str, dict[str, Any]]) -> tuple[Recorder, list[CloudEstate]]:
    recorder = Recorder(answers={**NOTHING, **answers})
    estates: list[CloudEstate] = []
    record(lambda: estates.append(Cloud(city, plan(city), find(city)).estate), recorder)
    return recorder, estates


@pytest.mark.parametrize("whose", ["switch", "pods"])
def test_nodes_and_pods_have_a_switch_in_each_zone_inside_a_range_of_the_vpc(city: City, whose: str) -> None:
    recorder, _ = make(city)
    range_ = recorder.one(VPC)["cidrBlock"] if whose == "switch" else recorder.one(BLOCK)["secondaryCidrBlock"]
    switches = [
        switch.inputs
        for switch in recorder.of("alicloud:vpc/switch:Switch")
        if switch.name.startswith(f"simpul-6471-{whose}-")
    ]
    assert [switch["zoneId"] for switch in switches] == list(city.cloud.zones)
    assert all(IPv4Network(switch["cidrBlock"]).subnet_of(IPv4Network(range_)) for switch in switches)


def test_pods_reach_out_by_the_city_s_one_address_too(city: City) -> None:
    """Their own addresses are the network's: no node puts its own before theirs."""
    entries = [each.inputs for each in make(city)[0].of("alicloud:vpc/snatEntry:SnatEntry")]
    assert {each["sourceCidr"] for each in entries} == {str(plan(city).vpc), str(plan(city).cloud.pods)}
    assert len({each["snatIp"] for each in entries}) == 1


def test_every_name_and_tag_derives_from_the_wilayah(city: City) -> None:
    recorder, _ = make(city)
    clouds = [resource for resource in recorder.resources if resource.typ.startswith("alicloud:")]
    assert all(resource.name.startswith("simpul-6471") for resource in clouds)
    tagged = [resource.inputs["tags"] for resource in clouds if "tags" in resource.inputs]
    assert tagged
    wide = [tags for tags in tagged if "simpul-wilayah" not in tags]
    assert all(tags["simpul:wilayah"] == "64.71" and tags["simpul:stack"] == "balikpapan" for tags in wide)
    narrow = [tags for tags in tagged if tags not in wide]
    assert all(tags["simpul-wilayah"] == "6471" and tags["simpul-stack"] == "balikpapan" for tags in narrow)


def test_nobody_comes_in_but_the_city_and_the_balancers(city: City) -> None:
    recorder, _ = make(city)
    rules = recorder.of("alicloud:ecs/securityGroupRule:SecurityGroupRule")
    assert {rule.inputs["cidrIp"] for rule in rules if rule.inputs["type"] == "ingress"} == {
        str(plan(city).vpc),
        str(plan(city).cloud.pods),
        "100.64.0.0/10",
    }


def test_the_profile_gives_the_size_and_the_declaration_overrides_it(city: City) -> None:
    sizes = Sizes(work_nodes=12, work_nodes_max=20)
    more = city.model_copy(update={"cloud": city.cloud.model_copy(update={"sizes": sizes})})
    pools = [make(each)[0].of("alicloud:cs/nodePool:NodePool") for each in (city, more)]
    assert [each[0].inputs["desiredSize"] for each in pools] == ["2", "2"]
    bounds = [each[1].inputs["scalingConfig"] for each in pools]
    assert [(each["minSize"], each["maxSize"]) for each in bounds] == [(3, 9), (12, 20)]


def test_whatever_a_profile_says_can_be_overridden() -> None:
    assert {each.name for each in fields(Size)} == set(Sizes.model_fields)


def test_a_cluster_may_grow_at_least_to_what_it_has(city: City) -> None:
    chosen = size(city.cloud.model_copy(update={"sizes": Sizes(work_nodes=50)}))
    assert (chosen.work_nodes, chosen.work_nodes_max) == (50, 50)


def test_the_kubeconfig_is_a_secret(city: City) -> None:
    secrets: list[bool] = []

    def program() -> None:
        kubeconfig = Cloud(city, plan(city), find(city)).estate.cluster.kubeconfig
        pulumi.Output.from_input(kubeconfig.is_secret()).apply(secrets.append)

    record(program, Recorder(answers=NOTHING))
    assert secrets == [True]


def test_what_a_cut_off_run_left_is_adopted(city: City) -> None:
    left = {"id": "vpc-left", "vpcName": "simpul-6471-vpc"}
    recorder, _ = make(city, {"alicloud:vpc/getNetworks:getNetworks": {"vpcs": [left]}})
    [vpc] = recorder.of(VPC)
    assert vpc.resource_id == "vpc-left"


def test_a_name_that_is_there_twice_is_told_and_nothing_is_made(city: City) -> None:
    twins = [{"id": id_, "vpcName": "simpul-6471-vpc"} for id_ in ("vpc-a", "vpc-b")]
    with pytest.raises(
        OutsideError, match=r"vpc/network:Network simpul-6471-vpc: it is in the cloud twice.*vpc-a and vpc-b"
    ):
        make(city, {"alicloud:vpc/getNetworks:getNetworks": {"vpcs": twins}})


def test_a_stack_says_so_where_names_are_taken_once(city: City) -> None:
    names: dict[str, set[str]] = {}
    for stack in ("balikpapan", "Staging.2"):
        recorder = Recorder(answers=NOTHING)
        record(lambda: pulumi.Output.from_input(Cloud(city, plan(city), find(city)).estate.vpc_id), recorder, stack)
        names[stack] = {recorder.one(GROUP)["resourceGroupName"], recorder.one(CLUSTER)["name"]}
        assert recorder.one(GROUP)["displayName"].startswith("Simpul Balikpapan (")
    assert names == {"balikpapan": {"simpul-6471-balikpapan"}, "Staging.2": {"simpul-6471-staging26e9c98"}}


def test_a_group_of_another_stack_is_told_and_nothing_is_made(city: City) -> None:
    other = {"id": "rg-1", "name": "simpul-6471-balikpapan", "displayName": "Simpul Balikpapan (staging)"}
    with pytest.raises(OutsideError, match=r"group simpul-6471-balikpapan: isn't this stack's.*\(staging\) \(rg-1\)"):
        make(city, {"alicloud:resourcemanager/getResourceGroups:getResourceGroups": {"groups": [other]}})


def test_a_group_is_known_whatever_its_city_was_called(city: City) -> None:
    ours = {"id": "rg-1", "name": "simpul-6471-balikpapan", "displayName": "Simpul Kota Balikpapan (balikpapan)"}
    recorder, _ = make(city, {"alicloud:resourcemanager/getResourceGroups:getResourceGroups": {"groups": [ours]}})
    assert recorder.of(GROUP)[0].resource_id == "rg-1"


def test_what_a_cut_off_run_left_of_the_pods_network_is_adopted(city: City) -> None:
    left = {"id": "vpc-left", "vpcName": "simpul-6471-vpc", "secondaryCidrBlocks": ["10.66.0.0/16"]}
    recorder, _ = make(city, {"alicloud:vpc/getNetworks:getNetworks": {"vpcs": [left]}})
    assert [each.resource_id for each in recorder.of(BLOCK)] == ["vpc-left:10.66.0.0/16"]
