"""A rehearsal: it protects nothing, so somebody answers for it until a day."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Declaration, Rule, choice


def check(declaration: Declaration) -> Iterator[Breach]:
    """Find a rehearsal without protection."""
    if declaration.city.rehearsal and not declaration.city.cloud.protect:
        advice = "Waive this rule until the rehearsal is taken down; it holds nothing that must be kept."
        yield Breach("is a rehearsal: nothing of it is locked or protected", "cloud.protect false", advice)


RULE = Rule(
    id="protection-rehearsal",
    title="A rehearsal ends, and somebody answers for it",
    source=choice("what protects nothing mustn't come to be used, unseen, as if it were the city"),
    looks_at="rehearsal and cloud.protect of the declaration",
    english="Waive it with the day on which the rehearsal is taken down.",
    indonesian="Kecualikan dengan tanggal pembongkaran latihan.",
    on=Declaration,
    check=check,
)
