"""A fake Kubernetes API with nodes, pods, volumes, claims, services and stateful sets, and the little that they do.

It stands for a site's cluster in tests of what goes when a host goes. What a real one does is the lab's to show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from apiserver import serve
from credential import identity

Thing = dict[str, Any]


@dataclass
class World:
    """What is in the cluster, by its path. `asked` is what it was told, in order."""

    kubeconfig: str = ""
    things: dict[str, Thing] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def node(self, name: str, *, ready: bool = True) -> None:
        """Add a node."""
        status = {"conditions": [{"type": "Ready", "status": "True" if ready else "Unknown"}]}
        self._put("api/v1/nodes", name, {"status": status})

    def office(self, node: str, *, annotations: dict[str, str] | None = None) -> None:
        """Add a stateful set with its pod on `node`, the pod's claim, and the volume on the node's disk."""
        labels = {"app.kubernetes.io/instance": "messaging"}
        self._put("apis/apps/v1/namespaces/messaging/statefulsets", "messaging", {"spec": {"replicas": 1}})
        self._put("api/v1/namespaces/messaging/services", "messaging", {"spec": {"selector": dict(labels)}})
        self.pod(node, labels, annotations or {})
        claim = {"metadata": {"labels": labels}, "spec": {"volumeName": "pvc-1"}}
        self._put("api/v1/namespaces/messaging/persistentvolumeclaims", "data-messaging-0", claim)
        self._put("api/v1/persistentvolumes", "pvc-1", {"spec": lying(node)})

    def pod(self, node: str, labels: dict[str, str], annotations: dict[str, str]) -> None:
        """Add the pod."""
        owner = {"kind": "StatefulSet", "name": "messaging", "apiVersion": "apps/v1", "uid": "s", "controller": True}
        meta = {"labels": labels, "annotations": annotations, "ownerReferences": [owner], "uid": str(len(self.asked))}
        volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data-messaging-0"}}]
        spec = {"nodeName": node, "containers": [{"name": "nats"}], "volumes": volumes}
        status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
        self._put("api/v1/namespaces/messaging/pods", "messaging-0", {"metadata": meta, "spec": spec, "status": status})

    def names(self, kind: str) -> list[str]:
        """Give the names of all things of a kind, as its path has it."""
        return [path.rpartition("/")[2] for path in self.things if path.split("/")[-2] == kind]

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Thing]:
        """Do what a request says."""
        if method != "GET":
            self.asked.append((method, path))
        if path == "version":
            return 200, dict.fromkeys(("buildDate", "compiler", "gitCommit", "gitTreeState", "gitVersion", "goVersion",
                                       "major", "minor", "platform"), "")  # fmt: skip
        if path.endswith("/eviction"):
            return self._delete(path.removesuffix("/eviction"))
        if path.endswith("/scale"):
            return self._scale(path.removesuffix("/scale"), body)
        if path in self.things:
            return self._one(method, path, body)
        listed = [each for name, each in self.things.items() if _is_of(name, path)]
        if method == "GET" and (listed or path.endswith("s")):
            return 200, {"items": listed, "metadata": {}}
        return 404, {}

    def _one(self, method: str, path: str, body: Any) -> tuple[int, Thing]:
        if method == "DELETE":
            return self._delete(path)
        if method == "PATCH":
            _merge(self.things[path], body)
        return 200, self.things[path]

    def _scale(self, path: str, body: Any) -> tuple[int, Thing]:
        self.things[path]["spec"]["replicas"] = body["spec"]["replicas"]
        if not body["spec"]["replicas"]:
            self.things.pop("api/v1/namespaces/messaging/pods/messaging-0", None)
        return 200, {"metadata": {}, "spec": {}}

    def _delete(self, path: str) -> tuple[int, Thing]:
        gone = self.things.pop(path, None)
        if gone is None:
            return 404, {}
        sets = self.things.get("apis/apps/v1/namespaces/messaging/statefulsets/messaging")
        if path.endswith("/pods/messaging-0") and sets and sets["spec"]["replicas"]:
            told = gone["metadata"]
            self.pod(gone["spec"]["nodeName"], told["labels"], told["annotations"])
        if "/persistentvolumeclaims/" in path:
            at = f"api/v1/persistentvolumes/{gone['spec']['volumeName']}"
            if self.things.get(at, {}).get("spec", {}).get("persistentVolumeReclaimPolicy") == "Delete":
                del self.things[at]
        return 200, {"metadata": {}, "status": "Success"}

    def _put(self, folder: str, name: str, thing: Thing) -> None:
        namespace = folder.split("/namespaces/")[1].split("/", maxsplit=1)[0] if "/namespaces/" in folder else None
        metadata = {"name": name, "namespace": namespace, **thing.get("metadata", {})}
        self.things[f"{folder}/{name}"] = {**thing, "metadata": metadata}


def lying(node: str) -> Thing:
    """Give what a volume on the disk of `node` is."""
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}
    return {
        "capacity": {"storage": "8Gi"},
        "claimRef": {"namespace": "messaging", "name": "data-messaging-0"},
        "hostPath": {"path": "/var/lib/rancher/k3s/storage/pvc-1_messaging_data-messaging-0"},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
        "persistentVolumeReclaimPolicy": "Delete",
    }


def _is_of(name: str, path: str) -> bool:
    """Whether the thing `name` is listed at `path`; pods are listed over all namespaces too."""
    folder = name.rpartition("/")[0]
    return folder == path or (path == "api/v1/pods" and folder.endswith("/pods"))


def _merge(thing: Thing, patch: Thing) -> None:
    for key, value in patch.items():
        if value is None:
            thing.pop(key, None)
        elif isinstance(value, dict):
            _merge(thing.setdefault(key, {}), value)
        else:
            thing[key] = value


@contextmanager
def fake_api() -> Iterator[World]:
    """Serve a world for as long as the block runs."""
    world = World()
    with serve(lambda method, path, body: world.answer(method, path.strip("/"), body)) as port:
        world.kubeconfig = identity().kubeconfig(port)
        yield world
