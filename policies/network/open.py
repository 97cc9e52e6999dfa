"""Network policies: none that allows everything."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, law


def check(policy: Manifest) -> Iterator[Breach]:
    """Find a rule that allows every peer on every port."""
    for way in ("ingress", "egress"):
        for at, rule in enumerate(policy.get("spec", way) or ()):
            if not rule or (not rule.get("ports") and not rule.get("from") and not rule.get("to")):
                yield Breach(f"allows everything: {way}[{at}]", "an empty rule", "Name ports or peers.")


RULE = Rule(
    id="network-open",
    title="No network policy allows everything",
    source=law("UU PDP 27/2022 arts 39, 56", "data doesn't leave without a decision about where to"),
    looks_at="the rules of NetworkPolicies",
    english="Name the ports or peers that a policy allows.",
    indonesian="Sebutkan porta atau pihak yang diizinkan sebuah kebijakan.",
    on=Manifest,
    types=("NetworkPolicy",),
    check=check,
)
