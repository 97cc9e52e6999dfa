"""VPN, CEN and leased lines: what ends where, and what may not overlap."""

from __future__ import annotations

from typing import Any

import pytest

from lab.cloud.client import refused
from lab.cloud.estate import NETWORK
from lab.cloud.need import ZONES
from lab.cloud.sample import Sampler
from simpul.lab.cloud.product import cen, vpn

TUNNELS = [{"role": "master", "tunnelIkeConfig": {"psk": "a"}}, {"role": "slave", "tunnelIkeConfig": {"psk": "b"}}]
ZONES_OF_GATEWAYS = "alicloud:vpn/getGatewayZones:getGatewayZones"


def test_a_gateway_has_an_address_for_each_tunnel_and_nobody_elses(maker: Sampler) -> None:
    first, second = maker.made(vpn.GATEWAY).outputs, maker.another(vpn.GATEWAY).outputs
    names = ("internetIp", "disasterRecoveryInternetIp")
    assert len({each[name] for each in (first, second) for name in names}) == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [({"bandwidth": 7}, "InvalidSpec.NotFound"), ({"disasterRecoveryVswitchId": None}, "DisasterRecoveryVSwitchId")],
)
def test_a_gateway_is_refused(maker: Sampler, change: dict[str, Any], code: str) -> None:
    inputs = maker.inputs(vpn.GATEWAY)
    same = {name: inputs["vswitchId"] if value is None else value for name, value in change.items()}
    assert code in refused(maker.cloud.push, vpn.GATEWAY, {**inputs, **same})


def test_a_gateway_is_in_its_network(maker: Sampler) -> None:
    other = maker.another(NETWORK)
    inputs = {**maker.inputs(vpn.GATEWAY), "vpcId": other.id}
    assert "Code: InvalidVSwitchId.NotFound " in refused(maker.cloud.push, vpn.GATEWAY, inputs)


def test_an_end_is_known_once(maker: Sampler) -> None:
    made = maker.made(vpn.CUSTOMER)
    assert "Code: InvalidIpAddress.AlreadyExist " in refused(maker.cloud.push, vpn.CUSTOMER, made.inputs)
    assert maker.cloud.create(vpn.CUSTOMER, **{**made.inputs, "asn": "65001"}).id != made.id


def test_two_tunnels_end_at_the_two_addresses_of_the_gateway(maker: Sampler) -> None:
    gateway = maker.made(vpn.GATEWAY).outputs
    given = maker.inputs(vpn.CONNECTION)
    customer = given.pop("customerGatewayId")
    tunnels = [{**each, "customerGatewayId": customer} for each in TUNNELS]
    made = maker.cloud.create(vpn.CONNECTION, **given, tunnelOptionsSpecifications=tunnels)
    ends = made.outputs["tunnelOptionsSpecifications"]
    assert [each["internetIp"] for each in ends] == [gateway["internetIp"], gateway["disasterRecoveryInternetIp"]]
    assert all(each["tunnelId"].startswith("tun-") for each in ends)
    changed = maker.cloud.update(made, **{**made.inputs, "autoConfigRoute": True})
    assert changed.outputs["tunnelOptionsSpecifications"] == ends


def test_tunnels_are_one_of_each_role(maker: Sampler) -> None:
    inputs = {**maker.inputs(vpn.CONNECTION), "tunnelOptionsSpecifications": [TUNNELS[1], TUNNELS[1]]}
    assert "Code: InvalidTunnelOptions.Role " in refused(maker.cloud.push, vpn.CONNECTION, inputs)


def test_gateways_are_sold_in_the_zones_of_the_region(maker: Sampler) -> None:
    assert maker.cloud.invoke(ZONES_OF_GATEWAYS, spec="10M")["ids"] == list(ZONES)
    assert maker.cloud.invoke(ZONES_OF_GATEWAYS, spec="7M")["ids"] == []


def test_a_router_brings_a_table_and_takes_it_along(maker: Sampler) -> None:
    router = maker.made(cen.ROUTER)
    asked = {"transitRouterId": router.outputs["transitRouterId"]}
    tables = "alicloud:cen/getTransitRouterRouteTables:getTransitRouterRouteTables"
    [own] = maker.cloud.invoke(tables, **asked)["tables"]
    assert own["transitRouterRouteTableType"] == "System"
    custom = maker.made(cen.TABLE)
    found = maker.cloud.invoke(tables, transitRouterRouteTableType="Custom", **asked)["tables"]
    assert [each["id"] for each in found] == [custom.id]
    maker.cloud.delete(custom)
    maker.cloud.delete(router)
    assert maker.cloud.estate.store.all(cen.TABLE) == []


def test_a_network_is_attached_where_its_switches_are(maker: Sampler) -> None:
    given = maker.inputs(cen.VPC)
    [mapping] = given["zoneMappings"]
    elsewhere = next(each for each in ZONES if each != mapping["zoneId"])
    wrong = {**given, "zoneMappings": [{**mapping, "zoneId": elsewhere}]}
    assert "Code: InvalidVSwitchId.NotFound " in refused(maker.cloud.push, cen.VPC, wrong)
    twice = {**given, "zoneMappings": [mapping, mapping]}
    assert "Code: IllegalParam.ZoneMappings " in refused(maker.cloud.push, cen.VPC, twice)


def test_an_attachment_finds_the_router_of_its_cen(maker: Sampler) -> None:
    given = maker.inputs(cen.VPC)
    router = maker.made(cen.ROUTER).outputs
    del given["transitRouterId"]
    made = maker.cloud.create(cen.VPC, **given, cenId=router["cenId"])
    assert made.outputs["transitRouterId"] == router["transitRouterId"]
    lonely = {**maker.inputs(cen.VPC), "cenId": maker.another(cen.INSTANCE).id}
    del lonely["transitRouterId"]
    assert "Code: InvalidTransitRouterId.NotFound " in refused(maker.cloud.push, cen.VPC, lonely)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"physicalConnectionId": "line"}, "InvalidPhysicalConnectionId.NotFound"),
        ({"vlanId": 3000}, "InvalidVlanId.Malformed"),
        ({"peeringSubnetMask": "255.0.255.0"}, "InvalidPeeringSubnetMask.Malformed"),
        ({"peerGatewayIp": "10.255.1.2"}, "InvalidPeerGatewayIp.Mismatch"),
        ({"peerGatewayIp": "10.255.0.1"}, "InvalidPeerGatewayIp.Mismatch"),
    ],
)
def test_a_border_router_is_refused(maker: Sampler, change: dict[str, Any], code: str) -> None:
    said = refused(maker.cloud.push, cen.BORDER, {**maker.inputs(cen.BORDER), **change})
    assert f"Code: {code} " in said


def test_an_estate_of_links_goes_in_the_order_of_its_references(maker: Sampler) -> None:
    made = [
        maker.made(cen.TransitRouterRouteEntry.token),
        maker.made(cen.TransitRouterRouteTableAssociation.token),
        maker.made(vpn.RouteEntry.token),
        maker.made(cen.VBR),
    ]
    assert made
    for each in reversed(maker.cloud.estate.store.all()):
        if not each.owner:
            maker.cloud.estate.delete(each.token, each.id)
    assert maker.cloud.estate.store.all() == []
