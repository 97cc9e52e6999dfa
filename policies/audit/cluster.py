"""The cluster's API: who asked it for what is recorded outside of it."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import CLUSTER


def check(cluster: Resource) -> Iterator[Breach]:
    """Find a cluster that doesn't record, or keeps its record within."""
    if cluster.get("auditLogConfig", "enabled") not in (True, UNKNOWN):
        yield Breach("doesn't record who asks its API for what", "no auditLogConfig.enabled", "Set it to true.")
    if not cluster.get("controlPlaneLogComponents"):
        advice = "List apiserver, kcm, scheduler and ccm."
        yield Breach("doesn't send its own logs out", "no controlPlaneLogComponents", advice)


RULE = Rule(
    id="audit-cluster",
    title="A cluster's API is audited, and its logs leave it",
    source=law("UU PDP 27/2022 arts 31, 46", "processing is recorded, and the record is kept off what it is about"),
    looks_at="auditLogConfig and controlPlaneLogComponents of ACK clusters",
    english="Send the cluster's audit log and its control plane's logs to SLS.",
    indonesian="Kirim log audit klaster dan log control plane ke SLS.",
    on=Resource,
    types=(CLUSTER,),
    check=check,
)
