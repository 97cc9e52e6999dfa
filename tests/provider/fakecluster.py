"""A fake cluster: the few answers of a Kubernetes API that the provider needs, and a helm that says what it is told to.

It stands for a cluster where a test needs one that fails in a certain way; what a real one does is the lab's to show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apiserver import serve
from credential import identity

MANAGED = {"app.kubernetes.io/managed-by": "simpul"}
NAMESPACES = "/api/v1/namespaces"


@dataclass
class Fake:
    """What is in the cluster: namespaces with their labels, the claims of all of them, and secrets by path."""

    kubeconfig: str = ""
    namespaces: dict[str, dict[str, str]] = field(default_factory=dict)
    claims: list[dict[str, Any]] = field(default_factory=list)
    secrets: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        name = path.removeprefix(NAMESPACES).strip("/").partition("/")[0]
        if path == "/version/":
            return 200, dict.fromkeys(("buildDate", "compiler", "gitCommit", "gitTreeState", "gitVersion", "goVersion",
                                       "major", "minor", "platform"), "")  # fmt: skip
        if path.endswith("/persistentvolumeclaims"):
            return 200, {"items": [{"metadata": claim} for claim in self.claims]}
        if path.endswith("/pods"):
            return 200, {"items": []}
        if method == "POST":
            name = body["metadata"]["name"]
            if name in self.namespaces:
                return 409, {}
            self.namespaces[name] = body["metadata"]["labels"]
        if name not in self.namespaces:
            return 404, {}
        labels = self.namespaces.pop(name) if method == "DELETE" else self.namespaces[name]
        return 200, {"metadata": {"name": name, "labels": labels}}

    def keep(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if method == "DELETE":
            return (200 if self.secrets.pop(path, None) else 404), {}
        where = f"{path}/{body['metadata']['name']}" if method == "POST" else path
        if method == "POST" and where in self.secrets:
            return 409, {}
        self.secrets[where] = body
        return 200, body


@contextmanager
def fake_cluster() -> Iterator[Fake]:
    """Serve a fake cluster for as long as the block runs."""
    fake = Fake()

    def answer(method: str, path: str, body: Any) -> tuple[int, Any]:
        say = fake.keep if "/secrets" in path else fake.answer
        return say(method, path, body or {})

    with serve(answer) as port:
        fake.kubeconfig = identity().kubeconfig(port)
        yield fake


@dataclass
class FakeHelm:
    """A helm that was put on PATH; `says` maps a subcommand to the shell that stands for it."""

    folder: Path

    def says(self, **commands: str) -> None:
        cases = "".join(f"{name}) {script};;\n" for name, script in commands.items())
        program = self.folder / "helm"
        program.write_text(f'#!/bin/sh\necho "$1" >>{self.folder}/calls\ncase $1 in\n{cases}esac\n')
        program.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        """The subcommands so far."""
        return (self.folder / "calls").read_text().split()
