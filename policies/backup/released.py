"""Databases: their backups outlive them."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice

KEPT = ("Lastest", "All", UNKNOWN)  # the vendor's own spelling


def check(policy: Resource) -> Iterator[Breach]:
    """Find a policy by which backups go with their database."""
    if policy.get("releasedKeepPolicy") not in KEPT:
        got = str(policy.get("releasedKeepPolicy") or "nothing")
        yield Breach("lets backups go with their database", got, "Set releasedKeepPolicy to All.")


RULE = Rule(
    id="backup-released",
    title="Backups outlive their database",
    source=choice("who deletes a database, by mistake or not, must not delete its backups by the same act"),
    looks_at="releasedKeepPolicy of databases' backup policies",
    english="Keep a database's backups when it is deleted.",
    indonesian="Pertahankan cadangan ketika basis datanya dihapus.",
    on=Resource,
    types=("alicloud:rds/backupPolicy:BackupPolicy",),
    protective=True,
    check=check,
)
