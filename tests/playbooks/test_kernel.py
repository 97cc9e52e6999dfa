"""The kernel's modules: loaded where they can be, taken as they are in a container, asked for where neither is so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from simpul.project import PLAYBOOKS

if TYPE_CHECKING:
    from conftest import Ansible

HERE = Path(__file__).parent
LACKING = "FATAL: Module br_netfilter not found in directory /lib/modules/6.1.0-18-amd64"
MODPROBE = f"""#!/bin/sh
echo "$1" >>"$0.calls"
[ "$1" != br_netfilter ] || {{ echo "modprobe: {LACKING}" >&2; exit 1; }}
"""
MACHINES = {
    "loads": {"overlay": False, "nf_conntrack": False},
    "has": {"br_netfilter": True, "ip_vs": True},
    "lacks": {"br_netfilter": False, "vxlan": True},
}
"""Which modules each machine is asked for, and whether its kernel has them already."""


@pytest.fixture(scope="module")
def loaded(ansible: Ansible) -> tuple[dict[str, str], list[str]]:
    """Load the modules of each machine; give what is said of it, and what modprobe was called for."""
    program = ansible.folder / "bin" / "modprobe"
    program.parent.mkdir()
    program.write_text(MODPROBE)
    program.chmod(0o755)
    said = ansible.fail(
        HERE / "kernel.yml",
        {name: host(ansible.folder / name, modules) for name, modules in MACHINES.items()},
        *("--extra-vars", '{"base_modules": "{{ case_modules }}"}'),
        env={"PATH": f"{program.parent}:/usr/sbin:/usr/bin:/sbin:/bin"},
    )
    return said, sorted(Path(f"{program}.calls").read_text().split())


def host(folder: Path, modules: dict[str, bool]) -> dict[str, Any]:
    """Make a host's variables; a module is there if the folder has something of its name."""
    folder.mkdir()
    for name, is_there in modules.items():
        if is_there:
            (folder / name).touch()
    case = [{"name": each, "there": f"test -e {folder / each}", "purpose": "which is needed"} for each in modules]
    return {"base_timezone": "Asia/Makassar", "ansible_host": "10.30.1.11", "case_modules": case}


def test_a_module_that_is_not_loaded_is_and_what_the_kernel_has_is_not_asked_for(
    loaded: tuple[dict[str, str], list[str]],
) -> None:
    said, called = loaded
    assert said.keys() == {"lacks"}
    assert called == ["br_netfilter", "nf_conntrack", "overlay"]


def test_what_a_kernel_lacks_is_told(loaded: tuple[dict[str, str], list[str]]) -> None:
    said = loaded[0]["lacks"]
    assert f"lacks: its kernel lacks br_netfilter, which is needed (got modprobe: {LACKING})\n" in said
    assert "ssh 10.30.1.11 sudo modprobe br_netfilter" in said


@pytest.mark.parametrize("name", ["br_netfilter", "overlay"])
def test_the_role_asks_for_what_pods_need(name: str) -> None:
    modules = yaml.safe_load((PLAYBOOKS / "roles" / "base" / "vars" / "main.yml").read_text())["base_modules"]
    assert name in [module["name"] for module in modules]
