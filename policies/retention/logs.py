"""Log stores: for how long they keep is said."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import LOG_STORE

FOR_EVER = 3650
"""What the vendor takes for: never delete."""


def check(store: Resource) -> Iterator[Breach]:
    """Find a store that doesn't say, or keeps for ever."""
    days = store.get("retentionPeriod")
    if days is None:
        yield Breach("doesn't say for how long it keeps", "no retentionPeriod", "Set it to the declared days.")
    elif days is not UNKNOWN and not 1 <= int(days) < FOR_EVER:
        yield Breach("keeps for ever", f"retentionPeriod {days}", "Set it to the declared days.")


RULE = Rule(
    id="retention-logs",
    title="Logs are kept for a declared time",
    source=law("UU PDP 27/2022 arts 16, 44", "personal data is deleted when its time is over, and logs hold some"),
    looks_at="retentionPeriod of SLS log stores; 3650 means for ever",
    english="Say for how many days each log store keeps.",
    indonesian="Nyatakan masa simpan setiap penyimpanan log dalam hari.",
    on=Resource,
    types=(LOG_STORE,),
    check=check,
)
