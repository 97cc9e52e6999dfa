"""The wall around the city's switches: a network ACL, which lets through what the city needs and drops the rest.

In: the frame and the network. Out: nothing that others need. It is the second wall: the nodes' security group stands
within it. A network ACL keeps no account of connections, so answers have to be let through too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud import subnet
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.network import ALL, CARRIER_RANGE, WEB, WORLD, Network, switches, vpcs
from simpul.cloud.pods import Pods
from simpul.kubeconfig import PORT

HIGH = "30000/65535"
"""Where answers arrive (Linux takes ports from 32768 on), and the ports of nodes (30000 to 32767) to which the
entrance's load balancer hands a client's packets with the client's own address."""

API = f"{PORT}/{PORT}"
"""Where the gate to the cluster's API stands, for those who are declared."""

ANSWERS = "1024/65535"
"""Where the world awaits answers (RFC 6056)."""


@dataclass(frozen=True)
class BarrierArgs:
    """What the wall stands in, and the networks that it is around: the city's and its pods'."""

    frame: Frame
    network: Network
    pods: Pods


@dataclass(frozen=True)
class Entry:
    """One line of a wall: what is let through or dropped, to or from where."""

    name: str
    peer: str
    protocol: str = "all"
    port: str = ALL
    policy: str = "accept"


class Barrier(pulumi.ComponentResource):
    """A network ACL that all of the city's switches are bound to."""

    def __init__(self, name: str, args: BarrierArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the wall `name` as `args` say."""
        super().__init__("simpul:cloud:Barrier", name, {}, opts)
        frame = args.frame
        wall = frame.identity.name("wall")
        acl = alicloud.vpc.NetworkAcl(
            wall,
            network_acl_name=wall,
            description="What goes in and out of the city's switches",
            vpc_id=args.network.vpc.id,
            ingress_acl_entries=[
                alicloud.vpc.NetworkAclIngressAclEntryArgs(
                    network_acl_entry_name=each.name,
                    source_cidr_ip=each.peer,
                    protocol=each.protocol,
                    port=each.port,
                    policy=each.policy,
                    ip_version="IPV4",
                )
                for each in inward(frame)
            ],
            egress_acl_entries=[
                alicloud.vpc.NetworkAclEgressAclEntryArgs(
                    network_acl_entry_name=each.name,
                    destination_cidr_ip=each.peer,
                    protocol=each.protocol,
                    port=each.port,
                    policy=each.policy,
                    ip_version="IPV4",
                )
                for each in outward(frame)
            ],
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.vpc.NetworkAcl, wall),
        )
        places = zip(frame.plan.switches, args.network.switches, strict=True)
        pods = zip(frame.plan.pod_switches, args.pods.switches, strict=True)
        for place, switch in (*places, *((f"pods-{zone}", switch) for zone, switch in pods)):
            bound = frame.identity.name(f"wall-{place}")
            alicloud.vpc.VpcNetworkAclAttachment(
                bound,
                network_acl_id=acl.id,
                resource_id=switch.id,
                resource_type="VSwitch",
                opts=frame.once(frame.child(self, alicloud.vpc.VpcNetworkAclAttachment, bound)),
            )
        self.register_outputs({"aclId": acl.id})


def inward(frame: Frame) -> Iterator[Entry]:
    """Say what comes in: the city, the vendor's own services, who may reach the API, answers; nothing else."""
    yield from _own(frame)
    yield from (Entry(f"api-{at}", str(each), "tcp", API) for at, each in enumerate(frame.city.cloud.api.allow, 1))
    yield Entry("answers", WORLD, "tcp", HIGH)
    yield Entry("messages", WORLD, "icmp")
    yield Entry("rest", WORLD, policy="drop")


def outward(frame: Frame) -> Iterator[Entry]:
    """Say what goes out: to the city, to the vendor's own services, to the web, and answers."""
    yield from _own(frame)
    yield from (Entry(f"web-{port.partition('/')[0]}", WORLD, "tcp", port) for port in WEB)
    yield Entry("answers", WORLD, "tcp", ANSWERS)
    yield Entry("messages", WORLD, "icmp")
    yield Entry("rest", WORLD, policy="drop")


def _own(frame: Frame) -> Iterator[Entry]:
    yield Entry("city", str(frame.city.cloud.addresses))
    yield Entry("vendor", CARRIER_RANGE)
    yield from (Entry(f"offices-{at}", str(each)) for at, each in enumerate(subnet.linked(frame.city), 1))


def _wall(identity: Identity, switch: str) -> str:
    """Give the name of the wall's binding to the switch that is named `switch`."""
    return identity.name(f"wall-{switch.removeprefix(identity.name('')).removeprefix('switch-')}")


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the wall, and which switches it is around."""
    own = {vpc.id for vpc in await vpcs(identity)}
    walls = {switch.id: _wall(identity, switch.vswitch_name) for switch in await switches(identity)}
    for acl in (await ask(alicloud.vpc.get_network_acls_output(name_regex=f"^{identity.name('wall')}$"))).acls:
        if acl.vpc_id in own:
            yield alicloud.vpc.NetworkAcl, acl.network_acl_name, acl.id
            for bound in acl.resources:
                yield (
                    alicloud.vpc.VpcNetworkAclAttachment,
                    walls[bound.resource_id],
                    f"{acl.id}:{bound.resource_id}",
                )
