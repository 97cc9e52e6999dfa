"""A site's backups as an operator chooses among them, and what is asked of its hosts."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from simpul.city import City, load
from simpul.errors import CityError, OutsideError, UsageError
from simpul.project import ROOT
from simpul.provider import run, ssh
from simpul.provider.outcome import Fault, Outcome
from simpul.recovery import site as recovery
from simpul.recovery.site import Site
from simpul.status import backup, stack
from simpul.status.backup import Backup
from simpul.status.stack import StackState

CODE, HOST = "64.71.01", "bpn-timur-1"
OUTPUT = {"site": CODE, "hosts": [HOST]}
DONE = {"ActiveState": "inactive", "Job": "0", "Result": "success", "ExecMainStatus": "0", "said": "fine\n"}
FIRST, LAST = (Backup(datetime(2026, 11, day, 17, 30, tzinfo=UTC), HOST) for day in (27, 28))


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


@pytest.fixture
def site(city: City, monkeypatch: pytest.MonkeyPatch) -> Site:
    inputs = {"name": HOST, "address": "10.30.1.99", "port": 22, "user": "old", "hostKey": "ssh-ed25519 OLD"}
    known = {HOST: {**inputs, "group": "server", "vars": {"k3s_token": "t"}}}
    declared = json.loads(city.model_dump_json(exclude_none=True))
    declared["sites"][0]["hosts"][0]["host_key"] = (
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    )
    monkeypatch.setattr(stack, "read", lambda: StackState({"backups": [OUTPUT]}, 1))
    monkeypatch.setattr(stack, "hosts", lambda: known)
    monkeypatch.setattr(stack, "declared", lambda: declared)
    monkeypatch.setattr(backup, "sent", lambda _: (FIRST, LAST))
    return recovery.find(CODE)


def test_a_host_is_reached_as_it_is_declared_now_and_made_as_the_last_run_made_it(site: Site) -> None:
    machine = site.machines[HOST]
    assert (machine.connection.address, machine.connection.user) == ("10.30.1.11", "simpul")
    assert machine.connection.host_key is not None
    assert "OLD" not in machine.connection.host_key, "a new disk has another key"
    assert machine.vars == {"k3s_token": "t"}


def test_a_site_that_there_isn_t_is_wrong_use_and_those_that_there_are_are_named(site: Site) -> None:
    with pytest.raises(UsageError, match="one of: 64"):
        recovery.find("64.71.09")


def test_the_last_backup_until_a_moment_is_chosen(site: Site) -> None:
    assert site.choose(None, None) == LAST
    assert site.choose(HOST, LAST.begun) == LAST
    assert site.choose(None, datetime(2026, 11, 28, tzinfo=UTC)) == FIRST
    with pytest.raises(CityError, match="no backup in the bucket so old"):
        site.choose(None, datetime(2026, 11, 1, tzinfo=UTC))
    with pytest.raises(UsageError, match="one of: bpn-timur-1"):
        site.choose("bpn-timur-9", None)


def answers(monkeypatch: pytest.MonkeyPatch, *told: list[dict[str, str]]) -> None:
    """Let a host answer with the states of its units, one after the other."""
    waiting = iter(told)

    def answer(_: ssh.Connection, script: str, *, stop: threading.Event) -> str:
        return "" if script == recovery.BEGIN else json.dumps(next(waiting))

    monkeypatch.setattr(ssh, "run", answer)
    monkeypatch.setattr(recovery, "POLL_SECONDS", 0)


def test_a_backup_is_waited_for_also_while_its_sending_is_still_queued(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    taking = [{**DONE, "ActiveState": "activating"}, DONE]
    queued = [DONE, {**DONE, "Job": "812"}]
    answers(monkeypatch, taking, queued, [DONE, DONE])
    assert recovery.take(site, HOST, stop=threading.Event()).unsent is None


def test_a_backup_that_can_t_be_sent_is_told_and_one_that_failed_is_an_error(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, [DONE, {**DONE, "ExecMainStatus": "75", "said": "the bucket can't be reached\n"}])
    assert recovery.take(site, HOST, stop=threading.Event()).unsent == "the bucket can't be reached"
    answers(monkeypatch, [{**DONE, "Result": "exit-code", "said": "there is nothing to back up\n"}, DONE])
    with pytest.raises(OutsideError, match="there is nothing to back up"):
        recovery.take(site, HOST, stop=threading.Event())


def test_a_restore_asks_for_the_moment_that_was_chosen_and_overwrites_nothing_unasked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    outcomes = [Outcome(finished=True), Outcome(fault=Fault("failed", "Refuse a host that isn't blank", "isn't blank"))]

    def play(playbook: str, machines: list[run.Machine], *, stop: threading.Event) -> dict[str, Outcome]:
        asked.append((playbook, machines[0].vars))
        return {machines[0].name: replace(outcomes[len(asked) - 1])}

    monkeypatch.setattr(ssh, "reach", lambda *_, **__: None)
    monkeypatch.setattr(run, "run", play)
    recovery.restore(site, LAST, over=False, on_task=lambda _: None, stop=threading.Event())
    assert asked == [
        ("restore.yml", {"k3s_token": "t", "backup_at": "20261128T173000Z", "backup_over": False}),
    ]
    with pytest.raises(OutsideError, match="isn't blank"):
        recovery.restore(site, LAST, over=True, on_task=lambda _: None, stop=threading.Event())
    assert asked[1][1]["backup_over"] is True
