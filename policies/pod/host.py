"""Pods: nothing of their node."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice
from simpul.policy.workload import KINDS

SHARED = ("hostNetwork", "hostPID", "hostIPC")


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find pods that share their node's network, processes, files or ports."""
    spec = (manifest.pod or {}).get("spec") or {}
    for name in SHARED:
        if spec.get(name):
            yield Breach("is in the node's own network or processes", name, f"Leave {name} out.")
    for volume in spec.get("volumes") or ():
        if "hostPath" in volume:
            got = f"volume {volume.get('name')}"
            yield Breach("reads or writes the node's own files", got, "Use a claim, an emptyDir or a secret.")
    for container in manifest.containers():
        ports = [port["hostPort"] for port in container.get("ports") or () if port.get("hostPort")]
        if ports:
            yield Breach("takes a port of the node", f"hostPort {ports[0]}", "Use a Service.")


RULE = Rule(
    id="pod-host",
    title="Pods share nothing with their node",
    source=choice("Kubernetes' restricted pod standard: what is the node's opens the node"),
    looks_at="hostNetwork, hostPID, hostIPC, hostPath and hostPort",
    english="Keep pods out of the node's network, processes, files and ports.",
    indonesian="Jauhkan pod dari jaringan, proses, berkas, dan porta node.",
    on=Manifest,
    types=KINDS,
    check=check,
)
