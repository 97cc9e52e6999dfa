"""What has drifted of a release: what applying its manifest once more would change.

In go a cluster's client and the manifest that helm keeps; out comes, for each object that would change, what is
otherwise. The server answers that itself, in a dry run of a server-side apply: its defaults don't count as drift.
"""

# ruff: noqa: PLC0415 the kubernetes package takes a second to import, which only those pay who need it

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from simpul.errors import OutsideError, Problem
from simpul.provider import compare

_TIMEOUT: Final = 30
_MISSING: Final = 404
_MANAGER: Final = "helm"  # the name under which helm 4 applies
# What the server writes on every apply, whatever is in it.
_NOT_WISHED: Final = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid")
_MOST_NAMED: Final = 5


def drift(client: Any, manifest: str, *, release: str, namespace: str) -> dict[str, str]:
    """Return what applying `manifest`, of `release`, would change, by object."""
    from kubernetes.client.exceptions import ApiException
    from kubernetes.dynamic import DynamicClient
    from kubernetes.dynamic.exceptions import ResourceNotFoundError

    dynamic = DynamicClient(client)
    found = {}
    for written in objects(manifest):
        wanted = owned(written, release, namespace)
        name = f"{wanted['kind']} {wanted['metadata']['name']}"
        try:
            kind = dynamic.resources.get(api_version=wanted["apiVersion"], kind=wanted["kind"])
            where = {"namespace": wanted["metadata"].get("namespace", namespace)} if kind.namespaced else {}
            live = kind.get(name=wanted["metadata"]["name"], _request_timeout=_TIMEOUT, **where).to_dict()
            applied = kind.server_side_apply(
                body=wanted,
                field_manager=_MANAGER,
                force_conflicts=True,
                dry_run="All",
                _request_timeout=_TIMEOUT,
                **where,
            ).to_dict()
        except ResourceNotFoundError:
            found[name] = "its kind is gone from the cluster"
        except ApiException as error:
            if error.status != _MISSING:
                raise OutsideError(Problem(name, "can't be compared with the cluster", str(error.reason))) from error
            found[name] = "is gone"
        else:
            if paths := differing(live, applied):
                found[name] = ", ".join(paths)
    return found


def objects(manifest: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of `manifest`; hooks aren't among them, helm keeps those apart."""
    for document in yaml.safe_load_all(manifest):
        if document and document.get("kind") == "List":
            yield from document["items"]
        elif document:
            yield document


def owned(found: Mapping[str, Any], release: str, namespace: str) -> dict[str, Any]:
    """Return the object `found` with the marks that helm puts on it when it applies it."""
    metadata = found["metadata"]
    labels = {**(metadata.get("labels") or {}), "app.kubernetes.io/managed-by": "Helm"}
    ours = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace}
    annotations = {**(metadata.get("annotations") or {}), **ours}
    return {**found, "metadata": {**metadata, "labels": labels, "annotations": annotations}}


def differing(live: Mapping[str, Any], applied: Mapping[str, Any]) -> list[str]:
    """Return the paths at which `live` is otherwise than `applied`; values stay out, they may be secret."""
    left, right = _wished(live), _wished(applied)
    paths = [change.path for change in compare.changes(left, right, properties=sorted(left.keys() | right.keys()))]
    rest = [f"and {len(paths) - _MOST_NAMED} more"] if len(paths) > _MOST_NAMED else []
    return [*paths[:_MOST_NAMED], *rest]


def _wished(found: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in found.get("metadata", {}).items() if key not in _NOT_WISHED}
    return {**{key: value for key, value in found.items() if key != "status"}, "metadata": metadata}
