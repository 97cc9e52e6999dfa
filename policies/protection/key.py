"""Keys: without them what they encrypted is gone, so they are deleted late and only by who first says so."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.vendor import KEY

LEAST_DAYS = 30


def check(key: Resource) -> Iterator[Breach]:
    """Find a key that one mistaken call deletes, or that is gone soon after."""
    if key.get("deletionProtection") not in ("Enabled", UNKNOWN):
        got = str(key.get("deletionProtection") or "no deletionProtection")
        yield Breach("can be deleted by one mistaken call", got, "Set deletionProtection to Enabled.")
    days = key.get("pendingWindowInDays")
    if days is not UNKNOWN and int(days or 0) < LEAST_DAYS:
        got = f"pendingWindowInDays {days or 'not said'}"
        yield Breach("is gone too soon after its deletion", got, f"Set it to {LEAST_DAYS} or more.")


RULE = Rule(
    id="protection-key",
    title="Keys are protected from deletion, and can be had back for 30 days",
    source=choice("a deleted key deletes everything that it encrypted, backups too"),
    looks_at="deletionProtection and pendingWindowInDays of KMS keys",
    english="Protect keys from deletion, and let one be had back for at least 30 days.",
    indonesian="Lindungi kunci dari penghapusan, dan beri waktu pemulihan minimal 30 hari.",
    on=Resource,
    types=(KEY,),
    protective=True,
    check=check,
)
