"""The declared end of the sites' keys: within two years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from simpul.policy import Breach, Declaration, Rule, choice

LONGEST = timedelta(days=730)


def check(declaration: Declaration) -> Iterator[Breach]:
    """Find an end that lies further off than two years, or is over."""
    ends, today = declaration.city.keys_end, declaration.today
    if ends > today + LONGEST:
        yield Breach(
            "lets keys live for longer than two years", f"keys_end {ends}", f"Write a day until {_last(today)}."
        )
    if ends < today:
        yield Breach("has keys that have ended", f"keys_end {ends}", f"Write a day until {_last(today)}; pulumi up.")


def _last(today: date) -> date:
    return today + LONGEST


RULE = Rule(
    id="privilege-keys-declared",
    title="The sites' keys end within two years",
    source=choice(
        "a site is visited at least every other year; a key that isn't renewed then is one that was forgotten"
    ),
    looks_at="keys_end of the declaration",
    english="Let the sites' keys end within two years, and renew them before.",
    indonesian="Akhiri kunci kantor dalam dua tahun, dan perbarui sebelumnya.",
    on=Declaration,
    check=check,
)
