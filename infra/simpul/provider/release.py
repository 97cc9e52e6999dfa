"""`simpul:helm:Release`: a chart of the project, installed in a cluster by helm.

A digest over the chart's files and the values says whether there is anything to do. New credentials in the
kubeconfig are no change; another server or authority is. A cluster that can't be reached while its link allows
days offline is deferred, like its hosts. Where volumes are a part of a node's disk, `home` says of which.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from simpul import kubeconfig
from simpul.errors import OutsideError, Problem
from simpul.provider import chart, cluster, compare, drift, volume
from simpul.provider.defer import defer
from simpul.provider.helm import Helm, Status
from simpul.provider.kind import Change, Failure, Interrupted, Request, Unfinished, Values
from simpul.provider.relocation import Relocation
from simpul.provider.waiting import Watch, stuck
from simpul.provider.wire import UNKNOWN, Secret, has_unknown, secret_paths

_REPLACE: Final = ("cluster", "name", "namespace")
_COMPARED: Final = (*_REPLACE, "chart", "values", "images", "home")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?")  # helm's bound for a release's name
_RANGES: Final = {"offlineDays": (0, 3650), "timeoutSeconds": (1, 7200)}
DEPLOYED: Final = "deployed"
DEFERRED: Final = "deferred"


class Release:
    """The resource type."""

    token = "simpul:helm:Release"  # noqa: S105 a type's name

    def __init__(self, stop: threading.Event) -> None:
        """End whatever runs when `stop` is set."""
        self._stop = stop

    def check(self, inputs: Values, *, marked: Mapping[str, Any]) -> list[Failure]:
        return list(_check(inputs, marked))

    def diff(self, request: Request) -> list[Change]:
        old, new, state = request.old, request.inputs, request.state
        found = compare.changes(old, new, properties=_COMPARED, replace=_REPLACE)
        if _identity(old.get("kubeconfig")) != _identity(new["kubeconfig"]):
            found.append(Change("kubeconfig"))
        if not found and _digest(new) != state.get("digest"):
            found.append(Change("digest", is_input=False))  # a file of the chart is another one
        if state.get("status") != DEPLOYED:
            found.append(Change("status", is_input=False))
        if not found and any(each["node"] != _home(request) for each in state.get("volumes") or ()):
            found.append(Change("volumes", is_input=False))
        found += [Change(compare.join("drift", what), "delete", is_input=False) for what in state.get("drift", {})]
        return found

    def create(self, request: Request) -> tuple[str, Values]:
        return _id(request.inputs), self._apply(request)

    def update(self, request: Request) -> Values:
        return self._apply(request)

    def read(self, request: Request) -> Values | None:
        state = {**request.state, "digest": Secret(request.state.get("digest", ""))}
        if not request.inputs["kubeconfig"]:
            return state
        try:
            with self._helm(request) as helm:
                status = helm.status()
                if status is None:
                    return state if state.get("status") == DEFERRED else None
                client, manifest = helm.cluster.client, helm.manifest()
                found = drift.drift(client, manifest, release=helm.name, namespace=helm.namespace)
                found |= stuck(client, helm.namespace, helm.name)
                state["volumes"] = _volumes(helm, request)
        except cluster.Unreachable as error:
            request.log.alert(f"{error}\n    what is known of it stays as it was")
            return state
        if status.revision != state.get("revision"):
            found["revision"] = f"{status.revision}, made by someone else"
        if state.get("status") == DEFERRED:
            return {**state, "drift": found}
        return {**state, **_facts(status), "revision": state.get("revision"), "drift": found}

    def delete(self, request: Request) -> None:
        if not request.inputs["kubeconfig"]:
            return  # its cluster has never been there
        try:
            with self._helm(request) as helm:
                self._let_send(helm, request)
                request.log.progress("helm uninstall")
                helm.uninstall(request.inputs["timeoutSeconds"])
                if helm.others():
                    return
                if claims := helm.cluster.claims(helm.namespace):
                    helm.cluster.drop_images(helm.namespace)
                    request.log.alert(_what_stays(helm, claims))
                else:
                    helm.cluster.remove_namespace(helm.namespace, stop=self._stop)
        except cluster.Unreachable as error:
            first = error.problems[0]
            forget = f"once the cluster is gone for good: pulumi state delete '{request.urn}'"
            what = f"{first.what}, so {_id(request.inputs)} can't be removed"
            raise OutsideError(Problem(first.where, what, first.got, f"{first.next}\n    {forget}")) from error

    def _apply(self, request: Request) -> Values:
        inputs = request.inputs
        state = _state(request)
        if request.preview:
            return state
        if not inputs["kubeconfig"]:
            return _defer(request, OutsideError(_no_kubeconfig(request)))
        try:
            with self._helm(request) as helm:
                status = self._upgrade(helm, request)
                return {**state, **_facts(status), "volumes": _volumes(helm, request)}
        except cluster.Unreachable as error:
            return _defer(request, error)
        except Interrupted as error:
            raise Unfinished(
                *error.problems, id=_id(inputs), state={**state, "digest": Secret(""), "status": "unfinished"}
            ) from error

    def _upgrade(self, helm: Helm, request: Request) -> Status:
        inputs = request.inputs
        if helm.recover():
            request.log.alert(f"{helm.where} was cut off by an earlier run; that has been undone")
        made = helm.cluster.ensure_namespace(helm.namespace)
        if images := inputs.get("images"):
            helm.cluster.put_images(helm.namespace, **images)
        elif request.old.get("images"):
            helm.cluster.drop_images(helm.namespace)
        if not made:
            self._relocate(helm, request)
        request.log.progress("helm upgrade")
        watch = Watch(helm.cluster.client, helm.namespace, helm.name, request.log.progress)
        try:
            with watch:
                helm.upgrade(inputs["chart"], inputs.get("values") or {}, inputs["timeoutSeconds"])
        except Interrupted:
            raise
        except OutsideError as error:
            first = error.problems[0]
            reasons = "".join(f"\n    {reason}" for reason in watch.reasons)
            problems = [Problem(first.where, f"{first.what}{reasons}", first.got, first.next)]
            if made:
                problems += self._take_back(helm)
            raise OutsideError(*problems) from error
        status = helm.status()
        if status is None:
            raise OutsideError(Problem(helm.where, "helm reports success, but the release isn't there"))
        return status

    def _take_back(self, helm: Helm) -> tuple[Problem, ...]:
        """Remove the namespace that a failed install would leave where no state knows of it; return what stops that."""
        try:
            helm.cluster.remove_namespace(helm.namespace, stop=self._stop)
        except OutsideError as error:
            return error.problems
        return ()

    def _relocate(self, helm: Helm, request: Request) -> None:
        """Have volumes leave that lie on another node's disk than they should."""
        home = _home(request)
        away = [each for each in _lying(helm, request) if each.node != home]
        if away:
            with cluster.answering(helm.where):
                self._relocation(helm, request).run(away, home=home, let_go=request.inputs.get("letGo") or ())

    def _let_send(self, helm: Helm, request: Request) -> None:
        """Wait until what runs there has sent what it owes: after it nobody would, and its host may go too."""
        with cluster.answering(helm.where):
            self._relocation(helm, request).send(_lying(helm, request))

    def _relocation(self, helm: Helm, request: Request) -> Relocation:
        return Relocation(helm.cluster, helm.namespace, helm.name, self._stop, request.log)

    @contextmanager
    def _helm(self, request: Request) -> Iterator[Helm]:
        inputs = request.inputs
        with cluster.connect(inputs["cluster"], inputs["kubeconfig"]) as reached:
            yield Helm(reached, inputs["namespace"], inputs["name"], self._stop)


