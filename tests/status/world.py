"""What a status is gathered from, made of nothing: a `pulumi` and a `helm` on PATH, clusters that answer over HTTPS.

In: a folder. Out: a World, whose stack and clusters a test sets up as it likes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apiserver
from credential import identity

PULUMI = """#!/bin/sh
echo "$*" >> {folder}/asked
test -f {folder}/refusal && cat {folder}/refusal >&2 && exit 255
test "$2" = output && exec cat {folder}/outputs.json
exec cat {folder}/export.json
"""

HELM = """#!/bin/sh
for last; do :; done
name=$(basename "$last" .yaml)
test -f {folder}/$name.helm || {{ echo "Error: secrets is forbidden" >&2; exit 1; }}
exec cat {folder}/$name.helm
"""

ALICLOUD = "alicloud:vpc/network:Network"


@dataclass
class Cluster:
    """A cluster's answers, and what it was asked."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    pods: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    kubeconfig: str = ""
    dead: bool = False
    refuses: bool = False


@dataclass
class World:
    """A stack and its clusters; `folder` is where the fake programs look."""

    folder: Path

    def install(self, name: str, text: str) -> None:
        """Put the program `name` on PATH."""
        program = self.folder / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text.format(folder=self.folder))
        program.chmod(0o755)

    def set_stack(
        self,
        outputs: dict[str, Any],
        types: list[str],
        releases: list[dict[str, str]] | None = None,
        more: list[dict[str, Any]] | None = None,
    ) -> None:
        """Let the stack have `outputs`, a resource of each of `types`, `releases` by their outputs, and `more`."""
        (self.folder / "outputs.json").write_text(json.dumps(outputs))
        resources = [{"type": each, "urn": f"urn:{number}"} for number, each in enumerate(types)]
        resources += [{"type": "simpul:helm:Release", "outputs": each} for each in releases or ()]
        resources += more or []
        (self.folder / "export.json").write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}))

    def set_releases(self, cluster: str, *releases: dict[str, Any]) -> None:
        """Let helm find `releases` in `cluster`; it fails in one that none were set for."""
        (self.folder / f"{cluster}.helm").write_text(json.dumps(releases))

    def refuse(self, words: str) -> None:
        """Let every command of pulumi fail with `words`."""
        (self.folder / "refusal").write_text(words)

    @property
    def asked(self) -> list[str]:
        """What pulumi was asked."""
        return (self.folder / "asked").read_text().splitlines()


def node(address: str, *, ready: bool = True) -> dict[str, Any]:
    """Make a node as Kubernetes' API gives it."""
    return {
        "metadata": {"name": f"node-{address}"},
        "status": {
            "conditions": [{"type": "Ready", "status": "True" if ready else "Unknown"}],
            "addresses": [{"type": "Hostname", "address": "a-name"}, {"type": "InternalIP", "address": address}],
        },
    }


def pod(phase: str, *, ready: bool) -> dict[str, Any]:
    """Make a pod as Kubernetes' API gives it."""
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "metadata": {"name": "pod"},
        "spec": {"containers": [{"name": "it"}]},
        "status": {"phase": phase, "conditions": conditions},
    }


def release(name: str, status: str = "deployed") -> dict[str, Any]:
    """Make a release as `helm list` prints it."""
    chart = f"{name}-0.1.0"
    return {"name": name, "namespace": name, "revision": "2", "updated": "", "status": status, "chart": chart}


@contextmanager
def serve() -> Iterator[Cluster]:
    """Serve a cluster's API on the loopback, with an authority of its own."""
    cluster = Cluster()

    def answer(_: str, path: str, __: Any) -> tuple[int, Any] | None:
        cluster.asked.append(path)
        if cluster.dead:
            return None
        kind, items = ("NodeList", cluster.nodes) if path == "/api/v1/nodes" else ("PodList", cluster.pods)
        return 401 if cluster.refuses else 200, {"apiVersion": "v1", "kind": kind, "metadata": {}, "items": items}

    with apiserver.serve(answer) as port:
        cluster.kubeconfig = identity().kubeconfig(port)
        yield cluster
