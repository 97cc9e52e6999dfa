"""Changes that a standing, protected city sees in its life: each goes through, loses nothing, and leaves no difference.

What holds data or has an address that others were told is protected by Pulumi: an `up` that would make such a thing
anew fails here, as it would for a city.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cloud import change
from cloud.engine import declare, open_stack, run
from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking

A, B, C = (f"ap-southeast-5{letter}" for letter in "abc")
INTERNAL = {"name": "reports", "data": "internal", "database": True, "cache": True, "bucket": True}
PERSONAL = {"name": "population", "data": "personal", "database": True, "cache": True, "bucket": True}

CHANGES: Mapping[str, Mapping[str, Any]] = {
    "a small city without personal data": {
        "cloud.profile": "small",
        "cloud.zones": [A, B, C],
        "cloud.stores": [INTERNAL],
    },
    "standard": {"cloud.profile": "standard"},
    "large": {"cloud.profile": "large"},
    "standard again": {"cloud.profile": "standard"},
    "its first store of personal data": {"cloud.stores": [INTERNAL, PERSONAL]},
    "other zones first": {"cloud.zones": [C, B, A]},
    "another router of an office behind a tunnel": {"sites.1.link.gateway": "203.0.113.12"},
    "a larger disk of its databases": {"cloud.sizes": {"database_gib": 300}},
    "a pool that stops growing": {"cloud.sizes": {"database_gib": 300, "work_nodes": 4, "work_nodes_max": 4}},
    "a pool that grows again": {"cloud.sizes": {"database_gib": 300, "work_nodes": 4, "work_nodes_max": 8}},
    "an API for the internet": {"cloud.api": {"public": True, "allow": ["203.0.113.0/28"]}},
    "another name and owner": {"name": "Kota Balikpapan", "owner": "Dinas Komunikasi dan Informatika"},
    "longer retention": {"retention.logs_days": 365, "retention.backup_days": 60, "retention.audit_days": 1000},
}
"""What changes in each step, on top of all before it."""


@pytest.mark.engine
@pytest.mark.long
def test_a_standing_city_changes_and_loses_nothing(tmp_path: Path) -> None:
    changed: dict[str, Any] = {}
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, change.declare())
        for what, step in CHANGES.items():
            changed |= step
            stack.workspace.program = declare(change.declare(changed))
            assert (what, run(stack.up).said) == (what, [])
            again = run(stack.preview)
            assert (what, again.said, again.done) == (what, [], {"same"})
