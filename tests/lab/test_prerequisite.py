"""What stands in a lab's way is told at once, with the command that helps."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from simpul.city import load
from simpul.errors import OutsideError
from simpul.lab import derive, kernel, prerequisite
from simpul.project import ROOT

LIMIT = "fs.inotify.max_user_instances"


@pytest.fixture(autouse=True)
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Give a machine that has everything, with Debian's default limit; give the programs that were run on it."""
    programs: list[list[str]] = []

    def run(argv: Sequence[str], **_: Any) -> str:
        programs.append(list(argv))
        return ""

    monkeypatch.setattr(prerequisite, "run", run)
    monkeypatch.setattr(kernel, "SETTINGS", tmp_path / "sys")
    monkeypatch.setattr(kernel, "RECORD", tmp_path / "kernel.json")
    monkeypatch.setattr(prerequisite, "INSTALLED", tmp_path / "cache" / "packages")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    set_limit(128)
    return programs


def set_limit(number: int) -> None:
    file = kernel.SETTINGS / LIMIT.replace(".", "/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{number}\n")


@pytest.fixture(autouse=True)
def _modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisite, "MODULES", {"br_netfilter": lambda: True})


def counts(sites: int) -> dict[str, int]:
    """Give what `simpul lab up --sites N` asks for, of Balikpapan."""
    hosts = derive.hosts(load(ROOT / "Pulumi.balikpapan.yaml"), sites)
    return {"servers": sites, "agents": len(hosts) - sites}


def ensure(sites: int = 2) -> list[str]:
    told: list[str] = []
    prerequisite.ensure(told.append, **counts(sites))
    return told


def refusal() -> list[str]:
    with pytest.raises(OutsideError) as caught:
        ensure()
    return [str(problem) for problem in caught.value.problems]


def test_a_machine_that_has_everything_is_left_as_it_is(ran: list[list[str]]) -> None:
    assert ensure() == []
    assert ran == []


def test_packages_that_are_missing_are_installed(ran: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {"systemd-nspawn", "ip"}
    monkeypatch.setattr(shutil, "which", lambda name: None if name in missing else f"/usr/bin/{name}")
    assert ensure() == ["installing iproute2, systemd-container"]
    assert ran[0][:2] == ["apt-get", "update"]
    assert ran[1][:2] == ["apt-get", "install"]
    assert ran[1][-2:] == ["iproute2", "systemd-container"]
    assert prerequisite.installed() == ["iproute2", "systemd-container"]


def test_packages_that_one_lab_installed_are_still_told_after_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prerequisite.installed() == []
    for missing in ("nft", "ip"):
        monkeypatch.setattr(shutil, "which", lambda name, missing=missing: None if name == missing else f"/bin/{name}")
        ensure()
    assert prerequisite.installed() == ["iproute2", "nftables"]


def test_no_package_brings_a_service_that_listens() -> None:
    assert not {"docker-registry", "redis-server", "postgresql-15"} & {*prerequisite.PACKAGES.values()}


@pytest.mark.parametrize(("sites", "limit"), [(2, 128), (3, 512), (6, 512)])
def test_debian_s_default_limit_is_raised_where_it_isn_t_enough(sites: int, limit: int) -> None:
    assert ensure(sites) == ([] if limit == 128 else [f"{LIMIT} is 512 while the lab is up"])
    assert kernel.read(LIMIT) == limit
    kernel.restore()
    assert kernel.read(LIMIT) == 128


def test_a_limit_is_raised_to_what_many_hosts_need() -> None:
    prerequisite.ensure(lambda _: None, servers=40, agents=40)
    enough = kernel.read(LIMIT)
    assert enough > 40 * (prerequisite.SERVER_INSTANCES + prerequisite.AGENT_INSTANCES)


def test_all_reasons_are_told_at_once_and_nothing_is_installed(
    ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    set_limit(16)
    assert [problem.partition(":")[0] for problem in refusal()] == ["this user", "this machine"]
    assert ran == []
    assert kernel.read(LIMIT) == 16


def test_another_platform_is_the_only_reason_that_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(kernel, "SETTINGS", tmp_path / "no such folder")
    expected = ["this machine: a lab runs on Linux alone (got darwin)\n    use a Debian 12 machine, or a virtual one"]
    assert refusal() == expected
    with pytest.raises(OutsideError) as caught:
        prerequisite.refuse_others()
    assert [str(problem) for problem in caught.value.problems] == expected


def test_a_kernel_module_that_isn_t_there_is_loaded(ran: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisite, "MODULES", {"br_netfilter": lambda: False, "overlay": lambda: True})
    ensure()
    assert ran == [["modprobe", "br_netfilter"]]
