"""`simpul status`: how a city looks to people and to programs."""

from __future__ import annotations

import importlib
import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from cli.command import Shell
from simpul.status.model import (
    BackupStatus,
    CertificateStatus,
    CityName,
    CityStatus,
    CloudStatus,
    ClusterStatus,
    HostStatus,
    ReleaseStatus,
    SiteStatus,
)

FOLDER = "/var/lib/simpul/lab/kubeconfig"
OFFICE = ClusterStatus("simpul-647101", "64.71.01", f"{FOLDER}/simpul-647101.yaml", 1, 1, 7, 7)
CITY = CityStatus(
    well=True,
    city=CityName("Balikpapan", "64.71"),
    cloud=CloudStatus(24),
    sites=(
        SiteStatus(
            "64.71.01",
            "Balikpapan Timur",
            reachable=True,
            hosts=(HostStatus("bpn-timur-1", "10.213.1.11", ready=True, state="ready"),),
        ),
    ),
    clusters=(ClusterStatus("simpul-6471", None, f"{FOLDER}/simpul-6471.yaml", 2, 2, 9, 9), OFFICE),
    releases=(ReleaseStatus("simpul-6471", "messaging", "messaging", "messaging-0.1.0", 3, "deployed"),),
    backups=(BackupStatus("64.71.01", "bpn-timur-1", "2026-11-29T01:30:00+08:00", 3, overdue=False),),
    certificates=(
        CertificateStatus("client-admin.crt", "bpn-timur-1", "2027-01-03T04:05:06+00:00", 200),
        CertificateStatus("k3s-client-ca@1", "bpn-timur-1", "2036-01-03T04:05:06+00:00", 3200),
    ),
)
DOWN = replace(
    CITY,
    well=False,
    sites=(
        SiteStatus(
            "64.71.01",
            "Balikpapan Timur",
            reachable=False,
            hosts=(HostStatus("bpn-timur-1", "10.213.1.11", ready=False, state="ready"),),
        ),
    ),
    clusters=(replace(OFFICE, nodes=0, nodes_ready=0, pods=0, pods_ready=0, error="it doesn't answer: TimeoutError"),),
)


def show(city: CityStatus, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Let the city be so; give the folders that were asked for."""
    folders: list[Path] = []

    def gather(folder: Path) -> CityStatus:
        folders.append(folder)
        return city

    monkeypatch.setattr(importlib.import_module("simpul.cli.status"), "gather", gather)
    return folders


def rows(text: str) -> list[list[str]]:
    """Give the words of each line that has some."""
    return [line.split() for line in text.splitlines() if line.strip()]


def test_a_city_that_is_well_is_told_in_tables(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    show(CITY, monkeypatch)
    said = shell.run("status")
    assert (said.code, said.err) == (0, "")
    assert rows(said.out) == [
        ["Balikpapan", "(64.71):", "well,", "24", "resources", "in", "the", "cloud"],
        ["site", "name", "reachable", "hosts"],
        ["64.71.01", "Balikpapan", "Timur", "yes", "bpn-timur-1", "ready"],
        ["cluster", "where", "nodes", "pods"],
        ["simpul-6471", "cloud", "2/2", "ready", "9/9", "ready"],
        ["simpul-647101", "64.71.01", "1/1", "ready", "7/7", "ready"],
        ["release", "cluster", "chart", "revision", "status"],
        ["messaging/messaging", "simpul-6471", "messaging-0.1.0", "3", "deployed"],
        ["backup", "of", "site", "last", "in", "the", "bucket"],
        ["bpn-timur-1", "64.71.01", "3", "h", "old"],
        ["certificate", "where", "ends", "days", "left"],
        ["client-admin.crt", "bpn-timur-1", "2027-01-03", "200"],
        ["kubeconfigs:", f"{FOLDER}/CLUSTER.yaml"],
    ]


def test_a_city_that_isn_t_well_is_shown_and_is_an_error(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    show(DOWN, monkeypatch)
    said = shell.run("status")
    assert said.code == 1
    assert said.err.startswith("error: city Balikpapan: isn't well")
    assert "NOT well" in said.out
    assert ["64.71.01", "Balikpapan", "Timur", "no", "bpn-timur-1", "not", "ready"] in rows(said.out)
    assert "it doesn't answer: TimeoutError" in said.out


def test_a_narrow_terminal_or_a_pipe_keeps_the_path_whole(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    show(CITY, monkeypatch)
    assert ["kubeconfigs:", f"{FOLDER}/CLUSTER.yaml"] in rows(shell.run("status").out)


@pytest.mark.parametrize(("city", "code"), [(CITY, 0), (DOWN, 1)], ids=["well", "not well"])
def test_programs_get_json_also_of_a_city_that_isn_t_well(
    city: CityStatus, code: int, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(city, monkeypatch)
    said = shell.run("status", "--json")
    assert said.code == code
    assert json.loads(said.out) == json.loads(json.dumps(asdict(city)))


def test_kubeconfigs_stand_beside_the_user_s_own_unless_the_lab_says_where(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders = show(CITY, monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SIMPUL_KUBECONFIGS", raising=False)
    shell.run("status")
    monkeypatch.setenv("SIMPUL_KUBECONFIGS", "/of/the/lab")
    shell.run("status")
    assert folders == [tmp_path / ".kube" / "simpul", Path("/of/the/lab")]


@pytest.mark.parametrize(
    ("backup", "told"),
    [
        (BackupStatus("64.71.01", "bpn-timur-1", "2026-11-26T01:30:00+08:00", 70, overdue=True), "70 h old: overdue"),
        (BackupStatus("64.71.01", "bpn-timur-1", None, None, overdue=False), "none yet"),
        (BackupStatus("64.71.01", "bpn-timur-1", None, None, overdue=True), "none"),
        (BackupStatus("64.71.01", "bpn-timur-1", None, None, overdue=True, error="[no] line"), "[no] line"),
    ],
)
def test_what_is_amiss_with_a_backup_is_told(
    backup: BackupStatus, told: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    show(replace(CITY, backups=(backup,)), monkeypatch)
    assert ["bpn-timur-1", "64.71.01", *told.split()] in rows(shell.run("status").out)
