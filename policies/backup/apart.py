"""What is worth keeping has a second place, which isn't where it is."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.city import Purpose
from simpul.policy import Breach, Estate, Rule, choice
from simpul.policy.vendor import BUCKET, DATABASE, VAULT, buckets, is_for


def check(estate: Estate) -> Iterator[Breach]:
    """Find data without any place for backups that is apart from it."""
    data = [store for store in estate.of(DATABASE, BUCKET) if not is_for(store, Purpose.BACKUP, Purpose.AUDIT)]
    if data and not any(buckets(estate, Purpose.BACKUP)) and not any(estate.of(VAULT)):
        advice = "Give the city a bucket for backups, or a vault."
        yield Breach("is all there is of its data", "no place for backups", advice, data[0])


RULE = Rule(
    id="backup-apart",
    title="Backups are kept apart from what they are of",
    source=choice("a backup beside its original is lost with it, as in the PDNS 2 attack of 2024"),
    looks_at="databases and buckets of data, and whether a vault or a bucket with simpul:purpose backup is beside them",
    english="Keep backups in a bucket or a vault of their own.",
    indonesian="Simpan cadangan di bucket atau brankas tersendiri.",
    on=Estate,
    check=check,
)
