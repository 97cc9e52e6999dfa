"""What a cluster holds of a host that goes, or that comes with another disk."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provider import fakehost
from provider.fakeapi import World, fake_api
from provider.recorder import Lines, request
from simpul.errors import OutsideError
from simpul.provider import host, member, schema, ssh
from simpul.provider.host import Host
from simpul.provider.kind import Request
from simpul.provider.outcome import Outcome

pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheaders:DeprecationWarning")

STOP = threading.Event()


@pytest.fixture
def world() -> Iterator[World]:
    with fake_api() as made:
        made.node("server")
        made.node("agent")
        yield made


@pytest.fixture
def machine(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[fakehost.Machine]:
    """Start a machine that is the agent and its server at once; the server has what opens the `world`."""
    operator = tmp_path / "operator.yaml"
    operator.write_text(world.kubeconfig)
    monkeypatch.setattr(member, "KUBECONFIG", str(operator))
    with fakehost.machine("agent", tmp_path) as made:
        monkeypatch.setenv("ANSIBLE_PRIVATE_KEY_FILE", str(made.identity))
        yield made


def asked(machine: fakehost.Machine, log: Lines, **more: Any) -> Request:
    way = {"address": "127.0.0.1", "port": machine.port, "user": "simpul", "hostKey": machine.host_key}
    inputs = {
        **schema.defaults(Host.token),
        **way,
        "name": "agent",
        "group": "agent",
        "server": {**way, "name": "server"},
        **more,
    }
    return request(inputs=inputs, log=log, state={"manifest": {"files": {}}, "state": "ready"})


def on_disk(monkeypatch: pytest.MonkeyPatch, *, blank: bool = False) -> None:
    monkeypatch.setattr(member, "_BLANK", "echo blank" if blank else "true")


def test_a_new_disk_is_a_new_node_and_its_volume_is_made_anew(
    machine: fakehost.Machine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.office("agent")
    on_disk(monkeypatch, blank=True)
    log = Lines()
    wanted = asked(machine, log)
    member.renew(wanted, ssh.Connection.of(wanted.inputs), stop=STOP)
    assert world.names("nodes") == ["server"], "k3s forgets its password with it"
    assert world.names("persistentvolumes") == world.names("persistentvolumeclaims") == []
    [said] = log.alerts
    assert "volume messaging/data-messaging-0 (8 GiB) is lost: its folder isn't on the disk of agent" in said


@pytest.mark.parametrize("case", [(0o755, "", True), (0o777, "", False), (0o755, "reports", False)])
def test_a_folder_that_only_the_kubelet_made_is_a_lost_volume(
    machine: fakehost.Machine,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    case: tuple[int, str, bool],
) -> None:
    """Of a folder that is missing the kubelet makes one as root's 0755, in which the pod fails for ever."""
    mode, content, lost = case
    folder = tmp_path / "volume"
    folder.mkdir()
    folder.chmod(mode)
    if content:
        (folder / content).touch()
    world.office("agent")
    world.things["api/v1/persistentvolumes/pvc-1"]["spec"]["hostPath"]["path"] = str(folder)
    monkeypatch.setattr(member, "_LOST", member._LOST.replace("'0 755'", f"'{folder.stat().st_uid} 755'"))
    on_disk(monkeypatch)
    wanted = asked(machine, Lines())
    member.renew(wanted, ssh.Connection.of(wanted.inputs), stop=STOP)
    assert (world.names("persistentvolumes") == []) is lost
    assert world.names("nodes") == ["server", "agent"]


