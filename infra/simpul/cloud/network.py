"""The city's network in the cloud: VPC, a switch per zone, the way out, the firewall of its nodes, who spoke with whom.

In: the frame, and where logs go. Out: the network's resources, which most of the cloud side stands in, and `ready`:
what has to be there before a node is, for one that can't speak with anybody never joins its cluster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_alicloud as alicloud

from simpul.city.form.special import SHARED
from simpul.cloud import subnet
from simpul.cloud.found import Kind, Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.logs import LogStores

CARRIER_RANGE = str(SHARED)
"""Where the vendor's load balancers and health checks speak from (RFC 6598), and where its services answer within: DNS,
the clock, what a machine asks about itself, buckets, logs, the registry, keys."""

WORLD = "0.0.0.0/0"
ALL = "-1/-1"
WEB = ("443/443", "80/80")
"""Where the world is spoken to: image registries, the vendor's APIs, a vendor's own services."""

FLOW_MINUTES = "10"
"""How many minutes of one flow are told in one line."""


@dataclass(frozen=True)
class NetworkArgs:
    """What the network stands in, and where it says who spoke with whom."""

    frame: Frame
    logs: LogStores


@dataclass(frozen=True)
class Opening:
    """One rule of the nodes' security group: who may speak to them, or to whom they may speak.

    A rule whose range may change has the range in its name: the vendor knows a rule by what it says, and would take one
    away that another name has by then.
    """

    name: str
    way: Literal["ingress", "egress"]
    peer: str
    description: str
    protocol: str = "all"
    ports: str = ALL


class Network(pulumi.ComponentResource):
    """VPC with a switch per zone; its machines reach out through one address, and nobody reaches in."""

    vpc: alicloud.vpc.Network
    switches: tuple[alicloud.vpc.Switch, ...]
    security_group: alicloud.ecs.SecurityGroup
    address: alicloud.ecs.EipAddress
    ready: tuple[pulumi.Resource, ...]
    """The way out, and all rules of the security group: what nodes stand on."""

    snat_table: pulumi.Output[str]
    """By which what has no address in the world reaches it."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the network `name` as `args` say."""
        super().__init__("simpul:cloud:Network", name, {}, opts)
        self.frame = frame = args.frame
        self.vpc = alicloud.vpc.Network(
            frame.identity.name("vpc"),
            vpc_name=frame.identity.name("vpc"),
            cidr_block=str(frame.plan.vpc),
            resource_group_id=frame.group,
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.vpc.Network, frame.identity.name("vpc"), stays=True),
        )
        self.switches = tuple(self._switch(zone) for zone in frame.plan.switches)
        self.address, exit_ = self._exit()
        self.security_group, rules = self._security_group()
        self.ready = (exit_, *rules)
        self._record(args.logs)
        self.register_outputs({"vpcId": self.vpc.id, "address": self.address.ip_address})

    def _child(self, kind: Kind, name: str) -> pulumi.ResourceOptions:
        return self.frame.child(self, kind, name)

    def _switch(self, zone: str) -> alicloud.vpc.Switch:
        name = self.frame.identity.name(f"switch-{zone}")
        return alicloud.vpc.Switch(
            name,
            vswitch_name=name,
            vpc_id=self.vpc.id,
            cidr_block=str(self.frame.plan.switches[zone]),
            zone_id=zone,
            tags=self.frame.identity.tags(),
            opts=self.frame.child(self, alicloud.vpc.Switch, name, stays=True),
        )

    def _exit(self) -> tuple[alicloud.ecs.EipAddress, pulumi.Resource]:
        """Make the NAT gateway: the one address that the city is seen with (docs/adr/0018-one-nat-gateway.md)."""
        identity = self.frame.identity
        name = identity.name("nat")
        gateway = alicloud.vpc.NatGateway(
            name,
            nat_gateway_name=name,
            nat_type="Enhanced",
            network_type="internet",
            payment_type="PayAsYouGo",
            internet_charge_type="PayByLcu",
            vpc_id=self.vpc.id,
            vswitch_id=self.switches[0].id,
            deletion_protection=self.frame.protects(name),
            tags=identity.tags(),
            opts=self.frame.stay(self._child(alicloud.vpc.NatGateway, name), "vswitchId"),
        )
        address = alicloud.ecs.EipAddress(
            name,
            address_name=name,
            bandwidth=str(self.frame.size.nat_mbps),
            internet_charge_type="PayByTraffic",
            payment_type="PayAsYouGo",
            deletion_protection=self.frame.protects(name),
            resource_group_id=self.frame.group,
            tags=identity.tags(),
            opts=self._child(alicloud.ecs.EipAddress, name),
        )
        association = alicloud.ecs.EipAssociation(
            name,
            allocation_id=address.id,
            instance_id=gateway.id,
            instance_type="Nat",
            opts=self.frame.once(self._child(alicloud.ecs.EipAssociation, name)),
        )
        self.snat_table = gateway.snat_table_ids
        entry = alicloud.vpc.SnatEntry(
            name,
            snat_entry_name=name,
            snat_table_id=self.snat_table,
            source_cidr=str(self.frame.plan.vpc),
            snat_ip=address.ip_address,
            opts=self.frame.child(self, alicloud.vpc.SnatEntry, name, [association]),
        )
        return address, entry

    def _record(self, logs: LogStores) -> None:
        """Write down who spoke with whom. The vendor lists no flow logs, and refuses a second one of a VPC."""
        name = self.frame.identity.name("flow")
        alicloud.vpc.FlowLog(
            name,
            flow_log_name=name,
            description="Who spoke with whom in the city's network",
            resource_type="VPC",
            resource_id=self.vpc.id,
            traffic_type="All",
            aggregation_interval=FLOW_MINUTES,
            project_name=logs.project,
            log_store_name=logs.stores["flow"],
            resource_group_id=self.frame.group,
            tags=self.frame.identity.tags(),
            opts=self.frame.once(pulumi.ResourceOptions(parent=self)),
        )

    def _security_group(self) -> tuple[alicloud.ecs.SecurityGroup, list[alicloud.ecs.SecurityGroupRule]]:
        """Let through what `openings` names: an enterprise group drops the rest, both ways."""
        name = self.frame.identity.name("nodes")
        group = alicloud.ecs.SecurityGroup(
            name,
            security_group_name=name,
            description="Nodes of the city's cluster",
            security_group_type="enterprise",
            vpc_id=self.vpc.id,
            resource_group_id=self.frame.group,
            tags=self.frame.identity.tags(),
            opts=self._child(alicloud.ecs.SecurityGroup, name),
        )
        rules = [
            alicloud.ecs.SecurityGroupRule(
                f"{name}-{each.name}",
                description=each.description,
                security_group_id=group.id,
                type=each.way,
                ip_protocol=each.protocol,
                port_range=each.ports,
                policy="accept",
                priority=1,
                cidr_ip=each.peer,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for each in openings(self.frame)
        ]
        return group, rules


def openings(frame: Frame) -> Iterator[Opening]:
    """List who speaks to the city's nodes, and to whom they speak; answers pass by themselves.

    Out goes what a node needs to join and to work: to the city's own networks, in which the cluster's API, databases,
    caches and the offices' clusters are; to the vendor's services within; to the hosts of offices that a link joins;
    and of the world to the web alone.
    """
    vpc, pods = str(frame.plan.vpc), str(frame.plan.cloud.pods)
    for source, range_ in {"vpc": vpc, "pods": pods, "balancers": CARRIER_RANGE}.items():
        yield Opening(source, "ingress", range_, f"From the {source} of the city")
    yield Opening("to-city", "egress", str(frame.city.cloud.addresses), "To all networks of the city")
    yield Opening("to-vendor", "egress", CARRIER_RANGE, "To the services of the vendor: DNS, clock, storage, logs")
    for office in subnet.linked(frame.city):
        yield Opening(f"to-{subnet.word(office)}", "egress", str(office), "To the hosts of offices")
    for ports in WEB:
        port = ports.partition("/")[0]
        yield Opening(f"to-web-{port}", "egress", WORLD, "To the web: images, the vendor's APIs", "tcp", ports)


async def vpcs(identity: Identity) -> Sequence[Any]:
    """Ask for the stack's VPCs."""
    return (await ask(alicloud.vpc.get_networks_output(name_regex=f"^{identity.prefix}", tags=identity.mark))).vpcs


async def switches(identity: Identity) -> Sequence[Any]:
    """Ask for the stack's switches."""
    return (await ask(alicloud.vpc.get_switches_output(name_regex=f"^{identity.prefix}", tags=identity.mark))).vswitches


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the network."""
    names, tags = f"^{identity.prefix}", identity.mark
    for vpc in await vpcs(identity):
        yield alicloud.vpc.Network, vpc.vpc_name, vpc.id
    for switch in await switches(identity):
        yield alicloud.vpc.Switch, switch.vswitch_name, switch.id
    gateways = alicloud.vpc.get_nat_gateways_output(name_regex=names, tags=tags, enable_details=True)
    for gateway in (await ask(gateways)).gateways:
        yield alicloud.vpc.NatGateway, gateway.nat_gateway_name, gateway.id
        for table in gateway.snat_table_ids:
            for entry in (await ask(alicloud.vpc.get_snat_entries_output(snat_table_id=table))).entries:
                yield alicloud.vpc.SnatEntry, entry.snat_entry_name, f"{table}:{entry.snat_entry_id}"
    for address in (await ask(alicloud.ecs.get_eip_addresses_output(name_regex=names, tags=tags))).addresses:
        yield alicloud.ecs.EipAddress, address.address_name, address.id
        if address.instance_id:
            yield alicloud.ecs.EipAssociation, address.address_name, f"{address.id}:{address.instance_id}"
    for group in (await ask(alicloud.ecs.get_security_groups_output(name_regex=names, tags=tags))).groups:
        yield alicloud.ecs.SecurityGroup, group.name, group.id
