"""The city's network in the cloud: VPC, a switch per zone, the way out, the firewall of its nodes."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import Plan
from simpul.cloud.found import Found
from simpul.cloud.identity import Identity
from simpul.cloud.profile import Size

CARRIER_RANGE = "100.64.0.0/10"
"""Where the vendor's load balancers and health checks speak from (RFC 6598)."""


@dataclass(frozen=True)
class NetworkArgs:
    """What a network is made of. `group` is the id of its resource group."""

    identity: Identity
    plan: Plan
    size: Size
    found: Found
    group: pulumi.Output[str]


class Network(pulumi.ComponentResource):
    """VPC with a switch per zone; its machines reach out through one address, and nobody reaches in."""

    vpc: alicloud.vpc.Network
    switches: tuple[alicloud.vpc.Switch, ...]
    security_group: alicloud.ecs.SecurityGroup
    address: alicloud.ecs.EipAddress
    exit: pulumi.Resource

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the network `name` as `args` say."""
        super().__init__("simpul:cloud:Network", name, {}, opts)
        self.args = args
        self.vpc = alicloud.vpc.Network(
            args.identity.name("vpc"),
            vpc_name=args.identity.name("vpc"),
            cidr_block=str(args.plan.vpc),
            resource_group_id=args.group,
            tags=args.identity.tags,
            opts=self._child("vpc", args.identity.name("vpc")),
        )
        self.switches = tuple(self._switch(zone) for zone in args.plan.switches)
        self.address, self.exit = self._exit()
        self.security_group = self._security_group()
        self.register_outputs({"vpcId": self.vpc.id, "address": self.address.ip_address})

    def _child(self, kind: str, name: str) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, import_=self.args.found.id(kind, name))

    def _switch(self, zone: str) -> alicloud.vpc.Switch:
        name = self.args.identity.name(f"switch-{zone}")
        return alicloud.vpc.Switch(
            name,
            vswitch_name=name,
            vpc_id=self.vpc.id,
            cidr_block=str(self.args.plan.switches[zone]),
            zone_id=zone,
            tags=self.args.identity.tags,
            opts=self._child("switch", name),
        )

    def _exit(self) -> tuple[alicloud.ecs.EipAddress, pulumi.Resource]:
        """Make the NAT gateway: the one address that the city is seen with."""
        identity = self.args.identity
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
            tags=identity.tags,
            opts=self._child("nat", name),
        )
        address = alicloud.ecs.EipAddress(
            name,
            address_name=name,
            bandwidth=str(self.args.size.bandwidth_mbps),
            internet_charge_type="PayByTraffic",
            payment_type="PayAsYouGo",
            resource_group_id=self.args.group,
            tags=identity.tags,
            opts=self._child("address", name),
        )
        association = alicloud.ecs.EipAssociation(
            name,
            allocation_id=address.id,
            instance_id=gateway.id,
            instance_type="Nat",
            opts=self._child("association", name),
        )
        entry = alicloud.vpc.SnatEntry(
            name,
            snat_entry_name=name,
            snat_table_id=gateway.snat_table_ids,
            source_cidr=str(self.args.plan.vpc),
            snat_ip=address.ip_address,
            opts=pulumi.ResourceOptions.merge(
                self._child("snat", name), pulumi.ResourceOptions(depends_on=[association])
            ),
        )
        return address, entry

    def _security_group(self) -> alicloud.ecs.SecurityGroup:
        """Let the city's own ranges and the load balancers in, nobody else."""
        name = self.args.identity.name("nodes")
        group = alicloud.ecs.SecurityGroup(
            name,
            security_group_name=name,
            description="Nodes of the city's cluster",
            security_group_type="enterprise",
            vpc_id=self.vpc.id,
            resource_group_id=self.args.group,
            tags=self.args.identity.tags,
            opts=self._child("security group", name),
        )
        allowed = {
            "vpc": str(self.args.plan.vpc),
            "pods": str(self.args.plan.cloud.pods),
            "balancers": CARRIER_RANGE,
        }
        for source, cidr in allowed.items():
            alicloud.ecs.SecurityGroupRule(
                f"{name}-{source}",
                description=f"From the {source} of the city",
                security_group_id=group.id,
                type="ingress",
                ip_protocol="all",
                port_range="-1/-1",
                policy="accept",
                priority=1,
                cidr_ip=cidr,
                opts=pulumi.ResourceOptions(parent=self),
            )
        return group
