"""Personal data: in a store of its workload's own."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.city import Purpose
from simpul.policy import Breach, Resource, Rule, law
from simpul.policy.vendor import BUCKET, CACHE, TAIR, data_class, is_for

WORKLOAD = "simpul:workload"
SHARED = "platform"


def check(store: Resource) -> Iterator[Breach]:
    """Find a store of personal data that several workloads share."""
    kept_for_all = is_for(store, Purpose.BACKUP, Purpose.AUDIT)  # there workloads write, and none reads another's
    if data_class(store) == "personal" and store.get("tags", WORKLOAD) == SHARED and not kept_for_all:
        yield Breach("holds personal data of several workloads", f"{WORKLOAD} {SHARED}", "Give each its own.")


RULE = Rule(
    id="personal-store",
    title="Personal data lies in a store of its workload's own",
    source=law("UU PDP 27/2022 arts 16, 39", "data is used for its purpose alone; another workload is another purpose"),
    looks_at="simpul:workload of buckets and caches with personal data; platform means that it is shared",
    english="Give each workload with personal data its own bucket and cache.",
    indonesian="Beri setiap beban kerja dengan data pribadi bucket dan cache tersendiri.",
    unwaivable="the people whose data it is aren't asked, and what was told of them can't be taken back",
    on=Resource,
    types=(BUCKET, CACHE, TAIR),
    check=check,
)
