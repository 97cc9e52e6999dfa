"""`simpul site`: what an operator is told and asked."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cli.command import Shell
from simpul.city import load
from simpul.project import ROOT
from simpul.provider import run, ssh
from simpul.recovery import site as recovery
from simpul.recovery.site import Site, Taken
from simpul.status import backup
from simpul.status.backup import Backup

CODE, HOST = "64.71.01", "bpn-timur-1"
FIRST, LAST = (Backup(datetime(2026, 11, day, 17, 30, tzinfo=UTC), HOST) for day in (27, 28))


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let a site have two backups; give what was done to it."""
    machine = run.Machine(ssh.Connection(HOST, "10.30.1.11", 22, "simpul"), "server", timeout=1)
    site = Site(CODE, load(ROOT / "Pulumi.balikpapan.yaml"), {"hosts": [HOST]}, {HOST: machine})
    asked: list[Any] = []

    def take(_: Site, host: str, **__: Any) -> Taken:
        asked.append(("take", host))
        return Taken(host, "the bucket can't be reached" if len(asked) > 1 else None)

    monkeypatch.setattr(recovery, "find", lambda _: site)
    monkeypatch.setattr(recovery, "take", take)
    monkeypatch.setattr(recovery, "restore", lambda _, chosen, **how: asked.append((chosen, how["over"])))
    monkeypatch.setattr(backup, "sent", lambda _: (FIRST, LAST))
    return asked


def test_a_backup_now_says_whether_it_was_sent(shell: Shell, done: list[Any]) -> None:
    assert shell.run("site", "backup", CODE).out == f"{HOST}: taken and sent\n"
    assert shell.run("site", "backup", CODE).out == f"{HOST}: kept there, and sent later: the bucket can't be reached\n"


def test_backups_are_listed_in_the_city_s_time_and_for_programs(shell: Shell, done: list[Any]) -> None:
    assert "2026-11-29 01:30:00 WITA (" in shell.run("site", "backups", CODE).out
    told = json.loads(shell.run("site", "backups", CODE, "--json").out)
    assert told[-1] == {"host": HOST, "begun": "2026-11-28T17:30:00+00:00"}


def test_a_restore_says_what_it_does(shell: Shell, done: list[Any]) -> None:
    said = shell.run("site", "restore", CODE, "--yes")
    assert f"{HOST} (10.30.1.11) becomes what it was at 2026-11-29 01:30:00 WITA" in said.out
    assert "pulumi up --refresh" in said.out
    assert done == [(LAST, False)]


@pytest.mark.parametrize(
    ("at", "chosen"),
    [("2026-11-28", FIRST), ("2026-11-29T01:29", FIRST), ("2026-11-29T01:30", LAST), ("2026-11-28T17:30Z", LAST)],
)
def test_a_moment_is_of_the_city_s_time_and_a_day_is_meant_whole(
    at: str, chosen: Backup, shell: Shell, done: list[Any]
) -> None:
    shell.run("site", "restore", CODE, "--yes", "--at", at)
    assert done == [(chosen, False)]


def test_what_is_no_moment_is_wrong_use(shell: Shell, done: list[Any]) -> None:
    said = shell.run("site", "restore", CODE, "--yes", "--at", "yesterday")
    assert (said.code, done) == (2, [])
    assert "isn't a moment (got yesterday)" in said.err


def test_nothing_is_done_before_a_person_says_so(
    shell: Shell, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    said = shell.run("site", "restore", CODE)
    assert (said.code, done) == (130, [])


def test_what_is_overwritten_is_backed_up_first(shell: Shell, done: list[Any]) -> None:
    shell.run("site", "restore", CODE, "--yes", "--over")
    assert done == [("take", HOST), (LAST, True)]
