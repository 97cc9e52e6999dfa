"""`simpul:edge:Host`: a Linux machine that is what the playbooks say.

Hosts that are asked for at about the same moment are made in one Ansible run. A host that can't be reached while
its link allows days offline is deferred: its state says so, and the next `pulumi up` catches up.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from simpul import kubeconfig
from simpul.errors import OutsideError, Problem
from simpul.provider import cluster, compare, expiry, member, probe, run, ssh
from simpul.provider.batch import Batch
from simpul.provider.defer import defer
from simpul.provider.kind import Change, Failure, Interrupted, Request, Unfinished, Values
from simpul.provider.outcome import Outcome
from simpul.provider.wire import UNKNOWN, Secret

SITE: Final = "site.yml"
REMOVE: Final = "remove.yml"
_REPLACE: Final = ("name", "group")
_COMPARED: Final = (*_REPLACE, "address", "port", "user", "hostKey", "vars")
_PATTERNS: Final = {
    "name": (r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "must be a host name of lower-case letters, digits and dashes"),
    "address": (r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?", "must be an IP address or a DNS name"),
    "user": (r"[a-z_][a-z0-9_-]*", "must be the name of a Linux user"),
    "hostKey": (r"(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( .*)?", "must be a public key: its type and base64"),
}
_RANGES: Final = {"port": (1, 65535), "offlineDays": (0, 3650), "timeoutSeconds": (1, 86400)}
_REJOINS: Final = (
    "so it wasn't cleaned, and its cluster has forgotten it. Should the machine come back, it would join again: "
    "wipe its disk, or run /usr/local/bin/k3s no more there"
)
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Host:
    """The resource type; one for the whole plugin, because hosts share runs."""

    token = "simpul:edge:Host"  # noqa: S105 a type's name

    def __init__(self, stop: threading.Event, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """End whatever runs when `stop` is set; take the time from `now`."""
        self._stop = stop
        self._now = now
        self._going: set[str] = set()  # servers that are being removed, and their clusters with them
        self._sites: Batch[run.Machine, Outcome] = Batch(lambda jobs: run.run(SITE, jobs, stop=stop))
        self._removals: Batch[run.Machine, Outcome] = Batch(lambda jobs: _remove(jobs, stop))

    def check(self, inputs: Values, *, marked: Mapping[str, Any]) -> list[Failure]:  # noqa: ARG002 what every type is given
        return list(_check(inputs))

    def diff(self, request: Request) -> list[Change]:
        found = compare.changes(request.old, request.inputs, properties=_COMPARED, replace=_REPLACE)
        state = request.state
        if state.get("state") != "ready":
            found.append(Change("state", is_input=False))
        elif state.get("kubeconfig") and not _kubeconfig(request):
            found.append(Change("kubeconfig", is_input=False))
        elif state.get("playbooks") != run.digest_playbooks():
            found.append(Change("playbooks", is_input=False))
        found += [Change(path, is_input=False) for path in expiry.near(state, self._now())]
        found += [Change(compare.join("drift", what), "delete", is_input=False) for what in state.get("drift", {})]
        return found

    def create(self, request: Request) -> tuple[str, Values]:
        return str(request.inputs["name"]), self._make(request)

    def update(self, request: Request) -> Values:
        return self._make(request)

    def read(self, request: Request) -> Values:
        state = {**request.state, "kubeconfig": Secret(request.state.get("kubeconfig", ""))}
        if state.get("state") != "ready":
            return state  # there is nothing to hold it against until it has been made
        try:
            seen = probe.look(
                ssh.Connection.of(request.inputs),
                state.get("manifest", {}),
                kubeconfig=request.inputs["group"] == "server",
                stop=self._stop,
            )
            fresh = _take(request, seen.kubeconfig) if seen.kubeconfig else _kubeconfig(request)
        except (Interrupted, ssh.Unable):
            raise
        except OutsideError as error:
            request.log.alert(f"{error}\n    what is known of it stays as it was")
            return state
        held = replace(request, state={**request.state, "kubeconfig": fresh})
        drift = seen.drift | self._strays(held)
        return {**state, "drift": drift, "manifest": seen.manifest, "kubeconfig": Secret(fresh)}

    def delete(self, request: Request) -> None:
        if not request.state.get("manifest") and request.state.get("state") == "deferred":
            return  # it was never reached, so nothing of ours is on it
        if request.inputs["group"] == "server":
            self._going.add(str(request.inputs["name"]))
        try:
            self._remove(request)
        except (ssh.Unreachable, ssh.Refused, cluster.Unreachable) as error:
            raise _stays(request, error) from error

    def _remove(self, request: Request) -> None:
        """Take k3s off the host, and its node out of a cluster that stays."""
        dark = self._dark(request)
        try:
            if self._has_cluster(request):
                self._take_out(request, dark)
                return
        except OutsideError:
            if self._stop.is_set() or self._has_cluster(request):
                raise
            # Its server began to go meanwhile, and the cluster with it.
        if dark:
            raise dark
        self._clean(request)

    def _take_out(self, request: Request, dark: ssh.Unreachable | None) -> None:
        """Take the host out of its cluster, and k3s off it; of one that is `dark` only its cluster is told."""
        with member.reach(request, stop=self._stop) as found:
            if found:
                member.leave(request, found, dark=dark, stop=self._stop)
            elif dark:
                raise dark
            if not dark:
                self._clean(request)
            if found:
                member.forget(request, found, str(request.inputs["name"]), stop=self._stop)
        if dark:
            request.log.alert(f"{dark}\n    {_REJOINS}")

    def _dark(self, request: Request) -> ssh.Unreachable | None:
        """Return why the host can't be reached, None when it can. Raises `Refused`."""
        try:
            ssh.reach(ssh.Connection.of(request.inputs), stop=self._stop)
        except ssh.Unreachable as error:
            return error
        return None

    def _has_cluster(self, request: Request) -> bool:
        """Whether the host is a part of a cluster that stays: one goes with its server."""
        server = request.inputs.get("server")
        return server is not None and server["name"] not in self._going

    def _clean(self, request: Request) -> None:
        outcome = self._run(self._removals, request)
        if outcome.fault:
            raise OutsideError(_problem(request, outcome))

    def _make(self, request: Request) -> Values:
        state = _state(request)
        if request.preview:
            return {**state, "kubeconfig": state["kubeconfig"] if _kubeconfig(request) else _expected(request)}
        try:
            if request.state or request.inputs.get("server"):
                member.renew(request, ssh.Connection.of(request.inputs), stop=self._stop)
            outcome = self._run(self._sites, request)
        except ssh.Unreachable as error:
            return _defer(request, error)
        if outcome.fault:
            raise self._failure(request, outcome)
        try:
            taken = _take(request, outcome.kubeconfig)
        except OutsideError as error:
            name = str(request.inputs["name"])
            raise Unfinished(*error.problems, id=name, state={**state, "state": "unfinished"}) from error
        self._dismiss(request, taken)
        return {**state, "manifest": outcome.manifest, "kubeconfig": Secret(taken)}

    def _run(self, batch: Batch[run.Machine, Outcome], request: Request) -> Outcome:
        """Run what `batch` does on the host; raise `Unreachable` or `Refused` when we don't get in."""
        inputs = request.inputs
        connection = ssh.Connection.of(inputs)
        ssh.reach(connection, stop=self._stop)
        machine = run.Machine(
            connection=connection,
            group=inputs["group"],
            vars=inputs.get("vars") or {},
            timeout=inputs["timeoutSeconds"],
            on_task=request.log.progress,
        )
        outcome = batch.submit(machine)
        if outcome.fault and outcome.fault.kind == "unreachable":
            raise ssh.lost(connection, outcome.fault.message)
        return outcome

    def _strays(self, request: Request) -> dict[str, str]:
        """Return what is in a server's cluster and isn't declared, as drift."""
        if request.inputs["group"] != "server":
            return {}
        try:
            return member.strays(request, stop=self._stop)
        except Interrupted:
            raise
        except OutsideError as error:
            request.log.alert(f"{error}\n    so nobody knows which nodes it has")
            return {}

    def _dismiss(self, request: Request, taken: str) -> None:
        """Take what a refresh found in the server's cluster and isn't declared out of it."""
        if any(what.startswith(f"{member.STRAY} ") for what in request.state.get("drift") or ()):
            state = {**request.state, "kubeconfig": taken}
            member.dismiss(replace(request, state=state), stop=self._stop)

    def _failure(self, request: Request, outcome: Outcome) -> OutsideError:
        problem = _problem(request, outcome)
        if self._stop.is_set():
            problem = Interrupted.of(problem.where).problems[0]
        if not request.state and not outcome.touched:
            return OutsideError(problem)  # nothing was changed on it, so there is nothing to remember
        files = {**(request.state.get("manifest") or {}), **outcome.manifest}
        state = {**_state(request), "state": "unfinished", "manifest": files}
        return Unfinished(problem, id=str(request.inputs["name"]), state=state)


