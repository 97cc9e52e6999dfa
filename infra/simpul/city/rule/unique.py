"""What may be there only once: a site's code and number, a host's name and address, a zone, the far end of a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simpul.city import area
from simpul.city.address import MAX_NUMBER, MAX_VLAN
from simpul.city.fault import Fault
from simpul.city.rule.draft import EACH, Draft
from simpul.city.wording import show, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class _Once:
    path: tuple[object, ...]
    advise: Callable[[Draft], str]
    normalise: Callable[[Any], Any] = str


def check(draft: Draft) -> Iterator[Fault]:
    """Find what is there a second time; the first is taken to be right."""
    for once in _ONCE:
        first: dict[Any, str] = {}
        for spot in draft.find(*once.path):
            key = once.normalise(spot.value)
            if key in first:
                yield Fault(spot.loc, f"is the same as {first[key]}", show(spot.value), once.advise(draft))
            else:
                first[key] = where(spot.loc)


def check_tunnels(draft: Draft) -> Iterator[Fault]:
    """Find tunnels of several sites that end at one router: the vendor knows an address as one customer gateway."""
    first: dict[str, str] = {}
    for link in draft.find("sites", EACH, "link"):
        gateway = draft.get(*link.loc, "gateway")
        if draft.get(*link.loc, "kind") != "ipsec" or gateway is None:
            continue
        loc = (*link.loc, "gateway")
        if str(gateway) in first:
            advice = "Give each tunnel a router with an address of its own."
            yield Fault(loc, f"ends the tunnel of {first[str(gateway)]} already", show(str(gateway)), advice)
        else:
            first[str(gateway)] = where(link.loc)


def check_vlans(draft: Draft) -> Iterator[Fault]:
    """Find two lines with one VLAN on one physical connection: the vendor takes them for the same."""
    taken: dict[str, dict[int, str]] = {}
    for line in draft.find("sites", EACH, "link", "line"):
        connection, vlan = draft.get(*line.loc, "connection"), draft.get(*line.loc, "vlan")
        if connection is None or vlan is None:
            continue
        mine = taken.setdefault(connection, {})
        if vlan in mine:
            what = f"is the VLAN of {mine[vlan]} on the same connection"
            free = next(each for each in range(1, MAX_VLAN + 1) if each not in mine)
            advice = f"Write the one that the carrier gave this line, such as {free}."
            yield Fault((*line.loc, "vlan"), what, show(vlan), advice)
        else:
            mine[vlan] = where(line.loc)


def _free_number(draft: Draft) -> str:
    taken = {spot.value for spot in draft.find("sites", EACH, "number")}
    free = next((number for number in range(1, MAX_NUMBER + 1) if number not in taken), None)
    return f"Give each site a number of its own: {free} is free." if free else "All numbers are taken."


_ONCE = (
    _Once(
        ("sites", EACH, "code"),
        lambda _: "An area has one site: put its hosts together, or use a kelurahan's code for one of the two.",
        area.normalise,
    ),
    _Once(("sites", EACH, "number"), _free_number),
    _Once(
        ("sites", EACH, "hosts", EACH, "name"),
        lambda _: "Give each host of the city a name of its own.",
    ),
    _Once(
        ("sites", EACH, "hosts", EACH, "address"),
        lambda _: "Give each host its own address; sites need networks that don't overlap.",
    ),
    _Once(("cloud", "api", "allow", EACH), lambda _: "Name each range once."),
    _Once(("cloud", "replace", EACH, "name"), lambda _: "Name each resource once."),
    _Once(("cloud", "zones", EACH), lambda _: "Name each zone once."),
    _Once(("cloud", "stores", EACH, "name"), lambda _: "Give each store a name of its own."),
    _Once(("contacts", EACH, "name"), lambda _: "Give each contact a name of its own."),
    _Once(
        ("sites", EACH, "link", "line", "transfer"),
        lambda _: "Give each line a transfer range of its own.",
    ),
)
