"""A network's walls, routes and ways in: what goes together, and what is bound to one thing only."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from lab.cloud.client import Client, refused
from lab.cloud.estate import GATEWAY, NETWORK, POOL, RULE, SECURITY_GROUP, SWITCH, build
from lab.cloud.sample import Sampler
from simpul.lab.cloud.product import acl, route, vpc
from simpul.lab.cloud.product.forward import ForwardEntry
from simpul.lab.cloud.product.log import PROJECT, STORE

FLOW_LOG = "alicloud:vpc/flowLog:FlowLog"


def test_a_wall_shows_the_switches_behind_it(maker: Sampler) -> None:
    bound = maker.made(acl.ATTACHMENT)
    read = maker.cloud.read(acl.ACL, bound.inputs["networkAclId"])
    assert read is not None
    behind = {"resourceId": bound.inputs["resourceId"], "resourceType": "VSwitch", "status": "BINDED"}
    assert read.outputs["resources"] == [behind]
    other = {**bound.inputs, "networkAclId": maker.another(acl.ACL).id}
    assert "Code: NetworkAclExistBinding " in refused(maker.cloud.push, acl.ATTACHMENT, other)


def test_a_wall_stands_in_its_network(maker: Sampler) -> None:
    switch = maker.another(SWITCH, vpcId=maker.another(NETWORK).id)
    inputs = {**maker.inputs(acl.ATTACHMENT), "resourceId": switch.id}
    assert "Code: InvalidVSwitchId.NotFound " in refused(maker.cloud.push, acl.ATTACHMENT, inputs)


def test_a_route_leads_out_of_the_network(maker: Sampler) -> None:
    inputs = {**maker.inputs(route.RouteEntry.token), "destinationCidrblock": "10.64.128.0/20"}
    assert "Code: InvalidCidrBlock.Overlapped " in refused(maker.cloud.push, route.RouteEntry.token, inputs)


def test_a_route_stands_in_a_table_that_is_there(maker: Sampler) -> None:
    beside = maker.made(route.TABLE)
    made = maker.another(route.RouteEntry.token, routeTableId=beside.id)
    assert made.id.startswith(f"{beside.id}:vrt-")
    [listed] = maker.cloud.invoke("alicloud:vpc/getRouteEntries:getRouteEntries", routeTableId=beside.id)["entries"]
    assert (listed["cidrBlock"], listed["nextHopType"]) == (made.inputs["destinationCidrblock"], "NatGateway")
    inputs = {**maker.inputs(route.RouteEntry.token), "routeTableId": "vtb-none"}
    assert "Code: InvalidRouteTableId.NotFound " in refused(maker.cloud.push, route.RouteEntry.token, inputs)


def test_a_table_shows_its_switches(maker: Sampler) -> None:
    bound = maker.made(route.ATTACHMENT)
    tables = "alicloud:vpc/getRouteTables:getRouteTables"
    [table] = maker.cloud.invoke(tables, ids=[bound.inputs["routeTableId"]])["tables"]
    assert (table["vswitchIds"], table["routeTableType"]) == ([bound.inputs["vswitchId"]], "Custom")


def test_a_way_in_has_an_address_of_the_gateway(maker: Sampler) -> None:
    inputs = {**maker.inputs(ForwardEntry.token), "externalIp": "10.213.0.250"}
    assert "Code: InvalidIp.NotInNatgw " in refused(maker.cloud.push, ForwardEntry.token, inputs)
    maker.made(ForwardEntry.token)
    association = maker.cloud.estate.store.all("alicloud:ecs/eipAssociation:EipAssociation")[0]
    maker.cloud.estate.store.remove(association)
    assert "Code: DependencyViolation.ForwardEntry " in refused(maker.cloud.delete, maker.made(GATEWAY))


def test_a_project_of_logs_takes_its_stores_along(maker: Sampler) -> None:
    maker.made("alicloud:log/storeIndex:StoreIndex")
    log = maker.made(FLOW_LOG)
    maker.cloud.delete(maker.made(PROJECT))
    assert maker.cloud.estate.store.all(STORE) == []
    assert maker.cloud.read(FLOW_LOG, log.id) is not None, "what wrote there writes into nothing"


@pytest.mark.parametrize(
    ("lets", "lacks"),
    [
        ((), ["egress 10.64.0.0/16", "egress 100.64.0.0/10", "ingress 10.64.0.0/16"]),
        ((("ingress", "10.64.0.0/16"),), ["egress 10.64.0.0/16", "egress 100.64.0.0/10"]),
        ((("egress", "0.0.0.0/0"),), ["ingress 10.64.0.0/16"]),
        ((("ingress", "10.64.0.0/11"), ("egress", "10.64.0.0/16")), ["egress 100.64.0.0/10"]),
    ],
)
def test_no_node_joins_through_a_closed_group(
    cloud: Client, lets: tuple[tuple[str, str], ...], lacks: list[str]
) -> None:
    pool = closed_pool(cloud, lets)
    assert f"Code: NodePoolNodesNotReady Message: No node joins: {pool['securityGroupIds'][0]}" in (
        said := refused(cloud.push, POOL, pool)
    )
    assert str(lacks) in said


def test_a_node_joins_through_a_group_that_lets_it_speak_and_be_spoken_to(cloud: Client) -> None:
    pool = closed_pool(cloud, (("ingress", "10.64.0.0/16"), ("egress", "0.0.0.0/0")))
    assert cloud.create(POOL, **pool).id


def closed_pool(cloud: Client, lets: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return the inputs of a pool in an enterprise group, which lets through what is said here and nothing else."""
    made = build(cloud)
    where = {"vpcId": made[NETWORK].id, "securityGroupName": "nodes"}
    group = cloud.create(SECURITY_GROUP, securityGroupType="enterprise", **where)
    for way, range_ in lets:
        rule = {"type": way, "ipProtocol": "all", "portRange": "-1/-1", "cidrIp": range_}
        cloud.create(RULE, securityGroupId=group.id, **rule)
    return {**made[POOL].inputs, "nodePoolName": "closed", "securityGroupIds": [group.id]}


