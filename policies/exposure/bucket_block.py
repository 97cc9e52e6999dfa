"""Buckets: nothing can make them public, not even by mistake."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Rule, law
from simpul.policy.vendor import buckets

BESIDE = "alicloud:oss/bucketPublicAccessBlock:BucketPublicAccessBlock"


def check(estate: Estate) -> Iterator[Breach]:
    """Find buckets that nothing keeps from being made public."""
    for bucket in buckets(estate):
        blocks = estate.beside(bucket, BESIDE, "bucket", "bucket", "id")
        held = any(block.get("blockPublicAccess") in (True, UNKNOWN) for block in blocks)
        if not held and not estate.is_open(BESIDE, "bucket"):
            advice = "Give it a BucketPublicAccessBlock."
            yield Breach("can be made public", "no block of public access", advice, bucket)


RULE = Rule(
    id="exposure-bucket-block",
    title="Public access to buckets is blocked",
    source=law("UU PDP 27/2022 art 39", "a block holds where one mistaken ACL or policy would disclose data"),
    looks_at="the block of public access beside every OSS bucket",
    english="Block public access to every bucket.",
    indonesian="Blokir akses publik ke setiap bucket.",
    on=Estate,
    check=check,
)
