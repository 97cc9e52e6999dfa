"""Pods say which class of data they work on."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, dig, law
from simpul.policy.vendor import CLASSES

LABEL = "simpul.id/data-class"


def check(manifest: Manifest) -> Iterator[Breach]:
    """Find pods without the label."""
    found = dig(manifest.pod, "metadata", "labels") or {}
    value = found.get(LABEL)
    if value not in CLASSES:
        advice = f"Label its pods {LABEL}: {', '.join(CLASSES[:-1])} or {CLASSES[-1]}."
        yield Breach("doesn't say which class of data it works on", f'"{value}"' if value else "no label", advice)


RULE = Rule(
    id="personal-pod",
    title="Pods are labelled with the class of their data",
    source=law("UU PDP 27/2022 arts 4, 34", "where personal data is processed is known, in the cluster too"),
    looks_at="the label simpul.id/data-class of pods",
    english="Label pods public, internal or personal.",
    indonesian="Beri label pod: public, internal, atau personal.",
    unwaivable="the people whose data it is aren't asked, and what was told of them can't be taken back",
    on=Manifest,
    types=("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"),
    check=check,
)