def _check(inputs: Values, marked: Mapping[str, Any]) -> Iterator[Failure]:
    for name in ("name", "namespace"):
        value = inputs[name]
        if isinstance(value, str) and not _LABEL.fullmatch(value):
            yield Failure(name, f"must be of lower-case letters, digits and dashes, at most 53 (got {value!r})")
    for name, (least, most) in _RANGES.items():
        value = inputs[name]
        if isinstance(value, int) and not least <= value <= most:
            yield Failure(name, f"must be from {least} to {most} (got {value})")
    if isinstance(inputs["kubeconfig"], str) and inputs["kubeconfig"]:
        yield from _check_kubeconfig(inputs["kubeconfig"])
    values = inputs.get("values")
    if isinstance(inputs["chart"], str) and values is not UNKNOWN:
        below = marked.get("values")
        yield from chart.problems(inputs["chart"], values or {}, list(secret_paths(below)))


def _check_kubeconfig(text: str) -> Iterator[Failure]:
    try:
        kubeconfig.read(text, "")
    except OutsideError as error:
        problem = error.problems[0]
        yield Failure("kubeconfig", f"{problem.what} (got {problem.got})")


def _id(inputs: Values) -> str:
    return f"{inputs['cluster']}/{inputs['namespace']}/{inputs['name']}"


