"""`simpul lab` where there is no lab: what it refuses, and in which words."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
import yaml

from cli.command import Shell
from simpul.lab import daemon, engine, environment, network, up


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a state of the test's own, in which no lab is up."""
    folder = tmp_path / "lab"
    for module, name, at in (
        (environment, "CLOUD_PORT", "cloud/port"),
        (engine, "KEPT", "Pulumi.lab.yaml"),
        (daemon, "STATE", "."),
        (up, "STATE", "."),
    ):
        monkeypatch.setattr(module, name, folder / at)
    return folder


@pytest.fixture
def lab(state: Path) -> Path:
    """Give a lab that is up, as far as its records go: two sites."""
    (state / "cloud").mkdir(parents=True)
    (state / "cloud" / "port").write_text("4711\n")
    sites = [{"code": "64.71.01", "number": 1}, {"code": "64.71.02", "number": 2}]
    (state / "Pulumi.lab.yaml").write_text(yaml.safe_dump({"config": {"simpul:city": {"sites": sites}}}))
    return state


@pytest.mark.parametrize("arguments", [["env"], ["status"], ["cut", "64.71.01"], ["join", "64.71.01"]])
def test_without_a_lab_it_says_how_to_get_one(arguments: list[str], shell: Shell, state: Path) -> None:
    said = shell.run("lab", *arguments)
    assert (said.code, said.out) == (1, "")
    assert said.err == f"error: lab: isn't up (got no {state / 'cloud' / 'port'})\n    simpul lab up\n"


def test_env_gives_a_shell_what_pulumi_needs(shell: Shell, lab: Path) -> None:
    said = shell.run("lab", "env")
    words = [shlex.split(line) for line in said.out.splitlines()]
    assert all(word[0] == "export" and len(word) == 2 for word in words)
    variables = dict(word[1].split("=", 1) for word in words)
    assert variables["PULUMI_DEBUG_PROVIDERS"] == "alicloud:4711"
    assert variables["PULUMI_STACK"] == "lab"
    assert variables["PATH"].endswith(os.environ["PATH"])


def test_the_lab_of_root_is_no_other_user_s(shell: Shell, lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(type(lab)):  # type: ignore[misc]
        def read_text(self, *_: object, **__: object) -> str:
            raise PermissionError

    monkeypatch.setattr(environment, "CLOUD_PORT", Closed(lab / "cloud" / "port"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    said = shell.run("lab", "env")
    assert (said.code, said.err) == (2, "error: lab: is root's alone (got uid 1000)\n    become root: sudo -s\n")


@pytest.mark.parametrize("command", ["up", "down"])
def test_only_root_can_have_a_lab(command: str, shell: Shell, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    said = shell.run("lab", command)
    assert said.code == 3
    assert "this user: a lab makes network bridges and boots hosts, which root alone may (got uid 1000)" in said.err
    assert not state.exists()


@pytest.mark.parametrize("command", ["up", "down"])
def test_a_lab_runs_on_linux_alone(command: str, shell: Shell, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    said = shell.run("lab", command)
    assert said.code == 3
    assert "this machine: a lab runs on Linux alone (got darwin)" in said.err
    assert not state.exists()


@pytest.mark.parametrize("city", ["samarinda", "lab"])
def test_an_unknown_city_names_those_that_there_are(
    city: str, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("balikpapan", "bontang", "lab"):
        (tmp_path / f"Pulumi.{name}.yaml").touch()
    monkeypatch.setattr(up, "ROOT", tmp_path)
    said = shell.run("lab", "up", city)
    assert said.code == 2
    assert said.err.startswith(f"error: city {city}: isn't declared in this project")
    assert said.err.endswith("one of: balikpapan, bontang\n")


def test_more_sites_than_the_city_has_are_refused(shell: Shell, state: Path) -> None:
    said = shell.run("lab", "up", "--sites", "7")
    assert said.code == 2
    assert said.err == "error: --sites: Balikpapan declares 6 sites (got 7)\n    1 to 6\n"
    assert not state.exists()


@pytest.mark.parametrize("command", ["cut", "join"])
@pytest.mark.parametrize("site", ["64.71.03", "3", "timur"])
def test_an_unknown_site_names_those_of_the_lab(
    command: str, site: str, shell: Shell, lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cut", "restore"):
        monkeypatch.setattr(network, name, lambda number: pytest.fail(f"touched site {number}"))
    said = shell.run("lab", command, site)
    assert said.code == 2
    assert said.err == f"error: SITE: isn't a site of this lab (got {site})\n    one of: 64.71.01, 64.71.02\n"


@pytest.mark.parametrize("site", ["64.71.02", "2"])
def test_a_site_is_cut_and_mended_by_code_or_number(
    site: str, shell: Shell, lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, int]] = []
    for name in ("cut", "restore"):
        monkeypatch.setattr(network, name, lambda number, name=name: done.append((name, number)))
    assert shell.run("lab", "cut", site).code == 0
    assert shell.run("lab", "join", site).code == 0
    assert done == [("cut", 2), ("restore", 2)]
