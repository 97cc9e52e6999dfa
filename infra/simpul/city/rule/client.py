"""Clients of the messages: a name is one client's wherever it gets in, and each says only what it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpul.city.fault import Fault
from simpul.city.model import ADMINISTRATOR
from simpul.city.rule.draft import EACH, Draft
from simpul.city.wording import show, where

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENTS = ("workloads", "messaging", "clients")


def check_names(draft: Draft) -> Iterator[Fault]:
    """Find names that the platform has, or two clients share where both get in."""
    first: dict[str, list[tuple[object, object, str]]] = {}
    for client in draft.find(*CLIENTS, EACH):
        name = draft.get(*client.loc, "name")
        if name is None or not isinstance(client.value, dict):
            continue
        loc = (*client.loc, "name")
        if name == ADMINISTRATOR:
            yield Fault(loc, "is the name of who looks after the streams", show(name), "Give it another name.")
        at, site = client.value.get("at", "sites"), client.value.get("site")
        for other_at, other_site, place in first.get(name, []):
            if at == other_at and (site == other_site or None in (site, other_site)):
                yield Fault(loc, f"is the same as {place}", show(name), "Give each client of a place its own name.")
                break
        first.setdefault(name, []).append((at, site, where(loc)))


def check_places(draft: Draft) -> Iterator[Fault]:
    """Find clients of a site that isn't there."""
    codes = {str(site.value) for site in draft.find("sites", EACH, "code")}
    for client in draft.find(*CLIENTS, EACH):
        loc, site = (*client.loc, "site"), draft.get(*client.loc, "site")
        if site is None:
            continue
        if draft.get(*client.loc, "at") == "cloud":
            yield Fault(loc, "isn't for a client at the hub", show(site), "Take it out, or take out at: cloud.")
        elif site not in codes:
            yield Fault(loc, "is no site of the city", show(site), "Write the code of one of its sites.")


def check_protocols(draft: Draft) -> Iterator[Fault]:
    """Find clients that can't do what they may, and passwords that are one."""
    for client in draft.find(*CLIENTS, EACH):
        if draft.get(*client.loc, "protocol") == "nats" and draft.get(*client.loc, "publish"):
            advice = "Take it out, or let the client speak mqtt."
            what = "isn't for a client that speaks nats: it reads, and publishes no reports"
            yield Fault((*client.loc, "publish"), what, None, advice)
        if draft.get(*client.loc, "protocol") == "nats" and draft.get(*client.loc, "subscribe") in ([], ()):
            advice = 'Write what it reads, such as subscribe: [">"].'
            yield Fault((*client.loc, "subscribe"), "leaves a client that speaks nats nothing to do", None, advice)
        numbers = draft.get(*client.loc, "passwords")
        if isinstance(numbers, list | tuple) and len(set(map(str, numbers))) < len(numbers):
            what = "names one password twice"
            yield Fault((*client.loc, "passwords"), what, show(numbers), "Write a new number for a new password.")
