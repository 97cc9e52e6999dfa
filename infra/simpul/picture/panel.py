"""What stands in each panel of the picture.

In: a city and what its program registers. Out: panels, each with lines told one by one and a last one that counts the
rest; and the offices, by how they reach the cloud.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from simpul.city import City
from simpul.picture import place
from simpul.recording import Recording, Registered

APART = {"vpc/network", "vpc/switch", "resourcemanager/resourceGroup"}
"""Types that the picture draws as boxes of their own, or as its title."""

KINDS = {
    "internet": "Offices on the internet",
    "ipsec": "Offices behind a tunnel",
    "leased": "Offices on a leased line",
}
REACH = {"internet": "entrance", "ipsec": "tunnel", "leased": "line"}
"""The panel that offices reach, by their kind of link."""


@dataclass(frozen=True)
class Panel:
    """A titled list. `lines` are told by themselves, `rest` counts what belongs to them."""

    key: str
    title: str
    lines: tuple[str, ...]
    rest: str = ""


def panels(recording: Recording, prefix: str) -> dict[str, Panel]:
    """Give the panels that have something in them, by key."""
    clouds = [each for each in recording.resources if each.type.startswith("alicloud:")]
    standing: dict[str, list[Registered]] = {}
    for each in sorted(clouds, key=lambda each: each.name):
        if place.short(each.type) not in APART:
            standing.setdefault(place.panel(each.type), []).append(each)
    return {key: _panel(key, standing[key], prefix) for key in place.PANELS if key in standing}


def _panel(key: str, resources: list[Registered], prefix: str) -> Panel:
    order = list(place.TOLD)
    told = [(order.index(place.short(each.type)), place.tell(each, prefix)) for each in resources if _is_told(each)]
    counts = Counter(each.type for each in resources if not _is_told(each))
    rest = ", ".join(place.noun(type_, counts[type_]) for type_ in sorted(counts))
    return Panel(key, place.PANELS[key], tuple(words for _, words in sorted(told)), rest)


def _is_told(resource: Registered) -> bool:
    return place.short(resource.type) in place.TOLD


def offices(city: City) -> list[Panel]:
    """Give a panel of offices for each kind of link that the city has."""
    found = []
    for kind, title in KINDS.items():
        sites = [site for site in city.sites if site.link.kind == kind]
        lines = tuple(f"{site.name}: {_count(len(site.hosts))}" for site in sites)
        if lines:
            found.append(Panel(kind, title, lines))
    return found


def _count(hosts: int) -> str:
    return "1 host" if hosts == 1 else f"{hosts} hosts"
