"""Ask the stack, its clusters and its hosts at once how they are.

In: a folder for kubeconfigs, which are secrets. Out: a CityStatus. What can't be reached is said in it, not raised.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import kubernetes
import urllib3

from simpul import kubeconfig
from simpul.command import run
from simpul.errors import OutsideError, SimpulError, legible
from simpul.provider import scratch
from simpul.provider.cluster import make_client
from simpul.provider.helm import program, surroundings
from simpul.provider.waiting import holds, is_ready
from simpul.status import backup, certificate
from simpul.status.model import (
    BackupStatus,
    CityName,
    CityStatus,
    CloudStatus,
    ClusterStatus,
    HostStatus,
    ReleaseStatus,
    SiteStatus,
)
from simpul.status.stack import StackState, read

OVERDUE = timedelta(days=2)
"""How old the last backup may be: one is taken every night, and one night may go wrong."""

PATIENCE_SECONDS = 5
"""How long a host or a cluster may take to answer before it counts as out of reach."""

HELM_SECONDS = 60
"""How long helm may take to list the releases of a cluster that has answered."""

SIDE_BY_SIDE = 32
"""How many are asked at once: most of the time is spent waiting for the ones that are out of reach."""


@dataclass(frozen=True)
class _Answer:
    """What a cluster said, with the addresses of its ready nodes, and since when it has its oldest node."""

    cluster: ClusterStatus
    ready: tuple[str, ...] = ()
    releases: tuple[ReleaseStatus, ...] = ()
    since: datetime | None = None


def gather(folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> CityStatus:
    """Gather how the selected stack's city is; its kubeconfigs are written to `folder`, readable by its owner alone.

    Takes the time from `now`. Raises what `simpul.status.stack.read` raises, and OutsideError when there is no helm.
    """
    state = read()
    outputs = state.outputs
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        answers = tuple(pool.map(lambda cluster: _ask(cluster, folder), outputs["clusters"]))
        ready = frozenset(address for answer in answers for address in answer.ready)
        sites = tuple(pool.map(lambda site: _site(site, ready), outputs["sites"]))
        since = {answer.cluster.site: answer.since for answer in answers}
        asked = pool.map(lambda each: _backups(each, since.get(each["site"])), outputs.get("backups") or ())
        backups = tuple(backup for found in asked for backup in found)
    releases = _with_missing([release for answer in answers for release in answer.releases], state)
    certificates = certificate.gather(outputs["clusters"], state.resources, now())
    well = (
        all(answer.cluster.well for answer in answers)
        and all(each.well for each in certificates)
        and all(site.reachable and all(host.ready and host.state == "ready" for host in site.hosts) for site in sites)
        and all(release.status == "deployed" for release in releases)
        and not any(backup.overdue for backup in backups)
    )
    return CityStatus(
        well=well,
        city=CityName(**outputs["city"]),
        cloud=CloudStatus(resources=state.cloud_resources),
        sites=sites,
        clusters=tuple(answer.cluster for answer in answers),
        releases=releases,
        backups=backups,
        certificates=certificates,
    )


def _with_missing(found: list[ReleaseStatus], state: StackState) -> tuple[ReleaseStatus, ...]:
    """Add to the releases that were found those that the stack has and no cluster told of: deferred, or gone."""
    told = {(release.cluster, release.namespace, release.name) for release in found}
    for cluster, namespace, name, status in state.releases:
        if (cluster, namespace, name) not in told:
            gone = "missing" if status == "deployed" else status
            found.append(ReleaseStatus(cluster, namespace, name, chart="", revision=0, status=gone))
    return tuple(found)


def _ask(output: dict[str, Any], folder: Path) -> _Answer:
    """Ask a cluster for its nodes and pods, and helm for the releases in it if it answers."""
    path = folder / f"{output['name']}.yaml"
    nodes: list[Any] = []
    pods: list[Any] = []
    error: str | None = None
    try:
        found = _kubeconfig(output, path)
        with scratch.folder() as private, make_client(found, private) as client:
            core = kubernetes.client.CoreV1Api(client)
            nodes = core.list_node(_request_timeout=PATIENCE_SECONDS).items
            pods = core.list_pod_for_all_namespaces(_request_timeout=PATIENCE_SECONDS).items
    except OutsideError as reason:
        error = _words(reason)
    except (kubernetes.client.ApiException, urllib3.exceptions.HTTPError) as reason:
        error = f"it doesn't answer: {type(reason).__name__}"
    ready = [node for node in nodes if holds(node, "Ready")]
    cluster = ClusterStatus(
        name=output["name"],
        site=output["site"],
        kubeconfig=str(path),
        nodes=len(nodes),
        nodes_ready=len(ready),
        pods=len(pods),
        pods_ready=sum(map(is_ready, pods)),
        error=error,
    )
    if error is not None:
        return _Answer(cluster)
    addresses = tuple(
        address.address for node in ready for address in node.status.addresses if address.type == "InternalIP"
    )
    program()  # or nobody could list releases, of this cluster or another
    try:
        return _Answer(cluster, addresses, _releases(cluster), _oldest(nodes))
    except OutsideError as reason:
        return _Answer(replace(cluster, error=f"its releases can't be listed: {_words(reason)}"), addresses)


def _kubeconfig(output: dict[str, Any], path: Path) -> kubeconfig.Kubeconfig:
    """Read a cluster's kubeconfig and write it to `path`; none stays there of a cluster that has no good one.

    Raises OutsideError for such a cluster.
    """
    path.unlink(missing_ok=True)
    if not output["kubeconfig"]:
        raise OutsideError.at(output["name"], "it has no kubeconfig yet: its host is deferred")
    found = kubeconfig.read(output["kubeconfig"], output["name"])
    _write(path, found.text())
    return found


def _words(error: SimpulError) -> str:
    first = error.problems[0]
    return legible(f"{first.what}: {first.got.splitlines()[-1]}" if first.got else first.what)


def _oldest(nodes: Iterable[Any]) -> datetime | None:
    """Give when the oldest of a cluster's nodes was made."""
    made = [node.metadata.creation_timestamp for node in nodes]
    return min((each for each in made if each), default=None)


