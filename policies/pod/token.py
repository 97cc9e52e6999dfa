"""Pods: no way to the cluster's API that they don't use."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice
from simpul.policy.workload import KINDS


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find pods that get a token without an account of their own."""
    spec = (manifest.pod or {}).get("spec") or {}
    own = spec.get("serviceAccountName") not in (None, "", "default")
    if spec.get("automountServiceAccountToken") is not False and not own:
        advice = "Set automountServiceAccountToken to false, or give it a ServiceAccount of its own."
        yield Breach("gets a token of the cluster's API", "automountServiceAccountToken", advice)


RULE = Rule(
    id="pod-token",
    title="Pods get no token that they don't need",
    source=choice("a token lets whoever gets into the pod ask the cluster's API"),
    looks_at="automountServiceAccountToken of pods without a ServiceAccount of their own",
    english="Give no token to pods that don't speak with the cluster's API.",
    indonesian="Jangan beri token kepada pod yang tidak memakai API klaster.",
    on=Manifest,
    types=KINDS,
    check=check,
)
