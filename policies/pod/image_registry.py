"""Images: from the city's own registry."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, law
from simpul.policy.workload import KINDS


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find images of other registries."""
    for container in manifest.containers():
        image = str(container.get("image") or "")
        if not image.startswith(f"{manifest.frame.registry}/"):
            what = f"runs an image that isn't the city's: container {container.get('name')}"
            yield Breach(what, f'"{image}"', f"Build it, and push it to {manifest.frame.registry}.")


RULE = Rule(
    id="pod-image-registry",
    title="Images come from the city's own registry",
    source=law("PP 71/2019 art 20(2)", "what a public system runs is kept in Indonesia; a hub abroad may vanish"),
    looks_at="images of all containers, beside registry.address of the declaration",
    english="Run images of the city's own registry alone.",
    indonesian="Jalankan hanya image dari registri milik kota.",
    on=Manifest,
    types=KINDS,
    check=check,
)