def _backups(output: Mapping[str, Any], since: datetime | None) -> tuple[BackupStatus, ...]:
    """Ask the bucket for the last backup of each host of a site that stands `since` a moment, if that is known."""
    site, now = output["site"], datetime.now(UTC)
    try:
        found = backup.sent(output, seconds=PATIENCE_SECONDS)
    except OutsideError as error:
        return tuple(
            BackupStatus(site, host, None, None, overdue=True, error=_words(error)) for host in output["hosts"]
        )
    last = {each.host: each.begun for each in found}  # the oldest come first
    return tuple(_judge(site, host, last.get(host), since, now) for host in output["hosts"])


def _judge(site: str, host: str, last: datetime | None, since: datetime | None, now: datetime) -> BackupStatus:
    counted = last or since
    overdue = counted is not None and now - counted > OVERDUE
    age = None if last is None else int((now - last).total_seconds() // 3600)
    return BackupStatus(site, host, last.isoformat() if last else None, age, overdue=overdue)


def _releases(cluster: ClusterStatus) -> tuple[ReleaseStatus, ...]:
    """List the releases of a cluster; OutsideError when helm fails."""
    command = ["helm", "list", "--all-namespaces", "--output", "json", "--kubeconfig", cluster.kubeconfig]
    with scratch.folder() as private:
        listed = run(command, where="helm", env=surroundings(private / "none"), seconds=HELM_SECONDS)
    return tuple(
        ReleaseStatus(
            cluster=cluster.name,
            namespace=legible(release["namespace"]),
            name=legible(release["name"]),
            chart=legible(release["chart"]),
            revision=int(release["revision"]),
            status=legible(release["status"]),
        )
        for release in json.loads(listed)
    )


def _site(output: dict[str, Any], ready: frozenset[str]) -> SiteStatus:
    hosts = tuple(
        HostStatus(host["name"], host["address"], host["address"] in ready, host["state"]) for host in output["hosts"]
    )
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
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:  # noqa: PTH123 the mode from the start
        os.fchmod(file.fileno(), 0o600)  # one that was there keeps its own otherwise
        file.truncate()
        file.write(text)
    return path
