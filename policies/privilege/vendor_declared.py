"""A declared vendor: its access ends within a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from simpul.policy import Breach, Declaration, Rule, law

LONGEST = timedelta(days=366)


def check(declaration: Declaration) -> Iterator[Breach]:
    """Find a vendor's end that lies further off than a year."""
    vendor = declaration.city.vendor
    if vendor is not None and vendor.ends > declaration.today + LONGEST:
        last = declaration.today + LONGEST
        yield Breach(
            "lets a vendor in for longer than a year", f"vendor.ends {vendor.ends}", f"Write a day until {last}."
        )


RULE = Rule(
    id="privilege-vendor-declared",
    title="A vendor's access ends within a year",
    source=law(
        "UU PDP 27/2022 arts 39, 51", "who processes for the city does so within a contract; budgets last a year"
    ),
    looks_at="vendor.ends of the declaration",
    english="Let a vendor's access end within a year, and renew it with the contract.",
    indonesian="Akhiri akses vendor dalam setahun, dan perbarui bersama kontraknya.",
    on=Declaration,
    check=check,
)
