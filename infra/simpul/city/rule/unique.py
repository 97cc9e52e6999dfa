"""What may be there only once: a site's code and number, a host's name and address, a zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simpul.city import area
from simpul.city.address import MAX_NUMBER
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
    _Once(("cloud", "zones", EACH), lambda _: "Name each zone once."),
    _Once(("cloud", "stores", EACH, "name"), lambda _: "Give each store a name of its own."),
    _Once(("contacts", EACH, "name"), lambda _: "Give each contact a name of its own."),
    _Once(
        ("sites", EACH, "link", "line", "transfer"),
        lambda _: "Give each line a transfer range of its own.",
    ),
)
