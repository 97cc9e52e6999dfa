"""A run on a real engine in which the cloud throttles, fails once, is slow and loses answers; and the run after it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from pulumi import automation

from cloud.engine import balikpapan, open_stack, removable, run
from lab.cloud.client import Client, serve
from lab.cloud.fake import FakeBacking
from lab.cloud.used import USED

KEY: Final = "alicloud:kms/key:Key"
PROJECT: Final = "alicloud:log/project:Project"
FAULTS: Final = (
    [
        {"type": PROJECT, "operation": "create", "does": "throttle", "times": 3},
        {"type": "alicloud:vpc/network:Network", "operation": "create", "does": "slow", "seconds": 0.5},
        {"type": KEY, "operation": "create", "does": "lose"},
    ],
    [{"type": "alicloud:cs/managedKubernetes:*", "operation": "create", "does": "fail", "code": "OperationConflict"}],
)
"""What goes wrong in the first run and in the second. The answer about a key is lost: the key is there, and the engine
doesn't know."""


def held(cloud: Client) -> Counter[str]:
    """Count what the cloud holds of each type that the program registers, but for what the vendor adds by itself."""
    return Counter(each.token for each in cloud.estate.store.all() if each.token in USED and not each.owner)


@pytest.mark.engine
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_next_run_adopts_what_a_lost_answer_left_and_makes_the_rest(tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, removable(balikpapan()))
        planned = run(stack.preview)
        said = [fail(stack, cloud, faults) for faults in FAULTS]
        assert "the connection was reset before an answer came" in said[0]
        assert "Code: OperationConflict " in said[1]
        assert "Throttling" not in said[0], "what is throttled is asked again"
        [left] = cloud.estate.store.all(KEY)[:1]

        (cloud.folder / "faults.yaml").unlink()
        run(stack.up)
        types = Counter(urn.split("::")[2].rpartition("$")[2] for urn in planned.steps)
        assert held(cloud) == Counter({token: number for token, number in types.items() if token in USED})
        assert left.id in known(stack)
        assert run(stack.up).done == {"same"}


def fail(stack: automation.Stack, cloud: Client, faults: list[dict[str, Any]]) -> str:
    """Run with faults, which end the run; give what it says."""
    (cloud.folder / "faults.yaml").write_text(yaml.safe_dump(faults))
    with pytest.raises(automation.CommandError) as error:
        stack.up()
    return str(error.value)


def known(stack: automation.Stack) -> set[str]:
    """Give the ids that the state knows."""
    return {each["id"] for each in stack.export_stack().deployment["resources"] if "id" in each}
