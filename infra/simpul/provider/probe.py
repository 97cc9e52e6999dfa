"""How a host is now: its manifest held against what is there, and its keys, in one SSH session.

In go a connection and the manifest that the last Ansible run left; out comes, for each thing that differs, what
was found instead. Empty means that the host is as it was made. What a host renews by itself is no difference: the ends
of its certificates come along as they are, and so does a server's kubeconfig.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simpul.errors import OutsideError, Problem
from simpul.provider import expiry, ssh

_SCRIPT = Path(__file__).with_name("remote.py")
_NAMES = {"checksum": "other content", "size": "another size"}


@dataclass(frozen=True)
class Seen:
    """What was seen on a host: what differs, its manifest as it is with today's certificates, its kubeconfig.

    `kubeconfig` is what a server hands over, "" where it wasn't asked for or can't be read.
    """

    drift: dict[str, str]
    manifest: dict[str, Any]
    kubeconfig: str = field(default="", repr=False)


def look(
    connection: ssh.Connection, manifest: Mapping[str, Any], *, kubeconfig: bool = False, stop: threading.Event
) -> Seen:
    """Ask the host how it is, and for its `kubeconfig` if that is wanted. Raises as `ssh.run` does."""
    wish = {**manifest, **({"kubeconfig": True} if kubeconfig else {})}
    script = f"{_SCRIPT.read_text()}\n\nmain({json.dumps(wish)!r})\n"
    said = ssh.run(connection, script, stop=stop)
    try:
        found = json.loads(said)
    except ValueError as error:
        what = "its answer to the probe isn't JSON; a login script that prints would do that"
        raise OutsideError(Problem(f"host {connection.name}", what, next=connection.command)) from error
    words = found.get("certificates")
    renewed = expiry.told(words) if words else {}
    return Seen(compare(manifest, found), {**manifest, **renewed}, found.get("kubeconfig") or "")


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
