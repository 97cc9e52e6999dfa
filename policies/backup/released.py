"""Databases: their backups outlive them, where the vendor keeps any; what it keeps none of promises nothing."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Resource, Rule, choice
from simpul.policy.vendor import DATABASE

POLICY = "alicloud:rds/backupPolicy:BackupPolicy"
KEEPS = "MySQL"
"""The only engine whose backups the vendor keeps when an instance is gone."""

KEPT = ("Lastest", "All", UNKNOWN)  # the vendor's own spelling


def check(estate: Estate) -> Iterator[Breach]:
    """Find a database whose backups go with it though they needn't, and a policy that promises what isn't kept."""
    for database in estate.of(DATABASE):
        policies = list(estate.beside(database, POLICY, "instanceId", "id"))
        if database.get("engine") == KEEPS:
            yield from _going(database, policies)
        elif database.get("engine") is not UNKNOWN:
            yield from _promising(str(database.get("engine")), policies)


def _going(database: Resource, policies: list[Resource]) -> Iterator[Breach]:
    kept = [each.get("releasedKeepPolicy") for each in policies]
    if not any(each in KEPT for each in kept):
        got, about = str(kept[0] or "nothing") if kept else "no backup policy", policies[0] if policies else database
        yield Breach("lets backups go with their database", got, "Set releasedKeepPolicy to All.", about)


def _promising(engine: str, policies: list[Resource]) -> Iterator[Breach]:
    for each in policies:
        if each.get("releasedKeepPolicy") not in (None, "None", UNKNOWN):
            advice = f"Leave it out: the vendor keeps none of {engine}'s. Deletion protection keeps the database."
            yield Breach("promises backups that nobody keeps", str(each.get("releasedKeepPolicy")), advice, each)


RULE = Rule(
    id="backup-released",
    title="Backups outlive a database that MySQL serves, and nothing else promises it",
    source=choice("who deletes a database, by mistake or not, must not delete its backups by the same act"),
    looks_at="releasedKeepPolicy of databases' backup policies; the vendor keeps backups of a deleted MySQL alone",
    english="Keep a MySQL database's backups when it is deleted; promise no such thing of other engines.",
    indonesian="Pertahankan cadangan basis data MySQL ketika dihapus; jangan menjanjikannya untuk mesin lain.",
    on=Estate,
    protective=True,
    check=check,
)