def test_a_gateway_stays_in_its_switch_whatever_it_is_told(maker: Sampler) -> None:
    """The vendor's plugin has no call that moves one, and reads where it is: each preview shows the change again."""
    made = maker.made(GATEWAY)
    other = maker.another(SWITCH, vpcId=made.inputs["vpcId"])
    told = {**made.inputs, "vswitchId": other.id}
    assert maker.cloud.update(made, **told).outputs["vswitchId"] == made.inputs["vswitchId"] != other.id
    read = maker.cloud.read(GATEWAY, made.id)
    assert read is not None
    assert maker.cloud.diff(GATEWAY, read.outputs, told).changes == pb.DiffResponse.DIFF_SOME


def test_a_vpc_has_ranges_beside_its_own_in_which_switches_stand(maker: Sampler) -> None:
    cloud = maker.cloud
    network = maker.another(NETWORK, cidrBlock="10.80.0.0/16").id
    switch = {"vpcId": network, "zoneId": "ap-southeast-5a", "cidrBlock": "10.82.0.0/20"}
    assert "is not inside of" in refused(cloud.push, SWITCH, switch)
    over = {"vpcId": network, "secondaryCidrBlock": "10.80.128.0/20"}
    assert "overlaps one of" in refused(cloud.push, vpc.BLOCK, over)
    block = cloud.create(vpc.BLOCK, vpcId=network, secondaryCidrBlock="10.82.0.0/16")
    made = cloud.create(SWITCH, **switch)
    assert f"{made.id} is in 10.82.0.0/16" in refused(cloud.delete, block)
    [told] = cloud.invoke("alicloud:vpc/getNetworks:getNetworks", ids=[network])["vpcs"]
    assert told["secondaryCidrBlocks"] == ["10.82.0.0/16"]
    cloud.delete(made)
    cloud.delete(block)
