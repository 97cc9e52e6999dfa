"""The gate to the cluster's API for those on the internet whom the declaration names, and for nobody else.

In: the frame, the network, where the API answers within. Out: where the gate answers. A city whose API isn't public
has no gate (docs/adr/0024-gate.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud import subnet
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.network import WORLD, Network
from simpul.cloud.tagging import NLB
from simpul.kubeconfig import PORT

ZONES = 2
"""In how many zones the gate stands; each has a public address of its own."""

FIRST, LAST = 1, 100
"""The priorities of a security group's rules, from the first that counts to the last."""


@dataclass(frozen=True)
class GateArgs:
    """What the gate stands in, and the private address that it leads to."""

    frame: Frame
    network: Network
    api: pulumi.Output[str]


class Gate(pulumi.ComponentResource):
    """A network load balancer with a public address and a security group that lets the declared ranges in."""

    address: pulumi.Output[str]
    """The vendor's name of it, which stays while its addresses may change."""

    def __init__(self, name: str, args: GateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the gate `name` as `args` say."""
        super().__init__("simpul:cloud:Gate", name, {}, opts)
        self._frame, self._network = args.frame, args.network
        self._name = args.frame.identity.name("gate")
        balancer = self._balancer()
        self._listen(balancer, self._behind(args.api))
        self.address = balancer.dns_name
        self.register_outputs({"address": self.address})

    def _balancer(self) -> alicloud.nlb.LoadBalancer:
        frame, network = self._frame, self._network
        group, rules = self._guard()
        places = islice(zip(frame.plan.switches, network.switches, strict=True), ZONES)
        return alicloud.nlb.LoadBalancer(
            self._name,
            load_balancer_name=self._name,
            address_type="Internet",
            address_ip_version="Ipv4",
            vpc_id=network.vpc.id,
            zone_mappings=[
                alicloud.nlb.LoadBalancerZoneMappingArgs(zone_id=zone, vswitch_id=switch.id) for zone, switch in places
            ],
            security_group_ids=[group.id],
            deletion_protection_enabled=frame.protects(self._name),
            resource_group_id=frame.group,
            tags=NLB.tags(frame.identity.tags()),
            # Without its rules the group lets everybody in.
            opts=frame.child(self, alicloud.nlb.LoadBalancer, self._name, rules),
        )

    def _guard(self) -> tuple[alicloud.ecs.SecurityGroup, list[alicloud.ecs.SecurityGroupRule]]:
        """Let the declared ranges in at the API's port; drop the rest, which the vendor lets in where no rule drops."""
        frame = self._frame
        group = alicloud.ecs.SecurityGroup(
            self._name,
            security_group_name=self._name,
            description="The gate to the API of the city's cluster",
            security_group_type="normal",
            inner_access_policy="Drop",
            vpc_id=self._network.vpc.id,
            resource_group_id=frame.group,
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.ecs.SecurityGroup, self._name),
        )
        allowed = [
            alicloud.ecs.SecurityGroupRule(
                f"{self._name}-{subnet.word(each)}",
                description="Declared in cloud.api.allow",
                security_group_id=group.id,
                type="ingress",
                ip_protocol="tcp",
                port_range=f"{PORT}/{PORT}",
                policy="accept",
                priority=FIRST,
                cidr_ip=str(each),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for each in frame.city.cloud.api.allow
        ]
        rest = alicloud.ecs.SecurityGroupRule(
            f"{self._name}-rest",
            description="Whoever isn't declared",
            security_group_id=group.id,
            type="ingress",
            ip_protocol="all",
            port_range="-1/-1",
            policy="drop",
            priority=LAST,
            cidr_ip=WORLD,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return group, [rest, *allowed]

    def _behind(self, api: pulumi.Output[str]) -> alicloud.nlb.ServerGroup:
        """Say where the API is: at a balancer of the vendor's, which couldn't answer to a client's own address."""
        frame = self._frame
        servers = alicloud.nlb.ServerGroup(
            self._name,
            server_group_name=self._name,
            server_group_type="Ip",
            protocol="TCP",
            address_ip_version="Ipv4",
            preserve_client_ip_enabled=False,
            health_check=alicloud.nlb.ServerGroupHealthCheckArgs(health_check_enabled=True, health_check_type="TCP"),
            vpc_id=self._network.vpc.id,
            resource_group_id=frame.group,
            tags=NLB.tags(frame.identity.tags()),
            opts=frame.child(self, alicloud.nlb.ServerGroup, self._name),
        )
        alicloud.nlb.ServerGroupServerAttachment(
            self._name,
            server_group_id=servers.id,
            server_type="Ip",
            server_id=api,
            server_ip=api,
            port=PORT,
            description="the-API-of-the-cluster",  # the vendor takes no spaces here
            opts=frame.child(self, alicloud.nlb.ServerGroupServerAttachment, self._name),
        )
        return servers

    def _listen(self, balancer: alicloud.nlb.LoadBalancer, servers: alicloud.nlb.ServerGroup) -> None:
        alicloud.nlb.Listener(
            self._name,
            load_balancer_id=balancer.id,
            listener_protocol="TCP",
            listener_port=PORT,
            listener_description=self._name,
            server_group_id=servers.id,
            tags=NLB.tags(self._frame.identity.tags()),
            opts=self._frame.once(self._frame.child(self, alicloud.nlb.Listener, self._name)),
        )


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the gate, but for its security group, which the network lists."""
    name = identity.name("gate")
    only = f"^{name}$"
    for balancer in (await ask(alicloud.nlb.get_load_balancers_output(name_regex=only, tags=identity.mark))).balancers:
        yield alicloud.nlb.LoadBalancer, balancer.load_balancer_name, balancer.id
        for listener in (await ask(alicloud.nlb.get_listeners_output(load_balancer_ids=[balancer.id]))).listeners:
            yield alicloud.nlb.Listener, name, listener.id
    for servers in (await ask(alicloud.nlb.get_server_groups_output(name_regex=only, tags=identity.mark))).groups:
        yield alicloud.nlb.ServerGroup, servers.server_group_name, servers.id
        attached = alicloud.nlb.get_server_group_server_attachments_output(server_group_id=servers.id)
        for server in (await ask(attached)).attachments:
            yield alicloud.nlb.ServerGroupServerAttachment, name, server.id
