"""`simpul stack`: what is missing is told before anything is asked of Pulumi."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest

from cli.command import Shell


def test_a_save_without_a_recipient_is_wrong_use(shell: Shell) -> None:
    said = shell.run("stack", "save")
    assert said.code == 2
    assert "--recipient: is missing: nobody could open what is saved" in said.err


def test_a_save_without_a_passphrase_is_wrong_use(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    key = pyrage.x25519.Identity.generate().to_public()
    said = shell.run("stack", "save", "--recipient", str(key))
    assert said.code == 2
    assert "neither PULUMI_CONFIG_PASSPHRASE nor PULUMI_CONFIG_PASSPHRASE_FILE is set" in said.err


def test_a_restore_says_where_the_passphrase_would_go(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    (tmp_path / "key").write_text(str(pyrage.x25519.Identity.generate()))
    said = shell.run("stack", "restore", "x.age", "--identity", str(tmp_path / "key"))
    assert said.code == 2
    assert "--passphrase-file: is missing" in said.err
    said = shell.run("stack", "restore", "x.age", "--identity", str(tmp_path / "key"), "--passphrase-file", "p")
    assert said.code == 2
    assert "x.age: can't be read" in said.err
