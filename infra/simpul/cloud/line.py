"""Leased lines between the cloud and the sites that declare them: a border router each, joined by a transit router.

In: the frame and the network. Out: what a site's router has to be told. A city without such a site has none of it.
The transit router sends to a site what the address plan says and nothing else (docs/adr/0019-links.md): a router at a
site that announces other ranges gets none of their traffic.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import Line, Site
from simpul.cloud import subnet
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.network import Network
from simpul.handover import LineHandle
from simpul.provider import resource

KIND = "leased"
ASN = 64512
"""To which a site's number is added for the ASN of its router; up to 65534 they are anybody's (RFC 6996)."""

CLOUD_ASN = 45104
"""The vendor's own."""

ZONES = 2
"""In how many zones the transit router reaches the network."""


@dataclass(frozen=True)
class LinesArgs:
    """What the lines stand in, and the network that they lead to."""

    frame: Frame
    network: Network


@dataclass(frozen=True)
class Hub:
    """What the lines meet in: the CEN, its transit router, and the table by which all that is attached goes."""

    cen: alicloud.cen.Instance
    router: alicloud.cen.TransitRouter
    table: alicloud.cen.TransitRouterRouteTable


class Lines(pulumi.ComponentResource):
    """A CEN with a transit router, the network attached to it, and a border router for each site with a line."""

    handles: tuple[LineHandle, ...] = ()

    def __init__(self, name: str, args: LinesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the lines `name` as `args` say."""
        super().__init__("simpul:cloud:Lines", name, {}, opts)
        self._frame, self._network = args.frame, args.network
        lines = [(site, site.link.line) for site in args.frame.city.sites if site.link.line is not None]
        if lines:
            hub = self._hub()
            self._join(hub)
            self.handles = tuple(self._line(site, line, hub) for site, line in lines)
        self.register_outputs({})

    def _hub(self) -> Hub:
        frame = self._frame
        name = frame.identity.name("hub")
        cen = alicloud.cen.Instance(
            name,
            cen_instance_name=name,
            description=f"{frame.identity.title}: the leased lines of its offices",
            protection_level="REDUCED",
            resource_group_id=frame.group,
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.cen.Instance, name),
        )
        router = alicloud.cen.TransitRouter(
            name,
            transit_router_name=name,
            cen_id=cen.id,
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.cen.TransitRouter, name),
        )
        table = alicloud.cen.TransitRouterRouteTable(
            name,
            transit_router_route_table_name=name,
            transit_router_id=router.transit_router_id,
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.cen.TransitRouterRouteTable, name),
        )
        return Hub(cen, router, table)

    def _join(self, hub: Hub) -> None:
        """Attach the network. Its switches, and those of its pods, tell the table by themselves."""
        frame, network = self._frame, self._network
        name = frame.identity.name("hub-vpc")
        places = list(zip(frame.plan.switches, network.switches, strict=True))[:ZONES]
        attachment = alicloud.cen.TransitRouterVpcAttachment(
            name,
            transit_router_vpc_attachment_name=name,
            cen_id=hub.cen.id,
            transit_router_id=hub.router.transit_router_id,
            vpc_id=network.vpc.id,
            auto_publish_route_enabled=True,
            zone_mappings=[
                alicloud.cen.TransitRouterVpcAttachmentZoneMappingArgs(zone_id=zone, vswitch_id=switch.id)
                for zone, switch in places
            ],
            tags=frame.identity.tags(),
            opts=frame.once(frame.child(self, alicloud.cen.TransitRouterVpcAttachment, name)),
        )
        self._associate(name, hub, attachment.transit_router_attachment_id)
        alicloud.cen.TransitRouterRouteTablePropagation(
            name,
            transit_router_attachment_id=attachment.transit_router_attachment_id,
            transit_router_route_table_id=hub.table.transit_router_route_table_id,
            opts=frame.child(self, alicloud.cen.TransitRouterRouteTablePropagation, name),
        )

    def _line(self, site: Site, line: Line, hub: Hub) -> LineHandle:
        frame = self._frame
        name, sole = frame.identity.name(f"line-{site.slug}"), frame.identity.sole_name(f"line-{site.slug}")
        cloud_end, site_end = line.transfer.hosts()
        tags = frame.identity.tags(site=site.code)
        border = alicloud.expressconnect.VirtualBorderRouter(
            name,
            virtual_border_router_name=sole,
            description=subnet.office("The cloud's end of the line to", site.name),
            physical_connection_id=line.connection,
            vlan_id=line.vlan,
            local_gateway_ip=str(cloud_end),
            peer_gateway_ip=str(site_end),
            peering_subnet_mask=str(line.transfer.netmask),
            resource_group_id=frame.group,
            tags=tags,
            opts=frame.child(self, alicloud.expressconnect.VirtualBorderRouter, sole),
        )
        attachment = alicloud.cen.TransitRouterVbrAttachment(
            name,
            transit_router_attachment_name=name,
            cen_id=hub.cen.id,
            transit_router_id=hub.router.transit_router_id,
            vbr_id=border.id,
            auto_publish_route_enabled=True,
            tags=tags,
            opts=frame.once(frame.child(self, alicloud.cen.TransitRouterVbrAttachment, name)),
        )
        self._associate(name, hub, attachment.transit_router_attachment_id)
        ranges = subnet.behind(site, frame.city, frame.plan)
        self._route(name, hub, attachment.transit_router_attachment_id, ranges)
        key = self._speak(name, site, border.id, str(site_end))
        return LineHandle(site.code, str(cloud_end), CLOUD_ASN, str(site_end), ASN + site.number, key)

    def _speak(self, name: str, site: Site, border: pulumi.Output[str], site_end: str) -> pulumi.Output[str]:
        """Let both ends tell each other their routes, and notice within seconds that a line is cut; give their key."""
        frame = self._frame
        key = resource.Password(f"{name}-key", opts=pulumi.ResourceOptions(parent=self)).result
        group = alicloud.vpc.BgpGroup(
            name,
            bgp_group_name=name,
            description=subnet.office("The router of the office in", site.name),
            router_id=border,
            peer_asn=ASN + site.number,
            auth_key=key,
            opts=frame.child(self, alicloud.vpc.BgpGroup, name),
        )
        alicloud.vpc.BgpPeer(
            name,
            bgp_group_id=group.id,
            peer_ip_address=site_end,
            enable_bfd=True,
            bfd_multi_hop=1,
            opts=frame.once(frame.child(self, alicloud.vpc.BgpPeer, name)),
        )
        return pulumi.Output.secret(key)

    def _associate(self, name: str, hub: Hub, attachment: pulumi.Output[str]) -> None:
        alicloud.cen.TransitRouterRouteTableAssociation(
            name,
            transit_router_attachment_id=attachment,
            transit_router_route_table_id=hub.table.transit_router_route_table_id,
            opts=self._frame.once(self._frame.child(self, alicloud.cen.TransitRouterRouteTableAssociation, name)),
        )

    def _route(self, name: str, hub: Hub, attachment: pulumi.Output[str], ranges: Iterable[IPv4Network]) -> None:
        for each in ranges:
            route = f"{name}-{subnet.word(each)}"
            alicloud.cen.TransitRouterRouteEntry(
                route,
                transit_router_route_entry_name=route,
                transit_router_route_table_id=hub.table.transit_router_route_table_id,
                transit_router_route_entry_destination_cidr_block=str(each),
                transit_router_route_entry_next_hop_type="Attachment",
                transit_router_route_entry_next_hop_id=attachment,
                opts=self._frame.once(self._frame.child(self, alicloud.cen.TransitRouterRouteEntry, route)),
            )


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the lines: border routers by name, the rest by the CEN, which has tags."""
    names = f"^{identity.sole}-line-"
    for border in (await ask(alicloud.expressconnect.get_virtual_border_routers_output(name_regex=names))).routers:
        yield alicloud.expressconnect.VirtualBorderRouter, border.virtual_border_router_name, border.id
        for group in (await ask(alicloud.vpc.get_bgp_groups_output(router_id=border.id))).groups:
            yield alicloud.vpc.BgpGroup, group.bgp_group_name, group.id
            for peer in (await ask(alicloud.vpc.get_bgp_peers_output(bgp_group_id=group.id))).peers:
                yield alicloud.vpc.BgpPeer, group.bgp_group_name, peer.id  # it has no name of its own
    hubs = alicloud.cen.get_instances_output(name_regex=f"^{identity.name('hub')}$", tags=identity.mark)
    for cen in (await ask(hubs)).instances:
        yield alicloud.cen.Instance, cen.cen_instance_name, cen.id
        for router in (await ask(alicloud.cen.get_transit_routers_output(cen_id=cen.id))).transit_routers:
            yield alicloud.cen.TransitRouter, router.transit_router_name, f"{cen.id}:{router.transit_router_id}"
            async for each in _joined(cen.id, router.transit_router_id):
                yield each


async def _joined(cen: str, router: str) -> Listed:
    """List what is attached to a transit router, and its table of our own."""
    vpcs = await ask(alicloud.cen.get_transit_router_vpc_attachments_output(cen_id=cen, transit_router_id=router))
    borders = await ask(alicloud.cen.get_transit_router_vbr_attachments_output(cen_id=cen, transit_router_id=router))
    names: dict[str, str] = {}
    for kind, joined in (
        (alicloud.cen.TransitRouterVpcAttachment, vpcs.attachments),
        (alicloud.cen.TransitRouterVbrAttachment, borders.attachments),
    ):
        for each in joined:
            names[each.transit_router_attachment_id] = each.transit_router_attachment_name
            yield kind, each.transit_router_attachment_name, f"{cen}:{each.transit_router_attachment_id}"
    tables = alicloud.cen.get_transit_router_route_tables_output(
        transit_router_id=router, transit_router_route_table_type="Custom"
    )
    for table in (await ask(tables)).tables:
        own = table.transit_router_route_table_id
        yield alicloud.cen.TransitRouterRouteTable, table.transit_router_route_table_name, f"{router}:{own}"
        associations = alicloud.cen.get_transit_router_route_table_associations_output(
            transit_router_route_table_id=own
        )
        propagations = alicloud.cen.get_transit_router_route_table_propagations_output(
            transit_router_route_table_id=own
        )
        routes = alicloud.cen.get_transit_router_route_entries_output(transit_router_route_table_id=own)
        for association in (await ask(associations)).associations:
            attached = association.transit_router_attachment_id
            yield alicloud.cen.TransitRouterRouteTableAssociation, names[attached], f"{attached}:{own}"
        for propagation in (await ask(propagations)).propagations:
            attached = propagation.transit_router_attachment_id
            yield alicloud.cen.TransitRouterRouteTablePropagation, names[attached], f"{attached}:{own}"
        for route in (await ask(routes)).entries:
            if route.transit_router_route_entry_name:  # those that an attachment told have none
                id_ = f"{own}:{route.transit_router_route_entry_id}"
                yield alicloud.cen.TransitRouterRouteEntry, route.transit_router_route_entry_name, id_
