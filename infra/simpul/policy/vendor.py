"""The vendor's types that more than one rule looks at, by Pulumi's token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simpul.city import PURPOSE, Purpose
from simpul.policy.subject import Estate, Resource

BUCKET: Final = "alicloud:oss/bucket:Bucket"
DATABASE: Final = "alicloud:rds/instance:Instance"
CACHE: Final = "alicloud:kvstore/instance:Instance"
TAIR: Final = "alicloud:redis/tairInstance:TairInstance"
CLUSTER: Final = "alicloud:cs/managedKubernetes:ManagedKubernetes"
NODES: Final = "alicloud:cs/nodePool:NodePool"
KEY: Final = "alicloud:kms/key:Key"
VAULT: Final = "alicloud:hbr/vault:Vault"
TRAIL: Final = "alicloud:actiontrail/trail:Trail"
LOG_STORE: Final = "alicloud:log/store:Store"
RAM_POLICY: Final = "alicloud:ram/policy:Policy"
ROLE: Final = "alicloud:ram/role:Role"
RELEASE: Final = "simpul:helm:Release"

STORES: Final = (BUCKET, DATABASE, CACHE, TAIR)
"""What holds a city's data."""

DATA_CLASS: Final = "simpul:data-class"
CLASSES: Final = ("public", "internal", "personal")


def is_for(resource: Resource, *purposes: Purpose) -> bool:
    """Tell whether `resource` is for one of `purposes`, by its tag: a name says nothing, a store's may be in it."""
    return resource.get("tags", PURPOSE) in purposes


def buckets(estate: Estate, *purposes: Purpose) -> Iterator[Resource]:
    """Give the stack's buckets, those for `purposes` if some are given."""
    return (bucket for bucket in estate.of(BUCKET) if not purposes or is_for(bucket, *purposes))


def data_class(resource: Resource) -> object:
    """Give the class of data that `resource` is tagged with."""
    return resource.get("tags", DATA_CLASS)
