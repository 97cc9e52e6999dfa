"""k3s on a machine of a cluster: the files that it needs, put there once.

In: the cluster, a node, the bundle. Out: a machine on which the unit UNIT can be started.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from simpul.errors import OutsideError
from simpul.lab import machine
from simpul.lab.cloud.cluster.backing import Cluster, Node

UNIT: Final = "k3s.service"
KUBECONFIG: Final = "/etc/rancher/k3s/k3s.yaml"
DATA: Final = "/var/lib/rancher/k3s"

SERVICE: Final = """\
[Unit]
Description=Kubernetes of a cluster of the lab's cloud
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
ExecStart=/usr/local/bin/k3s {role}
KillMode=process
Delegate=yes
LimitNOFILE=1048576
TasksMax=infinity
TimeoutStartSec=0
Restart=always
RestartSec=2s

[Install]
WantedBy=multi-user.target
"""

DISKS: Final = "diskplugin.csi.alibabacloud.com"
"""Who makes disks in an ACK cluster; in the lab, folders of the node."""

CLASS: Final = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "provisioner": DISKS,
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "WaitForFirstConsumer",
}
DEFAULT: Final = "storageclass.kubernetes.io/is-default-class"
STORAGE: Final = (
    {**CLASS, "metadata": {"name": "alicloud-disk-topology-alltype"}},
    {
        **CLASS,
        "provisioner": "rancher.io/local-path",
        "metadata": {"name": "local-path", "annotations": {DEFAULT: "false"}},
    },
)
"""The class that every ACK cluster has. ACK has no default class, so k3s's own is made none: a volume that names no
class waits here as it would there."""


def server(cluster: Cluster, bundle: Path) -> None:
    """Make a machine the control plane. Raises OutsideError."""
    address = cluster.control.address
    settings: dict[str, Any] = {
        "token-file": "/etc/rancher/k3s/token",
        "node-name": cluster.control.name,
        "node-ip": address,
        "tls-san": [address],
        "cluster-cidr": cluster.pods,
        "service-cidr": cluster.services,
        "cluster-dns": cluster.dns,
        "cluster-domain": cluster.domain,
        "disable-agent": True,
        "disable": ["traefik", "servicelb", "metrics-server"],
    }
    # k3s applies manifests in the order of their names; this one has to come after its own local-storage.yaml.
    files = {f"{DATA}/server/manifests/storage.yaml": yaml.safe_dump_all(STORAGE)}
    _install(cluster, cluster.control, bundle, settings, files)


def agent(cluster: Cluster, node: Node, bundle: Path, mirrors: Mapping[str, str]) -> None:
    """Make a machine a node. Raises OutsideError."""
    settings = {
        "token-file": "/etc/rancher/k3s/token",
        "server": f"https://{cluster.control.address}:6443",
        "node-name": node.name,
        "node-ip": node.address,
        "node-label": [f"{key}={value}" for key, value in sorted(node.labels.items())],
    }
    endpoints = {host: {"endpoint": [url]} for host, url in mirrors.items()}
    files = {"/etc/rancher/k3s/registries.yaml": yaml.safe_dump({"mirrors": endpoints})}
    _install(cluster, node, bundle, settings, files)


def _install(cluster: Cluster, node: Node, bundle: Path, settings: Mapping[str, Any], files: Mapping[str, str]) -> None:
    if _is_installed(node.name):
        return
    role = "server" if node == cluster.control else "agent"
    machine.put(node.name, bundle / "k3s", "/usr/local/bin/k3s", "0755")
    if role == "agent":
        for archive in sorted(bundle.glob("k3s-airgap-images-*.tar*")):
            machine.put(node.name, archive, f"{DATA}/agent/images/{archive.name}")
    _write(node.name, "/etc/rancher/k3s/config.yaml", yaml.safe_dump(dict(settings)))
    _write(node.name, "/etc/rancher/k3s/token", cluster.token)
    for target, text in files.items():
        _write(node.name, target, text)
    # The unit comes last: a machine that has it has all of the rest.
    _write(node.name, f"/etc/systemd/system/{UNIT}", SERVICE.format(role=role), "0644")
    machine.run(node.name, ["systemctl", "daemon-reload"])
    machine.run(node.name, ["systemctl", "enable", "--quiet", UNIT])


def _is_installed(name: str) -> bool:
    try:
        machine.run(name, ["test", "-e", f"/etc/systemd/system/multi-user.target.wants/{UNIT}"])
    except OutsideError:
        return False
    return True


def _write(name: str, target: str, text: str, mode: str = "0600") -> None:
    """Write a file into the machine, by way of one that only root can read."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "file")
        source.write_text(text)
        machine.put(name, source, target, mode)
