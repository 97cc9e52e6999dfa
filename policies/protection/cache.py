"""Caches: released only by who first says so."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.vendor import CACHE


def check(cache: Resource) -> Iterator[Breach]:
    """Find a cache that one mistaken call releases."""
    if cache.get("instanceReleaseProtection") not in (True, UNKNOWN):
        yield Breach("can be released by one mistaken call", "no instanceReleaseProtection", "Set it to true.")


RULE = Rule(
    id="protection-cache",
    title="Caches are protected from release",
    source=choice("a cache may hold sessions and queues that are nowhere else; it is released in two steps"),
    looks_at="instanceReleaseProtection of Redis instances",
    english="Protect every cache from release.",
    indonesian="Lindungi setiap cache dari pelepasan.",
    on=Resource,
    types=(CACHE,),
    protective=True,
    check=check,
)
