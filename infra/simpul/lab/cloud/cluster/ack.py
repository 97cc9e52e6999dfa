"""ACK on the lab's machines: a control plane of its own machine, and a machine a node, all of them k3s.

In: a bundle with k3s and its images, and where nodes get other images. Out: clusters that serve. The vendor installs
its clusters itself, so nothing of the project's playbooks is used here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Final

import yaml
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from simpul.errors import OutsideError
from simpul.lab import machine
from simpul.lab.cloud.cluster import disk, install
from simpul.lab.cloud.cluster.backing import Cluster, Credential, Node
from simpul.lab.place import CLOUD

PATIENCE: Final = 300.0
"""Seconds that a control plane may take to serve, or a node to be ready."""
PERIOD: Final = 1.0
TIMEOUT: Final = 5
CARD: Final = "host0"
PORT: Final = 6443
STATE: Final = ("systemctl", "show", "--property=ActiveState", "--value", install.UNIT)


@dataclass(frozen=True)
class Ack:
    """Runs clusters on the lab's machines; see Backing for what its methods promise."""

    bundle: Path
    mirrors: Mapping[str, str]
    most_nodes: int
    progress: Callable[[str], None]

    def start(self, cluster: Cluster) -> None:
        """Start the control plane; it serves when this returns."""
        self._boot([cluster.control])
        install.server(cluster, self.bundle)
        self._run(cluster.control)
        with self._api(cluster) as api:
            disk.serve(client.AppsV1Api(api))

    def join(self, cluster: Cluster, nodes: Sequence[Node]) -> None:
        """Start nodes; they are ready when this returns."""
        self._boot(nodes)
        with ThreadPoolExecutor(max_workers=max(1, len(nodes))) as pool:
            list(pool.map(lambda node: self._join(cluster, node), nodes))
        with self._api(cluster) as api:
            for node in nodes:
                _wait_ready(client.CoreV1Api(api), node)
                self.progress(f"{cluster.name}: {node.name} is ready")

    def leave(self, cluster: Cluster, nodes: Sequence[Node]) -> None:
        """Remove nodes and their machines."""
        if (control := machine.find(cluster.control.name)) and control.running:
            self._forget(cluster, nodes)
        for node in nodes:
            _discard(node)

    def stop(self, cluster: Cluster) -> None:
        """Remove the control plane and its machine."""
        _discard(cluster.control)

    def credential(self, cluster: Cluster) -> Credential:
        """Give the administrator's credential."""
        own = yaml.safe_load(machine.run(cluster.control.name, ["cat", install.KUBECONFIG]))
        authority = own["clusters"][0]["cluster"]["certificate-authority-data"]
        user: dict[str, str] = own["users"][0]["user"]
        return Credential(authority, user["client-certificate-data"], user["client-key-data"])

    def kubeconfig(self, cluster: Cluster) -> str:
        """Give the kubeconfig for the control plane's own address."""
        return self.credential(cluster).kubeconfig(cluster.id, f"https://{cluster.control.address}:{PORT}")

    def hold(self, node: str, address: str) -> None:
        """Let a node answer for an address of a load balancer."""
        machine.run(node, ["ip", "address", "replace", f"{address}/32", "dev", CARD])

    def release(self, node: str, address: str) -> None:
        """Let a node answer for an address no more; one that it hasn't is none the less released."""
        held = machine.run(node, ["ip", "-brief", "address", "show", "dev", CARD]).split()
        if f"{address}/32" in held:
            machine.run(node, ["ip", "address", "delete", f"{address}/32", "dev", CARD])

    def _boot(self, nodes: Sequence[Node]) -> None:
        """Start machines; nobody is let in, as at the vendor's."""
        specs = [machine.Spec(node.name, CLOUD, IPv4Address(node.address), authorized_key="") for node in nodes]
        for each in machine.start_all(specs):
            machine.wait_ssh(each)

    def _join(self, cluster: Cluster, node: Node) -> None:
        install.agent(cluster, node, self.bundle, self.mirrors)
        self._run(node)

    def _run(self, node: Node) -> None:
        """Start k3s and wait until it says that it serves; systemd starts it again when it ends before that."""
        machine.run(node.name, ["systemctl", "start", "--no-block", install.UNIT])
        deadline = time.monotonic() + PATIENCE
        while machine.run(node.name, STATE).strip() != "active":
            if time.monotonic() > deadline:
                said = machine.run(node.name, ["journalctl", f"--unit={install.UNIT}", "--lines=12", "--output=cat"])
                raise OutsideError.at(f"machine {node.name}", f"k3s doesn't start in {PATIENCE:.0f} s", said.strip())
            time.sleep(PERIOD)

    def _forget(self, cluster: Cluster, nodes: Sequence[Node]) -> None:
        """Take nodes out of the cluster. One that is going anyway may not answer any more."""
        try:
            with self._api(cluster) as api:
                core = client.CoreV1Api(api)
                known = {each.metadata.name for each in core.list_node(_request_timeout=TIMEOUT).items}
                for node in nodes:
                    if node.name in known:
                        core.delete_node(node.name, _request_timeout=TIMEOUT)
        except ApiException as error:
            self.progress(f"{cluster.name}: its nodes can't be taken out: {error.reason}")
        except (HTTPError, OutsideError) as error:
            self.progress(f"{cluster.name}: its nodes can't be taken out: {error}")

    def _api(self, cluster: Cluster) -> Any:
        return config.new_client_from_config_dict(yaml.safe_load(self.kubeconfig(cluster)))


def _discard(node: Node) -> None:
    """Remove a machine. What it was doing doesn't matter any more, so nothing waits for it to power off."""
    machine.kill(node.name)
    machine.stop(node.name)


def _wait_ready(core: Any, node: Node) -> None:
    """Wait until a node is ready, and taint it as its pool has it. Raises OutsideError if it isn't in time."""
    deadline = time.monotonic() + PATIENCE
    said = "it hasn't joined"
    while time.monotonic() < deadline:
        try:
            found = core.read_node(node.name, _request_timeout=TIMEOUT)
        except (ApiException, HTTPError) as error:
            said = str(error)
        else:
            conditions = {each.type: each for each in found.status.conditions or ()}
            if "Ready" in conditions and conditions["Ready"].status == "True":
                _taint(core, node)
                return
            said = conditions["Ready"].message if "Ready" in conditions else "it says nothing"
        time.sleep(PERIOD)
    raise OutsideError.at(f"node {node.name}", f"isn't ready after {PATIENCE:.0f} s", said)


def _taint(core: Any, node: Node) -> None:
    taints = []
    for text in node.taints:
        what, _, effect = text.rpartition(":")
        key, _, value = what.partition("=")
        taints.append({"key": key, "value": value, "effect": effect})
    if taints:
        core.patch_node(node.name, {"spec": {"taints": taints}}, _request_timeout=TIMEOUT)
