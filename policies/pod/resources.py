"""Containers: what they need is set aside, and memory ends somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice, dig
from simpul.policy.workload import KINDS

NEEDED = (("requests", "cpu"), ("requests", "memory"), ("limits", "memory"))


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find containers that don't say what they need."""
    for container in manifest.containers():
        lacking = [".".join(path) for path in NEEDED if not dig(container, "resources", *path)]
        if lacking:
            what = f"doesn't say what it needs: container {container.get('name')}"
            yield Breach(what, f"no {', '.join(lacking)}", "Give it resources.")


RULE = Rule(
    id="pod-resources",
    title="Containers say what they need and where it ends",
    source=choice("one workload must not starve another; processor time is shared by requests, memory needs a limit"),
    looks_at="requests of processor and memory, and the limit of memory, of every container",
    english="Give each container requests, and a limit of memory.",
    indonesian="Beri setiap kontainer requests dan batas memori.",
    on=Manifest,
    types=KINDS,
    check=check,
)
