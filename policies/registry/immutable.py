"""Image tags: what one named once, it names for ever."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice


def check(repository: Resource) -> Iterator[Breach]:
    """Find a repository whose tags can be moved."""
    if repository.get("tagImmutability") not in (True, UNKNOWN):
        yield Breach("lets a tag name another image later", "no tagImmutability", "Set tagImmutability to true.")


RULE = Rule(
    id="registry-immutable",
    title="An image's tag can't be moved",
    source=choice("what runs is what was examined; so a tag means one image, as pod-image-pin takes it to"),
    looks_at="tagImmutability of the registry's repositories",
    english="Make the tags of every repository immutable.",
    indonesian="Jadikan tag setiap repositori tidak dapat diubah.",
    on=Resource,
    types=("alicloud:cs/registryEnterpriseRepo:RegistryEnterpriseRepo",),
    check=check,
)
