"""Containers: without root's single rights."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice, dig
from simpul.policy.workload import KINDS

ALLOWED = {"NET_BIND_SERVICE"}


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find containers that keep capabilities, or add some."""
    for container in manifest.containers():
        held = dig(container, "securityContext", "capabilities") or {}
        name = container.get("name")
        if "ALL" not in (held.get("drop") or ()):
            yield Breach(f"keeps rights of root: container {name}", "no drop: [ALL]", "Drop ALL capabilities.")
        more = sorted(set(held.get("add") or ()) - ALLOWED)
        if more:
            yield Breach(f"adds rights of root: container {name}", ", ".join(more), "Leave add out.")


RULE = Rule(
    id="pod-capability",
    title="Containers drop all capabilities",
    source=choice("Kubernetes' restricted pod standard: what a container never needs, an intruder can't use"),
    looks_at="capabilities of containers; NET_BIND_SERVICE may be added",
    english="Drop ALL capabilities.",
    indonesian="Lepaskan semua capability.",
    on=Manifest,
    types=KINDS,
    check=check,
)
