"""Nodes of a cluster, and how one goes.

In goes a cluster's client; out comes whether a node is there and says that it is ready. A node goes in two steps: what
runs on it is sent elsewhere while it can still end in order (`drain`), and its record goes (`remove`) with all that
would wait for it for ever: its pods, the volumes that were a part of its disk and the claims to them (`give_up`). k3s
has a password of each node, by which another machine of that name is refused, and forgets it with the record
(docs.k3s.io/architecture, How Agent Node Registration Works).
"""

# ruff: noqa: PLC0415 the kubernetes package takes a second to import, which only those pay who need it

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, Literal

from simpul.errors import OutsideError
from simpul.provider import volume
from simpul.provider.volume import Volume, absent_is_fine, until
from simpul.provider.waiting import holds

_TIMEOUT: Final = 10
_DRAIN_SECONDS: Final = 60
_PDB: Final = 429  # an eviction that a budget doesn't allow now
_MISSING: Final = 404

State = Literal["ready", "silent", "gone"]


def state(client: Any, name: str) -> State:
    """Return how the node `name` is: ready, silent (its kubelet says nothing, or nothing good) or gone."""
    from kubernetes.client import CoreV1Api

    with absent_is_fine():
        return "ready" if holds(CoreV1Api(client).read_node(name, _request_timeout=_TIMEOUT), "Ready") else "silent"
    return "gone"


def strays(client: Any, known: Collection[str]) -> dict[str, State]:
    """Return the nodes of the cluster that aren't among the `known` ones."""
    from kubernetes.client import CoreV1Api

    found = CoreV1Api(client).list_node(_request_timeout=_TIMEOUT).items
    return {
        node.metadata.name: "ready" if holds(node, "Ready") else "silent"
        for node in found
        if node.metadata.name not in known
    }


def drain(client: Any, name: str, *, stop: threading.Event, progress: Callable[[str], None]) -> None:
    """Let nothing new onto the node `name`, and have its pods end and start elsewhere, for a minute at most."""
    from kubernetes.client import CoreV1Api

    core = CoreV1Api(client)
    with absent_is_fine():
        core.patch_node(name, {"spec": {"unschedulable": True}}, _request_timeout=_TIMEOUT)

    def emptied() -> bool:
        left = [pod for pod in _pods(core, name) if not _belongs_to_node(pod)]
        progress(f"{len(left)} pods leave the node")
        for pod in left:
            if pod.metadata.deletion_timestamp is None:
                _evict(core, pod)
        return not left

    try:
        until(emptied, f"node {name}", stop, _DRAIN_SECONDS)
    except OutsideError:
        if stop.is_set():
            raise
        # What didn't end in time ends with its node.


def remove(client: Any, name: str) -> None:
    """Delete the node `name`, which runs no more, with its pods."""
    from kubernetes.client import CoreV1Api

    core = CoreV1Api(client)
    with absent_is_fine():
        core.delete_node(name, _request_timeout=_TIMEOUT)
    end(core, _pods(core, name))


def give_up(client: Any, lost: Collection[Volume], *, stop: threading.Event) -> None:
    """Delete volumes whose folders are gone, the claims to them and the pods that use them; they are then made anew."""
    from kubernetes.client import CoreV1Api

    volume.condemn(client, lost, alive=False)
    core = CoreV1Api(client)
    end(core, users(core, lost))
    volume.await_gone(client, lost, stop=stop)


def end(core: Any, pods: Iterable[Any]) -> None:
    """Delete `pods` at once, without a word from the kubelet of their node."""
    for pod in pods:
        with absent_is_fine():
            core.delete_namespaced_pod(
                pod.metadata.name, pod.metadata.namespace, grace_period_seconds=0, _request_timeout=_TIMEOUT
            )


def users(core: Any, volumes: Collection[Volume]) -> list[Any]:
    """Return the pods that use one of `volumes`."""
    claims = {(each.namespace, each.claim) for each in volumes}
    return [
        pod
        for namespace in sorted({namespace for namespace, _ in claims})
        for pod in core.list_namespaced_pod(namespace, _request_timeout=_TIMEOUT).items
        if any(
            (namespace, each.persistent_volume_claim.claim_name) in claims
            for each in pod.spec.volumes or ()
            if each.persistent_volume_claim
        )
    ]


def _pods(core: Any, name: str) -> list[Any]:
    found = core.list_pod_for_all_namespaces(field_selector=f"spec.nodeName={name}", _request_timeout=_TIMEOUT)
    return list(found.items)


def _belongs_to_node(pod: Any) -> bool:
    """Whether `pod` is there because its node is: a daemon's, one of the kubelet's own, or one that has ended."""
    owners = {owner.kind for owner in pod.metadata.owner_references or ()}
    return bool(owners & {"DaemonSet", "Node"}) or pod.status.phase in ("Succeeded", "Failed")


def _evict(core: Any, pod: Any) -> None:
    from kubernetes.client import V1Eviction, V1ObjectMeta
    from kubernetes.client.exceptions import ApiException

    name, namespace = pod.metadata.name, pod.metadata.namespace
    eviction = V1Eviction(metadata=V1ObjectMeta(name=name, namespace=namespace))
    try:
        core.create_namespaced_pod_eviction(name, namespace, eviction, _request_timeout=_TIMEOUT)
    except ApiException as error:
        if error.status not in (_MISSING, _PDB):
            raise
