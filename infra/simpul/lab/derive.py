"""A rehearsal of a city, derived from its own declaration: the same program, fewer sites, the lab's addresses.

In: the declaration as it stands in Pulumi.<city>.yaml. Out: the declaration of its rehearsal, and its machines.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

from simpul.city import City
from simpul.city.registry import namespace
from simpul.cloud.identity import Identity
from simpul.cloud.registry import own
from simpul.errors import UsageError
from simpul.lab.environment import STACK
from simpul.lab.place import RANGE, REGISTRY, network
from simpul.policy import day
from simpul.policy.rule import WAIVED

LASTS = WAIVED
"""For how long a rehearsal may leave out what protects data from deletion: to be taken down is what it is for."""

FIRST_HOST = 11
USER = "simpul"


@dataclass(frozen=True)
class LabHost:
    """A machine that the rehearsal needs: host `name` of the site with `number`, at `address`."""

    name: str
    number: int
    address: IPv4Address


def hosts(city: City, sites: int) -> tuple[LabHost, ...]:
    """Give the machines for the first `sites` sites of `city`.

    Raises UsageError when the city has fewer, or uses the addresses of the lab itself.
    """
    if city.cloud.addresses.overlaps(RANGE):
        raise UsageError.at(
            "city.cloud.addresses",
            f"holds {RANGE}, which the lab's own networks have",
            str(city.cloud.addresses),
            "rehearse with another range, such as 10.64.0.0/11",
        )
    if not 1 <= sites <= len(city.sites):
        raise UsageError.at(
            "--sites", f"{city.name} declares {len(city.sites)} sites", str(sites), f"1 to {len(city.sites)}"
        )
    return tuple(
        LabHost(host.name, site.number, network(site.number)[FIRST_HOST + index])
        for site in city.sites[:sites]
        for index, host in enumerate(site.hosts)
    )


def images(city: City) -> str:
    """Give how images of the rehearsal of `city` are named: by a registry of its own, in the lab's stack."""
    part = namespace(city.registry.address).rpartition("/")[2]
    return f"{own(Identity.of(city, STACK), city.cloud.region)}/{part}"


def rehearse(
    declared: Mapping[str, Any],
    machines: tuple[LabHost, ...],
    *,
    host_keys: Mapping[str, str],
    bundle: str,
    images: str,
) -> dict[str, Any]:
    """Derive the rehearsal of `declared`: only what `machines` stand for, reached as the lab reaches it.

    `host_keys` are the machines' public SSH keys by host name, `bundle` the folder of the lab's own k3s, as a
    declaration names it, `images` what its images are named by.
    """
    rehearsal = copy.deepcopy(dict(declared))
    addresses = {machine.name: machine for machine in machines}
    numbers = {machine.number for machine in machines}
    rehearsal["sites"] = [site for site in rehearsal["sites"] if site["number"] in numbers]
    for site in rehearsal["sites"]:
        for host in site["hosts"]:
            host.update(
                address=str(addresses[host["name"]].address),
                user=USER,
                port=22,
                host_key=host_keys[host["name"]],
            )
    rehearsal["rehearsal"] = True
    rehearsal["cloud"].update(profile="small", sizes={"registry": "enterprise"}, protect=False)
    rehearsal["waivers"] = [*rehearsal.get("waivers", []), _waiver()]
    rehearsal["registry"] = {"address": images, "mirror": f"http://{REGISTRY}"}
    rehearsal["bundle"] = bundle
    return rehearsal


def let_go(rehearsal: Mapping[str, Any], hosts: Iterable[str]) -> dict[str, Any]:
    """Return `rehearsal` with consent that `hosts`, which it has no more, are taken out with what is on their disks."""
    reason, ends = "its office is rehearsed no more", str(day.today() + timedelta(days=1))
    consent = [{"name": name, "reason": reason, "ends": ends} for name in sorted(hosts)]
    cloud = rehearsal["cloud"]
    return {**rehearsal, "cloud": {**cloud, "replace": [*cloud.get("replace", []), *consent]}}


def _waiver() -> dict[str, str]:
    """Waive the rule that a rehearsal ends and somebody answers for it, in sight of whoever looks at the rehearsal."""
    return {
        "rule": "protection-rehearsal",
        "where": "city",
        "reason": "a rehearsal on one machine: it holds nothing, and is taken down again",
        "by": "simpul lab up",
        "ends": str(day.today() + LASTS),
    }
