"""Runs on a host, not here: says what is there of what the manifest names.

It comes in through `python3 -`, followed by a call of `main` with the manifest's JSON. It needs nothing but Python
3.7 and its standard library, changes nothing, and prints one JSON object. What it isn't allowed to see is null.
"""

from __future__ import annotations

import grp
import hashlib
import json
import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Callable
from typing import Any

LARGEST = 64 * 1024 * 1024  # above it size says enough; hashing would take seconds
SYSCTL_FOLDER = "/etc/sysctl.d/"
KUBECONFIG = "/etc/rancher/k3s/operator.yaml"  # what playbooks/roles/k3s leaves on a server to open its cluster
CHECK = ("/usr/local/bin/k3s", "certificate", "check")


def main(text: str) -> None:
    manifest = json.loads(text)
    found: dict[str, Any] = {
        "files": {path: inspect(path, wished["kind"]) for path, wished in manifest.get("files", {}).items()},
        "packages": packages(list(manifest.get("packages", {}))),
        "units": {name: unit(name) for name in manifest.get("units", {})},
        "sysctls": {},
        "certificates": certificates() if "certificates" in manifest else None,
        "kubeconfig": read(KUBECONFIG) if "kubeconfig" in manifest else None,
    }
    for path in manifest.get("files", {}):
        if path.startswith(SYSCTL_FOLDER):
            found["sysctls"].update(sysctls(path))
    json.dump(found, sys.stdout)


def inspect(path: str, wished: str) -> dict[str, Any] | None:
    try:
        # Ansible looks through a link unless a link is what it made.
        at = os.lstat(path) if wished in ("link", "absent") else os.stat(path)  # noqa: PTH116 as old as the host's Python
    except FileNotFoundError:
        return {"kind": "absent"}
    except OSError:
        return None
    kinds = {stat.S_IFDIR: "directory", stat.S_IFLNK: "link", stat.S_IFREG: "file"}
    found: dict[str, Any] = {
        "kind": kinds.get(stat.S_IFMT(at.st_mode), "other"),
        "mode": f"{stat.S_IMODE(at.st_mode):04o}",
    }
    found["owner"] = name(pwd.getpwuid, at.st_uid)
    found["group"] = name(grp.getgrgid, at.st_gid)
    if found["kind"] == "file":
        found["size"] = at.st_size
        if at.st_size <= LARGEST:
            found["checksum"] = checksum(path)
    return found


def name(look_up: Callable[[int], Any], number: int) -> str:
    try:
        return str(look_up(number)[0])
    except KeyError:
        return str(number)


def checksum(path: str) -> str | None:
    digest = hashlib.sha1()  # noqa: S324 Ansible's own kind of checksum
    try:
        with open(path, "rb") as file:  # noqa: PTH123 as old as the host's Python
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()


def packages(names: list[str]) -> dict[str, str]:
    if not names:
        return {}
    try:
        told = output(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names])
        present = {line.split()[0] for line in told.splitlines() if line.endswith(" installed")}
    except FileNotFoundError:
        present = set(output(["rpm", "-q", "--qf", "%{NAME}\n", *names]).split())
    return {one: "present" if one in present else "absent" for one in names}


def unit(name: str) -> dict[str, bool] | None:
    try:
        told = output(["systemctl", "show", "-p", "ActiveState,UnitFileState", name])
    except FileNotFoundError:
        return None
    facts = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    if "ActiveState" not in facts:
        return None
    return {
        "active": facts["ActiveState"] in ("active", "activating", "reloading"),
        "enabled": facts.get("UnitFileState") in ("enabled", "enabled-runtime", "static", "alias"),
    }


def sysctls(path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    try:
        with open(path) as file:  # noqa: PTH123 as old as the host's Python
            lines = [line.strip() for line in file]
    except OSError:
        return found
    for line in lines:
        key, given, wished = line.partition("=")
        if not given or line[0] in "#;-":  # a minus says that the kernel may refuse the value: none of it is drift
            continue
        key = key.strip()
        try:
            with open("/proc/sys/" + key.replace(".", "/")) as file:  # noqa: PTH123 as old as the host's Python
                found[key] = {"wished": wished.split(), "is": file.read().split()}
        except OSError:
            continue
    return found


def certificates() -> str | None:
    try:
        done = subprocess.run(CHECK, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    except OSError:
        return None
    return done.stderr


def read(path: str) -> str | None:
    try:
        with open(path) as file:  # noqa: PTH123 as old as the host's Python
            return file.read(LARGEST)
    except OSError:
        return None


def output(argv: list[str]) -> str:
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return done.stdout
