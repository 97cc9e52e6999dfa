"""The lab that these tests run on, and the commands that its users type."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from typing import Any

import pytest

from simpul.project import ROOT

STAYS_SECONDS = 10
"""For how long a city has to be well to be taken for one that is."""


@dataclass(frozen=True)
class Lab:
    """A running lab, and the commands of its user's shell."""

    variables: dict[str, str]

    def run(self, *command: str, check: bool = True, seconds: float = 900) -> subprocess.CompletedProcess[str]:
        """Run a command as a user of the lab; unless `check` is off, one that fails fails the test with its words."""
        done = subprocess.run(
            command, cwd=ROOT, env=self.variables, capture_output=True, text=True, timeout=seconds, check=False
        )
        if check and done.returncode != 0:
            pytest.fail(
                f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
            )
        return done

    def pulumi(self, *arguments: str, check: bool = True) -> str:
        """Run a Pulumi command."""
        return self.run("pulumi", *arguments, "--non-interactive", check=check).stdout

    def up(self) -> str:
        """Run `pulumi up`."""
        return self.pulumi("up", "--yes", "--skip-preview", "--suppress-outputs")

    def status(self) -> dict[str, Any]:
        """Ask how the city is."""
        status: dict[str, Any] = json.loads(self.run("simpul", "status", "--json", check=False).stdout)
        return status

    def settles(self) -> bool:
        """Say whether the city is well and stays so, at once or when what was restarted has had its time.

        Right after a restart a cluster still tells what was so before it.
        """
        deadline, since = time.monotonic() + 120, None
        while time.monotonic() < deadline:
            if not self.status()["well"]:
                since = None
            elif since is None:
                since = time.monotonic()
            elif time.monotonic() - since > STAYS_SECONDS:
                return True
            time.sleep(2)
        return False

    def endpoints(self) -> list[dict[str, Any]]:
        """Ask where clients get in."""
        endpoints: list[dict[str, Any]] = json.loads(
            self.pulumi("stack", "output", "endpoints", "--json", "--show-secrets")
        )
        return endpoints


def host_shell(lab: Lab, address: str) -> list[str]:
    """Give the command that runs another on the host at `address`."""
    key = lab.variables["ANSIBLE_PRIVATE_KEY_FILE"]
    trust = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR")
    return ["ssh", "-i", key, *trust, f"simpul@{address}"]


def bring_up() -> None:
    """Type `simpul lab up`; its lines go to the log of the tests."""
    subprocess.run(["simpul", "lab", "up"], cwd=ROOT, check=True, timeout=3000)
