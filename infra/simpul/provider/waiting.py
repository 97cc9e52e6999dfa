"""Which pods of a release aren't ready, and why.

In go a cluster's client and a release; out comes a line for each pod that isn't ready, with the reason that
Kubernetes gives. `Watch` asks again and again while helm waits, because after helm has rolled back nothing is
left to ask.
"""

# ruff: noqa: PLC0415 the kubernetes package takes a second to import, which only those pay who need it

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Final, Self

_EVERY_SECONDS: Final = 3.0
_TIMEOUT: Final = 10


class Watch:
    """Looks at a release's pods for as long as the block runs; `reasons` are the last ones seen."""

    def __init__(self, client: Any, namespace: str, release: str, progress: Callable[[str], None]) -> None:
        """Tell `progress` how many pods are ready each time that changes."""
        self.reasons: list[str] = []
        self._where = (client, namespace, release)
        self._progress = progress
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join(_TIMEOUT)

    def _run(self) -> None:
        from kubernetes.client.exceptions import ApiException
        from urllib3.exceptions import HTTPError

        last = ""
        while not self._end.wait(_EVERY_SECONDS):
            try:
                ready, reasons = look(*self._where)
            except (ApiException, HTTPError):
                continue  # helm itself says what is wrong with the cluster
            if reasons:
                self.reasons = reasons
            if not ready and not reasons:
                continue  # no pod yet
            text = f"{ready} of {ready + len(reasons)} pods ready" + (f"; {reasons[0]}" if reasons else "")
            if text != last:
                self._progress(text)
                last = text


def look(client: Any, namespace: str, release: str) -> tuple[int, list[str]]:
    """Return how many pods of `release` are ready, and for each other one why not."""
    from kubernetes.client import CoreV1Api

    core = CoreV1Api(client)
    pods = _pods(core, namespace, release)
    waiting = [pod for pod in pods if not is_ready(pod)]
    reasons = []
    for pod in waiting:
        why = "; ".join(explain(pod)) or _last_event(core, namespace, pod.metadata.name)
        reasons.append(f"pod {pod.metadata.name}: {why or 'not ready yet'}")
    return len(pods) - len(waiting), reasons


def stuck(client: Any, namespace: str, release: str) -> dict[str, str]:
    """Return the pods of `release` that won't come up by themselves, and why."""
    from kubernetes.client import CoreV1Api

    pods = _pods(CoreV1Api(client), namespace, release)
    found = {f"pod {pod.metadata.name}": "; ".join(explain(pod)) for pod in pods if not is_ready(pod)}
    return {name: why for name, why in found.items() if why}


def is_ready(pod: Any) -> bool:
    """Whether `pod` is ready, or has done what it was for."""
    return pod.status.phase == "Succeeded" or holds(pod, "Ready")


def holds(thing: Any, kind: str) -> bool:
    """Whether the condition `kind` of a pod or a node is true."""
    return any(each.type == kind and each.status == "True" for each in thing.status.conditions or ())


def explain(pod: Any) -> Iterator[str]:
    """Yield what keeps `pod` from getting ready, in Kubernetes' own words."""
    for condition in pod.status.conditions or []:
        if condition.type == "PodScheduled" and condition.status == "False":
            yield f"can't be scheduled: {condition.message}"
    for status in [*(pod.status.init_container_statuses or []), *(pod.status.container_statuses or [])]:
        state, last = status.state, status.last_state
        if state and state.waiting and state.waiting.reason not in ("ContainerCreating", "PodInitializing"):
            yield f"{status.name} {state.waiting.reason}: {state.waiting.message or ''}".rstrip(": ")
        ended = (state and state.terminated) or (last and last.terminated)
        if ended and ended.exit_code:
            yield f"{status.name} ended with exit code {ended.exit_code} ({ended.reason})"


def _pods(core: Any, namespace: str, release: str) -> list[Any]:
    selector = f"app.kubernetes.io/instance={release}"
    return list(core.list_namespaced_pod(namespace, label_selector=selector, _request_timeout=_TIMEOUT).items)


def _last_event(core: Any, namespace: str, pod: str) -> str:
    selector = f"involvedObject.name={pod},type=Warning"
    events = core.list_namespaced_event(namespace, field_selector=selector, _request_timeout=_TIMEOUT).items
    return f"{events[-1].reason}: {events[-1].message}" if events else ""
