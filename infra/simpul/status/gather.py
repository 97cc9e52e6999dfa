"""Ask the stack, its clusters and its hosts at once how they are.

In: a folder for kubeconfigs, which are secrets. Out: a CityStatus. What can't be reached is said in it, not raised.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import kubernetes
import urllib3

from simpul.status.model import (
    CityName,
    CityStatus,
    CloudStatus,
    ClusterStatus,
    HostStatus,
    ReleaseStatus,
    SiteStatus,
)
from simpul.status.stack import read

PATIENCE_SECONDS = 5
"""How long a host or a cluster may take to answer before it counts as out of reach."""

FINISHED = "Succeeded"


def gather(folder: Path) -> CityStatus:
    """Gather how the selected stack's city is; its kubeconfigs are written to `folder`, readable by its owner alone.

    Raises what `simpul.status.stack.read` raises.
    """
    state = read()
    outputs = state.outputs
    with ThreadPoolExecutor() as pool:
        clusters = tuple(pool.map(lambda cluster: _cluster(cluster, folder), outputs["clusters"]))
        releases = tuple(pool.map(_releases, (cluster for cluster, _ in clusters)))
        ready = frozenset(address for _, addresses in clusters for address in addresses)
        sites = tuple(pool.map(lambda site: _site(site, ready), outputs["sites"]))
    found = tuple(release for listed in releases for release in listed)
    well = (
        all(cluster.well for cluster, _ in clusters)
        and all(site.reachable and all(host.ready for host in site.hosts) for site in sites)
        and all(release.status == "deployed" for release in found)
    )
    return CityStatus(
        well=well,
        city=CityName(**outputs["city"]),
        cloud=CloudStatus(resources=state.cloud_resources),
        sites=sites,
        clusters=tuple(cluster for cluster, _ in clusters),
        releases=found,
    )


def _cluster(output: dict[str, Any], folder: Path) -> tuple[ClusterStatus, list[str]]:
    """Ask a cluster; give its status and the addresses of its ready nodes."""
    path = _write(folder / f"{output['name']}.yaml", output["kubeconfig"] or "")
    nodes: list[Any] = []
    pods: list[Any] = []
    error: str | None = None
    try:
        with kubernetes.config.new_client_from_config(str(path)) as client:
            client.configuration.retries = False
            core = kubernetes.client.CoreV1Api(client)
            nodes = core.list_node(_request_timeout=PATIENCE_SECONDS).items
            pods = core.list_pod_for_all_namespaces(_request_timeout=PATIENCE_SECONDS).items
    except kubernetes.config.ConfigException:
        error = "it has no kubeconfig yet: its host is deferred"
    except (kubernetes.client.ApiException, urllib3.exceptions.HTTPError) as reason:
        error = f"it doesn't answer: {type(reason).__name__}"
    ready = [node for node in nodes if _holds(node.status.conditions, "Ready")]
    cluster = ClusterStatus(
        name=output["name"],
        site=output["site"],
        kubeconfig=str(path),
        nodes=len(nodes),
        nodes_ready=len(ready),
        pods=len(pods),
        pods_ready=sum(pod.status.phase == FINISHED or _holds(pod.status.conditions, "Ready") for pod in pods),
        error=error,
    )
    addresses = [address.address for node in ready for address in node.status.addresses if address.type == "InternalIP"]
    return cluster, addresses


def _holds(conditions: list[Any] | None, kind: str) -> bool:
    return any(condition.type == kind and condition.status == "True" for condition in conditions or ())


def _releases(cluster: ClusterStatus) -> tuple[ReleaseStatus, ...]:
    """List the releases of a cluster, none when it doesn't answer."""
    if cluster.error is not None:
        return ()
    command = ["helm", "list", "--all-namespaces", "--output", "json", "--kubeconfig", cluster.kubeconfig]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    listed = json.loads(run.stdout) if run.returncode == 0 else []
    return tuple(
        ReleaseStatus(
            cluster=cluster.name,
            namespace=release["namespace"],
            name=release["name"],
            chart=release["chart"],
            revision=int(release["revision"]),
            status=release["status"],
        )
        for release in listed
    )


def _site(output: dict[str, Any], ready: frozenset[str]) -> SiteStatus:
    hosts = tuple(HostStatus(host["name"], host["address"], host["address"] in ready) for host in output["hosts"])
    return SiteStatus(
        code=output["code"],
        name=output["name"],
        reachable=any(_answers(host["address"], host["port"]) for host in output["hosts"]),
        hosts=hosts,
    )


def _answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=PATIENCE_SECONDS):
            return True
    except OSError:
        return False


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123 the mode from the start
        file.write(text)
    return path
