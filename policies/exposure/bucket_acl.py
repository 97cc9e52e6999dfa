"""Buckets and what is in them: private."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import BUCKET


def check(resource: Resource) -> Iterator[Breach]:
    """Find an ACL that isn't private."""
    acl = resource.get("acl")
    if acl not in (None, "private", UNKNOWN):
        yield Breach("can be read by everybody", f'"{acl}"', "Set acl to private.")


RULE = Rule(
    id="exposure-bucket-acl",
    title="Buckets and their objects are private",
    source=law("UU PDP 27/2022 art 39", "personal data is kept from access by those who have no right to it"),
    looks_at="the ACLs of OSS buckets and of objects",
    english="Keep every bucket and object private.",
    indonesian="Jadikan setiap bucket dan objek privat.",
    on=Resource,
    types=(BUCKET, "alicloud:oss/bucketAcl:BucketAcl", "alicloud:oss/bucketObject:BucketObject"),
    check=check,
)
