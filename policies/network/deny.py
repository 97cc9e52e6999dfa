"""Namespaces: nothing goes in or out unless a policy says so."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Namespace, Rule, law

BOTH = {"Ingress", "Egress"}


def check(namespace: Namespace) -> Iterator[Breach]:
    """Find a namespace with pods and without a policy that denies by default."""
    pods = [manifest for manifest in namespace.manifests if manifest.pod is not None]
    policies = [manifest for manifest in namespace.manifests if manifest.kind == "NetworkPolicy"]
    denied = {way for policy in policies if _denies(policy) for way in policy.get("spec", "policyTypes") or ()}
    if pods and not denied >= BOTH:
        got = f"no default for {' and '.join(sorted(BOTH - denied))}"
        advice = "Add a NetworkPolicy with podSelector {} and policyTypes [Ingress, Egress], and nothing more."
        yield Breach("lets pods speak with everybody unless something forbids it", got, advice)


def _denies(policy: Manifest) -> bool:
    spec = policy.get("spec") or {}
    whole = not (spec.get("podSelector") or {})
    return whole and not spec.get("ingress") and not spec.get("egress")


RULE = Rule(
    id="network-deny",
    title="A namespace denies what no policy allows",
    source=law("UU PDP 27/2022 arts 39, 56", "data doesn't leave without a decision: the way out is closed by default"),
    looks_at="the NetworkPolicies of every namespace that has pods",
    english="Deny all traffic by default in every namespace, then allow what is needed.",
    indonesian="Tolak semua lalu lintas secara bawaan di setiap namespace, lalu izinkan yang perlu.",
    on=Namespace,
    check=check,
)
