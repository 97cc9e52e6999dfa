"""A manifest held against a machine: this one, with files of the test's own."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from simpul.provider import probe, remote


def look(manifest: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    remote.main(json.dumps(manifest))
    return probe.compare(manifest, json.loads(capsys.readouterr().out))


def test_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("as made")
    file.chmod(0o640)
    (tmp_path / "link").symlink_to(file)
    wished = {"kind": "file", "checksum": hashlib.sha1(b"as made").hexdigest(), "mode": "0640", "size": 7}  # noqa: S324
    manifest = {
        "files": {
            str(file): wished,
            str(tmp_path): {"kind": "directory"},
            str(tmp_path / "link"): {"kind": "link"},
            str(tmp_path / "gone"): {"kind": "absent"},
        }
    }
    assert look(manifest, capsys) == {}

    file.write_text("by hand")
    file.chmod(0o600)
    (tmp_path / "gone").mkdir()
    (tmp_path / "link").unlink()
    assert look(manifest, capsys) == {
        f"file {file}": "other content, mode 0600",
        f"file {tmp_path}/link": "absent",
        f"file {tmp_path}/gone": "directory",
    }


def test_a_large_file_is_compared_by_its_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "images.tar"
    file.touch()
    os.truncate(file, remote.LARGEST + 1)
    manifest = {"files": {str(file): {"kind": "file", "checksum": "c", "size": remote.LARGEST + 1}}}
    assert look(manifest, capsys) == {}
    os.truncate(file, remote.LARGEST + 2)
    assert look(manifest, capsys) == {f"file {file}": "another size"}


def test_packages(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = tmp_path / "dpkg-query"
    query.write_text("#!/bin/sh\necho 'chrony installed'\necho 'nano config-files'\n")
    query.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    manifest = {"packages": {"chrony": "present", "nftables": "present", "nano": "absent"}}
    assert look(manifest, capsys) == {"package nftables": "absent"}


def test_units(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    systemctl = tmp_path / "systemctl"
    systemctl.write_text("#!/bin/sh\nprintf 'ActiveState=failed\\nUnitFileState=enabled\\n'\n")
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    manifest = {"units": {"k3s.service": {"active": True, "enabled": True}, "old.service": {"active": False}}}
    assert look(manifest, capsys) == {"unit k3s.service": "not active"}


def test_sysctls_are_as_their_file_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "90-simpul.conf"
    file.write_text("# ours\nkernel.ostype = Linux\nkernel.osrelease=never\n-kernel.version=never\nno.such.key=1\n")
    monkeypatch.setattr(remote, "SYSCTL_FOLDER", f"{tmp_path}/")
    release = Path("/proc/sys/kernel/osrelease").read_text().strip()
    assert look({"files": {str(file): {"kind": "file"}}}, capsys) == {"sysctl kernel.osrelease": release}


def test_what_can_t_be_seen_is_no_drift() -> None:
    manifest = {"files": {"/root/x": {"kind": "file"}}, "units": {"a.service": {"active": True}}}
    found = {"files": {"/root/x": None}, "packages": {}, "units": {"a.service": None}, "sysctls": {}}
    assert probe.compare(manifest, found) == {}
