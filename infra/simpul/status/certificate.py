"""How long a city's certificates last.

In: the stack's outputs and resources, and the time. Out: a CertificateStatus for each, the first to end first. What a
host has renewed by itself since the last run or refresh is in neither; `pulumi refresh` brings it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from simpul.provider import expiry
from simpul.status.model import CertificateStatus
from simpul.status.stack import HOST

CERTIFICATE = "simpul:secret:Certificate"


def gather(
    clusters: Iterable[Mapping[str, Any]], resources: Iterable[Mapping[str, Any]], now: datetime
) -> tuple[CertificateStatus, ...]:
    """Gather the certificates of `clusters` (a stack output) and `resources` (of its export)."""
    found = [*_kubeconfigs(clusters), *(each for resource in resources for each in _of(resource))]
    told = (CertificateStatus(what, where, end.isoformat(), (end - now).days) for what, where, end in found)
    return tuple(sorted(told, key=lambda each: (each.ends, each.where, each.what)))


def _kubeconfigs(clusters: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, datetime]]:
    for cluster in clusters:
        end = expiry.of_kubeconfig(cluster["kubeconfig"] or "")
        if end is not None:
            yield "kubeconfig", cluster["name"], end


def _of(resource: Mapping[str, Any]) -> Iterator[tuple[str, str, datetime]]:
    outputs = resource.get("outputs") or {}
    if resource["type"] == HOST:
        manifest = outputs.get("manifest") or {}
        for kind in ("certificates", "authorities"):
            for name, end in (manifest.get(kind) or {}).items():
                yield name, outputs["name"], datetime.fromisoformat(end)
    elif resource["type"] == CERTIFICATE:
        what = "authority" if (resource.get("inputs") or {}).get("isAuthority") else "server"
        yield what, resource["urn"].rpartition("::")[2], datetime.fromisoformat(outputs["notAfter"])
