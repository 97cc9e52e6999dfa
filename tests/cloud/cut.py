"""What a run that was killed leaves in the cloud where the vendor has no list of it: a person has to look.

In: a stack as `pulumi stack export` gives it, and what the cloud holds. Out: what the engine has under "pending
operations" and the cloud holds after all. It was made a moment ago and nothing is in it, so that it may be deleted, as
docs/run-a-city.md says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from simpul.lab.cloud.store import Record

LOST = (
    "alicloud:cr/scanRule:ScanRule",
    "alicloud:hbr/policyBinding:PolicyBinding",
    "alicloud:hbr/policy:Policy",
    "alicloud:oss/bucketWorm:BucketWorm",
    "alicloud:ram/accessKey:AccessKey",  # its secret is told once
    "alicloud:vpc/flowLog:FlowLog",
)
"""What the vendor lists nowhere, those first that stand on others."""

UNLISTED = (*LOST, "alicloud:log/storeIndex:StoreIndex", "alicloud:rds/database:Database")
"""The same, with what is taken to be there if another is: an index with its store, a database with its account."""


def left(deployment: Mapping[str, Any], held: Collection[Record]) -> list[tuple[str, str]]:
    """Give token and id of what is `held`, isn't listed, and that the exported `deployment` only waits for."""
    pending = {
        operation["resource"]["type"]
        for operation in deployment.get("pending_operations", [])
        if operation["type"] == "creating"
    }
    known = {(resource["type"], resource.get("id")) for resource in deployment["resources"]}
    wanted = [token for token in UNLISTED if token in pending]
    return [
        (token, record.id)
        for token in wanted
        for record in held
        if record.token == token and (token, record.id) not in known
    ]
