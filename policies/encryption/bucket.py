"""Buckets: encrypted with a key of the city's own."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Rule, law
from simpul.policy.vendor import buckets

BESIDE = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption"


def check(estate: Estate) -> Iterator[Breach]:
    """Find buckets that aren't encrypted by KMS, neither by themselves nor by a resource beside them."""
    for bucket in buckets(estate):
        ways = [bucket.get("serverSideEncryptionRule", "sseAlgorithm")]
        ways += [other.get("sseAlgorithm") for other in estate.beside(bucket, BESIDE, "bucket", "bucket", "id")]
        if not {"KMS", UNKNOWN} & set(ways) and not estate.is_open(BESIDE, "bucket"):
            got = next((str(way) for way in ways if way), "no encryption")
            yield Breach("isn't encrypted with a KMS key", got, "Give it sseAlgorithm KMS and a key.", bucket)


RULE = Rule(
    id="encryption-bucket",
    title="Buckets are encrypted with KMS",
    source=law("UU PDP 27/2022 arts 35, 46", "stored data is protected, and access to its key is recorded"),
    looks_at="serverSideEncryptionRule of OSS buckets, and the resource of that name beside them",
    english="Encrypt every bucket with a KMS key.",
    indonesian="Enkripsi setiap bucket dengan kunci KMS.",
    on=Estate,
    check=check,
)
