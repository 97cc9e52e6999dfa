"""Databases: deleted only by who first says so."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.vendor import DATABASE


def check(database: Resource) -> Iterator[Breach]:
    """Find a database that one mistaken call deletes."""
    if database.get("deletionProtection") not in (True, UNKNOWN):
        yield Breach("can be deleted by one mistaken call", "no deletionProtection", "Set deletionProtection to true.")


RULE = Rule(
    id="protection-database",
    title="Databases are protected from deletion",
    source=choice("what holds data is deleted in two steps, so that one mistake doesn't"),
    looks_at="deletionProtection of RDS instances",
    english="Protect every database from deletion.",
    indonesian="Lindungi setiap basis data dari penghapusan.",
    on=Resource,
    types=(DATABASE,),
    protective=True,
    check=check,
)
