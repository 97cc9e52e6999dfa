"""Hosts and releases: what they are is what the program says, which rules have looked at."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, choice
from simpul.policy.vendor import RELEASE


def check(resource: Resource) -> Iterator[Breach]:
    """Find hosts and releases that keep something as it was."""
    if resource.options.ignores:
        got = f"ignoreChanges {', '.join(resource.options.ignores)}"
        yield Breach("is kept as the state has it, whatever the program says", got, "Take ignoreChanges out.")


RULE = Rule(
    id="stack-kept",
    title="Hosts and releases are as the program says",
    source=choice("rules look at what a release is to make; one that ignores changes goes on as nobody looked at"),
    looks_at="ignoreChanges of hosts and releases; rules on a cloud resource find theirs themselves",
    english="Ignore no changes of hosts and releases.",
    indonesian="Jangan abaikan perubahan host dan rilis.",
    on=Resource,
    types=(RELEASE, "simpul:edge:Host"),
    check=check,
)
