"""Containers: only the system calls that programs use."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice, dig
from simpul.policy.workload import KINDS

FILTERED = ("RuntimeDefault", "Localhost")


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find containers without a filter."""
    pod = dig(manifest.pod, "spec", "securityContext", "seccompProfile", "type")
    for container in manifest.containers():
        found = dig(container, "securityContext", "seccompProfile", "type") or pod
        if found not in FILTERED:
            what = f"may make every system call: container {container.get('name')}"
            yield Breach(what, str(found or "no seccompProfile"), "Set seccompProfile.type to RuntimeDefault.")


RULE = Rule(
    id="pod-seccomp",
    title="Containers have a seccomp profile",
    source=choice("Kubernetes' restricted pod standard: the kernel's rarely used calls are where its flaws are"),
    looks_at="seccompProfile of pods and containers",
    english="Use the runtime's seccomp profile.",
    indonesian="Gunakan profil seccomp bawaan runtime.",
    on=Manifest,
    types=KINDS,
    check=check,
)
