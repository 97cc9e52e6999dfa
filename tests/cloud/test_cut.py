"""A run on a real engine that is killed while the cloud makes what its vendor lists nowhere; and the runs after it."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Final

import pytest
import yaml
from pulumi import automation

from cloud.cut import left
from cloud.engine import balikpapan, open_stack, removable, run
from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking
from provider.engine import until
from simpul.provider import child

SLOW: Final = "alicloud:rds/database:Database"


@pytest.mark.engine
def test_what_no_list_shows_is_named_and_made_anew_once_it_is_out_of_the_way(tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, removable(balikpapan()))
        faults = cloud.folder / "faults.yaml"
        faults.write_text(yaml.safe_dump([{"type": SLOW, "operation": "create", "does": "slow", "seconds": 4}]))
        killed = kill(stack)
        until(lambda: cloud.estate.store.all(SLOW))
        faults.unlink()
        assert killed
        stack.cancel()

        with pytest.raises(automation.CommandError) as refused:
            stack.up()
        assert "interrupted while creating" in str(refused.value), "the engine says what it doesn't know"
        assert "InvalidDBName.Duplicate" in str(refused.value), "the cloud says what is there"

        for token, id_ in left(stack.export_stack().deployment, cloud.estate.store.all()):
            cloud.estate.delete(token, id_)
        run(stack.up)
        assert run(stack.up).done == {"same"}


def kill(stack: automation.Stack) -> list[int]:
    """Kill the engine once it has asked for what is slow; give the processes that were."""
    killed: list[int] = []
    seen = threading.Event()

    def see(event: automation.EngineEvent) -> None:
        before = event.resource_pre_event
        if before is not None and before.metadata.type == SLOW:
            seen.set()

    def strike() -> None:
        seen.wait(60)
        time.sleep(1)  # so that the cloud has taken the call, which takes it longer
        for pid in child.descendants(os.getpid()):
            if Path(f"/proc/{pid}/comm").read_text().strip() == "pulumi":
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    thread = threading.Thread(target=strike)
    thread.start()
    with pytest.raises(automation.CommandError):
        stack.up(on_event=see)
    thread.join()
    return killed
