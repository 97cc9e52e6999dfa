"""Ids in the vendor's form, and the outputs that have one of their own."""

from __future__ import annotations

import re
from typing import Final

import pytest

from lab.cloud.sample import Sampler
from lab.cloud.used import KNOWN
from simpul.lab.cloud import product

K1A: Final = "k1a[a-z0-9]{18}"
ANY: Final = "[a-z0-9]{18}"
FORMS: Final = {
    "resourcemanager/resourceGroup": r"rg-aek[a-z0-9]{12}",
    "vpc/network": f"vpc-{K1A}",
    "vpc/switch": f"vsw-{K1A}",
    "vpc/ipv4CidrBlock": rf"vpc-{K1A}:10\.1\d\d\.0\.0/16",
    "vpc/natGateway": f"ngw-{K1A}",
    "vpc/snatEntry": f"stb-{K1A}:snat-{K1A}",
    "vpc/forwardEntry": f"ftb-{K1A}:fwd-{K1A}",
    "vpc/networkAcl": f"nacl-{K1A}",
    "vpc/vpcNetworkAclAttachment": f"nacl-{K1A}:vsw-{K1A}",
    "vpc/flowLog": f"fl-{K1A}",
    "vpc/routeTable": f"vtb-{K1A}",
    "vpc/routeTableAttachment": f"vtb-{K1A}:vsw-{K1A}",
    "vpc/routeEntry": rf"vtb-{K1A}:vrt-{K1A}:10\.200\.\d+\.0/24:NatGateway:ngw-{K1A}",
    "ecs/eipAddress": f"eip-{K1A}",
    "ecs/eipAssociation": f"eip-{K1A}:ngw-{K1A}",
    "ecs/securityGroup": f"sg-{K1A}",
    "ecs/securityGroupRule": rf"sg-{K1A}:ingress:tcp:\d+/\d+:intranet:10\.64\.0\.0/11:accept:1",
    "slb/applicationLoadBalancer": f"lb-{K1A}",
    "nlb/loadBalancer": f"nlb-{ANY}",
    "nlb/serverGroup": f"sgp-{ANY}",
    "nlb/serverGroupServerAttachment": rf"sgp-{ANY}_10\.64\.1\.\d+_Ip_\d+",
    "nlb/listener": rf"lsn-{ANY}@\d+",
    "cs/managedKubernetes": r"c[0-9a-f]{32}",
    "cs/nodePool": r"c[0-9a-f]{32}:np[0-9a-f]{32}",
    "cs/kubernetesAddon": r"c[0-9a-f]{32}:[a-z-]+",
    "kms/instance": f"kst-{K1A}",
    "kms/key": f"key-{K1A}",
    "kms/alias": r"alias/bpn-\d+",
    "kms/policy": r"bpn-6471-\d+",
    "kms/secret": r"bpn-6471-\d+",
    "log/project": r"bpn-6471-\d+",
    "log/store": r"bpn-6471-\d+:bpn-6471-\d+",
    "log/storeIndex": r"bpn-6471-\d+:bpn-6471-\d+",
    "actiontrail/trail": r"bpn-6471-\d+",
    "cms/alarm": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "cms/alarmContact": r"bpn-6471-\d+",
    "cms/alarmContactGroup": r"bpn-6471-\d+",
    "cms/monitorGroup": r"\d{9}",
    "vpn/gateway": f"vpn-{K1A}",
    "vpn/customerGateway": f"cgw-{K1A}",
    "vpn/connection": f"vco-{K1A}",
    "vpn/routeEntry": rf"vpn-{K1A}:vco-{K1A}:10\.202\.\d+\.0/24",
    "cen/instance": f"cen-{ANY}",
    "cen/transitRouter": f"cen-{ANY}:tr-{K1A}",
    "cen/transitRouterRouteTable": f"tr-{K1A}:vtb-{K1A}",
    "cen/transitRouterVpcAttachment": f"cen-{ANY}:tr-attach-{ANY}",
    "cen/transitRouterVbrAttachment": f"cen-{ANY}:tr-attach-{ANY}",
    "cen/transitRouterRouteEntry": f"vtb-{K1A}:rte-{K1A}",
    "cen/transitRouterRouteTableAssociation": f"tr-attach-{ANY}:vtb-{K1A}",
    "cen/transitRouterRouteTablePropagation": f"tr-attach-{ANY}:vtb-{K1A}",
    "expressconnect/virtualBorderRouter": f"vbr-{K1A}",
    "vpc/bgpGroup": f"bgpg-{K1A}",
    "vpc/bgpPeer": f"bgp-{K1A}",
    "pvtz/zone": r"[0-9a-f]{32}",
    "pvtz/zoneAttachment": r"[0-9a-f]{32}",
    "pvtz/zoneRecord": r"\d{9}:[0-9a-f]{32}",
    "dns/alidnsDomain": r"bpn-\d+\.example\.id",
    "dns/alidnsRecord": r"\d{18}",
    "hbr/vault": f"v-{ANY}",
    "hbr/policy": f"po-{ANY}",
    "hbr/policyBinding": rf"po-{ANY}:OSS:bpn-6471-\d+",
    "cr/scanRule": rf".+:crscr-{ANY}",
}


@pytest.mark.parametrize("name", FORMS)
def test_an_id_has_the_vendors_form(sampler: Sampler, name: str) -> None:
    [token] = [each for each in {*KNOWN, *product.kinds()} if each.startswith(f"alicloud:{name}:")]
    made = sampler.made(token)
    assert re.fullmatch(FORMS[name], made.id), made.id


def test_a_second_of_each_has_an_id_of_its_own_unless_it_is_a_part_of_something(sampler: Sampler) -> None:
    for token in product.kinds():
        first, second = sampler.made(token), sampler.another(token)
        wholes = [each.id for each in sampler.cloud.estate.store.all() if each.token != token]
        assert first.id != second.id or first.id in wholes, token
