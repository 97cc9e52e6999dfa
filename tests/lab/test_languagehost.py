"""The lab's language host under the real engine: programs run, and what they say and raise is seen."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: probe\nruntime: python\nmain: program\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  probe:who: {name: Balikpapan}\n")
    (tmp_path / "program").mkdir()
    (tmp_path / "state").mkdir()
    return tmp_path


def pulumi(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PULUMI_BACKEND_URL": f"file://{project / 'state'}",
        "PULUMI_HOME": str(project / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase for this test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    return subprocess.run(
        ["pulumi", *arguments, "--non-interactive"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def up(project: Path, program: str) -> subprocess.CompletedProcess[str]:
    (project / "program" / "__main__.py").write_text(program)
    pulumi(project, "stack", "select", "--create", "dev")
    return pulumi(project, "up", "--yes", "--skip-preview")


def test_a_program_reads_its_configuration_and_exports(project: Path) -> None:
    done = up(
        project,
        "import pulumi\nprint('a word of the program')\n"
        "pulumi.export('who', pulumi.Config('probe').require_object('who')['name'])\n",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a word of the program" in done.stdout
    assert pulumi(project, "stack", "output", "who").stdout.strip() == "Balikpapan"


def test_a_run_error_is_told_without_a_trace(project: Path) -> None:
    done = up(project, "import pulumi\nraise pulumi.RunError('city.name: is missing')\n")
    assert done.returncode != 0
    assert "city.name: is missing" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_mistake_in_the_program_is_told_with_its_trace(project: Path) -> None:
    done = up(project, "1 / 0\n")
    assert done.returncode != 0
    assert "ZeroDivisionError" in done.stdout
