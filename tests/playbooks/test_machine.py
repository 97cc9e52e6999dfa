"""The base role's preflight: a file in machine/ is what a survey saw, the text beside it what the operator is told."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import Ansible, Golden

HERE = Path(__file__).parent
CASES = sorted((HERE / "machine").glob("*.yml"), key=lambda path: path.stem)
WELL = {
    "processor": "x86_64",
    "distribution": "debian",
    "release": "12",
    "system": "Debian GNU/Linux 12 (bookworm)",
    "init": "systemd",
    "memory_mib": "1967",
    "disk_gib": "10",
    "python": "3.11",
    "root": "yes",
    "zone": "yes",
    "k3s": "",
}
PROGRAMS = {
    "date": "expr $(/bin/date +%s) + 3600",
    "df": "echo Filesystem; echo /dev/sda1 20971520 18874368 2097152 90% /var/lib",
    "uname": "echo riscv64",
}


def host(case: dict[str, Any]) -> dict[str, Any]:
    """Make a host's variables of a case; its clock is so many seconds from now."""
    now = int(time.time())
    clocks = {"asked": str(now + case.get("asked", 0)), "clock": str(now + case.get("clock", 0))}
    seen = {**WELL, **clocks, **case.get("seen", {})}
    return {"base_timezone": "Asia/Makassar", "case_seen": seen, **case.get("vars", {})}


@pytest.fixture(scope="module")
def said(ansible: Ansible) -> dict[str, str]:
    """Check every case's machine in one run; give what is said of each."""
    hosts = {path.stem: host(yaml.safe_load(path.read_text())) for path in CASES}
    given = "--extra-vars", '{"role": "base", "base_seen": "{{ case_seen }}"}'
    return ansible.fail(HERE / "preflight.yml", hosts, *given)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_machine_is_told_what_stands_against_it(path: Path, said: dict[str, str], golden: type[Golden]) -> None:
    assert (path.stem in said) == path.stem.startswith("error.")
    if path.stem in said:
        text = re.sub(r"36\d\d seconds|35\d\d seconds", "3600 seconds", said[path.stem])
        golden(path.with_suffix(".txt")).expect(text + "\n")


def test_the_survey_is_made_on_the_machine_itself(ansible: Ansible, tmp_path: Path) -> None:
    for name, script in PROGRAMS.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    said = ansible.fail(
        HERE / "preflight.yml",
        {"bpn-timur-1": {"base_timezone": "Asia/Nowhere's", "base_min_memory_mib": 99_000_000}},
        *("--extra-vars", '{"role": "base"}'),
        env={"PATH": f"{tmp_path}:/usr/sbin:/usr/bin:/sbin:/bin"},
    )["bpn-timur-1"]
    assert re.search(r"a clock within 300 seconds .* \(got 3[56]\d\d seconds ahead\)", said)
    assert "needs 10 GiB of free space on /var/lib (got 2 GiB)" in said
    assert "needs an x86_64 processor, which the programs in the bundle are built for (got riscv64)" in said
    assert re.search(r"needs 99000000 MiB of memory \(got [1-9]\d+ MiB\)", said)
    assert "doesn't know its time zone Asia/Nowhere's" in said


@pytest.fixture(scope="module")
def surveyed(ansible: Ansible) -> dict[str, str]:
    """Check this machine, once with what it can't have, once with what isn't a size."""
    impossible = {"base_timezone": "Asia/Makassar", "base_max_clock_skew_seconds": 60, "base_min_disk_gib": 99_000_000}
    hosts = {"small": impossible, "wrong": {"base_min_disk_gib": "plenty"}}
    return ansible.fail(HERE / "preflight.yml", hosts, "--extra-vars", '{"role": "base"}')


def test_a_clock_that_agrees_is_no_problem(surveyed: dict[str, str]) -> None:
    assert "99000000 GiB" in surveyed["small"]
    assert "clock" not in surveyed["small"]


def test_a_wrong_variable_is_refused_before_the_machine_is_looked_at(surveyed: dict[str, str]) -> None:
    assert "missing required arguments: base_timezone" in surveyed["wrong"]
    assert "base_min_disk_gib" in surveyed["wrong"]