def test_an_agent_that_its_cluster_does_not_know_is_started_again(
    machine: fakehost.Machine, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    owed = tmp_path / "started-with"
    owed.touch()
    monkeypatch.setattr(member, "_RESTART", f"rm -f {owed}")
    del world.things["api/v1/nodes/agent"]
    on_disk(monkeypatch)
    wanted = asked(machine, Lines())
    member.renew(wanted, ssh.Connection.of(wanted.inputs), stop=STOP)
    assert not owed.exists()


def removing(monkeypatch: pytest.MonkeyPatch, world: World) -> tuple[Host, list[list[str]]]:
    """Give a type whose removals of k3s say which nodes there were."""
    there: list[list[str]] = []

    def remove(playbook: str, machines: Any, *, stop: threading.Event, **_: Any) -> dict[str, Outcome]:
        assert (playbook, stop) == (host.REMOVE, STOP)
        there.append(world.names("nodes"))
        return {each.name: Outcome(finished=True) for each in machines}

    monkeypatch.setattr("simpul.provider.run.run", remove)
    return Host(STOP), there


def test_an_agent_that_goes_is_emptied_then_cleaned_then_forgotten(
    machine: fakehost.Machine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, there = removing(monkeypatch, world)
    world.pod("agent", {}, {})
    log = Lines()
    kind.delete(asked(machine, log))
    assert there == [["server", "agent"]]
    assert world.names("nodes") == ["server"]
    told = [f"{method} {path.rpartition('/')[2]}" for method, path in world.asked]
    assert told[:2] == ["PATCH agent", "POST eviction"]
    assert log.alerts == []


def test_what_goes_with_a_host_is_said(
    machine: fakehost.Machine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, _ = removing(monkeypatch, world)
    world.office("agent")
    world.things["apis/apps/v1/namespaces/messaging/statefulsets/messaging"]["spec"]["replicas"] = 0
    log = Lines()
    kind.delete(asked(machine, log))
    assert world.names("persistentvolumes") == world.names("persistentvolumeclaims") == world.names("pods") == []
    assert "lost with its disk: messaging/data-messaging-0 (8 GiB)" in log.alerts[0]


def test_a_dead_agent_is_forgotten_and_nothing_hangs(
    machine: fakehost.Machine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, there = removing(monkeypatch, world)
    world.node("agent", ready=False)
    world.office("agent")
    log = Lines()
    kind.delete(asked(machine, log, port=closed()))
    assert there == [], "nobody is there to be cleaned"
    assert world.names("nodes") == ["server"]
    assert "should the machine come back" in log.alerts[-1].lower()


def test_one_that_only_we_cannot_reach_stays(
    machine: fakehost.Machine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, _ = removing(monkeypatch, world)
    monkeypatch.setattr(member, "SILENT_SECONDS", 0.1)
    with pytest.raises(OutsideError, match=r"can't be reached at 127\.0\.0\.1.*so it can't be cleaned"):
        kind.delete(asked(machine, Lines(), port=closed()))
    assert world.asked == []


def test_without_its_server_an_agent_stays_and_says_why(machine: fakehost.Machine, world: World) -> None:
    wanted = asked(machine, Lines())
    wanted.inputs["server"]["port"] = closed()
    with pytest.raises(
        OutsideError, match="host agent: can't be taken out of its cluster: host server can't be reached"
    ):
        Host(STOP).delete(wanted)
    assert world.asked == []


def test_an_agent_goes_with_its_whole_cluster(
    machine: fakehost.Machine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, _ = removing(monkeypatch, world)
    server = asked(machine, Lines(), name="server", group="server", server=None)
    kind.delete(server)
    kind.delete(asked(machine, Lines()))
    assert world.asked == []


def test_a_node_that_is_not_declared_is_drift_and_is_taken_out(
    machine: fakehost.Machine, world: World, tmp_path: Path
) -> None:
    world.node("agent", ready=False)
    world.office("agent")
    log = Lines()
    wanted = asked(machine, log, name="server", group="server", server=None, nodes=["server"])
    wanted.state["kubeconfig"] = (tmp_path / "operator.yaml").read_text()
    assert member.strays(wanted, stop=STOP) == {"node agent": "is no declared host, and silent"}
    member.dismiss(wanted, stop=STOP)
    assert world.names("nodes") == ["server"]
    assert member.strays(wanted, stop=STOP) == {}
    assert "lost with its disk: messaging/data-messaging-0 (8 GiB)" in log.alerts[0]

    world.node("agent")
    world.office("agent")
    with pytest.raises(OutsideError, match="node agent: works in the cluster of server without being declared"):
        member.dismiss(wanted, stop=STOP)


def closed() -> int:
    """Give a port of the loopback at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