def _remove(machines: Sequence[run.Machine], stop: threading.Event) -> dict[str, Outcome]:
    """Run the playbook that asks whose data goes: whoever deletes a resource has answered for it."""
    named = ",".join(machine.name for machine in machines)
    return run.run(REMOVE, machines, stop=stop, given={"simpul_remove": named})


def _check(inputs: Values) -> Iterator[Failure]:
    for name, (pattern, reason) in _PATTERNS.items():
        value = inputs.get(name)
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            yield Failure(name, f"{reason} (got {value!r})")
    if inputs.get("name") in run.RESERVED:
        yield Failure("name", f"has a meaning of its own to Ansible; give the host another (got {inputs['name']!r})")
    for name, (least, most) in _RANGES.items():
        value = inputs.get(name)
        if isinstance(value, int) and not least <= value <= most:
            yield Failure(name, f"must be from {least} to {most} (got {value})")
    variables = inputs.get("vars")
    for name in variables if isinstance(variables, dict) else ():
        if not _VARIABLE.fullmatch(name):
            yield Failure(compare.join("vars", name), "isn't a name that Ansible takes for a variable")


def _kubeconfig(request: Request) -> str:
    """Return the kubeconfig of the last run; "" for one that isn't as we write them, which is handed on to nobody."""
    held = str(request.state.get("kubeconfig") or "")
    return held if kubeconfig.is_ours(held) else ""


