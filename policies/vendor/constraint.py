"""The vendor's own words about its API: what it would refuse is found before anything is made."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.constraint import violations
from simpul.policy import Breach, Resource, Rule, choice


def check(resource: Resource) -> Iterator[Breach]:
    """Find inputs that the API of the vendor refuses."""
    for each in violations(resource.type, resource.props):
        where = f"{each.path} " if each.path else ""
        got = None if each.got is None else str(each.got)
        yield Breach(
            f"{where}isn't what {each.parameter} of the vendor's API takes",
            got,
            f"It takes: {each.says} (docs/constraints.md).",
        )


RULE = Rule(
    id="vendor-constraint",
    title="The vendor's API takes every input",
    source=choice("an up that is refused half-way leaves a city half made"),
    looks_at="every input of the cloud's resources, by the vendor's own documentation of its API (docs/constraints.md)",
    english="Write what the vendor's API takes.",
    indonesian="Tuliskan nilai yang diterima API vendor.",
    on=Resource,
    types=("alicloud:*",),
    sweeping=True,
    check=check,
)
