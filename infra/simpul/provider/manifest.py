"""What Ansible manages on a host, read from its own results.

In goes the result of a task that succeeded, into the manifest goes what that task holds true from now on: files
with checksum, mode and owner, packages, units, and when k3s's certificates end. No content and no secret: results under
`no_log` are censored by Ansible before they get here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from simpul.provider import expiry

_FILE_ACTIONS: Final = frozenset(
    {"assemble", "blockinfile", "copy", "file", "get_url", "lineinfile", "replace", "template"}
)
_PACKAGE_ACTIONS: Final = frozenset({"apt", "dnf", "package", "yum"})
_UNIT_ACTIONS: Final = frozenset({"service", "systemd", "systemd_service"})
_STARTED: Final = frozenset({"started", "restarted", "reloaded"})
# What is worth comparing of each kind of file; a link's mode and owner are those of its target.
_FACETS: Final = {
    "file": ("checksum", "mode", "owner", "group", "size"),
    "directory": ("mode", "owner", "group"),
    "link": (),
    "absent": (),
}

Manifest = dict[str, dict[str, Any]]


def record(manifest: Manifest, action: str, result: Mapping[str, Any]) -> None:
    """Add to `manifest` what `result`, of a task with `action`, says."""
    if result.get("_ansible_delegated_vars") or result.get("_ansible_no_log"):
        return  # it is about another machine, or says nothing
    name = action.rpartition(".")[2]
    given = (result.get("invocation") or {}).get("module_args") or {}
    if name in _FILE_ACTIONS:
        _file(manifest, result, given)
    elif name in _PACKAGE_ACTIONS:
        _package(manifest, given)
    elif name in _UNIT_ACTIONS:
        _unit(manifest, result, given)
    elif result.get("cmd") == list(expiry.CHECK):
        manifest.update(expiry.told(str(result.get("stderr", ""))))


def _file(manifest: Manifest, result: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    path = result.get("dest") or result.get("path") or given.get("dest") or given.get("path")
    if not path:
        return
    state = result.get("state") or given.get("state") or "file"
    kind = state if state in _FACETS else "file"
    found = {facet: result[facet] for facet in _FACETS[kind] if result.get(facet) is not None}
    manifest.setdefault("files", {})[path] = {"kind": kind, **found}


def _package(manifest: Manifest, given: Mapping[str, Any]) -> None:
    names = given.get("name") or given.get("package") or []
    absent = given.get("state") in ("absent", "removed")
    for name in names if isinstance(names, list) else str(names).split(","):
        # A package may be given with a version, a file or an architecture; the bare name is what is asked for.
        bare = str(name).strip().partition("=")[0].partition(":")[0]
        if bare and "/" not in bare and "*" not in bare:
            manifest.setdefault("packages", {})[bare] = "absent" if absent else "present"


def _unit(manifest: Manifest, result: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    name = result.get("name") or given.get("name") or given.get("unit")
    if not name:
        return  # only a daemon-reload
    wished: dict[str, bool] = {}
    if (state := given.get("state") or result.get("state")) is not None:
        wished["active"] = state in _STARTED
    if (enabled := given.get("enabled")) is not None:
        wished["enabled"] = bool(enabled)
    unit = name if "." in name else f"{name}.service"
    manifest.setdefault("units", {}).setdefault(unit, {}).update(wished)