def _take(request: Request, handed_over: str) -> str:
    """Make a server's kubeconfig: the credential is what the host handed over, all else is as declared.

    Raises OutsideError when the host handed over nothing, or anything beside what a kubeconfig of ours has.
    """
    inputs = request.inputs
    if inputs["group"] != "server":
        return ""
    where = f"host {inputs['name']}"
    if not handed_over:
        raise OutsideError(Problem(where, f"{SITE} left no kubeconfig of this server", next="pulumi up"))
    found = kubeconfig.read(
        handed_over, where, "nothing of it was used. Find out who changed k3s there; then: pulumi up"
    )
    name = (inputs.get("vars") or {}).get("k3s_cluster_name") or inputs["name"]
    return kubeconfig.write(str(name), str(inputs["address"]), found.credential)


def _expected(request: Request) -> Secret:
    return Secret(UNKNOWN if request.inputs["group"] in ("server", UNKNOWN) else "")


def _state(request: Request) -> Values:
    """Return the state of a host on which all went well, as far as it is known before the run."""
    inputs = request.inputs
    return {
        **{name: inputs[name] for name in ("name", "address", "group")},
        "kubeconfig": Secret(_kubeconfig(request)),
        "state": "ready",
        "deferredSince": "",
        "manifest": UNKNOWN if request.preview else request.state.get("manifest") or {},
        "playbooks": run.digest_playbooks(),
        "drift": {},
    }


def _defer(request: Request, error: ssh.Unreachable) -> Values:
    """Return the state of a host that is out of reach, or raise `error` when its link doesn't allow that."""
    old = request.state
    days = request.inputs["offlineDays"]
    since = defer(error, days=days, since=old.get("deferredSince") or "", log=request.log)
    return {**_state(request), "state": "deferred", "deferredSince": since, "drift": old.get("drift") or {}}


def _stays(request: Request, error: OutsideError) -> OutsideError:
    """Say of a host that can't be removed why, and how it is forgotten."""
    first, where = error.problems[0], f"host {request.inputs['name']}"
    forget = f"once the machine is gone for good: pulumi state delete '{request.urn}'"
    what = f"{first.what}, so it can't be cleaned"
    if first.where != where:
        what = f"can't be taken out of its cluster: {first.where} {first.what}"
    return OutsideError(Problem(where, what, first.got, f"{first.next}\n    {forget}"))


def _problem(request: Request, outcome: Outcome) -> Problem:
    fault = outcome.fault
    where = f"host {request.inputs['name']}"
    if fault is None:
        return Problem(where, "didn't finish")
    return Problem(where, f"failed at “{fault.task}”: {fault.message}", next="once that is mended: pulumi up")
