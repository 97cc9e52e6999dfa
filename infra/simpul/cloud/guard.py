"""What holds data, or an address that others were told: it is made anew or deleted only if the declaration names it.

In: the city and today's day. Out: a transformation that has the engine protect such resources (Pulumi's `protect`). A
preview then says by name what a change would make anew, and nothing is done. `cloud.replace` names what may be, for a
while; a rehearsal (`cloud.protect: false`) guards nothing.

The vendor has a protection of its own for many of them, and goes by what it was told last. So the run that finds a new
name in `cloud.replace` takes both protections off and changes nothing else of that resource; the next one may do it.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import City
from simpul.cloud.found import PROTECTIONS, Found, Kind, token
from simpul.errors import CityError, Problem

DATA: Final[tuple[Kind, ...]] = (
    alicloud.cr.RegistryEnterpriseInstance,
    alicloud.cs.RegistryEnterpriseNamespace,  # all images are in it
    alicloud.cs.RegistryEnterpriseRepo,
    alicloud.cs.ManagedKubernetes,  # volumes go with it
    alicloud.hbr.Vault,
    alicloud.kms.Instance,
    alicloud.kms.Key,
    alicloud.kvstore.Instance,
    alicloud.log.Project,
    alicloud.log.Store,
    alicloud.oss.Bucket,
    alicloud.rds.Database,
    alicloud.rds.Instance,
    alicloud.redis.TairInstance,
)
"""What holds data, or without which data can't be read."""

ADDRESSES: Final[tuple[Kind, ...]] = (
    alicloud.dns.AlidnsDomain,
    alicloud.ecs.EipAddress,
    alicloud.expressconnect.VirtualBorderRouter,
    alicloud.nlb.LoadBalancer,
    alicloud.pvtz.Zone,
    alicloud.ram.AccessKey,  # sites write their backups with it
    alicloud.slb.ApplicationLoadBalancer,
    alicloud.vpc.Network,
    alicloud.vpc.Switch,  # in which what holds data stands, whatever zones are declared later
    alicloud.vpn.Gateway,
)
"""What has an address, a range or a name that routers, clients and other offices were told."""


class Guard:
    """Protects what is made below it. `transform` is for a component's options; `end` tells what names nothing."""

    def __init__(self, city: City, there: Found, today: date) -> None:
        """Guard `city` as its declaration says on the day `today`; `there` is what the state knows of it."""
        self._tokens = {token(kind) for kind in (*DATA, *ADDRESSES)}
        self._guards, self._there = city.cloud.protect, there
        self._prefix = f"simpul-{city.slug}"
        self._names = [each.name for each in city.cloud.replace]
        self._released = released(city, today)
        self._met = set(there.placed)  # a host or release that is taken out is of the state alone

    def transform(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        """Return `args` with the resource protected, None where it stays as it is."""
        if args.type_ not in self._tokens:
            return None
        self._met.add(args.name)
        if not self._guards:
            return None
        if args.name not in self._released:
            return _with(args, pulumi.ResourceOptions(protect=True))
        if (args.type_, args.name) not in self._there.protected:
            return None
        pulumi.log.warn(
            f"{args.name} ({args.type_}) is named in cloud.replace: this run takes its protection off and changes "
            "nothing else of it; run the same again for the change itself, or take it out of the declaration then"
        )
        last = PROTECTIONS[args.type_][0]
        kept = [name for name in args.props if name != last]
        return _with(args, pulumi.ResourceOptions(ignore_changes=kept))

    def end(self) -> None:
        """Raise CityError for each name in `cloud.replace` that nothing guarded has.

        A host that was taken out is in the stack's state alone: without one, its name can't be told from a wrong one.
        """
        problems = [
            Problem(
                f"city.cloud.replace[{at}].name",
                "names nothing that is guarded",
                name,
                f"Take it out, or write one of {', '.join(sorted(self._met))}.",
            )
            for at, name in enumerate(self._names)
            if name not in self._met and (self._there.asked or name.startswith(self._prefix))
        ]
        if problems:
            raise CityError.of(problems)


def released(city: City, today: date) -> frozenset[str]:
    """Return the names of what `city` lets go on the day `today`."""
    return frozenset(each.name for each in city.cloud.replace if each.ends >= today)


def _with(args: pulumi.ResourceTransformationArgs, more: pulumi.ResourceOptions) -> pulumi.ResourceTransformationResult:
    return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, more))
