"""What has drifted on a host: its manifest held against what is there, in one SSH session.

In go a connection and the manifest that the last Ansible run left; out comes, for each thing that differs, what
was found instead. Empty means that the host is as it was made.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simpul.errors import OutsideError, Problem
from simpul.provider import ssh

_SCRIPT = Path(__file__).with_name("remote.py")
_NAMES = {"checksum": "other content", "size": "another size"}


def drift(connection: ssh.Connection, manifest: Mapping[str, Any], *, stop: threading.Event) -> dict[str, str]:
    """Ask the host; return what differs from `manifest`. Raises as `ssh.run` does."""
    script = f"{_SCRIPT.read_text()}\n\nmain({json.dumps(manifest)!r})\n"
    told = ssh.run(connection, script, stop=stop)
    try:
        found = json.loads(told)
    except ValueError as error:
        what = "its answer to the probe isn't JSON; a login script that prints would do that"
        raise OutsideError(Problem(f"host {connection.name}", what, next=connection.command)) from error
    return compare(manifest, found)


def compare(manifest: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, str]:
    """Return what in `found` differs from `manifest`; what wasn't seen (null) doesn't count."""
    return dict(_compare(manifest, found))


def _compare(manifest: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, wished in manifest.get("files", {}).items():
        if differs := list(_file(wished, found["files"].get(path))):
            yield f"file {path}", ", ".join(differs)
    for name, wished in manifest.get("packages", {}).items():
        if (actual := found["packages"].get(name)) not in (None, wished):
            yield f"package {name}", str(actual)
    for name, wished in manifest.get("units", {}).items():
        actual = found["units"].get(name) or {}
        off = [
            facet if is_so else f"not {facet}"
            for facet, is_so in actual.items()
            if is_so is not wished.get(facet, is_so)
        ]
        if off:
            yield f"unit {name}", ", ".join(off)
    for key, values in found.get("sysctls", {}).items():
        if values["is"] != values["wished"]:
            yield f"sysctl {key}", " ".join(values["is"])


def _file(wished: Mapping[str, Any], actual: Mapping[str, Any] | None) -> Iterator[str]:
    if actual is None:
        return
    if actual["kind"] != wished["kind"]:
        yield actual["kind"]
        return
    for facet, value in wished.items():
        seen = actual.get(facet)
        # Content says more than size; size stands in where content wasn't read.
        if facet == "size" and actual.get("checksum") and "checksum" in wished:
            continue
        if facet != "kind" and seen is not None and seen != value:
            yield _NAMES.get(facet, f"{facet} {seen}")