def _identity(text: Any) -> Any:
    return cluster.identity(text) if isinstance(text, str) else text


def _digest(inputs: Values) -> Any:
    if has_unknown([inputs["chart"], inputs.get("values")]):
        return UNKNOWN
    return chart.digest(inputs["chart"], inputs.get("values") or {})


def _home(request: Request) -> str:
    return str(request.inputs.get("home") or "")


def _lying(helm: Helm, request: Request) -> list[volume.Volume]:
    """Return the release's volumes that are a part of a node's disk, where that is known to be so."""
    if not _home(request):
        return []
    with cluster.answering(helm.where):
        return volume.of_release(helm.cluster.client, helm.namespace, helm.name)


def _volumes(helm: Helm, request: Request) -> list[Values]:
    """Return the release's volumes as its state has them; say which were made anew since the last time."""
    found = [each.export() for each in _lying(helm, request)]
    ids = {each["claim"]: each["id"] for each in found}
    for old in request.state.get("volumes") or ():
        if old["node"] == _home(request) and ids.get(old["claim"], old["id"]) != old["id"]:
            what = f"volume {old['claim']} ({old['gib']} GiB) of {helm.where} is another one than before"
            request.log.alert(f"{what}: what was in it on {old['node']} is lost")
    return found


def _facts(status: Status) -> Values:
    return {
        "revision": status.revision,
        "status": status.status,
        "chartVersion": status.chart_version,
        "appVersion": status.app_version,
    }


def _state(request: Request) -> Values:
    """Return the state of a release on which all went well, as far as it is known before helm runs."""
    inputs = request.inputs
    return {
        **{name: inputs[name] for name in _REPLACE},
        "digest": Secret(_digest(inputs)),
        "revision": UNKNOWN,
        "status": DEPLOYED,
        "deferredSince": "",
        "chartVersion": UNKNOWN,
        "appVersion": UNKNOWN,
        "drift": {},
        "volumes": UNKNOWN if request.preview else request.state.get("volumes") or [],
    }


def _defer(request: Request, error: OutsideError) -> Values:
    """Return the state of a release whose cluster is out of reach, or raise `error` when that isn't allowed."""
    old = request.state
    days = request.inputs["offlineDays"]
    since = defer(error, days=days, since=old.get("deferredSince") or "", log=request.log)
    return {
        **_state(request),
        "digest": Secret(old.get("digest", "")),
        "revision": old.get("revision", 0),
        "status": DEFERRED,
        "deferredSince": since,
        "chartVersion": old.get("chartVersion", ""),
        "appVersion": old.get("appVersion", ""),
        "drift": old.get("drift") or {},
        "volumes": old.get("volumes") or [],
    }


def _what_stays(helm: Helm, claims: list[str]) -> str:
    """Say that the volumes stay: what is in them exists nowhere else, and isn't the release's to remove."""
    command = f"kubectl --namespace {helm.namespace} delete persistentvolumeclaims {' '.join(claims)}"
    return (
        f"{helm.where}: its volumes stay, and so does their namespace (claims: {', '.join(claims)})\n"
        f"    {command}    removes them with all that is in them"
    )


def _no_kubeconfig(request: Request) -> Problem:
    return Problem(
        f"cluster {request.inputs['cluster']}",
        "has no kubeconfig yet: its server hasn't been reached",
        next="pulumi up",
    )
