"""`simpul check`: declarations and rules, with no credentials and no network, for people and for programs."""

from __future__ import annotations

import json
import shutil
import socket
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml

from cli.command import Said, Shell
from simpul.policy import day
from simpul.project import ROOT

CASES = sorted((Path(__file__).parents[1] / "city" / "case").glob("*.yaml"))
CITY = ROOT / "Pulumi.balikpapan.yaml"


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day, "today", lambda: date(2026, 11, 24))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///state")


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing in this process reach a network, and take away what opens an account."""

    def refuse(*_: object) -> NoReturn:
        message = "the network was asked"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for name in ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "PULUMI_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def change(folder: Path, *, name: str = "balikpapan", **city: Any) -> Path:
    """Write the project's own city anew, changed; `cloud` and its like are merged one level deep."""
    data = yaml.safe_load(CITY.read_text())
    declared = data["config"]["simpul:city"]
    for key, value in city.items():
        declared[key] = {**declared[key], **value} if isinstance(value, dict) else value
    file = folder / f"Pulumi.{name}.yaml"
    file.write_text(yaml.safe_dump(data, sort_keys=False))
    return file


def data(said: Said) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(said.out)
    return parsed


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_declaration_is_told_to_hold_or_its_problems_are(case: Path, shell: Shell) -> None:
    said = shell.run("check", str(case))
    assert "Traceback" not in said.out + said.err
    if case.name.startswith("ok."):
        assert (said.code, said.err) == (0, ""), said.out
        assert "holds" in said.out
    else:
        assert said.code == 1
        assert said.err.startswith("error: ")
        assert str(case) in said.err


def test_there_are_at_least_25_bad_ones() -> None:
    assert sum(case.name.startswith("error.") for case in CASES) >= 25


def test_a_file_that_is_missing_is_told(shell: Shell) -> None:
    said = shell.run("check", "Pulumi.nowhere.yaml")
    assert said.code == 1
    assert "Pulumi.nowhere.yaml" in said.err


def test_a_stack_that_has_no_file_is_wrong_use(shell: Shell) -> None:
    said = shell.run("check", "nowhere")
    assert said.code == 2
    assert "balikpapan" in said.err


@pytest.mark.usefixtures("_alone")
def test_the_projects_own_city_holds_with_no_network_no_account_and_no_waiver(shell: Shell) -> None:
    said = shell.run("check", "balikpapan")
    assert (said.code, said.err) == (0, ""), said.out
    assert "Balikpapan (64.71), 6 sites: holds" in said.out
    assert "host-example" in said.out, "its gateways are those of documents"
    assert ": 0 broken, 1 warned, 0 waived" in said.out


@pytest.mark.parametrize("profile", ["small", "large"])
def test_a_city_of_another_profile_keeps_every_rule(profile: str, shell: Shell, tmp_path: Path) -> None:
    cloud: dict[str, Any] = {"profile": profile}
    if profile == "large":
        cloud["zones"] = ["ap-southeast-5a", "ap-southeast-5b", "ap-southeast-5c"]
    there = {"address": "registry-vpc.ap-southeast-5.aliyuncs.com/balikpapan"} if profile == "small" else {}
    said = shell.run("check", str(change(tmp_path, cloud=cloud, registry=there)))
    assert (said.code, said.err) == (0, ""), said.out
    assert ": 0 broken, 1 warned, 0 waived" in said.out


def test_a_registry_that_the_stack_won_t_have_is_told_with_the_one_that_it_will(shell: Shell, tmp_path: Path) -> None:
    said = shell.run("check", str(change(tmp_path, name="percobaan")))
    assert said.code == 1
    assert "city.registry.address: isn't the registry that the city will have" in said.err
    assert '"simpul-6471-percobaan-registry-vpc.ap-southeast-5.cr.aliyuncs.com/balikpapan"' in said.err


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("b" * 65, "has more than the 64 letters of a tag's value"),
        ("aliyun-bpn", "begins as the vendor's own names do"),
    ],
)
def test_a_stack_that_tags_can_t_name_is_refused_by_its_name_alone(
    name: str, what: str, shell: Shell, tmp_path: Path
) -> None:
    there = {"address": "registry-vpc.ap-southeast-5.aliyuncs.com/balikpapan"}
    said = shell.run("check", str(change(tmp_path, name=name, registry=there, cloud={"profile": "small"})))
    assert said.code == 1
    assert f"the stack's name: {what}" in said.err
    assert said.err.count("error: ") == 1
    assert "vendor-constraint" not in said.out


def _with_part(folder: Path, part: str) -> Path:
    file = folder / CITY.name
    file.write_text(CITY.read_text().replace("config:\n", f"config:\n  simpul:part: {part}\n", 1))
    return file


def test_a_part_that_there_isn_t_is_told_before_a_run(shell: Shell, tmp_path: Path) -> None:
    said = shell.run("check", str(_with_part(tmp_path, "nonsense")))
    assert said.code == 1
    assert 'config.simpul:part: must be all or cloud (got "nonsense")' in said.err


def test_a_city_that_makes_the_cloud_alone_holds_and_is_told_so(shell: Shell, tmp_path: Path) -> None:
    file = str(_with_part(tmp_path, "cloud"))
    said = shell.run("check", file)
    assert (said.code, said.err) == (0, "")
    assert "! config.simpul:part has a run make the cloud alone" in said.out
    assert "pulumi config rm simpul:part" in said.out
    [note] = data(shell.run("check", "--format", "json", file))["cities"][0]["notes"]
    assert note["where"] == "config.simpul:part"


