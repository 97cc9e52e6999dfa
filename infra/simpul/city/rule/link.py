"""A link: a tunnel has a router at its other end, a leased line has its place, and neither is left over."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from simpul.city.fault import Fault
from simpul.city.form.special import SHARED
from simpul.city.rule.draft import EACH, Draft
from simpul.city.wording import show, where

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDS = {
    "gateway": ("ipsec", "the public address of the site's router", 'gateway: "203.0.113.10"'),
    "line": (
        "leased",
        "the line's connection, VLAN and transfer range",
        'line: {connection: pc-k1abcdef123, vlan: 101, transfer: "172.31.255.0/30"}',
    ),
}
"""What a link has beside its kind: which kind needs it, what it is, and how it is written."""

KNOWN_BY = ("gateway", "ranges")
"""What tells where a site's messages come from."""

_UNKNOWN = "is missing: by its router's public address a site is known at the city's entrance"
_WAYS = (
    'Add gateway: "203.0.113.10"; where the address changes, ranges: ["203.0.113.0/24"], the carrier\'s; where neither '
    "can be told, open: true, and all of the internet reaches the ports of the city's messages."
)

ROUTED = {"ipsec", "leased"}
"""The kinds by which the cloud's network and the site's are one."""

ANYWHERE = {"gateway"}
"""What a link of another kind may have too: by its router's address a site is known at the city's entrance."""


def check_ends(draft: Draft) -> Iterator[Fault]:
    """Find links without the end that their kind needs, and with one that it doesn't have."""
    for link in draft.find("sites", EACH, "link"):
        kind = draft.get(*link.loc, "kind")
        if kind is None or not isinstance(link.value, dict):
            continue
        for key, (needing, what, example) in NEEDS.items():
            there = link.value.get(key) is not None
            if kind == needing and not there:
                yield Fault(
                    (*link.loc, key), f"is missing: a link of kind {kind} needs {what}", None, f"Add {example}."
                )
            elif kind != needing and there and key not in ANYWHERE:
                advice = f"Take it out, or make the link's kind {needing}."
                yield Fault((*link.loc, key), f"isn't for a link of kind {kind}", show(link.value[key]), advice)


def check_way_in(draft: Draft) -> Iterator[Fault]:
    """Find sites that the entrance can't know, and that don't say so; and those that say so although it can."""
    for link in draft.find("sites", EACH, "link"):
        if draft.get(*link.loc, "kind") in (None, "ipsec") or not isinstance(link.value, dict):
            continue  # a tunnel has its gateway
        known = [key for key in KNOWN_BY if link.value.get(key)]
        if link.value.get("open") is True and known:
            what = f"lets everybody in, though {known[0]} says where the site's messages come from"
            yield Fault((*link.loc, "open"), what, "true", "Take it out.")
        elif not known and link.value.get("open") is not True:
            yield Fault((*link.loc, "gateway"), _UNKNOWN, None, _WAYS)


def check_hosts(draft: Draft) -> Iterator[Fault]:
    """Find hosts that the cloud would have to reach by addresses at which its own services are."""
    for link in draft.find("sites", EACH, "link"):
        if draft.get(*link.loc, "kind") not in ROUTED:
            continue
        for host in draft.find(*link.loc[:-1], "hosts", EACH, "address"):
            if IPv4Address(str(host.value)) in SHARED:
                what = f"lies in {SHARED}, where the cloud has its own services, and the link leads it to the cloud"
                yield Fault(host.loc, what, show(str(host.value)), "Write its address in a private network.")


def check_transfer(draft: Draft) -> Iterator[Fault]:
    """Find transfer ranges that the address plan hands out, or that a host is in."""
    advice = 'Write another, such as "172.31.255.0/30".'
    for transfer in draft.find("sites", EACH, "link", "line", "transfer"):
        range_ = IPv4Network(str(transfer.value))
        for spot in draft.find("cloud", "addresses"):
            if range_.overlaps(network := IPv4Network(str(spot.value))):
                what = f"lies in city.cloud.addresses ({network}), which is the address plan's alone"
                yield Fault(transfer.loc, what, show(str(transfer.value)), advice)
        for host in draft.find("sites", EACH, "hosts", EACH, "address"):
            if IPv4Address(str(host.value)) in range_:
                what = f"has the address of a host in it ({where(host.loc)})"
                yield Fault(transfer.loc, what, show(str(transfer.value)), advice)
