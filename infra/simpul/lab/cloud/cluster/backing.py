"""What the cloud asks of whatever runs its clusters.

In: what a cluster and its nodes are to be. Out: a running Kubernetes and the credential to it. All calls may be
repeated: what is there already is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import yaml


@dataclass(frozen=True)
class Node:
    """A machine of a cluster: its host name and address, and what Kubernetes is to know of it as a node."""

    name: str
    address: str
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[str] = ()


@dataclass(frozen=True)
class Cluster:
    """A cluster: the machine of its control plane, its ranges, and the secret with which nodes join it."""

    id: str
    name: str
    control: Node
    pods: str
    services: str
    dns: str
    domain: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Credential:
    """What an administrator of a cluster needs: PEM texts in base64."""

    authority: str
    certificate: str
    key: str = field(repr=False)

    def kubeconfig(self, cluster: str, server: str) -> str:
        """Give the kubeconfig of a cluster at `server`, "" for one that hasn't the address which was asked for."""
        name = f"kubernetes-admin-{cluster}"
        user = {"client-certificate-data": self.certificate, "client-key-data": self.key}
        place = {"server": server, "certificate-authority-data": self.authority}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "kubernetes", "cluster": place}],
            "users": [{"name": "kubernetes-admin", "user": user}],
            "contexts": [{"name": name, "context": {"cluster": "kubernetes", "user": "kubernetes-admin"}}],
            "current-context": name,
        }
        return yaml.safe_dump(document, sort_keys=False)


class Backing(Protocol):
    """Runs clusters. Every method raises OutsideError when a machine or a program fails."""

    @property
    def most_nodes(self) -> int:
        """How many nodes a pool may have here, whatever it asks for."""
        ...

    def start(self, cluster: Cluster) -> None:
        """Start the control plane; it serves when this returns."""
        ...

    def join(self, cluster: Cluster, nodes: Sequence[Node]) -> None:
        """Start nodes; they are ready when this returns."""
        ...

    def leave(self, cluster: Cluster, nodes: Sequence[Node]) -> None:
        """Remove nodes and their machines."""
        ...

    def stop(self, cluster: Cluster) -> None:
        """Remove the control plane and its machine."""
        ...

    def credential(self, cluster: Cluster) -> Credential:
        """Give the administrator's credential."""
        ...

    def kubeconfig(self, cluster: Cluster) -> str:
        """Give the kubeconfig by which the lab itself reaches the cluster."""
        ...

    def hold(self, node: str, address: str) -> None:
        """Let a node answer for an address of a load balancer."""
        ...

    def release(self, node: str, address: str) -> None:
        """Let a node answer for an address no more."""
        ...
