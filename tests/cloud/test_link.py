"""Tunnels and leased lines: only for sites that declare them, with ranges of the plan and nobody else's."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pulumi
import pytest

from cloud.test_estate import NOTHING, make
from recorder import Recorder, record
from simpul.city import City, Link, load, plan
from simpul.cloud import Cloud, find
from simpul.project import ROOT

CONNECTION = "alicloud:vpn/connection:Connection"
VPN_ROUTE = "alicloud:vpn/routeEntry:RouteEntry"
BORDER = "alicloud:expressconnect/virtualBorderRouter:VirtualBorderRouter"
HUB_ROUTE = "alicloud:cen/transitRouterRouteEntry:TransitRouterRouteEntry"
OLD = ("ikev1", "md5", "sha1", "des", "3des", "group1", "group2", "group5", "disabled")


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


@pytest.fixture(scope="module")
def recorder(city: City) -> Recorder:
    return make(city)[0]


def inputs(recorder: Recorder, token: str) -> list[dict[str, Any]]:
    return [each.inputs for each in recorder.of(token)]


def test_a_city_whose_sites_come_over_the_internet_has_none_of_it(city: City) -> None:
    plain = tuple(site.model_copy(update={"link": Link(kind="internet")}) for site in city.sites)
    recorder, [estate] = make(city.model_copy(update={"sites": plain}))
    made = {each.typ.partition("/")[0] for each in recorder.resources}
    assert not made & {"alicloud:vpn", "alicloud:cen", "alicloud:expressconnect"}
    assert (estate.tunnels, estate.lines) == ((), ())


def test_each_site_with_a_tunnel_has_two_and_the_gateway_is_in_two_zones(city: City, recorder: Recorder) -> None:
    gateway = recorder.one("alicloud:vpn/gateway:Gateway")
    assert gateway["vswitchId"] != gateway["disasterRecoveryVswitchId"]
    assert gateway["bandwidth"] == 100
    found = inputs(recorder, CONNECTION)
    assert {each["tags"]["simpul:site"] for each in found} == {"64.71.02", "64.71.04"}
    for each in found:
        assert [tunnel["role"] for tunnel in each["tunnelOptionsSpecifications"]] == ["master", "slave"]
    offices = inputs(recorder, "alicloud:vpn/customerGateway:CustomerGateway")
    assert {each["ipAddress"] for each in offices} == {"203.0.113.2", "203.0.113.4"}


def test_tunnels_speak_nothing_old(recorder: Recorder) -> None:
    for connection in inputs(recorder, CONNECTION):
        for tunnel in connection["tunnelOptionsSpecifications"]:
            ike, ipsec = tunnel["tunnelIkeConfig"], tunnel["tunnelIpsecConfig"]
            spoken = {value for each in (ike, ipsec) for name, value in each.items() if name != "psk"}
            assert not spoken.intersection(OLD)
            assert (ike["ikeVersion"], ike["ikePfs"], ipsec["ipsecPfs"]) == ("ikev2", "group14", "group14")
            assert tunnel["enableDpd"] is True


def test_a_tunnel_s_key_is_its_site_s_own_and_a_secret(city: City) -> None:
    secrets: list[bool] = []

    def program() -> None:
        tunnels = Cloud(city, plan(city), find(city)).estate.tunnels
        for tunnel in tunnels:
            pulumi.Output.from_input(tunnel.key.is_secret()).apply(secrets.append)

    recorder = Recorder(answers=NOTHING)
    record(program, recorder)
    keys = [each.name for each in recorder.of("simpul:secret:Password")]
    assert {"simpul-6471-tunnel-647102-key", "simpul-6471-tunnel-647104-key"} < set(keys)
    assert secrets == [True, True]


def test_a_tunnel_leads_to_its_site_s_ranges_and_its_hosts_alone(city: City, recorder: Recorder) -> None:
    for connection in inputs(recorder, CONNECTION):
        site = next(each for each in city.sites if each.code == connection["tags"]["simpul:site"])
        ranges = [ip_network(each) for each in connection["remoteSubnets"]]
        own = plan(city).sites[site.code]
        assert all(any(net.subnet_of(each) for each in ranges) for net in (own.pods, own.services))  # type: ignore[arg-type]  # all IPv4
        assert all(any(host.address in each for each in ranges) for host in site.hosts)
        assert sum(each.num_addresses for each in ranges) == 2 * own.pods.num_addresses + len(site.hosts)
        assert connection["localSubnets"] == [str(plan(city).vpc), str(plan(city).cloud.pods)]
    routes = {each["routeDest"] for each in inputs(recorder, VPN_ROUTE)}
    assert routes == {each for connection in inputs(recorder, CONNECTION) for each in connection["remoteSubnets"]}


def test_a_line_ends_where_it_is_declared(city: City, recorder: Recorder) -> None:
    found = {each["tags"]["simpul:site"]: each for each in inputs(recorder, BORDER)}
    lines = {site.code: site.link.line for site in city.sites if site.link.line}
    assert found.keys() == lines.keys()
    for code, line in lines.items():
        border = found[code]
        assert (border["physicalConnectionId"], border["vlanId"]) == (line.connection, line.vlan)
        ends = [ip_address(border[name]) for name in ("localGatewayIp", "peerGatewayIp")]
        assert ends == [line.transfer[1], line.transfer[2]]
        assert border["peeringSubnetMask"] == "255.255.255.252"


def test_the_transit_router_sends_a_site_what_the_plan_says_and_nothing_that_it_announces(
    city: City, recorder: Recorder
) -> None:
    assert len(recorder.of("alicloud:cen/transitRouterRouteTablePropagation:TransitRouterRouteTablePropagation")) == 1
    routes = inputs(recorder, HUB_ROUTE)
    to = {each["transitRouterRouteEntryDestinationCidrBlock"] for each in routes}
    hosts = {f"{host.address}/32" for site in city.sites if site.link.line for host in site.hosts}
    blocks = {str(plan(city).sites[site.code].pods.supernet()) for site in city.sites if site.link.line}
    assert to == hosts | blocks, "the switches of nodes and pods tell the table by themselves"


def test_both_ends_of_a_line_know_a_key_and_notice_a_cut(recorder: Recorder) -> None:
    groups = inputs(recorder, "alicloud:vpc/bgpGroup:BgpGroup")
    assert sorted(each["peerAsn"] for each in groups) == [64517, 64518]
    assert all(each["authKey"] for each in groups)
    assert all(each["enableBfd"] for each in inputs(recorder, "alicloud:vpc/bgpPeer:BgpPeer"))
