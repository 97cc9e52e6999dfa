"""Volumes that are a part of a node's disk.

In goes a cluster's client; out comes what of whose disk is claimed by whom. Such a volume is where its node is and
nowhere else: it can't follow a pod, and it is gone with the disk, while the cluster goes on holding its place.
"""

# ruff: noqa: PLC0415 the kubernetes package takes a second to import, which only those pay who need it

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Final

from simpul.errors import OutsideError, Problem
from simpul.provider.kind import Interrupted, Values

_TIMEOUT: Final = 10
_GONE_SECONDS: Final = 60
_EVERY_SECONDS: Final = 0.5
_MISSING: Final = 404
_HOST: Final = "kubernetes.io/hostname"
_BYTES: Final[dict[str, int]] = {"": 1, **{f"{letter}i": 1024**power for power, letter in enumerate("KMGTP", 1)},
                 **{letter: 1000**power for power, letter in enumerate("kMGTP", 1)}}  # fmt: skip


@dataclass(frozen=True)
class Volume:
    """A claimed volume on the disk of `node`: `id` is its own name, `path` its folder there."""

    namespace: str
    claim: str
    node: str
    gib: int
    id: str
    path: str = ""

    @property
    def where(self) -> str:
        """The volume, for people."""
        return f"{self.namespace}/{self.claim} ({self.gib} GiB)"

    def export(self) -> Values:
        """Give the volume as a release's state has it."""
        return {"claim": f"{self.namespace}/{self.claim}", "node": self.node, "gib": self.gib, "id": self.id}


def survey(client: Any) -> list[Volume]:
    """Return the claimed volumes of a cluster that are a part of a node's disk."""
    from kubernetes.client import CoreV1Api

    found = CoreV1Api(client).list_persistent_volume(_request_timeout=_TIMEOUT).items
    read = [_read(volume) for volume in found if volume.spec.claim_ref]
    return [volume for volume in read if volume is not None]


def of_release(client: Any, namespace: str, release: str) -> list[Volume]:
    """Return those whose claims bear the label of `release`."""
    from kubernetes.client import CoreV1Api

    claims = CoreV1Api(client).list_namespaced_persistent_volume_claim(
        namespace, label_selector=f"app.kubernetes.io/instance={release}", _request_timeout=_TIMEOUT
    )
    bound = {claim.spec.volume_name for claim in claims.items}
    return [volume for volume in survey(client) if volume.id in bound] if bound - {None} else []


def condemn(client: Any, volumes: Iterable[Volume], *, alive: bool) -> None:
    """Have `volumes` and the claims to them deleted as soon as no pod uses them.

    Whoever made them takes their folders away if their node is `alive`; of one that isn't, only the record goes.
    """
    from kubernetes.client import CoreV1Api

    core = CoreV1Api(client)
    for each in volumes:
        if not alive:
            # Else whoever made it would wait for the node, to delete the folder there.
            keep = {"spec": {"persistentVolumeReclaimPolicy": "Retain"}}
            with absent_is_fine():
                core.patch_persistent_volume(each.id, keep, _request_timeout=_TIMEOUT)
        with absent_is_fine():
            core.delete_namespaced_persistent_volume_claim(each.claim, each.namespace, _request_timeout=_TIMEOUT)
        if not alive:
            with absent_is_fine():
                core.delete_persistent_volume(each.id, _request_timeout=_TIMEOUT)


def await_gone(client: Any, volumes: Iterable[Volume], *, stop: threading.Event) -> None:
    """Wait until `volumes` and the claims to them are gone."""
    from kubernetes.client import CoreV1Api

    core = CoreV1Api(client)
    for each in volumes:
        until(partial(_is_gone, core, each), f"volume {each.where}", stop)


def until(holds: Callable[[], bool], where: str, stop: threading.Event, seconds: float = _GONE_SECONDS) -> None:
    """Wait until `holds` says so. Raises Interrupted on `stop`, OutsideError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if stop.wait(_EVERY_SECONDS):
            raise Interrupted.of(where)
        if time.monotonic() > deadline:
            raise OutsideError(Problem(where, f"isn't gone after {seconds:.0f} s", next="pulumi up goes on from here"))


class absent_is_fine(AbstractContextManager[None, bool]):  # noqa: N801 it is used as a statement
    """Passes over an answer that what was asked for isn't there."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        from kubernetes.client.exceptions import ApiException

        return isinstance(error, ApiException) and error.status == _MISSING


def gib(quantity: str) -> int:
    """Return a quantity of Kubernetes' in whole GiB, rounded up; 0 for one that isn't of bytes."""
    found = re.fullmatch(r"(\d+)([A-Za-z]{0,2})", quantity)
    if found is None or found[2] not in _BYTES:
        return 0
    return -(-int(found[1]) * _BYTES[found[2]] // 1024**3)


def _is_gone(core: Any, volume: Volume) -> bool:
    with absent_is_fine():
        core.read_persistent_volume(volume.id, _request_timeout=_TIMEOUT)
        return False
    with absent_is_fine():
        claim = core.read_namespaced_persistent_volume_claim(volume.claim, volume.namespace, _request_timeout=_TIMEOUT)
        return bool(claim.spec.volume_name != volume.id)  # one of that name that was made since is another
    return True


def _read(found: Any) -> Volume | None:
    node = _node(found)
    if node is None:
        return None
    spec = found.spec
    place = spec.host_path or spec.local
    return Volume(
        namespace=spec.claim_ref.namespace,
        claim=spec.claim_ref.name,
        node=node,
        gib=gib((spec.capacity or {}).get("storage", "")),
        id=found.metadata.name,
        path=place.path if place else "",
    )


def _node(found: Any) -> str | None:
    """Return the one node to which the volume `found` is bound, None when it isn't."""
    affinity = found.spec.node_affinity
    if not affinity or not affinity.required:
        return None
    wanted = [
        value
        for term in affinity.required.node_selector_terms
        for each in term.match_expressions or ()
        if each.key == _HOST and each.operator == "In"
        for value in each.values
    ]
    return wanted[0] if len(set(wanted)) == 1 else None
