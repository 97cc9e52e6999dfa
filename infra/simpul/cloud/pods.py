"""Where the pods of the city's cluster have their addresses: a range of the network beside its own, a switch a zone.

In: the frame and the network. Out: the switches, and what lets pods out. Pods have addresses of the network itself
(docs/adr/0028-pods.md), so its routes, its wall and its flow log are theirs too.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud.found import Listed
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.network import Network, vpcs


@dataclass(frozen=True)
class PodsArgs:
    """What the pods' network stands in, and the network that it is a part of."""

    frame: Frame
    network: Network


class Pods(pulumi.ComponentResource):
    """A secondary range of the VPC with a switch for each zone; what stands in it reaches out as the nodes do."""

    switches: tuple[alicloud.vpc.Switch, ...]
    exit: pulumi.Resource

    def __init__(self, name: str, args: PodsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the pods' network `name` as `args` say."""
        super().__init__("simpul:cloud:Pods", name, {}, opts)
        self._frame, self._network = args.frame, args.network
        range_ = self._range()
        self.switches = tuple(self._switch(zone, range_) for zone in args.frame.plan.pod_switches)
        self.exit = self._exit(range_)
        self.register_outputs({"switchIds": [each.id for each in self.switches]})

    def _range(self) -> alicloud.vpc.Ipv4CidrBlock:
        name = self._frame.identity.name("pods")
        return alicloud.vpc.Ipv4CidrBlock(
            name,
            vpc_id=self._network.vpc.id,
            secondary_cidr_block=str(self._frame.plan.cloud.pods),
            opts=self._frame.child(self, alicloud.vpc.Ipv4CidrBlock, name),
        )

    def _switch(self, zone: str, range_: pulumi.Resource) -> alicloud.vpc.Switch:
        name = self._frame.identity.name(f"pods-{zone}")
        return alicloud.vpc.Switch(
            name,
            vswitch_name=name,
            vpc_id=self._network.vpc.id,
            cidr_block=str(self._frame.plan.pod_switches[zone]),
            zone_id=zone,
            tags=self._frame.identity.tags(),
            opts=self._frame.child(self, alicloud.vpc.Switch, name, [range_]),
        )

    def _exit(self, range_: pulumi.Resource) -> alicloud.vpc.SnatEntry:
        """Let pods out by the city's one address: no node puts its own before theirs."""
        name = self._frame.identity.name("nat-pods")
        return alicloud.vpc.SnatEntry(
            name,
            snat_entry_name=name,
            snat_table_id=self._network.snat_table,
            source_cidr=str(self._frame.plan.cloud.pods),
            snat_ip=self._network.address.ip_address,
            opts=self._frame.child(self, alicloud.vpc.SnatEntry, name, [range_, *self._network.ready]),
        )


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the pods' network, but for what the network lists: switches and ways out."""
    for vpc in await vpcs(identity):
        for block in vpc.secondary_cidr_blocks or ():
            yield alicloud.vpc.Ipv4CidrBlock, identity.name("pods"), f"{vpc.id}:{block}"
