"""The playbooks as Ansible's own programs judge them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simpul.project import PLAYBOOKS

if TYPE_CHECKING:
    from conftest import Ansible

BOOKS = sorted(PLAYBOOKS.glob("[!.]*.yml"))
SCRIPTS = sorted(PLAYBOOKS.rglob("files/*.sh"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_shell_reads_the_script(script: Path) -> None:
    done = subprocess.run(["sh", "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_ansible_reads_the_playbooks_and_ansible_lint_s_strictest_profile_finds_nothing(ansible: Ansible) -> None:
    """The second has the first read each playbook; and it gets copies, as it leaves a cache beside what it reads."""
    program = str(Path(sys.executable).with_name("ansible-lint"))
    copy = ansible.folder / "playbooks"
    subprocess.run(["cp", "-r", str(PLAYBOOKS), str(copy)], check=True)
    done = subprocess.run(
        [program, "-c", ".ansible-lint.yml", *(book.name for book in BOOKS), "roles"],
        cwd=copy,
        env={**os.environ, **ansible.environment(), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed: 0 failure(s), 0 warning(s) in 0 files" not in done.stderr
