"""Two stacks of one city in one account, on a real engine: each makes its own, and adopts its own after a loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from lab.cloud.client import Client, serve
from lab.cloud.estate import CLUSTER, GROUP, USED
from lab.cloud.fake import FakeBacking
from simpul.city import load, plan
from simpul.cloud import Cloud, find
from simpul.project import ROOT

UNREAD = 3
"""To the cluster and the two keys, the engine adds what the vendor's plugin doesn't read back."""

FLOW_LOG = "alicloud:vpc/flowLog:FlowLog"

RULES = 3
"""Rules of the firewall: they aren't adopted, as the vendor takes a rule that is there already for made."""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Client]:
    with serve(tmp_path / "cloud", FakeBacking()) as client:
        yield client


def program() -> None:
    """Declare the cloud side of a city that may go again."""
    declared = load(ROOT / "Pulumi.balikpapan.yaml")
    city = declared.model_copy(update={"cloud": declared.cloud.model_copy(update={"protect": False})})
    Cloud(city, plan(city), find(city))


def opener(cloud: Client, folder: Path) -> Callable[[str], automation.Stack]:
    """Give what opens a stack of the program by its name, its state and home in `folder`."""
    for name in ("home", "backend"):
        (folder / name).mkdir()
    variables = {
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
        "PULUMI_CONFIG_PASSPHRASE": "a test's",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DEBUG_PROVIDERS": f"alicloud:{cloud.port}",
    }
    options = automation.LocalWorkspaceOptions(env_vars=variables, work_dir=str(folder))

    def open_stack(name: str) -> automation.Stack:
        stack = automation.create_or_select_stack(name, project_name="simpul", program=program, opts=options)
        stack.set_config("alicloud:region", automation.ConfigValue("ap-southeast-5"))
        return stack

    return open_stack


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
    open_stack = opener(cloud, tmp_path)
    city = open_stack("balikpapan")
    city.up()
    once = held(cloud)
    assert (once[GROUP], once[CLUSTER]) == (1, 1)

    staging = open_stack("staging")
    assert "import" not in changes(staging.up())
    twice = held(cloud)
    assert twice == once + once

    city.workspace.remove_stack("balikpapan", force=True)
    sweep(cloud, "balikpapan")
    city = open_stack("balikpapan")
    adopted = changes(city.up())
    assert adopted["import"] >= once.total() - RULES
    assert adopted["update"] == UNREAD
    assert all(each.inputs["addons"] for each in cloud.estate.store.all(CLUSTER))
    assert changes(city.up()).keys() == {"same"}
    assert held(cloud) - twice == {}

    staging.destroy()
    assert changes(city.refresh()).keys() == {"same"}
    assert changes(city.up()).keys() == {"same"}
