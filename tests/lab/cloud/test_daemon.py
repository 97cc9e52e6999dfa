"""The daemon, and a real Pulumi engine on it: preview, up, again, change, refresh, import, destroy, and a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pulumi
import pulumi_alicloud as alicloud
import pytest
from pulumi import automation
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

import vault
from cloud.engine import run
from lab.cloud.client import urn
from lab.cloud.estate import NETWORK
from provider.engine import be_brief, command, environment
from simpul.provider.wire import pack, unpack

REGION = "ap-southeast-5"
ASK = f"""
import sys, grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel("127.0.0.1:" + sys.argv[1]))
call = stub.Create.future(provider_pb2.CreateRequest(urn="{urn(NETWORK)}"))
for _ in range(9):  # a call that waits for a thread of the daemon's would end with who asked
    stub.GetPluginInfo(Empty())
print("asked", flush=True)
call.result()
"""
"""Asks a daemon for a network, and says so when the daemon must have heard it."""


class Daemon:
    """A cloud that runs as the lab runs it."""

    def __init__(self, folder: Path) -> None:
        """Start it and wait until it serves."""
        self.folder, port = folder, folder / "port"
        arguments = ["--state", str(folder), "--port-file", str(port), "--no-backing"]
        self.process = subprocess.Popen([sys.executable, "-m", "simpul.lab.cloud", *arguments])
        while not port.exists():
            assert self.process.poll() is None
            time.sleep(0.05)
        self.port = port.read_text().strip()

    def stop(self) -> int:
        """End it as the lab does; give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    running = Daemon(tmp_path / "cloud")
    yield running
    running.stop()


def workspace(daemon: Daemon, folder: Path, program: Callable[[], None]) -> automation.Stack:
    """Make a stack of an inline program, its state and home in `folder`."""
    for name in ("home", "backend"):
        (folder / name).mkdir(exist_ok=True)
    variables = {
        **environment(),
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_DEBUG_PROVIDERS": f"alicloud:{daemon.port}",
    }
    options = automation.LocalWorkspaceOptions(
        env_vars=variables, work_dir=str(folder), pulumi_command=command(), secrets_provider=vault.PROVIDER
    )
    stack = automation.create_stack("test", project_name="cloud", program=program, opts=options)
    be_brief(stack)
    stack.set_config("alicloud:region", automation.ConfigValue(REGION))
    return stack


def program(name: str = "bpn", *, switch_id: str | None = None) -> None:
    """Declare a small network; adopt the switch of that id if it is given."""
    vpc = alicloud.vpc.Network("network", vpc_name=name, cidr_block="10.64.0.0/16")
    zones = alicloud.get_zones(available_resource_creation="VSwitch").ids
    switch = alicloud.vpc.Switch(
        "switch",
        vpc_id=vpc.id,
        cidr_block="10.64.0.0/20",
        zone_id=zones[0],
        opts=pulumi.ResourceOptions(import_=switch_id) if switch_id else None,
    )
    pulumi.export("switch", switch.id)


@pytest.mark.engine
def test_a_real_engine_makes_changes_refreshes_adopts_and_destroys(daemon: Daemon, tmp_path: Path) -> None:
    stack = workspace(daemon, tmp_path, program)
    assert run(stack.preview).changes == {"create": 3}
    assert run(stack.up).changes == {"create": 3}
    assert run(stack.up).changes == {"same": 3}
    stack.workspace.program = lambda: program("renamed")
    assert run(stack.up).changes == {"same": 2, "update": 1}
    assert run(stack.refresh).changes == {"same": 3}

    switch = automation.Stack.outputs(stack)["switch"].value
    urn = next(each["urn"] for each in stack.export_stack().deployment["resources"] if "vpc/switch" in each["type"])
    subprocess.run(
        ["pulumi", "state", "delete", urn, "--yes", "--stack", "test"],
        cwd=tmp_path, env={**os.environ, **stack.workspace.env_vars}, check=True, capture_output=True,
    )  # fmt: skip
    stack.workspace.program = lambda: program("renamed", switch_id=switch)
    assert run(stack.up).changes == {"same": 2, "import": 1}
    assert automation.Stack.outputs(stack)["switch"].value == switch

    assert run(stack.destroy).changes == {"delete": 3}
    assert networks(daemon) == []


def networks(daemon: Daemon) -> list[str]:
    """Give the ids of the networks that the cloud has."""
    with grpc.insecure_channel(f"127.0.0.1:{daemon.port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        answer = stub.Invoke(pb.InvokeRequest(tok="alicloud:vpc/getNetworks:getNetworks"))
    ids: list[str] = unpack(getattr(answer, "return"))["ids"]
    return ids


def test_what_is_asked_for_is_there_though_who_asked_was_killed(daemon: Daemon) -> None:
    (daemon.folder / "faults.yaml").write_text("[{type: '*', operation: create, does: slow, seconds: 0.5}]")
    asking = subprocess.Popen([sys.executable, "-c", ASK, daemon.port], stdout=subprocess.PIPE)
    assert asking.stdout is not None
    assert asking.stdout.readline() == b"asked\n"
    asking.kill()
    asking.communicate()
    while not (found := networks(daemon)):
        time.sleep(0.05)
    assert len(found) == 1


def test_a_daemon_keeps_its_memory_and_leaves_no_file_of_a_running_one(tmp_path: Path) -> None:
    first = Daemon(tmp_path)
    with grpc.insecure_channel(f"127.0.0.1:{first.port}") as channel:
        made = provider_pb2_grpc.ResourceProviderStub(channel).Create(
            pb.CreateRequest(urn=urn(NETWORK), properties=pack({"vpcName": "bpn"}))
        )
    assert (tmp_path / "pid").read_text().strip() == str(first.process.pid)
    assert first.stop() == 0
    assert not (tmp_path / "pid").exists()
    assert not (tmp_path / "port").exists()
    second = Daemon(tmp_path)
    assert networks(second) == [made.id]
    assert second.stop() == 0
