"""A thousand resources for the bench: the example city's own, over and over.

`judge(resources)` is what is to be timed: every rule over each resource, and over all of them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from simpul.city import load as load_city
from simpul.policy import Estate, Findings, Frame, Judge, Resource, load
from simpul.policy.case import EXAMPLE
from simpul.review import register

TODAY = date(2026, 11, 24)


def resources(count: int = 1000) -> tuple[Resource, ...]:
    """Give `count` resources as the program registers them, each with a name of its own."""
    city = load_city(EXAMPLE)
    registered = [each for each in register(city, "balikpapan", Frame.of(city)) if ":" in each.type]
    rounds = -(-count // len(registered))
    return tuple(_again(each, turn) for turn in range(rounds) for each in registered)[:count]


def judge(resources: Sequence[Resource]) -> Findings:
    """Hold every rule against `resources`, one by one and together. The rules are loaded before."""
    return Judge(load(), (), TODAY).judge_all([*resources, Estate(tuple(resources))])


def _again(resource: Resource, turn: int) -> Resource:
    """Give `resource` a second time, with names of its own for it and for what its values come of."""
    refs = {prop: tuple(f"{name}-{turn}" for name in names) for prop, names in resource.refs.items()}
    return replace(resource, name=f"{resource.name}-{turn}", refs=refs)
