"""What holds data: the engine refuses to delete it too."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, choice
from simpul.policy.vendor import CLUSTER, KEY, STORES, VAULT


def check(resource: Resource) -> Iterator[Breach]:
    """Find what holds data and isn't marked for the engine."""
    if not resource.options.protect:
        advice = "Register it with protect, or name it in cloud.replace when it is to go."
        yield Breach("can be deleted or made anew by one mistaken change", "no protect", advice)


RULE = Rule(
    id="protection-engine",
    title="What holds data is kept by the engine too",
    source=choice("a preview that stops by name comes before the vendor's refusal, half-way through an update"),
    looks_at="the option protect of what holds data, and of its keys",
    english="Protect what holds data by Pulumi's own option.",
    indonesian="Lindungi penyimpan data dengan opsi protect milik Pulumi.",
    on=Resource,
    types=(*STORES, CLUSTER, KEY, VAULT),
    protective=True,
    check=check,
)
