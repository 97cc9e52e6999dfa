"""What rules look at in a declaration: a city enters, its subjects leave, and its waivers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from simpul.city import City
from simpul.policy.subject import Declaration, Frame, Machine, Subject
from simpul.policy.waiver import Waiver


def subjects(city: City, today: date) -> Iterator[Subject]:
    """Give the declaration of `city` as a whole, and its hosts."""
    frame = Frame.of(city)
    yield Declaration(city, today, frame)
    yield from (Machine(site, host, city, frame) for site in city.sites for host in site.hosts)


def waivers(city: City) -> tuple[Waiver, ...]:
    """Give the waivers of `city`."""
    return tuple(Waiver.of(declared) for declared in city.waivers)
