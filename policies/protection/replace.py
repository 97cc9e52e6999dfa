"""What may be made anew or deleted: for a while, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Declaration, Rule, choice
from simpul.policy.rule import WAIVED


def check(declaration: Declaration) -> Iterator[Breach]:
    """Find consents that end further off than a waiver may."""
    last = declaration.today + WAIVED
    for each in declaration.city.cloud.replace:
        if each.ends > last:
            got, advice = f"{each.name} until {each.ends}", f"Write a day until {last}, the evening of the change."
            yield Breach("may lose what it holds for longer than half a year", got, advice)


RULE = Rule(
    id="protection-replace",
    title="What may be made anew may be so for a while",
    source=choice("the change that it is for is made one evening; after that the name stands there for a mistake"),
    looks_at="cloud.replace of the declaration",
    english="Let what may be made anew be so for days, and take it out afterwards.",
    indonesian="Izinkan pembuatan ulang hanya beberapa hari, lalu hapus izinnya.",
    on=Declaration,
    check=check,
)
