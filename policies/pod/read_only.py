"""Containers: their own files can't be changed."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice, dig
from simpul.policy.workload import KINDS


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find containers whose own files can be changed."""
    for container in manifest.containers():
        if dig(container, "securityContext", "readOnlyRootFilesystem") is not True:
            what = f"can be changed while it runs: container {container.get('name')}"
            yield Breach(what, "no readOnlyRootFilesystem", "Set it to true, and write to volumes.")


RULE = Rule(
    id="pod-read-only",
    title="Containers can't change their own files",
    source=choice("who gets into a container can't leave a program there"),
    looks_at="readOnlyRootFilesystem of containers",
    english="Make the root file system read-only, and write to volumes.",
    indonesian="Jadikan sistem berkas root hanya-baca, dan tulis ke volume.",
    on=Manifest,
    types=KINDS,
    check=check,
)
