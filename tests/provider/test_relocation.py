"""A volume leaves a node's disk: only by name, after what it owes is sent, and with its doors closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from provider.fakeapi import World, fake_api
from provider.recorder import Lines
from simpul.errors import OutsideError
from simpul.provider import cluster, relocation, unsent, volume
from simpul.provider.relocation import Relocation

pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheaders:DeprecationWarning")

OWES = {unsent.ANNOTATION: "/program unsent"}
DOOR = "api/v1/namespaces/messaging/services/messaging"


@pytest.fixture
def world() -> Iterator[World]:
    with fake_api() as made:
        made.node("server")
        made.node("agent")
        yield made


@pytest.fixture
def log() -> Lines:
    return Lines()


@pytest.fixture
def moving(world: World, log: Lines) -> Iterator[Relocation]:
    with cluster.connect("simpul-647102", world.kubeconfig) as reached:
        yield Relocation(reached, "messaging", "messaging", threading.Event(), log)


def lying(moving: Relocation) -> list[volume.Volume]:
    return volume.of_release(moving.cluster.client, "messaging", "messaging")


def answers(monkeypatch: pytest.MonkeyPatch, world: World, *counts: int) -> list[bool]:
    """Have pods answer with `counts`, the last again and again; give whether the door was open at each."""
    left, doors = list(counts), []

    def ask(_: Any, pod: Any) -> int:
        doors.append(relocation._CLOSED not in world.things[DOOR]["spec"]["selector"])
        return left.pop(0) if len(left) > 1 else left[0]

    monkeypatch.setattr(unsent, "ask", ask)
    monkeypatch.setattr(unsent, "_EVERY_SECONDS", 0.01)
    return doors


def test_a_volume_is_where_its_node_is(world: World, moving: Relocation) -> None:
    world.office("agent")
    [found] = lying(moving)
    assert found.export() == {"claim": "messaging/data-messaging-0", "node": "agent", "gib": 8, "id": "pvc-1"}


def test_what_it_owes_is_sent_first_and_nothing_comes_in_after_that(
    world: World, moving: Relocation, log: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.office("agent", annotations=OWES)
    doors = answers(monkeypatch, world, 7, 3, 0, 2, 0)
    moving.run(lying(moving), home="server", let_go=["agent"])
    assert doors == [True, True, True, False, False]
    deleted = [path for method, path in world.asked if method == "DELETE"]
    assert [path.rpartition("/")[2] for path in deleted] == ["messaging-0", "data-messaging-0"]
    assert world.things["apis/apps/v1/namespaces/messaging/statefulsets/messaging"]["spec"]["replicas"] == 0
    assert world.names("persistentvolumes") == []
    assert relocation._CLOSED not in world.things[DOOR]["spec"]["selector"], "the door is open again"
    assert "7 to be sent before the volume goes" in log.shown
    assert "left agent after all that it owed was sent; made anew on server" in log.alerts[0]


def test_what_it_owes_and_does_not_send_keeps_it(
    world: World, moving: Relocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.office("agent", annotations=OWES)
    answers(monkeypatch, world, 7, 5)
    monkeypatch.setattr(unsent, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(OutsideError) as raised:
        moving.run(lying(moving), home="server", let_go=["agent"])
    assert "hasn't sent all that its volume keeps, and sends no more; the volume stays (got 5 left)" in str(
        raised.value
    )
    assert "kubectl --namespace messaging scale --replicas=0 statefulset/messaging" in str(raised.value)
    assert world.asked == [], "nothing was touched"


def test_without_its_node_s_name_nothing_goes(world: World, moving: Relocation) -> None:
    world.office("agent")
    with pytest.raises(OutsideError, match="has volumes on the disk of agent, which isn't their home") as raised:
        moving.run(lying(moving), home="server", let_go=[])
    assert "messaging/data-messaging-0 (8 GiB)" in str(raised.value)
    assert world.asked == []


def test_nothing_goes_to_a_home_that_is_not_ready(world: World, moving: Relocation) -> None:
    world.office("agent")
    world.node("server", ready=False)
    with pytest.raises(OutsideError, match="can't have its volumes on server, which isn't ready"):
        moving.run(lying(moving), home="server", let_go=["agent"])
    assert world.asked == []


@pytest.mark.parametrize("named", [["agent"], []])
def test_of_a_node_that_is_gone_it_says_what_is_lost(
    world: World, moving: Relocation, log: Lines, named: list[str]
) -> None:
    world.office("agent", annotations=OWES)
    if named:
        world.node("agent", ready=False)
    else:
        del world.things["api/v1/nodes/agent"]
    moving.run(lying(moving), home="server", let_go=named)
    assert world.names("persistentvolumes") == world.names("persistentvolumeclaims") == world.names("pods") == []
    assert "was on agent, which says nothing any more: what it had is lost" in log.alerts[0]


def test_a_pod_that_does_not_say_what_it_owes_keeps_its_volume(
    world: World, moving: Relocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.office("agent", annotations=OWES)
    world.things["api/v1/namespaces/messaging/pods/messaging-0"]["status"]["conditions"] = []
    monkeypatch.setattr(unsent, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(OutsideError, match="isn't ready, so it can't say what it hasn't sent; its volume stays"):
        moving.run(lying(moving), home="server", let_go=["agent"])
    assert world.asked == []


@pytest.mark.parametrize(("text", "gib"), [("8Gi", 8), ("8589934592", 8), ("1500Mi", 2), ("8G", 8), ("", 0)])
def test_sizes_are_told_in_gib(text: str, gib: int) -> None:
    assert volume.gib(text) == gib
