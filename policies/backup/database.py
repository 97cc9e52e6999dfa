"""Databases: backed up, and set back to any moment."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Resource, Rule, choice
from simpul.policy.vendor import DATABASE

POLICY = "alicloud:rds/backupPolicy:BackupPolicy"
LEAST_DAYS = 7


def check(estate: Estate) -> Iterator[Breach]:
    """Find databases without a backup policy, and those whose policy keeps too little."""
    for database in estate.of(DATABASE):
        policies = estate.beside(database, POLICY, "instanceId", "id")
        if not policies and not estate.is_open(POLICY, "instanceId"):
            yield Breach("has no backup policy", "none", "Give it a BackupPolicy.", database)
        for policy in policies:
            yield from _check(policy)


def _check(policy: Resource) -> Iterator[Breach]:
    days = policy.get("backupRetentionPeriod")
    if days is not UNKNOWN and (days or 0) < LEAST_DAYS:
        got = f"backupRetentionPeriod {days or 'not said'}"
        yield Breach("keeps backups for less than a week", got, "Keep them as long as declared.", policy)
    if policy.get("enableBackupLog") not in (True, UNKNOWN):
        advice = "Set enableBackupLog to true."
        yield Breach("can't be set back to a moment", "no enableBackupLog", advice, policy)
    if not policy.get("logBackupRetentionPeriod"):
        advice = "Set logBackupRetentionPeriod to as many days as the backups."
        yield Breach("doesn't say for how long it can be set back", "no logBackupRetentionPeriod", advice, policy)


RULE = Rule(
    id="backup-database",
    title="Databases can be set back to any moment of at least a week",
    source=choice("a mistake or an attack is often found days later; no law names a number, so the city declares it"),
    looks_at="backup policies of RDS instances: their presence, retention and log backup",
    english="Back up every database with its log, for as long as declared and at least a week.",
    indonesian="Cadangkan setiap basis data beserta log-nya, selama yang dinyatakan dan minimal seminggu.",
    on=Estate,
    check=check,
)
