"""Images: the same one tomorrow as today."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice
from simpul.policy.workload import KINDS

DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
RECIPE = re.compile(r":[A-Za-z0-9_][A-Za-z0-9_.-]*-[0-9a-f]{12}$")
"""The tag that `simpul image` gives: a version, and a digest over the whole recipe of the image."""


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find images whose names may mean another image later."""
    for container in manifest.containers():
        image = str(container.get("image") or "")
        if not DIGEST.search(image) and not RECIPE.search(image):
            what = f"may run another image tomorrow: container {container.get('name')}"
            yield Breach(what, f'"{image}"', "Name it by digest, or by the tag that simpul image gives.")


RULE = Rule(
    id="pod-image-pin",
    title="An image is named by digest, or by the digest of its recipe",
    source=choice(
        "what runs is what was examined. A city's own image is named before it is built, so its tag carries the digest "
        "of its recipe; registry-immutable holds that tag to one image, as a digest would"
    ),
    looks_at="images of all containers",
    english="Name images by digest, or by the content-derived tag that the city's recipes give.",
    indonesian="Sebut image dengan digest, atau dengan tag turunan isi dari resep milik kota.",
    on=Manifest,
    types=KINDS,
    check=check,
)
