"""Buckets: what comes without TLS is turned away."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Rule, law
from simpul.policy.document import Statement, statements
from simpul.policy.vendor import buckets

BESIDE = "alicloud:oss/bucketPolicy:BucketPolicy"


def check(estate: Estate) -> Iterator[Breach]:
    """Find buckets whose policies don't deny what comes in plain text."""
    for bucket in buckets(estate):
        beside = [other.get("policy") for other in estate.beside(bucket, BESIDE, "bucket", "bucket", "id")]
        texts = beside or [bucket.get("policy")]
        if UNKNOWN in texts or estate.is_open(BESIDE, "bucket"):
            continue
        if not any(_denies_plain(statement) for text in texts for statement in statements(text)):
            advice = 'Deny oss:* where acs:SecureTransport is "false".'
            yield Breach("lets itself be spoken to without TLS", "no such denial in its policy", advice, bucket)


def _denies_plain(statement: Statement) -> bool:
    asked = statement.conditions.get("Bool", {}).get("acs:SecureTransport")
    plain = asked in (["false"], "false", [False], False)
    return plain and not statement.allows and bool({"oss:*", "*"} & set(statement.actions))


RULE = Rule(
    id="encryption-bucket-transit",
    title="Buckets take TLS alone",
    source=law("UU PDP 27/2022 arts 35, 46; BSSN 4/2021", "data is protected on its way"),
    looks_at="the policies of OSS buckets",
    english="Deny whatever comes to a bucket without TLS.",
    indonesian="Tolak semua akses ke bucket tanpa TLS.",
    on=Estate,
    check=check,
)
