"""The kernel's modules: loaded where they can be, taken as they are in a container, asked for where neither is so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from simpul.project import PLAYBOOKS

if TYPE_CHECKING:
    from conftest import Ansible

HERE = Path(__file__).parent
LACKING = "FATAL: Module br_netfilter not found in directory /lib/modules/6.1.0-18-amd64"


def load(ansible: Ansible, folder: Path, modprobe: str, signs: dict[str, bool]) -> tuple[dict[str, str], list[str]]:
    """Load two modules by `modprobe`; give what is said, and which ones it was called for."""
    program, calls = folder / "modprobe", folder / "calls"
    program.write_text(f'#!/bin/sh\necho "$1" >>{calls}\n{modprobe}\n')
    program.chmod(0o755)
    calls.touch()
    modules = []
    for name, is_there in signs.items():
        modules.append({"name": name, "there": f"test -e {folder / name}", "purpose": "which is needed"})
        if is_there:
            (folder / name).mkdir()
    said = ansible.fail(
        HERE / "kernel.yml",
        {"bpn-1": {"base_timezone": "Asia/Makassar", "ansible_host": "10.30.1.11"}},
        *("--extra-vars", json.dumps({"base_modules": modules})),
        env={"PATH": f"{folder}:/usr/sbin:/usr/bin:/sbin:/bin"},
    )
    return said, calls.read_text().split()


def test_a_module_that_is_not_loaded_is(ansible: Ansible, tmp_path: Path) -> None:
    said, called = load(ansible, tmp_path, "exit 0", {"br_netfilter": False, "overlay": False})
    assert (said, called) == ({}, ["br_netfilter", "overlay"])


def test_what_the_kernel_has_already_is_not_asked_for(ansible: Ansible, tmp_path: Path) -> None:
    said, called = load(ansible, tmp_path, "exit 1", {"br_netfilter": True, "overlay": True})
    assert (said, called) == ({}, [])


def test_what_a_kernel_lacks_is_told(ansible: Ansible, tmp_path: Path) -> None:
    modprobe = f"echo 'modprobe: {LACKING}' >&2; exit 1"
    said, called = load(ansible, tmp_path, modprobe, {"br_netfilter": False, "overlay": True})
    assert called == ["br_netfilter"]
    assert f"bpn-1: its kernel lacks br_netfilter, which is needed (got modprobe: {LACKING})\n" in said["bpn-1"]
    assert "ssh 10.30.1.11 sudo modprobe br_netfilter" in said["bpn-1"]


@pytest.mark.parametrize("name", ["br_netfilter", "overlay"])
def test_the_role_asks_for_what_pods_need(name: str) -> None:
    modules = yaml.safe_load((PLAYBOOKS / "roles" / "base" / "vars" / "main.yml").read_text())["base_modules"]
    assert name in [module["name"] for module in modules]
