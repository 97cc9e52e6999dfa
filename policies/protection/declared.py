"""The declaration itself: what holds data is protected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from simpul.policy import Breach, Declaration, Rule, choice

LONGEST = timedelta(days=30)
"""For how long a city may stand without protection: it is taken away within that time."""


def check(declaration: Declaration) -> Iterator[Breach]:
    """Find a city without protection; of a rehearsal, another rule speaks."""
    if not declaration.city.cloud.protect and not declaration.city.rehearsal:
        advice = (
            "Take cloud.protect out. Only of a city that is being taken away, waive this rule, for a month at most; a "
            "rehearsal says rehearsal: true from its first run on."
        )
        yield Breach("leaves what holds data without locks and protection from deletion", "cloud.protect false", advice)


RULE = Rule(
    id="protection-declared",
    title="What holds data is protected from deletion",
    source=choice("what is lost by one command isn't kept; with it off, the rules on locks and protection don't hold"),
    looks_at="cloud.protect of the declaration of a city that isn't a rehearsal",
    english="Leave cloud.protect on in a city that is used.",
    indonesian="Biarkan cloud.protect aktif pada kota yang dipakai.",
    on=Declaration,
    longest=LONGEST,
    check=check,
)
