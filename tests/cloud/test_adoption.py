"""Two stacks of one city in one account, on a real engine: each makes its own, and adopts its own after a loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud.engine import balikpapan, open_stack, removable
from lab.cloud.client import Client, serve
from lab.cloud.estate import CLUSTER, GROUP, USED
from lab.cloud.fake import FakeBacking

UNREAD = 3
"""To the cluster and the two keys, the engine adds what the vendor's plugin doesn't read back."""

FLOW_LOG = "alicloud:vpc/flowLog:FlowLog"

RULES = 3
"""Rules of the firewall: they aren't adopted, as the vendor takes a rule that is there already for made."""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Client]:
    with serve(tmp_path / "cloud", FakeBacking()) as client:
        yield client


def changes(result: Any) -> dict[str, int]:
    """Give what a run did, by operation."""
    return dict(result.summary.resource_changes or {})


def held(cloud: Client) -> Counter[str]:
    """Count what the cloud holds of each type that the program uses, but for what the vendor adds by itself."""
    return Counter(each.token for each in cloud.estate.store.all() if each.token in USED and not each.owner)


def sweep(cloud: Client, stack: str) -> None:
    """Delete what the vendor lists nowhere and refuses to make twice, as a person has to after a loss."""
    for each in cloud.estate.store.all(FLOW_LOG):
        if each.outputs["tags"]["simpul:stack"] == stack:
            cloud.estate.delete(FLOW_LOG, each.id)


@pytest.mark.engine
def test_each_of_two_stacks_makes_and_adopts_its_own(cloud: Client, tmp_path: Path) -> None:
    declared = removable(balikpapan())
    city = open_stack(cloud, tmp_path, declared)
    city.up()
    once = held(cloud)
    assert (once[GROUP], once[CLUSTER]) == (1, 1)

    staging = open_stack(cloud, tmp_path, declared, "staging")
    assert "import" not in changes(staging.up())
    twice = held(cloud)
    assert twice == once + once

    city.workspace.remove_stack("balikpapan", force=True)
    sweep(cloud, "balikpapan")
    city = open_stack(cloud, tmp_path, declared)
    adopted = changes(city.up())
    assert adopted["import"] >= once.total() - RULES
    assert adopted["update"] == UNREAD
    assert all(each.inputs["addons"] for each in cloud.estate.store.all(CLUSTER))
    assert changes(city.up()).keys() == {"same"}
    assert held(cloud) - twice == {}

    staging.destroy()
    assert changes(city.refresh()).keys() == {"same"}
    assert changes(city.up()).keys() == {"same"}
