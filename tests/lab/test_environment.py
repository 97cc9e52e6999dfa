"""What a shell needs for the lab, as variables and as lines that it evaluates."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simpul.errors import CityError
from simpul.lab import environment


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "port"
    file.write_text("4711\n")
    monkeypatch.setattr(environment, "CLOUD_PORT", file)
    return file


def test_no_lab_is_an_error_that_says_how_to_get_one(port: Path) -> None:
    port.unlink()
    with pytest.raises(CityError, match=r"lab: isn't up \(got no .*port\)\n    simpul lab up"):
        environment.variables()


def test_the_lab_s_tools_come_before_the_user_s_own(port: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = Path("/cache/pulumi")
    monkeypatch.setattr(environment, "folders", lambda: [built])
    monkeypatch.setenv("PATH", "/of/the/user")
    folders = environment.variables()["PATH"].split(os.pathsep)
    assert folders == [str(Path(sys.executable).parent), str(built), "/of/the/user"]


def test_a_shell_that_evaluates_it_has_exactly_these_variables(port: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "BACKEND", Path("/a place/with $HOME and 'quotes'"))
    wanted = environment.variables()
    printed = subprocess.run(
        ["/bin/sh", "-c", 'eval "$1"; exec /usr/bin/env -0', "sh", environment.shell()],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = dict(entry.split("=", 1) for entry in printed.split("\0") if entry)
    assert {name: found.get(name) for name in wanted} == wanted


def test_no_secret_is_among_them(port: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("only in its file")
    monkeypatch.setattr(environment, "PASSPHRASE", passphrase)
    assert environment.variables()["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(passphrase)
    assert "only in its file" not in environment.shell()
