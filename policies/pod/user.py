"""Containers: none runs as root."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice, dig
from simpul.policy.workload import KINDS


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find containers that may run as root."""
    pod = dig(manifest.pod, "spec", "securityContext") or {}
    for container in manifest.containers():
        own = container.get("securityContext") or {}
        non_root = own.get("runAsNonRoot", pod.get("runAsNonRoot"))
        user = own.get("runAsUser", pod.get("runAsUser"))
        if non_root is not True or user == 0:
            got = f"runAsUser {user}" if user == 0 else "no runAsNonRoot"
            yield Breach(f"may run as root: container {container.get('name')}", got, "Set runAsNonRoot to true.")


RULE = Rule(
    id="pod-user",
    title="Containers don't run as root",
    source=choice("Kubernetes' restricted pod standard: who breaks out of a container is nobody on the node"),
    looks_at="runAsNonRoot and runAsUser of pods and containers",
    english="Let every container run as a user that isn't root.",
    indonesian="Jalankan setiap kontainer sebagai pengguna selain root.",
    on=Manifest,
    types=KINDS,
    check=check,
)
