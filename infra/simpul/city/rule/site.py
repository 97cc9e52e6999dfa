"""A site: one server among its hosts, one home of its volumes, addresses that the address plan doesn't hand out."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from simpul.city.fault import Fault
from simpul.city.rule.draft import EACH, Draft, Spot
from simpul.city.wording import choice, show

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_server(draft: Draft) -> Iterator[Fault]:
    """Find sites without a server, and with several."""
    for hosts in draft.find("sites", EACH, "hosts"):
        roles = list(draft.find(*hosts.loc, EACH, "role"))
        servers = [spot for spot in roles if spot.value == "server"]
        if len(servers) > 1:
            yield _too_many(draft, hosts, servers)
        elif not servers and len(roles) == len(hosts.value):  # a role that can't be read may be the server's
            what = "has no server, and each site needs exactly one"
            yield Fault(hosts.loc, what, _count(hosts), "Give one of the hosts the role server.")


def check_home(draft: Draft) -> Iterator[Fault]:
    """Find sites whose volumes are to lie on several hosts: a volume is in one place."""
    for hosts in draft.find("sites", EACH, "hosts"):
        homes = [spot for spot in draft.find(*hosts.loc, EACH, "volumes") if spot.value is True]
        if len(homes) > 1:
            names = _names(draft, homes)
            what = f"has {len(homes)} hosts with volumes: true, and a site's volumes lie on one"
            advice = f"Take volumes off {choice(names[1:], 'and')}."
            yield Fault(hosts.loc, what, choice(names, "and"), advice)


def check_addresses(draft: Draft) -> Iterator[Fault]:
    """Find hosts whose addresses lie in the range that the address plan hands out."""
    for spot in draft.find("cloud", "addresses"):
        network = IPv4Network(str(spot.value))
        for host in draft.find("sites", EACH, "hosts", EACH, "address"):
            if IPv4Address(str(host.value)) in network:
                what = f"lies in city.cloud.addresses ({network}), which is the address plan's alone"
                advice = "Write the host's address in the site's own network, or give the plan another range."
                yield Fault(host.loc, what, show(str(host.value)), advice)


def _too_many(draft: Draft, hosts: Spot, servers: list[Spot]) -> Fault:
    names = _names(draft, servers)
    what = f"has {len(servers)} servers, and each site needs exactly one"
    advice = f"Give {choice(names[1:], 'and')} the role agent."
    return Fault(hosts.loc, what, choice(names, "and"), advice)


def _names(draft: Draft, spots: list[Spot]) -> list[str]:
    """Give the names of the hosts to which `spots` belong."""
    return [str(draft.get(*spot.loc[:-1], "name") or f"hosts[{spot.loc[-2]}]") for spot in spots]


def _count(hosts: Spot) -> str:
    count = len(hosts.value)
    return "1 agent" if count == 1 else f"{count} agents"
