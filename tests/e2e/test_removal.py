"""What was made is unmade: by Pulumi in the cloud and on the hosts, by the lab on this machine."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from e2e.rehearsal import Lab, host_shell
from simpul.lab.cloud.store import Store
from simpul.lab.engine import CONFIG
from simpul.lab.place import STATE

pytestmark = pytest.mark.e2e


def test_destroy_leaves_nothing_in_the_cloud_and_no_k3s_on_the_hosts(lab: Lab) -> None:
    lab.pulumi("destroy", "--yes", "--skip-preview")
    assert Store(STATE / "cloud").all() == []
    for address in ("10.213.1.11", "10.213.2.11", "10.213.2.12"):
        left = lab.run(
            *host_shell(lab, address),
            "ls -d /usr/local/bin/k3s /etc/rancher /var/lib/rancher/k3s/* /etc/systemd/system/k3s* 2>/dev/null;"
            " pgrep -a k3s",
            check=False,
        )
        assert left.stdout == "", left.stdout


def test_lab_down_leaves_nothing_on_this_machine(lab: Lab) -> None:
    lab.run("simpul", "lab", "down")
    assert not STATE.exists()
    assert not CONFIG.is_symlink()
    for command in (["ip", "-brief", "link"], ["ip", "netns", "list"], ["findmnt", "--noheadings", "--list"]):
        assert "simpul" not in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert list(Path("/sys/fs/cgroup").glob("*/simpul-*")) == []
    deadline = time.monotonic() + 30  # one that has ended is listed until its parent has been told
    while (left := running()) and time.monotonic() < deadline:
        time.sleep(1)
    assert left == []


def running() -> list[str]:
    """List the processes of a lab."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    programs = ("systemd-nspawn", "simpul.lab.cloud", "simpul.lab.languagehost", "docker-registry")
    programs += ("/usr/lib/postgresql/", "redis-server", "versitygw")
    return [line for line in listed.splitlines() if any(program in line for program in programs)]
