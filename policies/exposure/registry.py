"""The image registry: private, and no address of the world's on its list."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.place import WORLD


def check(resource: Resource) -> Iterator[Breach]:
    """Find public repositories, and a list that lets everybody in."""
    for prop in ("repoType", "defaultVisibility", "defaultRepoType"):
        if resource.get(prop) not in (None, "PRIVATE", UNKNOWN):
            yield Breach("can be pulled by everybody", f"{prop} {resource.get(prop)}", f"Set {prop} to PRIVATE.")
    if resource.get("entry") in WORLD:
        yield Breach(
            "lets the world reach the registry", f'"{resource.get("entry")}"', "List the operators' addresses."
        )


RULE = Rule(
    id="exposure-registry",
    title="Images are private",
    source=choice("an image tells what a city runs, with its versions and so with its flaws"),
    looks_at="visibility of the registry's namespaces and repositories, and its allow-list",
    english="Keep namespaces and repositories private, and list who reaches the registry.",
    indonesian="Jadikan namespace dan repositori privat, dan daftarkan siapa yang boleh menjangkau registri.",
    on=Resource,
    types=(
        "alicloud:cs/registryEnterpriseNamespace:RegistryEnterpriseNamespace",
        "alicloud:cs/registryEnterpriseRepo:RegistryEnterpriseRepo",
        "alicloud:cr/chartNamespace:ChartNamespace",
        "alicloud:cr/endpointAclPolicy:EndpointAclPolicy",
        "alicloud:cr/namespace:Namespace",
        "alicloud:cr/repo:Repo",
    ),
    check=check,
)
