"""A test double of what runs clusters: it keeps a list of what it was asked, and starts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from simpul.errors import OutsideError
from simpul.lab.cloud.cluster.backing import Cluster, Credential, Node


@dataclass
class FakeBacking:
    """Runs clusters in name only."""

    most_nodes: int = 2
    fails: bool = False
    running: dict[str, Node] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    held: dict[str, set[str]] = field(default_factory=dict)
    kubeconfig: str = "kind: Config"

    def start(self, cluster: Cluster) -> None:
        """Note a control plane."""
        self.asked.append(f"start {cluster.control.name}")
        if self.fails:
            raise OutsideError.at(cluster.control.name, "doesn't start")
        self.running[cluster.control.name] = cluster.control

    def join(self, cluster: Cluster, nodes: Sequence[Node]) -> None:
        """Note nodes."""
        for node in nodes:
            self.asked.append(f"join {node.name}")
            self.running[node.name] = node

    def leave(self, cluster: Cluster, nodes: Sequence[Node]) -> None:
        """Forget nodes."""
        for node in nodes:
            del self.running[node.name]

    def stop(self, cluster: Cluster) -> None:
        """Forget a control plane."""
        self.running.pop(cluster.control.name, None)

    def credential(self, cluster: Cluster) -> Credential:
        """Give a credential that opens nothing."""
        return Credential(self.kubeconfig, "authority", "certificate", "key")

    def hold(self, node: str, address: str) -> None:
        """Note that a node answers for an address."""
        self.held.setdefault(node, set()).add(address)

    def release(self, node: str, address: str) -> None:
        """Note that it does no more."""
        self.held[node].remove(address)
