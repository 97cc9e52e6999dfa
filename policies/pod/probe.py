"""Containers that serve: whether they are well can be asked."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice

PROBES = ("readinessProbe", "livenessProbe")


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find containers that can't be asked."""
    for container in manifest.containers(helpers=False):
        lacking = [probe for probe in PROBES if not container.get(probe)]
        if lacking:
            what = f"can't be asked whether it is well: container {container.get('name')}"
            yield Breach(what, f"no {' and no '.join(lacking)}", "Give it probes.")


RULE = Rule(
    id="pod-probe",
    title="What serves can be asked whether it is well",
    source=choice("without probes a hung server stays in service, and an update goes on over a broken one"),
    looks_at="readiness and liveness probes of containers that run for good",
    english="Give each server a readiness and a liveness probe.",
    indonesian="Beri setiap server probe readiness dan liveness.",
    on=Manifest,
    types=("Deployment", "StatefulSet", "DaemonSet"),
    check=check,
)
