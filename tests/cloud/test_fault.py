"""Runs on a real engine in which the cloud throttles, fails once, is slow and loses answers, and one that is killed."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from pulumi import automation

from cloud.cut import left
from cloud.engine import CHECKPOINTS, balikpapan, open_stack, removable, run
from lab.cloud.client import Client, serve
from lab.cloud.fake import FakeBacking
from lab.cloud.used import USED
from provider.engine import Engine
from simpul.provider.urn import type_of

KEY: Final = "alicloud:kms/key:Key"
PROJECT: Final = "alicloud:log/project:Project"
DATABASE: Final = "alicloud:rds/database:Database"
LOSES: Final = [
    {"type": PROJECT, "operation": "create", "does": "throttle", "times": 3},
    {"type": "alicloud:vpc/network:Network", "operation": "create", "does": "slow", "seconds": 0.5},
    {"type": KEY, "operation": "create", "does": "lose"},
]
"""The answer about a key is lost: the key is there, and the engine doesn't know."""

FAILS: Final = [
    {"type": "alicloud:rds/instance:Instance", "operation": "create", "does": "fail", "code": "OperationConflict"}
]
SECONDS: Final = 4
SLOW: Final = [{"type": DATABASE, "operation": "create", "does": "slow", "seconds": SECONDS, "times": 9}]


def held(cloud: Client) -> Counter[str]:
    """Count what the cloud holds of each type that the program registers, but for what the vendor adds by itself."""
    return Counter(each.token for each in cloud.estate.store.all() if each.token in USED and not each.owner)


@pytest.mark.engine
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_next_run_adopts_what_is_there_or_it_is_named_and_the_rest_is_made(tmp_path: Path) -> None:
    city = removable(balikpapan())
    small = city.model_copy(update={"sites": city.sites[:2]})  # more offices would tell nothing more
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, small)
        said = fail(stack, cloud, LOSES)
        assert "the connection was reset before an answer came" in said
        assert "Throttling" not in said, "what is throttled is asked again"
        [key] = cloud.estate.store.all(KEY)[:1]

        assert "Code: OperationConflict " in fail(stack, cloud, FAILS)

        kill(stack, cloud)
        said = fail(stack, cloud, [], continue_on_error=True)  # whatever else was cut off beside the database
        assert "interrupted while creating" in said, "the engine says what it doesn't know"
        assert "InvalidDBName.Duplicate" in said, f"the cloud says what is there, which is on no list: {said}"

        for token, id_ in left(stack.export_stack().deployment, cloud.estate.store.all()):
            cloud.estate.delete(token, id_)  # as a person does
        run(stack.up)
        again = run(stack.up)
        assert again.done == {"same"}
        types = Counter(type_of(urn) for urn in again.steps)
        assert held(cloud) == Counter({token: number for token, number in types.items() if token in USED})
        assert key.id in known(stack)


def trouble(cloud: Client, faults: list[dict[str, Any]]) -> None:
    """Let these go wrong from here on."""
    (cloud.folder / "faults.yaml").write_text(yaml.safe_dump(faults))


def fail(stack: automation.Stack, cloud: Client, faults: list[dict[str, Any]], **options: Any) -> str:
    """Run with faults and `options`, which fails; give what it says."""
    trouble(cloud, faults)
    with pytest.raises(automation.CommandError) as error:
        stack.up(**options)
    return str(error.value)


def kill(stack: automation.Stack, cloud: Client) -> None:
    """Kill the engine while the cloud makes databases, which it then holds and the engine doesn't know."""
    begun = threading.Event()
    held = len(cloud.estate.store.all(DATABASE))

    def see(event: automation.EngineEvent) -> None:
        before = event.resource_pre_event
        if before is not None and (before.metadata.type, before.metadata.op) == (DATABASE, automation.OpType.CREATE):
            begun.set()

    def strike() -> None:
        begun.wait(120)
        time.sleep(1)  # so that the cloud has taken the call, which takes it longer
        Engine.tell(signal.SIGKILL)

    trouble(cloud, SLOW)
    stack.workspace.env_vars[CHECKPOINTS] = "false"  # what a kill leaves is what was written on the way
    killer = threading.Thread(target=strike)
    killer.start()
    with pytest.raises(automation.CommandError):
        stack.up(on_event=see)
    killer.join()
    stack.workspace.env_vars[CHECKPOINTS] = "true"
    time.sleep(SECONDS)  # by then, what the cloud has taken is there
    assert len(cloud.estate.store.all(DATABASE)) > held
    stack.cancel()


def known(stack: automation.Stack) -> set[str]:
    """Give the ids that the state knows."""
    return {each["id"] for each in stack.export_stack().deployment["resources"] if "id" in each}