def test_a_broken_rule_is_told_with_its_article_and_what_to_do(shell: Shell, tmp_path: Path) -> None:
    file = change(tmp_path, keys_end="2036-12-31", cloud={"protect": False})
    said = shell.run("check", str(file))
    assert said.code == 1
    assert said.err == ""
    assert "breaks 2 rules" in said.out
    assert "privilege-keys-declared: The sites' keys end within two years (engineering choice)" in said.out
    assert "keys_end 2036-12-31" in said.out
    assert "Write a day until 2028-11-23" in said.out
    assert ": 2 broken, 1 warned, 0 waived" in said.out


def test_waivers_are_shown_with_their_day_and_stop_after_it(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiver = {"rule": "protection-declared", "where": "city", "reason": "it goes, in a test", "by": "Diskominfo",
              "ends": "2026-12-20"}  # fmt: skip
    spare = {"rule": "host-user", "where": "nobody-*", "reason": "covers nothing at all", "by": "Diskominfo",
             "ends": "2026-12-31"}  # fmt: skip
    file = change(tmp_path, cloud={"protect": False}, waivers=[waiver, spare])
    said = shell.run("check", str(file))
    assert said.code == 0, said.out
    assert "waived until 2026-12-20 by Diskominfo: it goes, in a test" in said.out
    assert "the waiver of host-user at nobody-* covers nothing" in said.out

    monkeypatch.setattr(day, "today", lambda: date(2027, 1, 1))
    late = shell.run("check", str(file))
    assert late.code == 1
    assert "its waiver ended on 2026-12-20" in late.out


def test_a_waiver_of_no_rule_is_a_problem_with_the_nearest(shell: Shell, tmp_path: Path) -> None:
    waiver = {"rule": "host-users", "where": "x", "reason": "covers nothing", "by": "me", "ends": "2026-12-31"}
    said = shell.run("check", str(change(tmp_path, waivers=[waiver])))
    assert said.code == 1
    assert "city.waivers[0].rule: is no rule's id" in said.err
    assert "Did you mean host-user?" in said.err


def test_a_site_that_lets_the_world_in_is_told_in_every_check(shell: Shell, tmp_path: Path) -> None:
    """One site without a gateway took the list off the hub's ports, and nothing was said of it."""
    sites = yaml.safe_load(CITY.read_text())["config"]["simpul:city"]["sites"]
    sites[0]["link"] = {"kind": "internet", "offline_days": 14}
    said = shell.run("check", str(change(tmp_path, sites=sites)))
    assert said.code == 1
    assert "city.sites[0].link.gateway: is missing" in said.err

    sites[0]["link"]["open"] = True
    said = shell.run("check", str(change(tmp_path, sites=sites)))
    assert said.code == 0
    assert "exposure-entrance: Messages come in from where the sites are" in said.out
    assert "link.open of 64.71.01" in said.out
    assert ": 0 broken, 2 warned, 0 waived" in said.out


def test_programs_get_it_as_data(shell: Shell, tmp_path: Path) -> None:
    waiver = {"rule": "protection-declared", "where": "city", "reason": "it goes, in a test", "by": "Diskominfo",
              "ends": "2026-12-20"}  # fmt: skip
    there = {"address": "simpul-6471-one-registry-vpc.ap-southeast-5.cr.aliyuncs.com/balikpapan"}
    change(tmp_path, name="one", cloud={"protect": False}, keys_end="2036-12-31", waivers=[waiver], registry=there)
    files = [str(tmp_path / "Pulumi.one.yaml"), str(next(c for c in CASES if c.name.startswith("error.city.name")))]
    said = shell.run("check", *files, "--format", "json")
    assert said.code == 1
    told = data(said)
    assert (told["version"], told["holds"]) == (1, False)
    one, other = told["cities"]
    assert one["stack"] == "one"
    assert one["city"] == {"name": "Balikpapan", "wilayah": "64.71", "sites": 6}
    states = {finding["rule"]: finding["state"] for finding in one["findings"]}
    assert states == {
        "host-example": "warned",
        "privilege-keys-declared": "broken",
        "protection-declared": "waived",
    }
    waived = next(finding for finding in one["findings"] if finding["state"] == "waived")
    assert waived["waiver"] == {"reason": "it goes, in a test", "by": "Diskominfo", "ends": "2026-12-20"}
    assert one["counts"]["rules"] >= 42
    assert one["counts"]["manifests"] > 0
    assert other["city"] is None
    assert other["problems"][0].keys() == {"where", "what", "got", "next"}
    assert "a-password-of-32-letters" not in said.out
    assert "PRIVATE KEY" not in said.out


def test_without_helm_it_says_what_it_could_not_look_at(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "helm" else which(name))
    said = shell.run("check", "balikpapan")
    assert said.code == 3
    assert said.err.startswith("error: helm: isn't on PATH")
    assert said.out.endswith("9 hosts: 0 broken, 1 warned, 0 waived\n")


def test_every_city_of_the_project_is_checked_where_none_is_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("simpul.cli.check.ROOT", tmp_path)
    change(tmp_path, name="one")
    change(tmp_path, name="two")
    said = shell.run("check", "--format", "json")
    assert [city["stack"] for city in data(said)["cities"]] == ["one", "two"]
