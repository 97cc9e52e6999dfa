"""What things are called: the city's domain for the world, and a zone within it that only the city's network sees.

    simpul.DOMAIN             the entrance, for all
    api.simpul.DOMAIN         the cluster's API, within; for the world too where there is a gate to it
    STORE-db.simpul.DOMAIN    a store's database, within
    STORE-cache.simpul.DOMAIN a store's cache, within

In: the frame, the network, and what is to be called. Out: nothing that others need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import City
from simpul.cloud import group
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.network import Network
from simpul.cloud.tagging import ALIDNS
from simpul.handover import CacheHandle, DatabaseHandle

PART = "simpul"
"""The name in the city's domain under which all of this is."""

PUBLIC_SECONDS, PRIVATE_SECONDS = 600, 60
"""For how long a name may be remembered; 600 is the least that the vendor has for all."""

NOTE = "made-by-Simpul"
"""Who made it, for people. A domain's remark takes no space, no bracket and 50 letters: no city's name is in it."""


@dataclass(frozen=True)
class NamesArgs:
    """What the names stand in, and what they are for."""

    frame: Frame
    network: Network
    entrance: pulumi.Output[str]
    api: pulumi.Output[str]
    gate: pulumi.Output[str] | None = None
    """Where the world reaches the API, if it may."""

    databases: Sequence[DatabaseHandle] = ()
    caches: Sequence[CacheHandle] = ()


class Names(pulumi.ComponentResource):
    """The city's domain with a name for the entrance, and a private zone with names for what is within."""

    def __init__(self, name: str, args: NamesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the names `name` as `args` say."""
        super().__init__("simpul:cloud:Names", name, {}, opts)
        self._args, self._frame = args, args.frame
        self._public()
        self._private()
        self.register_outputs({})

    def _public(self) -> None:
        frame = self._frame
        name, domain = frame.identity.name("domain"), frame.city.domain
        made = alicloud.dns.AlidnsDomain(
            name,
            domain_name=domain,
            remark=NOTE,
            resource_group_id=frame.group,
            tags=ALIDNS.tags(frame.identity.tags(data="public")),
            opts=frame.child(self, alicloud.dns.AlidnsDomain, domain),
        )
        for part, host, kind, value in self._outside():
            alicloud.dns.AlidnsRecord(
                frame.identity.name(f"domain-{part}"),
                domain_name=made.domain_name,
                rr=host,
                type=kind,
                value=value,
                ttl=PUBLIC_SECONDS,
                remark=NOTE,
                opts=frame.child(self, alicloud.dns.AlidnsRecord, f"{host}.{domain}"),
            )

    def _outside(self) -> Iterator[tuple[str, str, str, pulumi.Output[str]]]:
        """Give part, host, kind and value of each record that the world sees."""
        yield "entrance", PART, "A", self._args.entrance
        if self._args.gate is not None:
            yield "api", f"api.{PART}", "CNAME", self._args.gate

    def _private(self) -> None:
        frame = self._frame
        name, called = frame.identity.name("zone"), zone(frame.city)
        made = alicloud.pvtz.Zone(
            name,
            zone_name=called,
            proxy_pattern="ZONE",  # a name that isn't here is nowhere
            lang="en",
            remark=NOTE,
            resource_group_id=frame.group,
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.pvtz.Zone, called),
        )
        alicloud.pvtz.ZoneAttachment(
            name,
            zone_id=made.id,
            vpcs=[
                alicloud.pvtz.ZoneAttachmentVpcArgs(vpc_id=self._args.network.vpc.id, region_id=frame.city.cloud.region)
            ],
            opts=frame.child(self, alicloud.pvtz.ZoneAttachment, called),
        )
        for host, kind, value in self._within():
            part = "entrance" if host == "@" else host
            alicloud.pvtz.ZoneRecord(
                frame.identity.name(f"zone-{part}"),
                zone_id=made.id,
                rr=host,
                type=kind,
                value=value,
                ttl=PRIVATE_SECONDS,
                remark=NOTE,
                opts=frame.child(self, alicloud.pvtz.ZoneRecord, host),
            )

    def _within(self) -> Iterator[tuple[str, str, pulumi.Output[str]]]:
        """Give host, kind and value of each record: the zone hides the domain's own name for the entrance."""
        yield "@", "A", self._args.entrance
        yield "api", "A", self._args.api
        yield from ((f"{each.store}-db", "CNAME", each.host) for each in self._args.databases)
        yield from ((f"{each.store}-cache", "CNAME", each.host) for each in self._args.caches)


def zone(city: City) -> str:
    """Give the name under which all of a city's cloud is found."""
    return f"{PART}.{city.domain}"


def api(city: City) -> str:
    """Give the name of the cluster's API, the same in the city's network and at the gate."""
    return f"api.{zone(city)}"


async def domains_listed(identity: Identity) -> Listed:
    """List the domains of the stack's resource group: the listing finds by tags only what has no others.

    Without a group there are none, and it is only asked whether the service is open.
    """
    own = await group.ids(identity)
    if not own:
        await ask(alicloud.dns.get_alidns_domains_output(domain_name_regex="^$"))
    for each in own:
        for domain in (await ask(alicloud.dns.get_alidns_domains_output(resource_group_id=each))).domains:
            yield alicloud.dns.AlidnsDomain, domain.domain_name, domain.domain_name
            ours = f"^(api[.])?{PART}$"
            records = alicloud.dns.get_alidns_records_output(domain_name=domain.domain_name, rr_regex=ours)
            for record in (await ask(records)).records:
                yield alicloud.dns.AlidnsRecord, f"{record.rr}.{domain.domain_name}", record.record_id


async def zones_listed(identity: Identity) -> Listed:
    """List the zones of the stack's resource group: the listing finds by no tags. Without a group, as for domains."""
    own = await group.ids(identity)
    if not own:
        await ask(alicloud.pvtz.get_zones_output(name_regex="^$"))
    for each in own:
        zones = alicloud.pvtz.get_zones_output(name_regex=f"^{PART}[.]", resource_group_id=each, enable_details=True)
        for found in (await ask(zones)).zones:
            yield alicloud.pvtz.Zone, found.zone_name, found.zone_id
            if found.bind_vpcs:
                yield alicloud.pvtz.ZoneAttachment, found.zone_name, found.zone_id
            for entry in (await ask(alicloud.pvtz.get_zone_records_output(zone_id=found.zone_id))).records:
                yield alicloud.pvtz.ZoneRecord, entry.rr, f"{entry.record_id}:{found.zone_id}"
