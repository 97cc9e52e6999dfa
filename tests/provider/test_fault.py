"""What goes wrong with hosts under the real engine: each fault is told apart, and the next run goes on."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh
import pytest
import yaml

from provider.engine import Engine, until
from provider.fakehost import Machine
from provider.test_chart import CHART, GOOD
from simpul.provider.resource import Host, HostArgs, Release, ReleaseArgs

pytestmark = pytest.mark.engine


def closed_port() -> int:
    """Return a port of the loopback at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_each_fault_is_told_apart_and_stops_no_other_host(
    engine: Engine, start: Callable[[str], Machine], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine = start("machine")
    gone = closed_port()
    other_key = start("other").host_key
    hosts: dict[str, dict[str, Any]] = {
        "well": machine.inputs(name="well"),
        "broken": machine.inputs(name="broken", vars={"root": str(machine.root / "broken"), "break": True}),
        "old": machine.inputs(name="old", vars={"refuse": True}),
        "offline": machine.inputs(name="offline", port=gone, offline_days=7),
        "dead": machine.inputs(name="dead", port=gone),
        "stranger": machine.inputs(name="stranger", host_key=other_key, offline_days=7),
    }
    (machine.root / "broken").mkdir()

    def program() -> None:
        for name, inputs in hosts.items():
            Host(name, HostArgs(**inputs))

    said = engine.fail(program)
    assert "old runs Debian 9; Debian 12 would do" in said
    assert f"host dead: can't be reached at 127.0.0.1 port {gone}" in said
    assert "Connection refused" in said, "ssh's own words"
    assert f"ssh -p {gone} simpul@127.0.0.1" in said, "the next command"
    assert "host stranger: 127.0.0.1" in said
    assert "Host key verification failed" in said
    assert "host broken: failed at “Start the service”" in said
    assert "put off: its link allows 7 days offline" in said

    states = {name: engine.resource(name)["outputs"]["state"] for name in ("well", "broken", "offline")}
    assert states == {"well": "ready", "broken": "unfinished", "offline": "deferred"}
    for untouched in ("old", "dead", "stranger"):
        assert f"::{untouched}" not in engine.state, f"{untouched} was not begun, so there is nothing to remember"

    for name in ("old", "dead", "stranger"):
        del hosts[name]
    hosts["broken"]["vars"]["break"] = False
    hosts["offline"]["port"] = machine.port
    assert engine.up(program) == {"update": 2, "same": 2}
    assert engine.resource("offline")["outputs"]["state"] == "ready"
    assert engine.resource("broken")["outputs"]["state"] == "ready"

    stranger = tmp_path / "stranger"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(stranger))
    stranger.chmod(0o600)
    monkeypatch.setenv("ANSIBLE_PRIVATE_KEY_FILE", str(stranger))
    engine.refresh()
    assert "what is known of it stays as it was" in engine.said
    assert engine.resource("well")["outputs"]["state"] == "ready"
    assert engine.destroy() is False
    assert f"pulumi state delete '{engine.resource('well')['urn']}'" in engine.said


def test_a_run_that_is_cut_off_goes_on_in_the_next(
    engine: Engine, start: Callable[[str], Machine], tmp_path: Path
) -> None:
    machine = start("machine")
    go_on = tmp_path / "go-on"

    def program() -> None:
        Host("machine", HostArgs(**machine.inputs(vars={"wait_for": str(go_on)})))

    def cut_off(sign: signal.Signals) -> None:
        said: list[str] = []
        thread = threading.Thread(target=lambda: said.append(engine.fail(program)))
        thread.start()
        until(lambda: ("machine", "Take long") in engine.lines)
        engine.tell(sign)
        thread.join()
        assert said, "the run ended with an error"
        until(lambda: not ansible_runs(machine))

    cut_off(signal.SIGKILL)
    engine.unlock()
    cut_off(signal.SIGINT)
    assert "host machine: was interrupted" in engine.said
    assert engine.resource("machine")["outputs"]["state"] == "unfinished"

    go_on.touch()
    assert engine.up(program) == {"update": 1, "same": 1}
    assert engine.resource("machine")["outputs"]["state"] == "ready"


def test_a_kubeconfig_of_a_host_that_was_taken_over_runs_nothing_here(
    engine: Engine, start: Callable[[str], Machine], tmp_path: Path
) -> None:
    machine = start("machine")
    ran = tmp_path / "ran"
    document = yaml.safe_load(machine.kubeconfig)
    command = {"apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": [str(ran)]}
    document["users"][0]["user"]["exec"] = {**command, "interactiveMode": "Never"}
    documents = {"kubeconfig": yaml.safe_dump(document)}

    def program() -> None:
        host = Host("machine", HostArgs(**machine.inputs(vars=documents)))
        args = ReleaseArgs(
            cluster="it", kubeconfig=host.kubeconfig, name="web", namespace="web", chart=CHART, values=GOOD
        )
        Release("web", args)

    said = engine.fail(program)
    assert "host machine: its kubeconfig isn't taken" in said
    assert "(got users[0].user.exec)" in said
    assert "simpul:helm:Release" not in engine.state
    documents["kubeconfig"] = machine.kubeconfig
    assert "cluster it: can't be reached" in engine.fail(program), "the next run goes on with a good one"
    assert not ran.exists()


def ansible_runs(machine: Machine) -> bool:
    """Whether any process of a run on `machine` is alive."""
    sign = f"{machine.name}.known_hosts".encode()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if sign in file.read_bytes():
                return True
    return False
