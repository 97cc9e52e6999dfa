"""Containers: no more than what they began with."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice
from simpul.policy.workload import KINDS


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find privileged containers, and those that may become it."""
    for container in manifest.containers():
        own, name = container.get("securityContext") or {}, container.get("name")
        if own.get("privileged"):
            yield Breach(f"is the node's master: container {name}", "privileged", "Leave privileged out.")
        if own.get("allowPrivilegeEscalation") is not False:
            advice = "Set allowPrivilegeEscalation to false."
            yield Breach(f"may get more rights: container {name}", "no allowPrivilegeEscalation: false", advice)


RULE = Rule(
    id="pod-privilege",
    title="Containers are unprivileged and stay so",
    source=choice("Kubernetes' restricted pod standard: a privileged container is root on its node"),
    looks_at="privileged and allowPrivilegeEscalation of containers",
    english="Run containers without privileges, and forbid that they get any.",
    indonesian="Jalankan kontainer tanpa hak istimewa, dan larang penambahannya.",
    on=Manifest,
    types=KINDS,
    check=check,
)
