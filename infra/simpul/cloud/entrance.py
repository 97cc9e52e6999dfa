"""The city's one way in from the internet: an address with a load balancer, and a list of where its sites are.

In: the frame. Out: the load balancer, and the list's id. What isn't for the world is for those on the list alone
(docs/adr/0023-guests.md).
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import City
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity


class Entrance(pulumi.ComponentResource):
    """The load balancer through which the city's sites and citizens reach its workloads."""

    balancer: alicloud.slb.ApplicationLoadBalancer
    guests: pulumi.Output[str] | None = None
    """The list of where the sites are; None where one declares `link.open`, so that everybody has to be let in."""

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
        if not any(site.link.open for site in frame.city.sites):
            self.guests = self._guests(frame)
        self.register_outputs({"address": self.balancer.address})

    def _guests(self, frame: Frame) -> pulumi.Output[str]:
        """List where the sites are: from there alone do their messages come."""
        name, sole = frame.identity.name("guests"), frame.identity.sole_name("guests")
        acl = alicloud.slb.Acl(
            name,
            name=sole,
            ip_version="ipv4",
            resource_group_id=frame.group,
            tags=frame.identity.tags(),
            opts=frame.stay(frame.child(self, alicloud.slb.Acl, sole), "resourceGroupId"),
        )
        for entry, (part, whose) in guests(frame.city).items():
            alicloud.slb.AclEntryAttachment(
                f"{name}-{part}",
                acl_id=acl.id,
                entry=entry,
                comment=whose,
                opts=frame.once(frame.child(self, alicloud.slb.AclEntryAttachment, entry)),
            )
        return acl.id


def guests(city: City) -> dict[str, tuple[str, str]]:
    """Give the ranges that are on the list of `city`, each with its part of a name and whose it is.

    An empty list lets everybody in, so a city without a site has its own networks on it, from which nobody comes here.
    """
    links = [site.link for site in city.sites]
    routers = sorted({link.gateway for link in links if link.gateway is not None})
    ranges = sorted({each for link in links for each in link.ranges})
    return {
        **{f"{each}/32": (_part(each), "the router of an office") for each in routers},
        **{str(each): (_part(each), "the carrier of an office") for each in ranges},
    } or {str(city.cloud.addresses): (_part(city.cloud.addresses), "the city itself: no office yet")}


def _part(place: IPv4Address | IPv4Network) -> str:
    return re.sub(r"[./]", "-", str(place))


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
