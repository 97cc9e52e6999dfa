"""Resources: each is of a kind that rules know, and reaches the engine as they have seen it."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, choice

KNOWN = ("alicloud:", "simpul:", "pulumi:providers:alicloud", "pulumi:providers:simpul", "pulumi:pulumi:Stack")


def check(resource: Resource) -> Iterator[Breach]:
    """Find resources that no rule looks at, and those that are made or changed where none can look."""
    if not resource.type.startswith(KNOWN):
        advice = "Make it by a resource of alicloud: or simpul:, as rules know no other."
        yield Breach("is of a provider that no rule knows", resource.type, advice)
    if resource.options.elsewhere:
        advice = "Register it in the program itself, without transforms that the engine calls."
        yield Breach("is made or changed where no rule sees it", "a remote component, or a transform", advice)


RULE = Rule(
    id="stack-elsewhere",
    title="All that is made is seen by rules",
    source=choice("a dynamic provider, a command or another vendor's plugin makes whatever it likes past every rule"),
    looks_at="types and options of all resources",
    english="Make resources by the providers that the rules know.",
    indonesian="Buat sumber daya dengan penyedia yang dikenal aturan.",
    on=Resource,
    types=("*",),
    check=check,
)
