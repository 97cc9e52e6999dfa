"""The city's one way in from the internet: an address with a load balancer, and a list of the sites' own routers.

In: the frame. Out: the load balancer, and the list's id. What isn't for the world is for those on the list alone
(docs/adr/0023-guests.md).
"""

from __future__ import annotations

from ipaddress import IPv4Address

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity


class Entrance(pulumi.ComponentResource):
    """The load balancer through which the city's sites and citizens reach its workloads."""

    balancer: alicloud.slb.ApplicationLoadBalancer
    guests: pulumi.Output[str] | None = None
    """The list of the sites' own routers; None where a site's isn't declared, so that everybody has to be let in."""

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
            delete_protection="on" if frame.protects(identity.name("entrance")) else "off",
            tags=identity.tags(),
            opts=frame.stay(
                frame.child(self, alicloud.slb.ApplicationLoadBalancer, identity.name("entrance")), "resourceGroupId"
            ),
        )
        gateways = [site.link.gateway for site in frame.city.sites]
        known = [gateway for gateway in gateways if gateway is not None]
        if known and len(known) == len(gateways):
            self.guests = self._guests(frame, sorted(set(known)))
        self.register_outputs({"address": self.balancer.address})

    def _guests(self, frame: Frame, gateways: list[IPv4Address]) -> pulumi.Output[str]:
        """List the routers of the sites: by these addresses alone do their messages come."""
        name, sole = frame.identity.name("guests"), frame.identity.sole_name("guests")
        acl = alicloud.slb.Acl(
            name,
            name=sole,
            ip_version="ipv4",
            resource_group_id=frame.group,
            tags=frame.identity.tags(),
            opts=frame.stay(frame.child(self, alicloud.slb.Acl, sole), "resourceGroupId"),
        )
        for gateway in gateways:
            entry = f"{gateway}/32"
            alicloud.slb.AclEntryAttachment(
                f"{name}-{str(gateway).replace('.', '-')}",
                acl_id=acl.id,
                entry=entry,
                comment="the router of an office",
                opts=frame.once(frame.child(self, alicloud.slb.AclEntryAttachment, entry)),
            )
        return acl.id


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the entrance."""
    names = f"^{identity.prefix}"
    guests = alicloud.slb.get_acls_output(name_regex=f"^{identity.sole_name('guests')}$", tags=identity.mark)
    for acl in (await ask(guests)).acls:
        yield alicloud.slb.Acl, acl.name, acl.id
        for each in acl.entry_lists:
            yield alicloud.slb.AclEntryAttachment, each.entry, f"{acl.id}:{each.entry}"
    balancers = alicloud.slb.get_application_load_balancers_output(name_regex=names, tags=identity.mark)
    for balancer in (await ask(balancers)).balancers:
        yield alicloud.slb.ApplicationLoadBalancer, balancer.load_balancer_name, balancer.id
