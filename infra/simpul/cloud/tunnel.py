"""IPsec tunnels between the cloud and the sites that declare them: one VPN gateway, two tunnels a site.

In: the frame and the network. Out: where the gateway is, and the key that both ends of a site's tunnels know. A city
without such a site has none of it. What a site's router has to be told is in docs/run-a-city.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import Site
from simpul.cloud import subnet
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.network import Network
from simpul.handover import TunnelHandle
from simpul.provider import resource

KIND = "ipsec"
ROLES = ("master", "slave")
"""The vendor's words for the two tunnels of a connection, each to an address of the gateway in a zone of its own."""

CIPHER, DIGEST, GROUP = "aes256", "sha256", "group14"
"""AES-256 and SHA-256, and keys agreed in 2048 bits: the strongest of which the vendor and common routers both know."""

IKE_SECONDS, IPSEC_SECONDS = 86400, 3600
"""For how long keys are used. An engineering choice."""

WEIGHT = 100
"""The vendor's word for a route that is in use; 0 is one that waits."""


@dataclass(frozen=True)
class TunnelsArgs:
    """What the tunnels stand in, and the network that they lead to."""

    frame: Frame
    network: Network


class Tunnels(pulumi.ComponentResource):
    """A VPN gateway in two zones, and a connection with its routes for each site that has a link of kind `ipsec`."""

    handles: tuple[TunnelHandle, ...] = ()

    def __init__(self, name: str, args: TunnelsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the tunnels `name` as `args` say."""
        super().__init__("simpul:cloud:Tunnels", name, {}, opts)
        self._frame, self._network = args.frame, args.network
        sites = [site for site in args.frame.city.sites if site.link.kind == KIND]
        if sites:
            gateway = self._gateway()
            self.handles = tuple(self._tunnel(site, gateway) for site in sites)
        self.register_outputs({})

    def _gateway(self) -> alicloud.vpn.Gateway:
        frame = self._frame
        name = frame.identity.sole_name("vpn")
        return alicloud.vpn.Gateway(
            frame.identity.name("vpn"),
            vpn_gateway_name=name,
            vpc_id=self._network.vpc.id,
            vswitch_id=self._network.switches[0].id,
            disaster_recovery_vswitch_id=self._network.switches[1].id,
            network_type="public",
            vpn_type="Normal",
            payment_type="PayAsYouGo",
            bandwidth=frame.size.vpn_mbps,
            enable_ipsec=True,
            enable_ssl=False,
            auto_propagate=False,  # routes are told one by one
            resource_group_id=frame.group,
            tags=frame.identity.tags(),
            opts=frame.stay(frame.child(self, alicloud.vpn.Gateway, name), "vswitchId", "disasterRecoveryVswitchId"),
        )

    def _tunnel(self, site: Site, gateway: alicloud.vpn.Gateway) -> TunnelHandle:
        frame = self._frame
        name, far = frame.identity.name(f"tunnel-{site.slug}"), frame.identity.sole_name(site.slug)
        key = resource.Password(f"{name}-key", opts=pulumi.ResourceOptions(parent=self)).result
        office = alicloud.vpn.CustomerGateway(
            name,
            customer_gateway_name=far,
            description=subnet.office("The router of the office in", site.name),
            ip_address=str(site.link.gateway),
            tags=frame.identity.tags(site=site.code),
            opts=frame.child(self, alicloud.vpn.CustomerGateway, far),
        )
        ranges = subnet.behind(site, frame.city, frame.plan)
        connection = alicloud.vpn.Connection(
            name,
            vpn_connection_name=far,
            vpn_gateway_id=gateway.id,
            local_subnets=[str(frame.plan.vpc), str(frame.plan.cloud.pods)],
            remote_subnets=[str(each) for each in ranges],
            auto_config_route=False,  # they are told below, so that a preview shows them
            effect_immediately=True,
            enable_tunnels_bgp=False,
            tunnel_options_specifications=[_options(role, office, key) for role in ROLES],
            tags=frame.identity.tags(site=site.code),
            opts=frame.once(frame.child(self, alicloud.vpn.Connection, far)),
        )
        for each in ranges:
            route = f"{name}-{subnet.word(each)}"
            alicloud.vpn.RouteEntry(
                route,
                vpn_gateway_id=gateway.id,
                next_hop=connection.id,
                route_dest=str(each),
                weight=WEIGHT,
                publish_vpc=True,
                opts=frame.once(frame.child(self, alicloud.vpn.RouteEntry, route)),
            )
        return TunnelHandle(
            site.code, gateway.internet_ip, gateway.disaster_recovery_internet_ip, pulumi.Output.secret(key)
        )


def _options(
    role: str, office: alicloud.vpn.CustomerGateway, key: pulumi.Output[str]
) -> alicloud.vpn.ConnectionTunnelOptionsSpecificationArgs:
    return alicloud.vpn.ConnectionTunnelOptionsSpecificationArgs(
        role=role,
        customer_gateway_id=office.id,
        enable_dpd=True,
        enable_nat_traversal=True,
        tunnel_ike_config=alicloud.vpn.ConnectionTunnelOptionsSpecificationTunnelIkeConfigArgs(
            ike_version="ikev2",
            ike_mode="main",
            ike_enc_alg=CIPHER,
            ike_auth_alg=DIGEST,
            ike_pfs=GROUP,
            ike_lifetime=IKE_SECONDS,
            psk=key,
        ),
        tunnel_ipsec_config=alicloud.vpn.ConnectionTunnelOptionsSpecificationTunnelIpsecConfigArgs(
            ipsec_enc_alg=CIPHER,
            ipsec_auth_alg=DIGEST,
            ipsec_pfs=GROUP,
            ipsec_lifetime=IPSEC_SECONDS,
        ),
    )


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the tunnels. A gateway's routes are seen where they are published: in the VPC."""
    names = f"^{identity.sole}-"
    for office in (await ask(alicloud.vpn.get_customer_gateways_output(name_regex=names))).gateways:
        yield alicloud.vpn.CustomerGateway, office.name, office.id
    for gateway in (await ask(alicloud.vpn.get_gateways_output(name_regex=f"^{identity.sole_name('vpn')}$"))).gateways:
        yield alicloud.vpn.Gateway, gateway.name, gateway.id
        [vpc] = (await ask(alicloud.vpc.get_networks_output(ids=[gateway.vpc_id]))).vpcs
        published = {
            entry.cidr_block
            for entry in (await ask(alicloud.vpc.get_route_entries_output(route_table_id=vpc.route_table_id))).entries
            if entry.instance_id == gateway.id
        }
        for connection in (await ask(alicloud.vpn.get_connections_output(vpn_gateway_id=gateway.id))).connections:
            yield alicloud.vpn.Connection, connection.name, connection.id
            tunnel = identity.name(f"tunnel-{connection.name.removeprefix(f'{identity.sole}-')}")
            for each in sorted(published.intersection(connection.remote_subnet.split(","))):
                route = f"{tunnel}-{subnet.word(IPv4Network(each))}"
                yield alicloud.vpn.RouteEntry, route, f"{gateway.id}:{connection.id}:{each}"
