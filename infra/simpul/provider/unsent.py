"""What a pod still owes others: what is lost if its volume goes now.

In go pods that say by an annotation how to ask them, `simpul.id/unsent: COMMAND`. The command runs in the container
and prints one number; 0 means that nothing is lost with the volume.
"""

# ruff: noqa: PLC0415 the kubernetes package takes a second to import, which only those pay who need it

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from simpul.errors import OutsideError, Problem
from simpul.provider.kind import Interrupted
from simpul.provider.waiting import is_ready

ANNOTATION: Final = "simpul.id/unsent"
_CONTAINER: Final = "kubectl.kubernetes.io/default-container"
_ASK_SECONDS: Final = 20
_EVERY_SECONDS: Final = 2.0
PATIENCE_SECONDS: Final = 180.0
"""How long may pass in which nothing is sent. A hub may ask a site again only two and a half minutes after a cut."""


class Silent(OutsideError):  # noqa: N818 the tree's roots carry the suffix
    """A pod doesn't say how much it hasn't sent."""


def tells(pod: Any) -> bool:
    """Whether `pod` says how it is asked."""
    return ANNOTATION in (pod.metadata.annotations or {})


def ask(client: Any, pod: Any) -> int:
    """Return how much `pod` hasn't sent. Raises Silent where it doesn't say."""
    from kubernetes.client import ApiClient, CoreV1Api
    from kubernetes.client.exceptions import ApiException
    from kubernetes.stream import stream

    where = f"pod {pod.metadata.namespace}/{pod.metadata.name}"
    if pod.metadata.deletion_timestamp or not is_ready(pod):
        raise Silent(Problem(where, "isn't ready, so it can't say what it hasn't sent"))
    annotations = pod.metadata.annotations
    # A client of its own: the package changes the one that it streams by for as long as that takes.
    core = CoreV1Api(ApiClient(client.configuration))
    try:
        answer = stream(
            core.connect_get_namespaced_pod_exec,
            pod.metadata.name,
            pod.metadata.namespace,
            container=annotations.get(_CONTAINER) or pod.spec.containers[0].name,
            command=shlex.split(annotations[ANNOTATION]),
            stdin=False,
            stdout=True,
            stderr=True,
            tty=False,
            _preload_content=False,
        )
        answer.run_forever(timeout=_ASK_SECONDS)
        out, err = answer.read_stdout(timeout=0), answer.read_stderr(timeout=0)
        answer.close()
    except ApiException as error:
        raise Silent(Problem(where, f"can't be asked by {ANNOTATION}", str(error.reason))) from error
    if not out.strip().isdecimal():
        got = (err or out).strip()[-200:] or "nothing"
        raise Silent(Problem(where, f"doesn't answer {ANNOTATION} with a number", got))
    return int(out)


def wait(
    count: Callable[[], int],
    *,
    where: str,
    then: str,
    stop: threading.Event,
    progress: Callable[[str], None],
) -> None:
    """Wait until `count` gives 0, for as long as it falls.

    Raises Interrupted on `stop`, and OutsideError that says how many are left and, in `then`, what to do.
    """
    least, since, silent = None, time.monotonic(), None
    while True:
        try:
            left, silent = count(), None
            if left == 0:
                return
            progress(f"{left} to be sent before the volume goes")
            if least is None or left < least:
                least, since = left, time.monotonic()
        except Silent as error:
            silent = error.problems[0]
        if time.monotonic() - since > PATIENCE_SECONDS:
            raise OutsideError(_problem(where, least, silent, then))
        if stop.wait(_EVERY_SECONDS):
            raise Interrupted.of(where)


def _problem(where: str, left: int | None, silent: Problem | None, then: str) -> Problem:
    if silent is not None:
        return Problem(where, f"{silent.what}; its volume stays", silent.got, then)
    what = "hasn't sent all that its volume keeps, and sends no more; the volume stays"
    return Problem(where, what, f"{left} left", then)


def count(client: Any, pods: Sequence[Any], where: str) -> int:
    """Return how much all of `pods` haven't sent. Raises Silent where one doesn't say, or there is none."""
    if not pods:
        raise Silent(Problem(where, "runs no pod at the moment, so it can't say what it hasn't sent"))
    return sum(ask(client, pod) for pod in pods if tells(pod))
