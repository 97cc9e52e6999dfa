"""Whoever gives a machine back by hand is asked whose data goes; nothing is done to a host that wasn't named."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest
from pexpect import fdpexpect

from simpul.project import PLAYBOOKS

if TYPE_CHECKING:
    from conftest import Ansible

STAND_IN = """\
- name: Take {role} away
  ansible.builtin.file:
    path: "{{{{ folder }}}}/{{{{ inventory_hostname }}}}"
    state: absent
"""


@pytest.fixture
def book(ansible: Ansible, tmp_path: Path) -> Path:
    """Copy the playbook to where its roles take nothing but a file of the test's."""
    for role in ("k3s", "base"):
        tasks = tmp_path / "roles" / role / "tasks"
        tasks.mkdir(parents=True)
        (tasks / "remove.yml").write_text(STAND_IN.format(role=role))
    for name in ("one", "two"):
        (tmp_path / name).touch()
    inventory = ansible.folder / "inventory.yml"
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, "folder": str(tmp_path)}
    groups = {"server_hosts": {"hosts": {"one": here}}, "agent_hosts": {"hosts": {"two": here}}}
    inventory.write_text(json.dumps(groups))
    (ansible.folder / "ansible.cfg").touch()
    return Path(shutil.copy(PLAYBOOKS / "remove.yml", tmp_path))


def command(ansible: Ansible, *options: str) -> list[str]:
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    inventory = str(ansible.folder / "inventory.yml")
    return [program, "--inventory", inventory, "--extra-vars", "ansible_become=false", *options]


def run(ansible: Ansible, book: Path, *options: str, answer: str = "") -> str:
    """Run the playbook on a terminal and answer what it asks; give what it said."""
    ours, theirs = pty.openpty()
    # Not pexpect's own start, which forks: other tests of the process may have threads that take no fork.
    process = subprocess.Popen(
        command(ansible, *options, str(book)), env=environment(ansible), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    asked = fdpexpect.fdspawn(ours, encoding="utf-8", timeout=120)
    if not options:
        asked.expect("Whose k3s goes, with all data of its pods")
        asked.sendline(answer)
    asked.expect(pexpect.EOF)
    asked.close()
    process.wait()
    return str(asked.before)


def environment(ansible: Ansible) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(ansible.folder),
        **ansible.environment(),
    }


@pytest.mark.parametrize(
    ("answer", "left"), [("one", {"two"}), ("two, one", set()), ("", {"one", "two"}), ("all", {"one", "two"})]
)
def test_only_what_is_named_goes(ansible: Ansible, book: Path, answer: str, left: set[str]) -> None:
    said = run(ansible, book, answer=answer)
    assert {name for name in ("one", "two") if (book.parent / name).exists()} == left
    for name in left:
        assert f"{name}: keeps k3s and its data, as it wasn't named" in said
        assert f"ansible-playbook remove.yml --extra-vars simpul_remove={name}" in said


def test_a_run_that_nobody_answers_is_told_the_names(ansible: Ansible, book: Path) -> None:
    run(ansible, book, "--extra-vars", "simpul_remove=two")
    assert {name for name in ("one", "two") if (book.parent / name).exists()} == {"one"}
