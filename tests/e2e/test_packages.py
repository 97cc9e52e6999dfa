"""What a lab installs on a machine that runs systemd opens no port there: a machine of the lab's own stands for it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from e2e.rehearsal import Lab
from simpul.lab import machine, rootfs
from simpul.lab.prerequisite import PACKAGES

pytestmark = pytest.mark.e2e

NAME = "drill"


@pytest.fixture
def debian(lab: Lab) -> Iterator[str]:
    """Boot a whole Debian that has nothing of a lab's yet."""
    spec = machine.Spec(NAME, 1, IPv4Address("10.213.1.99"), "")
    try:
        machine.wait_ssh(machine.start(spec))
        yield NAME
    finally:
        machine.stop(NAME)


def listening() -> set[str]:
    """List the places at which programs of the machine wait for others."""
    return {line.split()[4] for line in machine.run(NAME, ["ss", "-Hltun"]).splitlines()}


def fetch(folder: Path) -> list[Path]:
    """Fetch the packages of a lab, with all that the machine's Debian lacks for them."""
    command = ["apt-get", "install", "--yes", "--quiet", "--download-only", "--no-install-recommends"]
    status = rootfs.find() / "var" / "lib" / "dpkg" / "status"
    (folder / "partial").mkdir()
    options = [f"Dir::State::status={status}", f"Dir::Cache::archives={folder}", "Debug::NoLocking=1"]
    argv = [*command, *(part for option in options for part in ("-o", option)), *sorted({*PACKAGES.values()})]
    subprocess.run(argv, check=True, capture_output=True, timeout=300, stdin=subprocess.DEVNULL)
    return sorted(folder.glob("*.deb"))


@pytest.mark.usefixtures("debian")
def test_no_package_opens_a_port(tmp_path: Path) -> None:
    before = listening()
    packages = fetch(tmp_path)
    assert {"buildah", "debootstrap", "systemd-container"} <= {each.name.partition("_")[0] for each in packages}
    for each in packages:
        machine.put(NAME, each, f"/srv/{each.name}")
    install = "DEBIAN_FRONTEND=noninteractive dpkg --install /srv/*.deb && systemctl is-system-running --wait || true"
    machine.run(NAME, ["sh", "-c", install], seconds=300)
    assert "install ok installed" in machine.run(NAME, ["dpkg", "--status", "systemd-container"])
    assert listening() == before
