"""What a host does every week about k3s's certificates: nothing, or one restart when that helps."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from simpul.project import PLAYBOOKS

SCRIPT = PLAYBOOKS / "roles" / "k3s" / "files" / "renew.sh"
WELL = "client-kubelet.crt: certificate system:node:bpn-1 (ClientAuth) is ok, expires at 2027-11-29T02:49:30Z"
NEAR = (
    "client-kubelet.crt: certificate system:node:bpn-1 (ClientAuth) will expire within 120 days at 2027-01-29T02:49:30Z"
)
OVER = "serving-kubelet.crt: certificate bpn-1 (ServerAuth) expired at 2026-11-01T02:49:30Z"
AUTHORITY = (
    "client-kubelet.crt: certificate k3s-client-ca@1 (CertSign) will expire within 120 days at 2027-01-29T02:49:30Z"
)


def week(folder: Path, *said: str, code: int = 0) -> tuple[int, list[str]]:
    """Let the week's night come on a host whose k3s says `said`; give the exit code and what was restarted."""
    lines = "\n".join(f'time="2026-11-29T02:49:33Z" level=info msg="{line}"' for line in said)
    for name, text in {
        "k3s": f"cat >&2 <<'END'\n{lines}\nEND\nexit {code}\n",
        "systemctl": f'echo "$*" >> {folder}/asked\n',
    }.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{text}")
        program.chmod(0o755)
    script = folder / "renew.sh"
    script.write_text(SCRIPT.read_text().replace("/usr/local/bin/k3s", str(folder / "k3s")))
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", str(script), "k3s-agent.service"], env={"PATH": path}, capture_output=True, text=True, check=False
    )
    asked = folder / "asked"
    return done.returncode, asked.read_text().splitlines() if asked.exists() else []


@pytest.mark.parametrize(
    ("said", "restarts"),
    [
        ((WELL,), []),
        ((), []),
        ((WELL, NEAR), ["restart k3s-agent.service"]),
        ((OVER,), ["restart k3s-agent.service"]),
        ((WELL, AUTHORITY), []),
    ],
    ids=["well", "nothing", "near", "over", "an authority, which no start renews"],
)
def test_k3s_is_restarted_when_that_renews_something(
    said: tuple[str, ...], restarts: list[str], tmp_path: Path
) -> None:
    assert week(tmp_path, *said) == (0, restarts)


def test_a_k3s_that_can_t_tell_makes_the_unit_fail(tmp_path: Path) -> None:
    assert week(tmp_path, "No help topic for 'check'", code=3) == (1, [])
