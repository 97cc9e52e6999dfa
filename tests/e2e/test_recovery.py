"""The engine is killed in the middle of its work, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from cloud.cut import left
from e2e.rehearsal import Lab, bring_up
from lab.cloud.client import urn
from simpul.lab.cloud.store import Store
from simpul.lab.environment import CLOUD_PORT
from simpul.lab.place import STATE
from simpul.project import ROOT

pytestmark = pytest.mark.e2e

MOMENTS = (
    "alicloud:vpc:Network simpul-6471-vpc creating",
    "alicloud:cs:NodePool simpul-6471-work creating",
    "simpul:helm:Release simpul-6471-messaging-hub creating",
)
"""What the engine says just before it dies: early in the cloud, late in it, between the hosts and the releases."""


def test_a_city_that_was_cut_off_three_times_is_completed(lab: Lab) -> None:
    lab.pulumi("destroy", "--yes", "--skip-preview")
    for moment in MOMENTS:
        kill_at(lab, moment)
        lab.pulumi("cancel", "--yes", "lab")
        clear(lab)
    bring_up()
    assert lab.settles()
    assert twice() == []


def test_an_interrupted_run_ends_in_order_and_the_next_goes_on(lab: Lab) -> None:
    lab.pulumi("destroy", "--yes", "--skip-preview")
    with start(lab) as engine:
        wait_until(engine, "Let systemd run k3s")  # a task of the hosts' playbook
        engine.send_signal(signal.SIGINT)
        rest, _ = engine.communicate(timeout=180)
    assert engine.returncode != 0
    assert "Traceback" not in rest
    lab.up()
    assert lab.settles()
    assert twice() == []


def start(lab: Lab) -> subprocess.Popen[str]:
    command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"]
    return subprocess.Popen(
        command, cwd=ROOT, env=lab.variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def wait_until(engine: subprocess.Popen[str], moment: str) -> None:
    """Read what the engine says until it says `moment`."""
    said = []
    assert engine.stdout
    for line in engine.stdout:
        said.append(line)
        if moment in line:
            return
    engine.wait()
    pytest.fail(f"the engine never said {moment!r}; its last lines:\n{''.join(said[-60:])}")


def kill_at(lab: Lab, moment: str) -> None:
    with start(lab) as engine:
        wait_until(engine, moment)
        time.sleep(0.5)  # so that the cloud has taken the call
        os.kill(engine.pid, signal.SIGKILL)
        engine.communicate()


def clear(lab: Lab) -> None:
    """Delete what was just made and is on no list, as a person does in the vendor's console."""
    deployment = json.loads(lab.pulumi("stack", "export"))["deployment"]
    with grpc.insecure_channel(f"127.0.0.1:{CLOUD_PORT.read_text().strip()}") as channel:
        cloud = provider_pb2_grpc.ResourceProviderStub(channel)
        for token, id_ in left(deployment, Store(STATE / "cloud").all()):
            cloud.Delete(provider_pb2.DeleteRequest(urn=urn(token), id=id_))


def twice() -> list[tuple[str, tuple[str, ...]]]:
    """Give what the cloud has more than once: types with all the names that the program gave."""
    named = (
        (record.token, tuple(f"{key}={name}" for key, name in sorted(record.inputs.items()) if _is_name(key)))
        for record in Store(STATE / "cloud").all()
        if not record.owner
    )
    return [each for each, count in Counter(each for each in named if each[1]).items() if count > 1]


def _is_name(key: str) -> bool:
    return key == "name" or key.endswith("Name")
