"""Buckets for backups and for the record of audits: nobody can change or delete what is in them."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.city import Purpose
from simpul.policy import UNKNOWN, Breach, Estate, Resource, Rule, choice
from simpul.policy.vendor import buckets

BESIDE = "alicloud:oss/bucketWorm:BucketWorm"
LOCKED = ("Locked", UNKNOWN)


def check(estate: Estate) -> Iterator[Breach]:
    """Find such buckets without a retention lock, and those that can have none."""
    for bucket in buckets(estate, Purpose.BACKUP, Purpose.AUDIT):
        locks = estate.beside(bucket, BESIDE, "bucket", "bucket", "id")
        if not any(_holds(lock) for lock in locks) and not estate.is_open(BESIDE, "bucket"):
            got = "a BucketWorm that isn't locked" if locks else "no BucketWorm"
            advice = "Give it a BucketWorm with days, status Locked."
            yield Breach("can be emptied by whoever gets in", got, advice, bucket)
        if (status := bucket.get("versioning", "status")) not in (None, UNKNOWN):
            advice = "Leave versioning out: the vendor locks no bucket that keeps versions."
            yield Breach("can't be locked", f"versioning {status}", advice, bucket)


def _holds(lock: Resource) -> bool:
    days = lock.get("retentionPeriodInDays")
    return lock.get("status") in LOCKED and (days is UNKNOWN or (days or 0) >= 1)


RULE = Rule(
    id="backup-worm",
    title="Backups and audit records can't be changed or deleted",
    source=choice("the PDNS 2 ransomware of 2024 left 282 agencies without a backup; what can't be changed survives"),
    looks_at="versioning of, and the retention lock (WORM) beside, buckets with simpul:purpose backup or audit",
    english="Lock backup and audit buckets for as long as they are declared to be kept.",
    indonesian="Kunci bucket cadangan dan audit selama masa simpan yang dinyatakan.",
    unwaivable="backups that can be deleted are what somebody who has broken in deletes first",
    on=Estate,
    protective=True,
    check=check,
)
