"""Copies of images: none abroad."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, law
from simpul.policy.place import foreign_region


def check(sync: Resource) -> Iterator[Breach]:
    """Find a target abroad."""
    target = sync.get("targetRegionId")
    if foreign_region(target, sync.frame):
        yield Breach("sends images abroad", f'"{target}"', "Sync within the country.")


RULE = Rule(
    id="residency-image-sync",
    title="Images aren't copied abroad",
    source=law("PP 71/2019 art 20(2)", "what a public system runs is part of it, and stays in Indonesia"),
    looks_at="the target of every sync rule of the image registry",
    english="Copy images only to registries in the city's country.",
    indonesian="Salin image hanya ke registri di dalam negeri.",
    unwaivable="what was abroad can't be called back",
    on=Resource,
    types=("alicloud:cs/registryEnterpriseSyncRule:RegistryEnterpriseSyncRule",),
    check=check,
)
