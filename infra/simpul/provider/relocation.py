"""A release's volumes leave a node's disk: what is in them is sent, then they go, and are made anew elsewhere.

In go a cluster, a release and those of its volumes that lie on another node than they should. A volume can't be
carried; what its pod owes others is sent before it goes (`unsent`). First with doors open, so that an office whose
link is cut loses nothing by a run that can't succeed; then with doors closed, by which nothing more comes in that would
have to be sent. Of a node that is silent nothing can be sent: what was lost is said.
"""

# ruff: noqa: PLC0415 the kubernetes package takes a second to import, which only those pay who need it

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from simpul.errors import OutsideError, Problem
from simpul.provider import node, unsent, volume
from simpul.provider.cluster import Cluster
from simpul.provider.kind import Log
from simpul.provider.volume import Volume, absent_is_fine, until

_TIMEOUT: Final = 10
_END_SECONDS: Final = 120
_CLOSED: Final = "simpul.id/closed"
"""A label that no pod has: a service that asks for it leads nowhere."""


@dataclass(frozen=True)
class Relocation:
    """What is needed to have a release's volumes leave."""

    cluster: Cluster
    namespace: str
    release: str
    stop: threading.Event
    log: Log

    @property
    def where(self) -> str:
        """The release, for people."""
        return f"release {self.namespace}/{self.release} in {self.cluster.name}"

    def run(self, volumes: Sequence[Volume], *, home: str, let_go: Collection[str]) -> None:
        """Have `volumes` leave for `home`. Raises OutsideError, and they stay, where one may not or can't."""
        client = self.cluster.client
        states = {each.node: node.state(client, each.node) for each in volumes}
        if problems := [*self._refused(volumes, let_go, states), *self._homeless(home)]:
            raise OutsideError(*problems)
        alive = [each for each in volumes if states[each.node] == "ready"]
        dead = [each for each in volumes if states[each.node] != "ready"]
        told = self._leave(alive)
        self._stop_users(dead)
        self._discard(dead, alive=False)
        for each in volumes:
            self.log.alert(f"volume {each.where} of {self.where}: {_farewell(each, told, states)}; made anew on {home}")

    def send(self, volumes: Collection[Volume]) -> bool:
        """Wait until the pods that use `volumes` have sent what they owe; return whether any says what it owes."""
        pods = self._users(volumes)
        if not any(unsent.tells(pod) for pod in pods):
            return False
        unsent.wait(
            lambda: unsent.count(self.cluster.client, self._users(volumes), self.where),
            where=self.where,
            then=self._then(pods),
            stop=self.stop,
            progress=self.log.progress,
        )
        return True

    def _leave(self, volumes: Collection[Volume]) -> bool:
        """Have volumes of living nodes go; return whether their pods said that all was sent."""
        told = self.send(volumes)
        with self._closed(self._users(volumes)):
            if told:
                self._restart(volumes)
                self.send(volumes)
            self._stop_users(volumes)
        self._discard(volumes, alive=True)
        return told

    def _refused(self, volumes: Sequence[Volume], let_go: Collection[str], states: dict[str, Any]) -> Iterator[Problem]:
        for name in sorted({each.node for each in volumes if states[each.node] != "gone"} - set(let_go)):
            kept = ", ".join(each.where for each in volumes if each.node == name)
            what = f"has volumes on the disk of {name}, which isn't their home and isn't to let them go"
            then = f"volumes: true on {name} in the declaration, or its name in cloud.replace, then: pulumi up"
            yield Problem(self.where, what, kept, then)

    def _homeless(self, home: str) -> Iterator[Problem]:
        if node.state(self.cluster.client, home) != "ready":
            what = f"can't have its volumes on {home}, which isn't ready; they stay where they are"
            yield Problem(self.where, what, next="simpul status    says what is wrong with it; then: pulumi up")

    def _users(self, volumes: Collection[Volume]) -> list[Any]:
        from kubernetes.client import CoreV1Api

        return node.users(CoreV1Api(self.cluster.client), volumes)

    @contextmanager
    def _closed(self, pods: Sequence[Any]) -> Iterator[None]:
        """Have no service lead to `pods` for as long as the block runs."""
        from kubernetes.client import CoreV1Api

        core = CoreV1Api(self.cluster.client)
        services = core.list_namespaced_service(self.namespace, _request_timeout=_TIMEOUT).items if pods else []
        doors = [each.metadata.name for each in services if _leads_to(each, pods)]
        try:
            for name in doors:
                closed = {"spec": {"selector": {_CLOSED: "true"}}}
                core.patch_namespaced_service(name, self.namespace, closed, _request_timeout=_TIMEOUT)
            yield
        finally:
            for name in doors:
                with absent_is_fine():
                    opened = {"spec": {"selector": {_CLOSED: None}}}
                    core.patch_namespaced_service(name, self.namespace, opened, _request_timeout=_TIMEOUT)

    def _restart(self, volumes: Collection[Volume]) -> None:
        """Start the pods that use `volumes` anew, which ends the connections of all who came in before."""
        from kubernetes.client import CoreV1Api

        core = CoreV1Api(self.cluster.client)
        before = {pod.metadata.uid for pod in self._users(volumes)}
        for pod in self._users(volumes):
            with absent_is_fine():
                core.delete_namespaced_pod(pod.metadata.name, self.namespace, _request_timeout=_TIMEOUT)
        until(
            lambda: not before & {pod.metadata.uid for pod in self._users(volumes)},
            self.where,
            self.stop,
            _END_SECONDS,
        )

    def _stop_users(self, volumes: Collection[Volume]) -> None:
        """Have no pod use `volumes` any more; helm starts them again with what the chart says."""
        from kubernetes.client import CoreV1Api

        core = CoreV1Api(self.cluster.client)
        for owner in sorted({_owner(self.cluster.client, pod) for pod in self._users(volumes)}):
            self._scale_down(*owner)

        def ended() -> bool:
            left = self._users(volumes)
            self.log.progress(f"{len(left)} pods end")
            silent = [pod for pod in left if node.state(self.cluster.client, pod.spec.node_name or "") != "ready"]
            node.end(core, silent)  # nobody there would say that they have ended
            return not left

        until(ended, self.where, self.stop, _END_SECONDS)

    def _scale_down(self, kind: str, name: str) -> None:
        from kubernetes.client import AppsV1Api, CoreV1Api

        apps = AppsV1Api(self.cluster.client)
        none = {"spec": {"replicas": 0}}
        with absent_is_fine():
            if kind == "StatefulSet":
                apps.patch_namespaced_stateful_set_scale(name, self.namespace, none, _request_timeout=_TIMEOUT)
            elif kind == "Deployment":
                apps.patch_namespaced_deployment_scale(name, self.namespace, none, _request_timeout=_TIMEOUT)
            else:
                CoreV1Api(self.cluster.client).delete_namespaced_pod(name, self.namespace, _request_timeout=_TIMEOUT)

    def _discard(self, volumes: Collection[Volume], *, alive: bool) -> None:
        volume.condemn(self.cluster.client, volumes, alive=alive)
        volume.await_gone(self.cluster.client, volumes, stop=self.stop)

    def _then(self, pods: Sequence[Any]) -> str:
        """Say how it goes on: with the link back, or without what wasn't sent."""
        owners = sorted({"/".join(_owner(self.cluster.client, pod)).lower() for pod in pods})
        command = f"kubectl --namespace {self.namespace} scale --replicas=0 {' '.join(owners)}"
        lost = f"{command}    stops what runs there; then pulumi up goes on, and what wasn't sent is lost"
        return f"once its link is back: pulumi up\n    {lost}"


def _owner(client: Any, pod: Any) -> tuple[str, str]:
    """Return kind and name of what keeps `pod` running; the pod itself where nothing does."""
    from kubernetes.client import AppsV1Api

    owner = next((each for each in pod.metadata.owner_references or () if each.controller), None)
    if owner is None:
        return "Pod", pod.metadata.name
    if owner.kind != "ReplicaSet":
        return owner.kind, owner.name
    found = AppsV1Api(client).read_namespaced_replica_set(owner.name, pod.metadata.namespace, _request_timeout=_TIMEOUT)
    above = next((each for each in found.metadata.owner_references or () if each.controller), owner)
    return above.kind, above.name


def _leads_to(service: Any, pods: Sequence[Any]) -> bool:
    selector = service.spec.selector or {}
    return bool(selector) and any(selector.items() <= (pod.metadata.labels or {}).items() for pod in pods)


def _farewell(each: Volume, told: bool, states: dict[str, Any]) -> str:  # noqa: FBT001 what was said of it
    if states[each.node] != "ready":
        return f"was on {each.node}, which says nothing any more: what it had is lost, sent or not"
    if told:
        return f"left {each.node} after all that it owed was sent"
    return f"left {each.node}, and what was in it is gone; nothing says whether it owed anything"
