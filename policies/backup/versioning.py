"""Buckets: what is overwritten or deleted can be had back."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.city import Purpose
from simpul.policy import UNKNOWN, Breach, Estate, Resource, Rule, choice
from simpul.policy.vendor import buckets, is_for

VERSIONS = "alicloud:oss/bucketVersioning:BucketVersioning"
WORM = "alicloud:oss/bucketWorm:BucketWorm"


def check(estate: Estate) -> Iterator[Breach]:
    """Find buckets that keep neither old versions nor everything."""
    for bucket in buckets(estate):
        if is_for(bucket, Purpose.BACKUP, Purpose.AUDIT):
            continue  # what is locked can't be overwritten, and the vendor locks nothing that keeps versions
        states = [bucket.get("versioning", "status")]
        states += [other.get("status") for other in estate.beside(bucket, VERSIONS, "bucket", "bucket", "id")]
        kept = {"Enabled", UNKNOWN} & set(states) or _is_locked(estate, bucket)
        if not kept and not estate.is_open(VERSIONS, "bucket"):
            got = next((str(state) for state in states if state), "no versioning")
            yield Breach("loses what is overwritten", got, "Enable versioning.", bucket)


def _is_locked(estate: Estate, bucket: Resource) -> bool:
    """Tell whether nothing in `bucket` can be overwritten anyhow."""
    return bool(estate.beside(bucket, WORM, "bucket", "bucket", "id"))


RULE = Rule(
    id="backup-versioning",
    title="Buckets keep what is overwritten",
    source=choice("a mistake or an attack overwrites first; the version before it is the nearest backup"),
    looks_at="versioning of OSS buckets, and the resource of that name beside them; what is locked needs none",
    english="Enable versioning on every bucket.",
    indonesian="Aktifkan versioning pada setiap bucket.",
    on=Estate,
    check=check,
)
