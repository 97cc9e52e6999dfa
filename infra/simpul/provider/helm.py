"""The helm program, one release at a time.

In go a cluster, a release's name and namespace; out come what helm knows of it. Values reach helm in a private
file, never as arguments. Raises `OutsideError` with helm's own words.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simpul import environment
from simpul.errors import OutsideError, Problem
from simpul.provider import chart, child, scratch
from simpul.provider.cluster import Cluster
from simpul.provider.kind import Interrupted

_QUICK_SECONDS: Final = 60
_SLACK_SECONDS: Final = 60  # beyond helm's own timeout, for rolling back
_CUT_OFF: Final = frozenset({"pending-install", "pending-upgrade", "pending-rollback", "uninstalling"})
_NOT_FOUND: Final = re.compile(r"release: not found|not found$", re.MULTILINE)
_LOG_LINE: Final = re.compile(r"^(level=|time=|WARNING:|I\d{4} |W\d{4} )")


@dataclass(frozen=True)
class Status:
    """What helm knows of a release."""

    revision: int
    status: str
    chart_version: str
    app_version: str


@dataclass(frozen=True)
class Helm:
    """A release in a cluster."""

    cluster: Cluster
    namespace: str
    name: str
    stop: threading.Event

    @property
    def where(self) -> str:
        """The release, for people."""
        return f"release {self.namespace}/{self.name} in {self.cluster.name}"

    def status(self) -> Status | None:
        """Return what helm knows of the release, None when it isn't there."""
        done = self._run("get", "metadata", self.name, "--output", "json", timeout=_QUICK_SECONDS)
        if done.code and _NOT_FOUND.search(done.err):
            return None
        told = json.loads(self._good(done).out)
        return Status(
            revision=int(told["revision"]),
            status=str(told["status"]),
            chart_version=str(told.get("version", "")),
            app_version=str(told.get("appVersion", "")),
        )

    def manifest(self) -> str:
        """Return the objects of the release, as YAML documents."""
        return self._good(self._run("get", "manifest", self.name, timeout=_QUICK_SECONDS)).out

    def recover(self) -> bool:
        """Undo what an earlier run began and was cut off from; return whether there was anything.

        What ran before that run goes on running: if helm can't roll back to it, that is an error.
        """
        status = self.status()
        if status is None or status.status not in _CUT_OFF:
            return False
        if status.revision == 1 or status.status == "uninstalling":
            self.uninstall(_QUICK_SECONDS)
        else:
            args = ("rollback", self.name, "--server-side=true", "--force-conflicts")
            command = " ".join(["helm", *args, "--namespace", self.namespace])
            then = f"{command}    brings back, in {self.cluster.name}, what ran before; then: pulumi up"
            self._good(self._run(*args, timeout=_QUICK_SECONDS), then=then)
        return True

    def upgrade(self, source: str, values: Mapping[str, Any], timeout: int) -> None:
        """Install or upgrade the release to the chart `source` with `values`; helm rolls back what fails."""
        with scratch.folder() as folder:
            file = scratch.write(folder / "values.json", json.dumps(values))
            done = self._run(
                *("upgrade", self.name, str(chart.folder(source)), "--install", "--values", str(file)),
                *("--rollback-on-failure", "--wait", "--timeout", f"{timeout}s"),
                # What the chart says is what holds, whoever changed it since.
                *("--server-side=true", "--force-conflicts"),
                timeout=2 * timeout + _SLACK_SECONDS,
            )
        self._good(done)

    def uninstall(self, timeout: int) -> None:
        """Remove the release, and wait until its objects are gone."""
        done = self._run(
            *("uninstall", self.name, "--wait", "--ignore-not-found", "--timeout", f"{timeout}s"),
            timeout=timeout + _SLACK_SECONDS,
        )
        self._good(done)

    def others(self) -> list[str]:
        """Return the names of all other releases in the namespace."""
        names = self._good(self._run("list", "--short", timeout=_QUICK_SECONDS)).out.split()
        return [name for name in names if name != self.name]

    def _run(self, *args: str, timeout: float) -> child.Done:
        argv = [program(), *args, "--namespace", self.namespace]
        return child.run(argv, stop=self.stop, timeout=timeout, env=surroundings(self.cluster.kubeconfig))

    def _good(self, done: child.Done, *, then: str = "once that is mended: pulumi up") -> child.Done:
        if done.cut == "stopped":
            raise Interrupted.of(self.where)
        if done.cut:
            raise OutsideError(Problem(self.where, "helm didn't come to an end in time", next="pulumi up"))
        if done.code:
            raise OutsideError(Problem(self.where, words(done.err), next=then))
        return done


def words(err: str) -> str:
    """Return what helm says went wrong, without the lines of its log."""
    lines = [line.strip().removeprefix("Error: ") for line in err.splitlines()]
    return "; ".join(line for line in lines if line and not _LOG_LINE.match(line)) or "helm failed without a word"


def surroundings(kubeconfig: Path) -> dict[str, str]:
    """Return helm's environment for the cluster of `kubeconfig`, a file in a private folder.

    That folder is its home: it finds no plugin, no setting and no cluster of the operator's there, and what it learns
    of the cluster goes with the folder.
    """
    return environment.of("helm", KUBECONFIG=str(kubeconfig), HOME=str(kubeconfig.parent))


def program() -> str:
    """Return the path of helm."""
    found = shutil.which("helm")
    if found is None:
        raise OutsideError(
            Problem("helm", "isn't on PATH", next='in a lab: eval "$(simpul lab env)"; else install Helm 4')
        )
    return str(Path(found))
