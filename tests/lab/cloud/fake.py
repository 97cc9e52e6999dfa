"""Test doubles of what stands behind the cloud: they keep lists of what they were asked, and start nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simpul.errors import OutsideError
from simpul.lab.cloud.authority import Pair
from simpul.lab.cloud.bucket.backing import Access, Bucket
from simpul.lab.cloud.cluster.backing import Cluster, Credential, Node
from simpul.lab.cloud.database.backing import Account, Cache, Server
from simpul.lab.cloud.registry.backing import Registry
from simpul.recording import CREDENTIAL


@dataclass
class FakeBacking:
    """Runs clusters in name only."""

    most_nodes: int = 2
    fails: bool = False
    running: dict[str, Node] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    held: dict[str, set[str]] = field(default_factory=dict)
    reaches: str = "kind: Config"

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
        return Credential(CREDENTIAL["clusterCert"], CREDENTIAL["clientCert"], CREDENTIAL["clientKey"])

    def kubeconfig(self, cluster: Cluster) -> str:
        """Give what reaches no cluster, unless a test says otherwise."""
        return self.reaches

    def hold(self, node: str, address: str) -> None:
        """Note that a node answers for an address."""
        self.held.setdefault(node, set()).add(address)

    def release(self, node: str, address: str) -> None:
        """Note that it does no more."""
        self.held[node].remove(address)


@dataclass
class FakeDatabases:
    """Runs database servers in name only."""

    fails: bool = False
    running: dict[str, Server] = field(default_factory=dict)
    databases: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def sign(self, address: str) -> Pair:
        """Give a certificate that says for whom it is."""
        return Pair(f"certificate of {address}", "key")

    def start(self, server: Server) -> None:
        """Note a server."""
        if self.fails:
            raise OutsideError.at(server.id, "doesn't start")
        self.running[server.id] = server

    def stop(self, server: Server) -> None:
        """Forget a server."""
        self.running.pop(server.id, None)

    def make(self, server: Server, database: str, encoding: str) -> None:
        """Note a database."""
        assert server.id in self.running
        self.databases[database] = encoding

    def drop(self, server: Server, database: str) -> None:
        """Forget a database."""
        del self.databases[database]

    def admit(self, server: Server, account: Account) -> None:
        """Note an account."""
        assert server.id in self.running
        self.accounts[account.name] = account

    def expel(self, server: Server, account: str) -> None:
        """Forget an account."""
        del self.accounts[account]

    def hand(self, server: Server, database: str, account: str) -> None:
        """Note an owner."""
        self.owners[database] = account


@dataclass
class FakeCaches:
    """Runs caches in name only."""

    running: dict[str, Cache] = field(default_factory=dict)

    def sign(self, address: str) -> Pair:
        """Give a certificate that says for whom it is."""
        return Pair(f"certificate of {address}", "key")

    def start(self, cache: Cache) -> None:
        """Note a cache."""
        self.running[cache.id] = cache

    def stop(self, cache: Cache) -> None:
        """Forget a cache."""
        self.running.pop(cache.id, None)


@dataclass
class FakeBuckets:
    """Keeps objects in name only."""

    endpoint: str = "10.213.0.2"
    kept: dict[str, Bucket] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    access: Access = field(default_factory=lambda: Access({}, {}))

    def make(self, bucket: Bucket) -> None:
        """Note a bucket as it is to be."""
        self.kept[bucket.name] = bucket

    def is_empty(self, name: str) -> bool:
        """Say what a test has said."""
        return name not in self.full

    def remove(self, name: str) -> None:
        """Forget a bucket."""
        self.kept.pop(name, None)

    def admit(self, read: Callable[[], Access]) -> None:
        """Note who may come in."""
        self.access = read()


@dataclass
class FakeRegistries:
    """Runs registries in name only."""

    running: dict[str, Registry] = field(default_factory=dict)

    def sign(self, address: str) -> Pair:
        """Give a certificate that says for whom it is."""
        return Pair(f"certificate of {address}", "key")

    def start(self, registry: Registry) -> None:
        """Note a registry."""
        self.running[registry.id] = registry

    def stop(self, identity: str, address: str) -> None:
        """Forget a registry."""
        del self.running[identity]
