"""The cluster's secrets: encrypted in its store."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, law
from simpul.policy.vendor import CLUSTER


def check(cluster: Resource) -> Iterator[Breach]:
    """Find a cluster without a key for its secrets."""
    if not cluster.get("encryptionProviderKey"):
        yield Breach("keeps its secrets in plain text", "no encryptionProviderKey", "Give it a KMS key.")


RULE = Rule(
    id="encryption-cluster-secrets",
    title="A cluster's secrets are encrypted with KMS",
    source=law("UU PDP 27/2022 arts 35, 46", "passwords open what they protect; they are encrypted as it is"),
    looks_at="encryptionProviderKey of ACK clusters",
    english="Encrypt the cluster's secrets with a KMS key.",
    indonesian="Enkripsi rahasia klaster dengan kunci KMS.",
    on=Resource,
    types=(CLUSTER,),
    check=check,
)
