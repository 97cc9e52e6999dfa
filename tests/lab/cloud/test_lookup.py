"""Data sources: lists and their filters, places, the account, credentials."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from lab.cloud.client import Client, words
from lab.cloud.estate import (
    ADDRESS,
    BALANCER,
    CLUSTER,
    ENTRY,
    GATEWAY,
    GROUP,
    NETWORK,
    POOL,
    SECURITY_GROUP,
    SWITCH,
    build,
)  # fmt: skip
from simpul.lab.cloud import schema
from simpul.lab.cloud.store import CREATING, DELETING, READY

GROUPS = "alicloud:resourcemanager/getResourceGroups:getResourceGroups"
CLUSTERS = "alicloud:cs/getClusters:getClusters"
BALANCERS = "alicloud:slb/getApplicationLoadBalancers:getApplicationLoadBalancers"
LISTS = {
    GROUP: (GROUPS, "groups", {"nameRegex": "^bpn-6471$"}),
    NETWORK: ("alicloud:vpc/getNetworks:getNetworks", "vpcs", {"tags": {"wilayah": "64.71"}}),
    SWITCH: ("alicloud:vpc/getSwitches:getSwitches", "vswitches", {"nameRegex": "^bpn-6471-a$"}),
    GATEWAY: ("alicloud:vpc/getNatGateways:getNatGateways", "gateways", {"nameRegex": "^bpn-6471$"}),
    ADDRESS: ("alicloud:ecs/getEipAddresses:getEipAddresses", "addresses", {"addressName": "bpn-6471"}),
    SECURITY_GROUP: ("alicloud:ecs/getSecurityGroups:getSecurityGroups", "groups", {"nameRegex": "^bpn"}),
    CLUSTER: (CLUSTERS, "clusters", {"nameRegex": "^bpn-6471$"}),
    BALANCER: (BALANCERS, "balancers", {"nameRegex": "^bpn"}),
}


@pytest.mark.parametrize("token", LISTS, ids=lambda token: token.rpartition(":")[2])
def test_a_list_finds_what_there_is_by_its_filters(cloud: Client, token: str) -> None:
    made = build(cloud)[token]
    source, items, chosen = LISTS[token]
    for arguments in (chosen, {"ids": [made.id]}):
        found = cloud.invoke(source, **arguments)
        assert found["ids"] == [made.id]
        assert [each["id"] for each in found[items]] == [made.id]
    assert cloud.invoke(source, nameRegex="^nobody$")["ids"] == []


@pytest.mark.parametrize("token", [SWITCH, GATEWAY, SECURITY_GROUP])
def test_a_list_is_limited_to_a_network(cloud: Client, token: str) -> None:
    made = build(cloud)
    other = cloud.create(NETWORK, vpcName="other", cidrBlock="10.128.0.0/16")
    source = LISTS[token][0]
    assert cloud.invoke(source, vpcId=made[NETWORK].id)["ids"] == [made[token].id]
    assert cloud.invoke(source, vpcId=other.id)["ids"] == []


def test_pools_and_entries_are_listed_under_what_they_belong_to(cloud: Client) -> None:
    made = build(cloud)
    pools = cloud.invoke("alicloud:cs/getKubernetesNodePools:getKubernetesNodePools", clusterId=made[CLUSTER].id)
    assert pools["ids"] == [made[POOL].id]
    assert pools["nodepools"][0]["nodePoolId"] == made[POOL].outputs["nodePoolId"]
    table = made[GATEWAY].outputs["snatTableIds"]
    [entry] = cloud.invoke("alicloud:vpc/getSnatEntries:getSnatEntries", snatTableId=table)["entries"]
    assert f"{table}:{entry['id']}" == made[ENTRY].id
    assert entry["snatEntryId"] == entry["id"]


def test_a_cluster_is_listed_with_its_network_and_its_state_as_long_as_there_is_anything_of_it(cloud: Client) -> None:
    made = build(cloud)
    record = cloud.estate.store.get(CLUSTER, made[CLUSTER].id)
    assert record is not None
    for record.state, said in ((CREATING, "initial"), (READY, "running"), (DELETING, "deleting")):
        cloud.estate.store.put(record)
        [listed] = cloud.invoke(CLUSTERS, nameRegex="^bpn-6471$")["clusters"]
        assert (listed["clusterName"], listed["clusterId"]) == ("bpn-6471", record.id)
        assert (listed["vpcId"], listed["state"]) == (made[NETWORK].id, said)


def test_tags_all_have_to_match(cloud: Client) -> None:
    both = cloud.create(NETWORK, vpcName="a", tags={"wilayah": "64.71", "work": "hub"})
    cloud.create(NETWORK, vpcName="b", tags={"wilayah": "64.71"})
    found = cloud.invoke(LISTS[NETWORK][0], tags={"wilayah": "64.71", "work": "hub"})
    assert found["ids"] == [both.id]


def test_a_list_is_given_in_pages_when_pages_are_asked_for(cloud: Client) -> None:
    ids = [cloud.create(NETWORK, vpcName=f"bpn-{number}").id for number in range(3)]
    page = cloud.invoke(LISTS[NETWORK][0], pageNumber=2, pageSize=2)
    assert (page["ids"], page["totalCount"]) == (ids[2:], 3)


def test_a_resource_group_lists_and_a_list_shows_its_network(cloud: Client) -> None:
    made = build(cloud)
    [network] = cloud.invoke(LISTS[NETWORK][0], resourceGroupId=made[GROUP].id)["vpcs"]
    assert (network["vpcId"], network["vswitchIds"]) == (made[NETWORK].id, [made[SWITCH].id])


@pytest.mark.parametrize(
    ("source", "arguments", "code"),
    [
        (LISTS[NETWORK][0], {"nameRegex": "("}, "InvalidParameter.NameRegex"),
        (LISTS[NETWORK][0], {"outputFile": "vpcs.json"}, "UnsupportedParameter.OutputFile"),
        (LISTS[NETWORK][0], {"dhcpOptionsSetId": "dopt-x"}, "UnsupportedParameter.dhcpOptionsSetId"),
        ("alicloud:cs/getClusterCredential:getClusterCredential", {"clusterId": "c0"}, "ErrorClusterNotFound"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    cloud: Client, source: str, arguments: dict[str, Any], code: str
) -> None:
    cloud.create(NETWORK, vpcName="bpn")
    with pytest.raises(grpc.RpcError) as error:
        cloud.invoke(source, **arguments)
    assert f"Code: {code} " in words(error)


def test_without_clusters_a_credential_is_refused_with_the_reason(cloud: Client) -> None:
    cluster = build(cloud)[CLUSTER]
    with pytest.raises(grpc.RpcError) as error:
        cloud.invoke("alicloud:cs/getClusterCredential:getClusterCredential", clusterId=cluster.id)
    assert "--no-backing" in words(error)


def test_arguments_are_held_to_the_schema(cloud: Client) -> None:
    with pytest.raises(AssertionError, match="Missing required argument"):
        cloud.invoke("alicloud:cs/getKubernetesNodePools:getKubernetesNodePools")


def test_places_and_the_account_are_known(cloud: Client) -> None:
    zones = cloud.invoke("alicloud:index/getZones:getZones", availableResourceCreation="VSwitch")
    assert zones["ids"] == ["ap-southeast-5a", "ap-southeast-5b", "ap-southeast-5c"]
    assert cloud.invoke("alicloud:index/getRegions:getRegions", current=True)["ids"] == ["ap-southeast-5"]
    assert len(cloud.invoke("alicloud:index/getAccount:getAccount")["id"]) == 16


def test_every_data_source_of_the_vendor_answers(cloud: Client) -> None:
    facts = schema.load()
    answered = 0
    for token in facts:
        source = facts.get(token)
        assert source is not None
        if source.is_data and not any(each.required or each.at_least_one for each in source.properties.values()):
            assert isinstance(cloud.invoke(token), dict)
            answered += 1
    assert answered > 480
