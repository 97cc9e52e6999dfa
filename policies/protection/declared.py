"""The declaration itself: what holds data is protected."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Declaration, Rule, choice


def check(declaration: Declaration) -> Iterator[Breach]:
    """Find a city without protection."""
    if not declaration.city.cloud.protect:
        advice = (
            "Take cloud.protect out, unless the city is a rehearsal; then waive this rule, with the day of its end."
        )
        yield Breach("leaves what holds data without locks and protection from deletion", "cloud.protect false", advice)


RULE = Rule(
    id="protection-declared",
    title="What holds data is protected from deletion",
    source=choice(
        "only a rehearsal is meant to be taken down; with it off, the rules on locks and protection don't hold"
    ),
    looks_at="cloud.protect of the declaration",
    english="Leave cloud.protect on in a city that is used.",
    indonesian="Biarkan cloud.protect aktif pada kota yang dipakai.",
    on=Declaration,
    check=check,
)
