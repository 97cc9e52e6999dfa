"""The city's one way in from the internet: an address with a load balancer."""

from __future__ import annotations

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud.found import Listed, Pause
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity


class Entrance(pulumi.ComponentResource):
    """The load balancer through which the city's sites and citizens reach its workloads."""

    balancer: alicloud.slb.ApplicationLoadBalancer

    def __init__(self, name: str, frame: Frame, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the entrance `name` in `frame`."""
        super().__init__("simpul:cloud:Entrance", name, {}, opts)
        identity = frame.identity
        self.balancer = alicloud.slb.ApplicationLoadBalancer(
            identity.name("entrance"),
            load_balancer_name=identity.name("entrance"),
            address_type="internet",
            internet_charge_type="PayByTraffic",
            instance_charge_type="PayByCLCU",
            resource_group_id=frame.group,
            tags=identity.tags(),
            opts=frame.child(self, "balancer", identity.name("entrance")),
        )
        self.register_outputs({"address": self.balancer.address})


def listed(identity: Identity, pause: Pause) -> Listed:
    """List what the cloud holds of the entrance."""
    del pause
    names = f"^{identity.prefix}"
    for balancer in alicloud.slb.get_application_load_balancers(name_regex=names, tags=identity.mark).balancers:
        yield "balancer", balancer.load_balancer_name, balancer.id
