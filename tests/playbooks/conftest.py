"""Ansible on this machine alone: no host, no root, no network."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from simpul.project import PLAYBOOKS

UPDATE = "SIMPUL_UPDATE_GOLDEN"
FAILED = re.compile(r"^fatal: \[(?P<host>[^\] ]+).*?\]: FAILED! => (?P<result>\{.*\})$", re.MULTILINE)


@dataclass(frozen=True)
class Ansible:
    """Runs a playbook over hosts that are all this machine."""

    folder: Path

    def run(
        self,
        playbook: Path,
        hosts: dict[str, dict[str, Any]],
        *options: str,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        inventory = self.folder / "inventory.yml"
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        (self.folder / "ansible.cfg").touch()
        inventory.write_text(yaml.safe_dump({"all": {"vars": local, "hosts": hosts}}))
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        return subprocess.run(
            [program, "--inventory", str(inventory), *options, str(playbook)],
            env={**os.environ, **self.environment(), **(env or {})},
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        return {
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "local"),
            "ANSIBLE_REMOTE_TEMP": str(self.folder / "remote"),
            "ANSIBLE_ROLES_PATH": str(PLAYBOOKS / "roles"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_FORKS": "4",
        }

    def fail(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Run a playbook and give what its last failed task says, by host; hosts that passed are left out."""
        done = self.run(*args, **kwargs)
        found = {match["host"]: json.loads(match["result"])["msg"] for match in FAILED.finditer(done.stdout)}
        assert done.returncode == (2 if found else 0), done.stdout + done.stderr
        return found


@pytest.fixture(scope="module")
def ansible(tmp_path_factory: pytest.TempPathFactory) -> Ansible:
    return Ansible(tmp_path_factory.mktemp("ansible"))


@dataclass(frozen=True)
class Golden:
    """What is expected, in a file beside the case; SIMPUL_UPDATE_GOLDEN=1 writes it anew."""

    path: Path

    def expect(self, said: str) -> None:
        if os.environ.get(UPDATE):
            self.path.write_text(said, "utf-8")
        assert self.path.exists(), f"to write it: {UPDATE}=1 pytest tests/playbooks"
        assert said == self.path.read_text("utf-8")


@pytest.fixture
def golden() -> type[Golden]:
    return Golden
